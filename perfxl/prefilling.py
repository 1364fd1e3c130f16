"""What a 绩效目标表 already says about the form that is to be filled: for a new form, or for one that is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from perfxl.edit import Constant, SetValue
from perfxl.form import Group, Indicator, Located, ObjectiveForm, SelfEvaluation
from perfxl.grid import CellRef, Workbook, normalised
from perfxl.layouts.content import Content, FundingContent, RowContent
from perfxl.reports.overview import dimension
from perfxl.scheme import Scheme

SAME_FIELDS = {
    "implementing_unit": ("implementing_unit", "budget_unit", "applicant_unit"),
    "budget_unit": ("budget_unit", "implementing_unit", "applicant_unit"),
    "expected_goal": ("expected_goal", "annual_goal", "overall_goal"),
    "annual_goal": ("annual_goal", "expected_goal", "overall_goal"),
}
"""Fields of the new form and, best first, the fields of the objective form that say the same."""
_ALIKE = ("project_name", "project_code", "supervising_department", "recurring")


def prefilled(scheme: Scheme, form: ObjectiveForm) -> Content:
    """Project, units, goal, year, budget and indicators with their targets. Amounts in 元."""
    layout = scheme.layout
    wanted = [field.id for field in (*layout.header, *layout.goals)]
    texts = {
        name: form.first_text(*SAME_FIELDS.get(name, (name,)))
        for name in wanted
        if name in SAME_FIELDS or name in _ALIKE
    }
    budget = form.funding.total.adjusted_budget.value or form.funding.total.initial_budget.value
    return Content(
        year=form.year.value,
        fields={name: text for name, text in texts.items() if text},
        funding=(_funding(scheme, budget),),
        indicators=tuple(
            _row(group_name(scheme, group), row) for group in form.groups for row in group.rows if not row.placeholder
        ),
    )


def _funding(scheme: Scheme, budget: Decimal | None) -> FundingContent:
    """年初预算数 where the form asks for it; 全年预算数 is the unit's to fill in after adjustments."""
    asked = {column.id for column in scheme.layout.funding_columns}
    return (
        FundingContent(initial_budget=budget) if "initial_budget" in asked else FundingContent(adjusted_budget=budget)
    )


def _row(group: str, row: Indicator) -> RowContent:
    return RowContent(
        group=group,
        level2=row.level2.raw.strip(),
        name=row.name,
        explanation=row.explanation.raw.strip(),
        target=row.target.raw.strip(),
        max_score=row.max_score.value,
    )


def group_name(scheme: Scheme, group: Group) -> str:
    """The level 1 name of the scheme that means the same as the objective form's."""
    label = group.label.value or group.label.raw
    names = [known.name for known in scheme.groups]
    for name in names:
        if normalised(name) == normalised(label):
            return name
    alike = dimension(label)
    return next((name for name in names if alike is not None and dimension(name) == alike), label or names[-1])


@dataclass(frozen=True)
class Prefilling:
    """What fills the blanks of a form that is there already. `left` are the indicators that found no blank row."""

    edits: tuple[SetValue, ...]
    left: tuple[RowContent, ...]


def prefilling(workbook: Workbook, form: SelfEvaluation, scheme: Scheme, objective: ObjectiveForm) -> Prefilling:
    """Fill what is blank; what the clerk has typed stays. `form` was read from the workbook."""
    grids = {grid.sheet: grid for grid in workbook.grids}
    content = prefilled(scheme, objective)
    wanted = list(_values(form, content))
    known = {normalised(row.name) for row in form.named_indicators}
    free = [row for row in form.indicators if row.placeholder and grids[row.at.sheet].free(row.at.row, row.at.column)]
    left = []
    for row in content.indicators:
        if normalised(row.name) in known:
            continue
        fitting = [blank for blank in free if _same_group(form, blank, row)]
        alike = (blank for blank in fitting if _alike(blank.level2.raw, row.level2))
        place = next(alike, None) or next((blank for blank in fitting if blank.level2.blank), None)
        if place is None:
            left.append(row)
        else:
            free.remove(place)
            wanted += _row_values(place, row)
    edits = [
        SetValue(at.sheet, at.row, at.column, value)
        for at, value in wanted
        if value not in (None, "") and grids[at.sheet].free(at.row, at.column)
    ]
    year = form.year.at
    if content.year and form.year.value is None and grids[year.sheet].cell(year.row, year.column).formula is None:
        # The cell shows `（    年度）` until the year is in it.
        edits.append(SetValue(year.sheet, year.row, year.column, Decimal(content.year)))
    return Prefilling(tuple(edits), tuple(left))


_Wanted = Iterator[tuple[CellRef, Constant]]


def _values(form: SelfEvaluation, content: Content) -> _Wanted:
    """Of the blank fields outside the indicator table."""
    total, money = form.funding.total, content.funding[0]
    scale = form.funding.scale
    located: list[tuple[Located[Any] | None, Constant]] = [
        (total.initial_budget, money.initial_budget and money.initial_budget / scale),
        (total.adjusted_budget, money.adjusted_budget and money.adjusted_budget / scale),
    ]
    located += [(form.fields.get(name), text) for name, text in content.fields.items() if isinstance(text, str)]
    for field, value in located:
        if field is not None and not field.raw:
            yield field.at, value


def _row_values(place: Indicator, row: RowContent) -> _Wanted:
    for located, value in (
        (place.level2, row.level2),
        (place.level3, row.name),
        (place.explanation, row.explanation),
        (place.target, row.target),
        (place.max_score, row.max_score),
    ):
        # A column that the form does not have points at the row's first cell.
        if located is place.level3 or located.at != place.level3.at:
            yield located.at, value


def _same_group(form: SelfEvaluation, blank: Indicator, row: RowContent) -> bool:
    """Whether the blank row stands below the level 1 that the indicator has."""
    group = next(group for group in form.groups if blank in group.rows)
    return normalised(group.label.value or group.label.raw) == normalised(row.group)


def _alike(one: str, other: str) -> bool:
    """产出数量 and 数量指标 mean the same level 2."""
    first, second = (normalised(text).removesuffix("指标") for text in (one, other))
    return bool(first and second) and (first in second or second in first)
