"""N7: totals and grades, worked out by hand; each example fails under the mistake named beside it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from perfxl.expr import number
from perfxl.scheme import Scheme, TotalCap
from perfxl.scoring import capped_total, grade
from tests.scored_forms import LINCANG, MOF, SHANGHAI, card, indicator

CAPS = tuple(
    TotalCap(rate_below=Decimal(below), cap=Decimal(cap), source="notes")
    for below, cap in (("0.8", 89), ("0.7", 79), ("0.6", 69), ("0.5", 59))
)


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
