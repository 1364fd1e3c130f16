"""A sheet as plain data, whatever kind of file it came from. Nothing here knows a library."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from operator import itemgetter
from typing import NamedTuple

from perfxl.kept import Known
from perfxl.number_format import shown_number
from perfxl.problem import Clause


class CellRef(NamedTuple):
    """A place a person can find. Rows and columns count from 1. A row of 0 means the sheet or the whole file; a column
    of 0 the whole row: a paragraph of a text.

    `words` are what a document has in place of letters and numbers: `表2 第7行 第3列`. Empty for a sheet's cell.

    A tuple, as Cell and Located are: a workbook has hundreds of them, and a frozen dataclass takes four times as long
    to make, to compare and to hash.
    """

    file: str
    sheet: str = ""
    row: int = 0
    column: int = 0
    words: str = ""

    @property
    def address(self) -> str:
        """`D6`, the words of a document's place, or an empty string for a whole sheet or file."""
        return self.words or (f"{column_letters(self.column)}{self.row}" if self.row else "")

    @property
    def in_file(self) -> str:
        """`自评表!D6` or `表2 第7行 第3列`: the place within its file."""
        return self.words or (f"{self.sheet}!{self.address}" if self.row else self.sheet)

    def __str__(self) -> str:
        return f"{self.file} › {self.in_file}" if self.sheet else self.file


_made: Callable[[type[CellRef], tuple[str, str, int, int, str]], CellRef] = tuple.__new__
"""CellRef(...) itself goes through Python, which takes twice as long."""


@cache
def column_letters(column: int) -> str:
    """1 → A, 28 → AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value such as `#DIV/0!`. Neither a blank nor a number."""

    code: str


CellValue = Decimal | str | bool | datetime | CellError | None


class Cell(NamedTuple):
    """One cell. `value` is the constant or the cached result of `formula`; None is blank."""

    value: CellValue
    formula: str | None = None
    number_format: str = "General"
    locked: bool = True

    @property
    def text(self) -> str:
        """What a person sees: `98.58%` for 0.98576 shown as 0.00 %, `1,040,000.00`, `2020-03-31`, `#DIV/0!`."""
        value = self.value
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, Decimal):
            return shown_number(value, self.number_format)
        if isinstance(value, datetime):
            return value.strftime("%Y-%m-%d" if value.time().isoformat() == "00:00:00" else "%Y-%m-%d %H:%M")
        return value.code


BLANK_CELL = Cell(None)


class Merge(NamedTuple):
    """A merged range, corners included."""

    top: int
    left: int
    bottom: int
    right: int


_WIDE = 10_000
_NO_MERGES: Mapping[int, Merge] = {}


