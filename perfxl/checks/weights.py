"""W: do the weights sum to the full score, group by group and rule by rule?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain, pairwise

from perfxl.checks import Context, Evaluation, check, evaluation_check
from perfxl.checks.layout import POINTS_IN_RULE
from perfxl.figures import points
from perfxl.finding import Finding
from perfxl.form import Indicator, SelfEvaluation
from perfxl.grid import normalised
from perfxl.kept import kept_by_identity
from perfxl.scheme import Scheme, SourcedPoints


@check("W101")
def weights_sum(context: Context) -> Iterator[Finding]:
    """权重合计应等于满分。绩效目标表可以没有权重，也可以不含执行率的分值。"""
    form, scheme = context.form, context.scheme
    weights = list(chain.from_iterable(context.weights))
    if not weights or scheme.full_score is None or context.weights_unreadable:
        return
    card = context.scorecard
    outside = card is not None and card.execution.indicator is None
    full = scheme.full_score.value
    extra = card.execution.weight or Decimal(0) if card is not None and outside else Decimal(0)
    reported = sum(weights, Decimal(0)) + extra
    allowed = {full}
    if not isinstance(form, SelfEvaluation) and scheme.execution is not None:
        allowed.add(full - scheme.execution.weight.value)
    if reported in allowed:
        return
    groups = [f"{points(extra)}"] if outside else []
    groups += [points(sum(group, Decimal(0))) for group in context.weights]
    numbers = {"derivation": " + ".join(groups) + f" = {points(reported)}"}
    at = form.total_max.at if isinstance(form, SelfEvaluation) else form.at
    yield Finding("W101", at, "分值", points(reported), points(full), numbers)


@check("W102")
def group_weights(context: Context) -> Iterator[Finding]:
    """一级权重原则上按方案；有标注错位（W108）时不再逐项报告。"""
    scheme, form = context.scheme, context.form
    if context.true_grouping or context.weights_unreadable:
        return
    expected = _points_of_groups(scheme)
    for group, weights in zip(form.groups, context.weights, strict=True):
        stated = expected.get(normalised(group.label.value or ""))
        if weights and stated is not None and sum(weights) != stated.value:
            label = {"label": group.label.value or ""}
            at = group.label.at
            yield Finding("W102", at, "分值", points(sum(weights, Decimal(0))), points(stated.value), label)
    if context.scorecard is not None and scheme.execution is not None:
        printed, weight = context.scorecard.execution.max_score, scheme.execution.weight.value
        if printed.value is not None and printed.value != weight:
            yield Finding("W102", printed.at, "分值", printed.raw, points(weight), {"label": "预算执行率"})


@kept_by_identity
def _points_of_groups(scheme: Scheme) -> Mapping[str, SourcedPoints | None]:
    return {normalised(group.name): group.points for group in scheme.groups}


@check("W103")
def printed_group_points(context: Context) -> Iterator[Finding]:
    """一级标注的分值应等于其下各项合计。"""
    if context.true_grouping or context.weights_unreadable:
        return
    for group, weights in zip(context.form.groups, context.weights, strict=True):
        printed = group.printed_points
        if weights and printed is not None and printed != sum(weights):
            label = {"label": group.label.raw.strip()}
            at = group.label.at
            yield Finding("W103", at, "一级指标", points(printed), points(sum(weights, Decimal(0))), label)


@check("W108")
def displaced_labels(context: Context) -> Iterator[Finding]:
    """一级指标标签错位：按顺序重新分组即与方案相符。"""
    groups = context.form.groups
    grouping = context.true_grouping
    if grouping:
        numbers = {"actual": "/".join(points(sum(weights, Decimal(0))) for weights in context.weights)}
        printed = "/".join(points(group.printed_points or Decimal(0)) for group in groups)
        related = tuple(group.label.at for group in groups[1:])
        yield Finding("W108", groups[0].label.at, "一级指标", printed, grouping, numbers, related)


@check("W104")
def above_cap(context: Context) -> Iterator[Finding]:
    """单项分值超上限。"""
    cap = context.scheme.indicators.cap if context.scheme.indicators else None
    for row in context.form.named_indicators:
        if cap is not None and row.max_score.value is not None and row.max_score.value > cap.value:
            name = {"name": row.name}
            yield Finding("W104", row.max_score.at, "分值", row.max_score.raw, points(cap.value), name)


@check("W109")
def all_at_cap(context: Context) -> Iterator[Finding]:
    """每一项分值都正好是单项上限：指标过于集中。"""
    cap = context.scheme.indicators.cap if context.scheme.indicators else None
    rows = [row for row in context.form.named_indicators if row.max_score.value is not None]
    if cap is not None and len(rows) > 1 and all(row.max_score.value == cap.value for row in rows):
        numbers = {"count": str(len(rows)), "cap": points(cap.value)}
        related = tuple(row.max_score.at for row in rows[1:])
        yield Finding("W109", rows[0].max_score.at, "分值", rows[0].max_score.raw, None, numbers, related)


@evaluation_check("W110")
def weight_blank(evaluation: Evaluation) -> Iterator[Finding]:
    """有名称、有得分的指标没有填分值。“其中”各行的分值在上一行。"""
    rows = list(evaluation.form.named_indicators)
    if any(row.max_score.value is not None for row in rows):
        for row in rows:
            if row.max_score.blank and not row.part:
                yield Finding("W110", row.max_score.at, "分值", numbers={"name": row.name})


def _rule_text(row: Indicator) -> tuple[str, bool]:
    """The row's rule: its own column, else an explanation that states points."""
    own = row.scoring_rule.raw.strip()
    return (own, True) if own else (row.explanation.raw, False)


