"""Cell formats of the 汇总表."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perfxl.finding import Severity
from perfxl.review import Status

_FONT = "宋体"
_RULE = "#BFBFBF"
INK, PAPER, HEAD = "#1F2A37", "#FFFFFF", "#E9EDF2"
_SEVERITY_COLOURS = {Severity.error: "#B42318", Severity.query: "#9A6700", Severity.info: "#3B5B7A"}
_STATUS_COLOURS: dict[Status, str] = {
    "accepted": "#1E6B3A",
    "returned": "#B42318",
    "unreadable": "#B42318",
    "skipped": "#6B7280",
}


class Formats:
    """Every format of the workbook, made once."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": _FONT, "font_size": 10, "font_color": INK, "valign": "vcenter"}
        cell = base | {"border": 1, "border_color": _RULE}
        text = cell | {"text_wrap": True, "quote_prefix": True}
        centred = cell | {"align": "center"}
        self.plain = book.add_format(base)
        self.title = book.add_format(base | {"font_size": 16, "bold": True})
        self.note = book.add_format(base | {"font_size": 9, "font_color": "#6B7280"})
        self.head = book.add_format(centred | {"bold": True, "bg_color": HEAD, "text_wrap": True})
        wrapped = book.add_format(text)
        self.label = book.add_format(cell | {"bold": True, "bg_color": HEAD, "align": "right"})
        self._named = {
            "text": wrapped,
            "wrapped": wrapped,
            "link": book.add_format(text | {"font_color": "#1D4E89", "underline": 1}),
            "word": book.add_format(text | {"align": "center"}),
            "count": book.add_format(centred | {"num_format": "0"}),
            "money": book.add_format(cell | {"num_format": "#,##0.00"}),
            "rate": book.add_format(cell | {"num_format": "0.00%"}),
            "points": book.add_format(centred | {"num_format": "0.##"}),
            "mean": book.add_format(centred | {"num_format": "0.00"}),
        }
        self._sums = {
            name: book.add_format(cell | {"bold": True, "bg_color": HEAD, "num_format": number_format})
            for name, number_format in (("money", "#,##0.00"), ("rate", "0.00%"), ("mean", "0.00"), ("count", "0"))
        }
        for severity, colour in _SEVERITY_COLOURS.items():
            self._named[severity.name] = book.add_format(
                text | {"font_color": colour, "bold": severity is Severity.error}
            )
        for status, colour in _STATUS_COLOURS.items():
            self._named[status] = book.add_format(text | {"font_color": colour, "bold": True, "align": "center"})
        # As XlsxWriter does when it writes a cell; our own rows need the numbers before.
        self.numbers: Mapping[str, int] = {name: one._get_xf_index() for name, one in self._named.items()}
        """Of the styles of rows, by name; a severity and a status are names too."""

    def by_name(self, name: str) -> Any:
        return self._named[name]

    def sum(self, name: str) -> Any:
        """For the rows below the table."""
        return self._sums[name]
