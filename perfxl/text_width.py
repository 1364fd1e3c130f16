"""How wide a text is, in the columns of a terminal or the characters of a sheet."""

from __future__ import annotations

import unicodedata
from functools import cache
from math import ceil


def display_width(text: str) -> int:
    """Chinese characters take two columns."""
    return sum(map(_columns, text))


@cache
def _columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrapped_lines(text: str, width: float) -> int:
    """The lines that a text takes in a column of so many characters."""
    if 2 * len(text) < width and "\n" not in text:
        return 1
    return sum(max(1, ceil(display_width(line) / max(width - 1, 1))) for line in text.split("\n"))
