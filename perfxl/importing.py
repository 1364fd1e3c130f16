"""A filled form of any layout as the content of an official one, and what found no place there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from perfxl.form import NO_RESULT, Form, FundingRow, Indicator, Located, ObjectiveForm, SelfEvaluation, Target
from perfxl.grid import CellRef, normalised
from perfxl.layouts.content import Content, FundingContent, RowContent
from perfxl.prefilling import SAME_FIELDS, group_name
from perfxl.reading.labels import first_words, label_key, vocabulary
from perfxl.reading.values import parse_amount, parse_date, parse_measure
from perfxl.scheme import FieldLayout, PresetIndicator, Scheme

_IN_FUNDING = ("initial_budget", "adjusted_budget", "executed", "execution_rate")
"""Fields that `Content` keeps as money."""
_PREVIOUS = ("previous_budget", "previous_executed", "previous_rate")
_AMOUNTS = ("initial_budget", "adjusted_budget", "executed")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A filled cell that the official form has no place for. `label` is the form's word for it."""

    label: str
    text: str
    at: CellRef


@dataclass(frozen=True)
class Imported:
    """The content for `write_form`, and what is left over, in the order of the form.

    执行率, its points, 总分 and 等级 are left to the formulas of the official form.
    """

    content: Content
    leftovers: tuple[Leftover, ...]


def other_kind(form: Form, scheme: Scheme) -> tuple[str, str]:
    """Why a form cannot go on the scheme of the other kind, and what to do, in Chinese and English."""
    kinds = [("自评表", "a self-evaluation"), ("绩效目标表", "an objective form")]
    (own_zh, own_en), (other_zh, other_en) = kinds[::-1] if isinstance(form, ObjectiveForm) else kinds
    return (
        f"表是{own_zh}，方案 {scheme.id} 是{other_zh}的，没有写；"
        f"请用 --scheme 换一个{own_zh}的方案，见 perfxl scheme list",
        f"the form is {own_en}, {scheme.id} is the scheme of {other_en}, so nothing was written; choose a scheme of its"
        " kind by --scheme, see perfxl scheme list",
    )


def content_of(form: Form, scheme: Scheme) -> Imported:
    """Everything filled in, where the scheme's form has it. Amounts in 元. Never raises on what a form holds."""
    fields = _Fields(form, scheme)
    values = dict(fields.values())
    lines, lost_lines = _funding(form, scheme)
    rows: list[RowContent] = []
    lost = [*fields.leftovers(), *lost_lines]
    columns: set[str] = {column.id for column in scheme.layout.columns}
    for group in form.groups:
        name = group_name(scheme, group)
        for row in group.rows:
            if row.placeholder or (row.execution and _computes_execution(form, scheme)):
                continue
            home, preset = _preset(row, scheme) or (name, None)
            rows.append(_row(home, row))
            lost += _lost_cells(row, columns)
            if preset:
                lost += _printed_otherwise(row, preset)
            if home != name:
                lost.append(Leftover(f"{row.name}：{first_words('columns')['level1']}", name, row.level1.at))
    if execution := _execution_row(form, scheme):
        rows.append(execution)
    content = Content(form.year.value, values, tuple(lines), tuple(rows))
    return Imported(content, tuple(sorted(lost, key=lambda one: one.at)))


class _Fields:
    """The fields of the scheme's form, looked for among those of the form that was read."""

    def __init__(self, form: Form, scheme: Scheme) -> None:
        self.form = form
        layout = scheme.layout
        self.wanted = (*layout.header, *layout.goals, *layout.footer)
        self.own = {field.id for field in self.wanted}
        self.used: set[str] = {*_IN_FUNDING, *_PREVIOUS, *(f.id for f in self.wanted if f.kind == "computed")}

    def values(self) -> Iterator[tuple[str, str | Decimal | date]]:
        for field in self.wanted:
            if field.kind == "computed" or field.id in _IN_FUNDING:
                continue
            value = self._value(field)
            if value not in (None, ""):
                yield field.id, value

    def leftovers(self) -> Iterator[Leftover]:
        words = first_words("fields")
        for id_, located in self.form.fields.items():
            if id_ not in self.used and not located.blank:
                yield Leftover(words.get(id_, id_), located.raw.strip(), located.at)

    def _value(self, field: FieldLayout) -> Any:
        if field.id in _PREVIOUS:
            previous: Located[Decimal] | None = getattr(self.form.funding, field.id)
            return previous.value if previous else None
        if field.kind == "amount":
            return self._amount(field.id)
        for id_ in SAME_FIELDS.get(field.id, (field.id,)):
            located = self.form.fields.get(id_)
            if located is None or located.blank or (id_ != field.id and id_ in self.own):
                continue
            value = _typed(field, located.raw.strip())
            if value is not None:
                self.used.add(id_)
                return value
        return None

    def _amount(self, id_: str) -> Decimal | None:
        """An amount that is no line of the fund table, or one of the lines that some forms have as fields."""
        part = next((row for row in self.form.funding.parts if _field_of(row) == id_), None)
        located = self.form.fields.get(id_)
        value = part.adjusted_budget.value if part else None
        if value is None and located is not None:
            value = parse_amount(located.raw, self.form.funding.unit)
        if value is not None:
            self.used.add(id_)
        return value


def _typed(field: FieldLayout, text: str) -> str | date | None:
    """The text as the field wants it; None where it is none of its choices or no date."""
    if field.kind == "date":
        return parse_date(text)
    if field.kind == "choice" and text not in field.choices:
        return None
    return text


def _field_of(row: FundingRow) -> str | None:
    return vocabulary().fields.get(label_key(row.label.raw))


