"""The parts an expression is made of, and the one plan by which a cell and `evaluate` come to its value.

Callers build expressions with `perfxl.expr`, where the meaning of blanks, texts and ties is told.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Any, Literal, cast

from perfxl.figures import half_up, points
from perfxl.notation import (
    ATOM,
    LOOSE,
    PRODUCT,
    Style,
    Text,
    all_of,
    any_of,
    band,
    chain,
    edge,
    joined,
    quoted,
    shown,
)

TOLERANCE = Decimal("1E-14")
LONGEST_FORMULA = 8192


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
        with localcontext(prec=50):
            try:
                return _settled(self, values).compute(values)
            except Unknown as unknown:
                return unknown.value

    def excel(self, cells: Cells) -> str:
        """The native formula without `=`; `cells` gives each reference its address, a range as `H12:H30`."""
        formula = _rendered(self, frozenset(), cells)
        if self.references():
            formula = f'IFERROR({formula},"{NOT_COMPUTABLE}")'
        if len(formula) > LONGEST_FORMULA:
            raise ValueError(f"formula of {len(formula)} characters, Excel takes {LONGEST_FORMULA}")
        return formula

    def explain(self, values: Values) -> str:
        """One line with the numbers in: `10 × min(50 ÷ 60, 1) = 8.33`, or why there is no result."""
        with localcontext(prec=50):
            try:
                return self.line(values, _settled(self, values).compute(values), style_of(self))
            except Unknown as unknown:
                return unknown.why

    def references(self) -> tuple[str, ...]:
        """The names of the cells it reads, in the order of first use."""
        return tuple(dict.fromkeys(reference.name for reference in references_in(self)))

    def __add__(self, other: Operand) -> Expr:
        return Binary("+", self, as_expr(other))

    def __radd__(self, other: Operand) -> Expr:
        return Binary("+", as_expr(other), self)

    def __sub__(self, other: Operand) -> Expr:
        return Binary("-", self, as_expr(other))

    def __rsub__(self, other: Operand) -> Expr:
        return Binary("-", as_expr(other), self)

    def __mul__(self, other: Operand) -> Expr:
        return Binary("*", self, as_expr(other))

    def __rmul__(self, other: Operand) -> Expr:
        return Binary("*", as_expr(other), self)

    def __truediv__(self, other: Operand) -> Expr:
        return Binary("/", self, as_expr(other))

    def __rtruediv__(self, other: Operand) -> Expr:
        return Binary("/", as_expr(other), self)

    def at_least(self, other: Operand) -> Condition:
        return Comparison(">=", self, as_expr(other))

    def more_than(self, other: Operand) -> Condition:
        return Comparison(">", self, as_expr(other))

    def at_most(self, other: Operand) -> Condition:
        return Comparison("<=", self, as_expr(other))

    def less_than(self, other: Operand) -> Condition:
        return Comparison("<", self, as_expr(other))

    def equals(self, other: Operand) -> Condition:
        return Comparison("=", self, as_expr(other))

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
        if isinstance(value, NotComputable):
            return "error"
        if value is None or value == "":
            return "blank"
        return "number" if isinstance(value, Decimal) else "text"

    def complaint(self, values: Values) -> str:
        return f"{self.label}“{values[self.name]}”不是数字"

    def is_blank(self, cells: Cells) -> str:
        return f"LEN({cells[self.name]})=0"  # excelize takes a 0 for an empty text

    def is_number(self, cells: Cells) -> str:
        return f"AND(ISNUMBER({cells[self.name]}),NOT(ISLOGICAL({cells[self.name]})))"  # LibreOffice: TRUE is a number

    def compute(self, values: Values) -> Decimal:
        return cast(Decimal, values[self.name])

    def formula(self, cells: Cells) -> Text:
        return cells[self.name], ATOM

    def words(self, values: Values) -> Text:
        return shown(self.compute(values), self.style), ATOM


@dataclass(frozen=True, slots=True)
class Binary(Expr):
    operator: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr

    def parts(self) -> tuple[Expr, ...]:
        return self.left, self.right

    def compute(self, values: Values) -> Decimal:
        left, right = as_number(self.left, values), as_number(self.right, values)
        match self.operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
        if right == 0:
            divisor = self.right.title if isinstance(self.right, Input) else f"除数 {self.right.words(values)[0]} "
            raise Unknown(NOT_COMPUTABLE, f"{divisor}为 0")
        return left / right

    def formula(self, cells: Cells) -> Text:
        return joined(self.operator, self.operator, self.left.formula(cells), self.right.formula(cells))

    def words(self, values: Values) -> Text:
        return chain(self.operator, [self.left.words(values), self.right.words(values)])


@dataclass(frozen=True, slots=True)
class Extreme(Expr):
    """The least or the greatest of some numbers."""

    function: Literal["min", "max"]
    arguments: tuple[Expr, ...]

    def parts(self) -> tuple[Expr, ...]:
        return self.arguments

    def compute(self, values: Values) -> Decimal:
        numbers = [as_number(argument, values) for argument in self.arguments]
        return min(numbers) if self.function == "min" else max(numbers)

    def formula(self, cells: Cells) -> Text:
        return f"{self.function.upper()}({','.join(a.formula(cells)[0] for a in self.arguments)})", ATOM

    def words(self, values: Values) -> Text:
        return f"{self.function}({', '.join(a.words(values)[0] for a in self.arguments)})", ATOM


@dataclass(frozen=True, slots=True)
class Rounded(Expr):
    inner: Expr
    places: int
    style: Style

    def parts(self) -> tuple[Expr, ...]:
        return (self.inner,)

    def compute(self, values: Values) -> Decimal:
        return half_up(as_number(self.inner, values) * (1 + TOLERANCE), self.places)

    def formula(self, cells: Cells) -> Text:
        raised, _ = joined("*", "*", self.inner.formula(cells), (f"(1+{TOLERANCE})", ATOM))
        return f"ROUND({raised},{self.places})", ATOM

    def words(self, values: Values) -> Text:
        return f"四舍五入({self.inner.words(values)[0]}, {self.places})", ATOM

    def line(self, values: Values, result: Decimal | str, style: Style) -> str:
        return self.inner.line(values, result, style)


@dataclass(frozen=True, slots=True)
class When(Expr):
    condition: Condition
    then: Expr
    otherwise: Expr
    band: tuple[Decimal, Decimal | None] | None = None  # of piecewise(): [low, high) of the compared value

    def taken(self, values: Values) -> Expr:
        return self.then if self.condition.holds(values) else self.otherwise

    def compute(self, values: Values) -> Decimal | str:
        return self.taken(values).compute(values)

    def formula(self, cells: Cells) -> Text:
        branches = f"{self.then.formula(cells)[0]},{self.otherwise.formula(cells)[0]}"
        return f"IF({self.condition.formula(cells)},{branches})", ATOM

    def words(self, values: Values) -> Text:
        return self.taken(values).words(values)

    def line(self, values: Values, result: Decimal | str, style: Style) -> str:
        return self._place(values) + self.taken(values).line(values, result, style)

    def _place(self, values: Values) -> str:
        """Where the compared value of piecewise() lies: in the band taken, or below the lowest."""
        holds = self.condition.holds(values)
        if self.band is None or (isinstance(self.otherwise, When) and not holds):
            return ""
        compared = cast(Comparison, self.condition).left
        style = style_of(compared)
        low, high = self.band
        where = band(low, high, style) if holds else f"< {edge(low, style)}"
        return f"{compared.line(values, as_number(compared, values), style)}，{where}："


@dataclass(frozen=True, slots=True)
class Lookup(Expr):
    """The word of the band, closed below, that a number falls in."""

    number: Expr
    bands: tuple[tuple[Decimal, str], ...]  # ascending

    def parts(self) -> tuple[Expr, ...]:
        return (self.number,)

    def compute(self, values: Values) -> str:
        return self.found(values)[0]

    def formula(self, cells: Cells) -> Text:
        raised, _ = joined("*", "*", self.number.formula(cells), (f"(1+{TOLERANCE})", ATOM))
        lows = ";".join(points(low) for low, _ in self.bands)
        words = ";".join(quoted(word) for _, word in self.bands)
        return f"LOOKUP({raised},{{{lows}}},{{{words}}})", ATOM

    def words(self, values: Values) -> Text:
        return self.compute(values), ATOM

    def line(self, values: Values, result: Decimal | str, style: Style) -> str:
        word, low, high = self.found(values)
        style = style_of(self.number)
        number = self.number.line(values, as_number(self.number, values), style)
        return f"{number} → {word}（{band(low, high, style)}）"

    def found(self, values: Values) -> tuple[str, Decimal, Decimal | None]:
        """The word, the low edge of its band and the edge above, None at the top."""
        number = as_number(self.number, values)
        high = None
        for low, word in reversed(self.bands):
            if number * (1 + TOLERANCE) >= low:
                return word, low, high
            high = low
        raise Unknown(NOT_COMPUTABLE, f"{points(number)} 不在任何一档内")


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    sign: Literal[">=", ">", "<=", "<", "="]
    left: Expr
    right: Expr

    def operands(self) -> tuple[Expr, ...]:
        return self.left, self.right

    def holds(self, values: Values) -> bool:
        left, right = as_number(self.left, values), as_number(self.right, values)
        margin = abs(right) * TOLERANCE
        match self.sign:
            case ">=":
                return left >= right - margin
            case ">":
                return left > right + margin
            case "<=":
                return left <= right + margin
            case "<":
                return left < right - margin
        return abs(left - right) <= margin

    def formula(self, cells: Cells) -> str:
        left, right = self.left.formula(cells), self.right.formula(cells)
        if self.right == Number(Decimal(0)):
            return f"{left[0]}{self.sign}0"
        if self.sign == "=":
            return f"ABS({joined('-', '-', left, right)[0]})<=ABS({right[0]})*{TOLERANCE}"
        direction = "-" if self.sign in (">=", "<") else "+"
        if isinstance(self.right, Number) and self.right.value > 0:
            return f"{left[0]}{self.sign}{right[0]}*(1{direction}{TOLERANCE})"
        margin = f"ABS({right[0]})*{TOLERANCE}", PRODUCT
        return f"{left[0]}{self.sign}{joined(direction, direction, right, margin)[0]}"


@dataclass(frozen=True, slots=True)
class IsText(Condition):
    ref: Ref
    text: str

    def operands(self) -> tuple[Expr, ...]:
        return ()

    def holds(self, values: Values) -> bool:
        if self.ref.state(values) == "error":
            raise Unknown(NOT_COMPUTABLE, f"{self.ref.label}是错误值")
        return values[self.ref.name] == self.text

    def formula(self, cells: Cells) -> str:
        return f"{cells[self.ref.name]}={quoted(self.text)}"


@dataclass(frozen=True, slots=True)
class Combined(Condition):
    function: Literal["AND", "OR", "NOT"]
    conditions: tuple[Condition, ...]

    def operands(self) -> tuple[Expr, ...]:
        return tuple(operand for condition in self.conditions for operand in condition.operands())

    def holds(self, values: Values) -> bool:
        truths = [condition.holds(values) for condition in self.conditions]
        match self.function:
            case "AND":
                return all(truths)
            case "OR":
                return any(truths)
        return not truths[0]

    def formula(self, cells: Cells) -> str:
        return f"{self.function}({','.join(condition.formula(cells) for condition in self.conditions)})"


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


def style_of(expr: Expr) -> Style:
    """The style that a result shares with its inputs: a sum of money is money, a ratio is a plain number."""
    if isinstance(expr, Rounded) and expr.style != "plain":
        return expr.style
    if any(isinstance(node, Binary) and node.operator in "*/" for node in nodes_of(expr)):
        return "plain"
    styles = {reference.style for reference in references_in(expr)}
    return styles.pop() if len(styles) == 1 else "plain"


# How a cell and `evaluate` come to a value: which inputs are tested, which branches taken, in one order for both.


def needs(expr: Expr, *, every: bool) -> tuple[Input, ...]:
    """The inputs read for any result, or with `every` those of all branches."""
    needed: dict[Input, None] = {}
    for node in _strict(expr):
        if isinstance(node, Input):
            needed[node] = None
        elif isinstance(node, When):
            for operand in node.condition.operands():
                needed.update(dict.fromkeys(needs(operand, every=True)))
            then, otherwise = needs(node.then, every=every), needs(node.otherwise, every=every)
            kept = (*then, *otherwise) if every else tuple(item for item in then if item in otherwise)
            needed.update(dict.fromkeys(kept))
    return tuple(needed)


def _strict(expr: Expr) -> Iterator[Expr]:
    """The expression and the operands that every result of it depends on."""
    yield expr
    for part in expr.parts():
        yield from _strict(part)


def _divisors(expr: Expr) -> Iterator[Expr]:
    """What every result is divided by, in a condition too."""
    for node in _strict(expr):
        if isinstance(node, Binary) and node.operator == "/":
            yield node.right
        elif isinstance(node, When):
            for operand in node.condition.operands():
                yield from _divisors(operand)


@lru_cache(maxsize=4096)
def _next_step(expr: Expr, known: frozenset[Input]) -> tuple[Input, ...] | When | Constant | None:
    """What comes before the bare arithmetic: no number at all, inputs to test, a branch to take, or nothing."""
    strict = tuple(_strict(expr))
    constants = [node for node in strict if isinstance(node, Constant)]
    if constants:
        return max(constants, key=lambda constant: constant.value is NOT_COMPUTABLE)
    if untested := tuple(item for item in needs(expr, every=False) if item not in known):
        return untested
    for node in strict:
        if isinstance(node, When) and (
            not known.issuperset(needs(node, every=True))
            or any(isinstance(inner, Constant) for inner in nodes_of(node))
        ):
            return node
    return None


def _settled(expr: Expr, values: Values) -> Expr:
    """The expression with all inputs tested and branches taken; raises Unknown where there is no number."""
    known: frozenset[Input] = frozenset()
    while (step := _next_step(expr, known)) is not None:
        if isinstance(step, Constant):
            step.compute(values)
        elif isinstance(step, When):
            expr = _replaced(expr, step, step.taken(values))
        else:
            _require(step, values)
            known |= set(step)
    return expr


def _rendered(expr: Expr, known: frozenset[Input], cells: Cells) -> str:
    """The formula that tests inputs and takes branches in the order of `_settled`."""
    step = _next_step(expr, known)
    if step is None:
        return expr.formula(cells)[0]
    if isinstance(step, Constant):
        return step.formula(cells)[0]
    if isinstance(step, When):
        branches = (_replaced(expr, step, branch) for branch in (step.then, step.otherwise))
        then, otherwise = (_rendered(branch, known, cells) for branch in branches)
        return f"IF({step.condition.formula(cells)},{then},{otherwise})"
    blank = any_of(item.is_blank(cells) for item in step)
    divisors = set(_divisors(expr))
    nonzero = [f"{cells[item.name]}<>0" for item in step if isinstance(item, Ref) and item in divisors]
    usable = all_of([*(item.is_number(cells) for item in step), *nonzero])
    body = _rendered(expr, known | set(step), cells)
    return f'IF({blank},"",IF({usable},{body},"{NOT_COMPUTABLE}"))'


def _replaced(expr: Expr, old: Expr, new: Expr) -> Expr:
    """The expression with one strict operand replaced by another."""
    if expr == old:
        return new
    parts = expr.parts()
    changes: dict[str, Any] = {}
    for field in fields(cast(Any, expr)):
        value = getattr(expr, field.name)
        if isinstance(value, Expr) and value in parts:
            changes[field.name] = _replaced(value, old, new)
        elif value is parts:
            changes[field.name] = tuple(_replaced(part, old, new) for part in parts)
    return cast(Expr, replace(cast(Any, expr), **changes))


def _require(inputs: Iterable[Input], values: Values) -> None:
    found: dict[State, list[Input]] = {}
    for item in inputs:
        found.setdefault(item.state(values), []).append(item)
    titles = {state: "、".join(item.title for item in items) for state, items in found.items()}
    if "error" in found:
        raise Unknown(NOT_COMPUTABLE, f"{titles['error']}是错误值")
    if "blank" in found:
        raise Unknown(None, f"{titles['blank']}未填")
    if "text" in found:
        raise Unknown(NOT_COMPUTABLE, found["text"][0].complaint(values))
