"""Bands, grades, totals and typed quantities: what each gives, and the words for it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.expr import NOT_COMPUTABLE, Value, lookup, minimum, piecewise, quantity, ref, round_half_up, total
from tests.expressions import ACTUAL, BUDGET, EXECUTED, GRADES, SCORES, SHANGHAI, TARGET, WEIGHT


@pytest.mark.parametrize(
    ("executed", "expected", "explained"),
    [
        ("1200", "8", "1,200.00 ÷ 1,000.00 = 1.2，≥ 0.9：8"),
        ("900", "8", "900.00 ÷ 1,000.00 = 0.9，≥ 0.9：8"),
        ("899.99", "8", "899.99 ÷ 1,000.00 = 0.89999，[0.8, 0.9)：6 + (899.99 ÷ 1,000.00 − 0.8) × 20 = 8"),
        ("850", "7", "850.00 ÷ 1,000.00 = 0.85，[0.8, 0.9)：6 + (850.00 ÷ 1,000.00 − 0.8) × 20 = 7"),
        ("700", "4", "700.00 ÷ 1,000.00 = 0.7，[0.7, 0.8)：4 + (700.00 ÷ 1,000.00 − 0.7) × 20 = 4"),
        ("699.99", "0", "699.99 ÷ 1,000.00 = 0.69999，< 0.7：0"),
    ],
)
def test_piecewise_bands(executed: str, expected: str, explained: str) -> None:
    rule = round_half_up(piecewise(EXECUTED / BUDGET, SHANGHAI, below=0), 2)
    values = {"executed": Decimal(executed), "budget": Decimal(1000)}
    assert rule.evaluate(values) == Decimal(expected)
    assert rule.explain(values) == explained


@pytest.mark.parametrize(
    ("rate", "points"),
    [
        ("0.9", "8"),
        ("0.8999", "7.998"),
        ("0.8", "6"),
        ("0.7999", "5.998"),
        ("0.7", "4"),
        ("0.6999", "0"),
        ("0.69999999999", "0"),
        ("0.699999999999999", "4"),  # 0.7 as a cell with a computed value keeps it
        ("0", "0"),
        ("1", "8"),
        ("3", "8"),
    ],
)
def test_bands_are_closed_below(rate: str, points: str) -> None:
    found = piecewise(ACTUAL, SHANGHAI, below=0).evaluate({"actual": Decimal(rate)})
    assert isinstance(found, Decimal) and abs(found - Decimal(points)) < Decimal("1E-12")


def test_beyond_the_last_band_its_high_points_stay() -> None:
    rising = piecewise(ACTUAL, ((Decimal(0), Decimal(0), Decimal(3), Decimal(1)),), below=-1)
    found = {rate: rising.evaluate({"actual": Decimal(rate)}) for rate in ("-1", "0", "3", "4")}
    assert found == {"-1": -1, "0": 0, "3": 1, "4": 1}


def test_bands_of_a_percentage_are_explained_in_percent() -> None:
    rule = piecewise(ref("rate", "预算执行率", "percent"), SHANGHAI, below=0)
    assert rule.explain({"rate": Decimal("0.853")}) == "85.30%，[80%, 90%)：6 + (85.30% − 0.8) × 20 = 7.06"


@pytest.mark.parametrize(
    ("scores", "word", "explained"),
    [
        ((Decimal(36), None, Decimal(53)), "良", "36 + 53 = 89 → 良（[80, 90)）"),
        ((Decimal("89.996"),), "良", "89.996 → 良（[80, 90)）"),
        ((Decimal("79.999"),), "中", "79.999 → 中（[60, 80)）"),
        ((Decimal(60),), "中", "60 → 中（[60, 80)）"),
        ((Decimal("59.999"),), "差", "59.999 → 差（[0, 60)）"),
        ((Decimal("89.9999999999"),), "良", "90 → 良（[80, 90)）"),
        ((Decimal(90),), "优", "90 → 优（≥ 90）"),
        ((Decimal("89.99999999999999"),), "优", "90 → 优（≥ 90）"),  # what SUM leaves of 90
        ((Decimal(0), ""), "差", "0 → 差（[0, 60)）"),
        ((Decimal(-1),), NOT_COMPUTABLE, "无法计算：-1 不在任何一档内"),
        ((None, ""), None, "得分未填"),
        ((Decimal(90), "x"), NOT_COMPUTABLE, "无法计算：得分中有的不是数字"),
        ((Decimal(90), NOT_COMPUTABLE), NOT_COMPUTABLE, "无法计算：得分中有的不是数字"),
    ],
)
def test_grade_of_a_total(scores: tuple[Value, ...], word: Value, explained: str) -> None:
    rule = lookup(total(SCORES), GRADES)
    assert rule.evaluate({"scores": scores}) == word
    assert rule.explain({"scores": scores}) == explained


@pytest.mark.parametrize(
    ("weight", "target", "scores", "expected", "explained"),
    [
        (Decimal(2), Decimal(3), (None, Decimal(4)), Decimal(11), "2 × 2 + 3 + 4 = 11"),
        (None, Decimal(3), (None, Decimal(4)), Decimal(7), "3 + 4 = 7"),
        (Decimal(2), "", (Decimal(4), ""), Decimal(8), "2 × 2 + 4 = 8"),
        (None, Decimal(3), (None, ""), Decimal(3), "3"),
        (None, None, (None, Decimal(0)), Decimal(0), "0"),
        (None, "", ("", None), None, "分值、年度指标值、得分未填"),
        (None, "三", (None, None), NOT_COMPUTABLE, "无法计算：分值、年度指标值、得分中有的不是数字"),
        ("二", Decimal(3), (Decimal(4),), NOT_COMPUTABLE, "无法计算：分值、年度指标值、得分中有的不是数字"),
        (
            Decimal(2),
            Decimal(3),
            (Decimal(4), "TRUE"),
            NOT_COMPUTABLE,
            "无法计算：分值、年度指标值、得分中有的不是数字",
        ),
        (None, None, (str(NOT_COMPUTABLE),), NOT_COMPUTABLE, "无法计算：分值、年度指标值、得分中有的不是数字"),
    ],
)
def test_total_skips_blanks_and_nothing_else(
    weight: Value, target: Value, scores: tuple[Value, ...], expected: Value, explained: str
) -> None:
    values = {"weight": weight, "target": target, "scores": scores}
    rule = total(WEIGHT * 2, TARGET, SCORES)
    assert rule.evaluate(values) == expected
    assert rule.explain(values) == explained
    assert round_half_up(rule, 2).evaluate(values) == expected


def test_total_skips_an_addend_with_a_blank_beside_a_text() -> None:
    values: dict[str, Value] = {"weight": Decimal(7), "actual": "未统计", "target": None}
    assert total(WEIGHT, ACTUAL * TARGET).evaluate(values) == 7
    assert total(ACTUAL * TARGET).evaluate(values) is None
    assert total(WEIGHT, ACTUAL * TARGET).evaluate({**values, "target": Decimal(1)}) is NOT_COMPUTABLE


@pytest.mark.parametrize(
    "values", [{"weight": NOT_COMPUTABLE}, {"target": NOT_COMPUTABLE}, {"scores": (NOT_COMPUTABLE,)}]
)
def test_total_of_an_error_value_is_not_computable(values: dict[str, Value | tuple[Value, ...]]) -> None:
    blanks: dict[str, Value | tuple[Value, ...]] = {"weight": None, "target": None, "scores": (None,)}
    assert total(WEIGHT * 2, TARGET, SCORES).evaluate({**blanks, **values}) is NOT_COMPUTABLE


@given(st.lists(st.none() | st.just("") | st.decimals(-(10**9), 10**9, places=2), max_size=20))
def test_total_is_the_sum_of_what_is_filled_in(scores: list[Decimal | str | None]) -> None:
    filled = [score for score in scores if isinstance(score, Decimal)]
    assert total(SCORES).evaluate({"scores": tuple(scores)}) == (sum(filled) if filled else None)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        *(("≥95%", "0.95"), (">95%", "0.95"), ("＞95％", "0.95"), ("≧95%", "0.95"), ("≤3", "3"), ("=100%", "1")),
        *(("═100%", "1"), ("不低于90%", "0.9"), ("不超过3天", "3"), ("58批", "58"), (">=1.5", "1.5"), ("0.95", "0.95")),
        *(("95%以上", "0.95"), ("5 人次", "5"), ("5.", "5"), (".5", "0.5")),
        *(("＞3", "3"), ("＜3", "3"), ("≦3", "3"), ("＝3", "3"), ("<=3", "3"), ("不少于3", "3"), ("不小于3", "3")),
        *(
            ("不高于3", "3"),
            ("不大于3", "3"),
            ("不多于3", "3"),
            ("0", "0"),
            ("0%", "0"),
            ("007", "7"),
            ("0.01", "0.01"),
        ),
        *(("≥95.5％", "0.955"), ("3天/次", "3"), ("98.75%", "0.9875"), ("5个以上", "5"), ("5-", "5"), ("5 %", "0.05")),
        *(("1,040,000.00", None), ("3-5", None), ("各3-5名", None), ("2023年12月", None), ("12月底前", None)),
        *(("2020/1", None), ("1E3", None), ("150万", None), ("3亿元", None), ("5‰", None), ("１００％", None)),
        *(("三次", None), ("百分之95", None), ("1.2.3", None), ("-5", None), ("≥", None), ("≥≥5", None), ("%", None)),
        *((" ", None), ("+5", None), ("(5)", None), ("¥5", None), ("$5", None), (".", None), ("50%~60%", None)),
        *(("≥ 5", None), ("> =5", None), ("=>5", None), ("不低于", None), ("不低于不低于5", None), ("大于5", None)),
        *(("12:30", None), ("1/2", None), ("2千", None), ("3百人", None), ("3号", None), ("5天前", None), ("½", None)),
        *((" 5", None), ("约50", None), ("第5", None), ("TRUE", None), ("NaN", None), ("Infinity", None)),
    ],
)
def test_quantity(text: str, read: str | None) -> None:
    expected = NOT_COMPUTABLE if read is None else Decimal(read)
    assert quantity(ACTUAL).evaluate({"actual": text}) == expected


def test_quantity_is_explained_as_it_was_typed() -> None:
    rule = round_half_up(WEIGHT * minimum(quantity(ACTUAL) / quantity(TARGET), 1), 2)
    values: dict[str, Value] = {"weight": Decimal(5), "actual": "96%", "target": "≥98%"}
    assert rule.explain(values) == "5 × min(96% ÷ 98%, 1) = 4.9"
    assert rule.explain({**values, "actual": "3-5"}) == "无法计算：实际完成值“3-5”不是单个数字"
    assert quantity(ACTUAL).evaluate({"actual": Decimal("0.95")}) == Decimal("0.95")
