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
    round_half_up,
    total,
    when,
)
from perfxl.figures import half_up
from tests.expressions import (
    ACTUAL,
    BUDGET,
    CELLS,
    EXECUTED,
    EXECUTION_POINTS,
    GRADES,
    KIND,
    REVERSE,
    SHANGHAI,
    TARGET,
    WEIGHT,
)


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
