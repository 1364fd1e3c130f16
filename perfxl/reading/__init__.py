"""Sheets to forms, by the forms' own words."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from typing import TYPE_CHECKING

from perfxl.finding import Finding
from perfxl.form import Form, Located
from perfxl.grid import Grid, Workbook, normalised
from perfxl.reading.assembly import FormOnSheet, read_region
from perfxl.reading.labels import vocabulary
from perfxl.reading.pieces import runs_together
from perfxl.reading.titles import find_regions

if TYPE_CHECKING:
    from perfxl.reading.flowing import Parted

__all__ = ["read_forms", "sheets_without_forms"]


def sheets_without_forms() -> Set[str]:
    """Names of sheets that our own templates and results have beside the forms."""
    return vocabulary().own_sheets.keys()


def read_forms(workbook: Workbook) -> tuple[Form, ...]:
    """Every form of the workbook in sheet order, hidden sheets included. Never raises on what a sheet holds."""
    scheme_id = workbook.properties.get("perfxl.scheme", "")
    version = workbook.properties.get("perfxl.template_version", "")
    forms: list[Form] = []
    surroundings: list[Located[str]] = []
    own_sheets = sheets_without_forms()
    for grid in workbook.grids:
        if grid.sheet in own_sheets:
            continue
        apart = _apart(grid)
        grid = apart.grid if apart else grid
        found = [form for region in find_regions(grid) if (form := read_region(region, scheme_id, version))]
        forms += [_inferred(item, apart) if apart else item.form for item in found]
        if not grid.hidden:
            surroundings += _texts_outside(grid, found)
    return tuple(replace(form, surroundings=tuple(surroundings)) for form in forms) if surroundings else tuple(forms)


def _apart(grid: Grid) -> Parted | None:
    """The sheet with its cells parted where a converter has run them together; else None."""
    if not runs_together(grid):
        return None
    from perfxl.reading.flowing import parted  # hardly any workbook needs it

    return parted(grid)


def _inferred(item: FormOnSheet, apart: Parted) -> Form:
    """The form with L116, which names the rows whose cells might be others; as it is where none can be."""
    if item.rows <= apart.sure:
        return item.form
    rows = {row: text for row, text in apart.doubts.items() if row in item.rows}
    places = tuple(apart.grid.ref(row, 1) for row in rows)
    found = Finding("L116", item.form.at, numbers={"text": "；".join(rows.values()) or "—"}, related=places)
    return replace(item.form, problems=tuple(sorted((*item.form.problems, found), key=lambda one: (one.at, one.code))))


def _texts_outside(grid: Grid, found: list[FormOnSheet]) -> list[Located[str]]:
    claimed = frozenset[int]().union(*(item.rows for item in found))
    return [
        Located(cell.text.strip(), grid.ref(row, column), cell.text)
        for row, cells in grid.rows()
        if row not in claimed
        for column, cell in cells
        if isinstance(cell.value, str) and len(normalised(cell.text)) > 1
    ]
