"""Edits made in an open spreadsheet: all or none, one step to undo, protection put back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from itertools import groupby
from typing import Any

import unohelper
from com.sun.star.document import XUndoAction

from . import cells, marks, rows, sheets
from .refused import Refused
from .views import View

TITLE = "绩效自评"
_STRUCTURE = ""
_OF_THE_BOOK = ("LockEveryCell", "AddSheet", "RemoveSheet", "ProtectStructure", "SetProperty")
_MARKS = ("SetFill", "SetNote", "ClearMarks")
_OF_THE_STRUCTURE = ("AddSheet", "RemoveSheet", "ProtectStructure")


class _Step(unohelper.Base, XUndoAction):  # type: ignore[misc]
    """A change that LibreOffice records no undo for itself."""

    def __init__(self, history: Any, change: Callable[[], object], back: Callable[[], object]) -> None:
        self.Title = TITLE
        self._history = history
        self._change = change
        self._back = back

    def undo(self) -> None:
        unrecorded(self._history, self._back)

    def redo(self) -> None:
        unrecorded(self._history, self._change)


def unrecorded(history: Any, change: Callable[[], object]) -> None:
    """A change of which LibreOffice keeps nothing to undo."""
    history.lock()
    try:
        change()
    finally:
        history.unlock()


class Changes:
    """One application of edits to one document."""

    def __init__(self, session: Any, doc: Any, password: str | None, lift: bool) -> None:
        self.session = session
        self.doc = doc
        self._history = doc.getUndoManager()
        self._password = password or ""
        self._lift = lift
        self._lifted: dict[str, str] = {}
        """Sheets whose protection is to be put back, with its password; empty for the structure of the workbook."""

    def make(self, edits: list[dict[str, Any]]) -> None:
        """Raises Refused, or whatever LibreOffice raises; nothing is changed then."""
        view = View.of(self.doc)
        automatic = self.doc.isAutomaticCalculationEnabled()
        self.doc.enableAutomaticCalculation(False)
        self._history.enterUndoContext(TITLE)
        try:
            # First in, so that there is something to undo whatever happens.
            self.do(_nothing, _nothing)
            self._clear_the_way(edits)
            for (kind, sheet), group in groupby(edits, key=_target):
                self._make(kind, sheet, list(group))
            self._protect_again()
        except BaseException:
            self._history.leaveUndoContext()
            self._history.undo()
            self._history.clearRedo()
            self._protect_again()
            raise
        else:
            self._history.leaveUndoContext()
        finally:
            self.doc.enableAutomaticCalculation(automatic)
            if view.sheet in self.doc.Sheets.ElementNames:
                view.show(self.doc)

    def do(self, change: Callable[[], object], back: Callable[[], object]) -> None:
        """A change with its opposite, in place of what LibreOffice may or may not record of it."""
        unrecorded(self._history, change)
        self._history.addUndoAction(_Step(self._history, change, back))

    def sheet(self, name: str) -> Any:
        for found in self.doc.Sheets.ElementNames:
            if found.casefold() == name.casefold():
                return self.doc.Sheets.getByName(found)
        raise Refused("no_sheet", name)

    def free_all_sheets(self) -> None:
        """LibreOffice changes no cell style while any sheet is protected."""
        for name in self.doc.Sheets.ElementNames:
            self._free(name, name)

    def _make(self, kind: str, sheet: str, edits: list[dict[str, Any]]) -> None:
        if kind == "Write":
            for edit in edits:
                self._write(self.sheet(sheet), edit)
        elif kind == "Mark":
            marks.mark(self, self.sheet(sheet), edits)
        elif kind == "SetLocked":
            for edit in edits:
                cells.lock(self.sheet(sheet), edit["locked"], edit["cells"])
        elif kind == "SetFooter":
            for edit in edits:
                sheets.set_footer(self, self.sheet(sheet), edit["text"])
        elif kind == "InsertRow":
            for edit in edits:
                rows.insert(self.sheet(sheet), edit["row"], edit["like"])
        elif kind == "DeleteRow":
            for edit in edits:
                rows.delete(self.sheet(sheet), edit["row"])
        elif kind == "ProtectSheet":
            for edit in edits:
                self._protect(self.sheet(sheet).Name, edit["on"])
        else:
            for edit in edits:
                self._change_book(edit)

    def _write(self, sheet: Any, edit: dict[str, Any]) -> None:
        blanks = cells.noted_blanks(sheet, edit)
        if not blanks:
            cells.write(self.doc, sheet, edit)
            return
        # LibreOffice's undo of what is entered into a blank cell takes the note with it.
        notes = marks.Notes(self, sheet)
        taken = notes.take_off(blanks)
        cells.write(self.doc, sheet, edit)
        notes.put_back(taken)

    def _change_book(self, edit: dict[str, Any]) -> None:
        kind = edit["kind"]
        if kind == "AddSheet":
            self._add_sheet(edit)
        elif kind == "RemoveSheet":
            if self.doc.Sheets.Count == 1:
                raise Refused("only_sheet", edit["name"])
            name = self.sheet(edit["name"]).Name
            self._lifted.pop(name, None)
            self.doc.Sheets.removeByName(name)
        elif kind == "LockEveryCell":
            for name in self.doc.Sheets.ElementNames:
                cells.lock(self.doc.Sheets.getByName(name), True, None)
        elif kind == "ProtectStructure":
            self._protect(_STRUCTURE, edit["on"])
        elif kind == "SetProperty":
            sheets.set_property(self, edit["name"], edit["value"])
        else:
            raise ValueError(f"unknown edit {kind}")

    def _add_sheet(self, edit: dict[str, Any]) -> None:
        name = edit["name"]
        if any(other.casefold() == name.casefold() for other in self.doc.Sheets.ElementNames):
            raise Refused("sheet_exists", name)
        sheets.add(self.doc, edit)

    # Protection

    def _clear_the_way(self, edits: list[dict[str, Any]]) -> None:
        if any(edit["kind"] in _OF_THE_STRUCTURE for edit in edits):
            self._free(_STRUCTURE, "")
        if any(edit["kind"] == "LockEveryCell" for edit in edits):
            self.free_all_sheets()
        for edit in edits:
            if edit["kind"] == "Write":
                sheet = self.sheet(edit["sheet"])
                if sheet.isProtected() and (place := cells.first_locked(sheet, edit)):
                    self._free(sheet.Name, place)
            elif edit["kind"] not in _OF_THE_BOOK and edit["sheet"] in self.doc.Sheets.ElementNames:
                # A sheet that is only added by these edits is free.
                self._free(edit["sheet"], edit["sheet"])

    def _protectable(self, name: str) -> Any:
        return self.doc if name == _STRUCTURE else self.doc.Sheets.getByName(name)

    def _free(self, name: str, place: str) -> None:
        protected = self._protectable(name)
        if not protected.isProtected():
            return
        if not self._lift:
            raise Refused("protected", place)
        password = self._opened(protected)
        if password is None:
            raise Refused("wrong_password", place)
        self._lifted[name] = password

    def _opened(self, protected: Any) -> str | None:
        """Take the protection off. The password that did, which is none for a fresh form; None where it stays on."""
        for password in ("", self._password):
            with contextlib.suppress(Exception):
                protected.unprotect(password)
            if not protected.isProtected():
                return password
        return None

    def _protect(self, name: str, on: bool) -> None:
        """On or off, and no longer ours to put back."""
        self._lifted.pop(name, None)
        protected = self._protectable(name)
        if protected.isProtected():
            self._opened(protected)
        if on:
            protected.protect(self._password)

    def _protect_again(self) -> None:
        for name, password in self._lifted.items():
            protected = self._protectable(name)
            if not protected.isProtected():
                protected.protect(password)


def _target(edit: dict[str, Any]) -> tuple[str, str]:
    """Neighbours alike in this are made in one go."""
    kind = "Mark" if edit["kind"] in _MARKS else edit["kind"]
    return kind, "" if kind in _OF_THE_BOOK else edit["sheet"]


def _nothing() -> None:
    """Neither done nor undone."""
