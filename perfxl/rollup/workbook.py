"""The 汇总表 of a roll-up: as that of `perfxl check`, so that the next level reads both, and the sums by department."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from perfxl.finding import Language
from perfxl.reports.escaping import visible
from perfxl.reports.files import SUMMARY, replacing
from perfxl.reports.summary_charts import write_charts
from perfxl.reports.summary_formats import Formats
from perfxl.reports.summary_forms import FIRST_ROW, LAST_COLUMN, form_line, start_forms
from perfxl.reports.summary_print import A4, print_setup
from perfxl.reports.summary_sheets import Rows, put_in
from perfxl.reports.summary_sums import write_sums
from perfxl.reports.view import View
from perfxl.reports.words import word
from perfxl.rollup import FormRecord, Rollup
from perfxl.rollup.inputs import MORE_COLUMNS, REPLACED, SHEET

# Words of the header, width, format.
_DEPARTMENT_COLUMNS = (
    ("department", 30, "text"),
    ("form", 8, "count"),
    ("returned", 8, "count"),
    ("budget_sum", 18, "money"),
    ("executed_sum", 18, "money"),
    ("rate", 10, "rate"),
    ("mean", 10, "mean"),
    ("weighted_mean", 16, "mean"),
    ("grades", 30, "text"),
)


def write_workbook(rollup: Rollup, folder: Path, lang: Language) -> Path:
    """Into `folder`, complete or not at all; where it is."""
    path = folder / SUMMARY
    with replacing(path) as temporary:
        _write(rollup, temporary, View(lang))
    return path


def _write(rollup: Rollup, path: Path, view: View) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_urls": False})
    book.set_properties({"title": "项目支出绩效自评汇总表", "created": datetime(2020, 1, 1)})  # noqa: DTZ001
    formats = Formats(book)
    sheets = [book.add_worksheet(name) for name in (SHEET, "按主管部门", REPLACED, "图表")]
    forms, departments, replaced, charts = sheets
    now = _forms(forms, formats, rollup.forms, view)
    past = _forms(replaced, formats, rollup.history, view)
    last = now.next - 1
    if last >= FIRST_ROW:
        write_sums(forms, formats, rollup.totals, FIRST_ROW, last, view.lang)
        write_charts(book, charts, rollup.totals, (FIRST_ROW, last), view.lang)
    _write_departments(departments, formats, rollup, view.lang)
    book.close()
    put_in(path, {1: now, 3: past})


def _forms(sheet: Any, formats: Formats, records: Sequence[FormRecord], view: View) -> Rows:
    start_forms(sheet, formats, view)
    for column, labels in enumerate(MORE_COLUMNS, start=LAST_COLUMN + 1):
        sheet.set_column(column, column, 12 if column == LAST_COLUMN + 1 else 20)
        sheet.write_string(FIRST_ROW - 1, column, labels[0 if view.lang == "zh" else 1], formats.head)
    rows = Rows(FIRST_ROW, formats.numbers)
    for record in records:
        line = form_line(view, None, formats.numbers, record.row)
        if record.submission is None:
            line.value(LAST_COLUMN + 1, "", "wrapped")
        else:
            line.value(LAST_COLUMN + 1, record.submission, "count")
        line.value(LAST_COLUMN + 2, record.content, "wrapped")
        rows.add(line.part)
    if records:
        sheet.autofilter(FIRST_ROW - 1, 0, rows.next - 1, LAST_COLUMN + len(MORE_COLUMNS))
    return rows


def _write_departments(sheet: Any, formats: Formats, rollup: Rollup, lang: Language) -> None:
    """A row each, and the sums."""
    for column, (key, width, _) in enumerate(_DEPARTMENT_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, word(key, lang), formats.head)
    departments = list(rollup.departments())
    returned = sum(count for _, _, count in departments)
    for row, (name, totals, count) in enumerate([*departments, (word("summary", lang), rollup.totals, returned)], 1):
        values: tuple[str | int | Decimal | None, ...] = (
            name or word("blank", lang),
            totals.forms,
            count,
            totals.adjusted_budget,
            totals.executed,
            totals.rate,
            totals.computed.plain,
            totals.computed.weighted,
            "  ".join(f"{grade} {number}" for grade, number in totals.ordered_grades),
        )
        for column, (value, (_, _, style)) in enumerate(zip(values, _DEPARTMENT_COLUMNS, strict=True)):
            if isinstance(value, (int, Decimal)):
                sheet.write_number(row, column, float(value), formats.by_name(style))
            else:
                sheet.write_string(row, column, visible(value or ""), formats.by_name(style))
    sheet.freeze_panes(1, 1)
    print_setup(sheet, 0, A4)
