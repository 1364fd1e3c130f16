"""Charts as inline SVG: columns, bars that can be followed, and dots."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from perfxl.figures import half_up
from perfxl.finding import Language
from perfxl.reports.escaping import html_text
from perfxl.reports.overview import FormRow
from perfxl.reports.view import points_text
from perfxl.reports.words import brackets, word

_WIDTH, _HEIGHT, _BASE, _TOP = 480, 190, 160, 24

# Lowest rate of a band as a share of 1, with its label. The last holds everything above 100 %.
_RATE_BANDS = (
    (Decimal(0), "60%以下", "below 60%"),
    (Decimal("0.6"), "60%–80%", "60–80%"),
    (Decimal("0.8"), "80%–90%", "80–90%"),
    (Decimal("0.9"), "90%–100%", "90–100%"),
    (Decimal(1), "100%", "100%"),
    (Decimal("1.0001"), "超过100%", "above 100%"),
)


def column_chart(title: str, columns: Sequence[tuple[str, int]]) -> str:
    """A figure with one column per (label, count); empty where there is nothing to draw."""
    highest = max((count for _, count in columns), default=0)
    if not highest:
        return ""
    step = _WIDTH / len(columns)
    width = min(step * 0.55, 56)
    parts = [f'<line class="axis" x1="0" y1="{_BASE}.5" x2="{_WIDTH}" y2="{_BASE}.5"/>']
    for place, (label, count) in enumerate(columns):
        middle = step * (place + 0.5)
        height = (_BASE - _TOP) * count / highest
        parts.append(
            f'<rect class="bar" x="{middle - width / 2:.1f}" y="{_BASE - height:.1f}" '
            f'width="{width:.1f}" height="{height:.1f}"/>'
            f'<text x="{middle:.1f}" y="{_BASE - height - 6:.1f}" text-anchor="middle">{count}</text>'
            f'<text class="label" x="{middle:.1f}" y="{_BASE + 20}" text-anchor="middle">{html_text(label)}</text>'
        )
    described = html_text(", ".join(f"{label} {count}" for label, count in columns))
    return (
        f"<figure><figcaption>{html_text(title)}</figcaption>"
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{html_text(title)}: {described}">'
        f"{''.join(parts)}</svg></figure>"
    )


def rate_band(rate: Decimal) -> int:
    """Which of the bands an execution rate, a share of 1, falls into."""
    return max(n for n, (low, _, _) in enumerate(_RATE_BANDS) if n == 0 or rate >= low)


def rate_columns(counts: Mapping[int, int], lang: Language) -> list[tuple[str, int]]:
    """Label and count of each band."""
    return [(zh if lang == "zh" else en, counts.get(n, 0)) for n, (_, zh, en) in enumerate(_RATE_BANDS)]


def bar_chart(title: str, bars: Sequence[tuple[str, Decimal, str]]) -> str:
    """A figure with one bar per (label, amount, code); a label with a code leads to the files that have it.

    Empty where there is nothing to draw."""
    highest = max((amount for _, amount, _ in bars), default=Decimal(0))
    if not highest:
        return ""
    items = []
    for label, amount, code in bars:
        text = html_text(label)
        said = f'<a href="#files" data-code="{code}">{text}</a>' if code else f"<span>{text}</span>"
        items.append(
            f'<li>{said}<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect class="bar" width="{100 * amount / highest:.1f}" height="10"/></svg>'
            f"<b>{points_text(amount)}</b></li>"
        )
    return f'<figure><figcaption>{html_text(title)}</figcaption><ol class="bars">{"".join(items)}</ol></figure>'


Dot = tuple[int, int]
"""Whole per cents of the execution rate, whole points."""

_MOST = 150
"""Of per cents and points: what is more is drawn there, and the axis says so."""
_DOTS_HEIGHT, _LEFT, _RIGHT, _LOWEST = 260, 44, 456, 205
_LARGEST, _SMALLEST = 9, 2.5


def dot(row: FormRow) -> Dot | None:
    """Where a form stands among the others; None without a rate or a total by rule."""
    if row.rate is None or row.total_computed is None:
        return None
    return _whole(row.rate * 100), _whole(row.total_computed)


def _whole(value: Decimal) -> int:
    return int(half_up(min(max(value, Decimal(0)), Decimal(_MOST)), 0))


def dot_chart(title: str, dots: Mapping[Dot, int], lang: Language) -> str:
    """A figure of execution rate against total. The area of a dot is the number of forms that stand there.

    Empty where there is nothing to draw."""
    if not dots:
        return ""
    most = max(dots.values())
    x_ticks, y_ticks = _ticks(rate for rate, _ in dots), _ticks(points for _, points in dots)

    def x(rate: int) -> str:
        return f"{_LEFT + (_RIGHT - _LEFT) * (rate - x_ticks[0]) / (x_ticks[-1] - x_ticks[0]):.1f}"

    def y(points: int) -> str:
        return f"{_LOWEST - (_LOWEST - _TOP) * (points - y_ticks[0]) / (y_ticks[-1] - y_ticks[0]):.1f}"

    parts = [
        f'<line class="axis" x1="{x(tick)}" y1="{_TOP}" x2="{x(tick)}" y2="{_LOWEST}"/>'
        f'<text class="label" x="{x(tick)}" y="{_LOWEST + 18}" text-anchor="middle">{_tick(tick)}%</text>'
        for tick in x_ticks
    ]
    parts += [
        f'<line class="axis" x1="{_LEFT}" y1="{y(tick)}" x2="{_RIGHT}" y2="{y(tick)}"/>'
        f'<text class="label" x="{_LEFT - 8}" y="{y(tick)}" dy=".35em" text-anchor="end">{_tick(tick)}</text>'
        for tick in y_ticks
    ]
    total = f"{word('total', lang)}{brackets(word('recomputed', lang), lang)}"
    parts.append(f'<text x="{_LEFT}" y="{_TOP - 10}">{total}</text>')
    parts.append(f'<text x="{_RIGHT}" y="{_LOWEST + 40}" text-anchor="end">{word("rate", lang)}</text>')
    parts += [
        f'<circle cx="{x(rate)}" cy="{y(points)}" r="{max(_LARGEST * math.sqrt(count / most), _SMALLEST):.1f}"/>'
        for (rate, points), count in sorted(dots.items())
    ]
    return (
        f"<figure><figcaption>{html_text(title)}</figcaption>"
        f'<svg viewBox="0 0 {_WIDTH} {_DOTS_HEIGHT}" role="img" aria-label="{html_text(title)}: {_said(dots, lang)}">'
        f"{''.join(parts)}</svg></figure>"
    )


def _ticks(values: Iterable[int]) -> list[int]:
    """At most seven round numbers from below the lowest value to 100, or to above the highest."""
    found = [100, *values]
    low, high = min(found), max(found)
    step = next(step for step in (2, 5, 10, 20, 50) if -(-high // step) - low // step <= 6)
    first = min(low // step, high // step - 1)
    return [step * n for n in range(first, -(-high // step) + 1)]


def _tick(value: int) -> str:
    return f"≥{value}" if value == _MOST else str(value)


def _said(dots: Mapping[Dot, int], lang: Language) -> str:
    """In words: forms and points of each band of rates."""
    bands: dict[int, list[tuple[int, int]]] = {}
    for (rate, points), count in dots.items():
        bands.setdefault(rate_band(Decimal(rate) / 100), []).append((points, count))
    said = "{} {} 份 {} 分" if lang == "zh" else "{} {} forms {} points"
    texts = []
    for band, found in sorted(bands.items()):
        ends = dict.fromkeys((min(found)[0], max(found)[0]))
        _, zh, en = _RATE_BANDS[band]
        label = zh if lang == "zh" else en
        texts.append(said.format(label, sum(count for _, count in found), "–".join(map(str, ends))))
    return html_text(", ".join(texts))
