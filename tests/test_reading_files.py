"""Random forms in every layout, written as every kind of file and read again: the accuracy may not fall unseen."""

from __future__ import annotations

import shutil

import pytest

from benchmarks.reading.files import FILES
from benchmarks.reading.layouts import sample
from benchmarks.reading.measuring import measure
from benchmarks.reading.page import misses_of, page, whole
from benchmarks.reading.plan import ALL
from benchmarks.reading.truth import Tally
from tests.spreadsheets import missing

UNKNOWN = ("words not listed", "words invented", "mixed")
"""With labels that the vocabulary does not have."""


@pytest.mark.acceptance
@pytest.mark.parametrize("kind", FILES)
def test_a_kind_of_file_is_read_as_well_as_it_has_to_be(kind: str) -> None:
    """One form of each layout, always the same; `python -m benchmarks.reading --through all` measures many."""
    if FILES[kind].filter and shutil.which("soffice") is None:
        missing("libreoffice")
    measured = measure([sample(mutation, 1) for mutation in ALL], kind)
    tallies = {mutation: one.tally for mutation, one in measured.items()}
    assert misses_of(kind, whole(tallies)) == []
    lost = {name: one.misses for name, one in measured.items() if name not in UNKNOWN and one.misses}
    assert lost == {}


def test_texts_in_place_of_numbers_are_read_as_well() -> None:
    """A document has nothing but text: without LibreOffice."""
    names = ("official", "funds transposed", "total elsewhere", "no merges", "numbers as text", "sums beside")
    measured = measure([sample(mutation, seed) for mutation in names for seed in (1, 14)], "docx")
    assert {name: one.misses for name, one in measured.items()} == dict.fromkeys(names, [])


def test_the_page_names_what_does_not_meet_the_requirements() -> None:
    good, bad = Tally(1000, 1000, 1000, samples=3), Tally(1000, 980, 982, wrong=2, silent=1)
    assert misses_of("docx", good) == []
    assert misses_of("docx", bad) == ["读出 98.00%", "错值 0.200%", "无声的错值 0.100%"]
    assert misses_of("pdf", bad) == ["错值 0.200%", "无声的错值 0.100%"]
    text = page({"docx": {"official": good, "mixed": bad}}, "python -m benchmarks.reading", 5000)
    assert "- mixed：.docx（python-docx，表格带合并单元格） 读出 98.00%，错值 0.200%，无声的错值 0.100%\n" in text
    assert "| mixed | 1000 | 98.00% | 99.80% | 0.200% | 0.100% | 0.000% |\n" in text
