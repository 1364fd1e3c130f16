"""The cell formula of an expression: what it says, what the words beside it say, and that Excel takes it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from perfxl import scoring
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
    round_half_up,
    total,
    when,
)
from perfxl.scheme import OverFulfilment, TotalCap
from perfxl.scheme_files import builtin_schemes
from tests.expressions import (
    ACTUAL,
    BUDGET,
    CELLS,
    EXECUTED,
    EXECUTION_POINTS,
    GRADES,
    KIND,
    REVERSE,
    SCORES,
    SHANGHAI,
    TARGET,
    WEIGHT,
)


@pytest.mark.parametrize(
    ("expr", "formula", "words"),
    [
        (WEIGHT - (ACTUAL - TARGET), "F12-(H12-G12)", "7 − (5 − 3) = 5"),
        (WEIGHT - ACTUAL - TARGET, "F12-H12-G12", "7 − 5 − 3 = -1"),
        (WEIGHT + (ACTUAL - TARGET), "F12+H12-G12", "7 + 5 − 3 = 9"),
        (WEIGHT / (ACTUAL * TARGET), "F12/(H12*G12)", "7 ÷ (5 × 3) = 0.466667"),
        (WEIGHT * (ACTUAL / TARGET), "F12*H12/G12", "7 × 5 ÷ 3 = 11.666667"),
        ((WEIGHT + 1) * ACTUAL, "(F12+1)*H12", "(7 + 1) × 5 = 40"),
        (WEIGHT - number("-2.50"), "F12-(-2.5)", "7 − (-2.5) = 9.5"),
        (1 + round_half_up(WEIGHT / TARGET, 1), "1+ROUND(F12/G12*(1+1E-14),1)", "1 + 四舍五入(7 ÷ 3, 1) = 3.3"),
        (maximum(WEIGHT - 10, 0), "MAX(F12-10,0)", "max(7 − 10, 0) = 0"),
        (WEIGHT, "F12", "7"),
        (number("1E+3") + number("0.10"), "1000+0.1", "1000 + 0.1 = 1000.1"),
    ],
)
def test_parentheses_only_where_needed(expr: Expr, formula: str, words: str) -> None:
    values = {"weight": Decimal(7), "actual": Decimal(5), "target": Decimal(3)}
    assert formula in expr.excel(CELLS)
    assert expr.explain(values) == words


NUMERIC = "AND(ISNUMBER({0}),NOT(ISLOGICAL({0})))"


@pytest.mark.parametrize(
    ("expr", "formula"),
    [
        (number(2) + 3, "2+3"),
        (BLANK, '""'),
        (
            lookup(WEIGHT, GRADES),
            f'IFERROR(IF(LEN(F12)=0,"",IF({NUMERIC.format("F12")},'
            'LOOKUP(F12*(1+1E-14),{0;60;80;90},{"差";"中";"良";"优"}),"无法计算")),"无法计算")',
        ),
        (
            total(WEIGHT * 2, SCORES),
            'IFERROR(IF(AND(LEN(F12)=0,COUNTBLANK(I12:I30)=ROWS(I12:I30)),"",'
            f"IF(AND(OR(LEN(F12)=0,{NUMERIC.format('F12')}),COUNT(I12:I30)+COUNTBLANK(I12:I30)=ROWS(I12:I30)),"
            'SUM(IF(LEN(F12)=0,0,F12*2),I12:I30),"无法计算")),"无法计算")',
        ),
        (
            when(TARGET.equals(0), 0, ACTUAL / TARGET),  # 实际完成值 is tested in its branch alone
            f'IFERROR(IF(LEN(G12)=0,"",IF({NUMERIC.format("G12")},IF(G12=0,0,IF(LEN(H12)=0,"",'
            f'IF({NUMERIC.format("H12")},H12/G12,"无法计算"))),"无法计算")),"无法计算")',
        ),
        (
            piecewise(ACTUAL, SHANGHAI[2:], below=0),
            f'IFERROR(IF(LEN(H12)=0,"",IF({NUMERIC.format("H12")},'
            'IF(H12>=0.7*(1-1E-14),4+(MIN(H12,0.8)-0.7)*20,0),"无法计算")),"无法计算")',
        ),
    ],
)
def test_formulas(expr: Expr, formula: str) -> None:
    assert expr.excel(CELLS) == formula


@pytest.mark.parametrize(
    ("expr", "references"),
    [
        (number(1) + 2, ()),
        (EXECUTED / BUDGET, ("executed", "budget")),
        (BUDGET / EXECUTED, ("budget", "executed")),
        (WEIGHT + ACTUAL * (TARGET - WEIGHT), ("weight", "actual", "target")),
        (minimum(TARGET, ACTUAL, WEIGHT), ("target", "actual", "weight")),
        (when(ACTUAL.equals(TARGET), WEIGHT, BUDGET), ("actual", "target", "weight", "budget")),
        (when(is_text(KIND, "定性"), BLANK, ACTUAL), ("kind", "actual")),
        (when(either(TARGET.equals(0), is_text(KIND, "定性")), 1, 0), ("target", "kind")),
        (round_half_up(quantity(TARGET) / quantity(ACTUAL), 2), ("target", "actual")),
        (total(SCORES, WEIGHT, SCORES), ("scores", "weight")),
        (lookup(total(WEIGHT, SCORES), GRADES), ("weight", "scores")),
        (piecewise(EXECUTED / BUDGET, SHANGHAI, below=WEIGHT), ("executed", "budget", "weight")),
    ],
)
def test_references_stand_in_the_order_of_first_use(expr: Expr, references: tuple[str, ...]) -> None:
    assert expr.references() == references


def arguments(call: str) -> list[str]:
    """`a`, `g(b,c)` of `f(a,g(b,c))`."""
    depth, found = 0, [""]
    for character in call[call.index("(") + 1 : -1]:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            found.append("")
        else:
            found[-1] += character
    return found


def core(expr: Expr) -> str:
    """What the formula computes once its inputs are tested: IFERROR(IF(blank,"",IF(usable,core,…)),…)."""
    formula = expr.excel(CELLS)
    return arguments(arguments(arguments(formula)[0])[2])[1] if expr.references() else formula


def in_fractions(text: str, names: Mapping[str, object]) -> Fraction:
    """The value of an arithmetic text by Python's own rules of precedence."""
    exact = re.sub(r"\b\d+(\.\d+)?\b", lambda figure: f"Fraction('{figure[0]}')", text)
    found = eval(exact, {**names, "Fraction": Fraction})
    assert isinstance(found, Fraction)
    return found


