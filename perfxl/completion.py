"""Results by rule for the cells that a form leaves blank: points, 预算执行率, 总分, 等级."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from perfxl.edit import Edit, SetFormula, SetValue
from perfxl.edited import edited
from perfxl.figures import percent, points
from perfxl.form import Located, SelfEvaluation
from perfxl.grid import CellRef, Workbook
from perfxl.review import FileReview, Review, review_workbook
from perfxl.scheme import Scheme

COMPUTED = "【计算】"
"""Begins the note of a cell that we have filled; the value follows on the same line."""

Place = tuple[str, int, int]
"""Sheet, row, column."""
Constant = Decimal | str


def _still_computed(workbook: Workbook, notes: Mapping[Place, str]) -> list[Place]:
    grids = {grid.sheet: grid for grid in workbook.grids}
    found: list[Place] = []
    for (sheet, row, column), note in sorted(notes.items()):
        cell = grids[sheet].cell(row, column) if note.startswith(COMPUTED) and sheet in grids else None
        if cell and cell.formula is None and _written(cell.value) == note.split("\n", 1)[0].removeprefix(COMPUTED):
            found.append((sheet, row, column))
    return found


def _written(value: object) -> str:
    return points(value) if isinstance(value, Decimal) else str(value or "")


_Computed = dict[CellRef, tuple[Constant, str]]
"""Value and derivation."""


@dataclass(frozen=True)
class Completion:
    """A workbook with the results that its blank cells ask for. `review` is of the workbook with these edits made."""

    computed: Mapping[CellRef, tuple[Constant, str]]
    """Value and derivation by cell."""
    edits: tuple[Edit, ...]
    review: FileReview


def completion(workbook: Workbook, notes: Mapping[Place, str], path: str, scheme: Scheme | None) -> Completion:
    """Scores first, then total and grade; what an earlier completion has filled is computed anew.

    Formulas for total and grade get the result they will show, for a file is read before Excel has opened it again.
    """
    earlier = _still_computed(workbook, notes)
    cleared = tuple(SetValue(*place, None) for place in earlier)
    now = review_workbook(workbook, path, scheme=scheme)
    blank = edited(workbook, cleared)
    review = review_workbook(blank, path, scheme=scheme) if earlier else now
    computed: _Computed = {}
    for wanted in (_scores, _totals):
        found = {place: result for one in review.reviews for place, result in _into_blanks(blank, wanted(one))}
        if not found:
            continue
        again = review_workbook(edited(blank, _values(computed | found)), path, scheme=scheme)
        if _found_again(again, found):
            computed, review = computed | found, again
    edits: tuple[Edit, ...] = (*cleared, *_values(computed))
    if renewed := tuple(_renewed(workbook, now, review)):
        edits += renewed
        review = review_workbook(edited(workbook, edits), path, scheme=scheme)
    return Completion(computed, edits, review)


def emptied(workbook: Workbook, notes: Mapping[Place, str]) -> tuple[Edit, ...]:
    """The edits that leave blank what a completion has filled and nobody has changed since."""
    cleared = tuple(SetValue(*place, None) for place in _still_computed(workbook, notes))
    if not cleared:
        return ()
    now, after = (review_workbook(book, workbook.file) for book in (workbook, edited(workbook, cleared)))
    return (*cleared, *_renewed(workbook, now, after))


def _renewed(workbook: Workbook, before: FileReview, after: FileReview) -> Iterator[SetFormula]:
    """Formulas that gave the sum of the scores, or its grade, before and must give another now."""
    grids = {grid.sheet: grid for grid in workbook.grids}
    for old, new in zip(before.reviews, after.reviews, strict=False):
        if not (old.scorecard and new.scorecard and isinstance(old.form, SelfEvaluation)):
            continue
        results: list[tuple[Located[Any], object, Constant | None]] = [
            (old.form.total, old.scorecard.reported_sum, new.scorecard.reported_sum)
        ]
        if old.form.grade:
            results.append((old.form.grade, old.scorecard.reported_sum_grade, new.scorecard.reported_sum_grade))
        for located, was, becomes in results:
            formula = grids[located.at.sheet].cell(located.at.row, located.at.column).formula
            if formula not in (None, "=") and located.value == was != becomes:
                at = located.at
                yield SetFormula(at.sheet, at.row, at.column, formula or "", "" if becomes is None else becomes)


def _values(computed: _Computed) -> Iterator[SetValue]:
    for place, (value, _) in sorted(computed.items()):
        yield SetValue(place.sheet, place.row, place.column, value)


Wanted = tuple[Located[Decimal] | Located[str], Constant | None, str]
"""A cell of the form, what belongs into it and how that was derived."""


def _into_blanks(workbook: Workbook, wanted: Iterable[Wanted]) -> Iterator[tuple[CellRef, tuple[Constant, str]]]:
    grids = {grid.sheet: grid for grid in workbook.grids}
    for located, value, derivation in wanted:
        at = located.at
        if value is not None and not located.raw and grids[at.sheet].free(at.row, at.column):
            yield at, (value, derivation)


def _scores(review: Review) -> Iterator[Wanted]:
    """预算执行率, its points, and the points of every indicator for which there is a rule."""
    card, form = review.scorecard, review.form
    if card is None or not isinstance(form, SelfEvaluation):
        return
    if card.rate is not None:
        # As text: a cell without a percent format would show 0.9858.
        yield form.funding.total.rate, percent(card.rate), card.rate_derivation
    for line in (card.execution, *card.lines):
        choice = line.allowed and line.allowed[0] != line.allowed[1]
        yield line.reported, None if choice else line.computed, line.derivation


def _totals(review: Review) -> Iterator[Wanted]:
    """总分 and 等级, once every item has its points and none of them differs from its rule."""
    card, form = review.scorecard, review.form
    if card is None or not isinstance(form, SelfEvaluation) or card.computed_total is None:
        return
    lines = card.lines if card.execution.indicator else (card.execution, *card.lines)
    if any(line.reported.value is None or line.counted != line.reported.value for line in lines):
        return
    yield form.total, card.computed_total, card.total_derivation
    if form.grade:
        yield form.grade, card.computed_grade, f"{points(card.computed_total)} 分"


def _found_again(review: FileReview, computed: _Computed) -> bool:
    """Whether the reader finds each value in the field that it was computed for: else the blank was no such field."""
    read: dict[CellRef, Located[Decimal] | Located[str]] = {}
    for one in review.reviews:
        for located, _, _ in (*_scores(one), *_totals_cells(one)):
            read[located.at] = located
    return all(place in read and not read[place].blank for place in computed)


def _totals_cells(review: Review) -> Iterator[Wanted]:
    form = review.form
    if isinstance(form, SelfEvaluation):
        yield form.total, None, ""
        if form.grade:
            yield form.grade, None, ""


def computed_note(value: Constant, derivation: str) -> str:
    """The note by which a cell that we have filled is known again."""
    return f"{COMPUTED}{_written(value)}\n{derivation}"
