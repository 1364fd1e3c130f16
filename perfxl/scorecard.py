"""Our arithmetic beside theirs: every score of a form, reported and computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from perfxl.expr import Expr, Value, ref
from perfxl.figures import agrees, points
from perfxl.form import Indicator, Located, SelfEvaluation, Target
from perfxl.kept import Late, kept_by_identity, once
from perfxl.notation import Style
from perfxl.scheme import ExecutionRule, Scheme, TotalCap
from perfxl.scoring import (
    FORWARD,
    INVERSE,
    QUALITATIVE,
    capped_total,
    execution_rate,
    execution_rate_score,
    execution_ratio,
    forward_score,
    grade,
    inverse_score,
)

T = TypeVar("T")


@dataclass(frozen=True)
class ScoreLine:
    """One scored item. `computed` is None where the rule gives no number: the clerk judges, or a value is missing."""

    label: str
    reported: Located[Decimal]
    max_score: Located[Decimal]
    """分值 as printed."""
    weight: Decimal | None
    """分值 as it counts: the scheme's for 预算执行率 where the form prints none."""
    computed: Decimal | None
    derivation: Late = Late()
    """评分底稿: the arithmetic with its numbers, or why there is none."""
    indicator: Indicator | None = None
    """None for the execution line of the fund table."""
    allowed: tuple[Decimal, Decimal] | None = None
    """Lowest and highest points where the rule leaves a choice, as the bands of 预算执行率 do."""

    @property
    def agrees(self) -> bool:
        """Reported as the rule gives it: inside the band, or within half a unit of the last printed decimal."""
        reported = self.reported.value
        if reported is not None and self.allowed and self.allowed[0] <= reported <= self.allowed[1]:
            return True
        return reported is not None and self.computed is not None and agrees(reported, self.reported.raw, self.computed)

    @property
    def out_of_range(self) -> bool:
        """Below 0 or above 分值 (S106)."""
        reported, most = self.reported.value, self.weight
        return reported is not None and (reported < 0 or (most is not None and reported > most))

    @property
    def lost(self) -> Decimal:
        """分值 less 得分 as reported; 0 where either is missing."""
        if self.reported.value is None or self.weight is None:
            return Decimal(0)
        return self.weight - self.reported.value

    @property
    def counted(self) -> Decimal | None:
        """By rule where there is one and the clerk's number differs, else as filled in."""
        return self.reported.value if self.computed is None or self.agrees else self.computed


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """Everything computed for one self-evaluation. Points; rates are shares of 1; None means not computable."""

    ratio: Decimal | None
    """全年执行数 ÷ 全年预算数, not rounded."""
    rate: Decimal | None
    """预算执行率 to two decimals of the percentage."""
    rate_derivation: Late = Late()
    execution: ScoreLine
    lines: tuple[ScoreLine, ...]
    """One per indicator that counts, in the form's order; the execution row included where it stands inside."""
    reported_sum: Decimal | None
    """Sum of the points as filled in, under the scheme's caps; None where none is filled."""
    missing: Decimal
    """Points of the rows whose score is blank."""
    computed_total: Decimal | None
    """Total by rule: computed points where there is a rule, reported ones elsewhere."""
    reported_grade: str | None
    computed_grade: str | None
    """By the total by rule."""
    reported_sum_grade: str | None
    """By the sum of the points as filled in."""
    grade_if_full: str | None
    """By that sum with every blank row at full points; None where nothing is blank."""
    total_derivation: str


