"""A PDF with text → Workbook: ruled tables, those that run over pages as one, and the lines outside them."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from perfxl.grid import Workbook, normalised
from perfxl.sources.document import Document, Table, TableCell
from perfxl.sources.errors import UnreadableFile, damaged, too_large
from perfxl.sources.pdf_limits import check_streams
from perfxl.sources.pdf_page import SNAP, PageContent, PageTable, edges, nearest, read_page
from perfxl.sources.pdf_text import Line, cell_text, ends_line, paragraphs

SHEET = "页面"
MAX_PAGES = 200
"""A report with its forms has some 30 pages; a page takes about a quarter of a second."""
_TAIL = 2048
_SILENCE = logging.NullHandler()
_UNKNOWN_SHARE = 0.2
_PAGE_NUMBER = re.compile(
    r"[-—–·\[(]*(?:第|page)?[0-9]{1,4}页?(?:[,，/]?(?:共|of)?[0-9]{1,4}页?)?[-—–·\])]*", re.IGNORECASE
)
_STOPS = ("。", "；", ";", "！", "？")


@dataclass(slots=True)
class _Cell(TableCell):
    """`open_above`, `open_below`: the page's end parts the cell, and no line is drawn there."""

    open_above: bool = False
    open_below: bool = False
    lines: Sequence[Line] = ()
    room: float = 0.0

    def fits_below(self, upper: _Cell) -> bool:
        return (upper.column, upper.right) == (self.column, self.right)

    def goes_on(self, upper: _Cell) -> bool:
        """Whether the text above breaks off where only the cell's width made it, and goes on here."""
        ended = upper.text.endswith(_STOPS)
        return not ended and not ends_line(upper.lines[-1], self.lines[0], upper.room)


@dataclass
class _Part:
    """A table as far as it stands on one page, then with what the next pages add to it."""

    name: str
    rows: int
    cells: list[_Cell]
    row_names: dict[int, str]
    opening: int = 0
    """The first row that the last page added; 0 while there is only one."""

    def table(self) -> Table:
        return Table(self.name, self.rows, list(self.cells), self.row_names)


def read_pdf(data: bytes, file: str) -> Workbook:
    """One sheet with all pages; every value is text. Page numbers are left out. Raises UnreadableFile.

    Tables of the same width share their columns, as sheets printed on several pages do.
    """
    if b"%%EOF" not in data[-_TAIL:]:
        raise damaged("PDF 不完整，缺少结尾", "the PDF is incomplete, its end is missing")
    check_streams(data)
    try:
        pages = list(_pages(data))
    except UnreadableFile:
        raise
    except Exception as error:  # pdfminer meets damage with whatever its code runs into
        if _asks_for_password(error):
            raise UnreadableFile("R102") from error
        raise damaged("PDF 的内容损坏", "the PDF's content is damaged") from error
    _require_text(pages)
    document = Document(file, SHEET)
    for element in _joined(pages):
        if isinstance(element, Table):
            document.table(element)
        else:
            document.paragraph(element[1], element[0])
    return Workbook(file, (document.grid(),))


def _pages(data: bytes) -> Iterator[PageContent]:
    import pdfplumber

    # What they remark on a damaged file would otherwise be printed.
    for library in ("pdfminer", "pdfplumber"):
        logging.getLogger(library).addHandler(_SILENCE)
    with pdfplumber.open(io.BytesIO(data), pages=list(range(1, MAX_PAGES + 2))) as found:
        if not found.pages:
            raise damaged("PDF 没有页面", "the PDF has no pages")
        if len(found.pages) > MAX_PAGES:
            raise too_large(f"PDF 不超过 {MAX_PAGES} 页", f"at most {MAX_PAGES} pages in a PDF")
        for page in found.pages:
            yield read_page(page)
            page.close()


