"""What the clerk wrote into a report, found again when it is written anew.

Every heading of ours bears a bookmark with the section's id and the digests of what we wrote below it: texts to be
filled in, and paragraphs from the form. What differs from its digest was written by a person."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from perfxl.words import styles
from perfxl.words.reading import Block

_MARK = re.compile(r"perfxl_([a-z][a-z0-9]{1,15})_([0-9a-f]{6})_([0-9a-f]{6})")
_OURS = {styles.TITLE, styles.CAPTION, styles.CELL, styles.PICTURE, styles.HEAD, styles.DATA}
"""Styles of paragraphs that hold nothing to keep."""
TABLE = "table"
LEAD, END = "lead", "end"
"""The ids of what stands above the first section and below the last one."""
_HEADINGS = {name.lower() for name in styles.HEADINGS}


@dataclass(frozen=True)
class Written:
    """A section as it stands in the document."""

    texts: tuple[tuple[str, str], ...]
    """(style, text) of what a person wrote, a table with `TABLE` for its style; empty where our own texts stand."""
    lost: tuple[str, ...]
    """Paragraphs from the form that a person changed, and pictures: these cannot be kept."""


def mark(section: str, gap: Iterable[str], data: Iterable[str]) -> str:
    """The bookmark for a section: at most 40 characters, as Word demands."""
    return f"perfxl_{section}_{_digest(gap)}_{_digest(data)}"


def written_sections(blocks: Sequence[Block]) -> dict[str, Written]:
    """Section id → what a person wrote there. Blocks before the first mark belong to no section."""
    found: dict[str, Written] = {}
    current: re.Match[str] | None = None
    inside: list[Block] = []
    for block in [*blocks, _END]:
        marked = next((match for name in block.marks if (match := _MARK.fullmatch(name))), None)
        if marked or block is _END:
            if current:
                found[current[1]] = _written(_signed(inside) if current[1] == END else inside, current[2], current[3])
            current, inside = marked, []
        else:
            inside.append(block)
    return found


_END = Block("paragraph", "")


def _signed(blocks: Sequence[Block]) -> list[Block]:
    """署名 and 成文日期: all that a person writes below the last section."""
    return [block for block in blocks if block.style == styles.RIGHT]


def _written(blocks: Sequence[Block], gap: str, data: str) -> Written:
    stated = [block.text for block in blocks if block.style == styles.DATA]
    lost = [] if _digest(stated) == data else stated
    texts: list[tuple[str, str]] = []
    above = ""
    for block in blocks:
        if block.picture and block.style != styles.PICTURE:
            lost.append("（图片）")
        if block.kind == "table" and above != styles.CAPTION:
            texts.append((TABLE, block.text))
        elif block.kind == "paragraph" and block.text.strip() and block.style not in _OURS:
            texts.append((block.style, block.text))
        above = block.style
    untouched = _digest(text for _, text in texts) == gap
    return Written(() if untouched else tuple(texts), tuple(lost))


def heading_level(style: str) -> int | None:
    """1 to 4 for a heading that a person added; None for any other paragraph."""
    return int(style[-1]) if style in _HEADINGS else None


def _digest(texts: Iterable[str]) -> str:
    joined = "\n".join("".join(text.split()) for text in texts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:6]
