"""汇总 of what lower levels have checked: unit → 主管部门 → 财政局. Adding the same twice changes nothing."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from perfxl.grid import normalised
from perfxl.reports.overview import FormRow, Totals
from perfxl.reports.view import plain

Words = Annotated[
    str,
    BeforeValidator(lambda said: said or ""),
    PlainSerializer(lambda text: text or None, return_type=str | None, when_used="json"),
]
"""Empty for blank; null in JSON."""
Figure = Annotated[
    Annotated[Decimal, Field(max_digits=40)] | None,
    PlainSerializer(plain, return_type=str | None, when_used="json"),
]
"""Text in JSON. No form has more digits, and nothing can be added to 1E+9999999."""


class FormRecord(BaseModel):
    """One self-evaluation as a lower level has checked it. Amounts in 元, points; None for blank."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    """As the lower level names the file."""
    department: Words
    unit: Words
    project: Words
    year: int | None
    scheme: str
    status: Literal["accepted", "returned"]
    submission: int | None = None
    """提交次数 of the seal; None for a form that was never sealed, and where the input does not say."""
    content: Words = ""
    """Digest of all that the form says; empty where the input (汇总表) has the figures only."""
    initial_budget: Figure
    adjusted_budget: Figure
    executed: Figure
    rate: Figure = None
    """Share of 1 by rule; None where the input does not say."""
    total_reported: Figure
    total_computed: Figure
    grade_reported: Words
    grade_computed: Words

    @property
    def identity(self) -> Hashable:
        """What makes two records the same form, whatever is filled in. Nameless forms are told by their files."""
        unit, project = normalised(self.unit), normalised(self.project)
        return (unit, project, self.year) if unit and project else self.path

    def says_the_same(self, other: FormRecord) -> bool:
        """The same content in whatever file; what only one of the two inputs tells is left aside."""
        unsaid = {"path", "status", "rate"}
        unsaid |= {name for name in ("submission", "content") if not (getattr(self, name) and getattr(other, name))}
        return self.model_dump(exclude=unsaid) == other.model_dump(exclude=unsaid)

    @property
    def row(self) -> FormRow:
        return FormRow(is_evaluation=True, **self.model_dump(exclude={"submission", "content"}))


class Rollup:
    """The forms that count, and the older ones they have replaced."""

    def __init__(self) -> None:
        self._current: dict[Hashable, FormRecord] = {}
        self._history: dict[Hashable, list[FormRecord]] = {}

    def add(self, record: FormRecord, *, past: bool = False) -> None:
        """A form that came later replaces one that came before, unless both are sealed and its 提交次数 is lower.

        `past` ones have been replaced already on a lower level."""
        key = record.identity
        current, history = self._current.get(key), self._history.setdefault(key, [])
        known = [*history, *([current] if current else [])]
        if any(record.says_the_same(one) for one in known):
            return
        if past or (current and _before(record, current)):
            history.append(record)
            return
        if current:
            history.append(current)
        self._current[key] = record

    @property
    def forms(self) -> list[FormRecord]:
        """By department, unit, project and year."""
        return sorted(self._current.values(), key=_order)

    @property
    def history(self) -> list[FormRecord]:
        """Replaced forms, those of one form in the order in which they came."""
        records = (record for records in self._history.values() for record in records)
        return sorted(records, key=_order)

    @property
    def totals(self) -> Totals:
        return _totals(self.forms)

    def departments(self) -> Iterator[tuple[str, Totals, int]]:
        """Name, sums and number of returned forms of every 主管部门; an empty name for forms that give none."""
        forms = self.forms
        for name in dict.fromkeys(form.department for form in forms):
            own = [form for form in forms if form.department == name]
            yield name, _totals(own), sum(form.status == "returned" for form in own)


def _before(record: FormRecord, current: FormRecord) -> bool:
    return record.submission is not None and current.submission is not None and record.submission < current.submission


def _order(record: FormRecord) -> tuple[str, str, str, int]:
    return record.department, record.unit, record.project, record.year or 0


def _totals(forms: list[FormRecord]) -> Totals:
    totals = Totals()
    for form in forms:
        totals.add_row(form.row)
    return totals
