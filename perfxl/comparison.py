"""What differs between two submissions of a form, by meaning: neither cells, layout, order of rows nor spelling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from perfxl.finding import Finding
from perfxl.form import FUND_FIELDS, ROW_FIELDS, Form, FundingRow, Indicator, Located, SelfEvaluation
from perfxl.grid import CellRef, normalised
from perfxl.meaning import same_meaning
from perfxl.pairing import Key, paired
from perfxl.review import Review
from perfxl.seal.words import field_name, list_name, quoted

SIMILAR = 0.6
"""Share of common characters from which two names below one label are taken for one indicator that was renamed.
difflib calls sequences above it close matches."""

_PREVIOUS = ("previous_budget", "previous_executed", "previous_rate")


@dataclass(frozen=True)
class Difference:
    """One difference. `before` and `after` are as typed, empty where nothing stood or stands there."""

    kind: Literal["changed", "added", "removed", "renamed"]
    name: str
    """The field in the form's words: `指标“培训人次”的实际完成值`."""
    at: CellRef
    """In the new form; for what is gone, in the old one."""
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """Two submissions of one form. A 核实 that has its 说明 counts as mended."""

    differences: tuple[Difference, ...]
    """In the order of the form."""
    mended: tuple[Finding, ...]
    """Findings of the old submission that the new one does not have."""
    remaining: tuple[Finding, ...]
    """As the new submission has them."""
    arisen: tuple[Finding, ...]

    @property
    def same(self) -> bool:
        return not (self.differences or self.mended or self.arisen)


def compared(old: Review, new: Review) -> Comparison:
    """`old` and `new` are submissions of the same form, in whatever layouts."""
    before, after = (Counter(map(_about, _open(review))) for review in (old, new))
    kept = before & after
    arisen, remaining = _split(_open(new), kept)
    mended, _ = _split(_open(old), kept)
    return Comparison(tuple(_form_differences(old.form, new.form)), mended, remaining, arisen)


def _open(review: Review) -> list[Finding]:
    return [finding for finding in review.findings if not finding.settled]


def _about(finding: Finding) -> tuple[str, ...]:
    """What a finding is about, wherever it stands and whatever its numbers are now."""
    named = finding.numbers.get("name") or finding.numbers.get("label", "")
    return finding.code, normalised(finding.field), normalised(named)


