"""How a cell and `evaluate` come to a value: which inputs are tested, which branches taken, in one order for both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from functools import lru_cache, partial
from typing import Any, cast

from perfxl.arithmetic import (
    NOT_COMPUTABLE,
    Cells,
    Constant,
    Expr,
    Input,
    Ref,
    State,
    Unknown,
    Values,
    nodes_of,
)
from perfxl.kept import kept_by_identity
from perfxl.notation import all_of, any_of
from perfxl.operations import Binary, When


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


class _Plan:
    """An expression of which some inputs are tested, and what comes next."""

    def __init__(self, expr: Expr, known: frozenset[Input]) -> None:
        self.expr, self._known = expr, known
        self.step = _next_step(expr, known)
        self.take = _taking(self.step)
        self._after: dict[int, _Plan] = {}

    def after(self, branch: Expr | None) -> _Plan:
        """What comes after the step: with that branch of a `when` taken, or None, with the inputs tested."""
        # By identity: to hash an expression means to go through all of it. The step keeps its branches alive.
        plan = self._after.get(id(branch))
        if plan is None:
            if branch is not None:
                plan = _Plan(_replaced(self.expr, cast(When, self.step), branch), self._known)
            else:
                plan = _Plan(self.expr, self._known.union(cast(tuple[Input, ...], self.step)))
            self._after[id(branch)] = plan
        return plan


def _taking(step: tuple[Input, ...] | When | Constant | None) -> Callable[[Values], Any] | None:
    """What takes the step: gives the branch of a `when`, None for inputs that can be used; raises Unknown else."""
    if isinstance(step, When):
        return step.taken
    if isinstance(step, Constant):
        return step.compute
    return step if step is None else partial(_require, step)


@kept_by_identity
def _plan(expr: Expr) -> _Plan:
    return _Plan(expr, frozenset())


def settled(expr: Expr, values: Values) -> Expr:
    """The expression with all inputs tested and branches taken; raises Unknown where there is no number."""
    plan = _plan(expr)
    while (take := plan.take) is not None:
        plan = plan.after(take(values))
    return plan.expr


def rendered(expr: Expr, known: frozenset[Input], cells: Cells) -> str:
    """The formula that tests inputs and takes branches in the order of `settled`."""
    step = _next_step(expr, known)
    if step is None:
        return expr.formula(cells)[0]
    if isinstance(step, Constant):
        return step.formula(cells)[0]
    if isinstance(step, When):
        branches = (_replaced(expr, step, branch) for branch in (step.then, step.otherwise))
        then, otherwise = (rendered(branch, known, cells) for branch in branches)
        return f"IF({step.condition.formula(cells)},{then},{otherwise})"
    blank = any_of(item.is_blank(cells) for item in step)
    divisors = set(_divisors(expr))
    nonzero = [f"{cells[item.name]}<>0" for item in step if isinstance(item, Ref) and item in divisors]
    usable = all_of([*(item.is_number(cells) for item in step), *nonzero])
    body = rendered(expr, known | set(step), cells)
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


def _require(inputs: Sequence[Input], values: Values) -> None:
    states = [item.state(values) for item in inputs]
    if "error" in states:
        raise Unknown(NOT_COMPUTABLE, f"{_titles(inputs, states, 'error')}是错误值")
    if "blank" in states:
        raise Unknown(None, f"{_titles(inputs, states, 'blank')}未填")
    if "text" in states:
        raise Unknown(NOT_COMPUTABLE, inputs[states.index("text")].complaint(values))


def _titles(inputs: Sequence[Input], states: Sequence[State], wanted: State) -> str:
    return "、".join(item.title for item, state in zip(inputs, states, strict=True) if state == wanted)
