"""Filled forms that are right by construction: random, and the same again for the same seed.

Points, rate, total and grade come from fractions worked out here, not from perfxl's own rules, so that a test that
compares the two can fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random

from perfxl.layouts import Content, FundingContent, RowContent
from perfxl.scheme import ExecutionRule, FieldLayout, GroupScheme, Scheme
from tests.random_words import (
    BODIES,
    DONE,
    ENDINGS,
    GOALS,
    MEASURES,
    MONEY_REASONS,
    OFFICES,
    OTHERS,
    PLACES,
    REASONS,
    STATES,
    SUBJECTS,
    Measure,
    Style,
)

LAST_YEAR = 2025


@dataclass(frozen=True)
class Outcome:
    """What the form's own formulas must show. `grade` is empty where the form has none."""

    rate: Decimal
    execution_score: Decimal
    total: Decimal
    grade: str


@dataclass(frozen=True)
class RandomForm:
    """A filled form; `outcome` is None for objective forms."""

    scheme: Scheme
    content: Content
    outcome: Outcome | None


def random_form(scheme: Scheme, seed: int) -> RandomForm:
    """A form of the scheme in which nothing is wrong."""
    return _Filler(scheme, Random(f"{scheme.id} {seed}")).form()


def half_up(value: Fraction, places: int) -> Decimal:
    """Rounded half up, exactly."""
    scaled = (value * 10**places * 2 + 1) // 2
    return Decimal(int(scaled)).scaleb(-places)


def execution_points(rule: ExecutionRule, ratio: Fraction, weight: Decimal) -> Decimal:
    """Points by the scheme's rule, inside a band on the straight line."""
    if rule.rule == "proportional":
        return half_up(Fraction(weight) * min(ratio, Fraction(1)), 2)
    for band in rule.bands:
        low_rate, low, high = Fraction(band.low_rate), Fraction(band.low), Fraction(band.high)
        if ratio >= low_rate:
            if band.high_rate is None:
                return half_up(high, 2)
            return half_up(low + (high - low) * (ratio - low_rate) / (Fraction(band.high_rate) - low_rate), 2)
    return Decimal(0)


