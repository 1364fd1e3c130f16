"""An OpenDocument spreadsheet (.ods) → Workbook."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from decimal import Decimal

from perfxl.grid import Cell, CellError, CellRef, CellValue, Grid, Merge, Workbook
from perfxl.sources.errors import UnreadableFile, damaged, too_large
from perfxl.sources.kind import Kind, refuse
from perfxl.sources.ods_styles import TABLE, Styles
from perfxl.sources.ooxml import count, truth
from perfxl.sources.package import Package
from perfxl.sources.xlsx import MAX_SHEETS
from perfxl.sources.xlsx_sheet import MAX_CELLS, MAX_MERGES
from perfxl.sources.xlsx_values import MAX_COLUMNS, MAX_ROWS, excel_number, iso_date
from perfxl.sources.xml_part import MAX_TEXT, Attributes, PartParser, text_too_long

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_DRAW = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0 "
_META = "urn:oasis:names:tc:opendocument:xmlns:meta:1.0 "
_VALUE_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_CELLS = (TABLE + "table-cell", TABLE + "covered-table-cell")
_ASIDE = (
    *(_OFFICE + "annotation", TABLE + "dde-link", TABLE + "shapes", TABLE + "tracked-changes"),
    *(_DRAW + shape for shape in ("frame", "custom-shape", "g", "rect", "line", "ellipse")),
)
"""Notes, drawings and what is kept of other files."""
_TIME = re.compile(r"PT(\d{1,9})H(\d{1,2})M(\d{1,2}(?:\.\d{1,9})?)S")


def read_ods(package: Package, file: str) -> Workbook:
    """The workbook as plain data, as read_xlsx gives it, but a formula is `=` alone. Raises UnreadableFile."""
    manifest = "META-INF/manifest.xml"
    if manifest in package and b"encryption-data" in package.read(manifest):
        raise UnreadableFile("R102")
    styles = Styles()
    if "styles.xml" in package:
        _parse(package, "styles.xml", "document-styles", styles.starts(), styles.texts(), {})
    reader = _Reader(file, styles)
    _parse(
        package,
        "content.xml",
        "document-content",
        {**styles.starts(), **reader.starts()},
        {**styles.texts(), _TEXT + "p": reader.paragraph},
        reader.ends(),
        {_TEXT + "s": _spaces, _TEXT + "tab": lambda _: "\t", _TEXT + "line-break": lambda _: "\n"},
    )
    if not reader.is_spreadsheet:
        raise refuse(Kind.ODF)
    if not reader.grids:
        raise damaged("没有工作表", "it has no sheets")
    return Workbook(file, tuple(reader.grids), _properties(package))


def _parse(
    package: Package,
    part: str,
    root: str,
    starts: dict[str, Callable[[Attributes], None]],
    texts: dict[str, Callable[[str], None]],
    ends: dict[str, Callable[[], None]],
    inserts: dict[str, Callable[[Attributes], str]] | None = None,
) -> None:
    PartParser(part, frozenset({_OFFICE + root}), starts, texts, ends, inserts).parse(package.read(part))


def _properties(package: Package) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""

    def start(attributes: Attributes) -> None:
        nonlocal name
        name = attributes.get(_META + "name", "")

    def text(text: str) -> None:
        found[name] = text

    if "meta.xml" in package:
        element = _META + "user-defined"
        _parse(package, "meta.xml", "document-meta", {element: start}, {element: text}, {})
    return found


def _spaces(attributes: Attributes) -> str:
    return " " * min(_number(attributes, _TEXT + "c"), MAX_TEXT + 1)


def _number(attributes: Attributes, name: str) -> int:
    """A count of repetitions or covered places, at least 1."""
    written = attributes.get(name, "1")
    number = count(written)
    if not number:
        raise damaged(f"内容中的次数 {written[:20]} 有误", f"a count in the content is wrong, {written[:20]}")
    return number


class _Reader:
    """Follows the tables. Blank cells and rows only move the place on, however often they are repeated."""

    def __init__(self, file: str, styles: Styles) -> None:
        self.grids: list[Grid] = []
        self.is_spreadsheet = False
        self._file = file
        self._styles = styles
        self._left = MAX_CELLS
        self._aside = 0
        self._open = False
        self._external = False
        self._name = ""
        self._hidden = self._protected = False
        self._cells: dict[tuple[int, int], Cell] = {}
        self._merges: list[Merge] = []
        self._columns: list[tuple[int, str]] = []
        self._row = self._rows = 1
        self._row_style = ""
        self._row_cells: list[tuple[int, Cell]] = []
        self._column = 1
        self._cell: Attributes | None = None
        self._paragraphs: list[str] = []

    def starts(self) -> dict[str, Callable[[Attributes], None]]:
        return {
            **dict.fromkeys(_ASIDE, self._step_aside),
            **dict.fromkeys(_CELLS, self._start_cell),
            _OFFICE + "spreadsheet": self._spreadsheet,
            TABLE + "table": self._start_table,
            TABLE + "table-source": self._source,
            TABLE + "table-column": self._table_column,
            TABLE + "table-row": self._start_row,
        }

    def ends(self) -> dict[str, Callable[[], None]]:
        return {
            **dict.fromkeys(_ASIDE, self._step_back),
            **dict.fromkeys(_CELLS, self._end_cell),
            TABLE + "table": self._end_table,
            TABLE + "table-row": self._end_row,
        }

    def paragraph(self, text: str) -> None:
        if self._cell is not None and not self._aside:
            self._paragraphs.append(text)

    def _spreadsheet(self, _: Attributes) -> None:
        self.is_spreadsheet = True

    def _step_aside(self, _: Attributes) -> None:
        self._aside += 1

    def _step_back(self) -> None:
        self._aside -= 1

    def _start_table(self, attributes: Attributes) -> None:
        if self._aside:
            return
        if self._open:
            raise damaged("工作表嵌套有误", "its sheets are not nested as they should be")
        self._open, self._external = True, False
        self._name = attributes.get(TABLE + "name", "")
        if len(self.grids) >= MAX_SHEETS:
            raise too_large(f"工作表不超过 {MAX_SHEETS:,} 张", f"at most {MAX_SHEETS:,} sheets")
        if not self._name or self._name.casefold() in {grid.sheet.casefold() for grid in self.grids}:
            raise damaged(
                f"工作表名称 {self._name[:31]} 缺失或重复",
                f"the sheet name {self._name[:31]} is missing or given twice",
            )
        self._hidden = self._styles.hides(attributes.get(TABLE + "style-name", ""))
        self._protected = attributes.get(TABLE + "protected") == "true"
        self._cells, self._merges, self._columns = {}, [], []
        self._row = 1

    def _source(self, _: Attributes) -> None:
        """The table is a copy of another file's."""
        self._external = True

    def _end_table(self) -> None:
        if self._aside:
            return
        self._open = False
        if self._external:
            return
        self._left -= len(self._cells)
        merges = tuple(self._merges)
        self.grids.append(Grid(self._file, self._name, self._cells, merges, self._hidden, self._protected))

    def _table_column(self, attributes: Attributes) -> None:
        last = self._columns[-1][0] if self._columns else 0
        if last < MAX_COLUMNS:
            repeated = _number(attributes, TABLE + "number-columns-repeated")
            self._columns.append((last + repeated, attributes.get(TABLE + "default-cell-style-name", "")))

    def _start_row(self, attributes: Attributes) -> None:
        if self._aside:
            return
        self._rows = _number(attributes, TABLE + "number-rows-repeated")
        self._row_style = attributes.get(TABLE + "default-cell-style-name", "")
        self._row_cells = []
        self._column = 1

    def _end_row(self) -> None:
        if self._aside:
            return
        if self._row_cells:
            if self._row + self._rows - 1 > MAX_ROWS:
                raise too_large(f"行号不超过 {MAX_ROWS:,}", f"row numbers go up to {MAX_ROWS:,}")
            if len(self._cells) + self._rows * len(self._row_cells) > self._left:
                raise _too_many_cells()
            for row in range(self._row, self._row + self._rows):
                self._cells.update(((row, column), cell) for column, cell in self._row_cells)
        self._row += self._rows

    def _start_cell(self, attributes: Attributes) -> None:
        if self._aside:
            return
        self._cell = attributes
        self._paragraphs = []

    def _end_cell(self) -> None:
        if self._aside or self._cell is None:
            return
        attributes, self._cell = self._cell, None
        repeated = _number(attributes, TABLE + "number-columns-repeated")
        down = _number(attributes, TABLE + "number-rows-spanned")
        right = _number(attributes, TABLE + "number-columns-spanned")
        if down > 1 or right > 1:
            self._merge(down, right)
        formula = "=" if TABLE + "formula" in attributes else None
        value = self._value(attributes)
        if value is not None or formula is not None:
            if self._column + repeated - 1 > MAX_COLUMNS:
                raise too_large(f"列号不超过 {MAX_COLUMNS:,}", f"column numbers go up to {MAX_COLUMNS:,}")
            named = attributes.get(TABLE + "style-name", "") or self._row_style
            for column in range(self._column, self._column + repeated):
                style = self._styles.cell_style(named or self._column_style(column))
                cell = Cell(value, formula, style.number_format, style.locked)
                self._row_cells.append((column, cell))
        self._column += repeated

    def _merge(self, down: int, right: int) -> None:
        if self._row + down - 1 > MAX_ROWS or self._column + right - 1 > MAX_COLUMNS:
            raise damaged(
                f"单元格 {self._place().in_file} 的合并区域超出工作表",
                f"the merged cells at {self._place().in_file} reach beyond the sheet",
            )
        if len(self._merges) >= MAX_MERGES:
            raise too_large(f"合并区域不超过 {MAX_MERGES:,} 个", f"at most {MAX_MERGES:,} merged areas")
        self._merges.append(Merge(self._row, self._column, self._row + down - 1, self._column + right - 1))

    def _column_style(self, column: int) -> str:
        place = bisect_left(self._columns, (column, ""))
        return self._columns[place][1] if place < len(self._columns) else ""

    def _value(self, attributes: Attributes) -> CellValue:
        kind = attributes.get(_OFFICE + "value-type", "")
        text = "\n".join(self._paragraphs)
        if kind in ("string", ""):
            written = attributes.get(_OFFICE + "string-value") or text
            if len(written) > MAX_TEXT:
                raise text_too_long()
            if attributes.get(_VALUE_TYPE) == "error" and text:
                return CellError(text)
            return written or None
        value: CellValue = None
        if kind in ("float", "percentage", "currency"):
            value = excel_number(attributes.get(_OFFICE + "value", ""))
        elif kind == "date":
            value = iso_date(attributes.get(_OFFICE + "date-value", ""))
        elif kind == "time":
            value = _share_of_day(attributes.get(_OFFICE + "time-value", ""))
        elif kind == "boolean":
            value = truth(attributes.get(_OFFICE + "boolean-value", ""))
        if value is None:
            raise damaged(
                f"单元格 {self._place().in_file} 的内容与类型 {kind[:20]} 不符",
                f"what cell {self._place().in_file} holds does not fit its type {kind[:20]}",
            )
        return value

    def _place(self) -> CellRef:
        return CellRef(self._file, self._name, self._row, self._column)


def _share_of_day(text: str) -> Decimal | None:
    """`PT12H00M00S` → 0.5, as Excel keeps times."""
    if (written := _TIME.fullmatch(text)) is None:
        return None
    hours, minutes, seconds = map(float, written.groups())
    return excel_number(repr((hours * 3600 + minutes * 60 + seconds) / 86_400))


def _too_many_cells() -> UnreadableFile:
    return too_large(f"有内容的单元格不超过 {MAX_CELLS:,} 个", f"at most {MAX_CELLS:,} cells with content")
