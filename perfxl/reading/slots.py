"""A row as a person sees it: places from left to right, a merged block counting as one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from perfxl.grid import Cell, CellRef, Grid
from perfxl.reading.labels import label_key


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell together with the merge it covers."""

    top: int
    left: int
    bottom: int
    right: int
    cell: Cell

    @property
    def text(self) -> str:
        return self.cell.text

    @property
    def blank(self) -> bool:
        return self.cell.value is None or not self.cell.text.strip()

    @property
    def key(self) -> str:
        """The text as a label is compared; empty for numbers and long texts."""
        return label_key(self.cell.value) if isinstance(self.cell.value, str) else ""


@dataclass(frozen=True)
class Region:
    """The rows of one sheet that may hold a form. Columns right of `right` are outside the printed form."""

    grid: Grid
    top: int
    bottom: int
    title: tuple[int, int] | None = None
    right: int = 0
    _rows: dict[int, tuple[Slot, ...]] = field(default_factory=dict, compare=False, repr=False)

    def bounded(self, right: int) -> Region:
        return replace(self, right=right, _rows={})

    def slot(self, row: int, column: int) -> Slot:
        merge = self.grid.merge_at(row, column)
        return Slot(merge.top, merge.left, merge.bottom, merge.right, self.grid.cell(merge.top, merge.left))

    def slots(self, row: int) -> tuple[Slot, ...]:
        """Every place of the row within the form, blocks that began above included."""
        if row not in self._rows:
            self._rows[row] = tuple(self._scan(row))
        return self._rows[row]

    def own(self, row: int) -> list[Slot]:
        """The places that begin in this row and are filled."""
        return [slot for slot in self.slots(row) if slot.top == row and not slot.blank]

    def ref(self, slot: Slot) -> CellRef:
        return self.grid.ref(slot.top, slot.left)

    def filled_below(self, row: int) -> Iterator[int]:
        """The region's rows below `row` that have any content."""
        rows = self._filled
        return (below for below in rows[bisect_right(rows, row) :] if below <= self.bottom)

    @cached_property
    def _filled(self) -> list[int]:
        return [row for row, _ in self.grid.rows()]

    def _scan(self, row: int) -> Iterator[Slot]:
        column = 1
        while column <= (self.right or self.grid.last_column):
            slot = self.slot(row, column)
            yield slot
            column = slot.right + 1

