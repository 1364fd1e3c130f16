"""The official rules, one function each. Every function returns an Expr: the number, the cell formula and the
sentence in the 评分底稿 come from the same arithmetic."""

from __future__ import annotations

from decimal import Decimal

from perfxl.expr import (
    BLANK,
    Expr,
    either,
    is_text,
    lookup,
    maximum,
    minimum,
    number,
    piecewise,
    quantity,
    ref,
    ref_range,
    round_half_up,
    total,
    when,
)
from perfxl.kept import kept_by_identity
from perfxl.notation import Style
from perfxl.scheme import ExecutionRule, Grade, IndicatorRules, TotalCap

RATE_PLACES = 4
"""预算执行率 as a share: two decimals of the percentage."""
SCORE_PLACES = 2

FORWARD, INVERSE, QUALITATIVE = "正向定量", "反向定量", "定性"
"""The kinds of 指标类型 that the template offers."""

DENOMINATORS = {"adjusted_budget": "全年预算数", "initial_budget": "年初预算数"}


_built_once = kept_by_identity
"""Every form of a batch asks for the same few rules."""


@_built_once
def execution_ratio(rule: ExecutionRule) -> Expr:
    """全年执行数 ÷ 全年预算数, not rounded: what 执行率得分 is computed from."""
    budget = ref(rule.denominator, DENOMINATORS[rule.denominator], style="money")
    return ref("executed", "全年执行数", style="money") / budget


@_built_once
def execution_rate(rule: ExecutionRule) -> Expr:
    """预算执行率：全年执行数 ÷ 全年预算数，百分比保留两位小数。"""
    return round_half_up(execution_ratio(rule), RATE_PLACES, style="percent")


@_built_once
def execution_rate_score(rule: ExecutionRule) -> Expr:
    """预算执行率得分：分值 × min(全年执行数 ÷ 全年预算数, 1)，或按区间给分，四舍五入到两位。"""
    ratio = execution_ratio(rule)
    if rule.rule == "bands":
        bands = (
            (band.low_rate, band.low, Decimal(1) if band.high_rate is None else band.high_rate, band.high)
            for band in rule.bands
        )
        points = piecewise(ratio, bands, below=number(0))
    else:
        points = ref("weight", "分值") * minimum(ratio, number(1))
    if rule.zero_below is not None:
        points = when(ratio.less_than(rule.zero_below.value), number(0), points)
    return round_half_up(points, SCORE_PLACES)


def stated_number(name: str, label: str) -> Expr:
    """读数：指标值或实际完成值中的数，如“≥95%”读作 0.95；定性指标和未选指标类型的行不读。

    A cell of its own in the template: inside the rules below it would make their formulas too long for Excel."""
    kind = ref("kind", "指标类型", style="text")
    computed = either(is_text(kind, FORWARD), is_text(kind, INVERSE))
    return when(computed, quantity(ref(name, label)), BLANK)


@_built_once
def forward_score(rules: IndicatorRules, style: Style = "plain") -> Expr:
    """正向定量指标得分：分值 × min(实际完成值 ÷ 指标值, 1)；指标值为 0 时，实际为 0 才得分；可选：超额过多扣分。"""
    target, actual = ref("target", "年度指标值", style), ref("actual", "实际完成值", style)
    weight = ref("weight", "分值")
    met_zero = when(actual.equals(number(0)), weight, number(0))
    points = weight * minimum(actual / target, number(1))
    over = rules.over_fulfilment
    if over is not None:
        points = when((actual / target).at_least(over.from_ratio), maximum(weight - over.deduct, number(0)), points)
    return round_half_up(when(target.equals(number(0)), met_zero, points), SCORE_PLACES)


@_built_once
def inverse_score(style: Style = "plain") -> Expr:
    """反向定量指标得分：分值 × min(指标值 ÷ 实际完成值, 1)；实际为 0 得满分。"""
    target, actual = ref("target", "年度指标值", style), ref("actual", "实际完成值", style)
    weight = ref("weight", "分值")
    return round_half_up(
        when(actual.equals(number(0)), weight, weight * minimum(target / actual, number(1))), SCORE_PLACES
    )


def reference_score(rules: IndicatorRules) -> Expr:
    """参考得分：按指标类型取正向或反向的算法；定性指标由填报人在档内评定，不给参考分。

    `target` and `actual` are numbers: see `stated_number`."""
    kind = ref("kind", "指标类型", style="text")
    return when(is_text(kind, FORWARD), forward_score(rules), when(is_text(kind, INVERSE), inverse_score(), BLANK))


def points_total(*parts: str) -> Expr:
    """总分：执行率得分与各项指标得分之和。`parts` are names of ranges or cells."""
    return total(*(ref_range(part, "得分") for part in parts))


def capped_total(total_score: Expr, caps: tuple[TotalCap, ...]) -> Expr:
    """总分封顶：执行率低于各档时，总分不超过该档上限（可选规则）。"""
    rate = ref("rate", "预算执行率", style="percent")
    capped = total_score
    for cap in sorted(caps, key=lambda cap: cap.rate_below, reverse=True):
        capped = when(rate.less_than(cap.rate_below), minimum(total_score, number(cap.cap)), capped)
    return capped


@_built_once
def grade(grades: tuple[Grade, ...]) -> Expr:
    """等级：按未经四舍五入的总分所在区间。"""
    return lookup(ref("total", "总分"), tuple((grade.low.value, grade.word) for grade in grades))
