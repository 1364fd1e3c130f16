"""What the reader makes of samples, as they are in memory or through files of a kind."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial

from benchmarks.reading.files import BATCH, through
from benchmarks.reading.layouts import Sample, sample
from benchmarks.reading.truth import Places, Tally, compare
from perfxl.grid import Grid, Workbook, normalised
from perfxl.reading import read_forms


@dataclass
class Measured:
    """Of some samples: counts, what was missed, and the seconds that `read_forms` took."""

    tally: Tally = field(default_factory=Tally)
    misses: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: Measured) -> None:
        self.tally.add(other.tally)
        self.misses += other.misses
        self.seconds += other.seconds


def measure_in_parts(
    mutations: Sequence[str], seeds: Sequence[int], kind: str, workers: Executor
) -> dict[str, Measured]:
    """As `measure` has it of every mutation and seed, each worker some files at a time."""
    names = [(mutation, seed) for mutation in mutations for seed in seeds]
    parts = [names[start : start + BATCH] for start in range(0, len(names), BATCH)]
    measured: dict[str, Measured] = {}
    for part in workers.map(partial(_measure_named, kind=kind), parts):
        for mutation, one in part.items():
            measured.setdefault(mutation, Measured()).add(one)
    return measured


def _measure_named(names: Sequence[tuple[str, int]], kind: str) -> dict[str, Measured]:
    return measure([sample(*name) for name in names], kind)


def measure(samples: Sequence[Sample], kind: str = "memory") -> dict[str, Measured]:
    """By mutation. A sample counts as missed where another number of forms is read than is there."""
    measured: dict[str, Measured] = {}
    for one, workbook in zip(samples, through(kind, samples), strict=True):
        result = measured.setdefault(one.mutation, Measured())
        result.tally.samples += 1
        start = time.process_time()
        forms = read_forms(workbook)
        result.seconds += time.process_time() - start
        for number, truth in enumerate(one.forms):
            form = forms[number] if len(forms) == len(one.forms) else None
            page = one.workbook.grids[min(number, len(one.workbook.grids) - 1)]
            places = {} if kind == "memory" else _places(one.workbook, page, workbook)
            found: list[str] = []
            result.tally.add(compare(truth, form, found, places))
            result.misses += [f"{one.seed}: {line}" for line in found]
    return measured


def _places(written: Workbook, page: Grid, read: Workbook) -> Places:
    """Where the page's texts stand in what was read: the third of the same text where it was the third."""
    found: dict[str, list[tuple[int, int]]] = {}
    for _, place, text in _texts(read):
        found.setdefault(text, []).append(place)
    seen: dict[str, int] = {}
    places: dict[tuple[int, int], tuple[int, int]] = {}
    for grid, place, text in _texts(written):
        count = seen[text] = seen.get(text, 0) + 1
        same = found.get(text, [])
        if grid is page and same:
            places[place] = same[min(count, len(same)) - 1]
    return places


def _texts(workbook: Workbook) -> Iterator[tuple[Grid, tuple[int, int], str]]:
    for grid in workbook.grids:
        for row, cells in grid.rows():
            yield from ((grid, (row, column), normalised(cell.text)) for column, cell in cells)
