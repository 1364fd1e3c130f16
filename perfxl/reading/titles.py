"""Where on a sheet the forms are, and the title and year of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from perfxl.form import Located
from perfxl.grid import Cell, Grid, normalised
from perfxl.kept import Known
from perfxl.reading.cells import blank
from perfxl.reading.labels import LONGEST_PAIRS, inline_pairs, is_title, label_key, vocabulary
from perfxl.reading.slots import Region, Slot
from perfxl.reading.values import money_unit, parse_year

_YEAR_LINE = re.compile(r"\(?(?:(?:19|20)[0-9]{2}|[零〇一二三四五六七八九]{4}|[_x×*]*)年度?\)?", re.IGNORECASE)
_LONGEST_LINE = 30
_LEAST_COLUMNS = 4
_HEAD_ROWS = 6
"""Rows below the title in which the year line is looked for."""


def find_regions(grid: Grid) -> Iterator[Region]:
    """One region per title or, where the title is gone, per project name label. Not all of them hold a form."""
    starts: list[tuple[int, tuple[int, int] | None]] = []
    named = True
    for row, cells in grid.rows():
        if not _may_begin(cells):
            continue
        title = _title_column(grid, row, cells)
        if title is not None:
            starts.append((row, (row, title)))
            named = False
        elif any(isinstance(cell.value, str) and _names_project(cell.value) for _, cell in cells):
            if named:
                starts.append((_head_of(grid, row), None))
            named = True
    if not starts and _has_table(grid):
        starts.append((1, None))
    ends = [row - 1 for row, _ in starts[1:]] + [grid.last_row]
    for (top, title_cell), bottom in zip(starts, ends, strict=False):
        yield Region(grid, top, bottom, title_cell)


def _has_table(grid: Grid) -> bool:
    """Whether a row holds most of the labels of an indicator table: what is left of a form without title and name."""
    columns = vocabulary().columns
    for _, cells in grid.rows():
        found = {columns.get(label_key(cell.text)) for _, cell in cells if isinstance(cell.value, str)} - {None}
        if len(found) >= _LEAST_COLUMNS and "level3" in found and found & {"target", "score"}:
            return True
    return False


def read_title(region: Region) -> Located[str]:
    """The title; blank at the region's first cell where it is gone."""
    if region.title is None:
        column = next((column for column, _ in region.grid.row(region.top)), 1)
        return blank(region.grid.ref(region.top, column))
    text = region.grid.text(*region.title)
    return Located(text.strip(), region.grid.ref(*region.title), text)


def read_year(region: Region, title: Located[str]) -> Located[int]:
    """The budget year from the title or the year line below it; blank at the line, else at the title."""
    if year := parse_year(title.raw):
        return Located(year, title.at, title.raw)
    slots = (slot for row in range(region.top, region.top + _HEAD_ROWS) for slot in region.slots(row))
    line = next((slot for slot in slots if not slot.blank and is_year_line(slot.text)), None)
    line = line or _line_below_title(region)
    if line is None:
        return blank(title.at)
    year = parse_year(line.text)
    return Located(year, region.ref(line), line.text if year else "")


def _line_below_title(region: Region) -> Slot | None:
    """Where our templates have the year, a number shown as `（2025年度）`: as wide as the title and right below."""
    if region.title is None:
        return None
    title = region.slot(*region.title)
    below = region.slot(title.bottom + 1, title.left)
    same_width = (below.left, below.right) == (title.left, title.right) and title.right > title.left
    return below if same_width and (below.blank or parse_year(below.text)) else None


def is_year_line(text: str) -> bool:
    """`(2020 年度)`, also with the year left blank."""
    return len(text) < _LONGEST_LINE and "年" in (key := normalised(text)) and bool(_YEAR_LINE.fullmatch(key))


def _title_column(grid: Grid, row: int, cells: list[tuple[int, Cell]]) -> int | None:
    """The column of a title, which stands alone in its row: only an annex number before, nothing next to it."""
    for place, (column, cell) in enumerate(cells, 1):
        if _is_title_cell(cell):
            alone = place == len(cells) or cells[place][0] != grid.merge_at(row, column).right + 1
            return column if alone else None
        if not normalised(cell.text).startswith("附"):
            return None
    return None


def _is_title_cell(cell: Cell) -> bool:
    """Our templates keep the year of a title such as `2019年度财政项目绩效自评价` as the cell's number."""
    if isinstance(cell.value, str):
        return is_title(cell.value)
    return isinstance(cell.value, Decimal) and "年" in cell.number_format and is_title(cell.text)


def _may_begin(cells: list[tuple[int, Cell]]) -> bool:
    """Whether a form can begin in a row of these cells: all rows are asked, and few have such a cell."""
    for _, cell in cells:
        value = cell.value
        if isinstance(value, str):
            if _text_may_begin(value):
                return True
        elif value is not None and "年" in cell.number_format and _is_title_cell(cell):
            return True
    return False


def _is_title_or_name(text: str) -> bool:
    return is_title(text) or _names_project(text)


_text_may_begin = Known(_is_title_or_name, 4096, LONGEST_PAIRS).__getitem__


def _names_project(text: str) -> bool:
    fields = vocabulary().fields
    if fields.get(label_key(text)) == "project_name":
        return True
    return any(fields[label_key(label)] == "project_name" for label, _ in inline_pairs(text))


def _head_of(grid: Grid, row: int) -> int:
    """The first row of a form without title: a year line or the applicant may stand above the project name."""
    while any(isinstance(cell.value, str) and _is_head(cell.value) for _, cell in grid.row(row - 1)):
        row -= 1
    return row


def _is_head(text: str) -> bool:
    if is_year_line(text) or (len(text) < _LONGEST_LINE and money_unit(text)):
        return True
    return any(vocabulary().fields[label_key(label)] == "applicant_unit" for label, _ in inline_pairs(text))
