"""Column charts as inline SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfxl.finding import Language
from perfxl.reports.escaping import html_text

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
