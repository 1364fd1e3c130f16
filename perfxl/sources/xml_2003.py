"""A workbook saved as XML 表格 2003 → Workbook. Many systems write it under the name .xls."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial

from perfxl.grid import Cell, CellError, CellRef, CellValue, Grid, Merge, Workbook
from perfxl.number_format import from_serial, is_date
from perfxl.problem import Clause
from perfxl.sources.charset import decoded
from perfxl.sources.errors import UnreadableFile, damaged, too_large
from perfxl.sources.ooxml import count, truth
from perfxl.sources.package import MAX_TAGS
from perfxl.sources.xlsx import MAX_SHEETS
from perfxl.sources.xlsx_sheet import MAX_CELLS, MAX_MERGES
from perfxl.sources.xlsx_styles import MAX_STYLES, CellStyle
from perfxl.sources.xlsx_values import MAX_COLUMNS, MAX_ROWS, excel_number, iso_date
from perfxl.sources.xml_part import MAX_TEXT, Attributes, PartParser, text_too_long

_SHEET = "urn:schemas-microsoft-com:office:spreadsheet "
_EXCEL = "urn:schemas-microsoft-com:office:excel "
_OFFICE = "urn:schemas-microsoft-com:office:office "
_PROPERTIES = ("perfxl.scheme", "perfxl.template_version")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_NAMED_FORMATS = {
    "General Number": "General",
    "General Date": "yyyy/m/d h:mm",
    "Long Date": 'yyyy"年"m"月"d"日"',
    "Medium Date": "d-mmm-yy",
    "Short Date": "yyyy/m/d",
    "Long Time": "h:mm:ss",
    "Medium Time": "h:mm AM/PM",
    "Short Time": "h:mm",
    "Currency": '"¥"#,##0.00',
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Percent": "0.00%",
    "Scientific": "0.00E+00",
}
"""Formats that have a name here and a code elsewhere."""

_ROW: Clause = ("行号", "row")
_COLUMN: Clause = ("列号", "column")


def read_xml_2003(data: bytes, file: str) -> Workbook:
    """The workbook as plain data, as read_xlsx gives it, but a formula is `=` alone. Raises UnreadableFile."""
    # Parsed as UTF-8 whatever the declaration says: expat does not know GB18030.
    text = _DECLARATION.sub("", decoded(data), count=1)
    if text.count("<") > MAX_TAGS:
        raise too_large(f"XML 标签不超过 {MAX_TAGS:,} 个", f"at most {MAX_TAGS:,} XML tags")
    reader = _Reader(file)
    starts: dict[str, Callable[[Attributes], None]] = {
        "Style": reader.style,
        "NumberFormat": reader.number_format,
        "Protection": reader.protection,
        "Worksheet": reader.sheet,
        "Row": reader.start_row,
        "Cell": reader.start_cell,
        "Data": reader.start_data,
        "Comment": reader.start_comment,
    }
    excel: dict[str, Callable[[str], None]] = {
        "Visible": reader.visibility,
        "ProtectContents": reader.protect_contents,
    }
    PartParser(
        file,
        frozenset({_SHEET + "Workbook"}),
        {_SHEET + name: called for name, called in starts.items()},
        {
            _SHEET + "Data": reader.data,
            **{_EXCEL + name: called for name, called in excel.items()},
            **{_OFFICE + name: reader.property(name) for name in _PROPERTIES},
        },
        {
            _SHEET + "Cell": reader.end_cell,
            _SHEET + "Comment": reader.end_comment,
            _SHEET + "Worksheet": reader.end_sheet,
        },
    ).parse(text.encode())
    if not reader.grids:
        raise damaged("没有工作表", "it has no sheets")
    return Workbook(file, tuple(reader.grids), reader.properties)


class _Reader:
    """Follows the elements, one sheet after the other."""

    def __init__(self, file: str) -> None:
        self.grids: list[Grid] = []
        self.properties: dict[str, str] = {}
        self._file = file
        self._styles: dict[str, CellStyle] = {"Default": CellStyle()}
        self._style = "Default"
        self._names: set[str] = set()
        self._name = ""
        self._hidden = self._protected = False
        self._cells: dict[tuple[int, int], Cell] = {}
        self._merges: list[Merge] = []
        self._left = MAX_CELLS
        self._row = self._span = self._column = self._across = 0
        self._row_style = self._cell_style = "Default"
        self._in_comment = False
        self._type = ""
        self._value: CellValue = None
        self._formula: str | None = None

    def property(self, name: str) -> Callable[[str], None]:
        return partial(self.properties.__setitem__, name)

    def style(self, attributes: Attributes) -> None:
        if len(self._styles) > MAX_STYLES:
            raise too_large(f"单元格样式不超过 {MAX_STYLES:,} 种", f"at most {MAX_STYLES:,} cell styles")
        self._style = attributes.get(_SHEET + "ID", "")
        self._styles[self._style] = self._styles.get(attributes.get(_SHEET + "Parent", "Default"), CellStyle())

    def number_format(self, attributes: Attributes) -> None:
        name = attributes.get(_SHEET + "Format", "General")
        code = _NAMED_FORMATS.get(name, name)
        self._styles[self._style] = replace(self._styles[self._style], number_format=code, date=is_date(code))

    def protection(self, attributes: Attributes) -> None:
        locked = truth(attributes.get(_SHEET + "Protected", "1"))
        self._styles[self._style] = replace(self._styles[self._style], locked=locked)

    def sheet(self, attributes: Attributes) -> None:
        self._name = attributes.get(_SHEET + "Name", "")
        if len(self.grids) >= MAX_SHEETS:
            raise too_large(f"工作表不超过 {MAX_SHEETS:,} 张", f"at most {MAX_SHEETS:,} sheets")
        if not self._name or self._name.casefold() in self._names:
            raise damaged(
                f"工作表名称 {self._name[:31]} 缺失或重复",
                f"the sheet name {self._name[:31]} is missing or given twice",
            )
        self._names.add(self._name.casefold())
        self._hidden = False
        self._protected = truth(attributes.get(_SHEET + "Protected", "0"))
        self._cells, self._merges = {}, []
        self._row = self._span = 0

    def end_sheet(self) -> None:
        self._left -= len(self._cells)
        merges = tuple(self._merges)
        self.grids.append(Grid(self._file, self._name, self._cells, merges, self._hidden, self._protected))

    def visibility(self, text: str) -> None:
        self._hidden = text.strip() != "SheetVisible"

    def protect_contents(self, text: str) -> None:
        self._protected = text.strip().lower() in ("true", "1")

    def start_row(self, attributes: Attributes) -> None:
        self._row = self._index(attributes, self._row + 1 + self._span, MAX_ROWS, _ROW)
        self._span = self._extent(attributes, "Span", MAX_ROWS - self._row, _ROW)
        self._row_style = attributes.get(_SHEET + "StyleID", "Default")
        self._column = self._across = 0

    def start_cell(self, attributes: Attributes) -> None:
        if not self._row:
            raise damaged("单元格不在工作表的行内", "a cell stands outside the rows of its sheet")
        self._column = self._index(attributes, self._column + 1 + self._across, MAX_COLUMNS, _COLUMN)
        self._across = self._extent(attributes, "MergeAcross", MAX_COLUMNS - self._column, _COLUMN)
        down = self._extent(attributes, "MergeDown", MAX_ROWS - self._row, _ROW)
        if self._across or down:
            if len(self._merges) >= MAX_MERGES:
                raise too_large(f"合并区域不超过 {MAX_MERGES:,} 个", f"at most {MAX_MERGES:,} merged areas")
            self._merges.append(Merge(self._row, self._column, self._row + down, self._column + self._across))
        self._cell_style = attributes.get(_SHEET + "StyleID", self._row_style)
        self._formula = "=" if _SHEET + "Formula" in attributes else None
        self._value = None

    def start_comment(self, _: Attributes) -> None:
        self._in_comment = True

    def end_comment(self) -> None:
        self._in_comment = False

    def start_data(self, attributes: Attributes) -> None:
        self._type = attributes.get(_SHEET + "Type", "String")

    def data(self, text: str) -> None:
        if self._in_comment:
            return
        if len(text) > MAX_TEXT:
            raise text_too_long()
        self._value = self._cell_value(text)

    def end_cell(self) -> None:
        if self._value is None and self._formula is None:
            return
        place = (self._row, self._column)
        if place in self._cells:
            raise self._bad("重复出现", "is there twice")
        if len(self._cells) >= self._left:
            raise too_large(f"有内容的单元格不超过 {MAX_CELLS:,} 个", f"at most {MAX_CELLS:,} cells with content")
        style = self._styles.get(self._cell_style)
        if style is None:
            raise self._bad("的样式编号有误", "has a wrong style number")
        value = self._value
        if style.date and isinstance(value, Decimal):
            value = from_serial(value, False) or value
        self._cells[place] = Cell(value, self._formula, style.number_format, style.locked)

    def _cell_value(self, text: str) -> CellValue:
        if self._type == "String":
            return text or None
        text = text.strip()
        value: CellValue = None
        if self._type == "Number":
            value = excel_number(text)
        elif self._type == "DateTime":
            value = iso_date(text)
        elif self._type == "Boolean":
            value = truth(text)
        elif self._type == "Error":
            value = CellError(text)
        if value is None and text:
            raise self._bad(
                f"的内容 {text[:20]} 与类型 {self._type[:20]} 不符",
                f"holds {text[:20]}, which does not fit its type {self._type[:20]}",
            )
        return value

    def _index(self, attributes: Attributes, following: int, most: int, what: Clause) -> int:
        """`ss:Index`, which only goes on; else the next place."""
        written = attributes.get(_SHEET + "Index")
        number = following if written is None else count(written)
        zh, en = what
        if number is None or number < following:
            shown = (written or "")[:20]
            raise damaged(
                f"工作表 {self._name} 的{zh} {shown} 有误", f"sheet {self._name} has a wrong {en} number, {shown}"
            )
        if number > most:
            raise too_large(f"{zh}不超过 {most:,}", f"{en} numbers go up to {most:,}")
        return number

    def _extent(self, attributes: Attributes, name: str, most: int, what: Clause) -> int:
        """How many further rows or columns are covered."""
        written = attributes.get(_SHEET + name, "0")
        number = count(written)
        if number is None or number > most:
            zh, en = what
            raise damaged(
                f"工作表 {self._name} 的合并区域超出{zh}范围，{name}={written[:20]}",
                f"merged cells of sheet {self._name} reach beyond the last {en}, {name}={written[:20]}",
            )
        return number

    def _bad(self, zh: str, en: str) -> UnreadableFile:
        place = CellRef(self._file, self._name, self._row, self._column).in_file
        return damaged(f"单元格 {place} {zh}", f"cell {place} {en}")
