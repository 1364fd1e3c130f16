"""What was read against what stands there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from benchmarks.reading.sheet import Fact, Sheet
from perfxl.form import Form, FundingRow, Indicator, Located, SelfEvaluation
from perfxl.grid import CellRef, normalised
from perfxl.reading.labels import vocabulary

_IN_FUNDING = (
    "initial_budget",
    "adjusted_budget",
    "executed",
    "execution_rate",
    "previous_budget",
    "previous_executed",
    "previous_rate",
)
"""Fields that are read as money and not as texts."""
LEFT_OUT = ("fiscal_funds", "other_funds", "total_budget", "deviation_note")

_PARTS = {"绩效指标": "row/", "项目资金": "funding/", "总分": "total", "分值": "/max_score", "得分": "/score"}
"""The paths of what the reader reports as missing under these words."""

Read = tuple[str, Fact, CellRef]
Places = Mapping[tuple[int, int], tuple[int, int]]


@dataclass
class Tally:
    """Counts of fields. `wrong`: read with another value or where nothing stands; `silent`: those without a finding."""

    stated: int = 0
    right: int = 0
    read: int = 0
    wrong: int = 0
    silent: int = 0
    unseen: int = 0
    """Fields that were not read and that no finding names."""
    forms: int = 0
    samples: int = 0
    """Files, some of which hold several forms."""

    def add(self, other: Tally) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def recall(self) -> float:
        return self.right / self.stated if self.stated else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.read if self.read else 1.0

    @property
    def wrong_rate(self) -> float:
        return self.wrong / (self.stated or 1)

    @property
    def silent_rate(self) -> float:
        return self.silent / (self.stated or 1)

    @property
    def unseen_rate(self) -> float:
        return self.unseen / (self.stated or 1)


def compare(sheet: Sheet, form: Form | None, misses: list[str] | None = None, places: Places | None = None) -> Tally:
    """How many facts of the sheet the form has. `misses` takes a line for each that it has not or has wrong.

    `places` says where the sheet's cells are in the file that was read, if they are elsewhere.
    """
    tally = Tally(stated=len(sheet.facts), forms=1)
    read = {path: (fact, at) for path, fact, at in facts_of(form)} if form else {}
    tally.read = len(read)
    said = _Said(form) if form else None
    for path, (fact, at) in read.items():
        if sheet.facts.get(path) == fact:
            tally.right += 1
            continue
        tally.wrong += 1
        known = said is not None and said.doubts(at.row, at.column)
        tally.silent += not known
        if misses is not None:
            misses.append(
                f"{'doubted' if known else 'WRONG'} {path}: {sheet.facts.get(path)!r} read as {fact!r} {at.address}"
            )
    for path in sheet.facts.keys() - read.keys():
        place = sheet.places[path]
        known = said is not None and (said.names(*(places or {}).get(place, place)) or said.misses(path))
        tally.unseen += not known
        if misses is not None:
            misses.append(f"{'reported' if known else 'UNSEEN'} {path}: {sheet.facts[path]!r} at {sheet.places[path]}")
    return tally


class _Said:
    """What the reader reported of one form."""

    def __init__(self, form: Form) -> None:
        self._doubted = {(at.row, at.column) for problem in form.problems for at in (problem.at, *problem.related)}
        self._guessed = [(one.at.row, one.at.column) for one in form.problems if one.code == "L112"]
        unknown = [(one.at.row, one.at.column) for one in form.problems if one.code == "L104"]
        self._unknown = self._guessed + unknown
        labels = [one.numbers["label"] for one in form.problems if one.code == "L110"]
        self._gone = [path for label in labels for path in _paths_of(label)]

    def doubts(self, row: int, column: int) -> bool:
        """Whether a finding is at that very cell, or says that the label to the left or above was guessed."""
        return (row, column) in self._doubted or _beside(self._guessed, row, column)

    def names(self, row: int, column: int) -> bool:
        """The same, or the label to the left or above is reported as unknown."""
        return self.doubts(row, column) or _beside(self._unknown, row, column)

    def misses(self, path: str) -> bool:
        """Whether the label of the field is reported as missing."""
        return any(gone in path for gone in self._gone)


def _paths_of(label: str) -> list[str]:
    """What a missing label stands for, as parts of paths."""
    known = _PARTS.get(label)
    words = vocabulary()
    ids = [table[label] for table in (words.fields, words.funding_columns) if label in table]
    return [known] if known else [f"/{id_}" for id_ in ids]


def _beside(labels: list[tuple[int, int]], row: int, column: int) -> bool:
    return any((top == row and left < column) or (left == column and top < row) for top, left in labels)


def facts_of(form: Form) -> Iterator[Read]:
    """Every field of the form that holds something."""
    yield from _fact("title", form.title)
    yield from _fact("year", form.year)
    for id_, located in form.fields.items():
        if id_ not in (*_IN_FUNDING, *LEFT_OUT):
            yield from _fact(f"field/{id_}", located)
    funding = form.funding
    yield from _funding_row("funding/total", funding.total)
    for row in funding.parts:
        yield from _funding_row(f"funding/{normalised(row.label.raw).strip(':')}", row)
    for name in ("previous_budget", "previous_executed", "previous_rate"):
        previous = getattr(funding, name)
        if previous:
            yield from _fact(f"funding/{name}", previous)
    yield from _indicators(form.indicators)
    if isinstance(form, SelfEvaluation):
        yield from _fact("total", form.total)
        yield from _fact("total_max", form.total_max)


def _funding_row(path: str, row: FundingRow) -> Iterator[Read]:
    for name in ("initial_budget", "adjusted_budget", "executed", "max_score", "rate", "score"):
        yield from _fact(f"{path}/{name}", getattr(row, name))


def _indicators(rows: tuple[Indicator, ...]) -> Iterator[Read]:
    seen: Counter[str] = Counter()
    for row in rows:
        if row.placeholder:
            continue
        name = normalised(row.level3.value or "")
        path = f"row/{name}/{seen[name]}"
        seen[name] += 1
        yield from _fact(f"{path}/name", row.level3)
        for id_ in ("level1", "level2", "explanation", "scoring_rule", "note"):
            yield from _fact(f"{path}/{id_}", getattr(row, id_))
        for id_ in ("target", "actual"):
            measure = getattr(row, id_)
            if not measure.blank:
                yield f"{path}/{id_}", normalised(measure.raw), measure.at
        for id_ in ("max_score", "score"):
            yield from _fact(f"{path}/{id_}", getattr(row, id_))


def _fact(path: str, located: Located[Any]) -> Iterator[Read]:
    if located.value is not None and not located.blank:
        fact = located.value if isinstance(located.value, Decimal) else normalised(f"{located.value}")
        yield path, fact, located.at
