"""Questions about cells, as Excel arithmetic. Those of the first part work on one cell and, inside SUMPRODUCT, on whole
columns; those of the second part on single cells, or on a range as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from string import Formatter

from perfxl.expr import Value

Values = Mapping[str, Value | tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class Condition:
    """`formula` has {name} in the place of each cell or column; `holds` is the same question in Python."""

    formula: str
    holds: Callable[[Values], bool]

    def __and__(self, other: Condition) -> Condition:
        return Condition(f"{self.formula}*{other.formula}", lambda v: self.holds(v) and other.holds(v))

    def __or__(self, other: Condition) -> Condition:
        return Condition(f"(({self.formula}+{other.formula})>0)", lambda v: self.holds(v) or other.holds(v))

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for _, name, _, _ in Formatter().parse(self.formula) if name)

    def excel(self, cells: Mapping[str, str]) -> str:
        return self.formula.format_map(cells)


def filled(name: str) -> Condition:
    return Condition(f"(LEN(TRIM({{{name}}}))>0)", lambda values: not _empty(values[name]))


def blank(name: str) -> Condition:
    return Condition(f"(LEN(TRIM({{{name}}}))=0)", lambda values: _empty(values[name]))


def no_number(name: str) -> Condition:
    """Neither a number nor blank."""
    return filled(name) & Condition(f"(1-ISNUMBER({{{name}}}))", lambda values: not isinstance(values[name], Decimal))


def less(left: str, right: str) -> Condition:
    """Both are numbers, the left one smaller."""
    return Condition(
        f"(ISNUMBER({{{left}}})*ISNUMBER({{{right}}})*({{{left}}}<{{{right}}}))",
        lambda values: _both(values[left], values[right], lambda a, b: a < b),
    )


def differs(left: str, right: str) -> Condition:
    """Both are numbers and not the same."""
    return Condition(
        f"(ISNUMBER({{{left}}})*ISNUMBER({{{right}}})*({{{left}}}<>{{{right}}}))",
        lambda values: _both(values[left], values[right], lambda a, b: a != b),
    )


def negative(name: str) -> Condition:
    return Condition(
        f"(ISNUMBER({{{name}}})*({{{name}}}<0))",
        lambda values: isinstance(value := values[name], Decimal) and value < 0,
    )


def unequal(left: str, right: str) -> Condition:
    """Single cells: both are numbers, further apart than binary arithmetic makes them."""
    return Condition(
        f"(ISNUMBER({{{left}}})*ISNUMBER({{{right}}})*(ABS(N({{{left}}})-N({{{right}}}))>{_CLOSE}))",
        lambda values: _both(values[left], values[right], lambda a, b: abs(a - b) > _CLOSE),
    )


def zero(name: str) -> Condition:
    """A single cell holds the number 0."""
    return Condition(f"(ISNUMBER({{{name}}})*(N({{{name}}})=0))", lambda values: values[name] == Decimal(0))


def not_a_number(name: str) -> Condition:
    """A single cell is blank or holds a text."""
    return Condition(f"(1-ISNUMBER({{{name}}}))", lambda values: not isinstance(values[name], Decimal))


def nothing_in(name: str) -> Condition:
    """A range is blank from end to end."""
    return Condition(f"(COUNTA({{{name}}})=0)", lambda values: all(v is None for v in _block(values[name])))


def sum_differs(name: str, total: str) -> Condition:
    """A range with numbers in it does not sum up to the cell."""
    return Condition(
        f"((COUNT({{{name}}})>0)*ISNUMBER({{{total}}})*(ABS(SUM({{{name}}})-N({{{total}}}))>{_CLOSE}))",
        lambda values: (
            bool(numbers := _numbers(values[name]))
            and _both(values[total], sum(numbers, Decimal(0)), lambda a, b: abs(a - b) > _CLOSE)
        ),
    )


_CLOSE = Decimal("0.00001")


def _block(value: Value | tuple[Value, ...]) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)


def _numbers(value: Value | tuple[Value, ...]) -> list[Decimal]:
    return [number for number in _block(value) if isinstance(number, Decimal)]


def _empty(value: Value | tuple[Value, ...]) -> bool:
    return value is None or (isinstance(value, str) and not value.strip(" "))


def _both(left: object, right: object, compare: Callable[[Decimal, Decimal], bool]) -> bool:
    return isinstance(left, Decimal) and isinstance(right, Decimal) and compare(left, right)
