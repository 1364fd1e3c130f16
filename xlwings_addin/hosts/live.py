"""A live workbook as the core knows it: read as a `Workbook`, changed by `Edit`s, on every host alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from perfxl.edit import Edit
from perfxl.editing import apply_edits
from perfxl.grid import Workbook
from perfxl.sources.xlsx import read_xlsx
from xlwings_addin.hosts.desk import Host, Kind, View

if TYPE_CHECKING:
    import xlwings as xw


def read_live(book: xw.Book) -> Workbook:
    """The workbook as saving it now and reading the file would give it, in one call. Raises UnreadableFile."""
    return read_xlsx(snapshot(book), book.name)


def snapshot(book: xw.Book) -> bytes:
    """The .xlsx file that saving would write now; nothing is saved."""
    host, handle = _host(book)
    return host.snapshot(handle)


def apply_live(book: xw.Book, edits: Sequence[Edit], *, password: str | None = None, data: bytes | None = None) -> None:
    """Make the edits in the open workbook, all or none; nothing is saved. Raises EditError.

    They are first made on a copy, so that what cannot be done at all is found before anything is written.
    Protection in the way is lifted with `password` and put back whatever happens. `password` is also the one that an
    edit's `PasswordHash` was made from: no program takes a hash. `data` is what `snapshot` has just given.
    """
    if not edits:
        return
    host, handle = _host(book)
    apply_edits(host.snapshot(handle) if data is None else data, edits)
    host.apply(handle, edits, password, lift=True)


def save_copy(book: xw.Book, path: str) -> None:
    """The workbook as it is now into another .xlsx file; the open one keeps its name and its unsaved changes."""
    host, handle = _host(book)
    host.save_copy(handle, path)


def ask(book: xw.Book, kind: Kind, prompt: str, default: str = "") -> str | None:
    """A line of text, a password, an existing file or a folder from the person; None when called off."""
    return _host(book)[0].ask(kind, prompt, default)


def reveal(book: xw.Book, sheet: str, row: int, column: int) -> None:
    """Select the cell, with its sheet in front, and scroll only where it is out of sight."""
    host, handle = _host(book)
    host.reveal(handle, sheet, row, column)


def active_cell(book: xw.Book) -> tuple[str, int, int]:
    """Sheet, row and column of the selection's first cell."""
    there = view(book)
    return there.sheet, there.selection[0], there.selection[1]


def view(book: xw.Book) -> View:
    """The sheet in front, the selection and what is scrolled to; `apply_live` leaves it as it is."""
    host, handle = _host(book)
    return host.view(handle)


def show(book: xw.Book, wanted: View) -> None:
    """Go there."""
    host, handle = _host(book)
    host.show(handle, wanted)


def _host(book: xw.Book) -> tuple[Host, Any]:
    """The program that holds the workbook, and its own handle."""
    if book.app.engine.name == "excel":
        from xlwings_addin.hosts.excel import ExcelHost

        return ExcelHost(book.app.api), book.api
    return book.app.impl.desk, book.impl.handle
