"""Sheets in memory as files of a kind, read again: what a format loses shows as a difference to `memory`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from perfxl.grid import Cell, Grid, Workbook, column_letters
from perfxl.sources import read_workbook


def _xlsx(workbook: Workbook, path: Path) -> None:
    from xlsxwriter import Workbook as Book

    book = Book(str(path), {"in_memory": True})
    for grid in workbook.grids:
        sheet = book.add_worksheet(grid.sheet)
        formats = {shown: book.add_format({"num_format": shown}) for shown in _formats(grid)}
        for merge in grid.merges:
            corners = f"{column_letters(merge.left)}{merge.top}:{column_letters(merge.right)}{merge.bottom}"
            sheet.merge_range(corners, "")
        for (row, column), cell in grid.cells.items():
            sheet.write(row - 1, column - 1, _plain(cell), formats[cell.number_format])
    book.close()


def _formats(grid: Grid) -> set[str]:
    return {cell.number_format for cell in grid.cells.values()}


def _plain(cell: Cell) -> str | float | datetime | bool | None:
    value = cell.value
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, str | bool | datetime) else None


WRITERS: Mapping[str, tuple[str, Callable[[Workbook, Path], None]]] = {"xlsx": (".xlsx", _xlsx)}
"""Kind of file → its suffix and what writes a workbook so."""


def through(kind: str, workbook: Workbook) -> Workbook:
    """The workbook as read from a file of that kind; `memory` is the workbook itself."""
    if kind == "memory":
        return workbook
    suffix, write = WRITERS[kind]
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"表{suffix}"
        write(workbook, path)
        return read_workbook(path)
