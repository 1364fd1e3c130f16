"""What a program with open workbooks offers. Every method is one call across to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from perfxl.edit import Edit

Area = tuple[int, int, int, int]
"""Top, left, bottom, right, corners included; rows and columns count from 1."""

Kind = Literal["text", "password", "file", "folder"]
Buttons = Literal["ok", "ok_cancel", "yes_no", "yes_no_cancel"]
Calculation = Literal["automatic", "manual", "semiautomatic"]


@dataclass(frozen=True, slots=True)
class View:
    """Where a person is in a workbook: the sheet in front, what is selected there, and what is scrolled to."""

    sheet: str
    selection: Area
    first_row: int
    first_column: int


class Host(Protocol):
    """What the macros need and xlwings does not offer alike everywhere. `book` is the host's own handle."""

    def snapshot(self, book: Any) -> bytes:
        """The .xlsx file that saving would write now. Nothing is saved, and the workbook does not change."""

    def apply(self, book: Any, edits: Sequence[Edit], password: str | None, *, lift: bool) -> None:
        """Make the edits, all or none. Raises EditError.

        With `lift` protection in the way is taken off with `password` and put back whatever happens; without it a
        locked cell refuses, as it does to a person who types.
        """

    def view(self, book: Any) -> View:
        """Where the person is."""

    def show(self, book: Any, view: View) -> None:
        """Go there."""

    def reveal(self, book: Any, sheet: str, row: int, column: int) -> None:
        """Select the cell, with its sheet in front, and scroll only where it is out of sight."""

    def save_copy(self, book: Any, path: str) -> None:
        """The workbook as it is now into another .xlsx file; the open one keeps its name and its unsaved changes."""

    def ask(self, kind: Kind, prompt: str, default: str = "") -> str | None:
        """A line of text, a password, an existing file or a folder from the person; None when called off."""


class Desk(Host, Protocol):
    """A host that our own xlwings engine drives, too."""

    name: str
    pid: int
    visible: bool
    status: str | None

    @property
    def version(self) -> str: ...

    def books(self) -> list[str]:
        """Handles, the active workbook first."""

    def path(self, book: str) -> str:
        """The full path, or the name alone of a workbook that was never saved."""

    def open(self, path: str, password: str | None = None) -> str: ...

    def create(self) -> str: ...

    def close(self, book: str) -> None:
        """Without saving."""

    def activate(self, book: str) -> None: ...

    def save(self, book: str, path: str | None, password: str | None) -> None: ...

    def calculation(self, book: str) -> Calculation: ...

    def set_calculation(self, book: str, mode: Calculation) -> None: ...

    def calculate(self, book: str) -> None: ...

    def alert(self, prompt: str, title: str, buttons: Buttons, critical: bool) -> str:
        """The button that the person chose: ok, cancel, yes or no."""

    def quit(self) -> None: ...
