"""A sheet being drawn. It remembers what each cell holds, so that every formula is saved with its own result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from perfxl.expr import Expr, NotComputable, Value
from perfxl.layouts import styles
from perfxl.layouts.styles import Look
from perfxl.live_formula import live_formula

_TALLEST = 400
"""Points; Excel takes 409."""

Constant = str | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Box:
    """A cell or a merged range. Rows and columns count from 0, as XlsxWriter counts."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def cell(cls, row: int, column: int) -> Box:
        return cls(row, column, row, column)

    @classmethod
    def line(cls, row: int, left: int, right: int) -> Box:
        return cls(row, left, row, right)

    @property
    def single(self) -> bool:
        return (self.top, self.left) == (self.bottom, self.right)

    @property
    def first(self) -> Box:
        """The top left cell."""
        return Box.cell(self.top, self.left)

    @property
    def address(self) -> str:
        """`D6`, of the top left cell."""
        return str(xl_rowcol_to_cell(self.top, self.left))

    @property
    def absolute(self) -> str:
        """`$D$6`, of the top left cell."""
        return str(xl_rowcol_to_cell(self.top, self.left, row_abs=True, col_abs=True))

    @property
    def range(self) -> str:
        """`D6:F9`, or `D6`."""
        return str(xl_range(self.top, self.left, self.bottom, self.right))

    @property
    def absolute_range(self) -> str:
        last = xl_rowcol_to_cell(self.bottom, self.right, row_abs=True, col_abs=True)
        return self.absolute if self.single else f"{self.absolute}:{last}"


class _FormWorksheet(Worksheet):  # type: ignore[misc]
    """XlsxWriter marks every height as set by hand; spreadsheet programs leave such rows alone for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.fitted: set[int] = set()

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Without the `=`. A form has only functions that Excel 2007 knows; XlsxWriter would search every formula for
        each name of the later ones, in more time than all the rest of writing takes."""
        return formula.removeprefix("=")

    def _xml_start_tag_unencoded(self, tag: str, attributes: list[tuple[str, Any]] | None = None) -> None:
        if tag == "row" and attributes and dict(attributes)["r"] - 1 in self.fitted:
            attributes = [pair for pair in attributes if pair[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes or [])


class Sheet:
    """One worksheet. `widths` are in characters, one per column from A.

    With `live` the formulas that have a function of the add-in call it: see `perfxl.live_formula`.
    """

    def __init__(self, book: Workbook, name: str, widths: tuple[float, ...], *, live: bool = False) -> None:
        self.book = book
        self.live = live
        self.name = name
        self.widths = widths
        self.raw = book.add_worksheet(name, _FormWorksheet)
        self._values: dict[tuple[int, int], Value] = {}
        self._least: dict[int, float] = {}
        self._needed: dict[int, float] = {}
        for column, width in enumerate(widths):
            self.raw.set_column(column, column, width)

    def look(self, look: Look) -> Any:
        """The workbook's format for these properties."""
        formats: dict[tuple[tuple[str, object], ...], Any] = self.book.__dict__.setdefault("perfxl_formats", {})
        key = tuple(sorted(look.items()))
        if key not in formats:
            formats[key] = self.book.add_format(dict(look))
        return formats[key]

    def on(self, box: Box, absolute: bool = True) -> str:
        """`'自评表'!$D$6:$F$9`: the range as other sheets and names refer to it."""
        return f"'{self.name}'!{box.absolute_range if absolute else box.range}"

    def value(self, box: Box) -> Value:
        return self._values.get((box.top, box.left))

    def column_values(self, box: Box) -> tuple[Value, ...]:
        return tuple(
            self._values.get((row, column))
            for row in range(box.top, box.bottom + 1)
            for column in range(box.left, box.right + 1)
        )

    def write(self, box: Box, value: Constant, look: Look) -> None:
        """A constant, or a blank cell for None and an empty text."""
        form = self._merge(box, look, str(value or ""))
        if isinstance(value, str) and value:
            if value[0] in "=+-@" and look.get("num_format") != styles.AS_TEXT:
                form = self.look({**look, "quote_prefix": True})
            self.raw.write_string(box.top, box.left, value, form)
        elif isinstance(value, Decimal):
            self.raw.write_number(box.top, box.left, float(value), form)
        elif isinstance(value, date):
            self.raw.write_datetime(box.top, box.left, value, form)
        else:
            self.raw.write_blank(box.top, box.left, None, form)
        self._values[box.top, box.left] = str(value) if isinstance(value, date) else value or None
        if isinstance(value, Decimal):
            self._values[box.top, box.left] = value

    def compute(
        self,
        box: Box,
        expr: Expr,
        cells: Mapping[str, Box],
        look: Look,
        ranges: Mapping[str, Box] = MappingProxyType({}),
        function: tuple[str, ...] = (),
    ) -> None:
        """A formula with its result. `cells` and `ranges` tell where the expression's inputs stand.

        `function` is the add-in's function that computes the same, and the names of its arguments in order.
        """
        addresses = {name: place.address for name, place in cells.items()}
        values: dict[str, Value | tuple[Value, ...]] = {name: self.value(place) for name, place in cells.items()}
        for name, place in ranges.items():
            addresses[name] = place.range
            values[name] = self.column_values(place)
        formula = expr.excel(addresses)
        if self.live and function:
            formula = live_formula(function[0], [addresses.get(name, "") for name in function[1:]], formula)
        self.say(box, formula, expr.evaluate(values), look)

    def say(self, box: Box, formula: str, result: Value, look: Look) -> None:
        """A formula given as text, with its result."""
        form = self._merge(box, look, result if isinstance(result, str) else "")
        shown: object = "" if result is None else result
        if isinstance(result, Decimal):
            shown = float(result)
        elif isinstance(result, NotComputable):
            shown = str(result)
        self.raw.write_formula(box.top, box.left, f"={formula}", form, shown)
        self._values[box.top, box.left] = result

    def least(self, row: int, points: float) -> None:
        """The row is at least this tall."""
        self._least[row] = max(points, self._least.get(row, 0))

    def fit(self, row: int) -> None:
        """The spreadsheet program may fit this row to its text when something is typed into it."""
        self.raw.fitted.add(row)

    def finish(self) -> None:
        """Set the height of every row that holds something."""
        for row in self._least.keys() | self._needed.keys():
            needed = self._needed.get(row, 0.0) + styles.PADDING_POINTS
            self.raw.set_row(row, min(max(self._least.get(row, 0.0), needed), _TALLEST))

    def _merge(self, box: Box, look: Look, text: str) -> Any:
        form = self.look(look)
        if not box.single:
            self.raw.merge_range(box.top, box.left, box.bottom, box.right, "", form)
        if look.get("text_wrap") and box.top == box.bottom:
            room = sum(styles.pixels(self.widths[column]) for column in range(box.left, box.right + 1))
            size = look.get("font_size")
            assert isinstance(size, int)
            needed = styles.lines(text, room, size) * styles.LINE_POINTS * size / styles.SIZE
            self._needed[box.top] = max(needed, self._needed.get(box.top, 0.0))
        return form
