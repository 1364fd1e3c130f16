"""A Word document → Workbook: its text and tables, with horizontal, vertical and nested merges."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from perfxl.grid import Workbook
from perfxl.sources.document import Document, Table, TableCell
from perfxl.sources.errors import UnreadableFile, damaged, too_large
from perfxl.sources.ooxml import count, relationships
from perfxl.sources.package import Package
from perfxl.sources.xlsx_sheet import MAX_CELLS
from perfxl.sources.xml_part import Attributes, PartParser

_P = ParamSpec("_P")

SHEET = "正文"
_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_PICTURES = "word/media/"


def read_docx(package: Package, file: str) -> Workbook:
    """One sheet with the body of the document; every value is text. Raises UnreadableFile.

    What Word does not show is left out: deleted and moved text, field codes, the second reading of a text box.
    Headers, footers, notes and the numbers of numbered paragraphs are not read.
    """
    parts = [target for target in relationships(package, "").values() if target.kind == "officeDocument"]
    if len(parts) != 1 or parts[0].external:
        raise damaged("压缩包内没有指明文档", "the file does not say which part is the document")
    reader = _Reader(file)
    part = parts[0].target
    starts: dict[str, Callable[[Attributes], None]] = {
        "p": reader.start_paragraph,
        "tab": reader.tab,
        "br": reader.line_break,
        "cr": reader.line_break,
        "tbl": reader.start_table,
        "tr": reader.start_row,
        "gridBefore": reader.grid_before,
        "tc": reader.start_cell,
        "gridSpan": reader.grid_span,
        "hMerge": reader.horizontal_merge,
        "vMerge": reader.vertical_merge,
    }
    ends: dict[str, Callable[[], None]] = {
        "p": reader.end_paragraph,
        "tbl": reader.end_table,
        "tc": reader.end_cell,
    }
    hidden = frozenset({_FALLBACK}).union(*map(_names, ("moveFrom", "del", "tabs")))
    PartParser(
        part,
        _names("document"),
        {name: reader.unless_hidden(called) for local, called in starts.items() for name in _names(local)}
        | dict.fromkeys(hidden, reader.hide),
        dict.fromkeys(_names("t"), reader.unless_hidden(reader.text)),
        {name: reader.unless_hidden(called) for local, called in ends.items() for name in _names(local)}
        | dict.fromkeys(hidden, reader.show),
    ).parse(package.read(part))
    grid = reader.document.grid()
    if not grid.cells and any(name.startswith(_PICTURES) for name in package.names):
        raise UnreadableFile("R108", kind=("只有图片的 Word 文档", "a Word document of pictures only"))
    return Workbook(file, (grid,))


def _names(local_name: str) -> frozenset[str]:
    return frozenset(f"{namespace} {local_name}" for namespace in _NAMESPACES)


def _value(attributes: Attributes) -> str | None:
    """`w:val`."""
    for namespace in _NAMESPACES:
        if (value := attributes.get(f"{namespace} val")) is not None:
            return value
    return None


class _OpenTable:
    def __init__(self, number: int) -> None:
        self.table = Table(f"表{number}")
        self.column = 1
        self.cell = TableCell(0, 0)
        self.paragraphs: list[str] | None = None
        """Of the open cell; None between cells."""
        self.continued = False
        self.covered = False
        self.above: dict[int, TableCell] = {}
        """By column, the cells that a cell marked as continued goes on."""


class _Reader:
    """Follows the elements of the body. A text box has paragraphs within a paragraph."""

    def __init__(self, file: str) -> None:
        self.document = Document(file, SHEET)
        self._tables: list[_OpenTable] = []
        self._paragraphs: list[list[str]] = []
        self._count = self._cells = 0
        self._hidden = 0

    def hide(self, _: Attributes) -> None:
        self._hidden += 1

    def show(self) -> None:
        self._hidden -= 1

    def unless_hidden(self, called: Callable[_P, None]) -> Callable[_P, None]:
        """The handler, called only for what Word shows."""

        def guarded(*arguments: _P.args, **named: _P.kwargs) -> None:
            if not self._hidden:
                called(*arguments, **named)

        return guarded

    def start_paragraph(self, _: Attributes) -> None:
        self._paragraphs.append([])

    def text(self, text: str) -> None:
        if self._paragraphs:
            self._paragraphs[-1].append(text)

    def tab(self, _: Attributes) -> None:
        self.text("\t")

    def line_break(self, _: Attributes) -> None:
        self.text("\n")

    def end_paragraph(self) -> None:
        text = "".join(self._paragraphs.pop())
        if self._tables and (paragraphs := self._tables[-1].paragraphs) is not None:
            paragraphs.append(text)
        else:
            self.document.paragraph(text)

    def start_table(self, _: Attributes) -> None:
        self._count += 1
        self._tables.append(_OpenTable(self._count))

    def end_table(self) -> None:
        table = self._tables.pop().table
        if not self._tables:
            self.document.table(table)
        elif self._tables[-1].paragraphs is None:
            raise damaged("表格嵌套有误", "its tables are not nested as they should be")
        else:
            self._tables[-1].cell.inner.append(table)

    def start_row(self, _: Attributes) -> None:
        if self._tables:
            self._tables[-1].table.rows += 1
            self._tables[-1].column = 1

    def grid_before(self, attributes: Attributes) -> None:
        if self._tables:
            self._tables[-1].column += _number(attributes)

    def start_cell(self, _: Attributes) -> None:
        if not self._tables or not self._tables[-1].table.rows:
            raise damaged("单元格不在表格的行内", "a cell stands outside the rows of its table")
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise too_large(f"表格的单元格不超过 {MAX_CELLS:,} 个", f"at most {MAX_CELLS:,} table cells")
        table = self._tables[-1]
        table.cell = TableCell(table.table.rows, table.column)
        table.paragraphs = []
        table.continued = table.covered = False

    def grid_span(self, attributes: Attributes) -> None:
        if self._tables:
            self._tables[-1].cell.right = max(1, _number(attributes))

    def horizontal_merge(self, attributes: Attributes) -> None:
        if self._tables:
            self._tables[-1].covered = _value(attributes) != "restart"

    def vertical_merge(self, attributes: Attributes) -> None:
        if self._tables:
            self._tables[-1].continued = _value(attributes) != "restart"

    def end_cell(self) -> None:
        table = self._tables[-1]
        cell, cells = table.cell, table.table.cells
        cell.text = "\n".join(table.paragraphs or [])
        table.paragraphs = None
        table.column += cell.right
        upper = table.above.get(cell.column) if table.continued else None
        if upper is not None and upper.row + upper.down == cell.row and upper.right == cell.right:
            upper.down += 1
        elif table.covered and cells and cells[-1].row == cell.row:
            cells[-1].right += cell.right
        else:
            cells.append(cell)
            table.above[cell.column] = cell


def _number(attributes: Attributes) -> int:
    number = count(_value(attributes) or "")
    if number is None:
        raise damaged(
            f"表格的列数 {(_value(attributes) or '')[:20]} 有误",
            f"a table has a wrong number of columns, {(_value(attributes) or '')[:20]}",
        )
    return number
