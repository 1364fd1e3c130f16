"""N: the texts themselves: copied, doubled, left over, misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from perfxl.checks import Context, Evaluation, check, evaluation_check
from perfxl.figures import money
from perfxl.finding import Finding
from perfxl.grid import normalised

COPIED_SHARE = 0.6
"""From this share of the goal's clauses on, the report of what was done is a copy."""

_CLAUSE = re.compile(r"[^，。；：、,.;:\s（）()“”0-9]{4,}")


def copied_share(goal: str, report: str) -> float:
    """Share of the goal's text that stands word for word in the report."""
    clauses = _CLAUSE.findall(goal)
    copied = normalised(report)
    total = sum(map(len, clauses))
    return sum(len(clause) for clause in clauses if normalised(clause) in copied) / total if total else 0


@evaluation_check("N101")
def goal_copied(evaluation: Evaluation) -> Iterator[Finding]:
    """完成情况照抄目标。"""
    fields, layout = evaluation.form.fields, evaluation.scheme.layout
    for goal_id, report_id in (("expected_goal", "actual_goal"), ("annual_goal", "achievements")):
        goal, report = fields.get(goal_id), fields.get(report_id)
        if goal is None or report is None or len(goal.raw) < 20:
            continue
        if copied_share(goal.raw, report.raw) >= COPIED_SHARE:
            labels = {field.id: field.label for field in (*layout.header, *layout.goals)}
            label, other = labels.get(report_id, "完成情况"), labels.get(goal_id, "目标")
            yield Finding("N101", report.at, label, None, None, {"other": other}, (goal.at,))


_AMOUNT = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(万元|亿元|元)")


@check("N102")
def amount_differs(context: Context) -> Iterator[Finding]:
    """文字金额与表不符：紧跟在项目名称后面的金额。"""
    from perfxl.reading.values import parse_amount

    form, total, project = context.form, context.form.funding.total, context.form.project
    if not form.surroundings or not project or not total.adjusted_budget.value:
        return
    known = {cell.value for cell in (total.initial_budget, total.adjusted_budget, total.executed) if cell.value}
    for text in form.surroundings:
        start = text.raw.find(project)
        match = _AMOUNT.match(text.raw, start + len(project)) if start >= 0 else None
        amount = parse_amount(match[0]) if match else None
        if match and amount is not None and amount not in known:
            expected = f"{money(total.adjusted_budget.value)} 元"
            yield Finding("N102", text.at, "金额", match[0], expected, {}, (total.adjusted_budget.at,))


@check("N103")
def doubled_words(context: Context) -> Iterator[Finding]:
    """语句重复：用于用于、攻坚攻坚战。"""
    for field, text, slips in context.slips:
        if slips.doubled:
            yield Finding("N103", text.at, field, slips.doubled[0], numbers={"text": "”“".join(slips.doubled)})


@check("N104")
def html_left(context: Context) -> Iterator[Finding]:
    """残留HTML。"""
    for field, text, slips in context.slips:
        if slips.tags:
            yield Finding("N104", text.at, field, slips.tags[0], numbers={"text": " ".join(slips.tags)})


@check("N105")
def instruction_left(context: Context) -> Iterator[Finding]:
    """填表说明未替换。"""
    for field, text, slips in context.slips:
        if slips.instruction:
            yield Finding("N105", text.at, field or "本栏", text.raw.strip(), numbers={"text": text.raw.strip()[:30]})


_DELAY = re.compile(r"影响了?[^。；，,]{0,6}(?:进度|进展)|滞后|延误|延期|未能按[时期]|没有完成|未完成")
_TIMELY = re.compile("数量|进度|及时|时效|按时|计划完成")


@evaluation_check("N106")
def delay_with_full_points(evaluation: Evaluation) -> Iterator[Finding]:
    """主要问题写影响了进度，数量或进度指标又得满分。"""
    problems = evaluation.form.fields.get("problems")
    match = _DELAY.search(problems.raw) if problems else None
    if problems is None or match is None:
        return
    for line in evaluation.card.lines:
        if line.weight and line.reported.value == line.weight and _TIMELY.search(line.label):
            numbers = {"name": line.label, "text": match[0]}
            yield Finding("N106", problems.at, "主要问题", match[0], None, numbers, (line.reported.at,))
            return


@check("N107")
def misspelt(context: Context) -> Iterator[Finding]:
    """常见错别字（typos.toml）。"""
    for field, text, slips in context.slips:
        for wrong, right in slips.misspelt:
            yield Finding("N107", text.at, field, wrong, right, {"text": wrong})


@check("N108")
def irregular_brackets(context: Context) -> Iterator[Finding]:
    """括号不规范：发文字号的年份用〔〕；一级指标的分值括号全角半角不一。"""
    for field, text, slips in context.slips:
        for bracketed, year in slips.years:
            yield Finding("N108", text.at, field, bracketed, f"〔{year}〕")
    labels = [group.label for group in context.form.groups if group.printed_points is not None]
    half = [label for label in labels if "(" in label.raw]
    if half and len(half) < len(labels):
        label = half[0]
        expected = label.raw.strip().replace("(", "（").replace(")", "）")
        related = tuple(other.at for other in half[1:])
        yield Finding("N108", label.at, "一级指标", label.raw.strip(), expected, {}, related)
