"""The figures of one form and of a whole folder, as every report prints them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from operator import add, attrgetter
from typing import TYPE_CHECKING, NamedTuple

from perfxl.finding import Finding, Severity
from perfxl.form import SelfEvaluation
from perfxl.making import Part
from perfxl.review import FileReview, Review, Status
from perfxl.scheme_files import builtin_schemes
from perfxl.scorecard import Scorecard

if TYPE_CHECKING:
    from perfxl.seal import Verdict

_SEVERITIES = (*Severity,)
_COUNTS = ("infos", "queries", "errors")
"""Of a FormRow, in the order of Severity."""
_DIMENSIONS = (("投入", "成本", "管理", "过程"), ("产出",), ("效益", "效果"), ("满意", "影响"))
"""Words that tell which of the four columns of the 汇总表 a level 1 group belongs to."""


LEVELS = (
    ("预算执行率", "Execution rate"),
    ("投入（成本）", "Input"),
    ("产出", "Output"),
    ("效益（效果）", "Benefit"),
    ("满意度（影响力）", "Satisfaction"),
)
"""What points are lost in, in both languages: the order of `lost`."""


class FormRow(NamedTuple):
    """One row of the 汇总表: a form, or a file that has none. Amounts in 元, rate as a share of 1, points."""

    path: str
    status: Status
    sheet: str = ""
    department: str = ""
    unit: str = ""
    project: str = ""
    project_code: str = ""
    year: int | None = None
    scheme: str = ""
    is_evaluation: bool = False
    """False for objective forms, whose budget is a plan and stays out of the sums."""
    initial_budget: Decimal | None = None
    adjusted_budget: Decimal | None = None
    executed: Decimal | None = None
    rate: Decimal | None = None
    """By rule."""
    execution_score: Decimal | None = None
    """By rule; as filled in where there is no rule."""
    dimensions: tuple[Decimal | None, ...] = (None, None, None, None)
    """投入（成本）, 产出, 效益（效果）, 满意度（影响力）: by rule, as filled in where there is no rule."""
    lost: tuple[Decimal, ...] = (Decimal(0),) * len(LEVELS)
    """Points between weight and score: of 预算执行率, then of the four dimensions."""
    total_reported: Decimal | None = None
    total_computed: Decimal | None = None
    grade_reported: str = ""
    grade_computed: str = ""
    errors: int = 0
    queries: int = 0
    infos: int = 0
    seal: Verdict | None = None
    """None for a file that was never sealed."""

    @property
    def grade(self) -> str:
        """As filled in, and by rule where that is another: `优 → 良好`."""
        return " → ".join(dict.fromkeys(filter(None, (self.grade_reported, self.grade_computed))))


_last: tuple[FileReview, tuple[FormRow, ...]] | None = None


def rows(file: FileReview) -> tuple[FormRow, ...]:
    """One row per form, in the file's order; one row for a file without forms."""
    global _last
    # Every part of every report asks for the rows of the same file in turn.
    last = _last
    if last is None or last[0] is not file:
        last = _last = file, tuple(_rows(file))
    return last[1]


def _rows(file: FileReview) -> Iterator[FormRow]:
    if not file.reviews:
        errors, queries, infos = _counts(file.file_findings)
        yield FormRow(file.path, file.status, errors=errors, queries=queries, infos=infos)
    about_file = file.file_findings
    for review in file.reviews:
        yield _form_row(file, review, about_file)
        about_file = ()


def _form_row(file: FileReview, review: Review, about_file: tuple[Finding, ...]) -> FormRow:
    """`about_file` are counted in this row: the file's own findings stand in the first of its rows."""
    form, card = review.form, review.scorecard
    money = form.funding.total
    errors, queries, infos = _counts((*about_file, *review.findings))
    row = FormRow(
        path=file.path,
        status="returned" if errors or _counts(file.file_findings)[0] else "accepted",
        sheet=form.at.sheet,
        department=form.department,
        unit=form.unit,
        project=form.project,
        project_code=form.text("project_code"),
        year=form.year.value,
        scheme=review.scheme.id,
        initial_budget=money.initial_budget.value,
        adjusted_budget=money.adjusted_budget.value,
        executed=money.executed.value,
        errors=errors,
        queries=queries,
        infos=infos,
        seal=file.seal,
    )
    if not isinstance(form, SelfEvaluation) or card is None:
        return row
    reached, lost = _dimensions(review, card)
    return row._replace(
        is_evaluation=True,
        rate=card.rate,
        execution_score=card.execution.counted,
        dimensions=reached,
        lost=lost,
        total_reported=form.total.value,
        total_computed=card.computed_total,
        grade_reported=card.reported_grade or "",
        grade_computed=card.computed_grade or "",
    )


def _counts(findings: tuple[Finding, ...]) -> tuple[int, int, int]:
    """Errors, queries, infos; a settled 核实 no longer counts."""
    found = [finding.severity for finding in findings if not finding.settled]
    return found.count(Severity.error), found.count(Severity.query), found.count(Severity.info)


@lru_cache(maxsize=256)
def dimension(level1: str) -> int | None:
    """Which of the four columns a level 1 label belongs to; None where its words do not tell."""
    return next((n for n, words in enumerate(_DIMENSIONS) if any(word in level1 for word in words)), None)


