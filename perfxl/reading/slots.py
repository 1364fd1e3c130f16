"""A row as a person sees it: places from left to right, a merged block counting as one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from perfxl.grid import BLANK_CELL, Cell, CellRef, Grid, Merge
from perfxl.reading.labels import label_key, vocabulary

_WIDEST = 100
"""Columns looked at. No form is wider; a stray cell in XFD1 must not cost a scan of every row."""
_SHARED = 5_000
"""Cells of the largest used range whose plans are remembered beyond the form."""


class Slot:
    """A cell together with the merge it covers. One for each place of a region, and equal to no other."""

    __slots__ = ("blank", "bottom", "cell", "key", "left", "right", "top")

    key: str
    """The text as a label is compared; empty for numbers and long texts."""

    def __init__(self, top: int, left: int, bottom: int, right: int, cell: Cell) -> None:
        self.top = top
        self.left = left
        self.bottom = bottom
        self.right = right
        self.cell = cell
        value = cell.value
        if isinstance(value, str):
            self.key = label_key(value)
            self.blank = not self.key and not value.strip()
        else:
            self.key = ""
            self.blank = value is None

    @property
    def text(self) -> str:
        return self.cell.text


class _Plan(NamedTuple):
    """Where the places of a row are, whatever stands in them."""

    blanks: list[Slot]
    """What stands at each column where nothing is merged and nothing filled in."""
    starts: tuple[int, ...]
    """The columns that places begin in, spacer columns left out."""
    own: tuple[int, ...]
    """Those of them whose places begin in this row."""
    merges: Mapping[int, Merge]
    runs: tuple[tuple[Merge, int, int], ...]
    """The same merges, each with its first column here and the one behind its last."""


class Region:
    """The rows of one sheet that may hold a form. Columns right of `right` are outside the printed form."""

    right = 0
    """0 where the form's width is not known."""

    def __init__(self, grid: Grid, top: int, bottom: int, title: tuple[int, int] | None = None) -> None:
        self.grid = grid
        self.top = top
        self.bottom = bottom
        self.title = title
        # Nothing here is made when first asked for: a cached_property makes all attributes of an object slower to read.
        within = [merge for merge in grid.merges if top <= merge.top <= bottom]
        self.merged = any(len(grid.row(merge.top)) > 1 for merge in within)
        """Whether cells side by side are merged, and not only lines over the form's width."""
        self._filled = [row for row, _ in grid.rows() if row <= bottom]
        self._spacers = self._unused()
        small = grid.last_row * grid.last_column <= _SHARED
        self._plans = _plans(grid.merges, grid.last_row, grid.last_column, self._spacers) if small else {}
        self._at: dict[int, list[Slot]] = {}
        self._own: dict[int, list[Slot]] = {}
        self._places: dict[int, tuple[Slot, ...]] = {}
        self._words: dict[int, frozenset[str]] = {}
        self._blocks: dict[Merge, Slot] = {}

    def bound(self, right: int) -> None:
        """Leave out the places right of that column, unless it is 0."""
        self.right = right
        for row, own in self._own.items():
            if right and own and own[-1].left > right:
                self._keep(row, [slot for slot in own if slot.left <= right])
        self._places.clear()

    def at_columns(self, row: int) -> list[Slot]:
        """The place at each column of the row, from 0 on; a block of several columns stands at each of them."""
        return self._at.get(row) or self._scan(row)

    def slot(self, row: int, column: int) -> Slot:
        try:
            return self._at[row][column]
        except KeyError:
            self._scan(row)
            return self.slot(row, column)
        except IndexError:
            return self._beyond(row, column)

    def slots(self, row: int) -> tuple[Slot, ...]:
        """Every place of the row within the form, blocks that began above included, spacer columns left out."""
        places = self._places.get(row)
        if places is None:
            at = self.at_columns(row)
            places = self._places[row] = tuple([at[column] for column in self._plan(row).starts])
        return places

    def own(self, row: int) -> list[Slot]:
        """The places that begin in this row and are filled, from left to right within the form."""
        own = self._own.get(row)
        if own is None:
            self._scan(row)
            own = self._own[row]
        return own

    def words(self, row: int) -> frozenset[str]:
        """The labels that the vocabulary knows among those that begin in this row: most rows have none."""
        words = self._words.get(row)
        if words is None:
            self._scan(row)
            words = self._words[row]
        return words

    def ref(self, slot: Slot) -> CellRef:
        return self.grid.ref(slot.top, slot.left)

    def filled_below(self, row: int) -> Iterator[int]:
        """The region's rows below `row` that have any content."""
        rows = self._filled
        return map(rows.__getitem__, range(bisect_right(rows, row), len(rows)))

    def _unused(self) -> frozenset[int]:
        """Columns between others in which no row of the region has anything: space, and no values left blank."""
        used: set[int] = set()
        for row in self.filled_below(self.top - 1):
            used.update(map(_column, self.grid.row(row)))
        return frozenset(range(1, min(max(used, default=0), _WIDEST))) - used

    def _plan(self, row: int) -> _Plan:
        plans, key = self._plans, (row, self.right)
        plan = plans.get(key)
        if plan is None:
            plan = plans[key] = self._planned(row)
        return plan

    def _scan(self, row: int) -> list[Slot]:
        plan = self._plan(row)
        at, merges = plan.blanks.copy(), plan.merges
        width = len(at)
        for merge, start, end in plan.runs:
            at[start:end] = [self._block(merge)] * (end - start)
        for column, cell in self.grid.row(row):
            if column >= width:
                break
            if column not in merges:
                at[column] = Slot(row, column, row, column, cell)
        self._at[row] = at
        self._keep(row, [slot for column in plan.own if not (slot := at[column]).blank])
        return at

    def _keep(self, row: int, own: list[Slot]) -> None:
        self._own[row] = own
        self._words[row] = vocabulary().words.intersection([slot.key for slot in own])

    def _planned(self, row: int) -> _Plan:
        # One column more than has content: a value that nobody filled in, right of the last label.
        last = min(self.grid.last_column + 1, _WIDEST)
        merges = self.grid.merges_over(row, last)
        starts: list[int] = []
        own: list[int] = []
        column = 1
        while column <= last:
            top, left, bottom, right = merges.get(column) or (row, column, row, column)
            within = left <= self.right or not self.right
            if within and (column not in self._spacers or (bottom, right) != (row, column)):
                starts.append(column)
                own += [column] if top == row else []
            column = right + 1
        runs = [
            (merge, column, min(merge.right, last) + 1)
            for column, merge in sorted(merges.items())
            if column <= last and merges.get(column - 1) != merge
        ]
        blanks = [Slot(row, column, row, column, BLANK_CELL) for column in range(last + 1)]
        return _Plan(blanks, tuple(starts), tuple(own), merges, tuple(runs))

    def _block(self, merge: Merge) -> Slot:
        # By merge and not by corner: in a damaged file merges overlap, and a corner belongs to another.
        slot = self._blocks.get(merge)
        if slot is None:
            slot = self._blocks[merge] = Slot(*merge, self.grid.cell(merge.top, merge.left))
        return slot

    def _beyond(self, row: int, column: int) -> Slot:
        return self._block(self.grid.merge_at(row, column))


@lru_cache(maxsize=128)
def _plans(
    merges: tuple[Merge, ...], last_row: int, last_column: int, spacers: frozenset[int]
) -> dict[tuple[int, int], _Plan]:
    """Made so far, by row and right edge, for forms of that shape: those of a batch have few."""
    return {}


_column = itemgetter(0)
