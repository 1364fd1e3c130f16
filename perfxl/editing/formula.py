"""References in formulas: as they read some rows and columns away, and after rows were put in or taken out."""

from __future__ import annotations

import re
from collections.abc import Callable

from perfxl.grid import column_letters

_MAX_ROW = 1_048_576
_MAX_COLUMN = 16_384
_TOKEN = re.compile(
    r'"(?:[^"]|"")*"'
    r"|'(?:[^']|'')*'"
    r"|\[(?:[^\[\]]|\[[^\[\]]*\])*\]"
    r"|(?P<rows>(?<![\w.$])(?P<r1>\$?[0-9]+):(?P<r2>\$?[0-9]+)(?![\w.$]))"
    r"|(?<![\w.$])[0-9][0-9.]*(?:[eE][+-]?[0-9]+)?"
    r"|(?P<columns>(?<![\w.$])(?P<c1>\$?[A-Za-z]{1,3}):(?P<c2>\$?[A-Za-z]{1,3})(?![\w.$(!]))"
    r"|(?P<word>[\w$.\\?]+)"
)
_SHEET = re.compile(r"(?:'((?:[^']|'')*)'|(?<![\w.\]:])([\w.]+))!$")
_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})")


def moved(formula: str, rows: int, columns: int) -> str:
    """Relative references shifted; `#REF!` for one that leaves the sheet."""

    def shifted(token: re.Match[str]) -> str:
        if token["rows"]:
            return f"{_row(token['r1'], rows)}:{_row(token['r2'], rows)}"
        if token["columns"]:
            return f"{_column(token['c1'], columns)}:{_column(token['c2'], columns)}"
        word = token["word"]
        cell = _CELL.fullmatch(word) if word else None
        if cell is None or formula[token.end() : token.end() + 1] in ("(", "!"):
            return token[0]
        if column_number(cell[2]) > _MAX_COLUMN or int(cell[4]) > _MAX_ROW:
            return token[0]
        column, row = _column(cell[1] + cell[2], columns), _row(cell[3] + cell[4], rows)
        return "#REF!" if "#REF!" in (column, row) else column + row

    return _TOKEN.sub(shifted, formula)


Rows = Callable[[int, int], tuple[int, int] | None]
"""What becomes of the rows from a first to a last; None where all are gone."""


def mapped(formula: str, sheet: str, rows: Rows, *, own: bool) -> str:
    """References to `sheet` after its rows have changed. `own`: the formula stands on that sheet."""
    found: list[str] = []
    place = 0
    tokens = list(_TOKEN.finditer(formula))
    number = 0
    while number < len(tokens):
        first = last = tokens[number]
        number += 1
        if formula[first.end() : first.end() + 1] == ":" and number < len(tokens):
            following = tokens[number]
            if following.start() == first.end() + 1 and _cell(first, formula) and _cell(following, formula):
                last = following
                number += 1
        if not _stands_on(formula, first.start(), sheet, own):
            continue
        if first["rows"]:
            top, bottom = sorted((first["r1"], first["r2"]), key=lambda row: int(row.lstrip("$")))
            changed = rows(int(top.lstrip("$")), int(bottom.lstrip("$")))
            lines = zip((top, bottom), changed or (), strict=bool(changed))
            written = ":".join(_like(old, new) for old, new in lines)
        elif (start := _cell(first, formula)) and (end := _cell(last, formula)):
            upper, lower = sorted((start, end), key=lambda cell: int(cell[4]))
            changed = rows(int(upper[4]), int(lower[4]))
            kept = dict(zip((upper, lower), changed or (), strict=bool(changed)))
            cells = (start,) if first is last else (start, end)
            written = ":".join(f"{cell[1]}{cell[2]}{cell[3]}{kept[cell]}" for cell in cells if changed)
        else:
            continue
        found += [formula[place : first.start()], written or "#REF!"]
        place = last.end()
    return "".join((*found, formula[place:]))


def _cell(token: re.Match[str], formula: str) -> re.Match[str] | None:
    cell = _CELL.fullmatch(token["word"]) if token["word"] else None
    if cell is None or formula[token.end() : token.end() + 1] in ("(", "!"):
        return None
    return cell if column_number(cell[2]) <= _MAX_COLUMN and int(cell[4]) <= _MAX_ROW else None


def _stands_on(formula: str, place: int, sheet: str, own: bool) -> bool:
    """Whether a reference that starts at `place` is one to the sheet, by the name before it."""
    if formula[place - 1 : place] != "!":
        return own
    named = _SHEET.search(formula, 0, place)
    if named is None:
        return False
    name = named[1].replace("''", "'") if named[1] is not None else named[2]
    return name.casefold() == sheet.casefold()


def _like(old: str, new: int) -> str:
    return f"${new}" if old.startswith("$") else str(new)


def column_number(letters: str) -> int:
    """AB → 28."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _row(written: str, by: int) -> str:
    if written.startswith("$"):
        return written
    row = int(written) + by
    return str(row) if 1 <= row <= _MAX_ROW else "#REF!"


def _column(written: str, by: int) -> str:
    if written.startswith("$"):
        return written
    column = column_number(written) + by
    return column_letters(column) if 1 <= column <= _MAX_COLUMN else "#REF!"
