"""An edited workbook beside the one before, read by the reader: what was meant has changed, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from perfxl.edit import AddSheet, Edit, RemoveSheet, SetFormula, SetProperty, SetValue
from perfxl.edited import as_read
from perfxl.editing.book import Book
from perfxl.editing.cells import Row, SheetText
from perfxl.editing.xml import elements, with_attribute
from perfxl.grid import Cell, CellRef
from perfxl.refusals import own_error
from perfxl.sources.xlsx_sheet import MAX_CELLS, SheetReader
from perfxl.sources.xlsx_strings import read_properties
from perfxl.sources.xlsx_styles import CellStyle
from perfxl.sources.xlsx_values import SheetContext

_STYLE = re.compile(r"\bs\s*=\s*[\"'](\d+)[\"']")
_DECLARATION = re.compile(r"\A\s*<\?xml.*?\?>", re.DOTALL)
_Cells = dict[tuple[int, int], Cell]


class _Numbers(Sequence[str]):
    """Shared strings by their number: which one a cell shows is all that matters here."""

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return f"shared string {index}"

    def __len__(self) -> int:
        return 10**9


def verify_sheet(sheet: SheetText, edits: Iterable[Edit]) -> None:
    """EditError, naming the cell, unless the rows that edits looked into read as meant. The others are as they were."""
    opened = sheet.opened
    if all(row.written() == row.raw for row in opened):
        return
    meant = _read(sheet, ((row, row.raw) for row in opened if row.raw))
    found = _read(sheet, ((row, row.written()) for row in opened))
    for edit in edits:
        if isinstance(edit, SetValue | SetFormula) and edit.sheet.casefold() == sheet.name.casefold():
            formula = edit.formula if isinstance(edit, SetFormula) else None
            value = as_read(edit.value)
            if value is None and formula is None:
                meant.pop((edit.row, edit.column), None)
            else:
                meant[edit.row, edit.column] = Cell(value, formula)
    for place in meant.keys() | found.keys():
        if not _same(meant.get(place), found.get(place)):
            cell = CellRef("", sheet.name, *place).in_file
            raise own_error(f"写入后复核：{cell} 不一致", f"after writing, {cell} reads otherwise")


@dataclass(frozen=True, slots=True)
class Contents:
    """The names of the sheets, and the custom properties."""

    sheets: tuple[str, ...]
    properties: Mapping[str, str]


def contents(book: Book) -> Contents:
    return Contents(tuple(entry.name for entry in book.sheets), _properties(book))


def verify_book(before: Contents, after: Book, edits: Iterable[Edit]) -> None:
    """EditError unless the sheets and the custom properties are as meant."""
    sheets = list(before.sheets)
    properties = dict(before.properties)
    for edit in edits:
        if isinstance(edit, AddSheet):
            sheets.append(edit.name)
        elif isinstance(edit, RemoveSheet):
            sheets = [name for name in sheets if name.casefold() != edit.name.casefold()]
        elif isinstance(edit, SetProperty):
            properties.pop(edit.name, None)
            if edit.value is not None:
                properties[edit.name] = edit.value
    entries = after.sheets
    if [entry.name for entry in entries] != sheets or any(entry.part not in after.parts for entry in entries):
        raise own_error("写入后复核：工作表不一致", "after writing, the sheets are others")
    if _properties(after) != properties:
        raise own_error("写入后复核：文档属性不一致", "after writing, the document properties read otherwise")


def _properties(book: Book) -> dict[str, str]:
    pointer = book.parts.pointer("", "custom-properties", "customProperties")
    if pointer is None:
        return {}
    return dict(read_properties(_utf_8(book.parts.text(pointer.target)), pointer.target))


def _read(sheet: SheetText, rows: Iterable[tuple[Row, str]]) -> _Cells:
    """The cells of these rows alone."""
    written = "".join(_numbered(row, raw) for row, raw in rows)
    styles = dict.fromkeys(["0", *_STYLE.findall(written)], CellStyle())
    reader = SheetReader("", sheet.name, SheetContext(_Numbers(), styles, False), MAX_CELLS)
    reader.read(_utf_8(sheet.with_rows(written)), sheet.name)
    return reader.cells


def _utf_8(text: str) -> bytes:
    """A part in the one encoding, whatever it declares."""
    return _DECLARATION.sub("", text).encode()


def _numbered(row: Row, raw: str) -> str:
    first = next(elements(raw, 0, len(raw)))
    return with_attribute(raw[first.start : first.inner], "r", str(row.number)) + raw[first.inner :]


def _same(meant: Cell | None, found: Cell | None) -> bool:
    if meant is None or found is None:
        return meant is found
    if meant.formula != found.formula and not (meant.formula == "=" and found.formula):
        # A follower of a shared formula may have become its master, with a text of its own.
        return False
    return meant.value == found.value and type(meant.value) is type(found.value)
