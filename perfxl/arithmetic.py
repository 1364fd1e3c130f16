"""The parts an expression is made of: the class of all of them, cells, and constants.

Callers build expressions with `perfxl.expr`, where the meaning of blanks, texts and ties is told. What stands on
these classes is imported where an expression is built or evaluated: `operations`, `conditions`, and `plan`, the one
plan by which a cell and `evaluate` come to a value.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Context, Decimal, getcontext, localcontext, setcontext
from functools import cache, partial
from typing import Any, Literal

from perfxl.figures import points
from perfxl.notation import ATOM, LOOSE, Style, Text, shown

TOLERANCE = Decimal("1E-14")
LONGEST_FORMULA = 8192
_PRECISE = Context(prec=50)


class NotComputable:
    """What an expression gives when its inputs allow no result; as an input, an error value such as #DIV/0!."""

    __slots__ = ()

    def __str__(self) -> str:
        return "无法计算"

    __repr__ = __str__


NOT_COMPUTABLE = NotComputable()

Value = Decimal | str | None | NotComputable
Values = Mapping[str, Value | tuple[Value, ...]]
Cells = Mapping[str, str]
State = Literal["number", "blank", "text", "error"]


class Unknown(Exception):
    """Ends an evaluation without a number: blank (None) or not computable, with the reason in words."""

    def __init__(self, value: NotComputable | None, why: str) -> None:
        super().__init__(why)
        self.value = value
        self.why = why if value is None else f"{value}：{why}"


class Expr(ABC):
    """Arithmetic over named references. Built by the functions of `perfxl.expr` and by + - * /."""

    __slots__ = ()

    def evaluate(self, values: Values) -> Value:
        """The exact result; None when an input is blank. A cell that shows 无法计算 is passed as that text."""
        return self.evaluate_and_explain(values)[0]

    def excel(self, cells: Cells) -> str:
        """The native formula without `=`; `cells` gives each reference its address, a range as `H12:H30`."""
        from perfxl.plan import rendered

        formula = rendered(self, frozenset(), cells)
        if self.references():
            formula = f'IFERROR({formula},"{NOT_COMPUTABLE}")'
        if len(formula) > LONGEST_FORMULA:
            raise ValueError(f"formula of {len(formula)} characters, Excel takes {LONGEST_FORMULA}")
        return formula

    def explain(self, values: Values) -> str:
        """One line with the numbers in: `10 × min(50 ÷ 60, 1) = 8.33`, or why there is no result."""
        explained = self.evaluate_and_explain(values)[1]
        return explained if isinstance(explained, str) else explained()

    def evaluate_and_explain(self, values: Values) -> tuple[Value, str | Callable[[], str]]:
        """Both in one go. The line of a result is made when it is called for: it takes as long as the result, and most
        are never read. `values` must stay as they are."""
        before = getcontext()
        setcontext(_PRECISE)  # to make a context as localcontext does takes as long as a small expression
        try:
            result = _settler()(self, values).compute(values)
        except Unknown as unknown:
            return unknown.value, unknown.why
        finally:
            setcontext(before)
        return result, partial(self._explained, values, result)

    def _explained(self, values: Values, result: Decimal | str) -> str:
        from perfxl.operations import style_of

        with localcontext(_PRECISE):
            try:
                return self.line(values, result, style_of(self))
            except Unknown as unknown:
                return unknown.why

    def references(self) -> tuple[str, ...]:
        """The names of the cells it reads, in the order of first use."""
        return tuple(dict.fromkeys(reference.name for reference in references_in(self)))

    def __add__(self, other: Operand) -> Expr:
        return _binary("+", self, other)

    def __radd__(self, other: Operand) -> Expr:
        return _binary("+", other, self)

    def __sub__(self, other: Operand) -> Expr:
        return _binary("-", self, other)

    def __rsub__(self, other: Operand) -> Expr:
        return _binary("-", other, self)

    def __mul__(self, other: Operand) -> Expr:
        return _binary("*", self, other)

    def __rmul__(self, other: Operand) -> Expr:
        return _binary("*", other, self)

    def __truediv__(self, other: Operand) -> Expr:
        return _binary("/", self, other)

    def __rtruediv__(self, other: Operand) -> Expr:
        return _binary("/", other, self)

    def at_least(self, other: Operand) -> Condition:
        return _comparison(">=", self, other)

    def more_than(self, other: Operand) -> Condition:
        return _comparison(">", self, other)

    def at_most(self, other: Operand) -> Condition:
        return _comparison("<=", self, other)

    def less_than(self, other: Operand) -> Condition:
        return _comparison("<", self, other)

    def equals(self, other: Operand) -> Condition:
        return _comparison("=", self, other)

    def parts(self) -> tuple[Expr, ...]:
        """The operands that every result depends on; the branches of `when` are not among them."""
        return ()

    @abstractmethod
    def compute(self, values: Values) -> Decimal | str:
        """The result, all inputs being usable."""

    @abstractmethod
    def formula(self, cells: Cells) -> Text:
        """The bare formula, all inputs being usable."""

    @abstractmethod
    def words(self, values: Values) -> Text:
        """The arithmetic with the numbers in, all inputs being usable."""

    def line(self, values: Values, result: Decimal | str, style: Style) -> str:
        """The arithmetic with the result at its end."""
        words, _ = self.words(values)
        printed = result if isinstance(result, str) else shown(result, style)
        return words if words == printed else f"{words} = {printed}"


