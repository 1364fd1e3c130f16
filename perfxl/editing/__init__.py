"""Edits to an .xlsx or .xlsm by patching the touched parts; every other byte of the package stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path

from perfxl.edit import (
    AddSheet,
    BookEdit,
    ClearMarks,
    Edit,
    EditError,
    LockEveryCell,
    ProtectSheet,
    ProtectStructure,
    RemoveSheet,
    SetFill,
    SetFooter,
    SetFormula,
    SetLocked,
    SetNote,
    SetProperty,
    SetValue,
)
from perfxl.editing.book import ORDER, Book, SheetEntry
from perfxl.editing.file import replaced
from perfxl.editing.notes import Notes
from perfxl.editing.parts import Parts
from perfxl.editing.rows import RowEdit, with_rows
from perfxl.editing.settings import notes_by, workbook_settings
from perfxl.editing.sheet import (
    protected,
    with_fills,
    with_footer,
    with_structure,
    without_fills,
)
from perfxl.editing.verify import contents, verify_book, verify_sheet
from perfxl.os_errors import english_reason, reason
from perfxl.sources.raw_file import file_bytes

__all__ = ["apply_edits", "notes_by", "replaced", "workbook_settings", "write_edited"]


def apply_edits(data: bytes, edits: Sequence[Edit]) -> bytes:
    """The workbook with the edits made in order, opened again and compared with what was meant.

    All parts that no edit needs stay byte for byte, and so do the rows of a sheet. No edit, no change.
    Raises UnreadableFile where the workbook cannot be read and EditError where an edit cannot be made.
    """
    for of_rows, group in groupby(edits, lambda edit: isinstance(edit, RowEdit)):
        data = _patched(data, list(group), with_rows if of_rows else _edited)
    return data


def _patched(data: bytes, edits: list[Edit], edited: Callable[[Parts, bytes, Sequence[Edit]], bytes]) -> bytes:
    parts = Parts(data)
    try:
        return edited(parts, data, edits)
    except (AssertionError, LookupError, StopIteration, RuntimeError, ValueError):
        parts.require_sound()
        raise


def _edited(parts: Parts, data: bytes, edits: Sequence[Edit]) -> bytes:
    book = Book(parts)
    before = contents(book)
    for (change, sheet), group in groupby(edits, key=_target):
        if change is None:
            _apply_to_book(book, list(group))
        else:
            entry, made = book.sheet(sheet), list(group)
            if change is not _CLEARING or book.may_have_marks(entry):
                change(book, entry, made)
    sheets = book.keep()
    edited = book.parts.packed()
    if edited is not data:
        for opened in sheets:
            verify_sheet(opened, edits)
        verify_book(before, Book(Parts(edited)), edits)
    return edited


def write_edited(path: Path, edits: Sequence[Edit], *, target: Path | None = None, keep_backup: bool = True) -> None:
    """Edit the file in place, or into `target`: the whole new file or the file as it was, whatever happens.

    What is replaced is kept as `<name>.bak`, over an older one, unless `keep_backup` is False. Raises UnreadableFile
    or EditError, a file that Excel holds open among them.
    """
    try:
        before = file_bytes(path)
    except OSError as error:
        raise EditError(
            f"无法读取 {path.name}（{reason(error)}），未作修改；请核对路径和权限",
            f"{path.name} cannot be read ({english_reason(error)}), so nothing was changed; check the path and the"
            " rights",
        ) from error
    replaced(path, before, apply_edits(before, edits), target or path, keep_backup)


_Change = Callable[[Book, SheetEntry, list[Edit]], None]


def _target(edit: Edit) -> tuple[_Change | None, str]:
    """What makes the edit, and the sheet it is on: neighbours alike in both are made in one go."""
    change = _APPLY_TO_SHEET.get(type(edit))
    return change, "" if isinstance(edit, BookEdit) else edit.sheet


def _apply_to_book(book: Book, edits: list[Edit]) -> None:
    book.set_properties([edit for edit in edits if isinstance(edit, SetProperty)])
    for edit in edits:
        if isinstance(edit, ProtectStructure):
            text = with_structure(book.text, edit.on, edit.password, ORDER)
            book.parts.put(book.part, text)
        elif isinstance(edit, LockEveryCell):
            book.styles.lock_all()
        elif isinstance(edit, AddSheet):
            book.add_sheet(edit)
        elif isinstance(edit, RemoveSheet):
            book.remove_sheet(edit.name)


def _cells(book: Book, entry: SheetEntry, edits: list[Edit]) -> None:
    sheet = book.open(entry)
    for edit in edits:
        if isinstance(edit, SetFormula):
            sheet.set_formula(edit.row, edit.column, edit.formula, edit.value)
        elif isinstance(edit, SetValue):
            sheet.set_value(edit.row, edit.column, edit.value)
    if sheet.dropped_formulas:
        book.drop_calculation(sheet.dropped_formulas)
    if sheet.changed_values:
        book.calculate_on_load()


def _locks(book: Book, entry: SheetEntry, edits: list[Edit]) -> None:
    sheet = book.open(entry)
    styles = book.styles
    for edit in edits:
        if not isinstance(edit, SetLocked):
            continue
        locked = edit.locked
        if edit.cells is None:
            sheet.restyle(lambda style, locked=locked: styles.locked(style, locked))  # type: ignore[misc]
            continue
        for row, column in edit.cells:
            old = sheet.style(row, column)
            if (new := styles.locked(old, locked)) != old:
                sheet.set_style(row, column, new)


def _frame(change: Callable[[Book, SheetEntry, list[Edit], str], str]) -> _Change:
    """An edit of what stands around the cells."""

    def apply(book: Book, entry: SheetEntry, edits: list[Edit]) -> None:
        sheet = book.open(entry)
        sheet.frame = change(book, entry, edits, sheet.frame)

    return apply


def _fills(book: Book, entry: SheetEntry, edits: list[Edit], frame: str) -> str:
    @cache
    def shown(argb: str, bold: bool, italic: bool) -> int:
        return book.styles.dxf(argb, bold=bold, italic=italic)

    return with_fills(frame, (edit for edit in edits if isinstance(edit, SetFill)), shown)


def _notes(book: Book, entry: SheetEntry, edits: list[Edit], frame: str) -> str:
    notes = Notes(book.parts, entry.part, frame, book.office, entry.id)
    notes.set_all(edit for edit in edits if isinstance(edit, SetNote))
    return notes.frame


def _clearing(book: Book, entry: SheetEntry, edits: list[Edit], frame: str) -> str:
    notes = Notes(book.parts, entry.part, without_fills(frame), book.office, entry.id)
    for edit in edits:
        if isinstance(edit, ClearMarks):
            notes.clear(edit.author)
    return notes.frame


def _protection(_: Book, __: SheetEntry, edits: list[Edit], frame: str) -> str:
    for edit in edits:
        if isinstance(edit, ProtectSheet):
            frame = protected(frame, edit)
    return frame


def _footers(_: Book, entry: SheetEntry, edits: list[Edit], frame: str) -> str:
    for edit in edits:
        if isinstance(edit, SetFooter):
            frame = with_footer(frame, edit.text, entry.name)
    return frame


_CLEARING = _frame(_clearing)
_APPLY_TO_SHEET: dict[type[Edit], _Change] = {
    SetValue: _cells,
    SetFormula: _cells,
    SetLocked: _locks,
    SetFill: _frame(_fills),
    SetNote: _frame(_notes),
    ClearMarks: _CLEARING,
    ProtectSheet: _frame(_protection),
    SetFooter: _frame(_footers),
}