def _dimensions(review: Review, card: Scorecard) -> tuple[tuple[Decimal | None, ...], tuple[Decimal, ...]]:
    """Points reached by dimension, and points lost: see FormRow."""
    lines = iter(card.lines)
    sums: list[Decimal | None] = [None, None, None, None]
    lost = [_lost(card.execution.weight, card.execution.counted), _NOTHING, _NOTHING, _NOTHING, _NOTHING]
    for place, group in enumerate(review.form.groups):
        label = group.label.value or group.label.raw
        known = dimension(label)
        column = min(place, 3) if known is None else known
        for indicator in group.rows:
            if indicator.placeholder:
                continue
            line = next(lines)
            if (counted := line.counted) is not None:
                sums[column] = (sums[column] or _NOTHING) + counted
                if indicator is not card.execution.indicator:
                    lost[column + 1] += _lost(line.weight, counted)
    return tuple(sums), tuple(lost)


def _lost(weight: Decimal | None, counted: Decimal | None) -> Decimal:
    return weight - counted if weight and counted is not None and weight > counted else _NOTHING


_NOTHING = Decimal(0)
_summed = attrgetter("initial_budget", "adjusted_budget", "executed", "total_reported", "total_computed")


def figures(file: FileReview) -> Part:
    """What Totals adds up of a file, as JSON has it: status, findings by severity, the number of forms, and of every
    self-evaluation its grade by rule, its lost points and its sums as text."""
    forms = rows(file)
    return [file.status, counted(forms), sum(bool(row.scheme) for row in forms), evaluations(forms)]


def counted(forms: Sequence[FormRow]) -> list[int]:
    """The findings of forms by severity, in the order of Severity."""
    return [sum([getattr(row, name) for row in forms]) for name in _COUNTS]


def evaluations(forms: Iterable[FormRow]) -> list[Part]:
    """What `figures` has of each self-evaluation among the forms."""
    return [
        [row.grade_computed, [*map(str, row.lost)], *map(_exact, _summed(row))] for row in forms if row.is_evaluation
    ]


def _exact(value: Decimal | None) -> str:
    return "" if value is None else str(value)


@dataclass
class Mean:
    """Both means of a score: plain, and weighted by budget."""

    count: int = 0
    total: Decimal = Decimal(0)
    weight: Decimal = Decimal(0)
    product: Decimal = Decimal(0)

    def add(self, score: Decimal | None, budget: Decimal | None) -> None:
        if score is not None:
            self.count += 1
            self.total += score
            self.weight += budget or 0
            self.product += score * (budget or 0)

    @property
    def plain(self) -> Decimal | None:
        return self.total / self.count if self.count else None

    @property
    def weighted(self) -> Decimal | None:
        return self.product / self.weight if self.weight else None


@dataclass
class Totals:
    """The folder as a whole, added up file by file."""

    files: Counter[Status] = field(default_factory=Counter)
    forms: int = 0
    findings: Counter[Severity] = field(default_factory=Counter)
    initial_budget: Decimal = Decimal(0)
    adjusted_budget: Decimal = Decimal(0)
    executed: Decimal = Decimal(0)
    grades: Counter[str] = field(default_factory=Counter)
    """By rule."""
    reported: Mean = field(default_factory=Mean)
    """Of the totals as filled in."""
    computed: Mean = field(default_factory=Mean)
    """Of the totals by rule."""
    lost: tuple[Decimal, ...] = (Decimal(0),) * len(LEVELS)
    """As in FormRow."""

    def add(self, part: Part) -> None:
        """The `figures` of one file."""
        status, counts, forms, evaluated = part
        self.files[status] += 1
        for severity, count in zip(_SEVERITIES, counts, strict=True):
            self.findings[severity] += count
        self.forms += forms
        for grade, lost, *sums in evaluated:
            self._add_evaluation(grade, map(Decimal, lost), *[Decimal(text) if text else None for text in sums])

    def add_row(self, row: FormRow) -> None:
        """One form, without its file and findings."""
        self.forms += bool(row.scheme)
        if row.is_evaluation:
            self._add_evaluation(row.grade_computed, row.lost, *_summed(row))

    def _add_evaluation(self, grade: str, lost: Iterable[Decimal], *sums: Decimal | None) -> None:
        """Grade by rule, points lost, and what _summed gives."""
        self.lost = tuple(map(add, self.lost, lost))
        initial, adjusted, executed, reported, computed = sums
        self.initial_budget += initial or 0
        self.adjusted_budget += adjusted or 0
        self.executed += executed or 0
        if grade:
            self.grades[grade] += 1
        self.reported.add(reported, adjusted)
        self.computed.add(computed, adjusted)

    @property
    def rate(self) -> Decimal | None:
        """Σ executed ÷ Σ budget as a share of 1, never the mean of rates; None without a budget."""
        return self.executed / self.adjusted_budget if self.adjusted_budget else None

    @property
    def ordered_grades(self) -> list[tuple[str, int]]:
        """Grades from the best down, as the schemes list them."""
        if len(self.grades) < 2:  # as of one file: no scheme needs to be read
            return list(self.grades.items())
        order = list(dict.fromkeys(grade.word for scheme in builtin_schemes().values() for grade in scheme.grades))
        place = {grade: n for n, grade in enumerate(order)}
        return sorted(self.grades.items(), key=lambda item: (place.get(item[0], len(place)), item[0]))
