"""A formula as it reads some rows and columns away, for the next cell of a shared formula."""

from __future__ import annotations

import re

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