LEAVES = st.integers(-9, 9).filter(bool).map(number) | st.sampled_from([WEIGHT, ACTUAL, TARGET])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.tuples(
        st.sampled_from([Expr.__add__, Expr.__sub__, Expr.__mul__, Expr.__truediv__, minimum, maximum]), inner, inner
    ).map(lambda node: node[0](*node[1:])),
    max_leaves=8,
)
POSITIVE = st.integers(1, 99).map(lambda tenths: Decimal(tenths) / 10)


@given(TREES, POSITIVE, POSITIVE, POSITIVE)
def test_formula_and_words_mean_the_same_arithmetic(
    expr: Expr, weight: Decimal, actual: Decimal, target: Decimal
) -> None:
    """Read back by Python with the addresses as names, in fractions: parentheses stand wherever they are needed."""
    names: dict[str, object] = {"F12": Fraction(weight), "H12": Fraction(actual), "G12": Fraction(target)}
    names |= {"MIN": min, "MAX": max, "min": min, "max": max}
    values = {"weight": weight, "actual": actual, "target": target}
    try:
        exact = in_fractions(core(expr), names)
    except ZeroDivisionError:
        reject()  # evaluate() has 50 digits and may see 1 ÷ 3 × 3 − 1 just beside 0
    found = expr.evaluate(values)
    assert isinstance(found, Decimal)
    assert abs(Fraction(found) - exact) <= Fraction(1, 10**25) * max(Fraction(1), abs(exact))
    words = expr.explain(values).partition(" = ")[0]
    for printed, operator in (("×", "*"), ("−", "-"), ("÷", "/")):
        words = words.replace(printed, operator)
    assert in_fractions(words, names) == exact


FORBIDDEN = re.compile(
    r"_xl|\b(?:LET|LAMBDA|XLOOKUP|XMATCH|FILTER|SORT|UNIQUE|SEQUENCE|IFS|SWITCH|TEXTJOIN|CONCAT|MAXIFS|MINIFS"
    r"|NUMBERVALUE)\("
)
"""Later than Excel 2016 or not in WPS; NUMBERVALUE is missing from excelize."""
DEEPEST = 64
LONGEST_TEXT = 255
AMOUNTS = ("adjusted_budget", "initial_budget", "executed", "rate", "total")
LONG_ADDRESSES = {
    **dict.fromkeys((*AMOUNTS, "weight", "kind", "target", "actual"), "'自评表'!$AB$1024"),
    **dict.fromkeys(("points", "other_points"), "'自评表'!$AB$1024:$AB$1048"),
}


