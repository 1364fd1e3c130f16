"""Inputs that are more than one number cell: a text with a number in it, and the cells of a total."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from perfxl.arithmetic import (
    Cells,
    Constant,
    Expr,
    Input,
    Ref,
    Reference,
    State,
    Value,
    Values,
    as_number,
    nodes_of,
    references_in,
)
from perfxl.figures import points
from perfxl.notation import ATOM, Style, Text, all_of, any_of, chain, shown
from perfxl.plan import needs
from perfxl.quantity import PERCENT_SIGNS, quantity_formula, read_quantity


@dataclass(frozen=True, slots=True)
class Quantity(Input):
    """One cell that holds a number, or a text with one number in it: see `perfxl.quantity`."""

    ref: Ref

    @property
    def title(self) -> str:
        return self.ref.label

    def state(self, values: Values) -> State:
        value = values[self.ref.name]
        if isinstance(value, str) and read_quantity(value) is not None:
            return "number"
        return self.ref.state(values)

    def complaint(self, values: Values) -> str:
        return f"{self.ref.label}“{values[self.ref.name]}”不是单个数字"

    def is_blank(self, cells: Cells) -> str:
        return self.ref.is_blank(cells)

    def is_number(self, cells: Cells) -> str:
        return quantity_formula(cells[self.ref.name])[0]

    def compute(self, values: Values) -> Decimal:
        value = values[self.ref.name]
        return cast(Decimal, read_quantity(value)) if isinstance(value, str) else self.ref.compute(values)

    def formula(self, cells: Cells) -> Text:
        return quantity_formula(cells[self.ref.name])[1], ATOM

    def words(self, values: Values) -> Text:
        value, number = values[self.ref.name], self.compute(values)
        if isinstance(value, str) and any(sign in value for sign in PERCENT_SIGNS):
            return f"{points(number * 100)}%", ATOM
        return shown(number, self.ref.style), ATOM


@dataclass(frozen=True, slots=True)
class Range(Reference):
    """A block of number cells, for `total` only.

    A boolean among them makes the total 无法计算, except in LibreOffice, where COUNT takes it for 0 or 1.
    """

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
class Total(Input):
    """A sum in which blank addends are skipped; blank when all are."""

    addends: tuple[Expr | Range, ...]

    def __post_init__(self) -> None:
        for addend in self.addends:
            if isinstance(addend, Expr) and set(needs(addend, every=True)) - set(needs(addend, every=False)):
                raise ValueError("an addend of total() may not read a cell in one branch only")
            if isinstance(addend, Expr) and any(isinstance(node, Constant) for node in nodes_of(addend)):
                raise ValueError("an addend of total() must be a number")

    @property
    def title(self) -> str:
        return "、".join(dict.fromkeys(reference.label for reference in references_in(self)))

    def state(self, values: Values) -> State:
        states = {self._state(addend, values) for addend in self.addends}
        for worst in cast(tuple[State, ...], ("error", "text", "number")):
            if worst in states:
                return worst
        return "blank"

    def complaint(self, values: Values) -> str:
        return f"{self.title}中有的不是数字"

    def is_blank(self, cells: Cells) -> str:
        return all_of(self._is_blank(addend, cells) for addend in self.addends)

    def is_number(self, cells: Cells) -> str:
        return all_of(self._is_usable(addend, cells) for addend in self.addends)

    def compute(self, values: Values) -> Decimal:
        return sum((number for number, _ in self._filled(values)), Decimal(0))

    def formula(self, cells: Cells) -> Text:
        return f"SUM({','.join(self._addend(addend, cells) for addend in self.addends)})", ATOM

    def words(self, values: Values) -> Text:
        return chain("+", [text for _, text in self._filled(values)])

    @staticmethod
    def _state(addend: Expr | Range, values: Values) -> State:
        if isinstance(addend, Range):
            return addend.state(values)
        states = {item.state(values) for item in needs(addend, every=True)}
        for worst in cast(tuple[State, ...], ("error", "blank", "text")):
            if worst in states:
                return worst
        return "number"

    @staticmethod
    def _is_blank(addend: Expr | Range, cells: Cells) -> str:
        if isinstance(addend, Range):
            return addend.is_blank(cells)
        return any_of(item.is_blank(cells) for item in needs(addend, every=True))

    def _is_usable(self, addend: Expr | Range, cells: Cells) -> str:
        if isinstance(addend, Range):
            return addend.is_usable(cells)
        numbers = all_of(item.is_number(cells) for item in needs(addend, every=True))
        return any_of((self._is_blank(addend, cells), numbers))

    def _addend(self, addend: Expr | Range, cells: Cells) -> str:
        if isinstance(addend, Range | Ref):
            return cells[addend.name]
        blank, formula = self._is_blank(addend, cells), addend.formula(cells)[0]
        return formula if blank == "FALSE" else f"IF({blank},0,{formula})"

    def _filled(self, values: Values) -> Iterator[tuple[Decimal, Text]]:
        for addend in self.addends:
            if isinstance(addend, Range):
                for number in addend.numbers(values):
                    yield number, (shown(number, addend.style), ATOM)
            elif self._state(addend, values) == "number":
                yield as_number(addend, values), addend.words(values)
