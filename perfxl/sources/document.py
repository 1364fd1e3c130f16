"""The text and tables of a document, one below the other, as one Grid.

A form in a document is a table with its title and unit above and its notes below, or several tables in a row. So all
text outside tables becomes rows, one paragraph each and as wide as the widest table, in the order of the document;
a table keeps its rows, columns and merges. A table within a cell follows the row that holds it.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from perfxl.grid import Cell, Grid, Merge
from perfxl.sources.errors import too_large
from perfxl.sources.xlsx_sheet import MAX_CELLS, MAX_MERGES
from perfxl.sources.xlsx_values import MAX_ROWS
from perfxl.sources.xml_part import MAX_TEXT, text_too_long

MAX_TABLE_COLUMNS = 1_000
"""Columns of a table in a document; Word allows 63."""


@dataclass(slots=True)
class TableCell:
    """A cell of a table with the rows and columns it covers; places count from 1."""

    row: int
    column: int
    down: int = 1
    right: int = 1
    text: str = ""
    inner: list[Table] = field(default_factory=list)


@dataclass
class Table:
    """`name` is how a person finds it: `表2`. `row_names` are given where rows are not named by their number."""

    name: str
    rows: int = 0
    cells: list[TableCell] = field(default_factory=list)
    row_names: dict[int, str] = field(default_factory=dict)


class Document:
    """Collects paragraphs and tables in reading order. Raises R105 over a limit."""

    def __init__(self, file: str, sheet: str) -> None:
        self._file = file
        self._sheet = sheet
        self._row = 0
        self._width = 1
        self._cells: dict[tuple[int, int], Cell] = {}
        self._merges: list[Merge] = []
        self._places: dict[int, str] = {}
        self._paragraphs: list[int] = []
        self._unnamed: list[int] = []
        self._last_table = ""

    def paragraph(self, text: str, place: str = "") -> None:
        """A row for each line that is not blank. Without a `place` it is said by the nearest table."""
        for line in text.split("\n"):
            if not line.strip():
                continue
            self._next_row()
            self._put(self._row, 1, line.strip())
            self._paragraphs.append(self._row)
            if place:
                self._places[self._row] = place
            else:
                self._unnamed.append(self._row)

    def table(self, table: Table) -> None:
        """The rows of the table; `Document.table` is called again for the tables within its cells."""
        self._name_paragraphs(table.name, above=True)
        inner: dict[int, list[Table]] = {}
        for cell in table.cells:
            if cell.inner:
                inner.setdefault(cell.row, []).extend(cell.inner)
        rows = [0]
        for row in range(1, table.rows + 1):
            self._next_row()
            rows.append(self._row)
            name = table.row_names.get(row) or f"{table.name} 第{row}行"
            self._places[self._row] = f"{name} 第{{column}}列"
            for nested in inner.get(row, ()):
                self.table(nested)
        parted = sorted(inner)
        for cell in table.cells:
            self._place(cell, rows, parted)
        self._last_table = table.name

    def grid(self) -> Grid:
        """Everything so far as one sheet."""
        self._name_paragraphs(self._last_table, above=False)
        if self._width > 1:
            for row in self._paragraphs:
                self._merge(Merge(row, 1, row, self._width))
        return Grid(self._file, self._sheet, self._cells, tuple(self._merges), row_places=self._places)

    def _name_paragraphs(self, table: str, *, above: bool) -> None:
        """Lines are counted from the table they stand by; from the top where there is no table."""
        count = len(self._unnamed)
        for number, row in enumerate(self._unnamed, start=1):
            if not table:
                self._places[row] = f"第{number}段"
            elif above:
                self._places[row] = f"{table} 上方第{count + 1 - number}段"
            else:
                self._places[row] = f"{table} 下方第{number}段"
        self._unnamed.clear()

    def _place(self, cell: TableCell, rows: list[int], parted: list[int]) -> None:
        """`parted` are rows with a table in them: its rows follow, so no merge goes on below."""
        right = cell.column + cell.right - 1
        if right > MAX_TABLE_COLUMNS:
            raise too_large(
                f"表格的列不超过 {MAX_TABLE_COLUMNS:,} 列", f"at most {MAX_TABLE_COLUMNS:,} columns in a table"
            )
        self._width = max(self._width, right)
        bottom = min(cell.row + cell.down, len(rows)) - 1
        if (first := bisect_left(parted, cell.row)) < len(parted):
            bottom = min(bottom, parted[first])
        if bottom > cell.row or right > cell.column:
            self._merge(Merge(rows[cell.row], cell.column, rows[bottom], right))
        if text := cell.text.strip():
            self._put(rows[cell.row], cell.column, text)

    def _next_row(self) -> None:
        self._row += 1
        if self._row > MAX_ROWS:
            raise too_large(f"行号不超过 {MAX_ROWS:,}", f"row numbers go up to {MAX_ROWS:,}")

    def _put(self, row: int, column: int, text: str) -> None:
        if len(text) > MAX_TEXT:
            raise text_too_long()
        if len(self._cells) >= MAX_CELLS:
            raise too_large(f"有内容的单元格不超过 {MAX_CELLS:,} 个", f"at most {MAX_CELLS:,} cells with content")
        self._cells[row, column] = Cell(text)

    def _merge(self, merge: Merge) -> None:
        if len(self._merges) >= MAX_MERGES:
            raise too_large(f"合并区域不超过 {MAX_MERGES:,} 个", f"at most {MAX_MERGES:,} merged areas")
        self._merges.append(merge)
