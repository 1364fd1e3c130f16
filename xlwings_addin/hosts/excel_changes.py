"""Edits made in a workbook that Excel has open. Each step leaves behind what takes it back."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from perfxl.edit import (
    AddSheet,
    Allowance,
    DeleteRow,
    Edit,
    InsertRow,
    LockEveryCell,
    ProtectSheet,
    ProtectStructure,
    RemoveSheet,
    SetFooter,
    SetFormula,
    SetLocked,
    SetProperty,
    SetValue,
)
from perfxl.refusals import only_sheet, protected, wrong_password
from xlwings_addin.hosts.blocks import blocks
from xlwings_addin.hosts.excel_cells import area, as_typed, contents, parts_alike, put, ranges
from xlwings_addin.hosts.excel_marks import mark
from xlwings_addin.hosts.excel_rows import delete_row, insert_row
from xlwings_addin.hosts.excel_sheet import add_sheet

_VERY_HIDDEN = 2
_STRING = 4
_ALLOWED = {
    Allowance.FORMAT_CELLS: "AllowFormattingCells",
    Allowance.FORMAT_COLUMNS: "AllowFormattingColumns",
    Allowance.FORMAT_ROWS: "AllowFormattingRows",
    Allowance.INSERT_COLUMNS: "AllowInsertingColumns",
    Allowance.INSERT_ROWS: "AllowInsertingRows",
    Allowance.INSERT_HYPERLINKS: "AllowInsertingHyperlinks",
    Allowance.DELETE_COLUMNS: "AllowDeletingColumns",
    Allowance.DELETE_ROWS: "AllowDeletingRows",
    Allowance.SORT: "AllowSorting",
    Allowance.FILTER: "AllowFiltering",
    Allowance.PIVOT_TABLES: "AllowUsingPivotTables",
}
_FOOTERS = {"L": "LeftFooter", "C": "CenterFooter", "R": "RightFooter"}


class Changes:
    """One application of edits to one workbook."""

    def __init__(self, application: Any, book: Any, password: str, *, lift: bool) -> None:
        self.application = application
        self.book = book
        self.back: list[Callable[[], object]] = []
        self._password = password
        self._lift = lift
        self._again: dict[str, Callable[[], object]] = {}
        """What puts a lifted protection back, by the sheet's name; empty for the structure of the workbook."""
        self._aside: list[Any] = []
        """Removed sheets: hidden under another name until everything else is done."""

    def make(self, edits: Sequence[Edit]) -> None:
        """Raises EditError or what Excel raises; `take_back` must follow then."""
        self._clear_the_way(edits)
        for (kind, sheet), group in groupby(edits, key=_target):
            self._make(kind, sheet, list(group))
        for again in self._again.values():
            again()
        for sheet in self._aside:
            sheet.Visible = True
            sheet.Delete()

    def take_back(self) -> None:
        """All steps so far from the last to the first, then protection. A step that fails stops no other."""
        for back in [*reversed(self.back), *self._again.values()]:
            with contextlib.suppress(Exception):
                back()

    def _make(self, kind: str, name: str, edits: list[Edit]) -> None:
        if kind == "Write":
            self._write(self.book.Worksheets(name), edits)
            return
        if kind == "Mark":
            mark(self, self.book.Worksheets(name), edits)
            return
        for edit in edits:
            if isinstance(edit, SetLocked):
                self._lock(self.book.Worksheets(edit.sheet), edit.locked, edit.cells)
            elif isinstance(edit, LockEveryCell):
                for sheet in self.book.Worksheets:
                    self._lock(sheet, True, None)
            elif isinstance(edit, ProtectSheet):
                self._protect(edit)
            elif isinstance(edit, InsertRow):
                insert_row(self, self.book.Worksheets(edit.sheet), edit.row, edit.like)
            elif isinstance(edit, DeleteRow):
                delete_row(self.book.Worksheets(edit.sheet), edit.row)
            elif isinstance(edit, SetFooter):
                self._set_footer(self.book.Worksheets(edit.sheet), edit.text)
            elif isinstance(edit, ProtectStructure):
                self._protect_structure(edit.on)
            elif isinstance(edit, AddSheet):
                sheet = add_sheet(self.application, self.book, edit)
                self.back.append(sheet.Delete)
            elif isinstance(edit, RemoveSheet):
                self._set_aside(self.book.Sheets(edit.name))
            elif isinstance(edit, SetProperty):
                self._set_property(edit.name, edit.value)

    def _keep(self, thing: Any, name: str) -> None:
        """What it is now comes back."""
        before = getattr(thing, name)
        self.back.append(lambda: setattr(thing, name, before))

    # Cells

    def _write(self, sheet: Any, edits: Iterable[Edit]) -> None:
        cells: dict[tuple[int, int], tuple[bool, Any]] = {}
        for edit in edits:
            if isinstance(edit, SetFormula):
                cells[edit.row, edit.column] = (True, edit.formula)
            elif isinstance(edit, SetValue):
                cells[edit.row, edit.column] = (False, as_typed(edit.value))
        for formulas in (False, True):
            chosen = {place: content for place, (is_formula, content) in cells.items() if is_formula is formulas}
            for block in blocks(chosen):
                found = area(sheet, block)
                before = contents(found)
                self.back.append(lambda found=found, before=before: put(found, before))  # type: ignore[misc]
                if formulas:
                    found.Formula = block.rows
                else:
                    found.Value2 = block.rows

    def _lock(self, sheet: Any, locked: bool, cells: Iterable[tuple[int, int]] | None) -> None:
        for found in [sheet.Cells] if cells is None else ranges(sheet, cells):
            for part in parts_alike(found, sheet):
                self._keep(part, "Locked")
            found.Locked = locked

    # Protection

    def _clear_the_way(self, edits: Sequence[Edit]) -> None:
        if any(isinstance(edit, AddSheet | RemoveSheet | ProtectStructure) for edit in edits):
            self._free_structure()
        there = {sheet.Name.casefold() for sheet in self.book.Worksheets}
        for edit in edits:
            if isinstance(edit, AddSheet | RemoveSheet | ProtectStructure | SetProperty):
                continue
            if isinstance(edit, LockEveryCell):
                for sheet in self.book.Worksheets:
                    self._free(sheet)
            elif edit.sheet.casefold() in there:
                sheet = self.book.Worksheets(edit.sheet)
                free = isinstance(edit, SetValue | SetFormula) and not sheet.Cells(edit.row, edit.column).Locked
                if not free:
                    self._free(sheet)

    def _free(self, sheet: Any) -> None:
        if not sheet.ProtectContents:
            return
        if not self._lift:
            raise protected(sheet.Name)
        options = {name: getattr(sheet.Protection, name) for name in _ALLOWED.values()}
        options |= {"DrawingObjects": sheet.ProtectDrawingObjects, "Scenarios": sheet.ProtectScenarios}
        with contextlib.suppress(Exception):
            sheet.Unprotect(self._password)
        if sheet.ProtectContents:
            raise wrong_password(sheet.Name)
        self._again[sheet.Name] = lambda: sheet.Protect(Password=self._password, Contents=True, **options)

    def _free_structure(self) -> None:
        if not self.book.ProtectStructure:
            return
        if not self._lift:
            raise protected("")
        with contextlib.suppress(Exception):
            self.book.Unprotect(self._password)
        if self.book.ProtectStructure:
            raise wrong_password("")
        self._again[""] = lambda: self.book.Protect(Password=self._password, Structure=True, Windows=False)

    def _protect(self, edit: ProtectSheet) -> None:
        sheet = self.book.Worksheets(edit.sheet)
        before = self._again.pop(sheet.Name, None)
        self.back.append(before or (lambda: sheet.Unprotect(self._password)))
        if edit.on:
            options = {name: allowance in edit.allow for allowance, name in _ALLOWED.items()}
            options["DrawingObjects"] = Allowance.EDIT_OBJECTS not in edit.allow
            options["Scenarios"] = Allowance.EDIT_SCENARIOS not in edit.allow
            sheet.Protect(Password=self._password, Contents=True, **options)

    def _protect_structure(self, on: bool) -> None:
        before = self._again.pop("", None)
        self.back.append(before or (lambda: self.book.Unprotect(self._password)))
        if on:
            self.book.Protect(Password=self._password, Structure=True, Windows=False)

    # Around the cells

    def _set_footer(self, sheet: Any, codes: str) -> None:
        setup = sheet.PageSetup
        parts = dict.fromkeys(_FOOTERS, "")
        part = "C"
        for piece in re.split(r"(&&|&[LCR])", codes):
            if piece in ("&L", "&C", "&R"):
                part = piece[1]
            else:
                parts[part] += piece
        for part, name in _FOOTERS.items():
            self._keep(setup, name)
            setattr(setup, name, parts[part])

    def _set_property(self, name: str, value: str | None) -> None:
        custom = self.book.CustomDocumentProperties
        before = next((one.Value for one in custom if one.Name == name), None)

        def put(wanted: Any) -> None:
            for one in [one for one in custom if one.Name == name]:
                one.Delete()
            if wanted is not None:
                custom.Add(Name=name, LinkToContent=False, Type=_STRING, Value=wanted)

        self.back.append(lambda: put(before))
        put(value)

    def _set_aside(self, sheet: Any) -> None:
        if sum(other.Visible == -1 for other in self.book.Sheets) == 1 and sheet.Visible == -1:
            raise only_sheet(sheet.Name)
        name, visible = sheet.Name, sheet.Visible

        def back() -> None:
            sheet.Name = name
            sheet.Visible = visible

        self.back.append(back)
        sheet.Visible = _VERY_HIDDEN
        sheet.Name = f"perfxl-{len(self._aside)}"
        self._again.pop(name, None)
        self._aside.append(sheet)


def _target(edit: Edit) -> tuple[str, str]:
    """Neighbours alike in this are made in one go."""
    if isinstance(edit, SetValue | SetFormula):
        return "Write", edit.sheet
    kind = type(edit).__name__
    if kind in ("SetNote", "SetFill", "ClearMarks"):
        return "Mark", edit.sheet  # type: ignore[union-attr]
    return kind, ""
