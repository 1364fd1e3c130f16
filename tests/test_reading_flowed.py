"""Random forms as texts with their cells run together: what is read without being asked about is what stands there."""

from __future__ import annotations

from random import Random

from benchmarks.reading.flowed import flowed
from benchmarks.reading.layouts import Sample, sample
from benchmarks.reading.sheet import Sheet
from benchmarks.reading.truth import compare
from perfxl.form import Form
from perfxl.reading import read_forms
from perfxl.reading.pieces import runs_together
from perfxl.sources.text import read_text

TITLE = "项目支出绩效自评表"
"""Of the forms with a fund table whose rate can be reckoned: in others everything is asked about."""
MUTATIONS = ("official", "values blank", "levels repeated", "several forms")


def silent(one: Sample, text: str) -> list[tuple[Form, Sheet]]:
    """The forms that are parted from the text without L116, each with the sheet of its facts."""
    workbook = read_text(text.encode(), "表.txt")
    forms = read_forms(workbook) if runs_together(workbook.grids[0]) else ()
    pairs = [(form, one.forms[min(place, len(one.forms) - 1)]) for place, form in enumerate(forms)]
    return [(form, truth) for form, truth in pairs if "L116" not in [problem.code for problem in form.problems]]


def test_nothing_wrong_is_read_in_silence() -> None:
    misses: list[str] = []
    read = wrong = 0
    for mutation in MUTATIONS:
        for seed in range(36):
            one = sample(mutation, seed)
            if one.forms[0].facts.get("title") != TITLE:
                continue
            for form, truth in silent(one, flowed(one, Random(f"flowed {mutation} {seed}"))):
                found: list[str] = []
                tally = compare(truth, form, found)
                read += 1
                wrong += tally.wrong
                misses += [f"{mutation} {seed} {line}" for line in found]
    assert (wrong, misses) == (0, [])
    assert read >= 4
