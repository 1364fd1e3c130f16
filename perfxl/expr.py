"""Arithmetic written once, with three bodies: `evaluate` in Decimal, `excel` as a native formula, `explain` in words.

What an unusable input does, in this order and alike in all three: an error value makes the result 无法计算; a blank
makes it blank; text or a boolean in a number cell makes it 无法计算; so does a division by zero. Only the branch of
`when` that is taken counts.

Rounding and comparing allow one part in 10^14 (`TOLERANCE`), alike in Decimal and in the cell. A cell computes in binary
doubles: ten operations on amounts below 10^11 元 leave a relative error below 3·10^-15, so a tie such as 9.785 may be
stored just below itself. Raised by one part in 10^14 a tie always lies above itself and is rounded up; a value that
misses the tie by a cent misses it by at least one part in 10^13, stays below it, and is rounded down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import reduce
from itertools import pairwise
from typing import Any, Literal, cast

from perfxl.quantity import PERCENT_SIGNS, quantity_formula, read_quantity

TOLERANCE = Decimal("1E-14")
LONGEST_FORMULA = 8192
_LONGEST_LITERAL = 15  # digits of a number in a formula; Excel drops the rest


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
Style = Literal["plain", "money", "percent", "text"]
State = Literal["number", "blank", "text", "error"]
_Text = tuple[str, int]  # a rendered expression and how tightly its outermost operator binds
_LOOSE, _SUM, _PRODUCT, _ATOM = range(4)


class _Unknown(Exception):
    """Ends an evaluation without a number: blank (None) or not computable, with the reason in words."""

    def __init__(self, value: NotComputable | None, why: str) -> None:
        super().__init__(why)
        self.value = value
        self.why = why if value is None else f"{value}：{why}"


class Expr:
    """Arithmetic over named references. Built by the functions at the end of this module and by + - * /."""

    __slots__ = ()

    def evaluate(self, values: Values) -> Value:
        """The exact result; None when an input is blank. A cell that shows 无法计算 is passed as that text."""
        with localcontext(prec=50):
            try:
                return _settled(self, values).compute(values)
            except _Unknown as unknown:
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
        """One line with the numbers in: `10 × min(50 ÷ 60, 1) = 8.33`, or which input allows no result."""
        with localcontext(prec=50):
            try:
                result = _settled(self, values).compute(values)
            except _Unknown as unknown:
                return unknown.why
            return _line(self, values, result)

    def references(self) -> tuple[str, ...]:
        """The names of the cells it reads, in the order of first use."""
        return tuple(dict.fromkeys(node.name for node in _nodes(self) if isinstance(node, Ref | Range)))

    def __add__(self, other: Operand) -> Expr:
        return Binary("+", self, _expr(other))

    def __radd__(self, other: Operand) -> Expr:
        return Binary("+", _expr(other), self)

    def __sub__(self, other: Operand) -> Expr:
        return Binary("-", self, _expr(other))

    def __rsub__(self, other: Operand) -> Expr:
        return Binary("-", _expr(other), self)

    def __mul__(self, other: Operand) -> Expr:
        return Binary("*", self, _expr(other))

    def __rmul__(self, other: Operand) -> Expr:
        return Binary("*", _expr(other), self)

    def __truediv__(self, other: Operand) -> Expr:
        return Binary("/", self, _expr(other))

    def __rtruediv__(self, other: Operand) -> Expr:
        return Binary("/", _expr(other), self)

    def at_least(self, other: Operand) -> Condition:
        return Comparison(">=", self, _expr(other))

    def more_than(self, other: Operand) -> Condition:
        return Comparison(">", self, _expr(other))

    def at_most(self, other: Operand) -> Condition:
        return Comparison("<=", self, _expr(other))

    def less_than(self, other: Operand) -> Condition:
        return Comparison("<", self, _expr(other))

    def equals(self, other: Operand) -> Condition:
        return Comparison("=", self, _expr(other))

    def parts(self) -> tuple[Expr, ...]:
        """The operands that every result depends on; the branches of `when` are not among them."""
        return ()

    def compute(self, values: Values) -> Decimal | str:
        """The result, all inputs being usable."""
        raise NotImplementedError

    def formula(self, cells: Cells) -> _Text:
        """The bare formula, all inputs being usable."""
        raise NotImplementedError

    def words(self, values: Values) -> _Text:
        """The arithmetic with the numbers in, all inputs being usable."""
        raise NotImplementedError


Operand = Expr | int | Decimal


class Condition:
    """True or false; what `when` decides by."""

    __slots__ = ()

    def operands(self) -> tuple[Expr, ...]:
        raise NotImplementedError

    def holds(self, values: Values) -> bool:
        raise NotImplementedError

    def formula(self, cells: Cells) -> str:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Constant(Expr):
    """No number at all: BLANK (None) or not computable."""

    value: NotComputable | None

    def compute(self, values: Values) -> Decimal | str:
        raise _Unknown(self.value, "本规则不计分")

    def formula(self, cells: Cells) -> _Text:
        return f'"{self.value or ""}"', _ATOM


@dataclass(frozen=True, slots=True)
class Number(Expr):
    value: Decimal

    def compute(self, values: Values) -> Decimal:
        return self.value

    def formula(self, cells: Cells) -> _Text:
        return _plain(self.value), _ATOM if self.value >= 0 else _LOOSE

    def words(self, values: Values) -> _Text:
        return _plain(self.value), _ATOM if self.value >= 0 else _LOOSE


@dataclass(frozen=True, slots=True)
class Ref(Expr):
    """One cell that holds a number."""

    name: str
    label: str
    style: Style = "plain"

    def state(self, values: Values) -> State:
        value = values[self.name]
        if isinstance(value, NotComputable):
            return "error"
        if value is None or value == "":
            return "blank"
        return "number" if isinstance(value, Decimal) else "text"

    def is_blank(self, cells: Cells) -> str:
        return f"LEN({cells[self.name]})=0"

    def is_number(self, cells: Cells) -> str:
        return f"TYPE({cells[self.name]})=1"  # ISNUMBER takes a boolean for a number in LibreOffice

    def compute(self, values: Values) -> Decimal:
        return cast(Decimal, values[self.name])

    def formula(self, cells: Cells) -> _Text:
        return cells[self.name], _ATOM

    def words(self, values: Values) -> _Text:
        return _shown(self.compute(values), self.style), _ATOM


@dataclass(frozen=True, slots=True)
class Quantity(Expr):
    """One cell that holds a number, or a text with one number in it: see `perfxl.quantity`."""

    ref: Ref

    @property
    def label(self) -> str:
        return self.ref.label

    def state(self, values: Values) -> State:
        value = values[self.ref.name]
        if isinstance(value, str) and read_quantity(value) is not None:
            return "number"
        return self.ref.state(values)

    def is_blank(self, cells: Cells) -> str:
        return self.ref.is_blank(cells)

    def is_number(self, cells: Cells) -> str:
        return quantity_formula(cells[self.ref.name])[0]

    def compute(self, values: Values) -> Decimal:
        value = values[self.ref.name]
        return self.ref.compute(values) if not isinstance(value, str) else cast(Decimal, read_quantity(value))

    def formula(self, cells: Cells) -> _Text:
        return quantity_formula(cells[self.ref.name])[1], _ATOM

    def words(self, values: Values) -> _Text:
        value = values[self.ref.name]
        if isinstance(value, str) and any(sign in value for sign in PERCENT_SIGNS):
            return f"{_plain(self.compute(values) * 100)}%", _ATOM
        return _shown(self.compute(values), self.ref.style), _ATOM


@dataclass(frozen=True, slots=True)
class Range:
    """A block of number cells, for `total` only."""

    name: str
    label: str
    style: Style = "plain"

    def numbers(self, values: Values) -> list[Decimal]:
        return [value for value in self._block(values) if isinstance(value, Decimal)]

    def state(self, values: Values) -> State:
        block = [value for value in self._block(values) if value is not None and value != ""]
        if not block:
            return "blank"
        return "number" if all(isinstance(value, Decimal) for value in block) else "text"

    def is_blank(self, cells: Cells) -> str:
        return f"COUNTBLANK({cells[self.name]})={self._size(cells)}"

    def is_usable(self, cells: Cells) -> str:
        return f"COUNT({cells[self.name]})+COUNTBLANK({cells[self.name]})={self._size(cells)}"

    def _block(self, values: Values) -> tuple[Value, ...]:
        return cast(tuple[Value, ...], values[self.name])

    def _size(self, cells: Cells) -> str:
        columns = set(re.findall(r"([A-Z]+)\$?\d", cells[self.name].rpartition("!")[2]))
        return f"ROWS({cells[self.name]})" + (f"*COLUMNS({cells[self.name]})" if len(columns) > 1 else "")


@dataclass(frozen=True, slots=True)
class Total(Expr):
    """A sum in which blank addends are skipped; blank when all are."""

    addends: tuple[Expr | Range, ...]

    def __post_init__(self) -> None:
        for addend in self.addends:
            if isinstance(addend, Expr) and set(_needs(addend, every=True)) - set(_needs(addend, every=False)):
                raise ValueError("an addend of total() may not read a cell in one branch only")

    @property
    def label(self) -> str:
        return "、".join(dict.fromkeys(node.label for node in _nodes(self) if isinstance(node, Ref | Range)))

    def state(self, values: Values) -> State:
        states = {self._state(addend, values) for addend in self.addends}
        for worst in cast(tuple[State, ...], ("error", "text", "number")):
            if worst in states:
                return worst
        return "blank"

    def is_blank(self, cells: Cells) -> str:
        return _all_of(self._is_blank(addend, cells) for addend in self.addends)

    def is_number(self, cells: Cells) -> str:
        return _all_of(self._is_usable(addend, cells) for addend in self.addends)

    def compute(self, values: Values) -> Decimal:
        return sum((number for number, _ in self._filled(values)), Decimal(0))

    def formula(self, cells: Cells) -> _Text:
        return f"SUM({','.join(self._addend(addend, cells) for addend in self.addends)})", _ATOM

    def words(self, values: Values) -> _Text:
        return _chain("+", [text for _, text in self._filled(values)])

    @staticmethod
    def _state(addend: Expr | Range, values: Values) -> State:
        if isinstance(addend, Range):
            return addend.state(values)
        states = {item.state(values) for item in _needs(addend, every=True)}
        for worst in cast(tuple[State, ...], ("error", "blank", "text")):
            if worst in states:
                return worst
        return "number"

    @staticmethod
    def _is_blank(addend: Expr | Range, cells: Cells) -> str:
        if isinstance(addend, Range):
            return addend.is_blank(cells)
        return _any_of(item.is_blank(cells) for item in _needs(addend, every=True))

    def _is_usable(self, addend: Expr | Range, cells: Cells) -> str:
        if isinstance(addend, Range):
            return addend.is_usable(cells)
        numbers = _all_of(item.is_number(cells) for item in _needs(addend, every=True))
        return _any_of((self._is_blank(addend, cells), numbers))

    def _addend(self, addend: Expr | Range, cells: Cells) -> str:
        if isinstance(addend, Range | Ref):
            return cells[addend.name]
        blank, formula = self._is_blank(addend, cells), addend.formula(cells)[0]
        return formula if blank == "FALSE" else f"IF({blank},0,{formula})"

    def _filled(self, values: Values) -> Iterator[tuple[Decimal, _Text]]:
        for addend in self.addends:
            if isinstance(addend, Range):
                for number in addend.numbers(values):
                    yield number, (_shown(number, addend.style), _ATOM)
            elif self._state(addend, values) == "number":
                yield _number(addend, values), addend.words(values)


Item = Ref | Quantity | Total


@dataclass(frozen=True, slots=True)
class Binary(Expr):
    operator: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr

    def parts(self) -> tuple[Expr, ...]:
        return self.left, self.right

    def compute(self, values: Values) -> Decimal:
        left, right = _number(self.left, values), _number(self.right, values)
        match self.operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
        if right == 0:
            divisor = self.right
            name = divisor.label if isinstance(divisor, Ref | Quantity) else f"除数 {divisor.words(values)[0]} "
            raise _Unknown(NOT_COMPUTABLE, f"{name}为 0")
        return left / right

    def formula(self, cells: Cells) -> _Text:
        return _joined(self.operator, self.operator, self.left.formula(cells), self.right.formula(cells))

    def words(self, values: Values) -> _Text:
        return _chain(self.operator, [self.left.words(values), self.right.words(values)])


@dataclass(frozen=True, slots=True)
class Extreme(Expr):
    """The least or the greatest of some numbers."""

    function: Literal["min", "max"]
    arguments: tuple[Expr, ...]

    def parts(self) -> tuple[Expr, ...]:
        return self.arguments

    def compute(self, values: Values) -> Decimal:
        numbers = [_number(argument, values) for argument in self.arguments]
        return min(numbers) if self.function == "min" else max(numbers)

    def formula(self, cells: Cells) -> _Text:
        return f"{self.function.upper()}({','.join(a.formula(cells)[0] for a in self.arguments)})", _ATOM

    def words(self, values: Values) -> _Text:
        return f"{self.function}({', '.join(a.words(values)[0] for a in self.arguments)})", _ATOM


@dataclass(frozen=True, slots=True)
class Rounded(Expr):
    inner: Expr
    places: int
    style: Style

    def parts(self) -> tuple[Expr, ...]:
        return (self.inner,)

    def compute(self, values: Values) -> Decimal:
        return _half_up(_number(self.inner, values) * (1 + TOLERANCE), self.places)

    def formula(self, cells: Cells) -> _Text:
        raised, _ = _joined("*", "*", self.inner.formula(cells), (f"(1+{TOLERANCE})", _ATOM))
        return f"ROUND({raised},{self.places})", _ATOM

    def words(self, values: Values) -> _Text:
        return f"四舍五入({self.inner.words(values)[0]}, {self.places})", _ATOM


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

    def formula(self, cells: Cells) -> _Text:
        branches = f"{self.then.formula(cells)[0]},{self.otherwise.formula(cells)[0]}"
        return f"IF({self.condition.formula(cells)},{branches})", _ATOM

    def words(self, values: Values) -> _Text:
        return self.taken(values).words(values)


@dataclass(frozen=True, slots=True)
class Lookup(Expr):
    """The word of the band, closed below, that a number falls in."""

    number: Expr
    bands: tuple[tuple[Decimal, str], ...]  # ascending

    def parts(self) -> tuple[Expr, ...]:
        return (self.number,)

    def compute(self, values: Values) -> str:
        return self.found(values)[0]

    def formula(self, cells: Cells) -> _Text:
        raised, _ = _joined("*", "*", self.number.formula(cells), (f"(1+{TOLERANCE})", _ATOM))
        lows = ";".join(_plain(low) for low, _ in self.bands)
        words = ";".join(_quoted(word) for _, word in self.bands)
        return f"LOOKUP({raised},{{{lows}}},{{{words}}})", _ATOM

    def words(self, values: Values) -> _Text:
        return self.compute(values), _ATOM

    def found(self, values: Values) -> tuple[str, Decimal, Decimal | None]:
        """The word, the low edge of its band and the edge above, None at the top."""
        number = _number(self.number, values)
        high = None
        for low, word in reversed(self.bands):
            if number * (1 + TOLERANCE) >= low:
                return word, low, high
            high = low
        raise _Unknown(NOT_COMPUTABLE, f"{_plain(number)} 不在任何一档内")


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    sign: Literal[">=", ">", "<=", "<", "="]
    left: Expr
    right: Expr

    def operands(self) -> tuple[Expr, ...]:
        return self.left, self.right

    def holds(self, values: Values) -> bool:
        left, right = _number(self.left, values), _number(self.right, values)
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
        size = right[0] if isinstance(self.right, Number) and self.right.value > 0 else f"ABS({right[0]})"
        margin = f"{size}*{TOLERANCE}", _PRODUCT
        if self.sign == "=":
            return f"ABS({_joined('-', '-', left, right)[0]})<={margin[0]}"
        direction: Literal["+", "-"] = "-" if self.sign in (">=", "<") else "+"
        return f"{left[0]}{self.sign}{_joined(direction, direction, right, margin)[0]}"


@dataclass(frozen=True, slots=True)
class IsText(Condition):
    ref: Ref
    text: str

    def operands(self) -> tuple[Expr, ...]:
        return ()

    def holds(self, values: Values) -> bool:
        if self.ref.state(values) == "error":
            raise _Unknown(NOT_COMPUTABLE, f"{self.ref.label}是错误值")
        return values[self.ref.name] == self.text

    def formula(self, cells: Cells) -> str:
        return f"{cells[self.ref.name]}={_quoted(self.text)}"


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


# Which inputs a result needs, and how a formula and an evaluation come to it: one plan for both.


def _nodes(node: Any) -> Iterator[Any]:
    """The node and everything in it, in the order of writing."""
    yield node
    for field in fields(node):
        value = getattr(node, field.name)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, Expr | Condition | Range):
                yield from _nodes(child)


def _strict(expr: Expr) -> Iterator[Expr]:
    """The expression and the operands that every result of it depends on."""
    yield expr
    for part in expr.parts():
        yield from _strict(part)


def _needs(expr: Expr, *, every: bool) -> tuple[Item, ...]:
    """The inputs read for any result, or with `every` those of all branches."""
    needed: dict[Item, None] = {}
    for node in _strict(expr):
        if isinstance(node, Ref | Quantity | Total):
            needed[node] = None
        elif isinstance(node, When):
            for operand in node.condition.operands():
                needed.update(dict.fromkeys(_needs(operand, every=True)))
            then, otherwise = _needs(node.then, every=every), _needs(node.otherwise, every=every)
            kept = (*then, *otherwise) if every else tuple(item for item in then if item in otherwise)
            needed.update(dict.fromkeys(kept))
    return tuple(needed)


def _next_step(expr: Expr, known: frozenset[Item]) -> tuple[Item, ...] | When | Constant | None:
    """What stands between the known inputs and a plain formula: inputs to test, a branch to take, no number at all."""
    constants = [node for node in _strict(expr) if isinstance(node, Constant)]
    if constants:
        return max(constants, key=lambda constant: constant.value is NOT_COMPUTABLE)
    if missing := tuple(item for item in _needs(expr, every=False) if item not in known):
        return missing
    for node in _strict(expr):
        if isinstance(node, When) and (
            set(_needs(node, every=True)) - known or any(isinstance(inner, Constant) for inner in _nodes(node))
        ):
            return node
    return None


def _settled(expr: Expr, values: Values) -> Expr:
    """The expression with its branches taken, all inputs usable; raises _Unknown where there is no number."""
    known: frozenset[Item] = frozenset()
    while (step := _next_step(expr, known)) is not None:
        if isinstance(step, Constant):
            step.compute(values)
        elif isinstance(step, When):
            expr = _with(expr, step, step.taken(values))
        else:
            _require(step, values)
            known |= set(step)
    return expr


def _rendered(expr: Expr, known: frozenset[Item], cells: Cells) -> str:
    """The formula that tests the inputs not yet known and takes the branches, in the order of `_settled`."""
    step = _next_step(expr, known)
    if step is None:
        return expr.formula(cells)[0]
    if isinstance(step, Constant):
        return step.formula(cells)[0]
    if isinstance(step, When):
        then, otherwise = (_rendered(_with(expr, step, b), known, cells) for b in (step.then, step.otherwise))
        return f"IF({step.condition.formula(cells)},{then},{otherwise})"
    blank = _any_of(item.is_blank(cells) for item in step)
    divisors = [node.right for node in _strict(expr) if isinstance(node, Binary) and node.operator == "/"]
    nonzero = [f"{cells[item.name]}<>0" for item in step if isinstance(item, Ref) and item in divisors]
    usable = _all_of([*(item.is_number(cells) for item in step), *nonzero])
    body = _rendered(expr, known | set(step), cells)
    return f'IF({blank},"",IF({usable},{body},"{NOT_COMPUTABLE}"))'


def _with(expr: Expr, old: Expr, new: Expr) -> Expr:
    """The expression with a strict operand replaced."""
    if expr == old:
        return new
    if isinstance(expr, Extreme):
        return replace(expr, arguments=tuple(_with(argument, old, new) for argument in expr.arguments))
    changes = {
        field.name: _with(getattr(expr, field.name), old, new)
        for field in fields(cast(Any, expr))
        if getattr(expr, field.name) in expr.parts()
    }
    return cast(Expr, replace(cast(Any, expr), **changes))


def _require(items: Iterable[Item], values: Values) -> None:
    states = {item: item.state(values) for item in items}
    for wrong, value in (("error", NOT_COMPUTABLE), ("blank", None), ("text", NOT_COMPUTABLE)):
        found = [item for item, state in states.items() if state == wrong]
        if found:
            label = "、".join(item.label for item in found)
            if wrong == "error":
                raise _Unknown(value, f"{label}是错误值")
            if wrong == "blank":
                raise _Unknown(value, f"{label}未填")
            first = found[0]
            shown = f"“{values[first.name]}”不是数字" if isinstance(first, Ref) else "中有的不是数字"
            raise _Unknown(value, f"{first.label}{shown}")


# Rendering


def _number(expr: Expr, values: Values) -> Decimal:
    value = expr.compute(values)
    if isinstance(value, str):
        raise _Unknown(NOT_COMPUTABLE, f"“{value}”不是数字")
    return value


def _joined(operator: str, shown: str, left: _Text, right: _Text) -> _Text:
    """Two operands with an operator between, in parentheses only where the value needs them."""
    binding = _SUM if operator in "+-" else _PRODUCT
    least = binding + 1 if operator in "-/" else binding
    before = left[0] if left[1] >= binding else f"({left[0]})"
    after = right[0] if right[1] >= least else f"({right[0]})"
    return f"{before}{shown}{after}", binding


def _chain(operator: str, operands: list[_Text]) -> _Text:
    shown = {"+": " + ", "-": " − ", "*": " × ", "/": " ÷ "}[operator]
    return reduce(lambda left, right: _joined(operator, shown, left, right), operands)


def _any_of(tests: Iterable[str]) -> str:
    distinct = tuple(dict.fromkeys(tests))
    return f"OR({','.join(distinct)})" if len(distinct) > 1 else "".join(distinct) or "FALSE"


def _all_of(tests: Iterable[str]) -> str:
    distinct = tuple(dict.fromkeys(tests))
    return f"AND({','.join(distinct)})" if len(distinct) > 1 else "".join(distinct) or "TRUE"


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _half_up(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shown(value: Decimal, style: Style) -> str:
    if style == "money":
        return format(_half_up(value, 2), ",f")
    if style == "percent":
        return f"{_half_up(value * 100, 2)}%"
    return _plain(value) if value == _half_up(value, 6) else _plain(_half_up(value, 6))


def _style(expr: Expr) -> Style:
    """The style that a result shares with its inputs: a sum of money is money, a ratio is a plain number."""
    if isinstance(expr, Rounded) and expr.style != "plain":
        return expr.style
    nodes = list(_nodes(expr))
    if any(isinstance(node, Binary) and node.operator in "*/" for node in nodes):
        return "plain"
    styles = {node.style for node in nodes if isinstance(node, Ref | Range)}
    return styles.pop() if len(styles) == 1 else "plain"


def _line(expr: Expr, values: Values, result: Decimal | str, style: Style | None = None) -> str:
    """The arithmetic and its result; of a rounded expression the arithmetic inside."""
    style = style or _style(expr)
    if isinstance(expr, Rounded):
        return _line(expr.inner, values, result, style)
    if isinstance(expr, When):
        line = _line(expr.taken(values), values, result, style)
        return f"{_placed(expr, values)}{line}"
    if isinstance(expr, Lookup):
        word, low, high = expr.found(values)
        number = _line(expr.number, values, _number(expr.number, values))
        return f"{number} → {word}（{_band(low, high, _style(expr.number))}）"
    words, _ = expr.words(values)
    shown = result if isinstance(result, str) else _shown(result, style)
    return words if words == shown else f"{words} = {shown}"


def _placed(expr: When, values: Values) -> str:
    """Where the compared value of a piecewise rule lies, once: in the band taken or below the last."""
    if expr.band is None or (isinstance(expr.otherwise, When) and not expr.condition.holds(values)):
        return ""
    low, high = expr.band
    compared = cast(Comparison, expr.condition).left
    style = _style(compared)
    line = _line(compared, values, _number(compared, values))
    return f"{line}，{_band(low, high, style)}：" if expr.condition.holds(values) else f"{line}，< {_edge(low, style)}："


def _band(low: Decimal, high: Decimal | None, style: Style) -> str:
    return f"≥ {_edge(low, style)}" if high is None else f"[{_edge(low, style)}, {_edge(high, style)})"


def _edge(value: Decimal, style: Style) -> str:
    return f"{_plain(value * 100)}%" if style == "percent" else _plain(value)


# Constructors

BLANK: Expr = Constant(None)


def not_computable() -> Expr:
    return Constant(NOT_COMPUTABLE)


def number(value: str | int | Decimal) -> Expr:
    """A constant of at most 15 digits, the most that a formula keeps."""
    exact = Decimal(value)
    if not exact.is_finite() or len(_plain(abs(exact)).replace(".", "").lstrip("0")) > _LONGEST_LITERAL:
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
    return Extreme("min", tuple(_expr(argument) for argument in arguments))


def maximum(*arguments: Operand) -> Expr:
    return Extreme("max", tuple(_expr(argument) for argument in arguments))


def total(*addends: Operand | Range) -> Expr:
    """The sum. Blank addends are skipped, all blank gives blank; anything else that is no number, 无法计算."""
    return Total(tuple(addend if isinstance(addend, Range) else _expr(addend) for addend in addends))


def round_half_up(expr: Operand, places: int, style: Style = "plain") -> Expr:
    """Rounded half away from zero; a value within one part in 10^14 below a tie counts as the tie."""
    return Rounded(_expr(expr), places, style)


def when(condition: Condition, then: Operand, otherwise: Operand) -> Expr:
    return When(condition, _expr(then), _expr(otherwise))


def is_text(cell: Ref, text: str) -> Condition:
    """The cell shows exactly this text; a blank or a number does not. Cells ignore case, so letters are refused."""
    if not text or text.upper() != text.lower():
        raise ValueError(f"{text!r}: only text without upper and lower case compares alike everywhere")
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
    if not ascending or ascending[0][0] < 0 or any(low == high for (low, _), (high, _) in pairwise(ascending)):
        raise ValueError("bands need distinct low edges of 0 or more")
    return Lookup(_expr(value), ascending)


def piecewise(
    value: Operand, bands: Iterable[tuple[Decimal, Decimal, Decimal, Decimal]], below: Operand
) -> Expr:
    """Straight lines from (low_x, low_y) to (high_x, high_y), closed below; beyond the last, its high_y."""
    ascending = sorted(bands)
    if not ascending or any(lower[2] != upper[0] for lower, upper in pairwise(ascending)):
        raise ValueError("bands must adjoin")
    x, result = _expr(value), _expr(below)
    for low_x, low_y, high_x, high_y in ascending:
        top = high_x == ascending[-1][2]
        line: Expr = number(low_y)
        if high_y != low_y:
            capped = minimum(x, number(high_x)) if top else x
            line = number(low_y) + (capped - number(low_x)) * number(high_y - low_y) / number(high_x - low_x)
        result = When(x.at_least(low_x), line, result, (low_x, None if top else high_x))
    return result


def _expr(value: Operand) -> Expr:
    return value if isinstance(value, Expr) else number(value)
