"""Notes and fills laid over the cells of a sheet that Excel has open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from perfxl.edit import ClearMarks, Edit, SetFill, SetNote
from xlwings_addin.hosts.excel_cells import colour_number, ranges

_CONDITION = '=N("perfxl")=0'
"""Always true; the same words as in a file."""
_EXPRESSION = 2
Look = tuple[int, bool, bool]
"""Excel's colour number, bold, italic."""


def mark(changes: Any, sheet: Any, edits: Iterable[Edit]) -> None:
    """The marks of one sheet in order. `changes` is the `Changes` that they belong to."""
    before = _fills(sheet)
    fills = dict(before)
    for edit in edits:
        if isinstance(edit, SetFill):
            fills.pop((edit.row, edit.column), None)
            if edit.argb is not None:
                fills[edit.row, edit.column] = (colour_number(edit.argb), edit.bold, edit.italic)
        elif isinstance(edit, SetNote):
            _set_note(changes, sheet.Cells(edit.row, edit.column), edit.text, edit.author)
        elif isinstance(edit, ClearMarks):
            fills = {}
            for comment in list(sheet.Comments):
                _set_note(changes, comment.Parent, None, edit.author)
    if fills != before:
        changes.back.append(lambda: _lay(sheet, before))
        _lay(sheet, fills)


def _set_note(changes: Any, cell: Any, text: str | None, author: str) -> None:
    """Alone, or below what somebody else has written; None takes it away. A threaded comment stays as it is."""
    comment = cell.Comment
    if comment is None and text is None or getattr(cell, "CommentThreaded", None) is not None:
        return
    if comment is None or comment.Author == author:
        before = None if comment is None else comment.Text()
        changes.back.append(lambda: _write(changes, cell, before, author))
        _write(changes, cell, text, author)
        return
    mark = f"\n【{author}】\n"
    before = comment.Text()
    standing = before.partition(mark)[0]
    changes.back.append(lambda: comment.Text(before))
    comment.Text(standing if text is None else standing + mark + text)


def _write(changes: Any, cell: Any, text: str | None, author: str) -> None:
    if cell.Comment is not None:
        cell.Comment.Delete()
    if text is not None:
        # A note belongs to the user of the moment; the host puts the name back.
        changes.application.UserName = author
        cell.AddComment(text).Shape.TextFrame.AutoSize = True


def _ours(sheet: Any) -> list[Any]:
    formats = sheet.Cells.FormatConditions
    found = [formats(number) for number in range(1, formats.Count + 1)]
    return [one for one in found if one.Type == _EXPRESSION and one.Formula1.replace(" ", "") == _CONDITION]


def _fills(sheet: Any) -> dict[tuple[int, int], Look]:
    return {
        (cell.Row, cell.Column): (int(one.Interior.Color), bool(one.Font.Bold), bool(one.Font.Italic))
        for one in _ours(sheet)
        for cell in one.AppliesTo
    }


def _lay(sheet: Any, fills: dict[tuple[int, int], Look]) -> None:
    """These fills and no other of ours."""
    for one in _ours(sheet):
        one.Delete()
    for look in dict.fromkeys(fills.values()):
        colour, bold, italic = look
        for cells in ranges(sheet, [place for place, shown in fills.items() if shown == look]):
            made = cells.FormatConditions.Add(Type=_EXPRESSION, Formula1=_CONDITION)
            made.StopIfTrue = False
            made.Interior.Color = colour
            if bold:
                made.Font.Bold = True
            if italic:
                made.Font.Italic = True
