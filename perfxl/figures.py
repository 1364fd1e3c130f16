"""Numbers as a reader of the form writes them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

# Wide enough for any quotient of two numbers that a cell can hold.
_EXACT = Context(prec=700, rounding=ROUND_HALF_UP)


def half_up(value: Decimal, places: int) -> Decimal:
    """Rounded to `places` decimals, halves away from zero: 2.665 → 2.67."""
    return value.quantize(_last_place(places), None, _EXACT)  # by keyword it takes twice as long


@cache
def _last_place(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def money(amount: Decimal) -> str:
    """636,500.00; an amount in 万元 keeps its cents: 103.425."""
    exact = half_up(amount, 2)
    if exact == amount:
        return f"{exact:,.2f}"
    rounded, exact = exact, half_up(amount, 6)
    places = 2 if exact == rounded else len(points(exact).partition(".")[2])
    return f"{exact:,.{places}f}"


def points(value: Decimal) -> str:
    """9.86, 3.4, 100: without trailing zeros."""
    text = str(value)
    if "E" in text:
        text = f"{value:f}"  # takes twice as long
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Decimal) -> str:
    """98.58% for 0.98575."""
    return f"{half_up(share * 100, 2):.2f}%"


def decimals(raw: str) -> int:
    """Digits after the point of a number as printed: 2 for `9.86` and for `98.58%`."""
    return len(raw.strip().rstrip("%％").partition(".")[2])


def agrees(reported: Decimal, raw: str, exact: Decimal, *, percentage: bool = False) -> bool:
    """True within half a unit of the last printed decimal: 3.4 for 3.3954, 98.58 % for 0.98575."""
    if reported == exact:
        return True
    places = decimals(raw) + (2 if percentage else 0)
    return half_up(reported, places) == half_up(exact, places)
