"""A PDF with text → Workbook: ruled tables, those that run over pages as one, and the lines outside them."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from perfxl.grid import Workbook, normalised
from perfxl.sources.document import Document, Table, TableCell
from perfxl.sources.errors import UnreadableFile, damaged, too_large
from perfxl.sources.pdf_limits import check_streams
from perfxl.sources.pdf_page import SNAP, PageContent, PageTable, edges, nearest, read_page
from perfxl.sources.pdf_text import Line, paragraphs

SHEET = "页面"
MAX_PAGES = 200
"""A report with its forms has some 30 pages; a page takes about a quarter of a second."""
_TAIL = 2048
_SILENCE = logging.NullHandler()
_UNKNOWN_SHARE = 0.2
_PAGE_NUMBER = re.compile(
    r"[-—–·\[(]*(?:第|page)?[0-9]{1,4}页?(?:[,，/]?(?:共|of)?[0-9]{1,4}页?)?[-—–·\])]*", re.IGNORECASE
)


def read_pdf(data: bytes, file: str) -> Workbook:
    """One sheet with all pages; every value is text. Page numbers are left out. Raises UnreadableFile.

    Tables of the same width share their columns, as sheets printed on several pages do.
    """
    if b"%%EOF" not in data[-_TAIL:]:
        raise damaged("PDF 不完整，缺少结尾")
    check_streams(data)
    try:
        pages = list(_pages(data))
    except UnreadableFile:
        raise
    except Exception as error:  # pdfminer meets damage with whatever its code runs into
        if _asks_for_password(error):
            raise UnreadableFile("R102") from error
        raise damaged("PDF 的内容损坏") from error
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
            raise damaged("PDF 没有页面")
        if len(found.pages) > MAX_PAGES:
            raise too_large(f"PDF 不超过 {MAX_PAGES} 页")
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
        raise UnreadableFile("R108", kind="扫描的 PDF" if scan else "没有文字的 PDF")
    if sum(page.unknown for page in pages) > _UNKNOWN_SHARE * characters:
        raise UnreadableFile("R108", kind="文字没有编码的 PDF")


def _joined(pages: list[PageContent]) -> Iterator[tuple[str, str] | Table]:
    """Text as (place, text), and tables, in reading order; a table that opens a page goes on the one before it."""
    widths: list[list[float]] = []
    for table in (table for page in pages for table in page.tables):
        _widen(widths, table)
    open_table: Table | None = None
    open_columns: list[float] = []
    opening = 0
    for number, page in enumerate(pages, start=1):
        count = 0
        elements = _without_page_numbers(sorted([*page.tables, *page.lines], key=_top))
        for place, (is_text, group) in enumerate(groupby(elements, lambda element: isinstance(element, Line))):
            if is_text:
                if open_table is not None:
                    yield open_table
                    open_table = None
                yield from _text(list(group), page, number)
                continue
            for element in group:
                count += 1
                columns = _columns(widths, element)
                part = _table(f"第{number}页 表{count}", element, columns)
                if open_table is not None and place == 0 and count == 1 and open_columns is columns:
                    first = open_table.rows + 1
                    _continue(open_table, part, opening)
                    opening = first
                    continue
                if open_table is not None:
                    yield open_table
                open_table, open_columns, opening = part, columns, 0
    if open_table is not None:
        yield open_table


def _text(lines: list[Line], page: PageContent, number: int) -> Iterator[tuple[str, str]]:
    for first, text in paragraphs(lines):
        yield f"第{number}页 第{page.lines.index(lines[first]) + 1}行", text


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


def _table(name: str, found: PageTable, columns: list[float]) -> Table:
    table = Table(name, len(found.down) - 1)
    for number, (left, top, right, bottom) in enumerate(found.boxes):
        row, column = nearest(found.down, top), nearest(columns, left)
        down, across = nearest(found.down, bottom) - row, nearest(columns, right) - column
        if down and across:
            table.cells.append(TableCell(row + 1, column + 1, down, across, found.text(number)))
    table.row_names = {row: f"{name} 第{row}行" for row in range(1, table.rows + 1)}
    return table


def _continue(table: Table, part: Table, opening: int) -> None:
    """A merged cell that the page's end parted is one again: one of the two has several rows, and only one has text.

    A blank one in the row that opened the last page, `opening`, belongs to what stands above it and not to the text
    below. 0 for the page on which the table begins.
    Heading rows printed again are left out.
    """
    repeated = _repeated_rows(table, part)
    above = {cell.column: cell for cell in table.cells if cell.row + cell.down - 1 == table.rows}
    shift = table.rows - repeated
    for cell in part.cells:
        if cell.row <= repeated:
            continue
        upper = above.get(cell.column) if cell.row == repeated + 1 else None
        parted = upper is not None and upper.right == cell.right and max(upper.down, cell.down) > 1
        hangs = upper is not None and upper.row == opening and not upper.text
        if upper is not None and parted and not hangs and bool(upper.text) != bool(cell.text):
            upper.down += cell.down
            upper.text = upper.text or cell.text
        else:
            table.cells.append(replace(cell, row=cell.row + shift))
    table.row_names.update({row + shift: name for row, name in part.row_names.items() if row > repeated})
    table.rows += part.rows - repeated


def _repeated_rows(table: Table, part: Table) -> int:
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


def _rows(table: Table) -> dict[int, list[tuple[int, int, int, str]]]:
    rows: dict[int, list[tuple[int, int, int, str]]] = {}
    for cell in sorted(table.cells, key=lambda cell: cell.column):
        rows.setdefault(cell.row, []).append((cell.column, cell.down, cell.right, cell.text))
    return rows
