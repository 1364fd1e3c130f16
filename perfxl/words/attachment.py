"""The form itself as a table of the document: its cells and merged ranges as the sheet has them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from perfxl.editing.formula import column_number
from perfxl.form import Form
from perfxl.grid import Grid, Merge, Workbook
from perfxl.text_width import display_width
from perfxl.words.tables import Cells, TableCell, fitting_widths

_MOST_COLUMNS, _MOST_ROWS = 30, 500
_AREA = re.compile(r".*!\$([A-Z]+)\$\d+:\$([A-Z]+)\$\d+")


def form_rows(
    workbook: Workbook, form: Form, siblings: Sequence[Form], width: float
) -> tuple[list[Cells], list[float]]:
    """The rows of the form from below its title to the next form or the end, and widths that make up `width` mm."""
    grid = next(grid for grid in workbook.grids if grid.sheet == form.at.sheet)
    left, right = _printed_columns(workbook, grid, form)
    first = form.at.row + 1
    starts = [other.at.row for other in siblings if other.at.sheet == form.at.sheet and other.at.row > form.at.row]
    last = min(min(starts, default=grid.last_row + 1) - 1, first + _MOST_ROWS)
    while last > first and not grid.row(last):
        last -= 1
    columns = [
        column
        for column in range(left, min(right, left + _MOST_COLUMNS) + 1)
        if any(_covering(grid, row, column) or grid.text(row, column) for row in range(first, last + 1))
    ]
    rows: list[Cells] = []
    for row in range(first, last + 1):
        cells = list(_row(grid, row, columns, (first, last)))
        if any(cell.text or cell.above for cell in cells):
            rows.append(cells)
    return rows, fitting_widths([_own_texts(grid, column, first, last) for column in columns], width)


def _printed_columns(workbook: Workbook, grid: Grid, form: Form) -> tuple[int, int]:
    """The first and last column: of a form in our template those that are printed, without the helper columns."""
    area = _AREA.fullmatch(workbook.names.get(f"{grid.sheet}!_xlnm.Print_Area", "")) if form.scheme_id else None
    return (column_number(area[1]), column_number(area[2])) if area else (1, grid.last_column)


def _row(grid: Grid, row: int, columns: Sequence[int], span: tuple[int, int]) -> list[TableCell]:
    cells: list[TableCell] = []
    place = 0
    while place < len(columns):
        merge = grid.merge_at(row, columns[place])
        across = sum(merge.left <= column <= merge.right for column in columns[place:])
        top = max(merge.top, span[0])
        short = display_width(grid.text(merge.top, merge.left)) <= 16
        cells.append(
            TableCell(
                grid.text(merge.top, merge.left) if row == top else "",
                "center" if short else "left",
                across=across,
                above=row > top,
                starts=row == top and merge.bottom > row,
            )
        )
        place += across
    return cells


def _covering(grid: Grid, row: int, column: int) -> Merge | None:
    merge = grid.merge_at(row, column)
    return merge if (merge.top, merge.left) != (merge.bottom, merge.right) else None


def _own_texts(grid: Grid, column: int, first: int, last: int) -> list[str]:
    """What stands in this column alone."""
    merges = ((row, grid.merge_at(row, column)) for row in range(first, last + 1))
    return [grid.text(row, column) for row, merge in merges if merge.left == merge.right]
