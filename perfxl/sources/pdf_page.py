"""One page of a PDF: its ruled tables and the lines of text outside them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from perfxl.sources.errors import UnreadableFile, too_large
from perfxl.sources.pdf_interpreter import MAX_PAGE_CHARACTERS, interpreter_class
from perfxl.sources.pdf_text import Character, Line, cell_text, character, lines

MAX_RULES = 20_000
"""Pieces of lines on a page, before those in a row are joined; Word draws each border of each cell."""
MAX_CROSSINGS = 5_000
"""Where joined lines meet; a table of 100 rows and 17 columns has 1,800."""
SNAP = 3.0
"""Points within which lines are one line."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass
class PageTable:
    """A ruled table: `boxes` are its cells, a merged cell being one, and `lines` the text in each.

    Where the page's end parts a merged cell, some programs draw no line there; what is open above or below is a cell.
    """

    boxes: list[Box]
    lines: list[list[Line]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.across = edges(side for box in self.boxes for side in (box[0], box[2]))
        self.down = edges(side for box in self.boxes for side in (box[1], box[3]))
        self._cells: dict[tuple[int, int], int] = {}
        for number, (left, top, right, bottom) in enumerate(self.boxes):
            rows = range(nearest(self.down, top), nearest(self.down, bottom))
            columns = range(nearest(self.across, left), nearest(self.across, right))
            if len(self._cells) + len(rows) * len(columns) > MAX_CROSSINGS * 20:
                raise _too_many_crossings()
            self._cells.update(((row, column), number) for row in rows for column in columns)
        self._close()

    def _close(self) -> None:
        last = len(self.down) - 2
        for column in range(len(self.across) - 1):
            free = [row for row in range(last + 1) if (row, column) not in self._cells]
            for start, end in _runs(free):
                if start == 0 or end == last:
                    self._cells.update(((row, column), len(self.boxes)) for row in range(start, end + 1))
                    sides = (self.across[column], self.down[start], self.across[column + 1], self.down[end + 1])
                    self.boxes.append(sides)

    def holder(self, one: Character) -> int | None:
        """The number of the cell that the middle of the character lies in."""
        return self._cells.get((bisect_right(self.down, one.middle) - 1, bisect_right(self.across, one.centre) - 1))

    def text(self, number: int) -> str:
        left, _, right, _ = self.boxes[number]
        return cell_text(self.lines[number], right - left)


@dataclass
class PageContent:
    tables: list[PageTable]
    lines: list[Line]
    """Outside tables, from the top."""
    characters: int
    unknown: int
    """Characters of fonts that do not tell what they stand for."""
    pictures: int


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each run of neighbours."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def edges(values: Iterable[float]) -> list[float]:
    """The different ones from the least, those closer than lines are told apart taken as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > SNAP:
            found.append(value)
    return found


def nearest(among: Sequence[float], value: float) -> int:
    place = bisect_right(among, value)
    candidates = range(max(0, place - 1), min(len(among), place + 1))
    return min(candidates, key=lambda index: abs(among[index] - value))


def read_page(page: Any) -> PageContent:
    """The content of one of pdfplumber's pages. Raises R105 over a limit."""
    _lay_out(page)
    characters = [
        one
        for one in map(character, page.dedupe_chars().chars)
        if 0 <= one.centre <= page.width and 0 <= one.middle <= page.height
    ]
    if len(characters) > MAX_PAGE_CHARACTERS:
        raise too_large(f"PDF 一页的文字不超过 {MAX_PAGE_CHARACTERS:,} 字")
    tables = [PageTable(boxes) for boxes in _ruled(page) if len(boxes) > 1]
    outside = _distribute(characters, tables)
    unknown = sum(one.text.startswith("(cid:") for one in characters)
    return PageContent(tables, lines(outside), len(characters), unknown, len(page.images))


def _lay_out(page: Any) -> None:
    """What `page.layout` does, with limits: pdfplumber takes what stands in `_layout`."""
    from pdfplumber.page import PDFPageAggregatorWithMarkedContent

    device = PDFPageAggregatorWithMarkedContent(page.pdf.rsrcmgr, pageno=page.page_number, laparams=None)
    interpreter_class()(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    page._layout = device.get_result()


def _ruled(page: Any) -> list[list[Box]]:
    from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges
    from pdfplumber.utils.geometry import filter_edges

    rules = page.edges
    if len(rules) > MAX_RULES:
        raise too_large(f"PDF 一页的线条不超过 {MAX_RULES:,} 条")
    merged = filter_edges(merge_edges(rules, SNAP, SNAP, SNAP, SNAP), min_length=SNAP)
    upright = sum(rule["orientation"] == "v" for rule in merged)
    if upright * (len(merged) - upright) > MAX_CROSSINGS * 50:
        raise _too_many_crossings()
    crossings = edges_to_intersections(merged, SNAP, SNAP)
    if len(crossings) > MAX_CROSSINGS:
        raise _too_many_crossings()
    return [list(cells) for cells in cells_to_tables(intersections_to_cells(crossings))]


def _too_many_crossings() -> UnreadableFile:
    return too_large(f"PDF 一页的表格线交点不超过 {MAX_CROSSINGS:,} 个")


def _distribute(characters: Sequence[Character], tables: Sequence[PageTable]) -> list[Character]:
    """Puts each character into its cell, the innermost table's where a frame is around it; gives back the rest."""
    rest: list[Character] = []
    inside: list[list[list[Character]]] = [[[] for _ in table.boxes] for table in tables]
    order = sorted(range(len(tables)), key=lambda number: tables[number].across[-1] - tables[number].across[0])
    for one in characters:
        for number in order:
            if (cell := tables[number].holder(one)) is not None:
                inside[number][cell].append(one)
                break
        else:
            rest.append(one)
    for table, cells in zip(tables, inside, strict=True):
        table.lines = [lines(cell) for cell in cells]
    return rest
