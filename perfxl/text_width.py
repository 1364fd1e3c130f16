"""How wide a text is, in the columns of a terminal or the characters of a sheet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from math import ceil


@lru_cache(maxsize=1024)  # names and targets come again in other forms
def display_width(text: str) -> int:
    """Chinese characters take two columns."""
    others = _CHINESE.sub("", text)
    return 2 * (len(text) - len(others)) + (len(others) if others.isascii() else sum(map(_COLUMNS.__getitem__, others)))


_CHINESE = re.compile("[\u4e00-\u9fff\uff01-\uff5e、。]+")
"""Most of what takes two columns, looked for at a tenth of what a look at each character takes."""


class _Columns(dict[str, int]):
    """The columns of each character met so far; a lookup costs a third of a cached call."""

    def __missing__(self, character: str) -> int:
        self[character] = columns = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        return columns


_COLUMNS = _Columns()


def wrapped_lines(text: str, width: float) -> int:
    """The lines that a text takes in a column of so many characters."""
    if "\n" in text:
        return sum(wrapped_lines(line, width) for line in text.split("\n"))
    if 2 * len(text) < width:
        return 1
    return max(1, ceil(display_width(text) / max(width - 1, 1)))
