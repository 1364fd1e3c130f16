"""Changes to a workbook that are not made yet: plain data, for a file or for a live book.

Rows and columns count from 1. A later edit of the same thing wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from perfxl.grid import CellError
from perfxl.problem import Problem

Constant = Decimal | str | bool | None


class Allowance(StrEnum):
    """What a protected sheet still lets a person do; the values are the names in the file format."""

    SELECT_LOCKED = "selectLockedCells"
    SELECT_UNLOCKED = "selectUnlockedCells"
    FORMAT_CELLS = "formatCells"
    FORMAT_COLUMNS = "formatColumns"
    FORMAT_ROWS = "formatRows"
    INSERT_COLUMNS = "insertColumns"
    INSERT_ROWS = "insertRows"
    INSERT_HYPERLINKS = "insertHyperlinks"
    DELETE_COLUMNS = "deleteColumns"
    DELETE_ROWS = "deleteRows"
    SORT = "sort"
    FILTER = "autoFilter"
    PIVOT_TABLES = "pivotTables"
    EDIT_OBJECTS = "objects"
    EDIT_SCENARIOS = "scenarios"


READING = frozenset(
    {Allowance.SELECT_LOCKED, Allowance.SELECT_UNLOCKED, Allowance.FORMAT_COLUMNS, Allowance.SORT, Allowance.FILTER}
)
"""What a locked form leaves free: select, filter, sort, column width."""


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """A password as the file keeps it; `digest` and `salt` in base64. Guards against slips, not against intent.

    `algorithm` empty: the sixteen bits of old files as they stand, in `digest`.
    """

    algorithm: str
    digest: str
    salt: str
    spins: int


@dataclass(frozen=True, slots=True)
class SetValue:
    """A constant in place of what the cell holds, formula included; None leaves a blank. The format stays."""

    sheet: str
    row: int
    column: int
    value: Constant


@dataclass(frozen=True, slots=True)
class SetFormula:
    """A native formula, starting with `=`, and its result. The format stays."""

    sheet: str
    row: int
    column: int
    formula: str
    value: Constant | CellError


@dataclass(frozen=True, slots=True)
class SetNote:
    """The author's note on a cell, None to remove it.

    A note by someone else stays: the text is put below it, and taken away from there. A cell with a threaded
    comment keeps it and gets no note.
    """

    sheet: str
    row: int
    column: int
    text: str | None
    author: str = "perfxl"


def signed(text: str, author: str) -> str:
    """A note's text with a last line by which it is known again where a program forgets its author."""
    return f"{text}\n〔{author}〕"


@dataclass(frozen=True, slots=True)
class SetFill:
    """A colour such as `FFFFC7CE` over the cell's own fill; None shows the cell's own again.

    Laid over as a conditional format, so the cell's own format is never touched. Formats of the form that colour
    the same cell stay in front.
    """

    sheet: str
    row: int
    column: int
    argb: str | None
    bold: bool = False
    italic: bool = False
    """For eyes and printers that see no colour."""


@dataclass(frozen=True, slots=True)
class ClearMarks:
    """Every note of the author on the sheet, and every SetFill, taken away, wherever the cells have moved to."""

    sheet: str
    author: str = "perfxl"


@dataclass(frozen=True, slots=True)
class SetLocked:
    """Whether the cells can be changed once the sheet is protected; `cells` None means all of the sheet."""

    sheet: str
    locked: bool
    cells: tuple[tuple[int, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class LockEveryCell:
    """No cell of any sheet can be changed once its sheet is protected. Changes the formats, not the cells."""


@dataclass(frozen=True, slots=True)
class ProtectSheet:
    """Sheet protection on or off. `password` None keeps the password there is; off drops it."""

    sheet: str
    on: bool
    allow: frozenset[Allowance] = READING
    password: PasswordHash | None = None


@dataclass(frozen=True, slots=True)
class ProtectStructure:
    """No adding, renaming, moving or deleting of sheets. `password` as in ProtectSheet."""

    on: bool
    password: PasswordHash | None = None


DEFAULT_SIZE = 11


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell of an added sheet looks. Colours as `FF0563C1`; `size` in points."""

    bold: bool = False
    underline: bool = False
    size: int = DEFAULT_SIZE
    colour: str | None = None
    fill: str | None = None
    border: bool = False
    wrap: bool = False
    centred: bool = False
    locked: bool = True


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class NewCell:
    """A cell of an added sheet. `link` is a (sheet, row, column) of the same workbook."""

    value: Constant = None
    look: Look = PLAIN
    link: tuple[str, int, int] | None = None


@dataclass(frozen=True, slots=True)
class AddSheet:
    """A new last sheet. `widths` in characters; the first `frozen_rows` stay in sight."""

    name: str
    rows: tuple[tuple[NewCell, ...], ...]
    widths: tuple[float, ...] = ()
    frozen_rows: int = 0


@dataclass(frozen=True, slots=True)
class RemoveSheet:
    """A sheet with everything only it uses."""

    name: str


@dataclass(frozen=True, slots=True)
class SetProperty:
    """A custom document property as text, None to remove it. Some programs cut values over 255 characters."""

    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class SetFooter:
    """The footer of every page in Excel's codes, such as `&L封签码 …&R&P`; an empty text removes it."""

    sheet: str
    text: str


@dataclass(frozen=True, slots=True)
class InsertRow:
    """A blank row at `row`, above what stands there; everything that names a place below follows.

    It has the looks and formulas of the row `like`, counted before the insertion. Merges and ranges that reach over
    the place grow, so a row belongs to what begins above it and ends at or below it.
    """

    sheet: str
    row: int
    like: int


@dataclass(frozen=True, slots=True)
class DeleteRow:
    """The row taken out; what begins in it and reaches further down stays with its first cell's content."""

    sheet: str
    row: int


SheetEdit = (
    SetValue
    | SetFormula
    | SetNote
    | SetFill
    | ClearMarks
    | SetLocked
    | ProtectSheet
    | SetFooter
    | InsertRow
    | DeleteRow
)
"""On one sheet, which `sheet` names."""
BookEdit = LockEveryCell | ProtectStructure | AddSheet | RemoveSheet | SetProperty
Edit = SheetEdit | BookEdit


@dataclass(frozen=True, slots=True)
class SheetSettings:
    """What ProtectSheet, SetLocked and SetFooter change. `protection` None: the sheet is free."""

    footer: str
    protection: ProtectSheet | None
    unlocked: tuple[tuple[int, int], ...]
    """Cells by row and column, of those that are written in the file."""


@dataclass(frozen=True, slots=True)
class WorkbookSettings:
    """Its worksheets by name. `structure` None: sheets may be added and removed."""

    sheets: Mapping[str, SheetSettings]
    structure: ProtectStructure | None


class EditError(Problem):
    """An edit that cannot be made; the file is as it was, and both sentences say so."""
