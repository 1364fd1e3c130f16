"""What a 绩效目标表 already says about the form that is to be filled."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

from perfxl.commands.problems import UsageProblem
from perfxl.form import Group, Indicator, ObjectiveForm
from perfxl.grid import normalised
from perfxl.layouts.content import Content, FundingContent, RowContent
from perfxl.reports.escaping import visible
from perfxl.reports.overview import dimension
from perfxl.scheme import Scheme

_SAME = {
    "implementing_unit": ("implementing_unit", "budget_unit", "applicant_unit"),
    "budget_unit": ("budget_unit", "implementing_unit", "applicant_unit"),
    "expected_goal": ("expected_goal", "annual_goal", "overall_goal"),
    "annual_goal": ("annual_goal", "expected_goal", "overall_goal"),
}
"""Fields of the new form and, best first, the fields of the objective form that say the same."""
_ALIKE = ("project_name", "project_code", "supervising_department", "recurring")


def objective_form(path: Path) -> ObjectiveForm:
    """The first 绩效目标表 of a workbook; stderr says so where there are more. UsageProblem where there is none."""
    from perfxl.reading import read_forms
    from perfxl.sources import UnreadableFile, read_workbook

    try:
        forms = read_forms(read_workbook(path))
    except UnreadableFile as error:
        reason = next(iter(error.numbers.values()), error.code)
        raise UsageProblem(f"{path} 打不开：{reason}", f"cannot read {path}: {reason}") from error
    found = [form for form in forms if isinstance(form, ObjectiveForm)]
    if not found:
        raise UsageProblem(f"{path} 里没有绩效目标表；请用 --from 指定填好的目标表", f"no objective form in {path}")
    if len(found) > 1:
        project = visible(found[0].project)
        print(f"{visible(str(path))} 里有 {len(found)} 张目标表，取第 1 张：{project}", file=sys.stderr)
    return found[0]


def prefilled(scheme: Scheme, form: ObjectiveForm) -> Content:
    """Project, units, goal, year, budget and indicators with their targets. Amounts in 元."""
    layout = scheme.layout
    wanted = [field.id for field in (*layout.header, *layout.goals)]
    texts = {name: form.first_text(*_SAME.get(name, (name,))) for name in wanted if name in _SAME or name in _ALIKE}
    budget = form.funding.total.adjusted_budget.value or form.funding.total.initial_budget.value
    return Content(
        year=form.year.value,
        fields={name: text for name, text in texts.items() if text},
        funding=(_funding(scheme, budget),),
        indicators=tuple(
            _row(_group_name(scheme, group), row) for group in form.groups for row in group.rows if not row.placeholder
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


def _group_name(scheme: Scheme, group: Group) -> str:
    """The level 1 name of the scheme that means the same as the objective form's."""
    label = group.label.value or group.label.raw
    names = [known.name for known in scheme.groups]
    for name in names:
        if normalised(name) == normalised(label):
            return name
    alike = dimension(label)
    return next((name for name in names if alike is not None and dimension(name) == alike), label or names[-1])
