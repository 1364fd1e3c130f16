"""The rows below the 汇总表: sums, both means, grades. Native formulas, with our exact numbers as cached values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from perfxl.finding import Language
from perfxl.reports.escaping import visible
from perfxl.reports.overview import Mean, Totals
from perfxl.reports.summary_formats import Formats

BUDGETS, ADJUSTED, EXECUTED, RATE = (7, 8, 9), 8, 9, 10
REPORTED, COMPUTED, GRADE = 16, 17, 19
GRADES_BELOW = 4
"""Rows from the last form to the first grade."""
_LABELS = {
    "sum": ("合计", "Sum"),
    "mean": ("平均分", "Mean score"),
    "grades": ("等级分布", "Grades"),
    "weighted": ("按全年预算加权平均分", "Mean score weighted by budget"),
}


def write_sums(sheet: Any, formats: Formats, totals: Totals, first: int, last: int, lang: Language) -> None:
    """From `last` + 1: Σ money and Σ executed ÷ Σ budget, the plain mean, the weighted mean, a row per grade."""
    row = last + 1
    _label(sheet, formats, row, "sum", lang)
    sums = (totals.initial_budget, totals.adjusted_budget, totals.executed)
    for column, value in zip(BUDGETS, sums, strict=True):
        _formula(sheet, row, column, f"SUM({_range(column, first, last)})", formats.sum("money"), value)
    adjusted, executed = (f"{xl_col_to_name(column)}{row + 1}" for column in (ADJUSTED, EXECUTED))
    rate = f'IF({adjusted}=0,"",{executed}/{adjusted})'
    _formula(sheet, row, RATE, rate, formats.sum("rate"), totals.rate)
    _means(sheet, formats, row + 1, totals, (first, last), lang)
    _grades(sheet, formats, row + GRADES_BELOW - 1, totals, (first, last), lang)


def _means(sheet: Any, formats: Formats, row: int, totals: Totals, span: tuple[int, int], lang: Language) -> None:
    budget = _range(ADJUSTED, *span)
    means: tuple[tuple[int, Mean], ...] = ((REPORTED, totals.reported), (COMPUTED, totals.computed))
    _label(sheet, formats, row, "mean", lang)
    for column, mean in means:
        formula = f'IFERROR(AVERAGE({_range(column, *span)}),"")'
        _formula(sheet, row, column, formula, formats.sum("mean"), mean.plain)
    _label(sheet, formats, row + 1, "weighted", lang)
    for column, mean in means:
        points = _range(column, *span)
        weighted = f'IFERROR(SUMPRODUCT({points},{budget})/SUMPRODUCT(ISNUMBER({points})*1,{budget}),"")'
        _formula(sheet, row + 1, column, weighted, formats.sum("mean"), mean.weighted)


def _grades(sheet: Any, formats: Formats, row: int, totals: Totals, span: tuple[int, int], lang: Language) -> None:
    """One row per grade, counted on the grades by rule."""
    for place, (grade, count) in enumerate(totals.ordered_grades):
        _label(sheet, formats, row + place, "grades", lang)
        name = f"{xl_col_to_name(GRADE - 1)}{row + place + 1}"
        sheet.write_string(row + place, GRADE - 1, visible(grade), formats.label)
        counted = f"COUNTIF({_range(GRADE, *span)},{name})"
        _formula(sheet, row + place, GRADE, counted, formats.sum("count"), Decimal(count))


def _label(sheet: Any, formats: Formats, row: int, key: str, lang: Language) -> None:
    for column in range(COMPUTED + 1):
        sheet.write_blank(row, column, None, formats.label)
    sheet.write_string(row, 3, _LABELS[key][0 if lang == "zh" else 1], formats.label)


def _formula(sheet: Any, row: int, column: int, formula: str, style: Any, value: Decimal | None) -> None:
    sheet.write_formula(row, column, f"={formula}", style, "" if value is None else float(value))


def _range(column: int, first: int, last: int) -> str:
    name = xl_col_to_name(column)
    return f"{name}{first + 1}:{name}{last + 1}"
