"""Characters on a page, with their places, as lines and as the text of a cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

_SAME_LINE = 0.5
"""Share of a character's height by which the middles of neighbours may differ."""
_BLANK = 0.35
"""Share of a character's height that is a blank."""
_APART = 1.5
"""Share of a character's height that sets apart what stands on one line, as several blanks do."""
_CLOSING = frozenset("，。、；：！？）》〉」』】〕”’%％,.;:!?)]}")
"""What may not begin a line: it drew the character before it along."""
_BETWEEN_SCRIPTS = 0.25
"""Share of a character's height that some programs leave between a figure and a Chinese character."""
_OPENING = re.compile(r"[（《〈「『【〔“‘(\[{]*")
"""What may not end a line."""
_ENDING = frozenset("。；：;:")
"""What ends a paragraph where the next line begins no further left."""
_WORD = re.compile(r"[!-~]+")
_LETTER = re.compile(r"[A-Za-z]")
_FULL = 0.6
"""Share of the text's width that a line of running text has at least, unless it is a paragraph's last."""
_INDENT = 3
"""Characters that a paragraph's first line may begin further right."""
_NUMBERED = re.compile(r"[（(]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[)）、.．]|[①-⑳]|注[:：]")
_PADDING = 5.0
"""Points that a line of running text may end before the right edge."""


@dataclass
class Character:
    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2


@dataclass
class Line:
    characters: list[Character] = field(default_factory=list)

    @property
    def top(self) -> float:
        return min(character.top for character in self.characters)

    @property
    def bottom(self) -> float:
        return max(character.bottom for character in self.characters)

    @property
    def left(self) -> float:
        return self.characters[0].left

    @property
    def right(self) -> float:
        return max(character.right for character in self.characters)

    @property
    def text(self) -> str:
        pieces: list[str] = []
        before: Character | None = None
        for character in self.characters:
            gap = character.left - before.right if before else 0.0
            height = character.bottom - character.top
            if gap > _BLANK * height and not (before and before.text.isspace()):
                pieces.append("  " if gap > _APART * height else " ")
            pieces.append(character.text)
            before = character
        return "".join(pieces).strip()


def character(found: Any) -> Character:
    """From pdfplumber's. Fonts often name a radical where the character of the same shape is meant."""
    text: str = found["text"]
    if any("⺀" <= sign <= "⿟" or "豈" <= sign <= "﫿" for sign in text):
        text = unicodedata.normalize("NFKC", text)
    return Character(text, found["x0"], found["top"], found["x1"], found["bottom"])


def lines(characters: Iterable[Character]) -> list[Line]:
    """From the top, each from the left; lines of blanks alone are left out."""
    found: list[Line] = []
    for one in sorted(characters, key=lambda one: one.middle):
        last = found[-1].characters[-1] if found else None
        height = one.bottom - one.top
        if last is not None and one.middle - last.middle <= _SAME_LINE * min(height, last.bottom - last.top):
            found[-1].characters.append(one)
        else:
            found.append(Line([one]))
    for line in found:
        line.characters.sort(key=lambda one: one.left)
    return [line for line in found if line.text]


def paragraphs(found: Sequence[Line], left: float, right: float) -> list[tuple[int, str]]:
    """Running text with the lines joined that the page's width broke, each with the number of its first line from 0.

    `left` and `right` are how far the page's text and tables reach.
    """
    joined: list[tuple[int, str]] = []
    before: Line | None = None
    for number, line in enumerate(found):
        if before is not None and _goes_on(before, line, left, right):
            joined[-1] = (joined[-1][0], joined[-1][1] + _gap(before, line) + line.text)
        else:
            joined.append((number, line.text))
        before = line
    return joined


def _goes_on(line: Line, following: Line, left: float, right: float) -> bool:
    height = line.bottom - line.top
    return (
        not _NUMBERED.match(following.text)
        and not (line.text[-1] in _ENDING and following.left > line.left - height)
        and line.right - line.left >= _FULL * (right - left)
        and line.left - left <= _INDENT * height
        and following.left <= line.left + height / 2
        and following.top - line.bottom <= 2 * height
        and right - line.right - _PADDING <= _first_width(following)
    )


def cell_text(found: Sequence[Line], room: float) -> str:
    """Lines that the width of the cell broke are one again; a line that had room for more ends where it was ended."""
    pieces: list[str] = []
    before: Line | None = None
    for following in found:
        if before is not None:
            pieces.append(_between(before, following, room))
        pieces.append(following.text)
        before = following
    return "".join(pieces)


def _between(line: Line, following: Line, room: float) -> str:
    return "\n" if ends_line(line, following, room) else _gap(line, following)


def ends_line(line: Line, following: Line, room: float) -> bool:
    """Whether the line had room for more and ends where it was ended, so that the next is another paragraph."""
    spacing = _BETWEEN_SCRIPTS * (line.bottom - line.top)
    return room - (line.right - line.left) - spacing > _first_width(following)


def _gap(line: Line, following: Line) -> str:
    return " " if _LETTER.match(line.text[-1]) and _LETTER.match(following.text[0]) else ""


def _first_width(line: Line) -> float:
    """What had to fit on the line before: a character, or a word, with the signs that stay with it."""
    characters = [one for one in line.characters if not one.text.isspace()]
    text = "".join(one.text[:1] for one in characters)
    opening = _OPENING.match(text)
    start = opening.end() if opening else 0
    word = _WORD.match(text, start)
    count = word.end() if word else start + 1
    while count < len(characters) and characters[count].text in _CLOSING:
        count += 1
    return characters[min(count, len(characters)) - 1].right - line.left
