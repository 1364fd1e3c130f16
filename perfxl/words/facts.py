"""What the report says with the form's own numbers and names, so that the two cannot disagree."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from perfxl.figures import agrees, money, points
from perfxl.form import Located, SelfEvaluation
from perfxl.reports.view import points_text, rate_text
from perfxl.review import Review
from perfxl.scorecard import Scorecard, ScoreLine, target_met
from perfxl.words.levels import one_line
from perfxl.words.rules import grade_rule, official_rules


def facts(review: Review) -> dict[str, str]:
    """`REPORT_NAMES` → text. What the form leaves blank is a gap in 【】; a paragraph of nothing is empty."""
    form, card, scheme = review.form, review.scorecard, review.scheme
    assert isinstance(form, SelfEvaluation) and card is not None and scheme.execution is not None
    total, weight = form.funding.total, card.execution.weight
    full = scheme.full_score.value if scheme.full_score else Decimal(100)
    cap = scheme.indicators.cap if scheme.indicators else None
    return {
        "year": str(form.year.value) if form.year.value else _gap("年度"),
        "project": form.project or _gap("项目名称"),
        "unit": form.unit or _gap("单位"),
        "implemented": _implemented(form),
        "form": one_line(form.title.raw),
        "full_score": points(full),
        "budgets": _budgets(form),
        "adjusted_budget": _amount(total.adjusted_budget, form, "全年预算数"),
        "executed": _amount(total.executed, form, "全年执行数"),
        "rate": _rate(form, card),
        "execution_weight": points_text(weight) or _gap("预算执行率分值"),
        "execution_points": points_text(card.execution.reported.value) or _gap("预算执行率得分"),
        "indicator_weight": points(full - (weight or 0)),
        "indicator_count": str(sum(line.indicator is not None for line in card.lines)),
        "cap": f"单项指标分值不高于{points(cap.value)}分。" if cap else "",
        "rules": "".join(words for words, _ in list(official_rules(scheme))[1:4]),
        "grades": grade_rule(scheme),
        "total": points_text(form.total.value) or _gap("总分"),
        "graded": f"，评价等级“{card.reported_grade or _gap('等级')}”" if form.grade else "",
        "total_note": _total_note(form, card),
        **_completion(card),
    }


OPEN = re.compile("【(?:表中未填|表中应为|表内总分|请补充)[^】]*】")
"""How a place reads that is still to be filled in or mended."""


def _gap(label: str) -> str:
    return f"【表中未填{label}】"


def _amount(value: Located[Decimal], form: SelfEvaluation, label: str) -> str:
    """`50万元`, in the form's own unit; `1,040,000.00元`."""
    if value.value is None:
        return _gap(label)
    if form.funding.unit == "元":
        return f"{money(value.value)}元"
    return f"{points(value.value / form.funding.scale)}{form.funding.unit}"


def _rate(form: SelfEvaluation, card: Scorecard) -> str:
    """As the form prints it, with a mark where that is not what its amounts give; computed where it is blank."""
    printed = form.funding.total.rate
    if printed.blank or card.ratio is None or printed.value is None:
        return rate_text(card.rate) or _gap("预算执行率")
    right = agrees(printed.value, printed.raw, card.ratio, percentage=True)
    return printed.raw.strip() + ("" if right else f"【表中应为{rate_text(card.rate)}】")


def _implemented(form: SelfEvaluation) -> str:
    """`由水利局实施，主管部门为…`; without the second half where the form does not ask for it."""
    said = f"由{form.unit or _gap('单位')}实施"
    asked = "supervising_department" in form.fields
    return f"{said}，主管部门为{form.department or _gap('主管部门')}" if asked else said


def _budgets(form: SelfEvaluation) -> str:
    """`年初预算数…，全年预算数…`; without the first where the form has one budget figure only."""
    total = form.funding.total
    adjusted = f"全年预算数{_amount(total.adjusted_budget, form, '全年预算数')}"
    if not form.funding.asks_initial:
        return adjusted
    return f"年初预算数{_amount(total.initial_budget, form, '年初预算数')}，{adjusted}"


def _total_note(form: SelfEvaluation, card: Scorecard) -> str:
    """A marked warning where the form itself is not at one about total or grade; empty where it is."""
    printed, summed, by_rule = form.total.value, card.reported_sum, card.computed_total
    found = []
    if summed is not None and printed != summed:
        found.append(f"各项得分之和为{points(summed)}分")
    if by_rule is not None and by_rule not in (printed, summed):
        found.append(f"按规则重算为{points(by_rule)}分")
    if card.missing:
        found.append(f"还有{points(card.missing)}分的项目未填得分")
    if card.reported_grade and card.computed_grade and card.reported_grade != card.computed_grade:
        found.append(f"按规则应为“{card.computed_grade}”")
    if not found:
        return ""
    return f"【表内总分{points_text(printed) or '未填'}，{'，'.join(found)}；请先改正自评表，再重新生成本报告】"


def _completion(card: Scorecard) -> dict[str, str]:
    """Which targets are met, missed, or cannot be compared; what was deducted and why."""
    lines = [line for line in card.lines if line.indicator and not line.indicator.execution]
    met = {line: _met(line) for line in lines}
    done = [line for line in lines if met[line]]
    missed = [line for line in lines if met[line] is False]
    unclear = len(lines) - len(done) - len(missed)
    lost = [line for line in lines if line.lost > 0]
    said = [f"{len(done)}项达到指标值"] if done else []
    if unclear:
        said.append(f"{unclear}项的指标值或实际完成值不是可比较的数字，由填报人评定")
    if missed:
        said.append(f"{len(missed)}项未达到指标值")
    if not any(line.indicator and line.indicator.target.raw.strip() for line in lines):
        said = ["由填报人按评分规则评定得分"]
    return {
        "completed": f"共{len(lines)}项指标，{'，'.join(said)}。" if lines else "",
        "missed": f"未达到指标值的有：{_listed(missed)}。" if missed else "",
        "deductions": "".join(map(_deduction, lost)),
    }


def _met(line: ScoreLine) -> bool | None:
    row = line.indicator
    if row is None or row.target.value is None or row.actual.value is None:
        return None
    return target_met(row.target.value, row.actual.value)


def _listed(lines: Iterable[ScoreLine]) -> str:
    return "；".join(
        f"“{one_line(line.label)}”指标值{line.indicator.target.raw.strip()}，实际完成{line.indicator.actual.raw.strip()}"
        for line in lines
        if line.indicator
    )


def _deduction(line: ScoreLine) -> str:
    assert line.indicator is not None
    note = line.indicator.note.raw.strip().rstrip("。")
    return (
        f"“{one_line(line.label)}”{points_text(line.weight)}分，得{points_text(line.reported.value)}分，"
        f"扣{points(line.lost)}分，原因：{note or _gap('扣分原因')}。"
    )
