"""How the sheets of the 汇总表 print."""

from __future__ import annotations

from typing import Any

A3, A4 = 8, 9
"""Paper sizes."""


def print_setup(sheet: Any, head_row: int, paper: int) -> None:
    """Landscape, one page wide, the header on every page."""
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head_row)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&C&P / &N")
