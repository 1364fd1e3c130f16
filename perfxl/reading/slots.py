"""A row as a person sees it: places from left to right, a merged block counting as one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

from perfxl.grid import BLANK_CELL, Cell, CellRef, Grid, Merge
from perfxl.reading.labels import label_key

_WIDEST = 100
"""Columns looked at. No form is wider; a stray cell in XFD1 must not cost a scan of every row."""
_SHARED = 5_000
"""Cells of the largest used range whose plans are remembered beyond the form."""


class Slot(NamedTuple):
    """A cell together with the merge it covers."""

    top: int
    left: int
    bottom: int
    right: int
    cell: Cell
    blank: bool
    key: str
    """The text as a label is compared; empty for numbers and long texts."""

    @property
    def text(self) -> str:
        return self.cell.text


class _Line(NamedTuple):
    """The places of one row."""

    at: list[Slot]
    """By column."""
    places: tuple[Slot, ...]
    """From left to right within the form, spacer columns left out."""
    own: list[Slot]


class _Plan(NamedTuple):
    """Where the places of a row are, whatever stands in them."""

    blanks: list[Slot]
    """What `_Line.at` is where nothing is merged and nothing filled in."""
    starts: tuple[int, ...]
    """The columns that `_Line.places` begin in."""
    merges: Mapping[int, Merge]
    runs: tuple[tuple[Merge, int, int], ...]
    """The same merges, each with its first column here and the one behind its last."""


@dataclass(frozen=True)
class Region:
    """The rows of one sheet that may hold a form. Columns right of `right` are outside the printed form."""

    grid: Grid
    top: int
    bottom: int
    title: tuple[int, int] | None = None
    right: int = 0
    """0 where the form's width is not known."""
    _lines: dict[int, _Line] = field(default_factory=dict, compare=False, repr=False)
    _blocks: dict[Merge, Slot] = field(default_factory=dict, compare=False, repr=False)
    _gaps: list[frozenset[int]] = field(default_factory=list, compare=False, repr=False)

    def bounded(self, right: int) -> Region:
        lines = {row: _bounded(line, right) for row, line in self._lines.items()} if right else self._lines
        return Region(self.grid, self.top, self.bottom, self.title, right, lines, self._blocks, self._gaps)

    def at_columns(self, row: int) -> list[Slot]:
        """The place at each column of the row, from 0 on; a block of several columns stands at each of them."""
        return self._line(row).at

    def slot(self, row: int, column: int) -> Slot:
        try:
            return self._lines[row].at[column]
        except KeyError:
            self._scan(row)
            return self.slot(row, column)
        except IndexError:
            return self._beyond(row, column)

    def slots(self, row: int) -> tuple[Slot, ...]:
        """Every place of the row within the form, blocks that began above included, spacer columns left out."""
        return self._line(row).places

    def own(self, row: int) -> list[Slot]:
        """The places that begin in this row and are filled."""
        try:
            return self._lines[row].own
        except KeyError:
            return self._scan(row).own

    def _line(self, row: int) -> _Line:
        try:
            return self._lines[row]
        except KeyError:
            return self._scan(row)

    def ref(self, slot: Slot) -> CellRef:
        return self.grid.ref(slot.top, slot.left)

    def filled_below(self, row: int) -> Iterator[int]:
        """The region's rows below `row` that have any content."""
        rows = self._filled
        return map(rows.__getitem__, range(bisect_right(rows, row), len(rows)))

    @cached_property
    def merged(self) -> bool:
        """Whether cells side by side are merged, and not only lines over the form's width."""
        return any(
            self.top <= merge.top <= self.bottom and len(self.grid.row(merge.top)) > 1 for merge in self.grid.merges
        )

    @cached_property
    def _filled(self) -> list[int]:
        return [row for row, _ in self.grid.rows() if row <= self.bottom]

    @cached_property
    def _spacers(self) -> frozenset[int]:
        """Columns between others in which no row of the region has anything: space, and no values left blank."""
        if not self._gaps:
            used: set[int] = set()
            for row in self.filled_below(self.top - 1):
                used.update(dict(self.grid.row(row)))
            self._gaps.append(frozenset(range(1, min(max(used, default=0), _WIDEST))) - used)
        return self._gaps[0]

    @cached_property
    def _plans(self) -> dict[int, _Plan]:
        grid = self.grid
        if grid.last_row * grid.last_column > _SHARED:
            return {}
        return _plans(grid.merges, grid.last_row, grid.last_column, self.right, self._spacers)

    def _scan(self, row: int) -> _Line:
        plans = self._plans
        plan = plans.get(row)
        if plan is None:
            plan = plans[row] = self._planned(row)
        at, merges = plan.blanks.copy(), plan.merges
        for merge, start, end in plan.runs:
            at[start:end] = [self._block(merge)] * (end - start)
        for column, cell in self.grid.row(row):
            if column >= len(at):
                break
            if column not in merges:
                at[column] = _slot(row, column, row, column, cell)
        places = [at[column] for column in plan.starts]
        own = [slot for slot in places if slot[0] == row and not slot[5]]
        line = self._lines[row] = _Line(at, tuple(places), own)
        return line

    def _planned(self, row: int) -> _Plan:
        # One column more than has content: a value that nobody filled in, right of the last label.
        last = min(self.grid.last_column + 1, _WIDEST)
        merges = self.grid.merges_over(row, last)
        starts: list[int] = []
        column = 1
        while column <= min(last, self.right or last):
            merge = merges.get(column)
            ends = (merge.bottom, merge.right) if merge else (row, column)
            if column not in self._spacers or ends != (row, column):
                starts.append(column)
            column = ends[1] + 1
        runs = [
            (merge, column, min(merge.right, last) + 1)
            for column, merge in sorted(merges.items())
            if column <= last and merges.get(column - 1) != merge
        ]
        blanks = [_made((row, column, row, column, BLANK_CELL, True, "")) for column in range(last + 1)]
        return _Plan(blanks, tuple(starts), merges, tuple(runs))

    def _block(self, merge: Merge) -> Slot:
        # By merge and not by corner: in a damaged file merges overlap, and a corner belongs to another.
        slot = self._blocks.get(merge)
        if slot is None:
            slot = self._blocks[merge] = _slot(*merge, self.grid.cell(merge.top, merge.left))
        return slot

    def _beyond(self, row: int, column: int) -> Slot:
        merge = self.grid.merge_over(row, column)
        return self._block(merge) if merge else _slot(row, column, row, column, self.grid.cell(row, column))


def _bounded(line: _Line, right: int) -> _Line:
    """The line without the places right of that column."""
    at, places, own = line
    if not places or places[-1].left <= right:
        return line
    return _Line(at, tuple([one for one in places if one.left <= right]), [one for one in own if one.left <= right])


@lru_cache(maxsize=128)
def _plans(
    merges: tuple[Merge, ...], last_row: int, last_column: int, right: int, spacers: frozenset[int]
) -> dict[int, _Plan]:
    """Made so far, by row, for forms of that shape: those of a batch have few."""
    return {}


def _slot(top: int, left: int, bottom: int, right: int, cell: Cell) -> Slot:
    value = cell.value
    if value is None:
        return _made((top, left, bottom, right, cell, True, ""))
    if isinstance(value, str):
        return _made((top, left, bottom, right, cell, not value.strip(), label_key(value)))
    return _made((top, left, bottom, right, cell, False, ""))


_made: Callable[[tuple[int, int, int, int, Cell, bool, str]], Slot] = partial(tuple.__new__, Slot)
"""Slot(...) itself goes through Python, which takes twice as long; a form has hundreds."""