def _funding(form: Form, scheme: Scheme) -> tuple[list[FundingContent], list[Leftover]]:
    """The total, then the lines of the scheme's fund table; lines of other names are left over."""
    layout = scheme.layout
    lines = [_line(form.funding.total), *(FundingContent() for _ in layout.funding_rows[1:])]
    lost: list[Leftover] = []
    places = {_line_key(label): place for place, label in enumerate(layout.funding_rows)}
    fields = {field.id for field in layout.header}
    for part in form.funding.parts:
        place = places.pop(_line_key(part.label.raw), None)
        if place:
            lines[place] = _line(part)
        elif _field_of(part) not in fields:
            lost += _lost_line(part)
    asked = {column.id for column in layout.funding_columns} or {field.id for field in layout.header}
    total = form.funding.total
    for name in _AMOUNTS:
        amount = getattr(total, name)
        if name not in asked and not amount.blank:
            lost.append(Leftover(first_words("funding_columns")[name], amount.raw.strip(), amount.at))
    while len(lines) > 1 and lines[-1] == FundingContent():
        lines.pop()
    return lines, lost


def _line(row: FundingRow) -> FundingContent:
    return FundingContent(row.initial_budget.value, row.adjusted_budget.value, row.executed.value)


def _line_key(label: str) -> str:
    return normalised(label).removeprefix("其中:").rstrip(":")


def _lost_line(row: FundingRow) -> Iterator[Leftover]:
    for name in _AMOUNTS:
        amount: Located[Decimal] = getattr(row, name)
        if not amount.blank:
            word = f"{row.label.raw.strip()}{first_words('funding_columns')[name]}"
            yield Leftover(word, amount.raw.strip(), amount.at)


def _computes_execution(form: Form, scheme: Scheme) -> bool:
    """Whether the official form scores 预算执行率 in its fund table."""
    return isinstance(form, SelfEvaluation) and scheme.execution is not None and scheme.execution.inside_group is None


def _execution_row(form: Form, scheme: Scheme) -> RowContent | None:
    """预算执行率 as a row, where the official form has one and the form that was read scores it with its funds."""
    rule = scheme.execution
    if isinstance(form, ObjectiveForm) or rule is None or rule.inside_group is None:
        return None
    if any(row.execution for row in form.indicators) or form.funding.total.score.value is None:
        return None
    return RowContent(rule.inside_group, name="预算执行率", score=form.funding.total.score.value, execution=True)


def _row(group: str, row: Indicator) -> RowContent:
    target, actual = _measure(row.target), _measure(row.actual)
    return RowContent(
        group=group,
        level2=row.level2.value or "",
        name=row.level3.value or "",
        explanation=row.explanation.raw.strip(),
        scoring_rule=row.scoring_rule.raw.strip(),
        kind=row.kind.raw.strip() if row.kind.at != row.at else "",
        target=target,
        actual=actual,
        percent=any(isinstance(value, Decimal) and "%" in located.raw for value, located in _both(row, target, actual)),
        max_score=row.max_score.value,
        score=row.score.value,
        note=row.note.raw.strip(),
        execution=row.execution,
    )


def _both(
    row: Indicator, target: str | Decimal, actual: str | Decimal
) -> tuple[tuple[str | Decimal, Located[Target]], ...]:
    return (target, row.target), (actual, row.actual)


def _measure(located: Located[Target]) -> str | Decimal:
    """The text as typed; the number itself where it has more digits than the text shows."""
    text, value = located.raw.strip(), located.value
    if (
        value is None
        or value.kind != "number"
        or value.low is None
        or value.operator
        or value.low == parse_measure(text).low
    ):
        return text
    return value.low if value.unit in ("", "%") else text


def _lost_cells(row: Indicator, columns: set[str]) -> Iterator[Leftover]:
    """What stands in columns that the official form does not have."""
    words = first_words("columns")
    for id_ in ("level2", "explanation", "scoring_rule", "target", "actual", "max_score", "score", "note"):
        located: Located[Any] = getattr(row, id_)
        if id_ not in columns and not located.blank:
            yield Leftover(f"{row.name}：{words[id_]}", located.raw.strip(), located.at)


def _preset(row: Indicator, scheme: Scheme) -> tuple[str, PresetIndicator] | None:
    """The row that the official form prints under the same name, with its level 1."""
    for group in scheme.groups:
        for preset in group.preset:
            if preset.name == row.level3.value or (row.execution and preset.execution):
                return group.name, preset
    return None


def _printed_otherwise(row: Indicator, preset: PresetIndicator) -> Iterator[Leftover]:
    """Explanations and rules in whose place the official form prints its own."""
    words = first_words("columns")
    for id_, printed in (("explanation", preset.explanation), ("scoring_rule", preset.scoring_rule)):
        located: Located[str] = getattr(row, id_)
        if printed and not located.blank and normalised(printed) != normalised(located.raw):
            yield Leftover(f"{row.name}：{words[id_]}", located.raw.strip(), located.at)


def recomputed(form: Form, again: Form) -> tuple[tuple[Leftover, str], ...]:
    """What the formulas of the official form show otherwise than was filled in, with what they show."""
    if not isinstance(form, SelfEvaluation) or not isinstance(again, SelfEvaluation):
        return ()
    one, other = form.funding.total, again.funding.total
    pairs: list[tuple[str, Located[Any] | None, Located[Any] | None]] = [
        ("执行率", one.rate, other.rate),
        ("预算执行率得分", one.score, other.score),
        ("总分", form.total, again.total),
        ("等级", form.grade, again.grade),
    ]
    return tuple(
        (Leftover(label, before.raw.strip(), before.at), after.raw.strip() if after else "")
        for label, before, after in pairs
        if before is not None
        and not before.blank
        and before.raw != NO_RESULT
        and (after is None or before.value != after.value)
    )
