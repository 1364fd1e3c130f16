"""What stands in a cell's XML → its place and its value, by closed grammars."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from math import isinf

from perfxl.grid import CellError, CellValue, Merge
from perfxl.number_format import from_serial
from perfxl.sources.errors import damaged, too_large
from perfxl.sources.ooxml import count, plain_text, truth
from perfxl.sources.xlsx_styles import CellStyle

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_LONGEST_NUMBER = 330
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?(?=Z?\Z)")
_XML_SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class SheetContext:
    """What the cells of every sheet refer to."""

    strings: Sequence[str]
    styles: Mapping[str, CellStyle]
    epoch_1904: bool


class BadValue(Exception):
    """What is wrong with a cell, in Chinese and in English; the words before it name the cell."""


def cell_value(text: str, kind: str, style: CellStyle, context: SheetContext) -> CellValue:
    """The content of `<v>` by the cell's type, None for a blank. Raises BadValue, or UnreadableFile over a limit."""
    if kind == "s":
        index = count(text.strip(_XML_SPACE))
        if index is None or index >= len(context.strings):
            raise BadValue("引用的文字不存在", "refers to a text that is not there")
        return context.strings[index] or None
    if kind in ("str", "inlineStr"):
        return plain_text(text) or None
    text = text.strip(_XML_SPACE)
    if not text:
        return None
    if kind == "n":
        number = excel_number(text)
        if number is None:
            raise BadValue(f"的数值 {text[:20]} 有误", f"has a wrong number, {text[:20]}")
        return (from_serial(number, context.epoch_1904) or number) if style.date else number
    if kind == "b":
        return truth(text)
    if kind == "e":
        return CellError(plain_text(text))
    if kind == "d" and (date := iso_date(text)) is not None:
        return date
    raise BadValue(
        f"的内容 {text[:20]} 与类型 {kind[:20]} 不符", f"holds {text[:20]}, which does not fit its type {kind[:20]}"
    )


@lru_cache(maxsize=16_384)
def position(reference: str) -> tuple[int, int]:
    """`D6` → (6, 4). The forms of a batch have the same places, so most are found in the cache."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise damaged(f"单元格地址 {reference[:20]} 有误", f"{reference[:20]} is no cell address")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    row = int(match[2])
    if row > MAX_ROWS:
        raise too_large(f"行号不超过 {MAX_ROWS:,}", f"row numbers go up to {MAX_ROWS:,}")
    if column > MAX_COLUMNS:
        raise too_large(f"列号不超过 {MAX_COLUMNS:,}", f"column numbers go up to {MAX_COLUMNS:,}")
    return row, column


@lru_cache(maxsize=4096)
def merge_range(reference: str) -> Merge:
    """`C5:B3` → rows 3 to 5, columns 2 to 3. A single cell stands for itself."""
    first, colon, last = reference.partition(":")
    top, left = position(first)
    bottom, right = position(last) if colon else (top, left)
    return Merge(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def iso_date(text: str) -> datetime | None:
    """`2020-03-31` or `2020-03-31T08:00:00.000`, also with a Z behind; None for anything else."""
    written = _DATE.match(text)
    try:
        return datetime.fromisoformat(written[0]) if written else None
    except ValueError:
        return None


def excel_number(text: str) -> Decimal | None:
    """The number at the 15 digits Excel keeps, -0 as 0; None for what is no number or out of range."""
    return _number(text) if len(text) <= _LONGEST_NUMBER else None


@lru_cache(maxsize=16_384)
def _number(text: str) -> Decimal | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    if isinf(number):
        return None
    if number:
        return Decimal(f"{number:.15g}")
    # Either nought or, as 1E-999, something that a float cannot tell from it.
    return None if Decimal(text) else Decimal(0)