def assert_fit_for_excel(formula: str) -> None:
    """Length, nesting, texts and functions that Excel 2016 and WPS take."""
    assert len(formula) <= 8192 and not formula.startswith("=")
    texts = re.findall(r'"((?:[^"]|"")*)"', formula)
    assert max(map(len, texts), default=0) <= LONGEST_TEXT
    bare = re.sub(r'"(?:[^"]|"")*"', '""', formula)
    assert not FORBIDDEN.findall(bare)
    depth = deepest = 0
    for character in bare:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
        assert depth >= 0
    assert depth == 0 and deepest <= DEEPEST


def scheme_rules() -> Iterator[tuple[str, str, Expr]]:
    """(scheme, function of perfxl.scoring, expression) for every built-in scheme, and with the optional keys on."""
    caps = tuple(
        TotalCap(rate_below=Decimal(at), cap=Decimal(99), source="notes") for at in ("0.8", "0.7", "0.6", "0.5")
    )
    over = OverFulfilment(from_ratio=Decimal("1.3"), deduct=Decimal(2), source="notes")
    for scheme in builtin_schemes().values():
        points = scoring.points_total("points", "other_points")
        yield scheme.id, "points_total", points
        for total_caps in (scheme.total_caps, caps):
            yield scheme.id, "capped_total", scoring.capped_total(points, total_caps)
        if scheme.grades:
            yield scheme.id, "grade", scoring.grade(scheme.grades)
        if rule := scheme.execution:
            yield scheme.id, "execution_ratio", scoring.execution_ratio(rule)
            yield scheme.id, "execution_rate", scoring.execution_rate(rule)
            yield scheme.id, "execution_rate_score", scoring.execution_rate_score(rule)
        if scheme.indicators:
            for rules in (scheme.indicators, replace(scheme.indicators, over_fulfilment=over)):
                yield scheme.id, "forward_score", scoring.forward_score(rules)
                yield scheme.id, "reference_score", scoring.reference_score(rules)
        yield scheme.id, "inverse_score", scoring.inverse_score()
        yield scheme.id, "stated_number", scoring.stated_number("target", "年度指标值")


RULES = tuple(scheme_rules())


@pytest.mark.parametrize(("scheme", "function", "expr"), RULES, ids=[f"{rule[0]} {rule[1]}" for rule in RULES])
def test_every_formula_of_a_scheme_fits_in_a_cell(scheme: str, function: str, expr: Expr) -> None:
    assert_fit_for_excel(expr.excel(LONG_ADDRESSES))


def test_no_rule_is_left_out() -> None:
    public = inspect.getmembers(scoring, callable)
    rules = {name for name, function in public if function.__module__ == scoring.__name__}
    assert {function for _, function, _ in RULES} == rules
    assert {scheme for scheme, _, _ in RULES} == set(builtin_schemes())


@pytest.mark.parametrize(
    "expr",
    [
        EXECUTION_POINTS,
        REVERSE,
        piecewise(EXECUTED / BUDGET, SHANGHAI, below=0),
        lookup(total(SCORES), GRADES),
        quantity(ACTUAL),
        when(is_text(KIND, "正向定量"), quantity(ACTUAL) / quantity(TARGET), BLANK),
    ],
)
def test_a_formula_is_short_and_of_excel_2016(expr: Expr) -> None:
    assert_fit_for_excel(expr.excel(CELLS))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        number("0.1234567890123456")
    with pytest.raises(ValueError, match="upper and lower"):
        is_text(KIND, "A类")
    with pytest.raises(ValueError, match="distinct"):
        lookup(WEIGHT, ((Decimal(60), "中"), (Decimal(60), "差")))
    with pytest.raises(ValueError, match="adjoin"):
        piecewise(WEIGHT, (SHANGHAI[0], SHANGHAI[2]), below=0)
    with pytest.raises(ValueError, match="one branch only"):
        total(when(ACTUAL.equals(0), 0, WEIGHT))
    with pytest.raises(ValueError, match="characters"):
        sum((quantity(ACTUAL) / quantity(TARGET) for _ in range(9)), number(0)).excel(CELLS)
