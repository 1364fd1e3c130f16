"""The sheet 校验结果 as it comes back: what a clerk wrote in its column 说明, finding by finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from perfxl.finding import Finding
from perfxl.grid import CellRef, Grid, Workbook, normalised

SHEET = "校验结果"
SEVERITY, CODE, PLACE, MESSAGE, FIX, TEXT = "级别", "代码", "位置", "问题", "改法", "说明"
HEADER = (SEVERITY, CODE, PLACE, MESSAGE, FIX, TEXT)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A row of the sheet with its 说明. `place` is the finding's cell as the sheet names it, such as `自评表!D6`."""

    code: str
    place: str
    message: str
    text: str
    """Empty where none is written."""
    at: CellRef
    """The cell for the 说明."""


def read_explanations(workbook: Workbook) -> tuple[Explanation, ...]:
    """Every 说明 that is written in the sheet 校验结果, in its order. Empty without that sheet; never raises."""
    return tuple(row for row in result_rows(workbook) if row.text)


def result_rows(workbook: Workbook) -> Iterator[Explanation]:
    """The findings that the sheet 校验结果 lists, with a 说明 or without."""
    grid = next((grid for grid in workbook.grids if grid.sheet == SHEET), None)
    return _read(grid) if grid else iter(())


def explanation_of(finding: Finding, explanations: Iterable[Explanation]) -> Explanation | None:
    """The 说明 written for this finding: by its cell, or by its words where the rows have moved since."""
    same = [one for one in explanations if one.code == finding.code]
    by_place = (one for one in same if one.place == finding.at.in_file)
    return next(by_place, None) or next((one for one in same if one.message == finding.message()), None)


def _read(grid: Grid) -> Iterator[Explanation]:
    columns: dict[str, int] = {}
    for row, cells in grid.rows():
        texts = {normalised(cell.text): column for column, cell in cells}
        if not columns:
            columns = texts if {CODE, PLACE, MESSAGE, TEXT} <= texts.keys() else {}
            continue
        code, place, message, text = (grid.text(row, columns[name]).strip() for name in (CODE, PLACE, MESSAGE, TEXT))
        if code:
            yield Explanation(code, place, message, text, grid.ref(row, columns[TEXT]))
