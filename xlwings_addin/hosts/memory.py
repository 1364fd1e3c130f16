"""Workbooks held in memory as the bytes of their files: no program is started, values stay as the file has them.

Protection holds as in Excel. What the person is told is kept, what the person answers is given beforehand.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from perfxl.edit import (
    AddSheet,
    Edit,
    LockEveryCell,
    ProtectSheet,
    ProtectStructure,
    RemoveSheet,
    SetFormula,
    SetProperty,
    SetValue,
)
from perfxl.editing import apply_edits, workbook_settings
from perfxl.grid import CellRef
from perfxl.refusals import protected, wrong_password
from perfxl.sources.raw_file import file_bytes
from perfxl.sources.xlsx import read_xlsx
from xlwings_addin.hosts.desk import Buttons, Calculation, Kind, View
from xlwings_addin.hosts.password import opens

_SCREEN_ROWS, _SCREEN_COLUMNS = 40, 20


@dataclass(frozen=True, slots=True)
class Message:
    """What an alert said."""

    prompt: str
    title: str
    buttons: Buttons
    critical: bool


@dataclass(slots=True)
class _Open:
    path: str
    data: bytes
    view: View
    calculation: Calculation = "automatic"


class MemoryDesk:
    """A `Desk` without a program. `answers` go to questions and alerts in turn; then None and the first button."""

    name = "memory"
    version = "1.0"
    pid = 0
    visible = False

    def __init__(self, answers: Iterable[str | None] = ()) -> None:
        self.answers = deque(answers)
        self.messages: list[Message] = []
        self.questions: list[tuple[Kind, str, str]] = []
        self.statuses: list[str | None] = []
        self._books: dict[str, _Open] = {}
        self._count = 0

    @property
    def status(self) -> str | None:
        return self.statuses[-1] if self.statuses else None

    @status.setter
    def status(self, text: str | None) -> None:
        self.statuses.append(text)

    # Workbooks

    def books(self) -> list[str]:
        return list(self._books)

    def path(self, book: str) -> str:
        return self._books[book].path

    def open(self, path: str, password: str | None = None) -> str:
        return self.put(file_bytes(Path(path)), str(Path(path).resolve()))

    def put(self, data: bytes, path: str) -> str:
        """A workbook from its bytes, opened in front."""
        first = next(grid.sheet for grid in read_xlsx(data, "").grids if not grid.hidden)
        self._count += 1
        handle = str(self._count)
        self._books = {handle: _Open(path, data, View(first, (1, 1, 1, 1), 1, 1)), **self._books}
        return handle

    def create(self) -> str:
        import xlsxwriter

        buffer = BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            book.add_worksheet()
        return self.put(buffer.getvalue(), f"Book{self._count + 1}")

    def close(self, book: str) -> None:
        del self._books[book]

    def activate(self, book: str) -> None:
        self._books = {book: self._books.pop(book), **self._books}

    def save(self, book: str, path: str | None, password: str | None) -> None:
        if password:
            raise NotImplementedError("内存中的工作簿不能加打开密码")
        state = self._books[book]
        state.path = os.path.realpath(path or state.path)
        Path(state.path).write_bytes(state.data)

    def save_copy(self, book: str, path: str) -> None:
        Path(path).write_bytes(self._books[book].data)

    def quit(self) -> None:
        self._books.clear()

    # Content

    def snapshot(self, book: str) -> bytes:
        return self._books[book].data

    def apply(self, book: str, edits: Sequence[Edit], password: str | None, *, lift: bool) -> None:
        state = self._books[book]
        _Protections(state.data).check(edits, password, lift)
        state.data = apply_edits(state.data, edits)
        sheets = [grid.sheet for grid in read_xlsx(state.data, "").grids if not grid.hidden]
        if state.view.sheet not in sheets:
            state.view = View(sheets[0], (1, 1, 1, 1), 1, 1)

    def calculation(self, book: str) -> Calculation:
        return self._books[book].calculation

    def set_calculation(self, book: str, mode: Calculation) -> None:
        for state in self._books.values():
            state.calculation = mode

    def calculate(self, book: str) -> None:
        """Results stay as the file has them."""

    # The person

    def view(self, book: str) -> View:
        return self._books[book].view

    def show(self, book: str, view: View) -> None:
        if view.sheet not in [grid.sheet for grid in read_xlsx(self._books[book].data, "").grids]:
            raise KeyError(view.sheet)
        self._books[book].view = view

    def reveal(self, book: str, sheet: str, row: int, column: int) -> None:
        old = self._books[book].view
        if old.sheet != sheet:
            old = View(sheet, old.selection, 1, 1)
        top, left = _scrolled(old.first_row, row, _SCREEN_ROWS), _scrolled(old.first_column, column, _SCREEN_COLUMNS)
        self.show(book, replace(old, selection=(row, column, row, column), first_row=top, first_column=left))

    def ask(self, kind: Kind, prompt: str, default: str = "") -> str | None:
        self.questions.append((kind, prompt, default))
        return self.answers.popleft() if self.answers else None

    def alert(self, prompt: str, title: str, buttons: Buttons, critical: bool) -> str:
        self.messages.append(Message(prompt, title, buttons, critical))
        answer = self.answers.popleft() if self.answers and buttons != "ok" else None
        return answer or buttons.partition("_")[0]


def _scrolled(first: int, wanted: int, size: int) -> int:
    return first if first <= wanted < first + size else max(1, wanted - size // 2)


class _Protections:
    """What is protected in a workbook."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        settings = workbook_settings(data)
        self._sheets = {name.casefold(): sheet.protection for name, sheet in settings.sheets.items()}
        self._structure = settings.structure

    def check(self, edits: Sequence[Edit], password: str | None, lift: bool) -> None:
        """Raises EditError where protection is in the way and cannot be lifted."""
        for place, protection in self._in_the_way(edits).items():
            if not lift:
                raise protected(place)
            if not opens(password or "", protection.password):
                raise wrong_password(place)

    def _in_the_way(self, edits: Sequence[Edit]) -> dict[str, ProtectSheet | ProtectStructure]:
        found: dict[str, ProtectSheet | ProtectStructure] = {}
        locked = self._locked(edits)
        for edit in edits:
            if isinstance(edit, AddSheet | RemoveSheet | ProtectStructure):
                if self._structure is not None:
                    found[""] = self._structure
            elif isinstance(edit, LockEveryCell):
                found |= {name: protection for name, protection in self._sheets.items() if protection}
            elif not isinstance(edit, SetProperty) and (protection := self._sheets.get(edit.sheet.casefold())):
                if not isinstance(edit, SetValue | SetFormula):
                    found[edit.sheet] = protection
                elif (edit.row, edit.column) in locked[edit.sheet.casefold()]:
                    found[CellRef("", edit.sheet, edit.row, edit.column).in_file] = protection
        return found

    def _locked(self, edits: Sequence[Edit]) -> dict[str, set[tuple[int, int]]]:
        """The locked ones among the cells that get a value: all filled for a look, for a grid has no blank cells."""
        targets = [edit for edit in edits if isinstance(edit, SetValue | SetFormula)]
        targets = [edit for edit in targets if self._sheets.get(edit.sheet.casefold())]
        filled = [SetValue(edit.sheet, edit.row, edit.column, Decimal(1)) for edit in targets]
        grids = {grid.sheet.casefold(): grid for grid in read_xlsx(apply_edits(self._data, filled), "").grids}
        return {
            name: {place for place, cell in grids[name].cells.items() if cell.locked}
            for name in {edit.sheet.casefold() for edit in targets}
        }
