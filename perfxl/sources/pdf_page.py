"""One page of a PDF: its ruled tables and the lines of text outside them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
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
_LEAST_PADDING, _MOST_PADDING = 2.5, 8.0
"""Points between text and border; Word has 5.4."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Rule = dict[str, Any]
"""One of pdfplumber's lines."""


@dataclass
class PageTable:
    """A ruled table: `boxes` are its cells, a merged cell being one, and `lines` the text in each.

    Where the page's end parts a merged cell, some programs draw no line there; what is open above or below is a cell.
    """

    boxes: list[Box]
    open_above: frozenset[int] = frozenset()
    """Numbers of the cells that have no line above."""
    open_below: frozenset[int] = frozenset()
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

    def holder(self, one: Character) -> int | None:
        """The number of the cell that the middle of the character lies in."""
        return self._cells.get((bisect_right(self.down, one.middle) - 1, bisect_right(self.across, one.centre) - 1))

    def text(self, number: int) -> str:
        return cell_text(self.lines[number], self.room(number))

    def room(self, number: int) -> float:
        """The width that a line of text can have in the cell."""
        left, _, right, _ = self.boxes[number]
        return right - left - 2 * self._padding

    @cached_property
    def _padding(self) -> float:
        """How far text stays from a border: what the text nearest to a left border does."""
        gaps = (line.left - box[0] for box, found in zip(self.boxes, self.lines, strict=True) for line in found)
        return min(max(min(gaps, default=0.0), _LEAST_PADDING), _MOST_PADDING)


@dataclass
class PageContent:
    tables: list[PageTable]
    lines: list[Line]
    """Outside tables, from the top."""
    characters: int
    unknown: int
    """Characters of fonts that do not tell what they stand for."""
    pictures: int

    @property
    def sides(self) -> tuple[float, float]:
        """How far text and tables reach to the left and to the right."""
        lefts = [line.left for line in self.lines] + [table.across[0] for table in self.tables]
        rights = [line.right for line in self.lines] + [table.across[-1] for table in self.tables]
        return min(lefts, default=0.0), max(rights, default=0.0)


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
        raise too_large(
            f"PDF 一页的文字不超过 {MAX_PAGE_CHARACTERS:,} 字",
            f"at most {MAX_PAGE_CHARACTERS:,} characters on one page of a PDF",
        )
    tables = [table for table in _ruled(page) if len(table.boxes) > 1]
    outside = _distribute(characters, tables)
    unknown = sum(one.text.startswith("(cid:") for one in characters)
    return PageContent(tables, lines(outside), len(characters), unknown, len(page.images))


def _lay_out(page: Any) -> None:
    """What `page.layout` does, with limits: pdfplumber takes what stands in `_layout`."""
    from pdfplumber.page import PDFPageAggregatorWithMarkedContent

    device = PDFPageAggregatorWithMarkedContent(page.pdf.rsrcmgr, pageno=page.page_number, laparams=None)
    interpreter_class()(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    page._layout = device.get_result()


def _ruled(page: Any) -> list[PageTable]:
    from pdfplumber.table import merge_edges
    from pdfplumber.utils.geometry import filter_edges

    if len(page.edges) > MAX_RULES:
        raise too_large(f"PDF 一页的线条不超过 {MAX_RULES:,} 条", f"at most {MAX_RULES:,} lines on one page of a PDF")
    rules = filter_edges(merge_edges(page.edges, SNAP, SNAP, SNAP, SNAP), min_length=SNAP)
    upright = [rule for rule in rules if rule["orientation"] == "v"]
    level = [rule for rule in rules if rule["orientation"] == "h"]
    if len(upright) * len(level) > MAX_CROSSINGS * 50:
        raise _too_many_crossings()
    found = _cells(rules)
    closing = [rule for cells in found for rule in _closing(cells, upright, level)]
    if closing:
        found = _cells([*rules, *closing])
    return [_table(cells, level) for cells in found]


def _cells(rules: list[Rule]) -> list[list[Box]]:
    from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells

    crossings = edges_to_intersections(rules, SNAP, SNAP)
    if len(crossings) > MAX_CROSSINGS:
        raise _too_many_crossings()
    return [list(cells) for cells in cells_to_tables(intersections_to_cells(crossings))]


def _closing(cells: Sequence[Box], upright: Sequence[Rule], level: Sequence[Rule]) -> Iterator[Rule]:
    """The lines around a table that the page's end left out, or that it has not.

    An upright line beside the cells, as high as all of them together, is the table's too.
    """
    left, right = min(cell[0] for cell in cells), max(cell[2] for cell in cells)
    top, bottom = min(cell[1] for cell in cells), max(cell[3] for cell in cells)
    sides = [rule["x0"] for rule in upright if abs(rule["top"] - top) <= SNAP and abs(rule["bottom"] - bottom) <= SNAP]
    left, right = min(left, *sides, left), max(right, *sides, right)
    for height in (top, bottom):
        if not _covered(level, left, right, height):
            yield _rule(left, height, right, height)
    for place in (left, right):
        ends = [rule for rule in upright if abs(rule["x0"] - place) <= SNAP]
        if not any(rule["top"] <= top + SNAP and rule["bottom"] >= bottom - SNAP for rule in ends):
            yield _rule(place, top, place, bottom)


def _rule(left: float, top: float, right: float, bottom: float) -> Rule:
    sides = {"x0": left, "x1": right, "top": top, "bottom": bottom, "width": right - left, "height": bottom - top}
    return {**sides, "orientation": "h" if top == bottom else "v", "object_type": "line"}


def _covered(level: Iterable[Rule], left: float, right: float, height: float) -> bool:
    """Whether one line goes from left to right at that height."""
    return any(
        abs(rule["top"] - height) <= SNAP and rule["x0"] <= left + SNAP and rule["x1"] >= right - SNAP for rule in level
    )


def _table(cells: list[Box], level: Sequence[Rule]) -> PageTable:
    top, bottom = min(cell[1] for cell in cells), max(cell[3] for cell in cells)
    above, below = (
        frozenset(
            number
            for number, cell in enumerate(cells)
            if abs(cell[place] - edge) <= SNAP and not _covered(level, cell[0], cell[2], edge)
        )
        for place, edge in ((1, top), (3, bottom))
    )
    return PageTable(cells, above, below)


def _too_many_crossings() -> UnreadableFile:
    return too_large(
        f"PDF 一页的表格线交点不超过 {MAX_CROSSINGS:,} 个",
        f"at most {MAX_CROSSINGS:,} crossings of table lines on one page of a PDF",
    )


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
