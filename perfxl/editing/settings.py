"""What edits change, as it stands in a workbook: to find marks again, and to put settings back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from perfxl.edit import SheetSettings, WorkbookSettings
from perfxl.editing.book import Book
from perfxl.editing.cells import position
from perfxl.editing.notes import Notes
from perfxl.editing.parts import Parts
from perfxl.editing.sheet import footer_of, protection_of, structure_of
from perfxl.editing.styles import Styles

_CELL = re.compile(r"<(?:\w+:)?c\s([^>]*)>")
_STYLE = re.compile(r"\bs=[\"']([0-9]+)[\"']")
_REFERENCE = re.compile(r"\br=[\"']([A-Z]+[0-9]+)[\"']")


def notes_by(data: bytes, author: str) -> dict[tuple[str, int, int], str]:
    """The author's notes by sheet, row and column. Raises UnreadableFile or EditError."""
    book = Book(Parts(data))
    found: dict[tuple[str, int, int], str] = {}
    for entry in book.sheets:
        if entry.worksheet and book.parts.pointer(entry.part, "comments") is not None:
            notes = Notes(book.parts, entry.part, book.open(entry).frame, book.office, entry.id)
            found |= {(entry.name, *place): text for place, text in notes.by(author).items()}
    return found


def workbook_settings(data: bytes) -> WorkbookSettings:
    """Footers, protection and unlocked cells of every worksheet. Raises UnreadableFile or EditError."""
    book = Book(Parts(data))
    sheets: dict[str, SheetSettings] = {}
    for entry in book.sheets:
        if entry.worksheet:
            text = book.parts.text(entry.part)
            unlocked = tuple(_unlocked(text, book.styles))
            sheets[entry.name] = SheetSettings(footer_of(text), protection_of(text, entry.name), unlocked)
    return WorkbookSettings(sheets, structure_of(book.text))


def _unlocked(text: str, styles: Styles) -> Iterator[tuple[int, int]]:
    """By a pattern, which is quick: a cell in a spelling that it misses only stays locked after an unlock."""
    free: dict[str, bool] = {}
    for tag in _CELL.finditer(text):
        style, reference = _STYLE.search(tag[1]), _REFERENCE.search(tag[1])
        if style and reference:
            if (known := free.get(style[1])) is None:
                known = free[style[1]] = not styles.is_locked(int(style[1]))
            if known:
                yield position(reference[1])
