"""Rows of the indicator table put in and taken out, as edits for a file or an open book."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from perfxl.edit import Constant, DeleteRow, Edit, InsertRow, SetValue
from perfxl.form import Indicator, SelfEvaluation
from perfxl.grid import CellError, CellValue, Grid
from perfxl.number_format import date_serial
from perfxl.problem import Problem
from perfxl.scheme import Scheme


class RowRefused(Problem):
    """A row that cannot be put in or taken out."""


def insertion(grid: Grid, form: SelfEvaluation, scheme: Scheme, row: int) -> tuple[Edit, ...]:
    """A blank row below an indicator's. Raises RowRefused where `row` is none, or of a kind that is all official.

    The new row is put inside the merges and sums that the indicator's row belongs to: at their last row it is put in
    above, and the indicator moves up into it.
    """
    indicator = _indicator(form, row)
    like = _like(grid, form, scheme, indicator)
    if row < max(one.at.row for one in form.indicators) and not any(m.top < row == m.bottom for m in grid.merges):
        return (InsertRow(grid.sheet, row + 1, like), *_without_sums(grid, form, like, row + 1))
    new = (InsertRow(grid.sheet, row, like), *_without_sums(grid, form, like, row))
    return new if _is_official(indicator, scheme) else (*new, *_moved_up(grid, row))


def _indicator(form: SelfEvaluation, row: int) -> Indicator:
    indicator = next((one for one in form.indicators if one.at.row == row), None)
    if indicator is None:
        raise RowRefused(
            f"第 {row} 行不是指标行；请先选中一个指标行", f"row {row} is no indicator; select an indicator's row first"
        )
    return indicator


def _is_official(indicator: Indicator, scheme: Scheme) -> bool:
    presets = {preset.name for group in scheme.groups for preset in group.preset}
    return indicator.execution or indicator.name in presets


def _like(grid: Grid, form: SelfEvaluation, scheme: Scheme, indicator: Indicator) -> int:
    """The row to copy: of the same kind, for the unit to fill in, not the first of a merge where there is another."""
    rows = [one.at.row for one in form.indicators if _kind(one) == _kind(indicator) and not _is_official(one, scheme)]
    if not rows:
        raise RowRefused(
            "这一类指标由官方固定，不能增加；请在可以自填的一类中选中一行再插入",
            "the indicators of this kind are official; select a row of a kind that the unit fills in",
        )
    plain = [row for row in rows if not any(merge.top == row < merge.bottom for merge in grid.merges)]
    return min(plain or rows, key=lambda row: abs(row - indicator.at.row))


def _without_sums(grid: Grid, form: SelfEvaluation, like: int, new: int) -> Iterator[Edit]:
    """Formulas that only some rows have, such as the sum of a level 1 block, do not belong to the new one."""
    rows = [one.at.row for one in form.indicators]
    for (row, column), cell in grid.cells.items():
        if row == like and cell.formula and 2 * sum(bool(grid.cell(one, column).formula) for one in rows) < len(rows):
            yield SetValue(grid.sheet, new, column, None)


def _moved_up(grid: Grid, row: int) -> Iterator[Edit]:
    """What stands in the row, once a row has been put in above it."""
    tall = [merge for merge in grid.merges if merge.top < row == merge.bottom]
    for (at, column), cell in sorted(grid.cells.items()):
        if at != row or cell.formula is not None or any(m.left <= column <= m.right for m in tall):
            continue
        value = _constant(cell.value)
        if value is not None:
            yield SetValue(grid.sheet, row, column, value)
            yield SetValue(grid.sheet, row + 1, column, None)


def deletion(grid: Grid, form: SelfEvaluation, scheme: Scheme, row: int) -> tuple[Edit, ...]:
    """An indicator's row taken out. Raises RowRefused for an official indicator and for the last row of its kind."""
    indicator = _indicator(form, row)
    if _is_official(indicator, scheme):
        raise RowRefused(
            f"“{indicator.name}”是官方固定的指标，不能删除；请选中本单位自填的指标行",
            f"“{indicator.name}” is an official indicator and stays; select a row that the unit has filled in",
        )
    alike = [one for one in form.indicators if _kind(one) == _kind(indicator)]
    if len(alike) == 1:
        raise RowRefused(
            "这一类只有这一行，不能删除；不用时请留空", "this is the only row of its kind; leave it blank instead"
        )
    labels = tuple(
        SetValue(grid.sheet, row + 1, label.at.column, label.raw)
        for label in (indicator.level1, indicator.level2)
        if label.at.row == row and not label.blank and not _merged(grid, row, label.at.column)
    )
    return (*labels, DeleteRow(grid.sheet, row))


def _kind(indicator: Indicator) -> tuple[object, ...]:
    return indicator.level1.at, indicator.level2.at


def _merged(grid: Grid, row: int, column: int) -> bool:
    return any(m.top <= row < m.bottom and m.left <= column <= m.right for m in grid.merges)


def _constant(value: CellValue) -> Constant:
    if isinstance(value, datetime):
        return date_serial(value)
    return None if isinstance(value, CellError) else value
