"""A row as a person sees it: places from left to right, a merged block counting as one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
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

    # No __init__: a form has hundreds of slots, and calling a class that has one takes half of what a slot costs.
    top: int
    left: int
    bottom: int
    right: int
    cell: Cell
    key: str
    """The text as a label is compared; empty for numbers and long texts."""
    blank: bool

    @property
    def text(self) -> str:
        return self.cell.text


def _slot(top: int, left: int, bottom: int, right: int, cell: Cell) -> Slot:
    slot = Slot()
    slot.top = top
    slot.left = left
    slot.bottom = bottom
    slot.right = right
    slot.cell = cell
    value = cell.value
    if isinstance(value, str):
        slot.key = key = label_key(value)
        slot.blank = not key and not value.strip()
    else:
        slot.key = ""
        slot.blank = value is None
    return slot


class Row:
    """What stands in a row of a sheet: an object, since nearly all who look at a row want two of its three views."""

    __slots__ = ("at", "own", "words")

    at: list[Slot]
    """The place at each column, from 0 on; a block of several columns stands at each of them."""
    own: list[Slot]
    """The places that begin in this row and are filled, from left to right within the form."""
    words: frozenset[str]
    """The labels that the vocabulary knows among those of `own`: most rows have none."""


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


class Region(dict[int, Row]):
    """The rows of one sheet that may hold a form, each looked at when it is first asked for: `region[6].own`.

    Columns right of `right` are outside the printed form. A dict of rows, as they are asked for hundreds of times.
    """

    right = 0
    """0 where the form's width is not known."""

    def __init__(self, grid: Grid, top: int, bottom: int, title: tuple[int, int] | None = None) -> None:
        self.grid = grid
        self.top = top
        self.bottom = bottom
        self.title = title
        # Nothing here is made when first asked for: a cached_property makes all attributes of an object slower to read.
        self._cells = grid.by_row
        within = [merge for merge in grid.merges if top <= merge.top <= bottom]
        self.merged = any(len(self._cells.get(merge.top, ())) > 1 for merge in within)
        """Whether cells side by side are merged, and not only lines over the form's width."""
        self._filled = [row for row in self._cells if row <= bottom]
        self._spacers = self._unused()
        small = grid.last_row * grid.last_column <= _SHARED
        self._shape = _shape(grid.merges, grid.last_row, grid.last_column, self._spacers) if small else {}
        self._plans = self._shape.setdefault((0, 0), {})
        self._reach = 0
        self.vocabulary = vocabulary()
        self._places: dict[int, tuple[Slot, ...]] = {}
        self._blocks: dict[Merge, Slot] = {}

    def bound(self, right: int, reach: int) -> None:
        """Leave out the places right of that column, unless it is 0. `reach` is the last column yet to be read."""
        if not right:
            return
        self.right = right
        self._reach = reach
        self._plans = self._shape.setdefault((right, reach), {})
        for row in self.values():
            if row.own and row.own[-1].left > right:
                row.own = [slot for slot in row.own if slot.left <= right]
                row.words = self.vocabulary.words.intersection([slot.key for slot in row.own])
        self._places.clear()

    def slot(self, row: int, column: int) -> Slot:
        try:
            return self[row].at[column]
        except IndexError:
            return self._block(self.grid.merge_at(row, column))

    def slots(self, row: int) -> tuple[Slot, ...]:
        """Every place of the row within the form, blocks that began above included, spacer columns left out."""
        places = self._places.get(row)
        if places is None:
            at, plan = self[row].at, self._plans.get(row) or self._planned(row)
            places = self._places[row] = tuple([at[column] for column in plan.starts])
        return places

    def ref(self, slot: Slot) -> CellRef:
        return self.grid.ref(slot.top, slot.left)

    def filled_below(self, row: int) -> Iterator[int]:
        """The region's rows below `row` that have any content."""
        rows = self._filled
        return map(rows.__getitem__, range(bisect_right(rows, row), len(rows)))

    def __missing__(self, row: int) -> Row:
        plan = self._plans.get(row) or self._planned(row)
        at, merges, blocks, known = plan.blanks.copy(), plan.merges, self._blocks, self.vocabulary.words
        width = len(at)
        for merge, start, end in plan.runs:
            block = blocks.get(merge) or self._block(merge)
            if end - start == 1:
                at[start] = block
            else:
                at[start:end] = [block] * (end - start)
        for column, cell in self._cells.get(row, ()):
            if column >= width:
                break
            if column not in merges:
                at[column] = _slot(row, column, row, column, cell)
        own: list[Slot] = []
        words: list[str] = []
        for column in plan.own:
            slot = at[column]
            if not slot.blank:
                own.append(slot)
                if slot.key in known:
                    words.append(slot.key)
        line = self[row] = Row()
        line.at = at
        line.own = own
        line.words = frozenset(words) if words else _NO_WORDS
        return line

    def _unused(self) -> frozenset[int]:
        """Columns between others in which no row of the region has anything: space, and no values left blank."""
        rows = map(self._cells.__getitem__, self.filled_below(self.top - 1))
        used = set(map(_column, chain.from_iterable(rows)))
        return frozenset(range(1, min(max(used, default=0), _WIDEST))) - used

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
        last = min(last, max([self.right, self._reach, *starts])) if self.right else last
        runs = [
            (merge, column, min(merge.right, last) + 1)
            for column, merge in sorted(merges.items())
            if column <= last and merges.get(column - 1) != merge
        ]
        blanks = [_slot(row, column, row, column, BLANK_CELL) for column in range(last + 1)]
        plan = self._plans[row] = _Plan(blanks, tuple(starts), tuple(own), merges, tuple(runs))
        return plan

    def _block(self, merge: Merge) -> Slot:
        # By merge and not by corner: in a damaged file merges overlap, and a corner belongs to another.
        slot = self._blocks.get(merge)
        if slot is None:
            slot = self._blocks[merge] = _slot(*merge, self.grid.cell(merge.top, merge.left))
        return slot


@lru_cache(maxsize=128)
def _shape(
    merges: tuple[Merge, ...], last_row: int, last_column: int, spacers: frozenset[int]
) -> dict[tuple[int, int], dict[int, _Plan]]:
    """The plans made so far for forms of a shape, by right edge and reach, then by row: a batch has few shapes."""
    return {}


_column = itemgetter(0)
_NO_WORDS = frozenset[str]()
