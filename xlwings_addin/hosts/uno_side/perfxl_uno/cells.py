"""Values, formulas and locks of an open sheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from com.sun.star.beans.PropertyState import AMBIGUOUS_VALUE
from com.sun.star.table import CellAddress, CellRangeAddress

_NOTES = 8
"""com.sun.star.sheet.CellFlags.ANNOTATION"""
_LOGICAL = 1024
"""com.sun.star.util.NumberFormat.LOGICAL"""
_OFFICE, _EXCEL = 0, 3
"""com.sun.star.sheet.AddressConvention.OOO and .XL_OOX, the one with commas in every language."""


def area(sheet: Any, block: list[Any]) -> Any:
    """The cells of a block `[row, column, rows]`."""
    row, column, rows = block
    return sheet.getCellRangeByPosition(column - 1, row - 1, column + len(rows[0]) - 2, row + len(rows) - 2)


def cells_at(doc: Any, sheet: Any, places: Iterable[tuple[int, int]]) -> Any:
    """The cells by row and column as one, in few calls."""
    found = []
    for row, column in places:
        one = CellRangeAddress()
        one.Sheet = sheet.RangeAddress.Sheet if not found else found[0].Sheet
        one.StartRow = one.EndRow = row - 1
        one.StartColumn = one.EndColumn = column - 1
        found.append(one)
    cells = doc.createInstance("com.sun.star.sheet.SheetCellRanges")
    cells.addRangeAddresses(tuple(found), True)
    return cells


def noted_blanks(sheet: Any, edit: dict[str, Any]) -> list[tuple[int, int]]:
    """Blank cells with a note among those to write."""
    found = []
    for address in _noted(sheet):
        for row in range(address.StartRow + 1, address.EndRow + 2):
            for column in range(address.StartColumn + 1, address.EndColumn + 2):
                if _written_to(edit, row, column) and not sheet.getCellByPosition(column - 1, row - 1).Formula:
                    found.append((row, column))
    return found


def _written_to(edit: dict[str, Any], row: int, column: int) -> bool:
    return any([row, column] == place[:2] for place in edit["formulas"]) or any(
        top <= row < top + len(rows) and left <= column < left + len(rows[0]) for top, left, rows in edit["blocks"]
    )


def first_locked(sheet: Any, edit: dict[str, Any]) -> str:
    """The place of a block with a locked cell among those to write; empty where there is none."""
    singles = [[row, column, [[text]]] for row, column, text in edit["formulas"]]
    for block in [*edit["blocks"], *singles]:
        found = area(sheet, block)
        if found.getPropertyState("CellProtection") == AMBIGUOUS_VALUE or found.CellProtection.IsLocked:
            name: str = found.AbsoluteName
            return name.replace("$", "").replace(".", "!", 1)
    return ""


def write(doc: Any, sheet: Any, edit: dict[str, Any]) -> None:
    """Constants block by block, formulas one by one; formats and notes stay."""
    noted = _noted(sheet) if edit["blocks"] else []
    for block in edit["blocks"]:
        row, column, rows = block
        plain = [[written(value) for value in line] for line in rows]
        found = area(sheet, block)
        if found.queryEmptyCells().Count or any(_meets(address, block) for address in noted):
            # A block written at once takes the notes with it, and its undo leaves what was written into blank cells.
            for y, line in enumerate(plain):
                for x, value in enumerate(line):
                    _write_one(sheet.getCellByPosition(column - 1 + x, row - 1 + y), value)
        else:
            found.setDataArray(tuple(tuple(line) for line in plain))
        for y, line in enumerate(rows):
            for x, value in enumerate(line):
                if isinstance(value, bool):
                    _show_as_logical(doc, sheet.getCellByPosition(column - 1 + x, row - 1 + y))
    if edit["formulas"]:
        _write_formulas(doc, sheet, edit["formulas"])


def written(value: float | str | bool | None) -> float | str:
    """A value as LibreOffice takes it: an empty text is a blank, nothing at all would be #N/A."""
    if value is None or isinstance(value, str):
        return value or ""
    return float(value)


def _write_one(cell: Any, value: float | str) -> None:
    if isinstance(value, float):
        cell.setValue(value)
    else:
        # Told apart from a formula and a number by the call, but for the blank.
        (cell.setString if value else cell.setFormula)(value)


def _write_formulas(doc: Any, sheet: Any, formulas: list[list[Any]]) -> None:
    parser = doc.createInstance("com.sun.star.sheet.FormulaParser")
    parser.CompileEnglish = True
    place = CellAddress()
    place.Sheet = sheet.RangeAddress.Sheet
    for row, column, text in formulas:
        place.Row, place.Column = row - 1, column - 1
        parser.FormulaConvention = _EXCEL
        tokens = parser.parseFormula(text[1:], place)
        parser.FormulaConvention = _OFFICE
        # Not setTokens: without a compiled text the file gets wrong numbers of arguments.
        sheet.getCellByPosition(column - 1, row - 1).setFormula("=" + parser.printFormula(tokens, place))


def _show_as_logical(doc: Any, cell: Any) -> None:
    """LibreOffice has no truth values, only numbers shown as such."""
    formats = doc.getNumberFormats()
    if not formats.getByKey(cell.NumberFormat).Type & _LOGICAL:
        cell.NumberFormat = formats.getStandardFormat(_LOGICAL, cell.CharLocale)


def _noted(sheet: Any) -> list[Any]:
    return list(sheet.queryContentCells(_NOTES).RangeAddresses)


def _meets(address: Any, block: list[Any]) -> bool:
    row, column, rows = block
    bottom, right = row + len(rows) - 2, column + len(rows[0]) - 2
    return bool(
        address.StartRow <= bottom
        and address.EndRow >= row - 1
        and address.StartColumn <= right
        and address.EndColumn >= column - 1
    )


def lock(sheet: Any, locked: bool, places: list[list[int]] | None) -> None:
    """Locked or free, with what else a cell's protection says as it was; all of the sheet for None."""
    for found in [sheet] if places is None else [sheet.getCellByPosition(c - 1, r - 1) for r, c in places]:
        for one in _alike(found):
            protection = one.CellProtection
            if protection.IsLocked != locked:
                protection.IsLocked = locked
                one.CellProtection = protection


def _alike(found: Any) -> list[Any]:
    """The parts of an area whose formats are the same throughout."""
    if found.getPropertyState("CellProtection") != AMBIGUOUS_VALUE:
        return [found]
    parts = found.UniqueCellFormatRanges
    return [parts.getByIndex(index) for index in range(parts.Count)]
