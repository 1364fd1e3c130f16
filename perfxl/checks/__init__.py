"""The checks: one module per family, one decorated function per code that yields findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from importlib import import_module
from itertools import chain
from typing import Any

from perfxl import figures
from perfxl.checks.rules import Rule, rule_in
from perfxl.checks.slips import Slips, slips_in
from perfxl.finding import Finding
from perfxl.form import Form, Indicator, Located, ObjectiveForm, SelfEvaluation
from perfxl.scheme import Scheme
from perfxl.scorecard import Scorecard, ScoreLine

FAMILIES = (
    "layout",
    "funds",
    "weights",
    "points",
    "totals",
    "indicators",
    "crossform",
    "narrative",
    "dates",
    "wording",
)


@dataclass(frozen=True)
class Context:
    """What a check may look at. `scorecard` is None for objective forms; `siblings` are the file's forms."""

    form: Form
    scheme: Scheme
    scorecard: Scorecard | None
    siblings: tuple[Form, ...] = ()

    @cached_property
    def evaluation(self) -> Evaluation | None:
        """None for objective forms."""
        if not isinstance(self.form, SelfEvaluation) or self.scorecard is None:
            return None
        return Evaluation(self.form, self.scheme, self.scorecard, alone=len(self.siblings) <= 1)

    @cached_property
    def slips(self) -> tuple[tuple[str, Located[str], Slips], ...]:
        """Every text a person wrote into the form that shows slips, with the form's word for it."""
        texts = [("", text) for text in self.form.fields.values()]
        for row in self.form.named_indicators:
            texts += (("指标名称", row.level3), ("指标解释", row.explanation), ("评分规则", row.scoring_rule))
            texts.append(("备注", row.note))
        return tuple([(field, text, found) for field, text in texts if text.raw and (found := slips_in(text.raw))])

    @cached_property
    def rules(self) -> tuple[tuple[Indicator, Located[str], Rule], ...]:
        """The rows whose 评分规则, or without one 指标解释, speaks of points: with the cell that does."""
        found = []
        for row in self.form.named_indicators:
            place, text = row.scoring_rule, row.scoring_rule.raw.strip()
            if not text:
                place, text = row.explanation, row.explanation.raw
            if text and (rule := rule_in(text)):
                found.append((row, place, rule))
        return tuple(found)

    @cached_property
    def weights_unreadable(self) -> bool:
        """Whether the points that some row may reach cannot be read: no sum of them can be trusted."""
        return any(row.max_score.unreadable for row in self.form.named_indicators)

    @cached_property
    def weights(self) -> tuple[list[Decimal], ...]:
        """The points that rows may reach, group by group, as far as they are readable."""
        return tuple(
            [row.max_score.value for row in group.rows if not row.placeholder and row.max_score.value is not None]
            for group in self.form.groups
        )

    @cached_property
    def true_grouping(self) -> str:
        """`36/34/15/15` where the printed labels are off but the rows in order fill the scheme's groups exactly."""
        stated = [group.points.value for group in self.scheme.groups if group.points]
        printed = [group.printed_points for group in self.form.groups]
        if None in printed or len(stated) != len(self.scheme.groups):
            return ""
        sums = [sum(weights, Decimal(0)) for weights in self.weights]
        if sums in (printed, stated):
            return ""
        waiting, filled = list(stated), Decimal(0)
        for weight in chain.from_iterable(self.weights):
            filled += weight
            if waiting and filled == waiting[0]:
                waiting.pop(0)
                filled = Decimal(0)
        return "" if waiting or filled else "/".join(map(figures.points, stated))


@dataclass(frozen=True)
class Evaluation:
    """A self-evaluation with its scorecard: what most checks look at."""

    form: SelfEvaluation
    scheme: Scheme
    card: Scorecard
    alone: bool = True
    """False where the file has other forms besides."""

    @cached_property
    def readable(self) -> bool:
        """False where a score cannot be read: L108 has said so, and no sum can be trusted."""
        return not any(line.reported.unreadable for line in (self.card.execution, *self.card.lines))

    @cached_property
    def judged_lines(self) -> tuple[tuple[Indicator, ScoreLine], ...]:
        """The rows of the indicator table with a readable score inside its range; F102 looks at the execution row."""
        return tuple(
            (row, line)
            for line in self.card.lines
            if (row := line.indicator)
            and not row.execution
            and line.reported.value is not None
            and not line.out_of_range
        )


Check = Callable[..., Iterator[Finding]]
_checks: dict[str, tuple[str, Check]] = {}
"""By code: what the check is about, and the function."""


def _registered(about: str, code: str) -> Callable[[Check], Check]:
    def register(function: Check) -> Check:
        assert code not in _checks, f"two checks for {code}"
        _checks[code] = about, function
        return function

    return register


def check(code: str) -> Callable[[Callable[[Context], Iterator[Finding]]], Check]:
    """Register a check under its code, for every kind of form."""
    return _registered("form", code)


def evaluation_check(code: str) -> Callable[[Callable[[Evaluation], Iterator[Finding]]], Check]:
    """Register a check that looks at self-evaluations only."""
    return _registered("evaluation", code)


def objective_check(code: str) -> Callable[[Callable[[ObjectiveForm, Scheme], Iterator[Finding]]], Check]:
    """Register a check that looks at objective forms only."""
    return _registered("objective", code)


@cache
def _loaded() -> dict[str, tuple[str, Check]]:
    for family in FAMILIES:
        import_module(f"perfxl.checks.{family}")
    return _checks


def registered_checks() -> dict[str, Check]:
    """Every check by code; loads the families on first use."""
    return {code: function for code, (_, function) in _loaded().items()}


def run_checks(context: Context) -> Iterator[Finding]:
    """All findings of all checks for one form."""
    evaluation, form = context.evaluation, context.form
    given: dict[str, tuple[Any, ...]] = {"form": (context,)}
    if evaluation is not None:
        given["evaluation"] = (evaluation,)
    if isinstance(form, ObjectiveForm):
        given["objective"] = form, context.scheme
    for about, function in _loaded().values():
        if about in given:
            yield from function(*given[about])
