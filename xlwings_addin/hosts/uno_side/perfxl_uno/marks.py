"""Notes and fills laid over the cells of an open sheet, known again by their author and their condition."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.sheet.ConditionOperator import FORMULA

_CONDITION = 'N("perfxl")=0'
"""Always true; the same words as in a file."""
_NOTES = 8
"""com.sun.star.sheet.CellFlags.ANNOTATION"""
_STYLE = "perfxl "
Fills = dict[tuple[int, int], str]
"""The style laid over each cell, by row and column from 1."""


def mark(changes: Any, sheet: Any, edits: list[dict[str, Any]]) -> None:
    """The marks of one sheet in order."""
    fills = before = _fills(sheet)
    if any(edit["kind"] != "SetNote" for edit in edits):
        fills = dict(before)
    notes = None
    for edit in edits:
        if edit["kind"] == "SetFill":
            place = (edit["row"], edit["column"])
            fills.pop(place, None)
            if edit["argb"] is not None:
                fills[place] = _style(changes, edit, _cell(sheet, *place).VertJustify)
            continue
        notes = notes or Notes(changes, sheet)
        if edit["kind"] == "SetNote":
            notes.set(edit["row"], edit["column"], edit["text"], edit["author"])
        else:
            fills = {}
            notes.clear(edit["author"])
    if fills != before:
        changes.do(lambda: _lay(sheet, fills), lambda: _lay(sheet, before))


def _style(changes: Any, edit: dict[str, Any], vertical: int) -> str:
    """The cell style that shows a fill, made where it is not there yet.

    The cell's vertical alignment is in it: else that of a file's default style would be laid over it, too.
    """
    emphasis = [word for word in ("bold", "italic") if edit.get(word)]
    name = _STYLE + " ".join([edit["argb"], *emphasis, str(vertical)])
    styles = changes.doc.StyleFamilies.getByName("CellStyles")
    if not styles.hasByName(name):
        changes.free_all_sheets()
        styles.insertByName(name, changes.doc.createInstance("com.sun.star.style.CellStyle"))
        style = styles.getByName(name)
        style.CellBackColor = int(edit["argb"][2:], 16)
        style.VertJustify = vertical
        for script in ("", "Asian"):
            if "bold" in emphasis:
                style.setPropertyValue(f"CharWeight{script}", 150.0)
            if "italic" in emphasis:
                style.setPropertyValue(f"CharPosture{script}", uno.Enum("com.sun.star.awt.FontSlant", "ITALIC"))
    return name


def _fills(sheet: Any) -> Fills:
    """What is laid over each cell."""
    found = {}
    for one in sheet.ConditionalFormats.getConditionalFormats():
        entries = [one.getByIndex(number) for number in range(one.getCount())]
        style = next((entry.StyleName for entry in entries if _is_ours(getattr(entry, "Formula1", ""))), None)
        for address in one.Range.RangeAddresses if style else ():
            for row in range(address.StartRow, address.EndRow + 1):
                for column in range(address.StartColumn, address.EndColumn + 1):
                    found[row + 1, column + 1] = style
    return found


def _is_ours(formula: str) -> bool:
    return formula.replace(" ", "") == _CONDITION


def _lay(sheet: Any, fills: Fills) -> None:
    """These fills and no other of ours, behind the formats that the form itself lays over its cells.

    By cell: what is made through `ConditionalFormats` is saved, but not seen before the file is opened again.
    """
    for row, column in {**_fills(sheet), **fills}:
        cell = _cell(sheet, row, column)
        entries = cell.ConditionalFormat
        for number in reversed(range(entries.getCount())):
            if _is_ours(entries.getByIndex(number).getFormula1()):
                entries.removeByIndex(number)
        if style := fills.get((row, column)):
            entries.addNew(
                tuple(
                    PropertyValue(Name=name, Value=value)
                    for name, value in (("Operator", FORMULA), ("Formula1", _CONDITION), ("StyleName", style))
                )
            )
        cell.ConditionalFormat = entries


def _cell(sheet: Any, row: int, column: int) -> Any:
    return sheet.getCellByPosition(column - 1, row - 1)


class Notes:
    """The notes of one sheet. LibreOffice's own call takes no author, so a note is typed at the cursor."""

    def __init__(self, changes: Any, sheet: Any) -> None:
        self._doc = changes.doc
        self._sheet = sheet
        self._frame = changes.doc.CurrentController.Frame
        self._dispatcher = changes.session.service("com.sun.star.frame.DispatchHelper")
        self._known = {
            (note.Position.Row + 1, note.Position.Column + 1): (note.Author, note.String) for note in self._all()
        }

    def set(self, row: int, column: int, text: str | None, author: str) -> None:
        """Alone, or below what somebody else has written; None takes it away."""
        known = self._known.get((row, column))
        if known is None or known[0] == author:
            self._write(row, column, text, author)
            return
        other, standing = known
        mark = f"\n【{author}】\n"
        standing = standing.partition(mark)[0]
        self._write(row, column, standing if text is None else standing + mark + text, other)

    def clear(self, author: str) -> None:
        for (row, column), (other, text) in list(self._known.items()):
            if other == author or f"\n【{author}】\n" in text:
                self.set(row, column, None, author)

    def take_off(self, places: list[tuple[int, int]]) -> list[tuple[int, int, str, str]]:
        """What `put_back` takes, once something else has been done."""
        taken = [(*place, *reversed(self._known[place])) for place in places]
        for row, column in places:
            self._write(row, column, None, "")
        return taken

    def put_back(self, taken: list[tuple[int, int, str, str]]) -> None:
        for row, column, text, author in taken:
            self._write(row, column, text, author)

    def _all(self) -> Iterable[Any]:
        notes = self._sheet.Annotations
        return [notes.getByIndex(index) for index in range(notes.Count)]

    def _write(self, row: int, column: int, text: str | None, author: str) -> None:
        known = self._known.pop((row, column), None)
        if known == (author, text):
            self._known[row, column] = known
            return
        if known is not None:
            # A note that is there would keep its text.
            self._remove(row, column)
        if text is None:
            return
        controller = self._doc.CurrentController
        hidden = not self._sheet.IsVisible
        if hidden:
            self._sheet.IsVisible = True
        controller.setActiveSheet(self._sheet)
        controller.select(_cell(self._sheet, row, column))
        given = tuple(_property(name, value) for name, value in (("Text", text), ("Author", author), ("Date", "")))
        self._dispatcher.executeDispatch(self._frame, ".uno:InsertAnnotation", "", 0, given)
        if hidden:
            self._sheet.IsVisible = False
        self._known[row, column] = (author, text)

    def _remove(self, row: int, column: int) -> None:
        _cell(self._sheet, row, column).clearContents(_NOTES)


def _property(name: str, value: str) -> Any:
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made
