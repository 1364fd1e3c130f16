"""What a person who looks at the form does not see: a hidden sheet or row, text below merges, values from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from perfxl.finding import Finding
from perfxl.grid import CellRef, Grid
from perfxl.reading.cells import CellReader

_TEXT = re.compile(r'"[^"]*"')
_ELSEWHERE = re.compile(
    r"(?<![\w\]])\[\d+\]"  # [1]Sheet1!A1, as the file format has it
    r"|\[[^\[\]]+\.xl\w+\]"  # '[台账.xlsx]Sheet1'!A1
    r"|\b(?:WEBSERVICE|RTD|FILTERXML|CUBE\w+|STOCKHISTORY)\("
    r"|\w\|'",  # cmd|' /C calc'!A0: another program
    re.IGNORECASE,
)

_LONG_FORMULA = 4096


def report_concealed(grid: Grid, rows: Iterable[int], right: int, at: CellRef, reader: CellReader) -> None:
    """Report what is concealed in these rows of a form, up to column `right` unless that is 0. `at` is the form's."""
    if grid.hidden:
        reader.report(Finding("L113", at, "工作表", numbers={"sheet": grid.sheet}))
    covered: list[tuple[int, int]] = []
    elsewhere: list[tuple[int, int]] = []
    rows = sorted(rows)
    hidden = [row for row in rows if row in grid.hidden_rows] if grid.hidden_rows else []
    hidden = [row for row in hidden if any(cell.formula is None for _, cell in grid.row(row))]
    if hidden:
        numbers = {"count": str(len(hidden)), "row": grid.row_words(hidden[0])}
        reader.report(Finding("L117", grid.ref(hidden[0], grid.row(hidden[0])[0][0]), "", numbers=numbers))
    last = right or grid.last_column
    cells = grid.by_row
    for row in rows:
        merges = grid.merges_over(row, last)
        for column, cell in cells.get(row, ()):
            if column > last:
                break
            formula = cell.formula
            if formula is not None and _looks_elsewhere(formula):
                elsewhere.append((row, column))
            if column not in merges or merges[column][:2] == (row, column):
                continue
            if cell.value is not None and cell.text.strip():
                covered.append((row, column))
    for code, places in (("L114", covered), ("L115", elsewhere)):
        if places:
            first, *others = (grid.ref(*place) for place in places)
            cell = grid.cell(*places[0])
            shown = cell.text.strip() if code == "L114" else cell.formula
            reader.report(Finding(code, first, "", shown, None, {"count": str(len(places))}, tuple(others)))


def _looks_elsewhere(formula: str) -> bool:
    return _usual_elsewhere(formula) if len(formula) < _LONG_FORMULA else _elsewhere(formula)


def _elsewhere(formula: str) -> bool:
    return bool(_ELSEWHERE.search(_TEXT.sub('""', formula)))


_usual_elsewhere = lru_cache(maxsize=1024)(_elsewhere)
"""The forms of a batch have the same formulas."""
