"""Write the published forms in `retyped/` as the workbooks a clerk would have returned.

    python examples/retyped.py

fills `returned/` beside this file. The words, figures, blanks and mistakes are those of the published
documents, in their own layouts; `retyped/forms.toml` says how the tables are written down. The same
data give the same bytes.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

HERE = Path(__file__).resolve().parent
DATA = HERE / "retyped"
RETURNED = HERE / "returned"

CREATED = datetime(2024, 1, 1, tzinfo=UTC)
"""Written into the document properties, so that a second run changes nothing."""

FORMATS: dict[str, dict[str, Any]] = {
    "title": {"font_size": 16, "bold": True, "align": "center"},
    "year": {"font_size": 11, "align": "center"},
    "text": {"font_size": 10, "align": "left"},
    "sign": {"font_size": 11, "align": "right"},
    "para": {"font_size": 12, "font_name": "仿宋", "align": "left"},
    "row": {"font_size": 10, "border": 1},
}
"""Row kind → format. In a table (`row`) long words stand left and everything else in the middle."""

COLUMN_UNIT, COLUMN_PADDING = 5.25, 3.75
"""Points in one unit of column width, and around each column (seven and five pixels at 96 dpi)."""

ONE_LINE = 20.0
"""Height of a row of one line in points; words in a table are centred if they fit on one, else set left."""


@dataclass
class Cell:
    """A cell with the block it covers: rows and columns are counted from 0, `down` and `right` from 1."""

    text: str
    down: int = 1
    right: int = 1


@dataclass(frozen=True)
class Typed:
    """What Excel makes of a cell's words: the value and the number format showing those words again."""

    value: str | float | date
    number_format: str = "General"
    quoted: bool = False


def typed(text: str) -> Typed:
    """Read `text` as Excel would on entry: a number, a percentage, a date, or else words."""
    if text.startswith("'"):
        return Typed(text[1:], "@")
    if match := re.fullmatch(r"(\d{4})([-/])(\d{1,2})[-/](\d{1,2})", text):
        year, sign, month, day = match.groups()
        shown = f"yyyy{sign}m{sign}d" if len(month + day) < 4 else f"yyyy{sign}mm{sign}dd"
        return Typed(date(int(year), int(month), int(day)), shown)
    if match := re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(%?)", text):
        whole, decimals, percent = match.group(1), match.group(2) or "", match.group(3)
        number = Decimal(whole.replace(",", "") + decimals)
        places = "." + "0" * (len(decimals) - 1) if decimals else ""
        if percent:
            return Typed(float(number / 100), f"0{places}%")
        if "," in whole:
            return Typed(float(number), f"#,##0{places}")
        return Typed(float(number), f"0{places}" if decimals.endswith("0") else "General")
    return Typed(text.replace("⏎", "\n").replace("␣", " "), quoted=text.startswith("="))


def read_cells(path: Path, columns: int) -> tuple[list[str], dict[tuple[int, int], Cell]]:
    """Return the kinds of the rows and the cells by place, merged blocks under their first cell.

    Raises `ValueError` where a block is not a rectangle.
    """
    kinds: list[str] = []
    cells: dict[tuple[int, int], Cell] = {}
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for row, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        kind, *texts = line.split("\t")
        kinds.append(kind)
        if kind in ("gap", "break"):
            continue
        for column, text in enumerate(texts + [""] * (columns - len(texts))):
            place = (row, column)
            if text in ("<", "^"):
                first = owner[row, column - 1] if text == "<" else owner[row - 1, column]
                cells[first].down = row - first[0] + 1
                cells[first].right = max(cells[first].right, column - first[1] + 1)
            else:
                first = place
                cells[place] = Cell(text)
            owner[place] = first
    for first, cell in cells.items():
        if list(owner.values()).count(first) != cell.down * cell.right:
            raise ValueError(f"{path.name}: the block at row {first[0] + 1} is not a rectangle")
    return kinds, cells


def points_across(widths: list[float]) -> float:
    """Width of neighbouring columns in points."""
    return sum(width * COLUMN_UNIT + COLUMN_PADDING for width in widths)


def height(text: str, across: float, size: float) -> float:
    """Points `text` needs in a cell `across` points wide; an estimate that errs on the tall side."""
    line = max(across - 8, size)
    extents = (sum(size if ord(sign) > 0x2000 else size * 0.55 for sign in part) for part in text.split("\n"))
    return sum(max(1, math.ceil(extent * 1.03 / line)) for extent in extents) * size * 1.4 + 5


def row_heights(kinds: list[str], cells: dict[tuple[int, int], Cell], widths: list[float]) -> list[float]:
    """Height of every row; what a block over several rows still lacks goes to its last row."""
    heights = [12.0 if kind in ("gap", "break") else ONE_LINE for kind in kinds]
    for (row, column), cell in sorted(cells.items(), key=lambda item: item[1].down):
        shown = cell.text.replace("⏎", "\n")
        across = points_across(widths[column : column + cell.right])
        needed = height(shown, across, FORMATS[kinds[row]]["font_size"])
        heights[row + cell.down - 1] += max(0.0, needed - sum(heights[row : row + cell.down]))
    return [min(round(points, 1), 409.0) for points in heights]


def write_sheet(book: Any, sheet: dict[str, Any]) -> None:
    """Add one sheet of forms.toml to `book`."""
    widths: list[float] = sheet["widths"]
    kinds, cells = read_cells(DATA / sheet["cells"], len(widths))
    page = book.add_worksheet(sheet["name"])
    if sheet.get("landscape", False):
        page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    page.center_horizontally()
    page.fit_to_pages(1, 0)
    page.set_h_pagebreaks([row + 1 for row, kind in enumerate(kinds) if kind == "break"])
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    for row, points in enumerate(row_heights(kinds, cells, widths)):
        page.set_row(row, points)
    for (row, column), cell in cells.items():
        entry = typed(cell.text)
        across = points_across(widths[column : column + cell.right])
        fits = height(cell.text.split("⏎")[0], across, 10) < ONE_LINE
        align = "center" if fits or column == 0 else "left"
        style = {"font_name": "宋体", "text_wrap": True, "valign": "vcenter", "align": align}
        style |= FORMATS[kinds[row]] | {"num_format": entry.number_format, "quote_prefix": entry.quoted}
        form = book.add_format(style)
        if cell.down * cell.right > 1:
            page.merge_range(row, column, row + cell.down - 1, column + cell.right - 1, "", form)
        if isinstance(entry.value, date):
            page.write_datetime(row, column, entry.value, form)
        elif isinstance(entry.value, float):
            page.write_number(row, column, entry.value, form)
        elif entry.value:
            page.write_string(row, column, entry.value, form)
        else:
            page.write_blank(row, column, None, form)


def main() -> None:
    """Write every workbook that forms.toml lists."""
    RETURNED.mkdir(exist_ok=True)
    for workbook in tomllib.loads((DATA / "forms.toml").read_text(encoding="utf-8"))["workbook"]:
        with xlsxwriter.Workbook(RETURNED / workbook["file"]) as book:
            book.set_properties({"created": CREATED})
            for sheet in workbook["sheet"]:
                write_sheet(book, sheet)


if __name__ == "__main__":
    main()
