"""A web page → Workbook: what many systems export under the name .xls."""

from __future__ import annotations

import re
from typing import Any

from perfxl.grid import Grid, Workbook
from perfxl.sources.charset import decoded
from perfxl.sources.document import MAX_TABLE_COLUMNS, Document, Table, TableCell
from perfxl.sources.errors import UnreadableFile, damaged, too_large

SHEET = "网页"
MAX_TAGS = 500_000
"""Tags of a page, counted before the tree is built: a page of 200,000 cells has as many."""
_MAX_SPAN = 65_534
"""As browsers do: more is taken for a slip."""

_SKIPPED = frozenset({"head", "script", "style", "template", "noscript", "select", "object", "svg"})
_BLOCKS = frozenset(
    {
        *(
            "p",
            "div",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "li",
            "ul",
            "ol",
            "dl",
            "dt",
            "dd",
            "pre",
            "center",
            "form",
            "hr",
        ),
        *(
            "fieldset",
            "section",
            "article",
            "header",
            "footer",
            "main",
            "address",
            "blockquote",
            "caption",
            "tr",
            "body",
        ),
    }
)
_ENDS = re.compile(r"</?table\b|</html\b", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")


def read_html(data: bytes, file: str) -> Workbook:
    """One sheet with all texts and tables of the page; every value is text. Raises UnreadableFile."""
    from lxml import etree

    text = decoded(data)
    if text.count("<") > MAX_TAGS:
        raise too_large(f"网页标签不超过 {MAX_TAGS:,} 个", f"at most {MAX_TAGS:,} tags in the web page")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.LxmlError, ValueError) as error:
        raise damaged("网页内容无法解析", "the web page cannot be made out") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        # The parser leaves the rest of the page out and says so nowhere else.
        raise too_large(
            "网页嵌套不超过 255 层，一处文字不超过 10 MB",
            "a web page is nested at most 255 deep, with at most 10 MB of text in one place",
        )
    if root is None:
        raise damaged("网页没有内容", "the web page is empty")
    page = _Page(file)
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            page.start(element.tag, element)
            page.text(element.text)
        else:
            page.end(element.tag)
            page.text(element.tail)
    grid = page.grid()
    if _is_cut(text):
        raise damaged("网页不完整，表格没有结尾", "the web page is incomplete, a table has no end")
    if not grid.cells and root.find(".//frameset") is not None:
        raise UnreadableFile(
            "R103",
            kind=(
                "只有框架的网页（HTML），内容在另外的文件里",
                "a web page (HTML) of frames only, with its content in other files",
            ),
        )
    return Workbook(file, (grid,))


def _is_cut(text: str) -> bool:
    """A page that ends within a table. Every program that writes a page closes its tables, or the page at least."""
    tags = [tag.lower() for tag in _ENDS.findall(text)]
    return "</html" not in tags and tags.count("<table") > tags.count("</table")


class _OpenTable:
    """Places cells as browsers do: in the first column that no cell from above still covers."""

    def __init__(self, number: int) -> None:
        self.table = Table(f"表{number}")
        self.cell: TableCell | None = None
        self.pieces: list[str] = []
        self._covered = 0
        self._ends: dict[int, int] = {}
        self._column = 1

    def row(self) -> None:
        self.cell = None
        self.table.rows += 1
        self._covered &= ~self._ends.pop(self.table.rows, 0)
        self._column = 1

    def start_cell(self, down: int, right: int) -> None:
        if not self.table.rows:
            self.row()
        free = ~(self._covered >> self._column)
        column = self._column + (free & -free).bit_length() - 1
        right = min(right, MAX_TABLE_COLUMNS)
        if beyond := self._covered >> column:
            right = min(right, (beyond & -beyond).bit_length() - 1)
        if column + right > MAX_TABLE_COLUMNS + 1:
            raise too_large(
                f"表格的列不超过 {MAX_TABLE_COLUMNS:,} 列", f"at most {MAX_TABLE_COLUMNS:,} columns in a table"
            )
        self.cell = TableCell(self.table.rows, column, down, right)
        self.table.cells.append(self.cell)
        self.pieces = []
        self._column = column + right
        if down > 1:
            mask = ((1 << right) - 1) << column
            end = self.table.rows + down
            self._covered |= mask
            self._ends[end] = self._ends.get(end, 0) | mask

    def end_cell(self) -> None:
        if self.cell is not None:
            self.cell.text = _shown("".join(self.pieces))
            self.cell = None


class _Page:
    """Follows the elements of a page."""

    def __init__(self, file: str) -> None:
        self._document = Document(file, SHEET)
        self._tables: list[_OpenTable] = []
        self._count = 0
        self._pieces: list[str] = []
        self._skipping = 0

    def start(self, tag: str, element: Any) -> None:
        if self._skipping or tag in _SKIPPED:
            self._skipping += 1
        elif tag == "table":
            if self._tables:
                self._add("\n")
            else:
                self._end_paragraphs()
            self._count += 1
            self._tables.append(_OpenTable(self._count))
        elif tag == "tr" and self._tables:
            self._tables[-1].row()
        elif tag in ("td", "th") and self._tables:
            self._tables[-1].start_cell(_span(element.get("rowspan"), 0), _span(element.get("colspan"), 1))
        elif tag == "br" or tag in _BLOCKS:
            self._add("\n")

    def text(self, text: str | None) -> None:
        if text and not self._skipping:
            self._add(_SPACES.sub(" ", text))

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag == "table" and self._tables:
            table = self._tables.pop().table
            if self._tables and (cell := self._tables[-1].cell) is not None:
                cell.inner.append(table)
            else:
                self._end_paragraphs()
                self._document.table(table)
        elif tag in ("td", "th") and self._tables:
            self._tables[-1].end_cell()
        elif tag in _BLOCKS:
            self._add("\n")

    def grid(self) -> Grid:
        self._end_paragraphs()
        return self._document.grid()

    def _add(self, piece: str) -> None:
        """To the open cell; text of a table outside its cells, such as its caption, stands above the table."""
        open_cell = self._tables and self._tables[-1].cell is not None
        (self._tables[-1].pieces if open_cell else self._pieces).append(piece)

    def _end_paragraphs(self) -> None:
        self._document.paragraph(_shown("".join(self._pieces)))
        self._pieces.clear()


def _shown(text: str) -> str:
    """The text with the blanks a browser shows: lines without outer blanks, no empty lines."""
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _span(text: str | None, least: int) -> int:
    """A span as browsers take it; a rowspan of 0 reaches to the table's end."""
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdigit()):
        return 1
    number = min(int(digits[:9]), _MAX_SPAN)
    return (number or _MAX_SPAN) if not least else (number or 1)
