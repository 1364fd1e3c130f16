"""Rows of the 汇总表 as they stand in its sheets, made where a file is checked: XlsxWriter keeps a kilobyte of each.

Placeholders stand for what only the whole workbook knows: see Line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from html import escape
from pathlib import Path

from xlsxwriter.utility import xl_col_to_name

from perfxl.making import Part
from perfxl.reports.escaping import visible
from perfxl.reports.links import workbook_link
from perfxl.text_width import display_width

ROW, NUMBER, LINK = "\0", "\1", "\2"
"""The row in the sheet, from 1; the row among those of its kind, from 1; the style of a link. No text has them: see
`visible`."""
_LONGEST_TEXT = 32767
_PIXEL = 0.75
"""In points: heights are whole pixels."""
_ESCAPED = re.compile("_(?=x[0-9a-fA-F]{4}_)")
_ABSOLUTE = re.compile(r"[A-Za-z]:|\\\\")


Value = str | int | Decimal | None
"""Of a cell; None for a blank one."""


class Line:
    """A row: its height in points, cells by column, at most one link. `styles` are the numbers of styles by name."""

    def __init__(self, styles: Mapping[str, int], height: float) -> None:
        self._styles = styles
        self._opening = f'<row r="{ROW}" ht="{int(height / _PIXEL + 0.5) * _PIXEL:g}" customHeight="1">'
        self.cells: list[str] = []
        """As they stand in the sheet: may go into the next line as well."""
        self._link: list[str] = []

    def text(self, column: int, text: str, style: str) -> None:
        """As a string whatever it looks like; Excel keeps it one when the cell is edited (quotePrefix)."""
        self.cells += (_start(column, self._styles[style]), _shown(text))

    def lines(self, column: int, lines: Iterable[str], style: str) -> None:
        """Several lines in one cell."""
        self.cells += (_start(column, self._styles[style]), _inline("\n".join(map(visible, lines))))

    def number(self, column: int, value: int | Decimal, style: str) -> None:
        self.cells.append(f"{_start(column, self._styles[style])}><v>{float(value):.16G}</v></c>")

    def value(self, column: int, value: Value, style: str) -> None:
        """As number or as text, by its kind."""
        if isinstance(value, (int, Decimal)):
            self.number(column, value, style)
        else:
            self.text(column, value or "", style)

    def own_number(self, column: int, style: str) -> None:
        """The number of the row among those of its kind."""
        self.cells.append(f"{_start(column, self._styles[style])}><v>{NUMBER}</v></c>")

    def link(self, column: int, text: str, path: str, folder: Path, sheet: str, address: str) -> None:
        """To a cell of a file, relative to `folder`; only the text where Excel could not follow it."""
        target = workbook_link(path, folder, sheet, address)
        if target is None:
            self.text(column, text, "wrapped")
            return
        self.cells += (_start(column, LINK), _shown(text))
        file, _, place = target.removeprefix("external:").replace("/", "\\").partition("#")
        root = "file:///" if _ABSOLUTE.match(file) else ""
        self._link = [f"{_column(column)}{ROW}", root + file.removeprefix(".\\"), place]

    @property
    def part(self) -> Part:
        """The row and its link, for Rows."""
        return ["".join([self._opening, *self.cells, "</row>"]), *self._link]


@cache
def _start(column: int, style: int | str) -> str:
    """Of a cell: there are only so many columns and styles."""
    return f'<c r="{_column(column)}{ROW}" s="{style}"'


@lru_cache(maxsize=256)
def _shown(text: str) -> str:
    """Names, words and remedies come again in the next row."""
    return _inline(visible(text))


def _inline(text: str) -> str:
    """What follows the start of a cell with this text."""
    text = text[:_LONGEST_TEXT]
    if not text:
        return "/>"
    space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    shown = escape(_ESCAPED.sub("_x005F_", text), quote=False)
    return f' t="inlineStr"><is><t{space}>{shown}</t></is></c>'


@cache
def _column(column: int) -> str:
    return str(xl_col_to_name(column))


def row_height(cells: Iterable[tuple[Iterable[str], int]]) -> float:
    """In points, for cells of such lines in columns of such widths, so that wrapped text is not cut: a program that
    only shows the file fits no rows."""
    most = 1
    for lines, width in cells:
        taken = 0
        for line in lines:
            taken += 1 if 2 * len(line) < width else max(-(-display_width(line) // (width - 1)), 1)
        most = max(most, taken)
    return min(most * 13.5 + 4, 400)
