"""The rules for points, against numbers worked out by hand; each example fails under the mistake named beside it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from perfxl.checks import Evaluation
from perfxl.checks.points import outside_band
from perfxl.expr import NOT_COMPUTABLE, Value
from perfxl.figures import agrees
from perfxl.reading.values import parse_share
from perfxl.scheme import OverFulfilment, Scheme, SourcedShare
from perfxl.scorecard import score_form
from perfxl.scoring import execution_rate, execution_rate_score
from tests.scored_forms import HUBEI, MOF, SHANGHAI, card, evaluation, execution, indicator, points, rate

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
    found = list(outside_band(Evaluation(form, scheme, score_form(form, scheme))))
    assert [finding.code for finding in found] == ([] if inside else ["S108"])


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
