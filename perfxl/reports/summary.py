"""汇总表.xlsx: one row per form, the sums, the findings with links to their cells, and two charts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import xlsxwriter

from perfxl.across import SpotChecks
from perfxl.finding import Finding
from perfxl.making import Part
from perfxl.reports.overview import FormRow, Totals, figures, rows
from perfxl.reports.summary_charts import write_charts
from perfxl.reports.summary_formats import Formats
from perfxl.reports.summary_print import A3, A4, print_setup
from perfxl.reports.summary_rows import Line, row_height
from perfxl.reports.summary_sheets import Rows, put_in
from perfxl.reports.summary_spot_checks import FIRST_ROW as FIRST_SPOT_CHECK
from perfxl.reports.summary_spot_checks import filter_spot_checks, spot_check_row, start_spot_checks
from perfxl.reports.summary_sums import write_sums
from perfxl.reports.view import Report, View
from perfxl.reports.words import seal_word, severity_word, word
from perfxl.review import FileReview

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
_FINDING_COLUMNS: tuple[tuple[str, str, int], ...] = (
    ("文件", "File", 34),
    ("表", "Sheet", 14),
    ("单元格", "Cell", 8),
    ("代码", "Code", 7),
    ("级别", "Severity", 9),
    ("名称", "Name", 18),
    ("填报值", "As filled in", 20),
    ("应为", "Should be", 20),
    ("问题", "Message", 52),
    ("怎么改", "How to mend", 44),
)


class SummaryReport(Report):
    """Rows are made where the files are checked; here they wait in temporary files until the sums are known."""

    def __init__(self, path: Path, folder: Path, view: View) -> None:
        """`path` is where to write, `folder` where the workbook will lie in the end: links are relative to it."""
        self._path, self._folder, self._view = path, folder, view
        self._book = xlsxwriter.Workbook(str(path), {"strings_to_urls": False})
        # A fixed date: the same forms give the same bytes.
        self._book.set_properties({"title": "项目支出绩效自评汇总表", "created": datetime(2020, 1, 1)})  # noqa: DTZ001
        self._formats = Formats(self._book)
        self.maker = partial(_part, view, folder, self._formats.numbers)
        self._totals = Totals()
        self._forms = self._book.add_worksheet("汇总")
        self._findings = self._book.add_worksheet("问题清单")
        self._spot_checks = self._book.add_worksheet("抽查")
        self._charts = self._book.add_worksheet("图表")
        self._form_rows, self._finding_rows, self._spot_check_rows = (
            Rows(first, self._formats.numbers) for first in (FIRST_ROW, 1, FIRST_SPOT_CHECK)
        )
        start_forms(self._forms, self._formats, view)
        self._start_findings()
        start_spot_checks(self._spot_checks, self._formats, view)

    def put(self, part: Part) -> None:
        sums, forms, findings = part
        self._totals.add(sums)
        for row in forms:
            self._form_rows.add(row)
        for row in findings:
            self._finding_rows.add(row)

    def across(self, found: SpotChecks) -> None:
        styles = self._formats.numbers
        for path, finding in self._view.across(found):
            self._finding_rows.add(_finding_row(self._view, self._folder, styles, path, finding))
        for number, one in enumerate(self._view.spot_checks(found), start=1):
            self._spot_check_rows.add(spot_check_row(self._view, self._folder, styles, number, one))

    def close(self) -> None:
        last = self._form_rows.next - 1
        if last >= FIRST_ROW:
            self._forms.autofilter(FIRST_ROW - 1, 0, last, LAST_COLUMN)
            write_sums(self._forms, self._formats, self._totals, FIRST_ROW, last, self._view.lang)
            write_charts(self._book, self._charts, self._totals, (FIRST_ROW, last), self._view.lang)
        self._findings.autofilter(0, 0, max(self._finding_rows.next - 1, 1), len(_FINDING_COLUMNS) - 1)
        filter_spot_checks(self._spot_checks, self._spot_check_rows.next)
        self._book.close()
        put_in(self._path, {1: self._form_rows, 2: self._finding_rows, 3: self._spot_check_rows})

    def _start_findings(self) -> None:
        sheet, formats, zh = self._findings, self._formats, self._view.lang == "zh"
        for column, (label, english, width) in enumerate(_FINDING_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, label if zh else english, formats.head)
        sheet.set_row(0, 22)
        sheet.freeze_panes(1, 0)
        print_setup(sheet, 0, A4)


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


def _part(view: View, folder: Path, styles: Mapping[str, int], file: FileReview) -> Part:
    """Figures, rows of the forms, rows of the findings."""
    return [
        figures(file),
        [form_line(view, folder, styles, row).part for row in rows(file)],
        [_finding_row(view, folder, styles, file.path, finding) for finding in view.ranked(file.findings)],
    ]


def form_line(view: View, folder: Path | None, styles: Mapping[str, int], row: FormRow) -> Line:
    """`folder` is where the workbook will lie. None for forms that a lower level has checked: their files are not here,
    and how many findings they have is not known."""
    evaluation = row.is_evaluation
    values: tuple[str | int | Decimal | None, ...] = (
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
    line = Line(styles, row_height(([text], width) for text, width in texts))
    line.own_number(0, "count")
    for column, ((_, _, _, name), value) in enumerate(zip(COLUMNS[1:], values, strict=False), start=1):
        style = row.status if name == "status" else name
        if isinstance(value, (int, Decimal)):
            line.number(column, value, style)
        else:
            line.text(column, value or "", style)
    if folder:
        line.link(LAST_COLUMN, row.path, row.path, folder, row.sheet, "A1" if row.sheet else "")
    else:
        line.text(LAST_COLUMN, row.path, "wrapped")
    return line


def _finding_row(view: View, folder: Path, styles: Mapping[str, int], path: str, finding: Finding) -> Part:
    lang, at = view.lang, finding.at
    message, fix = finding.message(lang), finding.fix(lang)
    wide = ((path, 0), (at.sheet, 1), (finding.reported or "", 6), (finding.expected or "", 7), (message, 8), (fix, 9))
    line = Line(styles, row_height(([text], _FINDING_COLUMNS[column][2]) for text, column in wide))
    line.text(0, path, "wrapped")
    line.text(1, at.sheet, "wrapped")
    if at.address and at.column:  # a paragraph of a report has no column and no place in the workbook
        sheet = "" if at.words else at.sheet  # Only a workbook can be opened at a cell.
        line.link(2, at.address, path, folder, sheet, at.address)
    else:
        line.text(2, "", "wrapped")
    texts = (
        finding.code,
        severity_word(finding, lang),
        finding.name(lang),
        finding.reported or "",
        finding.expected or "",
        message,
        fix,
    )
    for column, text in enumerate(texts, start=3):
        line.text(column, text, finding.severity.name if column == 4 else "wrapped")
    return line.part
