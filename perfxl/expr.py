"""Arithmetic written once, with three bodies: `evaluate` in Decimal, `excel` as a native formula, `explain` in words.

What an unusable input does, in this order and alike in all three: an error value makes the result 无法计算;
a blank makes it blank; text or a boolean in a number cell makes it 无法计算; so does a division by zero.
Only the branch of `when` that is taken counts.

Rounding and comparing allow one part in 10^14 (`TOLERANCE`), alike in Decimal and in the cell. A cell computes
in binary doubles: ten operations on amounts below 10^11 元 leave a relative error below 3·10^-15, so a tie such
as 9.785 may be stored just below itself. Raised by one part in 10^14 a tie lies above itself and is rounded up;
a value that misses the tie by a cent misses it by at least one part in 10^13, stays below and is rounded down.
The bound needs differences not much smaller than their operands: 100.01 − 100 keeps fewer digits than 100.01.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

from perfxl.arithmetic import (
    NOT_COMPUTABLE,
    TOLERANCE,
    Condition,
    Constant,
    Expr,
    NotComputable,
    Number,
    Operand,
    Ref,
    Value,
    Values,
    as_expr,
)
from perfxl.conditions import Combined, IsText
from perfxl.figures import points
from perfxl.inputs import Quantity, Range, Total
from perfxl.notation import Style
from perfxl.operations import Extreme, Lookup, Rounded, When

__all__ = [
    "BLANK",
    "NOT_COMPUTABLE",
    "TOLERANCE",
    "Condition",
    "Expr",
    "NotComputable",
    "Operand",
    "Range",
    "Ref",
    "Style",
    "Value",
    "Values",
    "both",
    "either",
    "is_text",
    "lookup",
    "maximum",
    "minimum",
    "negate",
    "not_computable",
    "number",
    "piecewise",
    "quantity",
    "ref",
    "ref_range",
    "round_half_up",
    "total",
    "when",
]

LONGEST_LITERAL = 15  # digits of a number in a formula; Excel drops the rest


BLANK: Expr = Constant(None, "本规则不计算")


def not_computable(why: str = "本规则不计算") -> Expr:
    """无法计算, whatever the inputs; `why` is what `explain` says."""
    return Constant(NOT_COMPUTABLE, why)


def number(value: str | int | Decimal) -> Expr:
    """A constant of at most 15 digits, the most that a formula keeps."""
    exact = Decimal(value)
    if not exact.is_finite() or len(points(abs(exact)).replace(".", "").lstrip("0")) > LONGEST_LITERAL:
        raise ValueError(f"{value} does not fit in a formula")
    return Number(exact)


def ref(name: str, label: str, style: Style = "plain") -> Ref:
    """A number cell. `label` are the form's words; `style` is how `explain` prints it."""
    return Ref(name, label, style)


def ref_range(name: str, label: str, style: Style = "plain") -> Range:
    return Range(name, label, style)


def quantity(cell: Ref) -> Expr:
    """The number in a cell that may hold a text such as `≥95%` (→ 0.95) or `58批`: see `perfxl.quantity`."""
    return Quantity(cell)


def minimum(*arguments: Operand) -> Expr:
    return Extreme("min", tuple(as_expr(argument) for argument in arguments))


def maximum(*arguments: Operand) -> Expr:
    return Extreme("max", tuple(as_expr(argument) for argument in arguments))


def total(*addends: Operand | Range) -> Expr:
    """The sum. Blank addends are skipped, all blank gives blank; anything else that is no number, 无法计算."""
    return Total(tuple(addend if isinstance(addend, Range) else as_expr(addend) for addend in addends))


def round_half_up(expr: Operand, places: int, style: Style = "plain") -> Expr:
    """Rounded half away from zero; a value within one part in 10^14 below a tie counts as the tie."""
    return Rounded(as_expr(expr), places, style)


def when(condition: Condition, then: Operand, otherwise: Operand) -> Expr:
    return When(condition, as_expr(then), as_expr(otherwise))


def is_text(cell: Ref, text: str) -> Condition:
    """The cell shows exactly this text; a blank or a number does not.

    Comparing in a cell ignores case, so a text with letters of two cases is refused.
    """
    if not text or text.upper() != text.lower():
        raise ValueError(f"{text!r}: a text without upper and lower case is needed")
    return IsText(cell, text)


def both(first: Condition, second: Condition) -> Condition:
    return Combined("AND", (first, second))


def either(first: Condition, second: Condition) -> Condition:
    return Combined("OR", (first, second))


def negate(condition: Condition) -> Condition:
    return Combined("NOT", (condition,))


def lookup(value: Operand, bands: Iterable[tuple[Decimal, str]]) -> Expr:
    """The word of the highest band whose low edge, 0 or more, is reached; below all bands 无法计算."""
    ascending = tuple(sorted(bands))
    edges = [low for low, _ in ascending]
    if not edges or edges[0] < 0 or len(set(edges)) < len(edges):
        raise ValueError("bands need distinct low edges of 0 or more")
    return Lookup(as_expr(value), ascending)


def piecewise(value: Operand, bands: Iterable[tuple[Decimal, Decimal, Decimal, Decimal]], below: Operand) -> Expr:
    """Straight lines from (low_x, low_y) to (high_x, high_y), closed below; beyond the last, its high_y."""
    ascending = sorted(bands)
    if not ascending or any(lower[2] != upper[0] for lower, upper in pairwise(ascending)):
        raise ValueError("bands must adjoin")
    x, result = as_expr(value), as_expr(below)
    for low_x, low_y, high_x, high_y in ascending:
        last = high_x == ascending[-1][2]
        line = number(low_y)
        if high_y != low_y:
            along = (minimum(x, number(high_x)) if last else x) - number(low_x)
            line += _sloped(along, high_y - low_y, high_x - low_x)
        result = When(x.at_least(low_x), line, result, (low_x, None if last else high_x))
    return result


def _sloped(along: Expr, rise: Decimal, run: Decimal) -> Expr:
    """along × rise ÷ run, with one factor for rise ÷ run where that is a short decimal."""
    slope = rise / run
    if slope * run == rise and len(slope.as_tuple().digits) <= LONGEST_LITERAL:
        return along * number(slope)
    return along * number(rise) / number(run)
