"""Questions about cells, each with three bodies: for one cell, for whole columns inside SUMPRODUCT, and in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from string import Formatter

from perfxl.expr import Value
from perfxl.figures import half_up

Values = Mapping[str, Value | tuple[Value, ...]]

_CLOSE = Decimal("0.00001")
"""Sums in binary doubles differ by less."""
_LARGEST = "1E+300"
"""Any number is below, any text above: ISNUMBER does not go through a column in every program."""


@dataclass(frozen=True, slots=True)
class Condition:
    """The formulas have {name} in the place of each cell or column."""

    alone: str
    each: str
    """As a product of comparisons; empty for questions that are never asked of a column."""
    holds: Callable[[Values], bool]

    def __and__(self, other: Condition) -> Condition:
        return Condition(
            f"AND({self.alone},{other.alone})",
            f"{self.each}*{other.each}",
            lambda values: self.holds(values) and other.holds(values),
        )

    def __or__(self, other: Condition) -> Condition:
        return Condition(
            f"OR({self.alone},{other.alone})",
            f"(({self.each}+{other.each})>0)",
            lambda values: self.holds(values) or other.holds(values),
        )

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for _, name, _, _ in Formatter().parse(self.alone) if name)


# Of one cell or of each cell in a column


def filled(name: str) -> Condition:
    return Condition(f'{{{name}}}<>""', f'({{{name}}}<>"")', lambda values: not _empty(values[name]))


def blank(name: str) -> Condition:
    return Condition(f'{{{name}}}=""', f'({{{name}}}="")', lambda values: _empty(values[name]))


def is_number(name: str) -> Condition:
    return Condition(
        f"ISNUMBER({{{name}}})",
        f'({{{name}}}<>"")*({{{name}}}<{_LARGEST})',
        lambda values: isinstance(values[name], Decimal),
    )


def is_text(name: str) -> Condition:
    """Neither a number nor blank."""
    return filled(name) & Condition(
        f"NOT(ISNUMBER({{{name}}}))",
        f"({{{name}}}>{_LARGEST})",
        lambda values: not isinstance(values[name], Decimal),
    )


def negative(name: str) -> Condition:
    return is_number(name) & Condition(
        f"{{{name}}}<0", f"({{{name}}}<0)", lambda values: _both(values[name], Decimal(0), Decimal.__lt__)
    )


def less(left: str, right: str) -> Condition:
    """Both are numbers, the left one smaller."""
    comparison = f"{{{left}}}<{{{right}}}"
    return _of_numbers(left, right, comparison, Decimal.__lt__)


def differs(left: str, right: str) -> Condition:
    """Both are numbers and not the same to three decimals: what a formula gives may be a hair off what is typed."""
    comparison = f'TEXT({{{left}}},"0.000")<>TEXT({{{right}}},"0.000")'
    return _of_numbers(left, right, comparison, lambda a, b: half_up(a, 3) != half_up(b, 3))


def _of_numbers(left: str, right: str, comparison: str, compare: Callable[[Decimal, Decimal], bool]) -> Condition:
    answer = Condition(comparison, f"({comparison})", lambda values: _both(values[left], values[right], compare))
    return is_number(left) & is_number(right) & answer


# Of single cells, or of a range as a whole


def no_number(name: str) -> Condition:
    """Blank or a text."""
    return Condition(f"NOT(ISNUMBER({{{name}}}))", "", lambda values: not isinstance(values[name], Decimal))


def zero(name: str) -> Condition:
    return Condition(f"AND(ISNUMBER({{{name}}}),{{{name}}}=0)", "", lambda values: values[name] == Decimal(0))


def unequal(left: str, right: str) -> Condition:
    """Both are numbers, further apart than binary arithmetic makes them. SUM takes a text for 0."""
    return Condition(
        f"AND(ISNUMBER({{{left}}}),ISNUMBER({{{right}}}),ABS(SUM({{{left}}})-SUM({{{right}}}))>{_CLOSE})",
        "",
        lambda values: _both(values[left], values[right], _apart),
    )


def nothing_in(name: str) -> Condition:
    """A range is blank from end to end."""
    return Condition(f"COUNTA({{{name}}})=0", "", lambda values: all(v is None for v in _block(values[name])))


def sum_differs(name: str, total: str) -> Condition:
    """A range with numbers in it does not sum up to the cell."""
    return Condition(
        f"AND(COUNT({{{name}}})>0,ISNUMBER({{{total}}}),ABS(SUM({{{name}}})-SUM({{{total}}}))>{_CLOSE})",
        "",
        lambda values: (
            bool(numbers := _numbers(values[name])) and _both(values[total], sum(numbers, Decimal(0)), _apart)
        ),
    )


def sum_less(left: str, right: str) -> Condition:
    """Two ranges have equally many numbers, and the left ones sum up to less."""
    return Condition(
        f"AND(COUNT({{{left}}})=COUNT({{{right}}}),SUM({{{left}}})<SUM({{{right}}})-{_CLOSE})",
        "",
        lambda values: (
            len(_numbers(values[left])) == len(_numbers(values[right]))
            and sum(_numbers(values[left])) < sum(_numbers(values[right])) - _CLOSE
        ),
    )


def _block(value: Value | tuple[Value, ...]) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)


def _numbers(value: Value | tuple[Value, ...]) -> list[Decimal]:
    return [number for number in _block(value) if isinstance(number, Decimal)]


def _empty(value: Value | tuple[Value, ...]) -> bool:
    return value is None or value == ""


def _apart(left: Decimal, right: Decimal) -> bool:
    return abs(left - right) > _CLOSE


def _both(left: object, right: object, compare: Callable[[Decimal, Decimal], bool]) -> bool:
    return isinstance(left, Decimal) and isinstance(right, Decimal) and compare(left, right)
