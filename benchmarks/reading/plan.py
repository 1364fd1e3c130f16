"""How a layout departs from the official form. A plan is one layout; a mutation is one way to depart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

MoneyUnit = Literal["元", "万元", "亿元"]


@dataclass(frozen=True)
class Plan:
    """The defaults are the official form."""

    wording: Literal["official", "known", "unlisted", "invented"] = "official"
    """known: other words of labels.toml. unlisted: one label in five in words that are not there. invented: one in
    ten in words that mean nothing, so that the value can only be reported."""
    spelling: bool = False
    """Labels with line breaks, spaces, colons, stars and numbers."""
    pairs: Literal["beside", "above", "inline"] = "beside"
    per_row: int = 2
    funding: Literal["table", "transposed", "fields"] = "table"
    unit: MoneyUnit = "万元"
    unit_at: Literal["block", "columns", "line", "rows", "values"] = "block"
    goals: Literal["beside", "stacked", "numbered"] = "beside"
    levels: int = 3
    level_cells: Literal["merged", "repeated", "continued"] = "merged"
    left_label: bool = True
    """The label 绩效指标 left of the whole table."""
    order: Literal["official", "points first", "level last"] = "official"
    extras: tuple[str, ...] = ()
    """Columns that the official form does not have: number, evidence, ratio, rule, split_target."""
    header_rows: int = 1
    tables: Literal["one", "repeated header", "split"] = "one"
    subtotals: bool = False
    stars: bool = False
    """★ rows that carry the points, 其中 rows with the values below."""
    total: Literal["below", "above", "field", "unnamed max"] = "below"
    execution: Literal["funds", "row", "funds 20"] = "funds"
    grade: Literal["footer", "beside total", "header"] = "footer"
    points: bool = True
    """False: a transfer payment form without weights and points."""
    text_numbers: bool = False
    noise: bool = False
    shift: bool = False
    blank_rows: bool = False
    blank_columns: bool = False
    merges: bool = True
    forms: int = 1
    sheets: bool = False
    """True: every form on a sheet of its own."""
    title: Literal["official", "other", "none"] = "official"
    blanks: bool = False
    """One value in five is not filled in."""
    wide: bool = False
    """Columns of the table span several of the sheet."""
    beside: bool = False
    """Sums and remarks right of the printed form."""


Mutation = Callable[[Plan, Random], Plan]


def _one(**choices: tuple[object, ...]) -> Mutation:
    def mutate(plan: Plan, random: Random) -> Plan:
        return replace(plan, **{name: random.choice(values) for name, values in choices.items()})  # type: ignore[arg-type]

    return mutate


MUTATIONS: Mapping[str, Mutation] = {
    "official": lambda plan, _: plan,
    "known words": _one(wording=("known",)),
    "words not listed": _one(wording=("unlisted",)),
    "spelling": _one(spelling=(True,)),
    "pairs above": _one(pairs=("above",), per_row=(2, 3)),
    "pairs inline": _one(pairs=("inline",), per_row=(1, 2, 3)),
    "pairs per row": _one(per_row=(1, 3)),
    "funds transposed": _one(funding=("transposed",), unit_at=("block", "line", "rows")),
    "funds as fields": _one(funding=("fields",), unit_at=("line", "rows", "values")),
    "money unit": _one(unit=("元", "万元", "亿元"), unit_at=("block", "columns", "line", "rows", "values")),
    "goals stacked": _one(goals=("stacked",)),
    "goals numbered": _one(goals=("numbered",)),
    "two levels": _one(levels=(2,), level_cells=("merged", "repeated", "continued")),
    "one level": _one(levels=(1,)),
    "levels repeated": _one(level_cells=("repeated",)),
    "levels continued": _one(level_cells=("continued",)),
    "no left label": _one(left_label=(False,)),
    "column order": _one(order=("points first", "level last")),
    "extra columns": _one(extras=(("number",), ("evidence",), ("ratio", "rule"), ("number", "evidence", "ratio"))),
    "split target": _one(extras=(("split_target",), ("split_target", "rule"))),
    "header of two rows": _one(header_rows=(2,)),
    "header repeated": _one(tables=("repeated header",), level_cells=("repeated", "continued")),
    "tables split": _one(tables=("split",), level_cells=("merged", "repeated")),
    "subtotals": _one(subtotals=(True,)),
    "stars": _one(stars=(True,)),
    "total elsewhere": _one(total=("above", "field", "unnamed max")),
    "execution inside": _one(execution=("row",)),
    "execution 20": _one(execution=("funds 20",)),
    "grade elsewhere": _one(grade=("beside total", "header")),
    "no points": _one(points=(False,)),
    "numbers as text": _one(text_numbers=(True,)),
    "noise around": _one(noise=(True,)),
    "shifted": _one(shift=(True,)),
    "blank rows": _one(blank_rows=(True,)),
    "blank columns": _one(blank_columns=(True,)),
    "no merges": _one(merges=(False,)),
    "several forms": _one(forms=(2, 3), sheets=(False, False, True), title=("official", "other")),
    "values blank": _one(blanks=(True,)),
    "wide columns": _one(wide=(True,)),
    "sums beside": _one(beside=(True,)),
    "words invented": _one(wording=("invented",)),
    "other title": _one(title=("other", "none")),
}


def mixed(plan: Plan, random: Random) -> Plan:
    """Several departures at once."""
    for name in random.sample(list(MUTATIONS), random.randint(2, 6)):
        plan = MUTATIONS[name](plan, random)
    return plan


ALL: Mapping[str, Mutation] = {**MUTATIONS, "mixed": mixed}
