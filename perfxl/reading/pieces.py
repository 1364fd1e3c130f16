"""Lines of cells run together, cut into what seems to be one cell each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from perfxl.grid import Grid
from perfxl.reading.labels import label_key, vocabulary
from perfxl.reading.values import parse_number

_BLANKS = re.compile(r"(?<![，、。；：,;:“（(])[ \t\u3000\xa0]+(?![，、。；：,;:”）)])")
"""What parts cells: blanks, but not beside a punctuation mark."""
_LONGEST_OPEN = 500
_LEAST_ENDED = 0.2
"""Share of the lines with a blank at the end: without any, no line tells whether it goes on."""
_LEAST_LABELS = 3
"""Column labels in one line by which a table run together is known."""


@dataclass
class Piece:
    """What seems to be one cell, or part of one, with the row of the grid where it begins."""

    text: str
    row: int
    blanks: int = 0
    """Blanks behind it besides the one that ends it: they may be empty cells."""

    @property
    def figure(self) -> bool:
        return parse_number(self.text.rstrip("%％")) is not None or not self.text.strip("—–-/")

    @property
    def open(self) -> bool:
        """Whether a quotation or bracket in it has not been closed; one that is never closed is only a slip."""
        return len(self.text) <= _LONGEST_OPEN and any(
            self.text.count(one) > self.text.count(other) for one, other in ("“”", "（）")
        )


def pieces_of(lines: Sequence[tuple[int, str]]) -> list[Piece]:
    pieces: list[Piece] = []
    ended = True
    for row, line in lines:
        if not line.strip():
            if pieces:
                pieces[-1].blanks += len(line)
            continue
        for place, part in enumerate(_BLANKS.split(line.strip())):
            goes_on = place == 0 and (not ended or line[0].isspace())
            if pieces and (goes_on or pieces[-1].open):
                pieces[-1].text += part if place == 0 else f" {part}"
            else:
                pieces.append(Piece(part, row))
        ended = line[-1].isspace()
        pieces[-1].blanks = max(0, len(line) - len(line.rstrip()) - 1)
    return pieces


def runs_together(grid: Grid) -> bool:
    """Whether the grid is lines of text, one of them with several column labels."""
    if grid.merges or grid.last_column != 1 or not grid.cells:
        return False
    if sum(cell.text[-1:].isspace() for cell in grid.cells.values()) < _LEAST_ENDED * len(grid.cells):
        return False
    known = vocabulary().columns
    return any(
        sum(label_key(part) in known for part in _BLANKS.split(cell.text.strip())) >= _LEAST_LABELS
        for cell in grid.cells.values()
    )
