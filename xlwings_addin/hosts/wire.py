"""Edits as plain JSON, cells in blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal
from itertools import groupby
from typing import Any

from perfxl.edit import Edit, SetFormula, SetValue
from xlwings_addin.hosts.blocks import blocks

Plain = dict[str, Any]


def plain_edits(edits: Sequence[Edit]) -> list[Plain]:
    """In order; neighbours that write cells of one sheet are one `Write` of blocks and formulas."""
    found: list[Plain] = []
    for sheet, group in groupby(edits, lambda edit: edit.sheet if isinstance(edit, SetValue | SetFormula) else None):
        if sheet is None:
            found += [{"kind": type(edit).__name__, **_plain(asdict(edit))} for edit in group]
        else:
            found.append(_write(sheet, group))
    return found


def _write(sheet: str, edits: Iterable[Edit]) -> Plain:
    values: dict[tuple[int, int], Any] = {}
    formulas: dict[tuple[int, int], str] = {}
    for edit in edits:
        if isinstance(edit, SetFormula):
            values.pop((edit.row, edit.column), None)
            formulas[edit.row, edit.column] = edit.formula
        elif isinstance(edit, SetValue):
            formulas.pop((edit.row, edit.column), None)
            values[edit.row, edit.column] = _plain(edit.value)
    return {
        "kind": "Write",
        "sheet": sheet,
        "blocks": [[block.row, block.column, block.rows] for block in blocks(values)],
        "formulas": [[*place, text] for place, text in formulas.items()],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return sorted(value) if isinstance(value, frozenset) else value