class _Filler:
    def __init__(self, scheme: Scheme, random: Random) -> None:
        self.scheme, self.random = scheme, random
        self.columns = {column.id for column in scheme.layout.columns}
        self.year = random.randint(scheme.valid_from, min(scheme.valid_to or LAST_YEAR, LAST_YEAR))
        self.subject = random.choice(SUBJECTS)
        self.states = random.sample(STATES, len(STATES))
        self.used: set[str] = set()
        self.styles: dict[Style, Callable[[RowContent, Measure, Decimal], RowContent]] = {
            "forward": self._forward,
            "share": self._share,
            "inverse": self._inverse,
            "zero": self._zero,
            "range": self._range,
            "date": self._date,
            "words": self._words,
        }
        self.reason = ""
        """Why the budget was adjusted or little was spent; empty where nothing has to be explained."""

    def form(self) -> RandomForm:
        funding = self._funding()
        rows = list(self._rows(funding))
        fields = dict(self._fields(funding))
        if self.reason:
            rows, fields = self._explained(rows, fields)
        content = Content(self.year, fields, funding, tuple(rows))
        return RandomForm(self.scheme, content, self._outcome(content))

    # Money

    def _funding(self) -> tuple[FundingContent, ...]:
        """The total and, half the time, the parts that it is the sum of."""
        step = self.random.choice((Decimal("0.01"), Decimal(100)))
        initial = self._amount(Decimal(self.random.randint(50_000, 90_000_000)), step)
        adjusted = initial
        if self.random.random() < 0.6:
            adjusted = self._amount(initial * Decimal(self.random.randint(920, 1080)) / 1000, step)
        elif self._can_explain() and self.random.random() < 0.5:
            adjusted = self._amount(initial * Decimal(self.random.choice((60, 75, 130, 150))) / 100, step)
            self.reason = self.random.choice(MONEY_REASONS)
        share = Decimal(self.random.choice((1000, 1000, self.random.randint(805, 999)))) / 1000
        if self._can_explain() and self.random.random() < 0.2:
            share = Decimal(self.random.randint(200, 795)) / 1000
            self.reason = self.random.choice(MONEY_REASONS)
        executed = min(self._amount(adjusted * share, step), adjusted)
        total = FundingContent(initial, adjusted, executed)
        count = len(self.scheme.layout.funding_rows) - 1
        if count < 1 or self.random.random() < 0.5:
            return (total,)
        splits = [self._split(amount, count) for amount in (initial, adjusted, executed)]
        return (total, *(FundingContent(*line) for line in zip(*splits, strict=True)))

    def _can_explain(self) -> bool:
        return self.scheme.kind == "self_evaluation"

    def _amount(self, amount: Decimal, step: Decimal) -> Decimal:
        return max(step, (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step)

    def _split(self, amount: Decimal, count: int) -> list[Decimal]:
        """Most of it in the first part; 0 in the last one."""
        first = amount if count == 1 else (amount * 7 / 10).quantize(Decimal("0.01"))
        return [first, amount - first, *[Decimal(0)] * (count - 2)][:count]

    # Texts

    def _fields(self, funding: Sequence[FundingContent]) -> Iterator[tuple[str, str | Decimal | date]]:
        layout = self.scheme.layout
        for field in (*layout.header, *layout.goals, *layout.footer):
            value = self._field(field, funding[0])
            if value is not None:
                yield field.id, value

    def _field(self, field: FieldLayout, total: FundingContent) -> str | Decimal | date | None:
        if field.kind == "computed" or field.id in ("initial_budget", "adjusted_budget", "executed"):
            return None
        if field.kind == "choice":
            return self.random.choice(field.choices)
        if field.kind == "date":
            return self._day(field.id)
        if field.kind == "amount":
            return self._other_amount(field.id, total.adjusted_budget or Decimal(0))
        if field.kind == "rate":
            return Decimal(self.random.randint(8000, 10000)) / 10000
        return self._text(field)

    def _day(self, name: str) -> date:
        first = {"start_date": date(self.year, 1, 4), "end_date": date(self.year, 9, 1)}
        return first.get(name, date(self.year + 1, 1, 5)) + timedelta(days=self.random.randint(0, 110))

    def _other_amount(self, name: str, budget: Decimal) -> Decimal:
        if name == "other_funds":
            return Decimal(0)
        share = {"previous_budget": Decimal("0.96"), "previous_executed": Decimal("0.9")}.get(name, Decimal(1))
        return self._amount(budget * share, Decimal("0.01"))

    def _text(self, field: FieldLayout) -> str:
        place, office = self.random.choice(PLACES), self.random.choice(OFFICES)
        written = {
            "project_name": f"{self.year}年{self.subject}{self.random.choice(ENDINGS)}",
            "supervising_department": f"{place}{office}",
            "implementing_unit": f"{place}{office}{self.random.choice(BODIES)}",
            "budget_unit": f"{place}{office}",
            "applicant_unit": f"{place}{office}",
            "implementing_office": self.random.choice(BODIES),
            "project_category": "其他一次性项目",
            "performance_type": "经济社会类",
            "problems": "个别台账登记不够细致。",
            "measures": "明确专人按月核对台账，纳入年度考核。",
            "deviation_note": "",
            "other_notes": "",
        }
        if field.id in written:
            return written[field.id]
        if field.id in ("actual_goal", "achievements"):
            return self.random.choice(DONE).format(subject=self.subject)
        return self.random.choice(GOALS).format(subject=self.subject)

    def _explained(
        self, rows: list[RowContent], fields: dict[str, str | Decimal | date]
    ) -> tuple[list[RowContent], dict[str, str | Decimal | date]]:
        """The reason in the form's own place for it: a field below the table, else a row's note."""
        footer = {field.id for field in self.scheme.layout.footer}
        for name in ("other_notes", "deviation_note"):
            if name in footer:
                return rows, fields | {name: self.reason}
        place = next((index for index, row in enumerate(rows) if row.execution), 0)
        rows[place] = replace(rows[place], note=self.reason)
        return rows, fields

    # Indicators

    def _rows(self, funding: Sequence[FundingContent]) -> Iterator[RowContent]:
        shares = self._group_points()
        for group, points in zip(self.scheme.groups, shares, strict=True):
            yield from self._preset_rows(group, funding[0])
            free = list(self._free_measures(group))
            fixed = sum((preset.points or Decimal(0) for preset in group.preset), Decimal(0))
            while points is not None and free and points - fixed > self._cap(points) * len(free):
                free.append((free[-1][0], self._measure(free[-1][0])))
            weights: list[Decimal | None] = [None] * len(free)
            if points is not None and free:
                weights = list(self._weights(points - fixed, len(free)))
            for (level2, measure), weight in zip(free, weights, strict=True):
                yield self._row(group.name, level2, measure, weight)

    def _group_points(self) -> list[Decimal | None]:
        """Points per group: the scheme's, or a split of what the execution leaves; None in forms without weights."""
        if "max_score" not in self.columns or (self.scheme.full_score is None and self.random.random() < 0.5):
            return [None] * len(self.scheme.groups)
        if all(group.points for group in self.scheme.groups):
            return [group.points.value if group.points else None for group in self.scheme.groups]
        full = self.scheme.full_score.value if self.scheme.full_score else Decimal(100)
        rule = self.scheme.execution
        rest = full - (rule.weight.value if rule else self.random.choice((Decimal(0), Decimal(10))))
        parts = [Decimal(30), *[Decimal(10)] * (len(self.scheme.groups) - 2)]
        return [rest - sum(parts), *parts]

    def _preset_rows(self, group: GroupScheme, total: FundingContent) -> Iterator[RowContent]:
        for preset in group.preset:
            row = RowContent(group.name, preset.level2, preset.name, execution=preset.execution)
            if "score" in self.columns and preset.points is not None:
                row = self._execution_row(row, total) if preset.execution else self._judged(row, preset.points)
            if "target" in self.columns:
                target = "≥95%" if "率" in preset.name else self._state()[0]
                row = replace(row, target=target)
            yield row

    def _execution_row(self, row: RowContent, total: FundingContent) -> RowContent:
        rule = self.scheme.execution
        assert rule and total.executed is not None and total.adjusted_budget
        points = execution_points(rule, Fraction(total.executed) / Fraction(total.adjusted_budget), rule.weight.value)
        note = self.random.choice(REASONS) if points < rule.weight.value else ""
        return replace(row, score=points, note=note)

    def _free_measures(self, group: GroupScheme) -> Iterator[tuple[str, Measure]]:
        if not group.level2:
            for _ in range(self.random.randint(1, group.rows + 1) if group.rows else 0):
                yield "", self._measure(self.random.choice(list(MEASURES)))
            return
        chosen = [level2.name for level2 in group.level2 if level2.required]
        chosen += [level2.name for level2 in group.level2 if not level2.required and self.random.random() < 0.6]
        chosen = chosen or [group.level2[0].name]
        for level2 in group.level2:
            if level2.name in chosen:
                for _ in range(self.random.choice((1, 1, 2))):
                    yield level2.name, self._measure(level2.name)

    def _measure(self, level2: str) -> Measure:
        """One that the form does not have yet, of the kind that the label names."""
        kinds = [kind for kind in MEASURES if kind in level2 or level2 in kind]
        known = MEASURES[kinds[0]] if kinds else OTHERS
        measure = next((m for m in self.random.sample(known, len(known)) if m.name not in self.used), None)
        if measure is None:
            measure = next(m for group in MEASURES.values() for m in group if m.name not in self.used)
        self.used.add(measure.name)
        return measure

    def _weights(self, points: Decimal, count: int) -> Iterator[Decimal]:
        """Whole or half points that sum to `points`, none above the cap."""
        cap, left = self._cap(points), points
        for rest in range(count - 1, -1, -1):
            least = max(Decimal(1), left - rest * cap)
            most = min(cap, left - rest)
            share = left if rest == 0 else Decimal(self.random.randint(int(least * 2), int(most * 2))) / 2
            left -= share
            yield share

    def _cap(self, points: Decimal) -> Decimal:
        rules = self.scheme.indicators
        return rules.cap.value if rules and rules.cap else points

    def _row(self, group: str, level2: str, measure: Measure, weight: Decimal | None) -> RowContent:
        row = RowContent(group, level2, measure.name, max_score=weight)
        if "explanation" in self.columns:
            row = replace(row, explanation=f"反映{measure.name}的全年情况。")
        if "scoring_rule" in self.columns and weight is not None and self.random.random() < 0.5:
            row = replace(row, scoring_rule=f"①有书面计划（1分）②按计划落实（{weight - 1}分）" if weight > 1 else "")
        if "actual" not in self.columns and "target" not in self.columns:
            assert weight is not None, "a form without targets is judged by its points"
            return self._judged(row, weight)
        row = self.styles[measure.style](row, measure, weight or Decimal(1))
        if "actual" not in self.columns:
            return replace(row, actual="", score=None, kind="", note="")
        return self._with_reason(row)

    def _with_reason(self, row: RowContent) -> RowContent:
        """The reason for lost points: in the row, or in the form's one place where it has no column for it."""
        if row.score is None or row.max_score is None or row.score >= row.max_score:
            return row
        reason = self.random.choice(REASONS)
        if "note" in self.columns:
            return replace(row, note=reason)
        self.reason = self.reason or reason
        return row

    def _missed(self) -> bool:
        return self.random.random() < 0.3

    def _judged(self, row: RowContent, weight: Decimal) -> RowContent:
        """Points given by the clerk: full, or a part of them with the reason."""
        score = weight
        if self._missed():
            score = half_up(Fraction(weight) * self.random.randint(5, 9) / 10, 1)
        return self._with_reason(replace(row, max_score=weight, score=score))

    def _proportional(
        self, row: RowContent, weight: Decimal, share: Fraction, target: str | Decimal, actual: str | Decimal
    ) -> RowContent:
        return replace(row, target=target, actual=actual, score=half_up(Fraction(weight) * min(share, Fraction(1)), 2))

    def _forward(self, row: RowContent, measure: Measure, weight: Decimal) -> RowContent:
        wanted = self.random.randint(measure.low, measure.high)
        done = (
            self.random.randint(wanted * 4 // 5, wanted)
            if self._missed()
            else wanted * self.random.randint(10, 12) // 10
        )
        row = replace(row, kind=self.random.choice(("", "正向定量")))
        if self.random.random() < 0.2:
            return self._proportional(row, weight, Fraction(done, wanted), Decimal(wanted), Decimal(done))
        sign = self.random.choice(("≥", "", "不少于"))
        target, actual = f"{sign}{wanted}{measure.unit}", f"{done}{measure.unit}"
        return self._proportional(row, weight, Fraction(done, wanted), target, actual)

    def _share(self, row: RowContent, measure: Measure, weight: Decimal) -> RowContent:
        """Percentages, as text or as a number shown with %."""
        wanted = Decimal(self.random.randint(measure.low * 10, measure.high * 10)) / 10
        done = wanted * Decimal(self.random.randint(80, 99) if self._missed() else self.random.randint(100, 120)) / 100
        done = min(Decimal(100), done)
        row = replace(row, kind=self.random.choice(("", "正向定量")))
        share = Fraction(done) / Fraction(wanted)
        if self.random.random() < 0.3:
            return self._proportional(replace(row, percent=True), weight, share, wanted / 100, done / 100)
        sign = "=" if wanted == 100 else self.random.choice(("≥", "", "不低于"))
        return self._proportional(row, weight, share, f"{sign}{wanted:f}%", f"{done.normalize():f}%")

    def _inverse(self, row: RowContent, measure: Measure, weight: Decimal) -> RowContent:
        most = self.random.randint(measure.low, measure.high)
        spent = (
            self.random.randint(most, most * 3 // 2) if self._missed() else self.random.randint(most // 2 or 1, most)
        )
        sign = self.random.choice(("≤", "不超过"))
        row = replace(row, kind=self.random.choice(("", "反向定量")))
        target, actual = f"{sign}{most}{measure.unit}", f"{spent}{measure.unit}"
        return self._proportional(row, weight, Fraction(most, spent), target, actual)

    def _zero(self, row: RowContent, measure: Measure, weight: Decimal) -> RowContent:
        count = self.random.randint(1, 3) if self._missed() else 0
        row = replace(row, kind=self.random.choice(("", "反向定量")))
        return self._proportional(row, weight, Fraction(int(not count)), f"0{measure.unit}", f"{count}{measure.unit}")

    def _range(self, row: RowContent, measure: Measure, weight: Decimal) -> RowContent:
        low = self.random.randint(measure.low, measure.high)
        target = f"{self.random.choice(('', '各'))}{low}-{low + 3}{measure.unit}"
        return replace(row, target=target, actual=f"{low + self.random.randint(0, 3)}{measure.unit}", score=weight)

    def _date(self, row: RowContent, measure: Measure, weight: Decimal) -> RowContent:
        target = self.random.choice(
            (f"{self.year}年12月底前", f"{self.year}年12月", "12月底前", f"{self.year}年12月31日前")
        )
        if self._missed():
            row = replace(row, score=half_up(Fraction(weight) * self.random.randint(5, 9) / 10, 1))
            return replace(row, target=target, actual=f"{self.year + 1}年{self.random.randint(1, 3)}月")
        return replace(row, target=target, actual=f"{self.year}年{self.random.randint(6, 12)}月", score=weight)

    def _words(self, row: RowContent, measure: Measure, weight: Decimal) -> RowContent:
        """A target in words: answered in words, or by a word of the scheme's bands."""
        target, actual = self._state()
        row = replace(row, kind=self.random.choice(("", "定性")), target=target, actual=actual)
        rules = self.scheme.indicators
        if rules is None or not rules.qualitative_bands or self.random.random() < 0.5:
            return replace(row, score=weight)
        band = self.random.choice(rules.qualitative_bands)
        low, high = int(band.low * 100), int(band.high * 100) if band.high == 1 else int(band.high * 100) - 1
        points = half_up(Fraction(weight) * self.random.randint(low, high) / 100, 2)
        return replace(row, actual=band.word, score=points)

    # What the form must come to

    def _outcome(self, content: Content) -> Outcome | None:
        rule, total = self.scheme.execution, content.funding[0]
        if rule is None or self.scheme.kind != "self_evaluation":
            return None
        assert total.executed is not None and total.adjusted_budget
        ratio = Fraction(total.executed) / Fraction(total.adjusted_budget)
        points = execution_points(rule, ratio, rule.weight.value)
        scores = [row.score for row in content.indicators if row.score is not None]
        outside = points if rule.inside_group is None else Decimal(0)
        summed = sum(scores, outside)
        word = next((grade.word for grade in self.scheme.grades if summed >= grade.low.value), "")
        return Outcome(half_up(ratio, 4), points, summed, word)

    def _state(self) -> tuple[str, str]:
        """A target in words and its answer; each once as long as there are any."""
        return self.states.pop() if self.states else self.random.choice(STATES)
