"""Rows of the 汇总表 as they stand in its sheets, made where a file is checked: XlsxWriter keeps a kilobyte of each.

Placeholders stand for what only the whole workbook knows: see Line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from html import escape
from operator import add
from pathlib import Path

from xlsxwriter.utility import xl_col_to_name

from perfxl.making import Part
from perfxl.reports.escaping import visible
from perfxl.reports.links import workbook_link
from perfxl.text_width import display_width

ROW, NUMBER, LINK = "\0", "\1", "\2"
"""The row in the sheet, from 1; the row among those of its kind, from 1; the style of a link. No text has them: see
`visible`."""
_NUMBER_OF_ROW = f"><v>{NUMBER}</v></c>".encode()
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
        self._opening = _opening(height)
        self.cells: list[bytes] = []
        """As they stand in the sheet, in UTF-8: may go into the next line as well."""
        self._link: list[str] = []

    def value(self, column: int, value: Value, style: str) -> None:
        """As number or as text, by its kind; a text stays one whatever it looks like, and when the cell is edited
        (quotePrefix)."""
        self.cells += (_start(column, self._styles[style]), _content(value))

    def values(self, first: int, values: Iterable[Value], styles: Iterable[str]) -> None:
        """A cell for each, side by side from the column `first` on."""
        self.put(starts_of(self._styles, first, styles), values)

    def put(self, starts: Iterable[bytes], values: Iterable[Value]) -> None:
        """Cells with such starts."""
        self.cells += map(add, starts, map(_content, values))

    def lines(self, column: int, lines: Iterable[str], style: str) -> None:
        """Several lines in one cell."""
        self.cells += (_start(column, self._styles[style]), _encoded(_inline("\n".join(map(visible, lines)))))

    def own_number(self, column: int, style: str) -> None:
        """The number of the row among those of its kind."""
        self.cells += (_start(column, self._styles[style]), _NUMBER_OF_ROW)

    def link(self, column: int, text: str, path: str, folder: Path, sheet: str, address: str) -> None:
        """To a cell of a file, relative to `folder`; only the text where Excel could not follow it."""
        target = workbook_link(path, folder, sheet, address)
        if target is None:
            self.value(column, text, "wrapped")
            return
        self.cells += (_start(column, LINK), _content(text))
        file, _, place = target.removeprefix("external:").replace("/", "\\").partition("#")
        root = "file:///" if _ABSOLUTE.match(file) else ""
        self._link = [f"{_column(column)}{ROW}", root + file.removeprefix(".\\"), place]

    @property
    def part(self) -> Part:
        """The row as it waits, and its link, for Rows."""
        return [b"".join([self._opening, *self.cells, b"</row>"]), *self._link]


def starts_of(styles: Mapping[str, int], first: int, names: Iterable[str]) -> list[bytes]:
    """Of cells side by side, with the names of their styles: rows of one kind have the same."""
    return _starts(first, tuple(map(styles.__getitem__, names)))


@cache
def _opening(height: float) -> bytes:
    return f'<row r="{ROW}" ht="{int(height / _PIXEL + 0.5) * _PIXEL:g}" customHeight="1">'.encode()


@cache
def _start(column: int, style: int | str) -> bytes:
    """Of a cell: there are only so many columns and styles."""
    return f'<c r="{_column(column)}{ROW}" s="{style}"'.encode()


@cache
def _starts(first: int, styles: Sequence[int]) -> list[bytes]:
    return [_start(column, style) for column, style in enumerate(styles, start=first)]


@lru_cache(maxsize=1024)
def _content(value: Value) -> bytes:
    """What follows the start of a cell: names, points, words and remedies come again in other rows."""
    if isinstance(value, (int, Decimal)):
        return f"><v>{float(value) + 0.0:.16G}</v></c>".encode()  # -0 is 0, and must look the same
    return _encoded(_inline(value if value.isalnum() else visible(value))) if value else b"/>"


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _inline(text: str) -> str:
    """What follows the start of a cell with this text."""
    text = text[:_LONGEST_TEXT]
    if not text:
        return "/>"
    if text.isalnum():  # as most are: nothing in them acts
        return f' t="inlineStr"><is><t>{text}</t></is></c>'
    space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    shown = escape(_ESCAPED.sub("_x005F_", text) if "_x" in text else text, quote=False)
    return f' t="inlineStr"><is><t{space}>{shown}</t></is></c>'


@cache
def _column(column: int) -> str:
    return str(xl_col_to_name(column))


def row_height(cells: Iterable[tuple[Value, int]], least: int = 1) -> float:
    """In points, for texts in columns of such widths, so that wrapped text is not cut: a program that only shows the
    file fits no rows. `least` is how many lines the row has in any case."""
    return min(lines_needed(cells, least) * 13.5 + 4, 400)


def lines_needed(cells: Iterable[tuple[Value, int]], least: int = 1) -> int:
    """As row_height; numbers take one line."""
    for text, width in cells:
        # Only what may be longer is measured: a character takes two columns at most.
        if isinstance(text, str) and 2 * len(text) > least * (width - 1):
            least = max(least, -(-display_width(text) // (width - 1)))
    return least
