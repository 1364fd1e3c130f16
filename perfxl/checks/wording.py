"""N: the texts themselves: copied, doubled, left over, misspelt."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

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
    labels = {f.id: f.label for f in (*evaluation.scheme.layout.header, *evaluation.scheme.layout.goals)}
    fields = evaluation.form.fields
    for goal_id, report_id in (("expected_goal", "actual_goal"), ("annual_goal", "achievements")):
        goal, report = fields.get(goal_id), fields.get(report_id)
        if goal is None or report is None or len(goal.raw) < 20:
            continue
        if copied_share(goal.raw, report.raw) >= COPIED_SHARE:
            label, other = labels.get(report_id, "完成情况"), labels.get(goal_id, "目标")
            yield Finding("N101", report.at, label, None, None, {"other": other}, (goal.at,))


_AMOUNT = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(万元|亿元|元)")


@check("N102")
def amount_differs(context: Context) -> Iterator[Finding]:
    """文字金额与表不符：紧跟在项目名称后面的金额。"""
    from perfxl.reading.values import parse_amount

    form, total = context.form, context.form.funding.total
    known = {cell.value for cell in (total.initial_budget, total.adjusted_budget, total.executed) if cell.value}
    if not form.project or not total.adjusted_budget.value:
        return
    for text in form.surroundings:
        start = text.raw.find(form.project)
        match = _AMOUNT.match(text.raw, start + len(form.project)) if start >= 0 else None
        amount = parse_amount(match[0]) if match else None
        if match and amount is not None and amount not in known:
            expected = f"{money(total.adjusted_budget.value)} 元"
            yield Finding("N102", text.at, "金额", match[0], expected, {}, (total.adjusted_budget.at,))


_DOUBLED = re.compile(r"([\u4e00-\u9fff][\u4e00-\u9fff，、“”]{1,30}?)\1")


@check("N103")
def doubled_words(context: Context) -> Iterator[Finding]:
    """语句重复：用于用于、攻坚攻坚战。"""
    for field, text in context.texts:
        found = [match[0] for match in _DOUBLED.finditer(text.raw)]
        if found:
            yield Finding("N103", text.at, field, found[0], numbers={"text": "”“".join(found)})


_HTML = re.compile(r"</?(?:p|br|div|span|table|t[rdh]|b|i|u|font|strong|em|[uo]l|li|h\d)\b[^>]*>|&(?:nbsp|lt|gt|amp);")


@check("N104")
def html_left(context: Context) -> Iterator[Finding]:
    """残留HTML。"""
    for field, text in context.texts:
        tags = dict.fromkeys(_HTML.findall(text.raw))
        if tags:
            yield Finding("N104", text.at, field, next(iter(tags)), numbers={"text": " ".join(tags)})


_INSTRUCTION = re.compile(r"[（(]?(?:请|此处|在此)(?:填写|填报|描述|概述|简述|说明)|[（(](?:填写|简述|概述)")


@check("N105")
def instruction_left(context: Context) -> Iterator[Finding]:
    """填表说明未替换。"""
    for field, text in context.texts:
        if _INSTRUCTION.match(text.raw.strip()):
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


@cache
def _typos() -> tuple[tuple[str, str], ...]:
    raw = tomllib.loads(files("perfxl.checks").joinpath("typos.toml").read_text("utf-8"))
    return tuple((entry["wrong"], entry["right"]) for entry in raw["typo"])


@cache
def _any_typo() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{wrong})" for wrong, _ in _typos()))


@check("N107")
def misspelt(context: Context) -> Iterator[Finding]:
    """常见错别字（typos.toml）。"""
    for field, text in context.texts:
        for wrong, right in _typos() if _any_typo().search(text.raw) else ():
            match = re.search(wrong, text.raw)
            if match:
                yield Finding("N107", text.at, field, match[0], right, {"text": match[0]})


_DOCUMENT_YEAR = re.compile(r"[【\[［(（]((?:19|20)\d\d)[】\]］)）](?=\s*\d+\s*号)")


@check("N108")
def irregular_brackets(context: Context) -> Iterator[Finding]:
    """括号不规范：发文字号的年份用〔〕；一级指标的分值括号全角半角不一。"""
    for field, text in context.texts:
        match = _DOCUMENT_YEAR.search(text.raw)
        if match:
            yield Finding("N108", text.at, field, match[0], f"〔{match[1]}〕")
    labels = [group.label for group in context.form.groups if group.printed_points is not None]
    half = [label for label in labels if "(" in label.raw]
    if half and len(half) < len(labels):
        label = half[0]
        expected = label.raw.strip().replace("(", "（").replace(")", "）")
        related = tuple(other.at for other in half[1:])
        yield Finding("N108", label.at, "一级指标", label.raw.strip(), expected, {}, related)
