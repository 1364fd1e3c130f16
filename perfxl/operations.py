"""What is done with numbers: the four operations, extremes, rounding, branches and bands."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, cast

from perfxl.arithmetic import (
    NOT_COMPUTABLE,
    TOLERANCE,
    Cells,
    Condition,
    Expr,
    Input,
    Operator,
    Unknown,
    Values,
    as_number,
    nodes_of,
    references_in,
)
from perfxl.conditions import Comparison
from perfxl.figures import half_up, points
from perfxl.kept import kept_by_identity
from perfxl.notation import ATOM, Style, Text, band, chain, edge, joined, quoted

_RAISED = 1 + TOLERANCE


@dataclass(frozen=True, slots=True)
class Binary(Expr):
    operator: Operator
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
        return half_up(as_number(self.inner, values) * _RAISED, self.places)

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
        raised, high = number * _RAISED, None
        for low, word in reversed(self.bands):
            if raised >= low:
                return word, low, high
            high = low
        raise Unknown(NOT_COMPUTABLE, f"{points(number)} 不在任何一档内")


@kept_by_identity
def style_of(expr: Expr) -> Style:
    """The style that a result shares with its inputs: a sum of money is money, a ratio is a plain number."""
    if isinstance(expr, Rounded) and expr.style != "plain":
        return expr.style
    if any(isinstance(node, Binary) and node.operator in "*/" for node in nodes_of(expr)):
        return "plain"
    styles = {reference.style for reference in references_in(expr)}
    return styles.pop() if len(styles) == 1 else "plain"
