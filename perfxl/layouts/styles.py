"""How the official forms look: cell formats as XlsxWriter properties, and the space that a text takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from math import ceil

Look = Mapping[str, object]

SONG, HEI = "宋体", "黑体"
SIZE = 10
LINE_POINTS = 13.5
PADDING_POINTS = 6.0
_PIXELS_PER_POINT = 96 / 72
_PIXELS_PER_CHARACTER, _CELL_PIXELS = 7, 5

DEFAULT: Look = {"font_name": SONG, "font_size": SIZE}
"""Of the workbook: its digits, 7 pixels wide, are the unit of column widths."""
_TEXT: Look = {**DEFAULT, "valign": "vcenter", "text_wrap": True}
_CELL: Look = {**_TEXT, "border": 1}
TITLE: Look = {"font_name": HEI, "font_size": 18, "align": "center", "valign": "vcenter"}
YEAR_LINE: Look = {"font_name": SONG, "font_size": 12, "align": "center", "valign": "vcenter"}
LABEL: Look = {**_CELL, "align": "center"}
SECTION: Look = {**_CELL, "align": "center", "bold": True}
PRINTED: Look = {**_CELL, "align": "left"}
NOTE_LINE: Look = {**_TEXT, "font_size": 9, "align": "left"}
COMPUTED: Look = {**_CELL, "align": "center"}
AMOUNT: Look = {**_CELL, "text_wrap": False, "shrink": True, "align": "center"}

AS_TEXT = 49
"""The number format @."""
# Texts are typed into such cells: 3-5 stays 3-5 and =100% stays a text. Long texts are not, because
# older programs show #### for more than 255 characters in such a cell.
INPUT: Look = {**_CELL, "align": "left", "locked": False, "num_format": AS_TEXT}
INPUT_CENTRED: Look = {**INPUT, "align": "center"}
INPUT_LONG: Look = {**INPUT, "num_format": "General", "valign": "top"}
INPUT_POINTS: Look = {**INPUT_CENTRED, "num_format": "General"}
INPUT_AMOUNT: Look = {**AMOUNT, "locked": False}
INPUT_DATE: Look = {**INPUT_CENTRED, "num_format": "yyyy-mm-dd"}
INPUT_RATE: Look = {**INPUT_CENTRED, "num_format": "0.00%"}
AMOUNT_FORMATS = {"元": "#,##0.00", "万元": "#,##0.00####"}

HELPER_HEADER: Look = {**_CELL, "align": "center", "font_color": "#7F7F7F", "bg_color": "#F2F2F2"}
HELPER: Look = {**_CELL, "align": "center", "font_color": "#7F7F7F", "border_color": "#BFBFBF"}
HELPER_INPUT: Look = {**HELPER, "locked": False}
HINT: Look = {**HELPER, "align": "left", "font_color": "#C00000"}
VERDICT: Look = {**DEFAULT, "font_color": "#C00000", "valign": "vcenter"}
# An empty cell in a tall font keeps a row tall that Excel is free to fit to its text.
STRUT: Look = {"font_size": 17}
STRUT_POINTS = 22.0

TO_FILL: Look = {"bg_color": "#FFF9DB"}
TO_MEND: Look = {"bg_color": "#FDE4E1"}

SHEET_TITLE: Look = {"font_name": HEI, "font_size": 14, "valign": "vcenter"}
HEADING: Look = {"font_name": HEI, "font_size": 11, "valign": "vcenter"}
PARAGRAPH: Look = {**_TEXT, "valign": "top"}
LINK: Look = {**_CELL, "align": "center", "font_color": "#0563C1", "underline": 1}
TABLE_HEADER: Look = {**_CELL, "align": "center", "bold": True, "bg_color": "#F2F2F2"}


def pixels(width: float) -> float:
    """The pixels of a column that is `width` characters wide."""
    return width * _PIXELS_PER_CHARACTER + _CELL_PIXELS


def lines(text: str, room: float, size: float = SIZE) -> int:
    """Lines that a text takes in `room` pixels. A Chinese character is as wide as the font is high."""
    em = size * _PIXELS_PER_POINT
    return sum(max(1, ceil(_ems(line) * em / max(room - _CELL_PIXELS, em))) for line in text.split("\n"))


def _ems(line: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.55 for character in line)


def stacked(label: str) -> str:
    """A label for a narrow column: two characters to a line, a part in brackets on a line of its own."""
    text, bracket, rest = label.partition("（")
    pairs = [text[start : start + 2] for start in range(0, len(text), 2)]
    return "\n".join([*pairs, bracket + rest] if bracket else pairs)


def width_of(label: str) -> float:
    """The width of a column, in characters, that takes every line of a label."""
    widest = max((_ems(line) for line in label.split("\n")), default=0.0)
    return (widest * SIZE * _PIXELS_PER_POINT + _CELL_PIXELS) / _PIXELS_PER_CHARACTER


def percent_format(share: str) -> str:
    """A number format that shows a share of 1, given as its plain decimal digits, as a percentage in full."""
    decimals = max(len(share.partition(".")[2].rstrip("0")) - 2, 0)
    return "0." + "0" * decimals + "%" if decimals else "0%"
