"""X: what two places of one submission say about the same thing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from perfxl.checks import Context, Evaluation, check, evaluation_check, objective_check
from perfxl.checks.indicators import measured
from perfxl.checks.notes import EXECUTION_WORDS, explained
from perfxl.figures import percent
from perfxl.finding import Finding
from perfxl.form import Form, Indicator, ObjectiveForm, SelfEvaluation
from perfxl.grid import normalised
from perfxl.meaning import same_meaning
from perfxl.scheme import Scheme

# `2020年市级重点项目前期工作经费支出绩效评价`: the project a report speaks of.
_SUBJECT = re.compile(r"([^，。；、：“”《》（）\s]{2,40}(?:经费|资金|专项))支出绩效")
_LEAD = re.compile(r".*(?:\d{4}年度?|关于|对|开展)")


@check("X101")
def target_changed(context: Context) -> Iterator[Finding]:
    """指标值与绩效目标表不一致。只比同一项目、同一年度、两表各有一行的同名指标。"""
    form = context.form
    if not isinstance(form, SelfEvaluation) or not form.project:
        return
    for objective in context.siblings:
        if isinstance(objective, ObjectiveForm) and _same_project(form, objective):
            promised = by_name(objective)
            for name, row in by_name(form).items():
                before = promised.get(name)
                if before and not (before.target.blank or row.target.blank or same_meaning(before.target, row.target)):
                    reported, expected = row.target.raw.strip(), before.target.raw.strip()
                    numbers = {"name": row.name}
                    yield Finding("X101", row.target.at, "指标值", reported, expected, numbers, (before.target.at,))


def _same_project(form: Form, other: Form) -> bool:
    same_year = form.year.value == other.year.value or None in (form.year.value, other.year.value)
    return same_year and normalised(form.project) == normalised(other.project)


def by_name(form: Form) -> dict[str, Indicator]:
    """The indicators by their names as `normalised`; names that stand in several rows are left out."""
    rows = [(normalised(name), row) for row in form.named_indicators if (name := row.name)]
    found = dict(rows)
    if len(found) == len(rows):
        return found
    counts = Counter([name for name, _ in rows])
    return {name: row for name, row in rows if counts[name] == 1}


@check("X102")
def another_project(context: Context) -> Iterator[Finding]:
    """报告正文写的项目名称与表内不一致。"""
    project = normalised(context.form.project)
    if not project or len(context.siblings) > 1:
        return  # with several forms the report may speak of any of them
    for text in context.form.surroundings:
        for match in _SUBJECT.finditer(text.raw) if "支出绩效" in text.raw else ():
            name = _LEAD.sub("", match[1])
            if len(name) >= 2 and normalised(name) not in project and project not in normalised(name):
                yield Finding("X102", text.at, "项目名称", name, context.form.project)


# A word that makes another measure of the same work: 完成率 is not 及时完成率.
_OTHER_MEASURE = re.compile("时|质|合格|优|满意|成本|知晓|覆盖|验收|首|再")


@objective_check("X104")
def contradicting_targets(form: ObjectiveForm, scheme: Scheme) -> Iterator[Finding]:
    """同一内容两处目标矛盾。"""
    cores = [
        (core, row, target.unit, (target.operator or "=", target.low))
        for row in measured(form.named_indicators)
        if len(core := _core(row.name)) >= 5 and (target := row.target.value)
    ]
    for (first_core, first, unit, amount), (second_core, second, other_unit, other_amount) in combinations(cores, 2):
        if unit == other_unit and amount != other_amount and _same_content(first_core, second_core):
            numbers = {"name": second.name, "other": first.name}
            reported, expected = second.target.raw.strip(), first.target.raw.strip()
            yield Finding("X104", second.target.at, "指标值", reported, expected, numbers, (first.target.at,))


_ASIDE = re.compile(r"\(.*?\)")


def _core(name: str) -> str:
    whole = normalised(name)
    return _ASIDE.sub("", whole) if "(" in whole else whole


def _same_content(first: str, second: str) -> bool:
    short, long = sorted((first, second), key=len)
    rest = iter(long)
    if short == long or not all(char in rest for char in short):
        return short == long
    extra = list(long)
    for char in short:
        extra.remove(char)
    return not _OTHER_MEASURE.search("".join(extra))


@evaluation_check("X105")
def full_points_without_money(evaluation: Evaluation) -> Iterator[Finding]:
    """执行率低而指标全满分。"""
    ratio, limit = evaluation.card.ratio, evaluation.scheme.thresholds.low_execution.value
    lines = [line for line in evaluation.card.lines if line.indicator and not line.indicator.execution]
    if ratio is None or ratio >= limit or len(lines) < 2 or explained(evaluation.form, EXECUTION_WORDS):
        return
    if all(line.weight and line.reported.value == line.weight for line in lines):
        numbers = {"rate": percent(ratio), "count": str(len(lines))}
        rate = evaluation.form.funding.total.rate
        yield Finding("X105", rate.at, "预算执行率", rate.raw, None, numbers)
