"""A row as a person sees it: places from left to right, a merged block counting as one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import NamedTuple

from perfxl.grid import BLANK_CELL, Cell, CellRef, Grid, Merge
from perfxl.reading.labels import label_key

_WIDEST = 100
"""Columns looked at. No form is wider; a stray cell in XFD1 must not cost a scan of every row."""


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


@dataclass(frozen=True)
class Region:
    """The rows of one sheet that may hold a form. Columns right of `right` are outside the printed form."""

    grid: Grid
    top: int
    bottom: int
    title: tuple[int, int] | None = None
    right: int = 0
    """0 where the form's width is not known."""
    _rows: dict[int, tuple[Slot, ...]] = field(default_factory=dict, compare=False, repr=False)
    _own: dict[int, list[Slot]] = field(default_factory=dict, compare=False, repr=False)
    _slots: dict[tuple[int, int], Slot] = field(default_factory=dict, compare=False, repr=False)
    _gaps: list[frozenset[int]] = field(default_factory=list, compare=False, repr=False)
    _blocks: dict[Merge, Slot] = field(default_factory=dict, compare=False, repr=False)

    def bounded(self, right: int) -> Region:
        rows = {row: tuple([slot for slot in slots if slot.left <= right]) for row, slots in self._rows.items()}
        return replace(self, right=right, _rows=rows if right else self._rows, _own={})

    def slot(self, row: int, column: int) -> Slot:
        slot = self._slots.get((row, column))
        if slot is None:
            merge = self.grid.merge_over(row, column)
            cell = self.grid.cell(row, column)
            slot = self._slots[row, column] = self._block(merge) if merge else _slot(row, column, row, column, cell)
        return slot

    def _block(self, merge: Merge) -> Slot:
        # By merge and not by corner: in a damaged file merges overlap, and a corner belongs to another.
        slot = self._blocks.get(merge)
        if slot is None:
            slot = self._blocks[merge] = _slot(*merge, self.grid.cell(merge.top, merge.left))
        return slot

    def slots(self, row: int) -> tuple[Slot, ...]:
        """Every place of the row within the form, blocks that began above included, spacer columns left out."""
        slots = self._rows.get(row)
        if slots is None:
            slots = self._rows[row] = self._scan(row)
        return slots

    def own(self, row: int) -> list[Slot]:
        """The places that begin in this row and are filled."""
        own = self._own.get(row)
        if own is None:
            own = self._own[row] = [slot for slot in self.slots(row) if slot.top == row and not slot.blank]
        return own

    def ref(self, slot: Slot) -> CellRef:
        return self.grid.ref(slot.top, slot.left)

    def filled_below(self, row: int) -> Iterator[int]:
        """The region's rows below `row` that have any content."""
        rows = self._filled
        return (below for below in rows[bisect_right(rows, row) :] if below <= self.bottom)

    @cached_property
    def merged(self) -> bool:
        """Whether cells side by side are merged, and not only lines over the form's width."""
        return any(
            self.top <= merge.top <= self.bottom and len(self.grid.row(merge.top)) > 1 for merge in self.grid.merges
        )

    @cached_property
    def _filled(self) -> list[int]:
        return [row for row, _ in self.grid.rows()]

    def _spacers(self) -> frozenset[int]:
        """Columns between others in which no row of the region has anything: space, and no values left blank."""
        if not self._gaps:
            used: set[int] = set()
            for row in self.filled_below(self.top - 1):
                used.update([column for column, _ in self.grid.row(row)])
            self._gaps.append(frozenset(range(1, min(max(used, default=0), _WIDEST))) - used)
        return self._gaps[0]

    def _scan(self, row: int) -> tuple[Slot, ...]:
        # One column more than has content: a value that nobody filled in, right of the last label.
        last = min(self.grid.last_column + 1, self.right or _WIDEST, _WIDEST)
        spacers = self._spacers()
        merges, filled, slots = self.grid.merges_over(row, last), dict(self.grid.row(row)), self._slots
        found: list[Slot] = []
        column = 1
        while column <= last:
            merge, cell = merges.get(column), filled.get(column)
            if merge:
                slot = self._block(merge)
            elif cell:
                slot = _slot(row, column, row, column, cell)
            else:
                slot = _made((row, column, row, column, BLANK_CELL, True, ""))
            slots[row, column] = slot
            if column not in spacers or (slot.bottom, slot.right) != (row, column):
                found.append(slot)
            column = slot.right + 1
        return tuple(found)


def _slot(top: int, left: int, bottom: int, right: int, cell: Cell) -> Slot:
    value = cell.value
    if value is None:
        return _made((top, left, bottom, right, cell, True, ""))
    if isinstance(value, str):
        return _made((top, left, bottom, right, cell, not value.strip(), label_key(value)))
    return _made((top, left, bottom, right, cell, False, ""))


_made: Callable[[tuple[int, int, int, int, Cell, bool, str]], Slot] = partial(tuple.__new__, Slot)
"""Slot(...) itself goes through Python, which takes twice as long; a form has hundreds."""
