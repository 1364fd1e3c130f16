"""The sheet 抽查 of the 汇总表: forms with risks, the gravest first, and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from perfxl.across import SpotCheck
from perfxl.making import Part
from perfxl.reports.summary_formats import Formats
from perfxl.reports.summary_print import A4, print_setup
from perfxl.reports.summary_rows import Line, Value, lines_needed, row_height
from perfxl.reports.view import View
from perfxl.reports.words import colon

# Label in both languages, width, format.
COLUMNS: tuple[tuple[str, str, int, str], ...] = (
    ("序号", "No.", 5, "count"),
    ("主管部门", "Department", 14, "text"),
    ("单位", "Unit", 17, "text"),
    ("项目名称", "Project", 22, "text"),
    ("年度", "Year", 6, "count"),
    ("全年预算\n（元）", "Adjusted budget", 15, "money"),
    ("执行率", "Rate", 9, "rate"),
    ("总分\n（填报）", "Total, reported", 8, "points"),
    ("等级", "Grade", 8, "word"),
    ("风险值", "Weight", 7, "count"),
    ("风险", "Risks", 70, "text"),
    ("文件", "File", 30, "text"),
)
NOTE = (
    "按风险值排列：每种核实计 2，每种提示计 1；风险值相同的，预算大的在前。列在这里不等于有错。",
    "By weight: each kind of query counts 2, each kind of info 1; then by budget. To be listed is no mistake.",
)
FIRST_ROW = 2
RISKS = 10


def start_spot_checks(sheet: Any, formats: Formats, view: View) -> None:
    zh = view.lang == "zh"
    sheet.write_string(0, 0, NOTE[0 if zh else 1], formats.note)
    sheet.set_row(1, 32)
    for column, (label, english, width, _) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, label if zh else english, formats.head)
    sheet.freeze_panes(FIRST_ROW, 4)
    print_setup(sheet, 1, A4)


def spot_check_row(view: View, folder: Path, styles: Mapping[str, int], number: int, one: SpotCheck) -> Part:
    form = one.form
    values: tuple[Value, ...] = (
        number,
        form.department,
        form.unit,
        form.project,
        form.year,
        form.budget,
        form.rate,
        form.total,
        form.grade,
        one.weight,
    )
    risks = _lines(one, view)
    texts = ((form.department, 14), (form.unit, 17), (form.project, 22), (form.path, 30))
    least = sum(lines_needed([(risk, COLUMNS[RISKS][2])]) for risk in risks)
    line = Line(styles, row_height(texts, least))
    line.values(0, values, (style for _, _, _, style in COLUMNS))
    line.lines(RISKS, risks, "wrapped")
    place = ("", "") if form.at.words else (form.at.sheet, form.at.address)
    line.link(RISKS + 1, form.path, form.path, folder, *place)
    return line.part


def filter_spot_checks(sheet: Any, end: int) -> None:
    """`end` is the row after the last, from 0."""
    sheet.autofilter(1, 0, max(end - 1, FIRST_ROW), len(COLUMNS) - 1)


def _lines(one: SpotCheck, view: View) -> list[str]:
    """`X105 执行率低而指标全满分：预算执行率只有 …`, a line for each finding."""
    lang = view.lang
    return [f"{f.code} {f.name(lang)}{colon(lang)}{f.message(lang)}" for f in view.ranked(one.findings)]
