"""What `when` decides by: comparisons of numbers, a cell's text, and combinations of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from perfxl.arithmetic import (
    NOT_COMPUTABLE,
    TOLERANCE,
    Cells,
    Condition,
    Expr,
    Number,
    Ref,
    Sign,
    Unknown,
    Values,
    as_number,
)
from perfxl.notation import PRODUCT, joined, quoted


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    sign: Sign
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
