"""A form as a person knows it, with the findings at their cells and the 评分底稿."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from perfxl.finding import Language
from perfxl.form import FundingRow, Group, Indicator, Located, SelfEvaluation
from perfxl.grid import CellRef
from perfxl.reports.html_marks import Marks
from perfxl.reports.scores import differs, grade_by_rule, total_by_rule
from perfxl.reports.view import points_text
from perfxl.reports.words import brackets, word
from perfxl.review import Review
from perfxl.scorecard import Scorecard, ScoreLine

_NUMBER, _DIFFERS = ' class="number"', ' class="number differs"'
_AMOUNTS = ("initial_budget", "adjusted_budget", "executed")
_POINTS = ("max_score", "score")
_NUMBERS = {*_AMOUNTS, *_POINTS, "rate", "recomputed"}
_BY_RULE = ("recomputed", "derivation")


def form_tables(review: Review, marks: Marks, lang: Language) -> str:
    """The fund table and the indicator table."""
    title = word("score_table" if review.scorecard else "objective", lang)
    tables = _fund_table(review, marks, lang) + _Indicators(review, marks, lang).table()
    # What scrolls on a small screen must be within reach of the keyboard, by its links or by itself.
    focus = "" if "<a " in tables else f' tabindex="0" role="group" aria-label="{title}"'
    return f'<details open><summary>{title}</summary><div class="wide"{focus}>{tables}</div></details>'


def _fund_table(review: Review, marks: Marks, lang: Language) -> str:
    funding, card = review.form.funding, review.scorecard
    rows = (funding.total, *funding.parts)
    columns = [*_AMOUNTS] if funding.asks_initial else [*_AMOUNTS[1:]]
    columns += [name for name in ("max_score", "rate", "score") if _used(rows, name)]
    line = card.execution if card and not card.execution.indicator else None
    if line and "score" not in columns:
        columns.append("score")
    values = attrgetter("label", *columns)
    attributes = ("", *(_NUMBER for _ in columns))
    body = []
    for row in rows:
        cells: tuple[Located[object], ...] = values(row)
        places: list[CellRef | None] = [cell.at for cell in cells]
        texts = [cell.raw.strip() for cell in cells]
        more: tuple[str, ...] = ()
        if line:
            said, derivation, kind = _by_rule(line if row is funding.total else None)
            if row is funding.total:
                texts[-1] = _filled_in(row.score, lang)
            places, texts, more = [*places, None, None], [*texts, said, derivation], (kind, "")
        body.append(f"<tr>{marks.cells(places, texts, (*attributes, *more))}</tr>\n")
    unit = f"<th>{word('funds', lang)}{brackets(funding.unit, lang)}</th>"
    return _table(unit + _heads([*columns, *(_BY_RULE if line else ())], lang), body)


class _Indicators:
    """The indicator table of one form. What a form has no column for, and what nobody filled in, is left out."""

    def __init__(self, review: Review, marks: Marks, lang: Language) -> None:
        self._form, self._card, self._marks, self._lang = review.form, review.scorecard, marks, lang
        self._lines = iter(self._card.lines if self._card else ())
        rows = self._form.indicators
        self._levels = ["level1", *(["level2"] if _used(rows, "level2") else []), "level3"]
        self._columns = [n for n in ("target", "actual", *_POINTS) if _used(rows, n) or (self._card and n in _POINTS)]
        self._notes = ["note"] if _used(rows, "note") else []
        names = ["level3", *self._columns, *self._notes]
        # Of one name alone attrgetter makes no tuple.
        self._values = attrgetter(*names) if len(names) > 1 else lambda row: (row.level3,)
        self._attributes = ["", *(_NUMBER if name in _POINTS else "" for name in self._columns)]

    def table(self) -> str:
        body = [row for group in self._form.groups for row in self._group(group)]
        if self._card and isinstance(self._form, SelfEvaluation):
            body += self._sums(self._form, self._card)
        columns = [*self._levels, *self._columns, *(_BY_RULE if self._card else ()), *self._notes]
        return _table(_heads(columns, self._lang), body)

    def _group(self, group: Group) -> Iterable[str]:
        shown = [row for row in group.rows if not row.placeholder or self._marks.wait_for(row.at)]
        first = self._level(group.label, shown)
        for _, same in groupby(shown, key=lambda row: row.level2.at):
            rows = [*same]
            if "level2" in self._levels:
                first += self._level(rows[0].level2, rows)
            for row in rows:
                yield f"<tr>{first}{self._row(row)}</tr>\n"
                first = ""

    def _level(self, label: Located[str], rows: Sequence[Indicator]) -> str:
        span = f' rowspan="{len(rows)}"' if len(rows) > 1 else ""
        return self._marks.cells((label.at,), [label.raw.strip()], (span,))

    def _row(self, row: Indicator) -> str:
        cells: tuple[Located[object], ...] = self._values(row)
        places: list[CellRef | None] = [cell.at for cell in cells]
        texts = [cell.raw.strip() for cell in cells]
        kinds = [*self._attributes]
        if self._card:
            score = len(self._columns)
            if not row.part:
                texts[score] = _filled_in(row.score, self._lang)
            said, derivation, kind = _by_rule(None if row.placeholder else next(self._lines))
            places[score + 1 : score + 1] = (None, None)
            texts[score + 1 : score + 1] = (said, derivation)
            kinds += (kind, "")
        return self._marks.cells(places, texts, kinds + [""] * len(self._notes))

    def _sums(self, form: SelfEvaluation, card: Scorecard) -> Iterable[str]:
        lang, grade = self._lang, form.grade
        blank = [""] * len(self._notes)
        kinds = (
            f' colspan="{len(self._levels) + len(self._columns) - len(_POINTS)}"',
            _NUMBER,
            _NUMBER,
            _NUMBER,
            "",
            *blank,
        )
        most, reported = points_text(form.total_max.value), _filled_in(form.total, lang)
        total = [word("total", lang), most, reported, total_by_rule(card, lang), card.total_derivation, *blank]
        grades = [word("grade", lang), "", card.reported_grade or "", grade_by_rule(card, lang), "", *blank]
        ours = [None] * (2 + len(blank))
        for places, texts in (
            ((None, form.total_max.at, form.total.at, *ours), total),
            ((None, None, grade.at if grade else None, *ours), grades),
        ):
            yield f'<tr class="sum">{self._marks.cells(places, texts, kinds)}</tr>\n'


def _by_rule(line: ScoreLine | None) -> tuple[str, str, str]:
    """Points, their derivation, and HTML attributes of the points; None where the rules say nothing of the row."""
    if line is None:
        return "", "", _NUMBER
    return points_text(line.computed) or "—", line.derivation, _DIFFERS if differs(line) else _NUMBER


def _filled_in(points: Located[Decimal], lang: Language) -> str:
    return points_text(points.value) or points.raw.strip() or word("blank", lang)


def _used(rows: Iterable[Indicator | FundingRow], name: str) -> bool:
    return any(not getattr(row, name).blank for row in rows)


def _heads(columns: Sequence[str], lang: Language) -> str:
    return "".join(f"<th{_NUMBER if name in _NUMBERS else ''}>{word(name, lang)}</th>" for name in columns)


def _table(head: str, body: Iterable[str]) -> str:
    return f'<table class="sheet"><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table>'
