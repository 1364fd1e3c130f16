"""The printed lines that a converted text still shows, and how wide the column can be in which a cell was broken.

A line that ends without a blank was full: the column had room for it, and none for what begins the next line. Widths
are counted in quarters of a Chinese character; where a font decides, from the least to the most.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_BLANK = re.compile(r"[ \t\u3000\xa0]")
_FULL = 4
_WIDEST = 3
"""A figure, a foreign letter or a blank."""
_OPENING = "“‘（(《〈【[「『"
_CLOSING = "，、。；：！？,.;:!?”’）)》〉】]」』%％"
_UNBROKEN = re.compile(rf"[{re.escape(_OPENING)}]*(?:[0-9A-Za-z.,%/+\-]+|.)[{re.escape(_CLOSING)}]*", re.DOTALL)
"""What cannot be parted at a line end: a figure or a foreign word, a character with the marks that belong to it."""


@dataclass(frozen=True)
class Token:
    """Text up to a blank, with the printed lines it stands on. Empty for a blank alone: a cell or line of nothing."""

    parts: tuple[tuple[int, str], ...]
    """Line number and text; every part but the last fills its line."""

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.parts)

    @property
    def first_line(self) -> int:
        return self.parts[0][0]

    @property
    def last_line(self) -> int:
        return self.parts[-1][0]


def tokens_of(lines: Iterable[tuple[int, str]]) -> list[Token]:
    """The lines parted at every blank; a line without one at its end goes on in the next."""
    tokens: list[Token] = []
    open_parts: list[tuple[int, str]] = []
    for number, line in lines:
        *ended, rest = _BLANK.split(line)
        for text in ended:
            parts = [*open_parts, (number, text)] if text or not open_parts else open_parts
            tokens.append(Token(tuple(parts)))
            open_parts = []
        if rest:
            open_parts.append((number, rest))
    return [*tokens, Token(tuple(open_parts))] if open_parts else tokens


@dataclass(frozen=True)
class Room:
    """How wide a column is: `least` or more, and less than `below`."""

    least: float = 0
    below: float = float("inf")

    def __and__(self, other: Room) -> Room:
        return Room(max(self.least, other.least), min(self.below, other.below))

    def __bool__(self) -> bool:
        return self.least < self.below


def room_of(cell: Sequence[Token]) -> Room:
    """What the line ends of a cell tell of its column."""
    room = Room()
    for (least, most), following in _printed(cell):
        room &= Room(least, most + _width(following)[1] if following else float("inf"))
    return room


def lines_of(cell: Sequence[Token]) -> int:
    """How many printed lines have text of the cell."""
    return len({line for token in cell for line, text in token.parts if text})


def _printed(cell: Sequence[Token]) -> Iterator[tuple[tuple[float, float], str]]:
    """Least and most width of each printed line, and what did not fit on it; empty where a blank ended the line."""
    line, least, most, blanks = 0, 0.0, 0.0, 0
    for token in cell:
        for place, (number, text) in enumerate(token.parts):
            if number != line and least:
                yield (least, most), ""
                least = most = blanks = 0
            line = number
            if text:
                # Blanks alone above a line may be printed in front of it: they count in the most and not in the least.
                width = _width(text)
                least, most = least + width[0] + (blanks if least else 0), most + width[1] + blanks * _WIDEST
                blanks = 0
            if place + 1 < len(token.parts):
                match = _UNBROKEN.match(token.parts[place + 1][1])
                yield (least, most), match[0] if match else ""
                least = most = 0.0
        blanks += 1
    yield (least, most), ""


def _width(text: str) -> tuple[float, float]:
    least = most = 0.0
    for place, char in enumerate(text):
        pressed = char in _CLOSING and (place + 1 == len(text) or text[place + 1] in _CLOSING + _OPENING)
        kind = unicodedata.east_asian_width(char)
        least += _FULL if kind in "WF" and not pressed else _FULL / 2 if kind in "WFA" else 1
        most += _FULL if kind in "WFA" else _WIDEST
    return least, most
