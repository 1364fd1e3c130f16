"""A drawn form as the text that a converter makes of a page: cells run together, broken where their columns end.

Everything that such a text may hide happens here, so that what is read without a question can be held against the
truth: blanks and line ends inside cells, cells that are empty, converters that leave nothing of an empty cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from benchmarks.reading.layouts import Sample
from perfxl.grid import Grid
from perfxl.reading.labels import label_key, vocabulary

_NEVER_FIRST = "，、。；：！？）》”,.;:!?)%％"
_NEVER_LAST = "（《“("


@dataclass(frozen=True)
class Converter:
    """The ways of one converter, and of the page it had before it."""

    widths: tuple[int, ...]
    """Of each column, in Chinese characters."""
    marks_empty: bool
    """Whether an empty cell leaves a blank."""
    closes: bool
    """Whether a cell of several lines ends its line."""
    inner: float
    """The share of texts with a blank inside."""
    broken: float
    """The share of texts with a blank and a line end inside."""
    indented: float
    """The share of texts with blanks before them, on their line or on one above."""


def converter(random: Random, columns: int) -> Converter:
    """Most are faithful; each way of going wrong is met often, also together with others."""
    return Converter(
        widths=tuple(random.randint(4, 13) for _ in range(columns)),
        marks_empty=random.random() < 0.8,
        closes=random.random() < 0.6,
        inner=random.choice((0.0, 0.0, 0.0, 0.005, 0.02, 0.1)),
        broken=random.choice((0.0, 0.0, 0.0, 0.005, 0.02, 0.1)),
        indented=random.choice((0.0, 0.0, 0.05)),
    )


def flowed(sample: Sample, random: Random) -> str:
    """The sheets of the sample as one text."""
    return "".join(_page(grid, converter(random, grid.last_column + 9), random) for grid in sample.workbook.grids)


def _page(grid: Grid, ways: Converter, random: Random) -> str:
    text = ""
    right = max([grid.last_column, *(merge.right for merge in grid.merges)])
    for row in range(1, grid.last_row + 1):
        for column in range(1, right + 1):
            merge = grid.merge_at(row, column)
            if (merge.top, merge.left) != (row, column):
                continue
            width = sum(ways.widths[merge.left - 1 : merge.right])
            lines = _lines(_spoilt(grid.text(row, column), ways, random), 2 * width)
            if not lines:
                text += " " if ways.marks_empty else ""
                continue
            several = len(lines) > 1
            if text and text[-1] != "\n" and (several and (ways.closes or random.random() < 0.5)):
                text += "\n"
            text += "\n".join(lines) + " "
            if (several and ways.closes) or random.random() < 0.2:
                text += "\n"
        text += "\n"
    return text


def _spoilt(text: str, ways: Converter, random: Random) -> str:
    text = text.replace("\n", " \n")
    words = vocabulary()
    label = any(label_key(text) in known for known in (words.fields, words.columns, words.funding_columns))
    if len(text) > 3 and not label:
        place = random.randint(1, len(text) - 1)
        if random.random() < ways.inner:
            text = f"{text[:place]}{random.choice((' ', '  '))}{text[place:]}"
        elif random.random() < ways.broken:
            text = f"{text[:place]} \n{text[place:]}"
    return f"{random.choice((' ', '   ', chr(32) * 3 + chr(10)))}{text}" if random.random() < ways.indented else text


def _lines(text: str, width: int) -> list[str]:
    """The text broken where it reaches the width, given in columns of half a Chinese character."""
    lines: list[str] = []
    for part in text.split("\n"):
        line = ""
        while part:
            unit = _unit(part)
            part = part[len(unit) :]
            if line and _width(line) + _width(unit.rstrip(" ")) > width:
                lines.append(line)
                line = ""
            line += unit
        lines.append(line)
    return lines if text.strip() else []


def _unit(text: str) -> str:
    end = 1
    while end < len(text) and text[end - 1] in _NEVER_LAST:
        end += 1
    while end < len(text) and text[end - 1 : end + 1].isascii() and text[end - 1 : end + 1].isalnum():
        end += 1
    while end < len(text) and text[end] in _NEVER_FIRST:
        end += 1
    return text[:end]


def _width(text: str) -> int:
    return sum(1 if char.isascii() else 2 for char in text)
