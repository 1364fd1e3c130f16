"""A workbook as it will be read once edits are made, without making them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from perfxl.edit import AddSheet, Edit, RemoveSheet, SetFormula, SetProperty, SetValue
from perfxl.grid import Cell, CellValue, Grid, Workbook


def edited(workbook: Workbook, edits: Iterable[Edit]) -> Workbook:
    """The workbook with the values, formulas, sheets and properties of the edits. Locks and looks stay as they are."""
    grids = {grid.sheet: grid for grid in workbook.grids}
    cells: dict[str, dict[tuple[int, int], Cell]] = {}
    properties = dict(workbook.properties)
    for edit in edits:
        if isinstance(edit, SetValue | SetFormula) and edit.sheet in grids:
            changed = cells.setdefault(edit.sheet, dict(grids[edit.sheet].cells))
            formula = edit.formula if isinstance(edit, SetFormula) else None
            place, value = (edit.row, edit.column), as_read(edit.value)
            if value is None and formula is None:
                changed.pop(place, None)
            else:
                changed[place] = changed.get(place, Cell(None))._replace(value=value, formula=formula)
        elif isinstance(edit, AddSheet):
            grids[edit.name] = _added(workbook.file, edit)
        elif isinstance(edit, RemoveSheet):
            grids.pop(edit.name, None)
            cells.pop(edit.name, None)
        elif isinstance(edit, SetProperty):
            properties.pop(edit.name, None)
            if edit.value is not None:
                properties[edit.name] = edit.value
    rewritten = (replace(grid, cells=cells[name]) if name in cells else grid for name, grid in grids.items())
    return replace(workbook, grids=tuple(rewritten), properties=properties)


def as_read(value: CellValue) -> CellValue:
    """A value as a file gives it back: a number at 15 digits, an empty text as a blank."""
    if isinstance(value, Decimal):
        number = float(value)
        return Decimal(f"{number:.15g}") if number else Decimal(0)
    return None if value == "" else value


def _added(file: str, sheet: AddSheet) -> Grid:
    cells = {
        (row, column): Cell(value, locked=cell.look.locked)
        for row, line in enumerate(sheet.rows, start=1)
        for column, cell in enumerate(line, start=1)
        if (value := as_read(cell.value)) is not None
    }
    return Grid(file, sheet.name, cells)
