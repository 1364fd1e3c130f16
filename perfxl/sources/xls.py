"""An Excel 97-2003 workbook (.xls, WPS .et) → Workbook, through xlrd."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from perfxl.grid import Cell, CellError, CellRef, CellValue, Grid, Merge, Workbook
from perfxl.number_format import from_serial, is_date
from perfxl.sources.errors import UnreadableFile, damaged, too_large
from perfxl.sources.ole_properties import STREAM, read_properties
from perfxl.sources.xls_records import SheetRecords, read_records
from perfxl.sources.xlsx import MAX_SHEETS
from perfxl.sources.xlsx_sheet import MAX_CELLS, MAX_MERGES
from perfxl.sources.xlsx_styles import BUILTIN_FORMATS, CellStyle
from perfxl.sources.xlsx_values import excel_number
from perfxl.sources.xml_part import MAX_TEXT, text_too_long

_OLE = b"\xd0\xcf\x11\xe0"
_EMPTY, _TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR, _BLANK = range(7)
"""xlrd's types of cells."""


class _Silence(io.TextIOBase):
    """Where xlrd's remarks go: it prints them otherwise."""

    def write(self, text: str, /) -> int:
        return len(text)


def read_xls(data: bytes, file: str) -> Workbook:
    """The workbook as plain data, as read_xlsx gives it, but a formula is `=` alone. Raises UnreadableFile."""
    try:
        return _read(data, file)
    except UnreadableFile:
        raise
    except Exception as error:  # xlrd meets damage with whatever its code runs into
        raise damaged("工作簿的内容损坏", "the workbook's content is damaged") from error


def _read(data: bytes, file: str) -> Workbook:
    import xlrd

    stream, properties = _streams(data)
    records = read_records(stream)
    if len(records) > MAX_SHEETS:
        raise too_large(f"工作表不超过 {MAX_SHEETS:,} 张", f"at most {MAX_SHEETS:,} sheets")
    with xlrd.open_workbook(
        file_contents=data, logfile=_Silence(), formatting_info=True, on_demand=True, ragged_rows=True
    ) as book:
        styles = _styles(book)
        grids: list[Grid] = []
        left = MAX_CELLS
        for number in range(book.nsheets):
            sheet = book.sheet_by_index(number)
            found = records[number] if number < len(records) else SheetRecords()
            cells = dict(_cells(book, sheet, file, found, styles, left))
            left -= len(cells)
            if len(sheet.merged_cells) > MAX_MERGES:
                raise too_large(f"合并区域不超过 {MAX_MERGES:,} 个", f"at most {MAX_MERGES:,} merged areas")
            merges = tuple(Merge(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells)
            grids.append(Grid(file, sheet.name, cells, merges, sheet.visibility != 0, found.protected))
            book.unload_sheet(number)
    if not grids:
        raise damaged("没有工作表", "it has no sheets")
    return Workbook(file, tuple(grids), properties)


def _streams(data: bytes) -> tuple[bytes, Mapping[str, str]]:
    """The workbook's records and its custom properties. Before Excel 5 the file is the stream."""
    if not data.startswith(_OLE):
        return data, {}
    from xlrd.compdoc import CompDoc

    document = CompDoc(data, logfile=_Silence())

    def content(name: str) -> bytes:
        memory, base, length = document.locate_named_stream(name)
        return bytes(memory[base : base + length]) if memory else b""

    return content("Workbook") or content("Book"), read_properties(content(STREAM))


def _styles(book: Any) -> Sequence[CellStyle]:
    codes = {found.format_key: found.format_str for found in book.format_list}
    styles: list[CellStyle] = []
    for style in book.xf_list:
        code = codes.get(style.format_key) or BUILTIN_FORMATS.get(style.format_key, "General")
        styles.append(CellStyle(code, bool(style.protection.cell_locked), is_date(code)))
    return styles


def _cells(
    book: Any, sheet: Any, file: str, found: SheetRecords, styles: Sequence[CellStyle], most: int
) -> Iterator[tuple[tuple[int, int], Cell]]:
    count = 0
    for row in range(sheet.nrows):
        for column, kind in enumerate(sheet.row_types(row)):
            formula = "=" if (row, column) in found.formulas else None
            if kind in (_EMPTY, _BLANK) and formula is None:
                continue
            style = styles[sheet.cell_xf_index(row, column)]
            value = _value(kind, sheet.cell_value(row, column), style, book.datemode == 1)
            if value is None and formula is None and kind not in (_TEXT, _EMPTY, _BLANK):
                place = CellRef(file, sheet.name, row + 1, column + 1).in_file
                raise damaged(f"单元格 {place} 的值有误", f"cell {place} has a wrong value")
            if value is None and formula is None:
                continue
            count += 1
            if count > most:
                raise too_large(f"有内容的单元格不超过 {MAX_CELLS:,} 个", f"at most {MAX_CELLS:,} cells with content")
            yield (row + 1, column + 1), Cell(value, formula, style.number_format, style.locked)


def _value(kind: int, value: Any, style: CellStyle, epoch_1904: bool) -> CellValue:
    """None for a blank, and for a number or error value that does not exist."""
    if kind == _TEXT:
        if len(value) > MAX_TEXT:
            raise text_too_long()
        return str(value) or None
    if kind in (_NUMBER, _DATE):
        number = excel_number(repr(value))
        return (from_serial(number, epoch_1904) or number) if number is not None and style.date else number
    if kind == _BOOLEAN:
        return bool(value)
    if kind == _ERROR:
        from xlrd import error_text_from_code

        return CellError(error_text_from_code[value]) if value in error_text_from_code else None
    return None
