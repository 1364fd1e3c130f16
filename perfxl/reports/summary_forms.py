"""The sheet 汇总 of the 汇总表: one row per form, and a row for a file that has none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from perfxl.reports.overview import FormRow
from perfxl.reports.summary_formats import Formats
from perfxl.reports.summary_print import A3, print_setup
from perfxl.reports.summary_rows import Line, Value, row_height
from perfxl.reports.view import View
from perfxl.reports.words import seal_word, word

FIRST_ROW = 3
"""Of the forms, counted from 0: below the title, the note and the header."""

# Label in both languages, width, format. In the order of domain.md §5.
COLUMNS: tuple[tuple[str, str, int, str], ...] = (
    ("序号", "No.", 5, "count"),
    ("主管部门", "Department", 14, "text"),
    ("单位", "Unit", 17, "text"),
    ("项目名称", "Project", 22, "text"),
    ("项目代码", "Project code", 10, "text"),
    ("年度", "Year", 6, "count"),
    ("方案", "Scheme", 14, "text"),
    ("年初预算\n（元）", "Initial budget", 15, "money"),
    ("全年预算\n（元）", "Adjusted budget", 15, "money"),
    ("全年执行\n（元）", "Executed", 15, "money"),
    ("执行率", "Rate", 9, "rate"),
    ("执行率\n得分", "Rate score", 8, "points"),
    ("投入\n（成本）", "Input", 8, "points"),
    ("产出", "Output", 8, "points"),
    ("效益\n（效果）", "Benefit", 8, "points"),
    ("满意度\n（影响力）", "Satisfaction", 10, "points"),
    ("总分\n（填报）", "Total, reported", 8, "points"),
    ("总分\n（重算）", "Total, by rule", 8, "points"),
    ("等级\n（填报）", "Grade, reported", 8, "word"),
    ("等级\n（重算）", "Grade, by rule", 8, "word"),
    ("错误数", "Errors", 7, "count"),
    ("核实数", "Queries", 7, "count"),
    ("提示数", "Infos", 7, "count"),
    ("封签", "Seal", 10, "word"),
    ("状态", "Status", 8, "status"),
    ("文件", "File", 30, "text"),
)
LAST_COLUMN = len(COLUMNS) - 1
_STYLES = [style for _, _, _, style in COLUMNS[1:LAST_COLUMN]]
"""Of the columns between the number and the file."""


def start_forms(sheet: Any, formats: Formats, view: View) -> None:
    """Title, note and header."""
    zh = view.lang == "zh"
    for column, (_, _, width, name) in enumerate(COLUMNS):
        sheet.set_column(column, column, width, formats.plain if name == "text" else None)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, "项目支出绩效自评汇总表" if zh else "Self-evaluation summary", formats.title)
    note = (
        "金额单位：元。各项得分按规则重算，规则不能计算的按填报数。合计不含绩效目标表。"
        if zh
        else "Amounts in yuan. Points by rule, as filled in where there is no rule. Sums leave out objective forms."
    )
    sheet.write_string(1, 0, note, formats.note)
    sheet.set_row(FIRST_ROW - 1, 32)
    for column, (label, english, _, _) in enumerate(COLUMNS):
        sheet.write_string(FIRST_ROW - 1, column, label if zh else english, formats.head)
    sheet.freeze_panes(FIRST_ROW, 4)
    print_setup(sheet, FIRST_ROW - 1, A3)


def form_line(view: View, folder: Path | None, styles: Mapping[str, int], row: FormRow) -> Line:
    """`folder` is where the workbook will lie. None for forms that a lower level has checked: their files are not here,
    and how many findings they have is not known."""
    evaluation = row.is_evaluation
    values: tuple[Value, ...] = (
        row.department,
        row.unit,
        row.project,
        row.project_code,
        row.year,
        row.scheme,
        row.initial_budget if evaluation else None,
        row.adjusted_budget if evaluation else None,
        row.executed,
        row.rate,
        row.execution_score,
        *row.dimensions,
        row.total_reported,
        row.total_computed,
        row.grade_reported,
        row.grade_computed,
        *((row.errors, row.queries, row.infos) if folder else (None, None, None)),
        seal_word(row.seal, view.lang),
        word(row.status, view.lang),
    )
    texts = [(row.department, 14), (row.unit, 17), (row.project, 22), (row.scheme, 14), (row.path, 30)]
    line = Line(styles, row_height(texts))
    line.own_number(0, "count")
    line.values(1, values, (row.status if name == "status" else name for name in _STYLES))
    if folder:
        line.link(LAST_COLUMN, row.path, row.path, folder, row.sheet, "A1" if row.sheet else "")
    else:
        line.value(LAST_COLUMN, row.path, "wrapped")
    return line
