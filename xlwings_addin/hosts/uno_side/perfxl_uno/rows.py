"""Rows put into an open sheet and taken out; LibreOffice lets everything that names a place below follow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from com.sun.star.table import CellAddress, CellRangeAddress

_CONSTANTS = 1 | 2 | 4
"""com.sun.star.sheet.CellFlags.VALUE, DATETIME and STRING."""


def insert(sheet: Any, row: int, like: int) -> None:
    """A blank row at `row` with the looks and formulas of `like`; cells in merges over several rows stay in them."""
    sheet.Rows.insertByIndex(row - 1, 1)
    model = like - 1 if like < row else like
    for left, right in _free_columns(sheet, model):
        source = CellRangeAddress(sheet.RangeAddress.Sheet, left, model, right, model)
        sheet.copyRange(CellAddress(sheet.RangeAddress.Sheet, left, row - 1), source)
        sheet.getCellRangeByPosition(left, row - 1, right, row - 1).clearContents(_CONSTANTS)
    sheet.Rows.getByIndex(row - 1).Height = sheet.Rows.getByIndex(model).Height


def delete(sheet: Any, row: int) -> None:
    """The row; a merge that begins in it and reaches further down keeps its content."""
    for area in list(_merges(sheet, row - 1)):
        if area.StartRow == row - 1 < area.EndRow:
            merged = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
            first = sheet.getCellByPosition(area.StartColumn, area.StartRow)
            text = first.Formula
            merged.merge(False)
            below = CellAddress(sheet.RangeAddress.Sheet, area.StartColumn, area.StartRow + 1)
            own = CellRangeAddress(
                sheet.RangeAddress.Sheet, area.StartColumn, area.StartRow, area.StartColumn, area.StartRow
            )
            sheet.copyRange(below, own)
            sheet.getCellByPosition(area.StartColumn, area.StartRow + 1).Formula = text
            if (area.StartRow + 1, area.StartColumn) != (area.EndRow, area.EndColumn):
                rest = (area.StartColumn, area.StartRow + 1, area.EndColumn, area.EndRow)
                sheet.getCellRangeByPosition(*rest).merge(True)
    sheet.Rows.removeByIndex(row - 1, 1)


def _free_columns(sheet: Any, row: int) -> Iterator[tuple[int, int]]:
    """Runs of columns whose cells in the row belong to no merge over several rows."""
    tall = [area for area in _merges(sheet, row) if area.EndRow > area.StartRow]
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    last = cursor.RangeAddress.EndColumn
    start = None
    for column in range(last + 2):
        taken = column > last or any(area.StartColumn <= column <= area.EndColumn for area in tall)
        if taken and start is not None:
            yield start, column - 1
            start = None
        elif not taken and start is None:
            start = column


def _merges(sheet: Any, row: int) -> Iterator[Any]:
    """The merged areas that the row's cells belong to."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    column, last = 0, cursor.RangeAddress.EndColumn
    while column <= last:
        cell = sheet.createCursorByRange(sheet.getCellByPosition(column, row))
        cell.collapseToMergedArea()
        area = cell.RangeAddress
        if (area.StartRow, area.StartColumn) != (area.EndRow, area.EndColumn):
            yield area
        column = area.EndColumn + 1
