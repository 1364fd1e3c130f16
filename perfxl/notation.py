"""How numbers, operators and tests are written: in a native formula and in a line of explanation."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce
from typing import Literal

from perfxl.figures import half_up, money, percent, points

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


def shown(value: Decimal, style: Style) -> str:
    if style == "money":
        return money(value)
    if style == "percent":
        return percent(value)
    return points(value) if value == half_up(value, 6) else points(half_up(value, 6))


def band(low: Decimal, high: Decimal | None, style: Style) -> str:
    return f"≥ {edge(low, style)}" if high is None else f"[{edge(low, style)}, {edge(high, style)})"


def edge(value: Decimal, style: Style) -> str:
    return f"{points(value * 100)}%" if style == "percent" else points(value)