Operand = Expr | int | Decimal


Operator = Literal["+", "-", "*", "/"]
Sign = Literal[">=", ">", "<=", "<", "="]


def _binary(operator: Operator, left: Operand, right: Operand) -> Expr:
    from perfxl.operations import Binary

    return Binary(operator, as_expr(left), as_expr(right))


def _comparison(sign: Sign, left: Operand, right: Operand) -> Condition:
    from perfxl.conditions import Comparison

    return Comparison(sign, as_expr(left), as_expr(right))


class Reference:
    """A cell or a block of cells: its name, the form's words for it, and how its numbers are shown."""

    __slots__ = ()
    name: str
    label: str
    style: Style


class Input(Expr):
    """What must be filled in before anything is computed: a cell, or the cells of a total."""

    __slots__ = ()

    @property
    @abstractmethod
    def title(self) -> str:
        """The form's words for it."""

    @abstractmethod
    def state(self, values: Values) -> State: ...

    @abstractmethod
    def complaint(self, values: Values) -> str:
        """What is wrong in the state `text`."""

    @abstractmethod
    def is_blank(self, cells: Cells) -> str:
        """The test in a formula for the state `blank`."""

    @abstractmethod
    def is_number(self, cells: Cells) -> str:
        """The test in a formula for the state `number` of an input that is not blank."""


class Condition(ABC):
    """True or false; what `when` decides by."""

    __slots__ = ()

    @abstractmethod
    def operands(self) -> tuple[Expr, ...]: ...

    @abstractmethod
    def holds(self, values: Values) -> bool: ...

    @abstractmethod
    def formula(self, cells: Cells) -> str: ...


@dataclass(frozen=True, slots=True)
class Constant(Expr):
    """No number at all: blank (None) or not computable, and why."""

    value: NotComputable | None
    why: str

    def compute(self, values: Values) -> Decimal | str:
        raise Unknown(self.value, self.why)

    def formula(self, cells: Cells) -> Text:
        return f'"{self.value or ""}"', ATOM

    def words(self, values: Values) -> Text:
        return self.why, ATOM


@dataclass(frozen=True, slots=True)
class Number(Expr):
    value: Decimal

    def compute(self, values: Values) -> Decimal:
        return self.value

    def formula(self, cells: Cells) -> Text:
        return points(self.value), ATOM if self.value >= 0 else LOOSE

    def words(self, values: Values) -> Text:
        return points(self.value), ATOM if self.value >= 0 else LOOSE


@dataclass(frozen=True, slots=True)
class Ref(Input, Reference):
    """One cell that holds a number."""

    name: str
    label: str
    style: Style = "plain"

    @property
    def title(self) -> str:
        return self.label

    def state(self, values: Values) -> State:
        value = values[self.name]
        if isinstance(value, Decimal):
            return "number"
        if isinstance(value, NotComputable):
            return "error"
        return "blank" if value is None or value == "" else "text"

    def complaint(self, values: Values) -> str:
        return f"{self.label}“{values[self.name]}”不是数字"

    def is_blank(self, cells: Cells) -> str:
        return f"LEN({cells[self.name]})=0"  # excelize takes a 0 for an empty text

    def is_number(self, cells: Cells) -> str:
        return f"AND(ISNUMBER({cells[self.name]}),NOT(ISLOGICAL({cells[self.name]})))"  # LibreOffice: TRUE is a number

    def compute(self, values: Values) -> Decimal:
        return values[self.name]  # type: ignore[return-value]

    def formula(self, cells: Cells) -> Text:
        return cells[self.name], ATOM

    def words(self, values: Values) -> Text:
        return shown(self.compute(values), self.style), ATOM


@cache
def _settler() -> Callable[[Expr, Values], Expr]:
    """`settled`, which stands on these classes: an import takes as long as a small expression even where it is done."""
    from perfxl.plan import settled

    return settled


def as_expr(value: Operand) -> Expr:
    return value if isinstance(value, Expr) else Number(Decimal(value))


def as_number(expr: Expr, values: Values) -> Decimal:
    value = expr.compute(values)
    if isinstance(value, str):
        raise Unknown(NOT_COMPUTABLE, f"“{value}”不是数字")
    return value


def nodes_of(node: Any) -> Iterator[Any]:
    """The node and everything in it, in the order of writing."""
    yield node
    for field in fields(node):
        value = getattr(node, field.name)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, Expr | Condition | Reference):
                yield from nodes_of(child)


def references_in(node: Expr) -> list[Reference]:
    return [inner for inner in nodes_of(node) if isinstance(inner, Reference)]
