"""Cells grouped into rectangles, so that a host is written to in few calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Block(Generic[T]):
    """A full rectangle of values; its first one is at `row`, `column`."""

    row: int
    column: int
    rows: tuple[tuple[T, ...], ...]


def blocks(cells: Mapping[tuple[int, int], T]) -> list[Block[T]]:
    """Rectangles that hold each cell once and nothing else: runs down a column, neighbours of equal height joined."""
    done: list[tuple[int, int, int, int]] = []
    growing: dict[tuple[int, int], int] = {}
    """The first column of each rectangle that reaches to `last`, by its top and bottom row."""
    last = 0
    for column, places in groupby(sorted(cells, key=lambda place: (place[1], place[0])), lambda place: place[1]):
        runs = _runs([row for row, _ in places])
        joined = {run: first for run, first in growing.items() if run in runs and column == last + 1}
        done += [(*run, first, last) for run, first in growing.items() if run not in joined]
        growing = {run: joined.get(run, column) for run in runs}
        last = column
    done += [(*run, first, last) for run, first in growing.items()]
    return [
        Block(
            top,
            left,
            tuple(tuple(cells[row, column] for column in range(left, right + 1)) for row in range(top, bottom + 1)),
        )
        for top, bottom, left, right in sorted(done)
    ]


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """1 2 3 5 → (1, 3) (5, 5)."""
    numbered = [[row for _, row in run] for _, run in groupby(enumerate(rows), lambda item: item[1] - item[0])]
    return [(run[0], run[-1]) for run in numbered]
