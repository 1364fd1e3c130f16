"""The rules of a scheme in their official words, each with its clause."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from itertools import pairwise

from perfxl.figures import points
from perfxl.reports.view import points_text, rate_text
from perfxl.scheme import ExecutionRule, Scheme
from perfxl.scoring import (
    capped_total,
    execution_rate,
    execution_rate_score,
    forward_score,
    inverse_score,
    points_total,
)

EXECUTION_RULE, INDICATOR_RULE = 2, 3
"""Places of the rules for points in the list, counted from 1."""


def official_rules(scheme: Scheme) -> Iterator[tuple[str, str]]:
    """(words, key of the source): rate, points for it, points of the indicators, total, caps, grades."""
    execution, indicators = scheme.execution, scheme.indicators
    assert execution is not None and indicators is not None, "a self-evaluation scheme has both"
    yield _words(execution_rate), execution.source
    yield _execution(execution), execution.source
    if indicators.proportional:
        forward = _words(forward_score)
        if indicators.over_fulfilment is None:
            forward = f"{forward.partition('；可选')[0]}。"
        yield forward + _words(inverse_score), indicators.source
    else:
        yield "各项指标由填报人按评分规则评定得分。", indicators.source
    if scheme.full_score:
        yield _words(points_total), scheme.full_score.source
    for cap in scheme.total_caps[:1]:
        yield _words(capped_total), cap.source
    if scheme.grades:
        yield grade_rule(scheme), scheme.grades[0].low.source


def grade_rule(scheme: Scheme) -> str:
    """`等级按得分分为“优”（得分≥95）、“良”（85≤得分＜95）…`; empty where the form has no grade."""
    if not scheme.grades:
        return ""
    best = scheme.grades[0]
    bands = [f"“{best.word}”（得分≥{points(best.low.value)}）"]
    for above, below in pairwise(scheme.grades):
        low, high = points(below.low.value), points(above.low.value)
        bands.append(f"“{below.word}”（得分＜{high}）" if low == "0" else f"“{below.word}”（{low}≤得分＜{high}）")
    return f"等级按得分分为{'、'.join(bands)}。"


def _execution(rule: ExecutionRule) -> str:
    if rule.rule == "proportional":
        return _words(execution_rate_score).replace("，或按区间给分", "")
    bands = []
    for band in rule.bands:
        low, high = points_text(band.low), points_text(band.high)
        given = f"{high}分" if low == high else f"{low}至{high}分"
        below = f"、不到{rate_text(band.high_rate)}" if band.high_rate is not None else ""
        bands.append(f"执行率{rate_text(band.low_rate)}及以上{below}得{given}")
    return f"预算执行率得分：{'；'.join(bands)}；再低不得分。"


def _words(rule: Callable[..., object]) -> str:
    """The docstring of a rule opens with its official words, up to the first full stop."""
    return f"{(inspect.getdoc(rule) or '').partition('。')[0]}。"
