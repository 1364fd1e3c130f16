"""The form itself as a table of the document: its cells and merged ranges as the sheet has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import sqrt

from perfxl.form import Form
from perfxl.grid import Grid, Merge
from perfxl.text_width import display_width
from perfxl.words.tables import Cells, TableCell

_MOST_COLUMNS, _MOST_ROWS = 30, 500
_LEAST, _MOST = 4, 14
"""Characters that are not broken into lines."""
_UNBROKEN = re.compile("[!-~]+")
_CHARACTER, _MARGIN = 1.9, 2.4
"""Width of half a Chinese character in a table, and of a cell's two margins, in mm."""
_SHAPE = 2.0
"""How many times as wide as high a long text wants to be, its root."""


def form_rows(grid: Grid, form: Form, siblings: Sequence[Form], width: float) -> tuple[list[Cells], list[float]]:
    """The rows of the form from below its title to the next form or the end, and widths that make up `width` mm."""
    first = form.at.row + 1
    starts = [other.at.row for other in siblings if other.at.sheet == form.at.sheet and other.at.row > form.at.row]
    last = min(min(starts, default=grid.last_row + 1) - 1, first + _MOST_ROWS)
    while last > first and not grid.row(last):
        last -= 1
    columns = [
        column
        for column in range(1, min(grid.last_column, _MOST_COLUMNS) + 1)
        if any(_covering(grid, row, column) or grid.text(row, column) for row in range(first, last + 1))
    ]
    rows: list[Cells] = []
    for row in range(first, last + 1):
        cells = list(_row(grid, row, columns, (first, last)))
        if any(cell.text or cell.above for cell in cells):
            rows.append(cells)
    return rows, _widths([_need(grid, column, first, last) for column in columns], width)


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


def _widths(needs: Sequence[tuple[float, float]], width: float) -> list[float]:
    """Widths in mm from (least, wanted): what is left after the least goes to those that want more."""
    least = sum(low for low, _ in needs)
    more = [max(wanted - low, 0) for low, wanted in needs]
    if least >= width or not any(more):
        return [low * width / least for low, _ in needs]
    return [low + (width - least) * extra / sum(more) for (low, _), extra in zip(needs, more, strict=True)]


def _need(grid: Grid, column: int, first: int, last: int) -> tuple[float, float]:
    """In mm: for a number unbroken, and for the longest text that stands in this column alone."""
    line, longest = 0, 0
    for row in range(first, last + 1):
        merge = grid.merge_at(row, column)
        if merge.left == merge.right:
            text = grid.text(row, column)
            line = max(line, *map(len, _UNBROKEN.findall(text)), 0)
            longest = max(longest, display_width(text))
    return _MARGIN + _CHARACTER * min(max(line, _LEAST), _MOST), _MARGIN + _CHARACTER * _SHAPE * sqrt(longest)
