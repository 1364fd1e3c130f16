"""Grids from the plain tables of `tests/forms` and `examples/retyped`: the words of a form without a workbook."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from examples.retyped import read_cells, typed
from perfxl.grid import Cell, CellError, Grid, Merge, Workbook, column_letters
from perfxl.review import FileReview, review_workbook
from perfxl.scheme_files import scheme_named

FORMS = Path(__file__).parent / "forms"


def cell(text: str) -> Cell | None:
    """The cell that `text` becomes when typed; None for a blank.

    `#DIV/0!` is an error value, `ƒSUM(A1)` a formula whose result was not saved, `ƒSUM(A1)→3` one with its result."""
    if text.startswith("ƒ"):
        formula, _, result = text[1:].partition("→")
        shown = cell(result)
        return shown._replace(formula=formula) if shown else Cell(None, formula)
    if text.startswith("#") and text.endswith(("!", "?", "A")):
        return Cell(CellError(text))
    entry = typed(text)
    if isinstance(entry.value, float):
        return Cell(Decimal(f"{entry.value:.15g}"), None, entry.number_format)
    if isinstance(entry.value, date):
        return Cell(datetime.combine(entry.value, datetime.min.time()), None, entry.number_format)
    return Cell(entry.value) if entry.value else None


def place(address: str) -> tuple[int, int]:
    """D6 → (6, 4)."""
    match = re.fullmatch(r"([A-Z]+)(\d+)", address)
    assert match, address
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def form_grid(name: str, changes: Mapping[str, str] | None = None, unmerge: Sequence[str] = ()) -> Grid:
    """A table of `tests/forms` as a sheet, some cells typed over, the merges that start at `unmerge` undone."""
    path = FORMS / f"{name}.tsv"
    width = max(line.count("\t") for line in path.read_text("utf-8").splitlines())
    _, blocks = read_cells(path, width)
    cells: dict[tuple[int, int], Cell] = {}
    merges: list[Merge] = []
    for (row, column), block in blocks.items():
        value = cell(block.text)
        if value is not None:
            cells[row + 1, column + 1] = value
        if block.down * block.right > 1 and f"{column_letters(column + 1)}{row + 1}" not in unmerge:
            merges.append(Merge(row + 1, column + 1, row + block.down, column + block.right))
    return typed_over(Grid("表.xlsx", "自评表", cells, tuple(merges)), changes or {})


def typed_over(grid: Grid, texts: Mapping[str, str]) -> Grid:
    """The sheet with these texts typed into their cells."""
    cells: dict[tuple[int, int], Cell] = dict(grid.cells)
    for address, text in texts.items():
        cells.pop(place(address), None)
        value = cell(text)
        if value is not None:
            cells[place(address)] = value
    return replace(grid, cells=cells)


def report_grid(paragraphs: Sequence[str]) -> Grid:
    """A sheet of report text, a paragraph a row."""
    return Grid("表.xlsx", "自评报告", {(row, 1): Cell(text) for row, text in enumerate(paragraphs, 1)})


def review_grids(*grids: Grid, scheme: str | None = None, properties: Mapping[str, str] | None = None) -> FileReview:
    """Review sheets as one file. `scheme` is what `--scheme` would give."""
    workbook = Workbook("表.xlsx", grids, properties or {})
    return review_workbook(workbook, "表.xlsx", scheme=scheme_named(scheme) if scheme else None)


def case_review(case: Mapping[str, Any]) -> FileReview:
    """The review of a case of tests/cases: a form with a few cells typed over, perhaps with what goes with it."""
    grids = [replace(form_grid(case["form"], case.get("set"), case.get("unmerge", ())), hidden="hidden" in case)]
    grids[0] = replace(grids[0], hidden_rows=frozenset(case.get("hidden_rows", ())))
    if "objective" in case:
        grids.append(replace(form_grid("shanghai-2020-objective", case["objective"]), sheet="绩效目标表"))
    if "report" in case:
        grids.insert(0, report_grid(case["report"]))
    return review_grids(*grids, scheme=case.get("scheme"), properties=case.get("properties"))


def places(review: FileReview) -> list[str]:
    """`D6 F103` for every finding, in order."""
    return [f"{finding.at.address} {finding.code}" for finding in review.findings]
