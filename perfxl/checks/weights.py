"""W: do the weights sum to the full score, group by group and rule by rule?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain, pairwise

from perfxl.checks import Context, Evaluation, check, evaluation_check
from perfxl.figures import points
from perfxl.finding import Finding
from perfxl.form import SelfEvaluation
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


@check("W105")
def rule_points(context: Context) -> Iterator[Finding]:
    """评分细则各点（N分）之和应等于权重。"""
    for row, place, rule in context.rules:
        stated, weight = rule.stated, row.max_score.value
        if stated is not None and weight is not None and stated != weight:
            yield Finding("W105", place.at, "评分规则", points(stated), points(weight), {"name": row.name})


# `自评分90（含）-100分为优秀`, `0-60分为不合格`
_GRADE_BAND = re.compile(r"(\d+)([（(]含[)）])?\s*[-－—~～至]\s*(\d+)([（(]含[)）])?分?为")


@check("W106")
def bands_overlap(context: Context) -> Iterator[Finding]:
    """评分区间、等级区间重叠或有空档。"""
    for row, place, rule in context.rules:
        for first, second in rule.uneven if place is row.scoring_rule else ():
            yield Finding("W106", place.at, "评分规则", numbers={"first": first, "second": second})
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


@check("W107")
def rule_without_points(context: Context) -> Iterator[Finding]:
    """评分细则里别的情形写明得几分，只有这一条没有写。"""
    for row, place, rule in context.rules:
        for case in rule.pointless:
            yield Finding("W107", place.at, "评分规则", numbers={"name": row.name, "text": case})
