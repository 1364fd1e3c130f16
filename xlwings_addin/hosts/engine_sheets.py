"""Sheets and ranges of our xlwings engine: values, formulas and places, each read in one call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import xlwings
from xlwings import base_classes

from perfxl.edit import AddSheet, Edit, RemoveSheet, SetFormula, SetValue
from perfxl.grid import Cell, CellValue, Grid, Merge, Workbook, column_letters
from xlwings_addin.hosts.address import area_of
from xlwings_addin.hosts.desk import Area, Desk, View

if TYPE_CHECKING:
    from xlwings_addin.hosts.engine import Book

_MAX_ROW, _MAX_COLUMN = 1_048_576, 16_384


class Sheets(base_classes.Sheets):
    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def api(self) -> Desk:
        return self.book.api

    @property
    def active(self) -> Sheet:
        return Sheet(self.book, self.api.view(self.book.handle).sheet)

    def _names(self) -> list[str]:
        return [grid.sheet for grid in self.book.content().grids]

    def __call__(self, name_or_index: str | int) -> Sheet:
        names = self._names()
        if isinstance(name_or_index, int):
            return Sheet(self.book, names[name_or_index - 1])
        for name in names:
            if name.casefold() == name_or_index.casefold():
                return Sheet(self.book, name)
        raise xlwings.NoSuchObjectError(name_or_index)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.casefold() in (one.casefold() for one in self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __iter__(self) -> Iterator[Sheet]:
        return iter([Sheet(self.book, name) for name in self._names()])

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """A new last sheet, whatever `before` and `after` say."""
        names = self._names()
        number = next(n for n in range(1, len(names) + 2) if f"Sheet{n}" not in names)
        new = name or f"Sheet{number}"
        self.book.change([AddSheet(new, ())])
        return Sheet(self.book, new)


class Sheet(base_classes.Sheet):
    name = ""
    book: Any = None

    def __init__(self, book: Book, name: str) -> None:
        self.book = book
        self.name = name

    @property
    def api(self) -> Desk:
        desk: Desk = self.book.api
        return desk

    def grid(self) -> Grid:
        """Its content in one call."""
        content: Workbook = self.book.content()
        for grid in content.grids:
            if grid.sheet == self.name:
                return grid
        raise xlwings.NoSuchObjectError(self.name)

    @property
    def index(self) -> int:
        return [sheet.name for sheet in self.book.sheets].index(self.name) + 1

    @property
    def visible(self) -> bool:
        return not self.grid().hidden

    @visible.setter
    def visible(self, value: bool) -> None:
        raise NotImplementedError

    @property
    def used_range(self) -> Range:
        grid = self.grid()
        rows = [row for row, _ in grid.cells] or [1]
        columns = [column for _, column in grid.cells] or [1]
        return Range(self, (min(rows), min(columns), max(rows), max(columns)))

    @property
    def cells(self) -> Range:
        return Range(self, (1, 1, _MAX_ROW, _MAX_COLUMN))

    def range(self, arg1: object, arg2: object = None) -> Range:
        first = self._area(arg1)
        last = self._area(arg2) if arg2 is not None else first
        rows = (first[0], first[2], last[0], last[2])
        columns = (first[1], first[3], last[1], last[3])
        return Range(self, (min(rows), min(columns), max(rows), max(columns)))

    def _area(self, given: object) -> Area:
        if isinstance(given, Range):
            return given.area
        if isinstance(given, tuple):
            row, column = given
            return row, column, row, column
        if isinstance(given, str):
            try:
                return area_of(given)
            except ValueError:
                return self._named(given)
        raise TypeError(given)

    def _named(self, name: str) -> Area:
        names = self.book.content().names
        refers_to = names.get(f"{self.name}!{name}", names.get(name))
        if refers_to is None:
            raise xlwings.NoSuchObjectError(name)
        return area_of(refers_to.rpartition("!")[2])

    def activate(self) -> None:
        view = self.api.view(self.book.handle)
        if view.sheet != self.name:
            self.api.reveal(self.book.handle, self.name, 1, 1)

    select = activate

    def delete(self) -> None:
        self.book.change([RemoveSheet(self.name)])


class Range(base_classes.Range):
    options: dict[str, Any] = {}

    def __init__(self, sheet: Sheet, area: Area) -> None:
        self.sheet = sheet
        self.area = area

    @property
    def api(self) -> Range:
        return self

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        return self.sheet.name, self.row, self.column, *self.shape

    @property
    def row(self) -> int:
        return self.area[0]

    @property
    def column(self) -> int:
        return self.area[1]

    @property
    def shape(self) -> tuple[int, int]:
        top, left, bottom, right = self.area
        return bottom - top + 1, right - left + 1

    def __len__(self) -> int:
        rows, columns = self.shape
        return rows * columns

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            row, column = divmod(row - 1, self.shape[1])
            row, column = row + 1, column + 1
        at = self.row + row - 1, self.column + column - 1
        return Range(self.sheet, (*at, *at))

    @property
    def address(self) -> str:
        return self.get_address(True, True, False)

    def get_address(self, row_absolute: bool, column_absolute: bool, external: bool) -> str:
        across, down = "$" * column_absolute, "$" * row_absolute
        top, left, bottom, right = self.area
        first = f"{across}{column_letters(left)}{down}{top}"
        last = f"{across}{column_letters(right)}{down}{bottom}"
        place = first if first == last else f"{first}:{last}"
        return f"'[{self.sheet.book.name}]{self.sheet.name}'!{place}" if external else place

    def _cells(self) -> list[list[Cell]]:
        grid = self.sheet.grid()
        top, left, bottom, right = self.area
        # A whole column is read as far as anything stands in it.
        bottom, right = max(top, min(bottom, grid.last_row)), max(left, min(right, grid.last_column))
        return [[grid.cell(row, column) for column in range(left, right + 1)] for row in range(top, bottom + 1)]

    @property
    def raw_value(self) -> list[list[CellValue]]:
        return [[cell.value for cell in row] for row in self._cells()]

    @raw_value.setter
    def raw_value(self, value: object) -> None:
        self._write(value)

    @property
    def formula(self) -> object:
        rows = [[cell.formula or cell.text for cell in row] for row in self._cells()]
        return rows[0][0] if len(self) == 1 else tuple(tuple(row) for row in rows)

    @formula.setter
    def formula(self, value: object) -> None:
        self._write(value)

    formula2 = formula

    def _write(self, value: object) -> None:
        """A scalar into every cell, or rows of values from the top left; a text that begins with = is a formula."""
        rows = value if isinstance(value, list | tuple) else [[value] * self.shape[1]] * self.shape[0]
        edits: list[Edit] = []
        for row, written in enumerate(rows, self.row):
            for column, one in enumerate(written, self.column):
                if isinstance(one, str) and one.startswith("="):
                    edits.append(SetFormula(self.sheet.name, row, column, one, None))
                else:
                    edits.append(SetValue(self.sheet.name, row, column, one))
        self.sheet.book.change(edits)

    def clear_contents(self) -> None:
        self._write(None)

    @property
    def number_format(self) -> str | None:
        """None where the cells differ."""
        found = {cell.number_format for row in self._cells() for cell in row}
        return found.pop() if len(found) == 1 else None

    @number_format.setter
    def number_format(self, value: str) -> None:
        raise NotImplementedError

    @property
    def merge_area(self) -> Range:
        merge = self._merge()
        return Range(self.sheet, (merge.top, merge.left, merge.bottom, merge.right))

    @property
    def merge_cells(self) -> bool:
        merge = self._merge()
        return (merge.top, merge.left) != (merge.bottom, merge.right)

    def _merge(self) -> Merge:
        return self.sheet.grid().merge_at(self.row, self.column)

    def select(self) -> None:
        desk, book = self.sheet.api, self.sheet.book.handle
        desk.reveal(book, self.sheet.name, self.row, self.column)
        if len(self) > 1:
            view = desk.view(book)
            desk.show(book, View(view.sheet, self.area, view.first_row, view.first_column))
