"""What a filled in value says, apart from how it is written: `≥95%` and `不低于95％` say the same."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from perfxl.figures import points
from perfxl.form import Located, Target
from perfxl.grid import CellRef, normalised
from perfxl.reading.values import parse_date

_LIMITING = re.compile(r"[\W_]|[以及之]?[上下内]|[含不]")
"""What may follow a unit without changing what is counted: `以上`, `（含）`."""
_NOWHERE = CellRef("")


def meaning(located: Located[Any] | None) -> str:
    """One text per meaning; empty for a blank and for a field that the form does not have (None)."""
    if located is None:
        return ""
    value, _, raw = located
    if value is None or isinstance(value, str):
        return said(raw)
    if located.blank:
        return ""
    if isinstance(value, Decimal):
        return points(value)
    return _measure(value, raw) if isinstance(value, Target) else said(raw)


@lru_cache(maxsize=4096)  # labels and answers like 是 come again in every form
def said(raw: str) -> str:
    """The meaning of words."""
    if Located[str](None, _NOWHERE, raw).blank:
        return ""
    text = normalised(raw)
    day = parse_date(text)
    return day.isoformat() if day else text


def same_meaning(one: Located[Any] | None, other: Located[Any] | None) -> bool:
    """Whether two values say the same. A date without a year says the same in forms of different years."""
    if meaning(one) == meaning(other):
        return True
    if one is None or other is None or isinstance(one.value, Decimal) or isinstance(other.value, Decimal):
        return False
    return normalised(one.raw) == normalised(other.raw)


def _measure(measure: Target, raw: str) -> str:
    kind, operator, low, high, unit, day = measure
    if kind == "text":
        return normalised(raw)
    if kind == "date":
        return f"{operator}{day}"
    amounts = "" if low is None else points(low)
    if high is not None:
        amounts += f"~{points(high)}"
    noun = ""
    if unit and not raw.endswith(unit):
        # `街道` of `12个街道`: another noun counts something else.
        _, found, noun = normalised(raw).rpartition(unit)
        noun = _LIMITING.sub("", noun) if found else ""
    return f"{operator or '='}{amounts}{unit}{noun}"