def _asks_for_password(error: BaseException) -> bool:
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect

    causes = (error, error.__context__, *error.args)
    return any(isinstance(cause, PDFEncryptionError | PDFPasswordIncorrect) for cause in causes)


def _require_text(pages: list[PageContent]) -> None:
    characters = sum(page.characters for page in pages)
    if not characters:
        scan = any(page.pictures for page in pages)
        raise UnreadableFile(
            "R108", kind=("扫描的 PDF", "a scanned PDF") if scan else ("没有文字的 PDF", "a PDF without text")
        )
    if sum(page.unknown for page in pages) > _UNKNOWN_SHARE * characters:
        raise UnreadableFile("R108", kind=("文字没有编码的 PDF", "a PDF whose letters are not coded as text"))


def _joined(pages: list[PageContent]) -> Iterator[tuple[str, str] | Table]:
    """Text as (place, text), and tables, in reading order; a table that opens a page goes on the one before it."""
    widths: list[list[float]] = []
    for table in (table for page in pages for table in page.tables):
        _widen(widths, table)
    open_table: _Part | None = None
    open_columns: list[float] = []
    remarks: list[tuple[str, str]] = []
    for number, page in enumerate(pages, start=1):
        count = 0
        beside = {id(line) for table in page.tables for line in _beside(table, page)}
        lines = [line for line in page.lines if id(line) not in beside]
        elements = _without_page_numbers(sorted([*page.tables, *lines], key=_top))
        for place, (is_text, group) in enumerate(groupby(elements, lambda element: isinstance(element, Line))):
            if is_text:
                yield from _closed(open_table, remarks)
                open_table = None
                yield from _text(list(group), page, number)
                continue
            for element in group:
                count += 1
                columns = _columns(widths, element)
                part = _part(f"第{number}页 表{count}", element, columns)
                if open_table is not None and place == 0 and count == 1 and open_columns is columns:
                    _continue(open_table, part)
                else:
                    yield from _closed(open_table, remarks)
                    open_table, open_columns = part, columns
                remarks += (text for line in _beside(element, page) for text in _text([line], page, number))
    yield from _closed(open_table, remarks)


def _closed(table: _Part | None, remarks: list[tuple[str, str]]) -> Iterator[tuple[str, str] | Table]:
    """The table, then what stands beside it, which must not part it from what the next page adds."""
    if table is not None:
        yield table.table()
    yield from remarks
    remarks.clear()


def _beside(table: PageTable, page: PageContent) -> list[Line]:
    return [line for line in page.lines if table.down[0] < line.top and line.bottom < table.down[-1]]


def _text(lines: list[Line], page: PageContent, number: int) -> Iterator[tuple[str, str]]:
    for first, text in paragraphs(lines, *page.sides):
        place = next(place for place, line in enumerate(page.lines, start=1) if line is lines[first])
        yield f"第{number}页 第{place}行", text


def _top(element: PageTable | Line) -> float:
    return element.down[0] if isinstance(element, PageTable) else element.top


def _without_page_numbers(elements: list[Any]) -> list[Any]:
    """The last or, above a page's text, the first line."""
    for end in (-1, 0):
        if elements and isinstance(elements[end], Line) and _PAGE_NUMBER.fullmatch(normalised(elements[end].text)):
            del elements[end]
    return elements


def _columns(widths: list[list[float]], table: PageTable) -> list[float]:
    left, right = table.across[0], table.across[-1]
    return next(one for one in widths if abs(one[0] - left) <= SNAP and abs(one[-1] - right) <= SNAP)


def _widen(widths: list[list[float]], table: PageTable) -> None:
    try:
        known = _columns(widths, table)
    except StopIteration:
        widths.append(list(table.across))
    else:
        known[1:-1] = edges([*known[1:-1], *table.across[1:-1]])


