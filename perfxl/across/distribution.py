"""D2: what only the distribution over many forms shows. 提示: a form is not wrong for being out of line."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from decimal import Decimal
from math import comb

from perfxl.across.facts import FormFacts
from perfxl.across.rules import About, across, grouped
from perfxl.figures import percent, points
from perfxl.finding import Finding
from perfxl.grid import normalised

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
def scores_just_above_a_limit(forms: Sequence[FormFacts]) -> Iterator[About]:
    """得分集中在等级线上：刚过线的远多于差一点的。"""
    for same in grouped(forms, lambda form: form.scheme.id):
        for grade in same[0].scheme.grades:
            limit = grade.low.value
            above = [form for form in same if form.total is not None and limit <= form.total < limit + BESIDE]
            below = sum(form.total is not None and limit - BESIDE <= form.total < limit for form in same)
            if limit > 0 and len(above) >= AT_LEAST_TIMES * below and _chance(len(above), below) <= CHANCE:
                numbers = {"grade": grade.word, "limit": points(limit), "beside": points(BESIDE)}
                numbers |= {"above": str(len(above)), "below": str(below)}
                for form in above:
                    yield form, Finding("D201", form.at, "总分", points(form.total or limit), None, numbers)


def _chance(above: int, below: int) -> Decimal:
    """Of `above` or more out of all with even odds."""
    tosses = above + below
    ways, sum_of_ways = comb(tosses, above), 0
    for heads in range(above, tosses + 1):
        sum_of_ways += ways
        ways = ways * (tosses - heads) // (heads + 1)
    return Decimal(sum_of_ways) / Decimal(2**tosses)


@across("D202")
def out_of_line(forms: Sequence[FormFacts]) -> Iterator[About]:
    """同类项目中执行率或总分离群。"""
    for like in grouped(forms, _kind_of_project):
        rates = [(form, form.rate) for form in like if form.rate is not None]
        for form, rate, middle in _outliers(rates, FAR_RATE):
            yield form, _out_of_line(form, "预算执行率", percent(rate), percent(middle), len(rates))
        totals = [(form, form.total) for form in like if form.total is not None]
        for form, total, middle in _outliers(totals, FAR_TOTAL):
            yield form, _out_of_line(form, "总分", points(total), points(middle), len(totals))


def _kind_of_project(form: FormFacts) -> Hashable:
    return form.scheme.id, form.year, normalised(form.project)


def _out_of_line(form: FormFacts, field: str, value: str, middle: str, count: int) -> Finding:
    return Finding("D202", form.at, field, value, None, {"middle": middle, "count": str(count)})


def _outliers(
    values: Sequence[tuple[FormFacts, Decimal]], far: Decimal
) -> Iterator[tuple[FormFacts, Decimal, Decimal]]:
    """Form, value and median of what lies beyond the fences and at least `far` from the median."""
    if len(values) < FEWEST:
        return
    ranked = sorted(value for _, value in values)
    low, middle, high = (_quantile(ranked, part) for part in (1, 2, 3))
    span = FENCE * (high - low)
    for form, value in values:
        if not low - span <= value <= high + span and abs(value - middle) >= far:
            yield form, value, middle


def _quantile(ranked: Sequence[Decimal], part: int) -> Decimal:
    """The quartile, between two values in proportion, as QUARTILE.INC of Excel."""
    place = Decimal(part * (len(ranked) - 1)) / 4
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (place - below)
