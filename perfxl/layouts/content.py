"""What a form is filled with when it is written: prefilled from an objective form, imported, or an example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from perfxl.scheme import PresetIndicator


@dataclass(frozen=True, slots=True)
class FundingContent:
    """One line of the fund table, in 元. None is blank."""

    initial_budget: Decimal | None = None
    adjusted_budget: Decimal | None = None
    executed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RowContent:
    """One indicator. `group` is a level 1 name of the scheme; `level2` may be one that the scheme does not list."""

    group: str
    level2: str = ""
    name: str = ""
    explanation: str = ""
    scoring_rule: str = ""
    kind: str = ""
    """指标类型: 正向定量, 反向定量 or 定性; empty where not chosen."""
    target: str | Decimal = ""
    actual: str | Decimal = ""
    percent: bool = False
    """True: a Decimal in `target` or `actual` is a share of 1, shown as a percentage."""
    max_score: Decimal | None = None
    score: Decimal | None = None
    note: str = ""
    execution: bool = False
    """True for the row 预算执行率 that the form keeps inside the indicators."""


@dataclass(frozen=True, slots=True)
class Content:
    """A filled form. `fields` are by field id; amounts in 元 everywhere, written in the scheme's unit.

    The first line of `funding` is the total: forms without a fund table take their budget figures from it too.
    """

    year: int | None = None
    fields: Mapping[str, str | Decimal | date] = field(default_factory=dict)
    funding: tuple[FundingContent, ...] = ()
    indicators: tuple[RowContent, ...] = ()


BLANK_CONTENT = Content()
BLANK_FUNDING = FundingContent()


def preset_row(group: str, preset: PresetIndicator, filled: RowContent | None) -> RowContent:
    """The row that the form prints already, with what the unit filled in."""
    row = filled or RowContent(group)
    return RowContent(
        group=group,
        level2=preset.level2 or row.level2,
        name=preset.name,
        explanation=preset.explanation or row.explanation,
        scoring_rule=preset.scoring_rule or row.scoring_rule,
        kind=row.kind,
        target=row.target,
        actual=row.actual,
        percent=row.percent,
        max_score=preset.points if row.max_score is None else row.max_score,
        score=row.score,
        note=row.note,
        execution=preset.execution,
    )
