"""Whether the parts of one scheme agree: sums, order of bands and grades, sources that exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from decimal import Decimal
from itertools import pairwise
from string import Formatter
from typing import TYPE_CHECKING

from perfxl.scheme_errors import Line

if TYPE_CHECKING:
    from perfxl.scheme import ExecutionRule, ReportOutline, Scheme


def contradictions(scheme: Scheme) -> Iterator[Line]:
    """One line `key: what was expected` per contradiction."""
    if scheme.valid_to is not None and scheme.valid_to < scheme.valid_from:
        yield (
            f"valid_to: 应不早于 valid_from 的 {scheme.valid_from}，现为 {scheme.valid_to}",
            f"valid_to: must not be before valid_from, {scheme.valid_from}, but is {scheme.valid_to}",
        )
    for key in sorted(set(sources_used(scheme)) - set(scheme.sources)):
        yield (
            f"sources: 缺少 {key}，有 source 引用了它，请补上",
            f"sources: {key} is missing, a source names it; add it",
        )
    if scheme.kind == "self_evaluation":
        for key in ("full_score", "execution", "indicators"):
            if getattr(scheme, key) is None:
                yield (
                    f'{key}: 缺少此键，kind = "self_evaluation" 的方案必须有',
                    f'{key}: this key is missing, a scheme with kind = "self_evaluation" must have it',
                )
    lows = [grade.low.value for grade in scheme.grades]
    if lows != sorted(set(lows), reverse=True) or (lows and lows[-1] != 0):
        yield (
            f"grades: low 应从高到低、互不相同、最低一档为 0，现为 {'、'.join(map(str, lows))}",
            f"grades: low must fall from grade to grade and end at 0, but is {', '.join(map(str, lows))}",
        )
    edges = [(band.low, band.high) for band in scheme.indicators.qualitative_bands] if scheme.indicators else []
    if edges and (edges[0][1] != 1 or edges[-1][0] != 0 or any(up[0] != down[1] for up, down in pairwise(edges))):
        yield (
            "indicators.qualitative_bands: 各档应从 1 到 0 首尾相接",
            "indicators.qualitative_bands: the bands must adjoin from 1 down to 0",
        )
    if scheme.execution:
        yield from _bands(scheme.execution)
        yield from _execution_row(scheme, scheme.execution)
    yield from _preset_points(scheme)
    yield from _group_points(scheme)
    if scheme.report:
        yield from _report(scheme.report)


def sources_used(part: object) -> Iterator[str]:
    """The key of every `source` in a scheme or a part of it, in order, with repetitions."""
    for name, value in vars(part).items():
        if name == "source" and value is not None:
            yield value
        for item in value if isinstance(value, tuple) else (value,):
            if is_dataclass(item):
                yield from sources_used(item)


def _bands(rule: ExecutionRule) -> Iterator[Line]:
    if (rule.rule == "bands") != bool(rule.bands):
        yield (
            'execution: rule = "bands" 与 bands 应同时出现',
            'execution: rule = "bands" and bands must stand together',
        )
    if any(down.high_rate != up.low_rate for up, down in pairwise(rule.bands)):
        yield (
            "execution.bands: 应从高到低首尾相接，每档的 high_rate 等于上一档的 low_rate",
            "execution.bands: must adjoin from high to low, each high_rate the low_rate of the band before",
        )
    highest = max((band.high for band in rule.bands), default=rule.weight.value)
    if highest != rule.weight.value:
        yield (
            f"execution.bands: 最高分应为 weight 的 {rule.weight.value}，现为 {highest}",
            f"execution.bands: the highest points must be the weight, {rule.weight.value}, but are {highest}",
        )


def _execution_row(scheme: Scheme, rule: ExecutionRule) -> Iterator[Line]:
    holders = [(group.name, row.points) for group in scheme.groups for row in group.preset if row.execution]
    expected = [] if rule.inside_group is None else [(rule.inside_group, rule.weight.value)]
    if holders != expected:
        yield (
            "execution.inside_group: 应为含 execution = true 的预设行的一级指标，该行 points 等于 weight",
            "execution.inside_group: must be the level 1 indicator of the preset row with execution = true, whose"
            " points are the weight",
        )


def _preset_points(scheme: Scheme) -> Iterator[Line]:
    for group in scheme.groups:
        if group.points is None or not group.preset:
            continue
        preset, points = (
            sum((row.points or Decimal(0) for row in group.preset), Decimal(0)),
            group.points.value,
        )
        if preset > points or (preset != points and not (group.rows or group.level2)):
            free = group.rows or group.level2
            yield (
                f"groups.{group.name}.preset: points 之和应{'不超过' if free else '等于'} points 的 {points}，"
                f"现为 {preset}",
                f"groups.{group.name}.preset: the sum of points must {'not exceed' if free else 'be'} the points,"
                f" {points}, but is {preset}",
            )


def _group_points(scheme: Scheme) -> Iterator[Line]:
    points = [group.points.value for group in scheme.groups if group.points]
    if not scheme.full_score or not scheme.execution or len(points) < len(scheme.groups):
        return
    outside = scheme.execution.weight.value if scheme.execution.inside_group is None else Decimal(0)
    total = sum(points) + outside
    if total != scheme.full_score.value:
        yield (
            f"groups: points 之和加表外的执行率分值应为 {scheme.full_score.value}，现为 {total}",
            f"groups: the sum of points and of an execution rate outside them must be {scheme.full_score.value}, but is"
            f" {total}",
        )


def _report(outline: ReportOutline) -> Iterator[Line]:
    """Names in braces that nobody fills in, ids that stand twice, a heading two levels below the one before."""
    from perfxl.scheme import REPORT_NAMES

    texts = (outline.title, *outline.lead, *(text for section in outline.sections for text in section.text))
    unknown: set[str] = set()
    for text in texts:
        try:
            unknown |= {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        except ValueError:
            yield f"report: 花括号应当成对，现为 “{text}”", f"report: braces must be paired, not as in “{text}”"
    unknown -= REPORT_NAMES
    if unknown:
        yield (
            f"report: 没有 {'、'.join(sorted(unknown))} 可填，可用：{'、'.join(sorted(REPORT_NAMES))}",
            f"report: nothing is called {', '.join(sorted(unknown))}; use one of {', '.join(sorted(REPORT_NAMES))}",
        )
    ids = [section.id for section in outline.sections]
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        yield (
            f"report.sections: id {twice} 重复，应各不相同",
            f"report.sections: the id {twice} stands twice; each must be unique",
        )
    levels = [0, *(section.level for section in outline.sections)]
    for above, section in zip(levels, outline.sections, strict=False):
        if section.level > above + 1:
            yield (
                f"report.sections.{section.id}.level: 应不大于 {above + 1}，现为 {section.level}",
                f"report.sections.{section.id}.level: must not be more than {above + 1}, but is {section.level}",
            )
