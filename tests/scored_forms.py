"""Forms of a few rows, and what the official rules give for them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfxl.expr import Value
from perfxl.form import Funding, FundingRow, Group, Indicator, Located, SelfEvaluation, Target
from perfxl.grid import CellRef
from perfxl.reading.values import parse_measure
from perfxl.scheme import Scheme
from perfxl.scheme_files import builtin_schemes
from perfxl.scorecard import Scorecard, score_form
from perfxl.scoring import execution_rate, execution_rate_score

YEAR = 2024
MOF, HUBEI, LINCANG, SHANGHAI = (
    builtin_schemes()[name] for name in ("mof/2020", "hubei/2021", "lincang/2021", "shanghai/2020")
)
SELF_EVALUATIONS = [scheme for scheme in builtin_schemes().values() if scheme.kind == "self_evaluation"]


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