def score_form(form: SelfEvaluation, scheme: Scheme) -> Scorecard:
    """Score one form by its scheme. Never raises on what a unit filled in."""
    rule = scheme.execution
    assert rule is not None, "a self-evaluation scheme always has an execution rule"
    funding = form.funding.total
    row = next((indicator for indicator in form.named_indicators if indicator.execution), None)
    printed_weight = (row or funding).max_score.value
    execution_weight = rule.weight.value if printed_weight is None else printed_weight
    amounts: dict[str, Value] = {
        "adjusted_budget": funding.adjusted_budget.value,
        "initial_budget": funding.initial_budget.value,
        "executed": funding.executed.value,
        "weight": execution_weight,
    }
    if not funding.adjusted_budget.value and form.funding.parts:
        # 总额空白而分项已填: computed from the parts (F113 reports it).
        amounts |= {name: value for name, value in _sum_of_parts(form).items() if not amounts[name]}
    ratio = _number(execution_ratio(rule).evaluate(amounts))
    exact_rate, rate_derivation = execution_rate(rule).evaluate_and_explain(amounts)
    rate = _number(exact_rate)
    execution_points, execution_derivation = execution_rate_score(rule).evaluate_and_explain(amounts)
    execution = _made(
        ScoreLine,
        label="预算执行率",
        reported=row.score if row else funding.score,
        max_score=row.max_score if row else funding.max_score,
        weight=execution_weight,
        computed=_number(execution_points),
        derivation=execution_derivation,
        indicator=row,
        allowed=_allowed(rule, ratio),
    )
    lines = tuple(
        execution if indicator is row else _indicator_line(indicator, scheme) for indicator in form.named_indicators
    )
    counted = lines if row else (execution, *lines)
    reported = [line.reported.value for line in counted if line.reported.value is not None]
    reported_sum: Decimal | None = sum(reported, Decimal(0)) if reported else None
    missing = sum((line.weight or Decimal(0) for line in counted if line.reported.blank), Decimal(0))
    by_rule = [value for line in counted if (value := line.counted) is not None]
    computed: Decimal | None = sum(by_rule, Decimal(0)) if by_rule else None
    derivation = " + ".join(map(points, by_rule))
    if computed is not None:
        computed = _capped(computed, rate, scheme)
        derivation += f" = {points(computed)}"
    if reported_sum is not None:
        reported_sum = _capped(reported_sum, rate, scheme)
    computed_grade = _grade(scheme, computed)
    return _made(
        Scorecard,
        ratio=ratio,
        rate=rate,
        rate_derivation=rate_derivation,
        execution=execution,
        lines=lines,
        reported_sum=reported_sum,
        missing=missing,
        computed_total=computed,
        reported_grade=form.grade.value if form.grade else None,
        computed_grade=computed_grade,
        reported_sum_grade=computed_grade if reported_sum == computed else _grade(scheme, reported_sum),
        grade_if_full=_grade(scheme, reported_sum + missing) if missing and reported_sum is not None else None,
        total_derivation=derivation,
    )


def _made(cls: type[T], **fields: Any) -> T:
    """A ScoreLine or Scorecard of all its fields: its constructor sets one by one, which takes three times as long."""
    made = object.__new__(cls)
    made.__dict__.update(fields)
    return made


def _allowed(rule: ExecutionRule, ratio: Decimal | None) -> tuple[Decimal, Decimal] | None:
    band = next((band for band in rule.bands if ratio is not None and ratio >= band.low_rate), None)
    return (band.low, band.high) if band else None


def _sum_of_parts(form: SelfEvaluation) -> dict[str, Value]:
    sums: dict[str, Value] = {}
    for name in ("initial_budget", "adjusted_budget", "executed"):
        values = [v for part in form.funding.parts if (v := getattr(part, name).value) is not None]
        sums[name] = sum(values, Decimal(0)) if values else None
    return sums


def _indicator_line(indicator: Indicator, scheme: Scheme) -> ScoreLine:
    computed, derivation = _indicator_points(indicator, scheme)
    return _made(
        ScoreLine,
        label=indicator.name,
        reported=indicator.score,
        max_score=indicator.max_score,
        weight=indicator.max_score.value,
        computed=computed,
        derivation=derivation,
        indicator=indicator,
        allowed=None,
    )


