"""Good files changed at random are refused or read; whatever a zip says, no value is silently another."""

from __future__ import annotations

from decimal import Decimal

import pytest

from perfxl.grid import Grid
from perfxl.sources.xlsx import read_xlsx
from tests.extent import cases
from tests.fuzz.mutations import DEPTHS, mutated, with_value
from tests.fuzz.target import CORPUS, read
from tests.grids import place
from tests.hostile.form import GOOD

COUNT = cases(40, 100, 1250)
"""Of each depth; 5,000 of all with PERFXL_LONG=1."""


@pytest.mark.parametrize("depth", DEPTHS[:2])
def test_a_changed_zip_is_refused_or_reads_as_it_was(depth: str) -> None:
    whole = _grids(GOOD)
    read_anyway = 0
    for seed in range(COUNT):
        workbook = read(b"\x01" + mutated(depth, seed))
        if workbook is not None:
            assert workbook.grids == whole, seed
            read_anyway += 1
    assert read_anyway < COUNT


def test_changed_xml_is_refused_or_read() -> None:
    read_anyway = sum(read(b"\x01" + mutated("xml", seed)) is not None for seed in range(COUNT))
    assert 0 < read_anyway < COUNT


def test_a_changed_number_is_the_only_cell_that_reads_otherwise() -> None:
    whole = _grids(GOOD)
    for seed in range(COUNT):
        data, address, number = with_value(seed)
        first, *others = _grids(data)
        assert tuple(others) == whole[1:]
        before, after = dict(whole[0].cells), dict(first.cells)
        assert after.pop(place(address)).value == Decimal(number)
        before.pop(place(address))
        assert after == before


def test_the_kept_corpus_of_the_fuzzer() -> None:
    """Inputs that each reach some line of the readers that the others do not."""
    inputs = sorted(CORPUS.iterdir())
    assert len(inputs) > 50
    assert sum(read(path.read_bytes()) is not None for path in inputs) > 10


def _grids(data: bytes) -> tuple[Grid, ...]:
    return read_xlsx(data, "a.xlsx").grids
