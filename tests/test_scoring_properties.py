"""What holds of points and grades, whatever the numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from perfxl.expr import NotComputable, Value
from perfxl.scheme import Scheme
from perfxl.scoring import forward_score, grade, inverse_score
from tests.random_forms import execution_points, half_up
from tests.scored_forms import MOF, SELF_EVALUATIONS, execution, rate

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