def _part(name: str, found: PageTable, columns: list[float]) -> _Part:
    cells: list[_Cell] = []
    for number, (left, top, right, bottom) in enumerate(found.boxes):
        row, column = nearest(found.down, top), nearest(columns, left)
        down, across = nearest(found.down, bottom) - row, nearest(columns, right) - column
        if down and across:
            cells.append(
                _Cell(
                    *(row + 1, column + 1, down, across, found.text(number)),
                    open_above=number in found.open_above,
                    open_below=number in found.open_below,
                    lines=found.lines[number],
                    room=found.room(number),
                )
            )
    rows = len(found.down) - 1
    return _Part(name, rows, cells, {row: f"{name} 第{row}行" for row in range(1, rows + 1)})


def _continue(table: _Part, part: _Part) -> None:
    """Cells and rows that the page's end parted are one again. Heading rows printed again are left out.

    A blank cell in the row that opened the page belongs to what stands above it, and not to the text below.
    """
    repeated = _repeated_rows(table, part)
    above = {cell.column: cell for cell in table.cells if cell.row + cell.down - 1 == table.rows}
    opening = [cell for cell in part.cells if cell.row == repeated + 1]
    both = [(above[cell.column], cell) for cell in opening if cell.column in above]
    both = [(upper, cell) for upper, cell in both if cell.fits_below(upper)]
    same_row = int(len(both) == len(opening) and _is_parted_row(both))
    hanging = [upper for upper, _ in both if upper.row == table.opening and not upper.text]
    joined = (
        both
        if same_row
        else [(u, cell) for u, cell in both if _is_parted(u, cell) and not any(u is one for one in hanging)]
    )
    for upper, cell in joined:
        upper.down += cell.down - same_row
        upper.open_below = cell.open_below
        upper.lines = [*upper.lines, *cell.lines]
        upper.text = cell_text(upper.lines, upper.room)
    gone = {id(cell) for _, cell in joined}
    shift = table.rows - repeated - same_row
    rest = [cell for cell in part.cells if cell.row > repeated and id(cell) not in gone]
    table.cells += [replace(cell, row=cell.row + shift) for cell in rest]
    names = {row + shift: name for row, name in part.row_names.items() if row > repeated + same_row}
    table.row_names.update(names)
    table.opening = table.rows + 1 - same_row
    table.rows += part.rows - repeated - same_row


def _is_parted(upper: _Cell, cell: _Cell) -> bool:
    """A merged cell in two: no line is drawn between, or one of the two has several rows and only one has text."""
    if upper.open_below and cell.open_above:
        return True
    return max(upper.down, cell.down) > 1 and bool(upper.text) != bool(cell.text)


def _is_parted_row(both: Sequence[tuple[_Cell, _Cell]]) -> bool:
    """Whether the second row is only what did not fit into the first: it goes on its texts, two of them or not all."""
    texts = [(upper, cell) for upper, cell in both if cell.text]
    going_on = [cell.goes_on(upper) if upper.text else _is_parted(upper, cell) for upper, cell in texts]
    ended = any(upper.text and not cell.text for upper, cell in both if cell.down == 1)
    return all(going_on) and sum(bool(upper.text) for upper, _ in texts) >= (1 if ended else 2)


def _repeated_rows(table: _Part, part: _Part) -> int:
    """How many rows the part begins with that stand in the table in the same order, with text in every cell."""
    known, opening = _rows(table), _rows(part)
    for start, row in known.items():
        if row == opening.get(1) and len(row) > 1 and all(text for _, _, _, text in row):
            count = 1
            while opening.get(count + 1) == known.get(start + count) and all(
                text for _, _, _, text in opening.get(count + 1) or [(0, 0, 0, "")]
            ):
                count += 1
            return count
    return 0


def _rows(table: _Part) -> dict[int, list[tuple[int, int, int, str]]]:
    rows: dict[int, list[tuple[int, int, int, str]]] = {}
    for cell in sorted(table.cells, key=lambda cell: cell.column):
        rows.setdefault(cell.row, []).append((cell.column, cell.down, cell.right, cell.text))
    return rows
