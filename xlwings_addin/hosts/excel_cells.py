"""Cells of a sheet that Excel has open: ranges, contents, colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from perfxl.grid import column_letters
from xlwings_addin.hosts.blocks import Block

_LONGEST_ADDRESS = 250
"""Range takes 255 characters."""


def as_typed(value: Any) -> Any:
    """A constant as Excel takes it: a text behind an apostrophe, else it would be read as a number, date or formula."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return f"'{value}" if value else None
    return float(value)


def area(sheet: Any, block: Block[Any]) -> Any:
    last = sheet.Cells(block.row + len(block.rows) - 1, block.column + len(block.rows[0]) - 1)
    return sheet.Range(sheet.Cells(block.row, block.column), last)


def ranges(sheet: Any, places: Iterable[tuple[int, int]]) -> Iterator[Any]:
    """The cells in as few ranges as addresses allow."""
    written = ""
    for row, column in places:
        place = f"{column_letters(column)}{row}"
        if len(written) + len(place) >= _LONGEST_ADDRESS:
            yield sheet.Range(written)
            written = ""
        written += ("," if written else "") + place
    if written:
        yield sheet.Range(written)


def contents(found: Any) -> list[list[Any]]:
    """What `put` restores: formulas, numbers, and texts told apart from both."""
    rows = zip(_rows(found.Formula), _rows(found.Value2), strict=True)
    return [
        [as_typed(value) if isinstance(value, str) and value == formula else formula for formula, value in cells]
        for cells in (zip(formulas, values, strict=True) for formulas, values in rows)
    ]


def put(found: Any, before: list[list[Any]]) -> None:
    """Write what `contents` gave."""
    found.Formula = tuple(tuple(row) for row in before)


def _rows(content: Any) -> Sequence[Sequence[Any]]:
    """A single cell comes without its row."""
    return content if isinstance(content, tuple) else ((content,),)


def parts_alike(found: Any, sheet: Any) -> list[Any]:
    """Parts that are locked throughout or not at all; of a whole sheet the used cells."""
    if found.Locked is not None:
        return [found]
    return list(sheet.UsedRange if found.Address == sheet.Cells.Address else found)


def colour_number(argb: str) -> int:
    """`FFFFC7CE` as Excel counts: blue, green, red."""
    red, green, blue = (int(argb[place : place + 2], 16) for place in (2, 4, 6))
    return blue << 16 | green << 8 | red