@check("W105")
def rule_points(context: Context) -> Iterator[Finding]:
    """评分细则各点（N分）之和应等于权重。"""
    for row in context.form.named_indicators:
        text, own = _rule_text(row)
        stated = [Decimal(value) for value in POINTS_IN_RULE.findall(text)] if "分" in text else ()
        weight = row.max_score.value
        if stated and weight is not None and sum(stated) != weight:
            at = row.scoring_rule.at if own else row.explanation.at
            total = points(sum(stated, Decimal(0)))
            yield Finding("W105", at, "评分规则", total, points(weight), {"name": row.name})


# `在78%以上不到90%得6-8分`, `90%及以上上得8分`, `70%以下，不得分`
_BAND = re.compile(r"(\d+(?:\.\d+)?)[%％](?:及?以上上?|（含）|\(含\))(?:不到(\d+(?:\.\d+)?)[%％])?")
_BELOW = re.compile(r"(\d+(?:\.\d+)?)[%％]以下")
# `自评分90（含）-100分为优秀`, `0-60分为不合格`
_GRADE_BAND = re.compile(r"(\d+)([（(]含[)）])?\s*[-－—~～至]\s*(\d+)([（(]含[)）])?分?为")


@check("W106")
def bands_overlap(context: Context) -> Iterator[Finding]:
    """评分区间、等级区间重叠或有空档。"""
    for row in context.form.named_indicators:
        rule = row.scoring_rule.raw
        stated_bands = _BAND.findall(rule) if "%" in rule or "％" in rule else ()
        bands = [
            (Decimal(low), Decimal(high) if high else None, f"{low}%以上" + (f"不到{high}%" if high else ""))
            for low, high in stated_bands
        ]
        if len(bands) > 1:
            bands += [(Decimal(-1), Decimal(v), f"{v}%以下") for v in _BELOW.findall(rule)]
            for (low, _, first), (_, high, second) in pairwise(sorted(bands, key=lambda b: -b[0])):
                if high != low:
                    numbers = {"first": first, "second": second}
                    yield Finding("W106", row.scoring_rule.at, "评分规则", numbers=numbers)
    for text in context.form.surroundings:
        if "为" not in text.raw:
            continue
        stated = [(match, Decimal(match[1]), Decimal(match[3])) for match in _GRADE_BAND.finditer(text.raw)]
        for (upper, low, _), (lower, _, high) in pairwise(sorted(stated, key=lambda b: -b[1])):
            # An interval without any （含） is closed at both ends; with one, the other end is open.
            closed_above = bool(lower[4]) or not lower[2]
            if high != low or (closed_above and (upper[2] or not upper[4])):
                numbers = {"first": upper[0].removesuffix("为"), "second": lower[0].removesuffix("为")}
                yield Finding("W106", text.at, "等级说明", numbers=numbers)


_POINTLESS = re.compile(r"[^，,；;。（(]{2,20}得分(?=[，,；;。])")
_POINTED = re.compile(r"得\s*\d+(?:\.\d+)?\s*(?:[-－~～]\s*\d+(?:\.\d+)?)?\s*分")


@check("W107")
def rule_without_points(context: Context) -> Iterator[Finding]:
    """评分细则里别的情形写明得几分，只有这一条没有写。"""
    for row in context.form.named_indicators:
        text, own = _rule_text(row)
        if "得分" in text and _POINTED.search(text):  # without that word nothing can be pointless
            for match in _POINTLESS.finditer(text):
                if not match[0].endswith(("不得分", "不予得分")):
                    at = row.scoring_rule.at if own else row.explanation.at
                    yield Finding("W107", at, "评分规则", numbers={"name": row.name, "text": match[0]})
