"""D2: what only the distribution over many forms shows. 提示: a form is not wrong for being out of line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from math import comb

from perfxl.across.rules import About, across
from perfxl.across.table import Facts
from perfxl.figures import percent, points
from perfxl.finding import Finding

BESIDE = Decimal(1)
"""Points on either side of a grade limit that are compared."""
AT_LEAST_TIMES = 3
"""Forms just above the limit for each just below. Scores crowd near the top, but never three times within a point."""
CHANCE = Decimal("0.001")
"""Of so many above if a form near the limit were as likely to be on either side. 10 to 0 is rarer, 9 to 0 is not."""

FEWEST = 8
"""Like projects from which quartiles mean something."""
FENCE = 3
"""Spans between the quartiles beyond a quartile: Tukey's far out."""
FAR_RATE, FAR_TOTAL = Decimal("0.1"), Decimal(10)
"""Least distance from the median, where nearly all agree: a tenth of the budget, the width of a grade."""


@across("D201")
def scores_just_above_a_limit(facts: Facts) -> Iterator[About]:
    """得分集中在等级线上：刚过线的远多于差一点的。"""
    for scheme, first in facts.rows("SELECT scheme, MIN(id) FROM forms GROUP BY scheme"):
        counts = _counts(facts, scheme)
        for grade in facts.form(first).scheme.grades:
            limit = grade.low.value
            above = sum(count for total, count in counts if limit <= total < limit + BESIDE)
            below = sum(count for total, count in counts if limit - BESIDE <= total < limit)
            if limit > 0 and above >= AT_LEAST_TIMES * below and _chance(above, below) <= CHANCE:
                numbers = {"grade": grade.word, "limit": points(limit), "beside": points(BESIDE)}
                numbers |= {"above": str(above), "below": str(below)}
                for number, total in _totals(facts, scheme):
                    if limit <= total < limit + BESIDE:
                        at = facts.form(number).at
                        yield number, Finding("D201", at, "总分", points(total), None, numbers)


def _counts(facts: Facts, scheme: str) -> list[tuple[Decimal, int]]:
    """How many forms have which total: there are only so many."""
    rows = facts.rows(
        "SELECT total, COUNT(*) FROM forms WHERE scheme = ? AND total IS NOT NULL GROUP BY total ORDER BY total", scheme
    )
    return [(Decimal(total), count) for total, count in rows]


def _totals(facts: Facts, scheme: str) -> Iterator[tuple[int, Decimal]]:
    rows = facts.rows("SELECT id, total FROM forms WHERE scheme = ? AND total IS NOT NULL ORDER BY id", scheme)
    return ((number, Decimal(total)) for number, total in rows)


def _chance(above: int, below: int) -> Decimal:
    """Of `above` or more out of all with even odds."""
    tosses = above + below
    ways, sum_of_ways = comb(tosses, above), 0
    for heads in range(above, tosses + 1):
        sum_of_ways += ways
        ways = ways * (tosses - heads) // (heads + 1)
    return Decimal(sum_of_ways) / Decimal(2**tosses)


@across("D202")
def out_of_line(facts: Facts) -> Iterator[About]:
    """同类项目中执行率或总分离群。"""
    for (like,) in facts.rows('SELECT "like" FROM forms GROUP BY "like" HAVING COUNT(*) >= ?', FEWEST):
        yield from _far_off(facts, like, "rate", "预算执行率", FAR_RATE, percent)
        yield from _far_off(facts, like, "total", "总分", FAR_TOTAL, points)


def _far_off(
    facts: Facts, like: int, column: str, field: str, far: Decimal, text: Callable[[Decimal], str]
) -> Iterator[About]:
    rows = facts.rows(f'SELECT id, {column} FROM forms WHERE "like" = ? AND {column} IS NOT NULL ORDER BY id', like)
    values = [(number, Decimal(value)) for number, value in rows]
    for number, value, middle in _outliers(values, far):
        numbers = {"middle": text(middle), "count": str(len(values))}
        yield number, Finding("D202", facts.form(number).at, field, text(value), None, numbers)


def _outliers(values: Sequence[tuple[int, Decimal]], far: Decimal) -> Iterator[tuple[int, Decimal, Decimal]]:
    """Form, value and median of what lies beyond the fences and at least `far` from the median."""
    if len(values) < FEWEST:
        return
    ranked = sorted(value for _, value in values)
    low, middle, high = (_quantile(ranked, part) for part in (1, 2, 3))
    span = FENCE * (high - low)
    for number, value in values:
        if not low - span <= value <= high + span and abs(value - middle) >= far:
            yield number, value, middle


def _quantile(ranked: Sequence[Decimal], part: int) -> Decimal:
    """The quartile, between two values in proportion, as QUARTILE.INC of Excel."""
    place = Decimal(part * (len(ranked) - 1)) / 4
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (place - below)
