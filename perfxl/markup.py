"""Review → Edits: computed values into their blank cells, findings as notes, fills and the sheet 校验结果.

Every mark is known again by itself, wherever the cells have moved to: notes by their author, fills by their condition,
computed values by the note that says so. So marking again replaces the old marks, and `clearing` leaves none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from perfxl.edit import AddSheet, ClearMarks, Edit, EditError, Look, NewCell, RemoveSheet, SetFill, SetNote, SetValue
from perfxl.edited import edited
from perfxl.editing import apply_edits, notes_by
from perfxl.figures import percent, points
from perfxl.finding import Finding, Severity
from perfxl.form import Located, SelfEvaluation
from perfxl.grid import CellRef, Workbook
from perfxl.reading.explanations import HEADER, SHEET, Explanation, explanation_of, read_explanations
from perfxl.reports.escaping import visible
from perfxl.reports.words import SEVERITIES
from perfxl.review import FileReview, Review, review_workbook
from perfxl.scheme import Scheme
from perfxl.sources.xlsx import read_xlsx
from perfxl.working_paper import SHEET as WORKING_PAPER

AUTHOR = "perfxl"
RESULT_SHEETS = (SHEET, WORKING_PAPER)
COMPUTED = "【计算】"
"""Begins the note of a cell that we have filled; the value follows on the same line."""
GONE = "已消除"
"""The 级别 of a 说明 whose finding is no longer there: kept, for the clerk may still want its words."""

Place = tuple[str, int, int]
"""Sheet, row, column."""
Constant = Decimal | str

_MOST_IN_A_NOTE = 10
_FILLS = {
    # Bold and italic for eyes and printers that see no colour; every marked cell has a note besides.
    Severity.error: ("FFFFC7CE", True, False),
    Severity.query: ("FFFFEB9C", False, True),
    Severity.info: ("FFDDEBF7", False, False),
}
_TITLE = Look(bold=True, size=14)
_HEAD = Look(bold=True, fill="FFD9D9D9", border=True, centred=True)
_TEXT = Look(border=True, wrap=True)
_LINK = Look(border=True, underline=True, colour="FF0563C1")
_INPUT = Look(border=True, wrap=True, fill="FFFFFFE5", locked=False)
_WIDTHS = (8.0, 8.0, 18.0, 56.0, 44.0, 40.0)
_HEAD_ROWS = 4


@dataclass(frozen=True)
class Markup:
    """What 校验并评分 does to a workbook. `review` is of the workbook with its computed values."""

    review: FileReview
    edits: tuple[Edit, ...]
    computed: Mapping[CellRef, Constant]
    """Cells that were blank and now hold a result by rule."""


def markup(workbook: Workbook, path: str, notes: Mapping[Place, str], *, scheme: Scheme | None = None) -> Markup:
    """Score the workbook and mark it. `notes` are those by `AUTHOR` that it has now."""
    before = without_computed(workbook, notes)
    computed, review = _completed(before, path, scheme)
    results = result_sheet(workbook, review)
    edits = (*clearing(workbook, notes), *_values(computed), *_marks(workbook, review, computed), *results)
    return Markup(review, edits, {place: value for place, (value, _) in computed.items()})


def clearing(workbook: Workbook, notes: Mapping[Place, str]) -> Iterator[Edit]:
    """Everything that `markup` has left in the workbook, taken away; computed values that a person changed stay."""
    for sheet, row, column in _still_computed(workbook, notes):
        yield SetValue(sheet, row, column, None)
    for grid in workbook.grids:
        if grid.sheet in RESULT_SHEETS:
            yield RemoveSheet(grid.sheet)
        else:
            yield ClearMarks(grid.sheet, AUTHOR)


def marked(data: bytes, name: str, *, scheme: Scheme | None = None) -> tuple[bytes, Markup]:
    """A workbook file scored and marked. Raises UnreadableFile, and EditError for a file that is locked."""
    workbook = read_xlsx(data, name)
    result = markup(workbook, name, notes_by(data, AUTHOR), scheme=scheme)
    _refuse_locked(result.review)
    return apply_edits(data, result.edits), result


def cleared(data: bytes, name: str) -> bytes:
    """A workbook file without any of our marks. Raises UnreadableFile, and EditError for a file that is locked."""
    workbook = read_xlsx(data, name)
    _refuse_locked(review_workbook(workbook, name))
    return apply_edits(data, tuple(clearing(workbook, notes_by(data, AUTHOR))))


def _refuse_locked(review: FileReview) -> None:
    if review.seal and review.seal.seal and not review.seal.opened:
        raise EditError("文件已经锁定，未作修改；需要更正时请先解锁")


def result_sheet(workbook: Workbook, review: FileReview, *, explained_only: bool = False) -> Iterator[AddSheet]:
    """The sheet 校验结果 with every 说明 of the one before; with `explained_only` just the findings that have one."""
    left = list(read_explanations(workbook))
    rows = []
    for finding in _ranked(review.findings):
        if old := explanation_of(finding, left):
            left.remove(old)
        if old or not explained_only:
            rows.append(_finding_row(finding, old.text if old else ""))
    rows += map(_gone_row, left)
    if rows or not explained_only:
        yield AddSheet(SHEET, (*_head(review), *(rows or [_nothing()])), _WIDTHS, frozen_rows=_HEAD_ROWS)


# Computed values


def without_computed(workbook: Workbook, notes: Mapping[Place, str]) -> Workbook:
    """The workbook with the cells blank that we have filled and nobody has changed since."""
    return edited(workbook, (SetValue(*place, None) for place in _still_computed(workbook, notes)))


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


def _completed(workbook: Workbook, path: str, scheme: Scheme | None) -> tuple[_Computed, FileReview]:
    """The results that blank cells ask for, and the review with them in place: scores first, then total and grade."""
    review = review_workbook(workbook, path, scheme=scheme)
    computed: _Computed = {}
    for wanted in (_scores, _totals):
        found = {place: result for one in review.reviews for place, result in _into_blanks(workbook, wanted(one))}
        if not found:
            continue
        again = review_workbook(edited(workbook, _values(computed | found)), path, scheme=scheme)
        if _found_again(again, found):
            computed, review = computed | found, _without_stale(workbook, review, again)
    return computed, review


def _without_stale(workbook: Workbook, before: FileReview, after: FileReview) -> FileReview:
    """The review without what is new at formulas: until the file is opened they show their results from before."""
    grids = {grid.sheet: grid for grid in workbook.grids}
    known = {(finding.code, finding.at) for finding in before.findings}

    def fresh(finding: Finding) -> bool:
        at = finding.at
        return (finding.code, at) in known or not at.row or grids[at.sheet].cell(at.row, at.column).formula is None

    return replace(
        after, reviews=tuple(replace(one, findings=tuple(filter(fresh, one.findings))) for one in after.reviews)
    )


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


# Marks


def _ranked(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.settled, -finding.severity))


def _marks(workbook: Workbook, review: FileReview, computed: _Computed) -> Iterator[Edit]:
    """A note on every cell that has something to say, and a fill where something is to be done."""
    sheets = {grid.sheet for grid in workbook.grids}
    by_place: dict[CellRef, list[Finding]] = {place: [] for place in computed}
    for finding in _ranked(review.findings):
        if finding.at.row and finding.at.sheet in sheets:
            by_place.setdefault(replace(finding.at, file=workbook.file), []).append(finding)
    fills = []
    for place, findings in sorted(by_place.items()):
        texts = [_computed_text(*computed[place])] if place in computed else []
        texts += map(_note_text, findings[:_MOST_IN_A_NOTE])
        if len(findings) > _MOST_IN_A_NOTE:
            texts.append(f"……共 {len(findings)} 条，见“{SHEET}”")
        yield SetNote(place.sheet, place.row, place.column, "\n\n".join(texts), AUTHOR)
        open_ones = [finding.severity for finding in findings if not finding.settled]
        if open_ones:
            argb, bold, italic = _FILLS[max(open_ones)]
            fills.append(SetFill(place.sheet, place.row, place.column, argb, bold, italic))
    yield from fills


def _computed_text(value: Constant, derivation: str) -> str:
    return f"{COMPUTED}{_written(value)}\n{visible(derivation)}"


def _note_text(finding: Finding) -> str:
    return f"【{_level(finding)} {finding.code}】{visible(finding.message())}\n改法：{visible(finding.fix())}"


def _level(finding: Finding) -> str:
    return f"{finding.severity.label()}（已说明）" if finding.settled else finding.severity.label()


# The sheet


def _head(review: FileReview) -> Iterator[tuple[NewCell, ...]]:
    counts = "，".join(f"{severity.label()} {review.count(severity)} 项" for severity in SEVERITIES)
    yield (NewCell(f"{SHEET}：{counts}", _TITLE),)
    yield (NewCell("　".join(_result(one) for one in review.reviews if one.scorecard)),)
    yield (NewCell("“错误”请改正；“核实”请改正，或在“说明”栏写明原因。改好后再校验一次，本页会重新生成，说明会保留。"),)
    yield tuple(NewCell(label, _HEAD) for label in HEADER)


def _result(review: Review) -> str:
    card = review.scorecard
    assert card is not None
    total = "—" if card.computed_total is None else points(card.computed_total)
    grade = f"，等级 {card.computed_grade}" if card.computed_grade else ""
    return f"{visible(review.form.at.sheet)}：按规则计算总分 {total}{grade}"


def _finding_row(finding: Finding, text: str) -> tuple[NewCell, ...]:
    at = finding.at
    link = (at.sheet, at.row, at.column) if at.row else None
    return (
        NewCell(_level(finding), _TEXT),
        NewCell(finding.code, _TEXT),
        NewCell(at.in_file, _LINK if link else _TEXT, link),
        NewCell(visible(finding.message()), _TEXT),
        NewCell(visible(finding.fix()), _TEXT),
        NewCell(text or None, _INPUT),
    )


def _gone_row(old: Explanation) -> tuple[NewCell, ...]:
    texts = (GONE, old.code, old.place, old.message, "")
    return (*(NewCell(text or None, _TEXT) for text in texts), NewCell(old.text, _INPUT))


def _nothing() -> tuple[NewCell, ...]:
    return tuple(NewCell("没有问题" if label == HEADER[3] else None, _TEXT) for label in HEADER)
