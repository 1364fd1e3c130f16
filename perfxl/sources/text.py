"""Plain text → Workbook: fields apart by tabs, commas or semicolons, or lines as they are."""

from __future__ import annotations

import csv
import io
from collections import Counter

from perfxl.grid import Cell, Grid, Workbook
from perfxl.sources.charset import decoded
from perfxl.sources.errors import damaged, too_large
from perfxl.sources.xlsx_sheet import MAX_CELLS
from perfxl.sources.xlsx_values import MAX_COLUMNS, MAX_ROWS
from perfxl.sources.xml_part import MAX_TEXT, text_too_long

SHEET = "文本"
_LEAST_STACKED = 10
MAX_FIELDS = 4_000_000
"""Fields of a file with the blank ones, counted before they are parted."""


def read_text(data: bytes, file: str) -> Workbook:
    """One sheet; every value is text as written, without white space around it. Raises UnreadableFile.

    Tabs part fields wherever there are any; commas or semicolons where half of the lines then have as many fields.
    Where each tab begins a line, as when a Word table is turned into text, each line is a field: see `_stacked`.
    A blank line is no row. A line that is one field keeps its blanks: they may be all that tells where cells end.
    """
    text = decoded(data)
    if "\x00" in text:
        raise damaged("文字中有空字符", "the text has null characters in it")
    if text.count("\n") > MAX_ROWS:
        raise too_large(f"行号不超过 {MAX_ROWS:,}", f"row numbers go up to {MAX_ROWS:,}")
    if sum(map(text.count, "\t,;")) > MAX_FIELDS:
        raise too_large(f"文字的分栏不超过 {MAX_FIELDS:,} 个", f"at most {MAX_FIELDS:,} fields in the text")
    cells: dict[tuple[int, int], Cell] = {}
    places: dict[int, str] = {}
    filled = ((line, fields) for line, fields in enumerate(_records(text), start=1) if fields not in ([], [""]))
    for row, (line, fields) in enumerate(_stacked(text) or filled, start=1):
        if len(fields) > MAX_COLUMNS:
            raise too_large(f"列号不超过 {MAX_COLUMNS:,}", f"column numbers go up to {MAX_COLUMNS:,}")
        places[row] = f"第{line}行 第{{column}}列"
        for column, field in enumerate(fields, start=1):
            if len(field) > MAX_TEXT:
                raise text_too_long()
            value = field if len(fields) == 1 else field.strip()
            if value:
                cells[row, column] = Cell(value)
        if len(cells) > MAX_CELLS:
            raise too_large(f"有内容的单元格不超过 {MAX_CELLS:,} 个", f"at most {MAX_CELLS:,} cells with content")
    return Workbook(file, (Grid(file, SHEET, cells, row_places=places),))


def _records(text: str) -> list[list[str]]:
    if "\t" in text:
        # Excel quotes fields with line breaks; in other text a quotation mark is only that.
        return _quoted(text, "\t") or [line.split("\t") for line in _lines(text)]
    shares = {",": 0.0, ";": 0.0}
    for delimiter in shares:
        sizes = Counter(len(record) for record in _quoted(text, delimiter) if any(record))
        if sizes and (commonest := sizes.most_common(1)[0])[0] > 1:
            shares[delimiter] = commonest[1] / sizes.total()
    best = max(shares, key=lambda delimiter: shares[delimiter])
    return _quoted(text, best) if shares[best] >= 0.5 else [[line] for line in _lines(text)]


def _stacked(text: str) -> list[tuple[int, list[str]]]:
    """Rows of one field a line, each with the number of its first line; none for text of another kind.

    A blank line before a tab begins the next row. Lines without a tab go on the field before them, unless they are
    followed by more of their kind: then they stand outside the table.
    """
    lines = _lines(text)
    tabbed = [line.count("\t") == 1 for line in lines if line.startswith("\t")]
    if len(tabbed) < _LEAST_STACKED or sum(tabbed) < 0.9 * len(tabbed) or text.count("\t") > 1.2 * len(tabbed):
        return []
    rows: list[tuple[int, list[str]]] = []
    fields: list[str] | None = None
    filled = [(number, line) for number, line in enumerate(lines, start=1) if line.strip() or line.startswith("\t")]
    before = 0
    for (number, line), (_, following) in zip(filled, [*filled[1:], (0, "")], strict=True):
        after_blank = number > before + 1
        before = number
        if line.startswith("\t"):
            if fields is None or after_blank:
                fields = []
                rows.append((number, fields))
            fields.append(line[1:])
        elif fields is not None and (not after_blank or following.startswith("\t")):
            fields[-1] += "\n" + line
            if len(fields[-1]) > MAX_TEXT:
                raise text_too_long()
        else:
            fields = None
            rows.append((number, [line]))
    return rows


def _quoted(text: str, delimiter: str) -> list[list[str]]:
    """The records; none where quotation marks do not stand as they do in quoted fields."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return []


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
