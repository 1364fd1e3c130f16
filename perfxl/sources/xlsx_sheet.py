"""One worksheet part → its cells, merges and protection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from math import isinf

from perfxl.grid import Cell, CellError, CellRef, CellValue, Merge
from perfxl.number_format import from_serial
from perfxl.sources.errors import UnreadableFile, damaged, too_large
from perfxl.sources.ooxml import count, main, plain_text, truth
from perfxl.sources.xlsx_styles import CellStyle
from perfxl.sources.xml_part import MAX_TEXT, Attributes, PartParser, text_too_long

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_CELLS = 1_000_000
"""Kept cells of all sheets of a workbook together; a summary of 10,000 forms has some 300,000."""
MAX_MERGES = 100_000
"""Merges of one sheet; a summary of 10,000 forms has some 30,000."""

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


class SheetReader:
    """Reads one worksheet part. Blank cells are dropped whatever their style; `dimension` is not believed."""

    def __init__(self, file: str, sheet: str, context: SheetContext, most_cells: int) -> None:
        self.cells: dict[tuple[int, int], Cell] = {}
        self.merges: list[Merge] = []
        self.protected = False
        self._file = file
        self._sheet = sheet
        self._strings = context.strings
        self._styles = context.styles
        self._epoch_1904 = context.epoch_1904
        self._most_cells = most_cells
        self._row = 0
        self._column = 0
        self._type = "n"
        self._style = "0"
        self._value: str | None = None
        self._formula: str | None = None
        self._inline: list[str] | None = None
        self._phonetic = False

    def read(self, data: bytes, part: str) -> None:
        """Raises UnreadableFile R101 naming the cell that is damaged, R105 over a limit."""
        starts = {
            "row": self._start_row,
            "c": self._start_cell,
            "is": self._start_inline,
            "rPh": self._start_phonetic,
            "mergeCell": self._merge,
            "sheetProtection": self._protection,
        }
        texts = {"v": self._value_text, "f": self._formula_text, "t": self._inline_text}
        ends = {"c": self._end_cell, "rPh": self._end_phonetic}
        PartParser(
            part,
            main("worksheet"),
            {name: called for local, called in starts.items() for name in main(local)},
            {name: called_with for local, called_with in texts.items() for name in main(local)},
            {name: finished for local, finished in ends.items() for name in main(local)},
        ).parse(data)

    def _start_row(self, attributes: Attributes) -> None:
        number = attributes.get("r")
        if number is None:
            self._row += 1
        else:
            self._row = count(number) or 0
            if not self._row:
                raise damaged(f"工作表 {self._sheet} 的行号 {number[:20]} 有误")
        if self._row > MAX_ROWS:
            raise too_large(f"行号不超过 {MAX_ROWS:,}")
        self._column = 0

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            row, self._column = _position(reference)
            if row != self._row:
                raise damaged(f"工作表 {self._sheet} 的单元格 {reference} 不在所写的行")
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._value = self._formula = self._inline = None

    def _value_text(self, text: str) -> None:
        if self._value is not None:
            raise self._bad("有两个值")
        self._value = text

    def _formula_text(self, text: str) -> None:
        # A follower of a shared formula has no text of its own; "=" says that there is a formula.
        if len(text) > MAX_TEXT:
            raise text_too_long()
        self._formula = "=" + text

    def _start_inline(self, _: Attributes) -> None:
        self._inline = []

    def _inline_text(self, text: str) -> None:
        if self._inline is not None and not self._phonetic:
            self._inline.append(text)

    def _start_phonetic(self, _: Attributes) -> None:
        self._phonetic = True

    def _end_phonetic(self) -> None:
        self._phonetic = False

    def _end_cell(self) -> None:
        if self._value is None and self._formula is None and self._inline is None:
            return
        style = self._styles.get(self._style)
        if style is None:
            raise self._bad("的样式编号有误")
        value = self._cell_value(style)
        if value is None and self._formula is None:
            return
        place = (self._row, self._column)
        if place in self.cells:
            raise self._bad("重复出现")
        if len(self.cells) >= self._most_cells:
            raise too_large(f"有内容的单元格不超过 {MAX_CELLS:,} 个")
        if not self._row or self._column > MAX_COLUMNS:
            raise self._bad("的位置有误")
        self.cells[place] = Cell(value, self._formula, style.number_format, style.locked)

    def _cell_value(self, style: CellStyle) -> CellValue:
        if self._inline is not None:
            return plain_text("".join(self._inline)) or None
        text, kind = self._value, self._type
        if text is None:
            return None
        if kind == "s":
            index = count(text.strip(_XML_SPACE))
            if index is None or index >= len(self._strings):
                raise self._bad("引用的文字不存在")
            return self._strings[index] or None
        if kind in ("str", "inlineStr"):
            return plain_text(text) or None
        text = text.strip(_XML_SPACE)
        if not text:
            return None
        if kind == "n":
            number = excel_number(text)
            if number is None:
                raise self._bad(f"的数值 {text[:20]} 有误")
            return (from_serial(number, self._epoch_1904) or number) if style.date else number
        if kind == "b":
            return truth(text)
        if kind == "e":
            return CellError(plain_text(text))
        if kind == "d" and (date := iso_date(text)) is not None:
            return date
        raise self._bad(f"的内容 {text[:20]} 与类型 {kind[:20]} 不符")

    def _bad(self, what: str) -> UnreadableFile:
        place = CellRef(self._file, self._sheet, self._row, self._column)
        return damaged(f"单元格 {place.in_file} {what}")

    def _merge(self, attributes: Attributes) -> None:
        if len(self.merges) >= MAX_MERGES:
            raise too_large(f"合并区域不超过 {MAX_MERGES:,} 个")
        first, colon, last = attributes.get("ref", "").partition(":")
        top, left = _position(first)
        bottom, right = _position(last) if colon else (top, left)
        self.merges.append(Merge(min(top, bottom), min(left, right), max(top, bottom), max(left, right)))

    def _protection(self, attributes: Attributes) -> None:
        self.protected = truth(attributes.get("sheet", "0"))


@lru_cache(maxsize=16_384)
def _position(reference: str) -> tuple[int, int]:
    """`D6` → (6, 4). The forms of a batch have the same places, so most are found in the cache."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise damaged(f"单元格地址 {reference[:20]} 有误")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    row = int(match[2])
    if row > MAX_ROWS:
        raise too_large(f"行号不超过 {MAX_ROWS:,}")
    if column > MAX_COLUMNS:
        raise too_large(f"列号不超过 {MAX_COLUMNS:,}")
    return row, column


def iso_date(text: str) -> datetime | None:
    """`2020-03-31` or `2020-03-31T08:00:00.000`, also with a Z behind; None for anything else."""
    written = _DATE.match(text)
    try:
        return datetime.fromisoformat(written[0]) if written else None
    except ValueError:
        return None


@lru_cache(maxsize=16_384)
def excel_number(text: str) -> Decimal | None:
    """The number at the 15 digits Excel keeps, -0 as 0; None for what is no number or out of range."""
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    if isinf(number):
        return None
    if number:
        return Decimal(f"{number:.15g}")
    # Either nought or, as 1E-999, something that a float cannot tell from it.
    return None if Decimal(text) else Decimal(0)
