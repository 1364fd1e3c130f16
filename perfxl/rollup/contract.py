"""The JSON of `perfxl rollup`, version 1, which the next level reads back."""

from __future__ import annotations

from typing import Literal

from perfxl.reports.contract import Contract, SumsModel, summed
from perfxl.reports.overview import Totals
from perfxl.rollup import FormRecord, Rollup


class _FormsModel(Contract):
    forms: int


class RolledModel(SumsModel, _FormsModel):
    """Sums over the forms that count."""


class _NamedModel(Contract):
    department: str | None
    returned: int


class DepartmentModel(RolledModel, _NamedModel):
    """Of one 主管部门; `department` is null for forms that give none."""


class RollupModel(Contract):
    """`departments` and `summary` only inform: the next level adds up `forms`, and knows `history` for replaced."""

    schema_version: Literal[1]
    forms: list[FormRecord]
    history: list[FormRecord]
    departments: list[DepartmentModel]
    summary: RolledModel


def rollup_model(rollup: Rollup) -> RollupModel:
    return RollupModel(
        schema_version=1,
        forms=rollup.forms,
        history=rollup.history,
        departments=[
            DepartmentModel(department=name or None, returned=returned, forms=own.forms, **summed(own))
            for name, own, returned in rollup.departments()
        ],
        summary=_rolled(rollup.totals),
    )


def _rolled(totals: Totals) -> RolledModel:
    return RolledModel(forms=totals.forms, **summed(totals))