def _indicator_points(indicator: Indicator, scheme: Scheme) -> tuple[Decimal | None, str | Callable[[], str]]:
    """Points by rule and their derivation. Text targets, differing units and blanks are the clerk's to judge."""
    assert scheme.indicators is not None, "a self-evaluation scheme always has indicator rules"
    if not scheme.indicators.proportional:
        return None, "由填报人评定"
    target, actual, weight = indicator.target.value, indicator.actual.value, indicator.max_score.value
    if target is None or actual is None or weight is None:
        return None, "指标值、实际完成值或分值未填，无法计算"
    if indicator.kind.raw.strip() == QUALITATIVE:
        return None, "定性指标，由填报人在档内评定"
    met = target_met(target, actual)
    if target.kind == "date" and actual.kind == "date":
        return (weight, "完成时间不晚于指标值，得满分") if met else (None, "完成时间晚于指标值，由填报人评定")
    if target.kind == "range" and met:
        return weight, "实际完成值在指标值区间内，得满分"
    if target.kind != "number" or actual.kind != "number" or not same_unit(target, actual):
        return None, "指标值或实际完成值不是可比较的数字，由填报人评定"
    style: Style = "percent" if target.unit == "%" else "plain"
    expr = inverse_score(style) if _is_inverse(indicator, target) else forward_score(scheme.indicators, style)
    return _proportional(expr)(str(target.low), str(actual.low), str(weight))


def _is_inverse(indicator: Indicator, target: Target) -> bool:
    """Whether less is better: by the form's own 指标类型, else by the target's comparison sign."""
    kind = indicator.kind.raw.strip()
    return kind == INVERSE if kind in (FORWARD, INVERSE) else target.operator in ("≤", "<")


@kept_by_identity
def _proportional(expr: Expr) -> Callable[[str, str, str], tuple[Decimal | None, str | Callable[[], str]]]:
    """Points and derivation for target, actual value and weight, as text: 1 and 1.0 are the same key as numbers.

    Kept: most indicators of a batch ask for 100 % and have reached it."""

    @lru_cache(maxsize=4096)
    def points_for(target: str, actual: str, weight: str) -> tuple[Decimal | None, str | Callable[[], str]]:
        figures = {"target": Decimal(target), "actual": Decimal(actual), "weight": Decimal(weight)}
        value, derivation = expr.evaluate_and_explain(figures)
        return _number(value), derivation if isinstance(derivation, str) else once(derivation)

    return points_for


def target_met(target: Target, actual: Target) -> bool | None:
    """Whether the actual value meets the target. None where the two cannot be compared."""
    if target.kind == "date" and actual.kind == "date":
        return None if target.day is None or actual.day is None else actual.day <= target.day
    if actual.kind != "number" or actual.low is None or target.low is None or not same_unit(target, actual):
        return None
    if target.kind == "range":
        return target.high is not None and target.low <= actual.low <= target.high
    if target.kind != "number":
        return None
    if target.operator == "≤":
        return actual.low <= target.low
    if target.operator == "<":
        return actual.low < target.low
    if target.operator == ">":
        return actual.low > target.low
    if target.low == 0:
        return actual.low == 0
    return actual.low >= target.low


def same_unit(target: Target, actual: Target) -> bool:
    share = (target.unit == "%", actual.unit == "%")
    return target.unit == actual.unit or (not any(share) and "" in (target.unit, actual.unit))


def _grade(scheme: Scheme, score: Decimal | None) -> str | None:
    if score is None or not scheme.grades:
        return None
    word = grade(scheme.grades).evaluate({"total": score})
    return word if isinstance(word, str) else None


def _capped(score: Decimal, rate: Decimal | None, scheme: Scheme) -> Decimal:
    if not scheme.total_caps:
        return score
    capped = _number(_caps(scheme.total_caps).evaluate({"uncapped": score, "rate": rate}))
    return score if capped is None else capped


@kept_by_identity
def _caps(caps: tuple[TotalCap, ...]) -> Expr:
    return capped_total(ref("uncapped", "各项得分之和"), caps)


def _number(value: Value) -> Decimal | None:
    return value if isinstance(value, Decimal) else None