@dataclass(frozen=True)
class Grid:
    """One sheet. `cells` holds the non-blank cells by (row, column); a merge's value sits in its top left cell."""

    file: str
    sheet: str
    cells: Mapping[tuple[int, int], Cell]
    merges: tuple[Merge, ...] = ()
    hidden: bool = False
    protected: bool = False
    hidden_rows: Set[int] = frozenset()
    row_places: Mapping[int, str] = field(default_factory=dict)
    """How a row's places are said where there are no column letters: `表2 第7行 第{column}列`. Empty for a sheet."""

    def ref(self, row: int, column: int) -> CellRef:
        places = self.row_places
        words = places[row].format(column=column) if places and row in places else ""
        return _made(CellRef, (self.file, self.sheet, row, column, words))

    def row_words(self, row: int) -> str:
        """A row as a person finds it: `第7行`, in a document `表2 第7行`."""
        return self.row_places.get(row, f"第{row}行").removesuffix(" 第{column}列")

    def cell(self, row: int, column: int) -> Cell:
        """The cell itself; blank for the covered cells of a merge."""
        return self.cells.get((row, column), BLANK_CELL)

    def text(self, row: int, column: int) -> str:
        return self.cell(row, column).text

    def merge_at(self, row: int, column: int) -> Merge:
        """The merge that covers the cell, or a range of that one cell."""
        return self.merge_over(row, column) or Merge(row, column, row, column)

    def merge_over(self, row: int, column: int) -> Merge | None:
        """The merge that covers the cell, None for none."""
        if (merge := self._covered.get(row, _NO_MERGES).get(column)) is not None:
            return merge
        for merge in self._wide:
            if merge.top <= row <= merge.bottom and merge.left <= column <= merge.right:
                return merge
        return None

    def merges_over(self, row: int, last: int) -> Mapping[int, Merge]:
        """The merges that cover cells of a row, by column, those up to column `last` at least."""
        if not self._wide:
            return self._covered.get(row, _NO_MERGES)
        return {column: merge for column in range(1, last + 1) if (merge := self.merge_over(row, column))}

    def spread(self, row: int, column: int) -> Cell:
        """The cell, or for a covered cell of a merge the merge's value."""
        merge = self.merge_at(row, column)
        return self.cell(merge.top, merge.left)

    def free(self, row: int, column: int) -> bool:
        """Whether a value can be put there: the cell is blank and no other cell's merge covers it."""
        merge, cell = self.merge_at(row, column), self.cell(row, column)
        return (merge.top, merge.left) == (row, column) and cell.value is None and cell.formula is None

    def rows(self) -> Iterator[tuple[int, list[tuple[int, Cell]]]]:
        """Rows with content from the top, each with its (column, cell) pairs from the left."""
        return iter(self.by_row.items())

    def row(self, row: int) -> list[tuple[int, Cell]]:
        return self.by_row.get(row, [])

    @cached_property
    def last_row(self) -> int:
        return max(self.by_row, default=0)

    @cached_property
    def last_column(self) -> int:
        return max([cells[-1][0] for cells in self.by_row.values()], default=0)

    @cached_property
    def by_row(self) -> dict[int, list[tuple[int, Cell]]]:
        """The same by row, for those who look up each row of a sheet."""
        rows: dict[int, list[tuple[int, Cell]]] = {}
        last = -1
        for (row, column), cell in sorted(self.cells.items(), key=itemgetter(0)):
            if row != last:
                cells = rows[row] = []
                last = row
            cells.append((column, cell))
        return rows

    @cached_property
    def _covered(self) -> Mapping[int, Mapping[int, Merge]]:
        """By row and column."""
        # A merge may cover a million cells; only those inside the used range can ever be asked for. One stray
        # far cell makes the whole sheet the used range, so merges of many cells are left to `_wide`.
        if self.last_row * self.last_column <= _WIDE:
            return _usually_covered(self.merges, self.last_row, self.last_column)
        wide = set(self._wide)
        return _covered([merge for merge in self.merges if merge not in wide], self.last_row, self.last_column)

    @cached_property
    def _wide(self) -> tuple[Merge, ...]:
        """Merges of more than that many cells of the used range."""
        last_row, last_column = self.last_row, self.last_column
        if last_row * last_column <= _WIDE:
            return ()
        return tuple(
            merge
            for merge in self.merges
            if (min(merge.bottom, last_row) - merge.top + 1) * (min(merge.right, last_column) - merge.left + 1) > _WIDE
        )


@dataclass(frozen=True)
class Workbook:
    """A file as read: its sheets in order and what else matters to a check."""

    file: str
    grids: tuple[Grid, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    """Custom document properties."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Defined names, with what they refer to as text."""
    macros: bool = False
    """Whether the file brings programs along, which nobody runs."""
    misnamed: tuple[Clause, Clause] | None = None
    """The ending of the file's name and what its content is instead; None where they agree."""


def _covered(merges: Iterable[Merge], last_row: int, last_column: int) -> Mapping[int, Mapping[int, Merge]]:
    covered: defaultdict[int, dict[int, Merge]] = defaultdict(dict)
    for merge in merges:
        top, left, bottom, right = merge
        line = dict.fromkeys(range(left, min(right, last_column) + 1), merge)
        for row in range(top, min(bottom, last_row) + 1):
            covered[row].update(line)
    return dict(covered)


_usually_covered = lru_cache(maxsize=64)(_covered)
"""The forms of a batch have few shapes."""


def _normalised(text: str) -> str:
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    if folded.isprintable():
        return folded
    return "".join(c for c in folded if unicodedata.category(c) != "Cf")


normalised: Callable[[str], str] = Known(_normalised, 8192, 100).__getitem__
"""Text as labels are compared: NFKC, without white space, line breaks and invisible format characters.

Labels and names are kept: they are compared many times each and come again in the forms of a batch.
"""
