"""汇总表.xlsx: one row per form, the sums, the findings with links to their cells, and two charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from perfxl.across import SpotCheck
from perfxl.finding import Finding
from perfxl.reports.overview import FormRow, Totals, rows
from perfxl.reports.summary_cells import A3, A4, Cells, print_setup, row_height
from perfxl.reports.summary_charts import write_charts
from perfxl.reports.summary_formats import Formats
from perfxl.reports.summary_spot_checks import start_spot_checks, write_spot_checks
from perfxl.reports.summary_sums import write_sums
from perfxl.reports.view import View
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
    ("说明", "Message", 52),
    ("怎么改", "How to mend", 44),
)


class SummaryReport:
    """Rows are written as they come and kept nowhere: memory stays flat for any number of files."""

    def __init__(self, path: Path, folder: Path, view: View) -> None:
        """`path` is where to write, `folder` where the workbook will lie in the end: links are relative to it."""
        self._view = view
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_urls": False})
        # A fixed date: the same forms give the same bytes.
        self._book.set_properties({"title": "项目支出绩效自评汇总表", "created": datetime(2020, 1, 1)})  # noqa: DTZ001
        self._formats = Formats(self._book)
        self._cells = Cells(self._formats, folder)
        self._totals = Totals()
        self._forms = self._book.add_worksheet("汇总")
        self._findings = self._book.add_worksheet("问题清单")
        self._spot_checks = self._book.add_worksheet("抽查")
        self._charts = self._book.add_worksheet("图表")
        self._row, self._finding_row = FIRST_ROW, 1
        self._start_forms()
        self._start_findings()
        start_spot_checks(self._spot_checks, self._formats, view)

    def add(self, file: FileReview) -> None:
        self._totals.add(file)
        for row in rows(file):
            self._write_form(row)
        for finding in self._view.ranked(file.findings):
            self._write_finding(file.path, finding)

    def across(self, found: Sequence[SpotCheck]) -> None:
        shown = self._view.spot_checks(found)
        for one in sorted(shown, key=lambda one: (one.form.path, one.form.at)):
            for finding in self._view.ranked(one.across):
                self._write_finding(one.form.path, finding)
        write_spot_checks(self._spot_checks, self._formats, self._cells, shown, self._view)

    def close(self) -> None:
        last = self._row - 1
        if last >= FIRST_ROW:
            self._forms.autofilter(FIRST_ROW - 1, 0, last, LAST_COLUMN)
            write_sums(self._forms, self._formats, self._totals, FIRST_ROW, last, self._view.lang)
            write_charts(self._book, self._charts, self._totals, (FIRST_ROW, last), self._view.lang)
        self._findings.autofilter(0, 0, max(self._finding_row - 1, 1), len(_FINDING_COLUMNS) - 1)
        self._book.close()

    def _start_forms(self) -> None:
        sheet, formats, zh = self._forms, self._formats, self._view.lang == "zh"
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

    def _start_findings(self) -> None:
        sheet, formats, zh = self._findings, self._formats, self._view.lang == "zh"
        for column, (label, english, width) in enumerate(_FINDING_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, label if zh else english, formats.head)
        sheet.set_row(0, 22)
        sheet.freeze_panes(1, 0)
        print_setup(sheet, 0, A4)

    def _write_form(self, row: FormRow) -> None:
        evaluation = row.is_evaluation
        values: tuple[str | int | Decimal | None, ...] = (
            self._row - FIRST_ROW + 1,
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
            row.errors,
            row.queries,
            row.infos,
            seal_word(row.seal, self._view.lang),
            word(row.status, self._view.lang),
        )
        texts = [(row.department, 14), (row.unit, 17), (row.project, 22), (row.scheme, 14), (row.path, 30)]
        self._forms.set_row(self._row, row_height(([text], width) for text, width in texts))
        for column, ((_, _, _, name), value) in enumerate(zip(COLUMNS, values, strict=False)):
            style = self._formats.status(row.status) if name == "status" else self._formats.by_name(name)
            if isinstance(value, (int, Decimal)):
                self._forms.write_number(self._row, column, float(value), style)
            else:
                self._cells.text(self._forms, self._row, column, value or "", style)
        self._cells.link(self._forms, self._row, LAST_COLUMN, row.path, row.path, row.sheet, "A1" if row.sheet else "")
        self._row += 1

    def _write_finding(self, path: str, finding: Finding) -> None:
        lang, formats, row = self._view.lang, self._formats, self._finding_row
        at = finding.at
        wide = ((path, 0), (at.sheet, 1), (finding.reported or "", 6), (finding.expected or "", 7))
        long = ((finding.message(lang), 8), (finding.fix(lang), 9))
        self._findings.set_row(
            row, row_height(([text], _FINDING_COLUMNS[column][2]) for text, column in (*wide, *long))
        )
        self._cells.text(self._findings, row, 0, path, formats.wrapped)
        self._cells.text(self._findings, row, 1, at.sheet, formats.wrapped)
        if at.address and at.column:  # a paragraph of a report has no column and no place in the workbook
            sheet = "" if at.words else at.sheet  # Only a workbook can be opened at a cell.
            self._cells.link(self._findings, row, 2, at.address, path, sheet, at.address)
        else:
            self._findings.write_blank(row, 2, None, formats.wrapped)
        texts = (
            finding.code,
            severity_word(finding, lang),
            finding.name(lang),
            finding.reported or "",
            finding.expected or "",
            finding.message(lang),
            finding.fix(lang),
        )
        for column, text in enumerate(texts, start=3):
            style = formats.severity(finding) if column == 4 else formats.wrapped
            self._cells.text(self._findings, row, column, text, style)
        self._finding_row += 1
