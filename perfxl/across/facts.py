"""What is kept of a form once its file is closed: figures as they are, texts as digests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache, partial
from hashlib import blake2b
from operator import attrgetter
from typing import NamedTuple

from perfxl.checks.crossform import by_name
from perfxl.checks.notes import written
from perfxl.finding import Finding
from perfxl.form import FUND_FIELDS, ROW_FIELDS, Form, Indicator, SelfEvaluation
from perfxl.grid import CellRef, normalised
from perfxl.meaning import meaning, said
from perfxl.review import FileReview, Review
from perfxl.scheme import Scheme

LONG_TEXT = 30
"""Characters. A shorter answer (全部完成，效果良好) may well be the same in two units."""
LONG_REASON = 12
"""Characters. A reason for lost points is shorter than a text about a year: 因疫情影响，部分活动取消 has twelve."""

LONGEST_TARGET = 60
"""Characters that are kept of a target to be quoted."""

_ANSWERS = ("actual_goal", "achievements", "problems", "measures")
"""What a unit says about its own year. The goals are not among them: a department may set one goal for all."""

_FIGURES = ("target", "actual", "max_score", "score")
_TARGET = _FIGURES.index("target")
_figures = attrgetter(*_FIGURES)
_words = attrgetter("level1", "level2", *(name for name in ROW_FIELDS if name not in _FIGURES))
"""With the figures what stands in the form, of an indicator."""
_funds = attrgetter(*FUND_FIELDS)


class Said(NamedTuple):
    """A text that should be a unit's own: its digest, its field's id, its cell."""

    digest: int
    field: str
    at: CellRef


class SetTarget(NamedTuple):
    """An indicator's name and target as digests, and the target's cell."""

    name: int
    meaning: int
    at: CellRef
    name_text: str = ""
    target_text: str = ""
    """In words, of objective forms only: evaluations are compared with these."""


_set_target: Callable[[tuple[int, int, CellRef, str, str]], SetTarget] = partial(tuple.__new__, SetTarget)
"""SetTarget(...) itself goes through Python, which takes twice as long."""


class FormFacts(NamedTuple):
    """One form. Amounts in 元, rates as shares of 1, points."""

    path: str
    at: CellRef
    department: str
    unit: str
    project: str
    year: int | None
    scheme: Scheme
    budget: Decimal | None
    rate: Decimal | None
    """By rule."""
    total: Decimal | None
    """As filled in; by rule where none is."""
    grade: str
    """As filled in; by rule where none is."""
    risks: tuple[Finding, ...]
    """The form's own findings that call for a spot check."""


class Keys(NamedTuple):
    """What forms are grouped and compared by: digests, None where the form does not say enough."""

    is_evaluation: bool
    content: int
    """Of everything filled in, by meaning."""
    unit: int | None
    unit_and_year: int | None
    form: int | None
    """What makes two forms the same form, whatever is filled in."""
    like: int
    """What makes projects like projects."""
    promise: int | None
    """What an evaluation and its objective form have in common."""
    texts: tuple[Said, ...]
    reasons: tuple[Said, ...]
    targets: tuple[SetTarget, ...]
    """Of the indicators whose names stand in one row only."""


def form_facts(file: FileReview) -> Iterator[tuple[FormFacts, Keys]]:
    """The forms of a file that name a project: a blank form says nothing that could be compared."""
    for review in file.reviews:
        if review.form.project:
            yield _facts(file, review), _keys(review)


def _facts(file: FileReview, review: Review) -> FormFacts:
    form, card = review.form, review.scorecard
    reported = form.total.value if isinstance(form, SelfEvaluation) else None
    return FormFacts(
        path=file.path,
        at=form.at,
        department=form.department,
        unit=form.unit,
        project=form.project,
        year=form.year.value,
        scheme=review.scheme,
        budget=form.funding.total.adjusted_budget.value,
        rate=card.rate if card else None,
        total=card.computed_total if card and reported is None else reported,
        grade=(card.reported_grade or card.computed_grade or "") if card else "",
        risks=tuple(f for f in review.findings if f.entry.risk and not f.settled),
    )


def _keys(review: Review) -> Keys:
    form = review.form
    is_evaluation = isinstance(form, SelfEvaluation)
    unit, project, year = normalised(form.unit), normalised(form.project), form.year.value
    rows = {id(row): _meanings(row) for row in form.named_indicators}
    return Keys(
        is_evaluation=is_evaluation,
        content=digest("\n".join(_content(form, rows.values()))),
        unit=digest(unit) if unit else None,
        unit_and_year=digest(f"{unit}\n{year}") if unit else None,
        form=digest(f"{is_evaluation}\n{project}\n{unit}\n{year}") if unit else None,
        like=digest(f"{review.scheme.id}\n{year}\n{project}"),
        promise=digest(f"{project}\n{unit}\n{year}") if unit and year else None,
        texts=tuple(_answers(form)) if is_evaluation else (),
        reasons=tuple(_reasons(review)),
        targets=tuple(_targets(form, rows, in_words=not is_evaluation)),
    )


def _meanings(row: Indicator) -> list[str]:
    """Of the figures of an indicator, then of its words."""
    figures = [meaning(cell) if cell.raw else "" for cell in _figures(row)]
    return figures + [said(cell.raw) if cell.raw else "" for cell in _words(row)]


def digest(text: str) -> int:
    """64 bits: among 100,000 different texts two are taken for one with a chance of 1 : 3,000,000,000."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


_common = lru_cache(maxsize=4096)(digest)
"""Of names and targets, which come again in other forms."""


def _content(form: Form, rows: Iterable[list[str]]) -> Iterator[str]:
    """Every field by meaning, whatever the layout. `rows` are the meanings of the indicators' cells."""
    yield f"{type(form).__name__} {form.year.value}"
    for id_, located in sorted(form.fields.items()):
        if text := said(located.raw):
            yield f"{id_} {text}"
    for row in (form.funding.total, *form.funding.parts):
        yield " ".join(map(meaning, _funds(row)))
    yield from map(" ".join, rows)
    if isinstance(form, SelfEvaluation):
        yield meaning(form.total)


def _answers(form: Form) -> Iterator[Said]:
    for id_ in _ANSWERS:
        located = form.fields.get(id_)
        if located and len(text := normalised(located.raw)) >= LONG_TEXT:
            yield Said(digest(text), id_, located.at)


def _targets(form: Form, rows: Mapping[int, list[str]], *, in_words: bool) -> Iterator[SetTarget]:
    for name, row in by_name(form).items():
        target = row.target
        if not target.blank:
            words = (row.name, target.raw.strip()[:LONGEST_TARGET]) if in_words else ("", "")
            yield _set_target((_common(name), _common(rows[id(row)][_TARGET]), target.at, *words))


def _reasons(review: Review) -> Iterator[Said]:
    """The reasons given for lost points, each text once: some units write one for several rows."""
    seen: set[int] = set()
    for line in review.scorecard.lines if review.scorecard else ():
        row = line.indicator
        if row is None or not row.note.raw or line.lost <= 0 or not written(row.note.raw):
            continue
        text = normalised(row.note.raw)
        if len(text) >= LONG_REASON and (known := digest(text)) not in seen:
            seen.add(known)
            yield Said(known, "note", row.note.at)
