"""How cells of the 汇总表 are written: text stays text, a link leads to a file and its cell."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from perfxl.reports.escaping import visible
from perfxl.reports.links import workbook_link
from perfxl.reports.summary_formats import Formats
from perfxl.text_width import display_width

A3, A4 = 8, 9
"""Paper sizes."""
_LONGEST_TEXT = 32767
_MOST_LINKS = 65000
"""Excel takes 65,530 per sheet."""


class Cells:
    """Writes into the sheets of one workbook that will lie in `folder`: links are relative to it."""

    def __init__(self, formats: Formats, folder: Path) -> None:
        self._formats, self._folder = formats, folder
        self._links = 0

    def text(self, sheet: Any, row: int, column: int, text: str, style: Any) -> None:
        """As a string whatever it looks like; Excel keeps it one when the cell is edited (quotePrefix)."""
        self.lines(sheet, row, column, [text], style)

    def lines(self, sheet: Any, row: int, column: int, lines: Iterable[str], style: Any) -> None:
        """Several lines in one cell."""
        shown = "\n".join(map(visible, lines))[:_LONGEST_TEXT]
        if shown:
            sheet.write_string(row, column, shown, style)
        else:
            sheet.write_blank(row, column, None, style)

    def link(self, sheet: Any, row: int, column: int, text: str, path: str, at: str, address: str) -> None:
        target = workbook_link(path, self._folder, at, address) if self._links < _MOST_LINKS else None
        if target is None:
            self.text(sheet, row, column, text, self._formats.wrapped)
            return
        self._links += 1
        sheet.write_url(row, column, target, self._formats.link, visible(text)[:_LONGEST_TEXT])


def row_height(cells: Iterable[tuple[Iterable[str], int]]) -> float:
    """In points, for cells of such lines in columns of such widths, so that wrapped text is not cut: a program that
    only shows the file fits no rows."""
    counts = (sum(max(-(-display_width(line) // (width - 1)), 1) for line in lines) for lines, width in cells)
    return min(max(counts, default=1) * 13.5 + 4, 400)


def print_setup(sheet: Any, head_row: int, paper: int) -> None:
    """Landscape, one page wide, the header on every page."""
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head_row)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&C&P / &N")
