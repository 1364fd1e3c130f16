"""Rows put into a sheet that Excel has open, and taken out; Excel lets everything that names a place below follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

_DOWN, _UP = -4121, -4162
"""XlInsertShiftDirection and XlDeleteShiftDirection."""


class _Undo(Protocol):
    back: list[Callable[[], object]]


def insert_row(undo: _Undo, sheet: Any, row: int, like: int) -> None:
    """A blank row at `row` with the looks and formulas of `like`; cells in merges over several rows stay in them."""
    sheet.Rows(row).Insert(_DOWN)
    undo.back.append(lambda: sheet.Rows(row).Delete(_UP))
    model = like + (like >= row)
    for column in _columns(sheet):
        source = sheet.Cells(model, column).MergeArea
        # A merge across is copied as one, by its first cell.
        if source.Rows.Count > 1 or source.Column != column:
            continue
        target = sheet.Cells(row, column)
        source.Copy(target)
        if not target.HasFormula:
            target.MergeArea.ClearContents()
    sheet.Rows(row).RowHeight = sheet.Rows(model).RowHeight


def delete_row(sheet: Any, row: int) -> None:
    """The row; a merge that begins in it and reaches further down keeps its content. Not taken back: put it last."""
    for column in _columns(sheet):
        cell = sheet.Cells(row, column)
        if not cell.MergeCells:
            continue
        area = cell.MergeArea
        height, width = area.Rows.Count, area.Columns.Count
        if (area.Row, area.Column) != (row, column) or height == 1:
            continue
        area.UnMerge()
        below = sheet.Cells(row + 1, column)
        cell.Copy(below)
        if cell.HasFormula:
            below.Formula = cell.Formula
        if height > 2 or width > 1:
            sheet.Range(below, sheet.Cells(row + height - 1, column + width - 1)).Merge()
    sheet.Rows(row).Delete(_UP)


def _columns(sheet: Any) -> Iterator[int]:
    used = sheet.UsedRange
    yield from range(used.Column, used.Column + used.Columns.Count)
