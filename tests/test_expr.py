"""The three bodies of an expression, without a spreadsheet. See test_expr_differential.py for the cells."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.expr import (
    BLANK,
    NOT_COMPUTABLE,
    Condition,
    Expr,
    Value,
    both,
    either,
    is_text,
    lookup,
    maximum,
    minimum,
    negate,
    not_computable,
    number,
    piecewise,
    quantity,
    ref,
    ref_range,
    round_half_up,
    total,
    when,
)
from perfxl.figures import half_up

BUDGET = ref("budget", "全年预算数", "money")
EXECUTED = ref("executed", "全年执行数", "money")
WEIGHT = ref("weight", "分值")
ACTUAL = ref("actual", "实际完成值")
TARGET = ref("target", "年度指标值")
KIND = ref("kind", "指标类型", "text")
SCORES = ref_range("scores", "得分")
CELLS = {
    "budget": "$D$6",
    "executed": "$E$6",
    "weight": "F12",
    "actual": "H12",
    "target": "G12",
    "kind": "D12",
    "scores": "I12:I30",
}
SHANGHAI = (
    (Decimal("0.9"), Decimal(8), Decimal(1), Decimal(8)),
    (Decimal("0.8"), Decimal(6), Decimal("0.9"), Decimal(8)),
    (Decimal("0.7"), Decimal(4), Decimal("0.8"), Decimal(6)),
)
GRADES = ((Decimal(90), "优"), (Decimal(80), "良"), (Decimal(60), "中"), (Decimal(0), "差"))
EXECUTION_POINTS = round_half_up(10 * minimum(EXECUTED / BUDGET, 1), 2)


@pytest.mark.parametrize(
    ("exact", "places", "rounded"),
    [
        ("2.665", 2, "2.67"),
        ("1.005", 2, "1.01"),
        ("9.785", 2, "9.79"),
        ("8.885", 2, "8.89"),
        ("0.33955", 4, "0.3396"),
        ("2.5", 0, "3"),
        ("-2.665", 2, "-2.67"),
        ("9.7849999999", 2, "9.78"),
        ("9.784999999999999", 2, "9.79"),  # 9.785 as a cell with a computed value keeps it
        ("100000000000.005", 2, "100000000000.01"),
    ],
)
def test_halves_go_up(exact: str, places: int, rounded: str) -> None:
    assert round_half_up(number(exact) if len(exact) < 16 else ACTUAL, places).evaluate(
        {"actual": Decimal(exact)}
    ) == Decimal(rounded)


@pytest.mark.parametrize(
    ("exact", "places", "rounded"),
    [
        ("2.665", 2, "2.67"),
        ("1.005", 2, "1.01"),
        ("9.785", 2, "9.79"),
        ("-2.665", 2, "-2.67"),
        ("0.33945", 4, "0.3395"),
    ],
)
def test_figures_are_rounded_half_up(exact: str, places: int, rounded: str) -> None:
    """Without the raise by TOLERANCE that takes every tie out of `round_half_up`: half to even would show here."""
    assert str(half_up(Decimal(exact), places)) == rounded


@pytest.mark.parametrize(
    ("weight", "rate", "points"), [("20", "0.9775", "19.55"), ("10", "0.8885", "8.89"), ("5", "0.533", "2.67")]
)
def test_points_of_a_rate(weight: str, rate: str, points: str) -> None:
    assert round_half_up(number(weight) * number(rate), 2).evaluate({}) == Decimal(points)


@given(st.decimals(-(10**9), 10**9, places=4), st.integers(0, 3))
def test_rounding_is_half_up_for_every_amount(amount: Decimal, places: int) -> None:
    exact = amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    assert round_half_up(ACTUAL, places).evaluate({"actual": amount}) == exact


@given(st.integers(0, 9999), st.integers(1, 5 * 10**6))
def test_a_tie_goes_up_and_a_cent_less_goes_down(steps: int, budget: int) -> None:
    """The share that lies half way between steps and steps + 1 of 0.0001, on budgets up to 10^11 元."""
    whole = Decimal(20000 * budget)
    tie = (2 * steps + 1) * budget
    rate = round_half_up(EXECUTED / BUDGET, 4)
    assert rate.evaluate({"executed": Decimal(tie), "budget": whole}) == Decimal(steps + 1) / 10000
    assert rate.evaluate({"executed": tie - Decimal("0.01"), "budget": whole}) == Decimal(steps) / 10000


@pytest.mark.parametrize(
    ("executed", "budget", "expected", "explained"),
    [
        (Decimal("627430.69"), Decimal(636500), Decimal("9.86"), "10 × min(627,430.69 ÷ 636,500.00, 1) = 9.86"),
        (Decimal(60), Decimal(50), Decimal(10), "10 × min(60.00 ÷ 50.00, 1) = 10"),
        (None, None, None, "全年执行数、全年预算数未填"),
        (Decimal(1), None, None, "全年预算数未填"),
        (Decimal(1), "", None, "全年预算数未填"),
        ("约五十", None, None, "全年预算数未填"),
        (NOT_COMPUTABLE, None, NOT_COMPUTABLE, "无法计算：全年执行数是错误值"),
        (Decimal(1), Decimal(0), NOT_COMPUTABLE, "无法计算：全年预算数为 0"),
        (Decimal(0), Decimal(0), NOT_COMPUTABLE, "无法计算：全年预算数为 0"),
        ("约五十", Decimal(50), NOT_COMPUTABLE, "无法计算：全年执行数“约五十”不是数字"),
        ("12", Decimal(50), NOT_COMPUTABLE, "无法计算：全年执行数“12”不是数字"),
        (Decimal(1), str(NOT_COMPUTABLE), NOT_COMPUTABLE, "无法计算：全年预算数“无法计算”不是数字"),
    ],
)
def test_execution_points(executed: Value, budget: Value, expected: Value, explained: str) -> None:
    values = {"executed": executed, "budget": budget}
    assert EXECUTION_POINTS.evaluate(values) == expected
    assert EXECUTION_POINTS.explain(values) == explained


def test_the_formula_of_execution_points() -> None:
    assert EXECUTION_POINTS.references() == ("executed", "budget")
    assert EXECUTION_POINTS.excel(CELLS) == (
        'IFERROR(IF(OR(LEN($E$6)=0,LEN($D$6)=0),"",'
        "IF(AND(AND(ISNUMBER($E$6),NOT(ISLOGICAL($E$6))),AND(ISNUMBER($D$6),NOT(ISLOGICAL($D$6))),$D$6<>0),"
        'ROUND(10*MIN($E$6/$D$6,1)*(1+1E-14),2),"无法计算")),"无法计算")'
    )


UNUSABLE: tuple[tuple[Value, Value, str], ...] = (
    (None, None, "实际完成值未填"),
    ("", None, "实际完成值未填"),
    ("约五十", NOT_COMPUTABLE, "无法计算：实际完成值“约五十”不是数字"),
    ("TRUE", NOT_COMPUTABLE, "无法计算：实际完成值“TRUE”不是数字"),
    ("无法计算", NOT_COMPUTABLE, "无法计算：实际完成值“无法计算”不是数字"),
    (NOT_COMPUTABLE, NOT_COMPUTABLE, "无法计算：实际完成值是错误值"),
)
READERS = {
    "ref": ACTUAL,
    "sum": 1 + ACTUAL,
    "difference": 1 - ACTUAL,
    "product": 2 * ACTUAL,
    "dividend": ACTUAL / 2,
    "divisor": 2 / ACTUAL,
    "minimum": minimum(1, ACTUAL),
    "maximum": maximum(ACTUAL, 1),
    "rounded": round_half_up(ACTUAL, 2),
    "lookup": lookup(ACTUAL, GRADES),
    "piecewise": piecewise(ACTUAL, SHANGHAI, below=0),
    "below the bands": piecewise(1, SHANGHAI, below=ACTUAL) + piecewise(0, SHANGHAI, below=ACTUAL),
    "at_least": when(ACTUAL.at_least(1), 1, 0),
    "more_than": when((ACTUAL + 1).more_than(1), 1, 0),
    "at_most": when(number(1).at_most(ACTUAL), 1, 0),
    "less_than": when(ACTUAL.less_than(0), 1, 0),
    "equals": when(ACTUAL.equals(0), 1, 0),
    "both": when(both(ACTUAL.equals(0), is_text(KIND, "定性")), 1, 0),
    "either": when(either(is_text(KIND, "正向"), ACTUAL.equals(0)), 1, 0),
    "negate": when(negate(ACTUAL.equals(0)), 1, 0),
    "both branches": when(is_text(KIND, "正向"), ACTUAL, -1 * ACTUAL),
    "the branch taken": when(is_text(KIND, "正向"), ACTUAL, 1),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("actual", "expected", "explained"), UNUSABLE)
def test_an_unusable_input_reaches_the_result(reader: str, actual: Value, expected: Value, explained: str) -> None:
    values = {"actual": actual, "kind": "正向"}
    assert READERS[reader].evaluate(values) == expected
    assert READERS[reader].explain(values) == explained


@pytest.mark.parametrize(
    ("actual", "expected", "explained"),
    [
        *UNUSABLE[:2],
        ("约五十", NOT_COMPUTABLE, "无法计算：实际完成值“约五十”不是单个数字"),
        ("3-5", NOT_COMPUTABLE, "无法计算：实际完成值“3-5”不是单个数字"),
        (NOT_COMPUTABLE, NOT_COMPUTABLE, "无法计算：实际完成值是错误值"),
    ],
)
def test_an_unusable_quantity_reaches_the_result(actual: Value, expected: Value, explained: str) -> None:
    for expr in (quantity(ACTUAL), 1 - quantity(ACTUAL), round_half_up(minimum(quantity(ACTUAL), 1), 2)):
        assert expr.evaluate({"actual": actual}) == expected
        assert expr.explain({"actual": actual}) == explained


STATES: dict[str, tuple[Value, ...]] = {
    "error": (NOT_COMPUTABLE,),
    "blank": (None, ""),
    "text": ("约五十", "TRUE", "12"),
    "zero": (Decimal(0),),
}


@given(
    st.data(),
    st.sampled_from([WEIGHT / ACTUAL, minimum(ACTUAL, WEIGHT) / ACTUAL, round_half_up(1 / ACTUAL * WEIGHT, 2)]),
)
def test_an_error_goes_before_a_blank_a_blank_before_a_text(data: st.DataObject, expr: Expr) -> None:
    """In either cell: what stands first in the expression does not decide."""
    states = data.draw(st.tuples(*(st.sampled_from([*STATES, "number"]) for _ in range(2))))
    weight, actual = (data.draw(st.sampled_from(STATES.get(state, (Decimal(7),)))) for state in states)
    result = expr.evaluate({"weight": weight, "actual": actual})
    if "error" not in states and "blank" in states:
        assert result is None
    elif {"error", "text"} & {*states} or states[1] == "zero":
        assert result is NOT_COMPUTABLE
    else:
        assert isinstance(result, Decimal)


@pytest.mark.parametrize(
    ("expr", "explained"),
    [
        (WEIGHT / 0, "无法计算：除数 0 为 0"),
        (WEIGHT / TARGET, "无法计算：年度指标值为 0"),
        (WEIGHT / (ACTUAL - 5), "无法计算：除数 5 − 5 为 0"),
        (WEIGHT / (ACTUAL * TARGET), "无法计算：除数 5 × 0 为 0"),
        (0 * (WEIGHT / TARGET), "无法计算：年度指标值为 0"),
        (minimum(1, WEIGHT / TARGET), "无法计算：年度指标值为 0"),
        (round_half_up(TARGET / TARGET, 2), "无法计算：年度指标值为 0"),
        (lookup(WEIGHT / TARGET, GRADES), "无法计算：年度指标值为 0"),
        (when((WEIGHT / TARGET).at_least(1), 1, 0), "无法计算：年度指标值为 0"),
        (when(both(TARGET.equals(1), (WEIGHT / TARGET).at_least(1)), 1, 0), "无法计算：年度指标值为 0"),
        (total(WEIGHT, ACTUAL / TARGET), "无法计算：年度指标值为 0"),
    ],
)
def test_nothing_is_divided_by_zero(expr: Expr, explained: str) -> None:
    values: dict[str, Value] = {"weight": Decimal(7), "actual": Decimal(5), "target": Decimal(0)}
    assert expr.evaluate(values) is NOT_COMPUTABLE
    assert expr.explain(values) == explained


def test_a_branch_not_taken_may_divide_by_zero_or_hold_anything() -> None:
    values: dict[str, Value] = {"weight": Decimal(7), "target": Decimal(0)}
    assert when(TARGET.equals(0), WEIGHT, WEIGHT / TARGET).evaluate(values) == 7
    assert when(TARGET.more_than(0), WEIGHT / TARGET, WEIGHT).evaluate(values) == 7
    for unusable in (None, "", "约五十", NOT_COMPUTABLE):
        assert when(TARGET.equals(0), WEIGHT, ACTUAL).evaluate({**values, "actual": unusable}) == 7
        assert when(TARGET.equals(1), 1 / ACTUAL, when(TARGET.equals(1), ACTUAL, WEIGHT)).evaluate(
            {**values, "actual": unusable}
        ) == Decimal(7)
    assert when(TARGET.equals(0), WEIGHT, not_computable()).evaluate(values) == 7
    assert when(TARGET.equals(0), BLANK, WEIGHT).evaluate(values) is None


REVERSE = when(
    TARGET.equals(0),
    when(ACTUAL.equals(0), WEIGHT, 0),
    when(ACTUAL.equals(0), WEIGHT, round_half_up(WEIGHT * minimum(TARGET / ACTUAL, 1), 2)),
)


@pytest.mark.parametrize(
    ("target", "actual", "weight", "expected", "explained"),
    [
        (Decimal(3), Decimal(4), Decimal(5), Decimal("3.75"), "5 × min(3 ÷ 4, 1) = 3.75"),
        (Decimal(3), Decimal(0), Decimal(5), Decimal(5), "5"),
        (Decimal(0), Decimal(0), Decimal(5), Decimal(5), "5"),
        (Decimal(0), Decimal(1), Decimal(5), Decimal(0), "0"),
        (Decimal(0), Decimal(1), None, Decimal(0), "0"),  # the weight is not read in this branch
        (Decimal(0), Decimal(0), None, None, "分值未填"),
        (Decimal(3), None, Decimal(5), None, "实际完成值未填"),
        (Decimal(3), "未统计", None, NOT_COMPUTABLE, "无法计算：实际完成值“未统计”不是数字"),
    ],
)
def test_only_the_branch_taken_counts(
    target: Value, actual: Value, weight: Value, expected: Value, explained: str
) -> None:
    values = {"target": target, "actual": actual, "weight": weight}
    assert REVERSE.evaluate(values) == expected
    assert REVERSE.explain(values) == explained


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


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (ACTUAL.at_least(5), True),
        (ACTUAL.more_than(5), False),
        (ACTUAL.at_most(5), True),
        (ACTUAL.less_than(5), False),
        (ACTUAL.equals(5), True),
        ((ACTUAL - 10).at_least(-5), True),
        ((ACTUAL - 10).less_than(-5), False),
        ((ACTUAL / 3).at_least(Decimal(5) / 3), True),
        (ACTUAL.more_than(Decimal("4.99999")), True),
        (is_text(KIND, "正向定量"), True),
        (is_text(KIND, "反向定量"), False),
        (both(ACTUAL.equals(5), is_text(KIND, "反向定量")), False),
        (either(ACTUAL.equals(5), is_text(KIND, "反向定量")), True),
        (negate(ACTUAL.equals(5)), False),
    ],
)
def test_conditions(condition: Condition, holds: bool) -> None:
    values: dict[str, Value] = {"actual": Decimal(5), "kind": "正向定量"}
    assert when(condition, 1, 0).evaluate(values) == int(holds)


def test_a_blank_is_no_text_and_an_error_is_not_computable() -> None:
    rule = when(is_text(KIND, "定性"), not_computable("由填报人在档内评定"), BLANK)
    assert rule.evaluate({"kind": None}) is None
    assert rule.evaluate({"kind": NOT_COMPUTABLE}) is NOT_COMPUTABLE
    assert rule.explain({"kind": "定性"}) == "无法计算：由填报人在档内评定"
    assert rule.excel(CELLS) == 'IFERROR(IF(D12="定性","无法计算",""),"无法计算")'
