"""汇总表.xlsx: one row per form, the sums, the findings with links to their cells; units, codes, indicators; charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import xlsxwriter

from perfxl.across import SpotChecks
from perfxl.making import Part
from perfxl.reports import summary_codes, summary_findings, summary_indicators, summary_unread
from perfxl.reports.overview import Totals, figures, rows
from perfxl.reports.summary_charts import write_charts, write_problem_charts
from perfxl.reports.summary_codes import Codes, code_counts
from perfxl.reports.summary_findings import finding_row
from perfxl.reports.summary_formats import Formats
from perfxl.reports.summary_forms import FIRST_ROW, LAST_COLUMN, form_line, start_forms
from perfxl.reports.summary_indicators import indicator_rows
from perfxl.reports.summary_notes import write_notes
from perfxl.reports.summary_print import A3, A4
from perfxl.reports.summary_sheets import Rows, forget_empty_rows, put_in
from perfxl.reports.summary_spot_checks import FIRST_ROW as FIRST_SPOT_CHECK
from perfxl.reports.summary_spot_checks import filter_spot_checks, spot_check_row, start_spot_checks
from perfxl.reports.summary_sums import write_sums
from perfxl.reports.summary_tables import Column, TableSheet
from perfxl.reports.summary_units import COLUMNS as UNIT_COLUMNS
from perfxl.reports.summary_units import Units, unit_figures, unit_row
from perfxl.reports.summary_unread import unread_rows
from perfxl.reports.view import Report, View
from perfxl.review import FileReview

FORMS, FINDINGS, UNITS, CODES, INDICATORS, UNREAD, SPOT_CHECKS, CHARTS, NOTES = SHEETS = (
    "汇总",
    "问题清单",
    "按单位",
    "按代码",
    "指标明细",
    "不可读文件",
    "抽查",
    "图表",
    "说明",
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
        self._totals, self._units, self._codes = Totals(), Units(), Codes()
        self._schemes: dict[str, str] = {}
        self._forms = self._book.add_worksheet(FORMS)
        self._form_rows = Rows(FIRST_ROW, self._formats.numbers)
        start_forms(self._forms, self._formats, view)
        self._findings = self._table(FINDINGS, summary_findings.COLUMNS)
        self._by_unit = self._table(UNITS, UNIT_COLUMNS)
        self._by_code = self._table(CODES, summary_codes.COLUMNS)
        self._indicators = self._table(INDICATORS, summary_indicators.COLUMNS, A3)
        self._unread = self._table(UNREAD, summary_unread.COLUMNS)
        self._spot_checks = self._book.add_worksheet(SPOT_CHECKS)
        self._spot_check_rows = Rows(FIRST_SPOT_CHECK, self._formats.numbers)
        start_spot_checks(self._spot_checks, self._formats, view)
        self._charts, self._notes = (self._book.add_worksheet(name) for name in (CHARTS, NOTES))

    def _table(self, name: str, columns: Sequence[Column], paper: int = A4) -> TableSheet:
        return TableSheet(self._book, self._formats, name, columns, self._view.lang, paper)

    def put(self, part: Part) -> None:
        path, sums, schemes, units, codes, *rows_of = part
        self._totals.add(sums)
        self._schemes.update(schemes)
        self._units.put(units)
        self._codes.put(path, codes)
        sheets = (self._form_rows, self._findings.rows, self._indicators.rows, self._unread.rows)
        for sheet, made in zip(sheets, rows_of, strict=True):
            for row in made:
                sheet.add(row)

    def across(self, found: SpotChecks) -> None:
        styles = self._formats.numbers
        for path, finding in self._view.across(found):
            self._findings.rows.add(finding_row(self._view, self._folder, styles, path, finding))
            self._codes.put(path, code_counts([finding]))
        for number, one in enumerate(self._view.spot_checks(found), start=1):
            self._spot_check_rows.add(spot_check_row(self._view, self._folder, styles, number, one))

    def close(self) -> None:
        view, styles = self._view, self._formats.numbers
        for department, unit, totals in self._units:
            self._by_unit.rows.add(unit_row(view, styles, department, unit, totals))
        self._units.close()
        for row in self._codes.rows(view, styles):
            self._by_code.rows.add(row)
        last = self._form_rows.next - 1
        if last >= FIRST_ROW:
            self._forms.autofilter(FIRST_ROW - 1, 0, last, LAST_COLUMN)
            write_sums(self._forms, self._formats, self._totals, FIRST_ROW, last, view.lang)
            write_charts(self._book, self._charts, self._totals, (FIRST_ROW, last), view.lang)
            write_problem_charts(self._book, self._charts, self._formats, self._totals, len(self._codes), view.lang)
        filter_spot_checks(self._spot_checks, self._spot_check_rows.next)
        tables = {
            FINDINGS: self._findings,
            UNITS: self._by_unit,
            CODES: self._by_code,
            INDICATORS: self._indicators,
            UNREAD: self._unread,
        }
        for table in tables.values():
            table.close()
        filled = {FORMS: self._form_rows, SPOT_CHECKS: self._spot_check_rows}
        filled |= {name: table.rows for name, table in tables.items()}
        left_out = {name: filled[name].left_out for name in SHEETS if name in filled and filled[name].left_out}
        write_notes(self._notes, self._formats, view, self._schemes, left_out)
        forget_empty_rows(self._forms)
        self._book.close()
        put_in(self._path, {SHEETS.index(name) + 1: one for name, one in filled.items()})


def _part(view: View, folder: Path, styles: Mapping[str, int], file: FileReview) -> Part:
    """What the sheets have of a file: its path, figures, schemes, and rows."""
    shown = view.ranked(file.findings)
    return [
        file.path,
        figures(file),
        [[review.scheme.id, review.scheme.name] for review in file.reviews],
        unit_figures(file),
        code_counts(shown),
        [form_line(view, folder, styles, row).part for row in rows(file)],
        [finding_row(view, folder, styles, file.path, finding) for finding in shown],
        indicator_rows(file, styles),
        list(unread_rows(view, folder, styles, file)),
    ]
