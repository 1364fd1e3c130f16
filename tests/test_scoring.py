"""The official rules against numbers worked out by hand; each example fails under the mistake named beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.checks import Evaluation
from perfxl.checks.points import outside_band
from perfxl.expr import NOT_COMPUTABLE, NotComputable, Value, number
from perfxl.figures import agrees
from perfxl.form import Funding, FundingRow, Group, Indicator, Located, SelfEvaluation, Target
from perfxl.grid import CellRef
from perfxl.reading.values import parse_measure, parse_share
from perfxl.scheme import OverFulfilment, Scheme, SourcedShare, TotalCap
from perfxl.scheme_files import builtin_schemes
from perfxl.scorecard import Scorecard, score_form
from perfxl.scoring import (
    capped_total,
    execution_rate,
    execution_rate_score,
    forward_score,
    grade,
    inverse_score,
)
from tests.random_forms import execution_points, half_up

YEAR = 2024
MOF, HUBEI, LINCANG, SHANGHAI = (
    builtin_schemes()[name] for name in ("mof/2020", "hubei/2021", "lincang/2021", "shanghai/2020")
)
SELF_EVALUATIONS = [scheme for scheme in builtin_schemes().values() if scheme.kind == "self_evaluation"]
CAPS = tuple(
    TotalCap(rate_below=Decimal(below), cap=Decimal(cap), source="notes")
    for below, cap in (("0.8", 89), ("0.7", 79), ("0.6", 69), ("0.5", 59))
)


def rate(budget: str, executed: str, scheme: Scheme = MOF) -> Value:
    assert scheme.execution
    return execution_rate(scheme.execution).evaluate(_amounts(budget, executed))


def execution(budget: str, executed: str, scheme: Scheme = MOF) -> Value:
    assert scheme.execution
    values = {**_amounts(budget, executed), "weight": scheme.execution.weight.value}
    return execution_rate_score(scheme.execution).evaluate(values)


def _amounts(budget: str, executed: str) -> dict[str, Value]:
    return {"adjusted_budget": Decimal(budget), "initial_budget": Decimal(1), "executed": Decimal(executed)}


def indicator(
    target: str, actual: str, weight: str = "10", score: str = "10", kind: str = "", row: int = 20
) -> Indicator:
    blank: Located[str] = Located(None, _at(row))

    def measure(text: str) -> Located[Target]:
        return Located(parse_measure(text, YEAR) if text else None, _at(row), text)

    return Indicator(
        level1=Located("产出指标", _at(row), "产出指标"),
        level2=blank,
        level3=Located(f"指标{row}的完成", _at(row), f"指标{row}的完成"),
        explanation=blank,
        scoring_rule=blank,
        kind=Located(kind or None, _at(row), kind),
        target=measure(target),
        actual=measure(actual),
        max_score=_number(weight, row),
        score=_number(score, row),
        note=blank,
    )


def evaluation(
    rows: Sequence[Indicator], budget: str = "100", executed: str = "100", score: str = ""
) -> SelfEvaluation:
    """A form with those rows and, as it stands there, the score of the execution."""
    nothing: Located[Decimal] = Located(None, _at(5))
    total = FundingRow(
        label=Located("年度资金总额", _at(5), "年度资金总额"),
        initial_budget=nothing,
        adjusted_budget=_number(budget, 5),
        executed=_number(executed, 5),
        max_score=nothing,
        rate=nothing,
        score=_number(score, 5),
    )
    return SelfEvaluation(
        _at(1),
        Located("项目支出绩效自评表", _at(1), "项目支出绩效自评表"),
        Located(YEAR, _at(2), str(YEAR)),
        {},
        (Group(Located("产出指标", _at(20), "产出指标"), None, tuple(rows)),),
        funding=Funding(total),
        total=nothing,
        total_max=nothing,
    )


def _at(row: int) -> CellRef:
    return CellRef("表.xlsx", "自评表", row, 1)


def _number(text: str, row: int) -> Located[Decimal]:
    return Located(Decimal(text) if text else None, _at(row), text)


def card(rows: Sequence[Indicator], scheme: Scheme = MOF, **funding: str) -> Scorecard:
    return score_form(evaluation(rows, **funding), scheme)


def points(target: str, actual: str, weight: str = "10", kind: str = "", scheme: Scheme = MOF) -> Decimal | None:
    return card([indicator(target, actual, weight, kind=kind)], scheme).lines[0].computed


# N2, N3: 预算执行率


@pytest.mark.parametrize(
    ("budget", "executed", "shown"),
    [
        ("100000", "33954", "0.3395"),  # rounded up: 33.96 %, as one seed prints
        ("100000", "33945", "0.3395"),  # half to even: 33.94 %
        ("100000", "33955", "0.3396"),  # a double holds 0.33955 below itself: 33.95 %
        ("645700", "636500", "0.9858"),  # cut off: 98.57 %
        ("100", "120", "1.2"),  # the rate itself is not capped
    ],
)
def test_the_rate_is_rounded_half_up_to_two_decimals_of_the_percentage(budget: str, executed: str, shown: str) -> None:
    assert rate(budget, executed) == Decimal(shown)


@pytest.mark.parametrize(
    ("budget", "executed", "scheme", "expected"),
    [
        ("100000", "33955", MOF, "3.4"),  # cut off: 3.39
        ("100000", "98575", MOF, "9.86"),
        ("100000", "98650", MOF, "9.87"),  # half to even: 9.86
        ("100000", "98548", MOF, "9.85"),  # from the rounded rate 98.55 %: 9.86
        ("10000", "9775", HUBEI, "19.55"),  # 20 points, not 10
        ("100", "120", MOF, "10"),  # above 分值
        ("100", "0", MOF, "0"),
    ],
)
def test_points_for_the_execution(budget: str, executed: str, scheme: Scheme, expected: str) -> None:
    assert execution(budget, executed, scheme) == Decimal(expected)


def test_the_budget_is_the_adjusted_one() -> None:
    assert MOF.execution
    amounts: dict[str, Value] = {"initial_budget": Decimal(80), "adjusted_budget": Decimal(100)}
    values = {**amounts, "executed": Decimal(80), "weight": Decimal(10)}
    assert execution_rate(MOF.execution).evaluate(values) == Decimal("0.8")
    assert execution_rate_score(MOF.execution).evaluate(values) == Decimal(8)


def test_without_budget_there_is_no_rate_and_no_points() -> None:
    assert rate("0", "0") is NOT_COMPUTABLE
    assert execution("0", "50") is NOT_COMPUTABLE
    empty = card([], budget="0", executed="0")
    assert (empty.ratio, empty.rate, empty.execution.computed) == (None, None, None)


@pytest.mark.parametrize(
    ("executed", "expected"),
    [
        ("110000", "8"),
        ("90000", "8"),
        ("89999", "8"),  # 7.9998
        ("85000", "7"),
        ("80500", "6.1"),
        ("80000", "6"),  # from 80 % on; the seed prints 78 %
        ("79000", "5.8"),
        ("70000", "4"),
        ("69999", "0"),  # below the lowest band nothing, not a share of it
    ],
)
def test_shanghai_bands(executed: str, expected: str) -> None:
    assert execution("100000", executed, SHANGHAI) == Decimal(expected)


def test_no_points_below_a_rate_is_off_unless_the_scheme_has_it() -> None:
    assert MOF.execution
    strict = replace(MOF.execution, zero_below=SourcedShare(value=Decimal("0.5"), source="notes"))
    values: dict[str, Value] = {"adjusted_budget": Decimal(1000), "executed": Decimal(499), "weight": Decimal(10)}
    assert execution_rate_score(MOF.execution).evaluate(values) == Decimal("4.99")
    assert execution_rate_score(strict).evaluate(values) == 0
    assert execution_rate_score(strict).evaluate({**values, "executed": Decimal(500)}) == 5


# N4, N5: 定量指标


@pytest.mark.parametrize(
    ("target", "actual", "weight", "expected"),
    [
        ("40个", "39.1个", "10", "9.78"),  # printed 9 in a seed
        ("40个", "39.06个", "10", "9.77"),  # 9.765, half to even: 9.76
        ("100次", "53.3次", "5", "2.67"),  # 2.665, half to even: 2.66
        ("≥95%", "98.5%", "10", "10"),  # above 分值
        ("≥100%", "97.75%", "20", "19.55"),
        ("58批", "29批", "5", "2.5"),
        ("0起", "0起", "5", "5"),  # a division by zero
        ("0起", "2起", "5", "0"),
        ("0%", "0%", "5", "5"),
        ("≤3天", "4天", "10", "7.5"),  # the wrong way round: 10
        ("≤3天", "2天", "10", "10"),
        ("≤3天", "0天", "10", "10"),  # a division by zero
        ("不超过30万元", "40万元", "8", "6"),
        ("≤0起", "1起", "5", "0"),
        ("≤0起", "0起", "5", "5"),
        ("3-5名", "4名", "6", "6"),
        ("≥1,040,000元", "104万元", "5", "5"),  # the same money in another unit
    ],
)
def test_points_of_a_quantitative_indicator(target: str, actual: str, weight: str, expected: str) -> None:
    assert points(target, actual, weight) == Decimal(expected)


def test_the_kind_chosen_in_the_form_goes_before_the_sign() -> None:
    assert points("30天", "40天", kind="反向定量") == Decimal("7.5")
    assert points("30天", "40天", kind="正向定量") == Decimal(10)
    assert points("≥95%", "90%", kind="定性") is None


@pytest.mark.parametrize(
    ("target", "actual"),
    [
        ("好", "100%"),
        ("制度健全", "制度已建立"),
        ("≥95%", "95次"),  # a share is no count
        ("≥95%", ""),
        ("12月底前", "2025年1月"),  # late: how late it is worth is the clerk's to judge
        ("3-5名", "6名"),
    ],
)
def test_what_cannot_be_computed_has_no_points_by_rule(target: str, actual: str) -> None:
    assert points(target, actual) is None


@pytest.mark.parametrize(
    ("target", "actual"),
    [("2024年12月", "2024年12月"), ("12月底前", "2024年11月"), ("2024年12月31日前", "2024-12-31")],
)
def test_a_date_not_later_than_the_target_earns_full_points(target: str, actual: str) -> None:
    assert points(target, actual, "5") == Decimal(5)


def test_over_fulfilment_costs_points_only_where_the_scheme_says_so() -> None:
    rules = MOF.indicators
    assert rules and points("100人", "130人", "5") == Decimal(5)
    over = OverFulfilment(from_ratio=Decimal("1.3"), deduct=Decimal(2), source="notes")
    strict = replace(MOF, indicators=replace(rules, over_fulfilment=over))
    assert points("100人", "130人", "5", scheme=strict) == Decimal(3)
    assert points("100人", "129.99人", "5", scheme=strict) == Decimal(5)
    assert points("100人", "300人", "1", scheme=strict) == Decimal(0)  # N5: never below 0
    assert points("≤100人", "10人", "5", scheme=strict) == Decimal(5)


def test_shanghai_indicators_are_judged() -> None:
    assert points("58批", "29批", "5", scheme=SHANGHAI) is None


# N6: 定性指标


@pytest.mark.parametrize(
    ("scheme", "word", "score", "inside"),
    [
        (MOF, "达成", "10", True),
        (MOF, "达成", "8", True),
        (MOF, "达成", "7.99", False),
        (MOF, "部分达成", "8", False),  # 80 % belongs to the upper band
        (MOF, "部分达成", "6", True),
        (MOF, "部分达成", "5.99", False),
        (MOF, "未达成", "6", False),
        (MOF, "未达成", "0", True),
        (HUBEI, "达成预期指标", "7.99", False),
        (HUBEI, "部分达成预期指标", "5", True),  # 50 %, not 60 %
        (HUBEI, "部分达成预期指标", "4.99", False),
        (HUBEI, "未达成预期指标", "5", False),
        (HUBEI, "未达成预期指标", "4.99", True),
    ],
)
def test_bands_of_qualitative_points(scheme: Scheme, word: str, score: str, inside: bool) -> None:
    form = evaluation([indicator("机制健全并长期运行", word, "10", score)])
    check = getattr(outside_band, "__wrapped__")  # noqa: B009
    found = list(check(Evaluation(form, scheme, score_form(form, scheme))))
    assert [finding.code for finding in found] == ([] if inside else ["S108"])


# N7: 总分和等级


@pytest.mark.parametrize(
    ("scheme", "total", "word"),
    [
        (MOF, "90", "优"),
        (MOF, "89.996", "良"),  # rounded first: 优
        (MOF, "80", "良"),
        (MOF, "79.995", "中"),
        (MOF, "60", "中"),
        (MOF, "59.999", "差"),
        (MOF, "0", "差"),
        (LINCANG, "95", "优"),
        (LINCANG, "94.99", "良"),  # 优 from 90 on is another form's rule
        (LINCANG, "85", "良"),
        (LINCANG, "84.99", "中"),
        (LINCANG, "60", "中"),
        (LINCANG, "59.99", "差"),
        (SHANGHAI, "90", "优秀"),
        (SHANGHAI, "89.99", "良好"),
        (SHANGHAI, "75", "良好"),
        (SHANGHAI, "74.99", "合格"),
        (SHANGHAI, "60", "合格"),
        (SHANGHAI, "59.99", "不合格"),
    ],
)
def test_grades_are_judged_on_the_unrounded_total(scheme: Scheme, total: str, word: str) -> None:
    assert grade(scheme.grades).evaluate({"total": Decimal(total)}) == word


def test_a_blank_score_is_no_zero() -> None:
    """Seed 002: 89 by the sum, 96 if the blank row had its full points."""
    execution_row = indicator("", "", "8", "8", row=19)._replace(execution=True)
    rows = [execution_row, indicator("", "", "85", "81", row=20), indicator("", "", "7", "", row=21)]
    found = card(rows, SHANGHAI)
    assert (found.reported_sum, found.missing) == (Decimal(89), Decimal(7))
    assert (found.reported_sum_grade, found.grade_if_full) == ("良好", "优秀")


def test_the_total_by_rule_takes_the_clerks_points_where_there_is_no_rule() -> None:
    rows = [indicator("40个", "39.1个", "10", "9", row=20), indicator("好", "好", "80", "70", row=21)]
    found = card(rows, score="9.5", executed="98.65")
    assert found.reported_sum == Decimal("88.5")
    assert found.computed_total == Decimal("89.65")  # 9.87 + 9.78 + 70
    assert (found.reported_sum_grade, found.computed_grade) == ("良", "良")


def test_points_printed_with_fewer_decimals_count_as_printed() -> None:
    """3.3955 printed 3.4 is right, and the total is the sum of what is printed."""
    found = card([], executed="33.955", score="3.4")
    assert found.execution.agrees
    assert found.computed_total == Decimal("3.4")


@pytest.mark.parametrize(
    ("rate", "total", "expected"),
    [
        ("0.8", "95", "95"),
        ("0.7999", "95", "89"),
        ("0.7", "95", "89"),
        ("0.6999", "95", "79"),
        ("0.6", "95", "79"),
        ("0.5999", "95", "69"),
        ("0.5", "95", "69"),
        ("0.4999", "95", "59"),
        ("0.4999", "40", "40"),  # a cap, not a grade
    ],
)
def test_the_total_is_capped_by_the_execution_where_the_scheme_says_so(rate: str, total: str, expected: str) -> None:
    capped = capped_total(number(Decimal(total)), CAPS).evaluate({"rate": Decimal(rate)})
    assert capped == Decimal(expected)
    assert capped_total(number(Decimal(total)), ()).evaluate({"rate": Decimal(rate)}) == Decimal(total)


def test_a_capped_total_in_the_scorecard() -> None:
    rows = [indicator("好", "好", "90", "90")]
    strict = replace(MOF, total_caps=CAPS)
    assert card(rows, executed="75", score="7.5").computed_total == Decimal("97.5")
    assert card(rows, strict, executed="75", score="7.5").computed_total == 89
    assert card(rows, strict, executed="75", score="7.5").computed_grade == "良"


# What counts as right in print


@pytest.mark.parametrize(
    ("printed", "exact", "right"),
    [
        ("3.4", "3.3955", True),
        ("9.86", "9.8575", True),
        ("9", "9.775", False),
        ("10", "9.775", True),  # within half a unit: S109 asks about it
        ("3", "2.92", True),
        ("9.77", "9.775", False),
    ],
)
def test_points_agree_within_half_a_unit_of_the_last_printed_decimal(printed: str, exact: str, right: bool) -> None:
    assert agrees(Decimal(printed), printed, Decimal(exact)) is right


@pytest.mark.parametrize(
    ("printed", "exact", "right"),
    [("98.58%", "0.98575", True), ("33.96%", "0.33954", False), ("34%", "0.33954", True), ("98.575%", "0.98575", True)],
)
def test_rates_agree_in_percent(printed: str, exact: str, right: bool) -> None:
    share = parse_share(printed)
    assert share is not None
    assert agrees(share, printed, Decimal(exact), percentage=True) is right


# What holds for every number

AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
BUDGETS = st.decimals(min_value=Decimal("0.01"), max_value=10**9, places=2)
# So small that nothing but a tie lies within one part in 10^14 of a tie: see perfxl.expr.
SMALL = st.decimals(min_value=Decimal("0.01"), max_value=10**7, places=2)
MEASURED = st.decimals(min_value=0, max_value=10**6, places=4)
WEIGHTS = st.decimals(min_value=Decimal("0.5"), max_value=100, places=1)


def _decimal(value: Value) -> Decimal:
    assert isinstance(value, Decimal), value
    return value


@given(st.sampled_from(SELF_EVALUATIONS), BUDGETS, AMOUNTS, AMOUNTS)
def test_execution_points_stay_in_range_and_never_fall_with_more_spent(
    scheme: Scheme, budget: Decimal, one: Decimal, other: Decimal
) -> None:
    assert scheme.execution
    less, more = (_decimal(execution(str(budget), str(spent), scheme)) for spent in sorted((one, other)))
    assert 0 <= less <= more <= scheme.execution.weight.value


@given(st.sampled_from(SELF_EVALUATIONS), SMALL, SMALL)
def test_execution_points_and_rate_are_those_of_exact_fractions(
    scheme: Scheme, budget: Decimal, executed: Decimal
) -> None:
    assert scheme.execution
    ratio = Fraction(executed) / Fraction(budget)
    exact = execution_points(scheme.execution, ratio, scheme.execution.weight.value)
    assert execution(str(budget), str(executed), scheme) == exact
    assert rate(str(budget), str(executed), scheme) == half_up(ratio, 4)


@given(MEASURED, MEASURED, MEASURED, WEIGHTS)
def test_indicator_points_stay_in_range_and_follow_the_actual_value(
    target: Decimal, one: Decimal, other: Decimal, weight: Decimal
) -> None:
    assert MOF.indicators
    less, more = sorted((one, other))

    def by(rule: str, actual: Decimal) -> Decimal:
        assert MOF.indicators
        expr = forward_score(MOF.indicators) if rule == "forward" else inverse_score()
        return _decimal(expr.evaluate({"target": target, "actual": actual, "weight": weight}))

    if target:
        assert 0 <= by("forward", less) <= by("forward", more) <= weight
    assert by("forward", target) == weight
    assert weight >= by("inverse", less) >= by("inverse", more) >= 0
    assert by("inverse", target) == weight


@given(st.sampled_from([s for s in SELF_EVALUATIONS if s.grades]), st.decimals(0, 100, places=3), st.decimals(0, 100))
def test_a_higher_total_never_has_a_lower_grade(scheme: Scheme, one: Decimal, other: Decimal) -> None:
    order = [band.word for band in scheme.grades]
    low, high = (grade(scheme.grades).evaluate({"total": total}) for total in sorted((one, other)))
    assert not isinstance(low, NotComputable) and not isinstance(high, NotComputable)
    assert order.index(str(low)) >= order.index(str(high))
