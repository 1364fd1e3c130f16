"""How numbers, operators and tests are written: in a native formula and in a line of explanation."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from typing import Literal

Style = Literal["plain", "money", "percent", "text"]
Text = tuple[str, int]  # something written, and how tightly its outermost operator binds
LOOSE, SUM, PRODUCT, ATOM = range(4)


def joined(operator: str, shown: str, left: Text, right: Text) -> Text:
    """Two operands with an operator between, in parentheses only where the value needs them."""
    binding = SUM if operator in "+-" else PRODUCT
    least = binding + 1 if operator in "-/" else binding
    before = left[0] if left[1] >= binding else f"({left[0]})"
    after = right[0] if right[1] >= least else f"({right[0]})"
    return f"{before}{shown}{after}", binding


def chain(operator: str, operands: list[Text]) -> Text:
    shown = {"+": " + ", "-": " − ", "*": " × ", "/": " ÷ "}[operator]
    return reduce(lambda left, right: joined(operator, shown, left, right), operands)


def any_of(tests: Iterable[str]) -> str:
    distinct = tuple(dict.fromkeys(tests))
    return f"OR({','.join(distinct)})" if len(distinct) > 1 else "".join(distinct) or "FALSE"


def all_of(tests: Iterable[str]) -> str:
    distinct = tuple(dict.fromkeys(tests))
    return f"AND({','.join(distinct)})" if len(distinct) > 1 else "".join(distinct) or "TRUE"


def quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def half_up(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(value: Decimal, style: Style) -> str:
    if style == "money":
        return format(half_up(value, 2), ",f")
    if style == "percent":
        return f"{half_up(value * 100, 2)}%"
    return plain(value) if value == half_up(value, 6) else plain(half_up(value, 6))


def band(low: Decimal, high: Decimal | None, style: Style) -> str:
    return f"≥ {edge(low, style)}" if high is None else f"[{edge(low, style)}, {edge(high, style)})"


def edge(value: Decimal, style: Style) -> str:
    return f"{plain(value * 100)}%" if style == "percent" else plain(value)
