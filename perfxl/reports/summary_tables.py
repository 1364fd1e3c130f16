"""A sheet of the 汇总表 that is one Excel table: a header of one line, and rows below it."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_range

from perfxl.finding import Language
from perfxl.reports.summary_formats import Formats
from perfxl.reports.summary_print import A4, print_setup
from perfxl.reports.summary_rows import Line, Value
from perfxl.reports.summary_sheets import Rows


class Column(NamedTuple):
    """Label in both languages, width in characters, style of the cells: one of Formats."""

    zh: str
    en: str
    width: int
    style: str = "wrapped"

    def label(self, lang: Language) -> str:
        return self.zh if lang == "zh" else self.en


_style = attrgetter("style")


class TableSheet:
    def __init__(
        self, book: Any, formats: Formats, name: str, columns: Sequence[Column], lang: Language, paper: int = A4
    ) -> None:
        self._last = len(columns) - 1
        self._sheet = book.add_worksheet(name)
        self.rows = Rows(1, formats.numbers)
        for number, column in enumerate(columns):
            self._sheet.set_column(number, number, column.width)
        heads = [{"header": column.label(lang), "header_format": formats.head} for column in columns]
        # Without any rows it keeps this blank one, which Excel wants.
        self._sheet.add_table(0, 0, 1, self._last, {"name": name, "style": None, "columns": heads})
        self._sheet.set_row(0, 22)
        self._sheet.freeze_panes(1, 0)
        print_setup(self._sheet, 0, paper)

    def close(self) -> None:
        """Once all rows are known."""
        (table,) = self._sheet.tables
        # Asked for at this size, XlsxWriter would remember every cell of it: two kilobytes a row.
        table["range"] = table["a_range"] = table["autofilter"] = xl_range(0, 0, max(self.rows.next - 1, 1), self._last)


def fill(line: Line, columns: Sequence[Column], values: Sequence[Value], first: int = 0) -> None:
    """A cell for each column; `first` is the place of the first of them."""
    line.values(first, values, map(_style, columns))
