"""What a clerk wrote in the sheet 校验结果, carried over to a form written anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from perfxl.edit import Edit
from perfxl.form import FUND_FIELDS, ROW_FIELDS, Form, Located, SelfEvaluation
from perfxl.grid import Cell, CellRef, Grid, Workbook, normalised
from perfxl.markup import result_sheet
from perfxl.pairing import paired
from perfxl.reading import read_forms
from perfxl.reading.explanations import HEADER, SHEET, Explanation, read_explanations
from perfxl.review import review_workbook
from perfxl.scheme import Scheme

_FORMER = "原 "
"""Before the place of a 说明 whose cell the new form does not have."""
_PREVIOUS = ("previous_budget", "previous_executed", "previous_rate")


def carried_explanations(old: Workbook, form: Form, new: Workbook, scheme: Scheme | None = None) -> tuple[Edit, ...]:
    """The sheet 校验结果 of `new` with every 说明 about the form in `old`, at the cell that holds the same now.

    `new` has that form alone. Rows that have moved take their 说明 along. Nothing where none is written.
    """
    explanations = [one for one in read_explanations(old) if _sheet_of(one.place) in ("", form.at.sheet)]
    if not explanations:
        return ()
    (again,) = read_forms(new)
    places = {form.at.sheet: again.at.sheet}
    for before, after in _same_cells(form, again):
        places.setdefault(before.in_file, after.in_file)
    carried = replace(new, grids=(*new.grids, _sheet(new.file, explanations, places)))
    return tuple(result_sheet(carried, review_workbook(carried, new.file, scheme=scheme), explained_only=True))


def _sheet_of(place: str) -> str:
    return place.rpartition("!")[0] or place


def _sheet(file: str, explanations: Sequence[Explanation], places: Mapping[str, str]) -> Grid:
    """校验结果 as `read_explanations` reads it."""
    rows = [HEADER]
    for one in explanations:
        place = places.get(one.place) or (f"{_FORMER}{one.place}" if one.place else "")
        rows.append(("", one.code, place, one.message, "", one.text))
    cells = {
        (row, column): Cell(text)
        for row, texts in enumerate(rows, start=1)
        for column, text in enumerate(texts, start=1)
        if text
    }
    return Grid(file, SHEET, cells)


def _same_cells(old: Form, new: Form) -> Iterator[tuple[CellRef, CellRef]]:
    """The cells of one field in both forms."""
    after = dict(_cells(new))
    yield from ((at, after[name]) for name, at in _cells(old) if name in after)
    for one, other in paired(old.indicators, new.indicators, [lambda row: normalised(row.name) or None]):
        if one and other:
            yield from ((getattr(one, name).at, getattr(other, name).at) for name in ROW_FIELDS)
    for part, same in paired(old.funding.parts, new.funding.parts, [lambda row: normalised(row.label.raw)]):
        if part and same:
            yield from ((getattr(part, name).at, getattr(same, name).at) for name in FUND_FIELDS)


def _cells(form: Form) -> Iterator[tuple[str, CellRef]]:
    yield from (("title", form.at), ("year", form.year.at))
    named: list[tuple[str, Located[Any] | None]] = [*form.fields.items()]
    named += [(f"funding/{name}", getattr(form.funding.total, name)) for name in FUND_FIELDS]
    named += [(name, getattr(form.funding, name)) for name in _PREVIOUS]
    if isinstance(form, SelfEvaluation):
        named += [("total", form.total), ("total_max", form.total_max), ("grade", form.grade)]
    yield from ((name, located.at) for name, located in named if located is not None)
    yield from ((f"group/{group.label.value}", group.label.at) for group in form.groups)