def _split(found: Sequence[Finding], kept: Counter[tuple[str, ...]]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The findings beyond those kept, and those kept."""
    left = Counter(kept)
    beyond: list[Finding] = []
    within: list[Finding] = []
    for finding in found:
        about = _about(finding)
        (within if left[about] > 0 else beyond).append(finding)
        left[about] -= 1
    return tuple(beyond), tuple(within)


def _form_differences(old: Form, new: Form) -> Iterator[Difference]:
    yield from _value("1/year", old.year, new.year)
    yield from _fields(old, new)
    yield from _funds(old, new)
    yield from _indicators(old, new)
    if isinstance(old, SelfEvaluation) and isinstance(new, SelfEvaluation):
        yield from _value("1/total", old.total, new.total)
        yield from _value("1/total_max", old.total_max, new.total_max)
        yield from _value("1/field/grade", old.grade, new.grade)


def _fields(old: Form, new: Form) -> Iterator[Difference]:
    """The text fields; amounts, rates and the grade that some forms have among them are compared as what they are."""
    typed = {located.at for form in (old, new) for located in _typed(form)}
    for id_ in dict.fromkeys((*new.fields, *old.fields)):
        before, after = old.fields.get(id_), new.fields.get(id_)
        if not any(located and not located.blank and located.at in typed for located in (before, after)):
            yield from _value(f"1/field/{id_}", before, after)


def _typed(form: Form) -> Iterator[Located[Any]]:
    funding = form.funding
    for name in FUND_FIELDS[1:]:
        yield getattr(funding.total, name)
    yield from (located for name in _PREVIOUS if (located := getattr(funding, name)))
    if isinstance(form, SelfEvaluation) and form.grade:
        yield form.grade


def _funds(old: Form, new: Form) -> Iterator[Difference]:
    yield from _fund_row(old.funding.total, new.funding.total)
    for name in _PREVIOUS:
        yield from _value(f"1/field/{name}", getattr(old.funding, name), getattr(new.funding, name))
    label: Key[FundingRow] = lambda row: normalised(row.label.raw) or None  # noqa: E731
    for before, after in paired(old.funding.parts, new.funding.parts, [label]):
        if before and after:
            yield from _fund_row(before, after)
        elif row := after or before:
            amounts = [row.initial_budget, row.adjusted_budget, row.executed]
            if any(not amount.blank for amount in amounts):
                said = " / ".join(amount.raw.strip() or "—" for amount in amounts)
                yield _come_or_gone("1/fund", row.label, row.label.at, said, after is not None)


def _fund_row(old: FundingRow, new: FundingRow) -> Iterator[Difference]:
    for name in FUND_FIELDS[1:]:
        yield from _value(f"1/fund/1/{name}", getattr(old, name), getattr(new, name), new.label.raw.strip())


@dataclass(frozen=True)
class _Row:
    """An indicator with the label of its group, without the points that some forms print in it."""

    level1: str
    indicator: Indicator

    @property
    def labels(self) -> tuple[str, str]:
        return normalised(self.level1), normalised(self.indicator.level2.raw)

    @property
    def name(self) -> str:
        return normalised(self.indicator.name)


def _rows(form: Form) -> list[_Row]:
    return [
        _Row(group.label.value or group.label.raw, row)
        for group in form.groups
        for row in group.rows
        if not row.placeholder
    ]


def _indicators(old: Form, new: Form) -> Iterator[Difference]:
    keys: tuple[Key[_Row], ...] = (lambda row: (row.labels, row.name), lambda row: row.name or None)
    pairs = paired(_rows(old), _rows(new), keys)
    for before, after in _with_renamed(list(pairs)):
        if before and after:
            yield from _indicator(before, after)
        elif row := after or before:
            indicator = row.indicator
            values = (indicator.target, indicator.actual, indicator.max_score, indicator.score)
            said = " / ".join(value.raw.strip() or "—" for value in values)
            yield _come_or_gone("1/row", indicator.level3, indicator.at, said, after is not None)


def _with_renamed(pairs: list[tuple[_Row | None, _Row | None]]) -> Iterator[tuple[_Row | None, _Row | None]]:
    """The pairs, rows that were renamed below their labels among them."""
    gone = [before for before, after in pairs if before and not after]
    for before, after in pairs:
        if after:
            renamed = None if before else _renamed(gone, after)
            if renamed:
                gone.remove(renamed)
            yield before or renamed, after
    for row in gone:
        yield row, None


def _renamed(gone: Sequence[_Row], row: _Row) -> _Row | None:
    """Which of the rows that are gone `row` is under another name; None where none is like it."""
    like = {n: likeness for n, old in enumerate(gone) if (likeness := _likeness(old, row)) >= SIMILAR}
    return gone[max(like, key=lambda n: like[n])] if like else None


def _likeness(row: _Row, other: _Row) -> float:
    """Share of common characters of the names; 0 below different labels."""
    if row.labels != other.labels:
        return 0
    return SequenceMatcher(None, row.name, other.name, autojunk=False).ratio()


def _indicator(old: _Row, new: _Row) -> Iterator[Difference]:
    before, after = old.indicator, new.indicator
    if old.name != new.name:
        yield Difference("renamed", f"{list_name('1/row')}名称", after.at, before.name, after.name)
    if old.labels != new.labels:
        words = (" › ".join(filter(None, (row.level1, row.indicator.level2.raw.strip()))) for row in (old, new))
        yield Difference("changed", field_name("1/row/1/under", after.name), after.at, *words)
    for name in ROW_FIELDS[1:]:
        yield from _value(f"1/row/1/{name}", getattr(before, name), getattr(after, name), after.name)


def _come_or_gone(group: str, label: Located[str], at: CellRef, said: str, come: bool) -> Difference:
    name = f"{list_name(group)}{quoted(label.raw.strip())}"
    return Difference("added", name, at, "", said) if come else Difference("removed", name, at, said, "")


def _value(id_: str, old: Located[Any] | None, new: Located[Any] | None, row: str = "") -> Iterator[Difference]:
    """A field, where it has another meaning. None stands for a field that the form does not have."""
    place = new or old
    if place is None or same_meaning(old, new):
        return
    before, after = ("" if located is None or located.blank else located.raw.strip() for located in (old, new))
    yield Difference("changed", field_name(id_, row), place.at, before, after)
