"""Review → Edits: computed values into their blank cells, findings as notes, fills and the sheet 校验结果.

Every mark is known again by itself, wherever the cells have moved to: notes by their author, fills by their condition,
computed values by the note that says so. So marking again replaces the old marks, and `clearing` leaves none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfxl.completion import Constant, Place, completion, computed_note, emptied
from perfxl.edit import AddSheet, ClearMarks, Edit, EditError, Look, NewCell, RemoveSheet, SetFill, SetNote, signed
from perfxl.editing import apply_edits, notes_by
from perfxl.figures import points
from perfxl.finding import Finding, Severity
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
GONE = "已消除"
"""The 级别 of a 说明 whose finding is no longer there: kept, for the clerk may still want its words."""

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
    done = completion(workbook, notes, path, scheme)
    marks = _marks(workbook, done.review, done.computed)
    edits = (*done.edits, *_without_marks(workbook), *marks, *result_sheet(workbook, done.review))
    return Markup(done.review, edits, {place: value for place, (value, _) in done.computed.items()})


def clearing(workbook: Workbook, notes: Mapping[Place, str]) -> Iterator[Edit]:
    """Everything that `markup` has left in the workbook, taken away; computed values that a person changed stay."""
    yield from emptied(workbook, notes)
    yield from _without_marks(workbook)


def _without_marks(workbook: Workbook) -> Iterator[Edit]:
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
        raise EditError(
            "文件已经锁定，未作修改；需要更正时请先解锁",
            "the file is locked, so nothing was changed; unlock it first where it has to be corrected",
        )


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


# Marks


def _ranked(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.settled, -finding.severity))


def _marks(workbook: Workbook, review: FileReview, computed: Mapping[CellRef, tuple[Constant, str]]) -> Iterator[Edit]:
    """A note on every cell that has something to say, and a fill where something is to be done."""
    sheets = {grid.sheet for grid in workbook.grids}
    by_place: dict[CellRef, list[Finding]] = {place: [] for place in computed}
    for finding in _ranked(review.findings):
        if finding.at.row and finding.at.sheet in sheets:
            by_place.setdefault(finding.at._replace(file=workbook.file), []).append(finding)
    fills = []
    for place, findings in sorted(by_place.items()):
        texts = [computed_note(computed[place][0], visible(computed[place][1]))] if place in computed else []
        texts += map(_note_text, findings[:_MOST_IN_A_NOTE])
        if len(findings) > _MOST_IN_A_NOTE:
            texts.append(f"……共 {len(findings)} 条，见“{SHEET}”")
        yield SetNote(place.sheet, place.row, place.column, signed("\n\n".join(texts), AUTHOR), AUTHOR)
        open_ones = [finding.severity for finding in findings if not finding.settled]
        if open_ones:
            argb, bold, italic = _FILLS[max(open_ones)]
            fills.append(SetFill(place.sheet, place.row, place.column, argb, bold, italic))
    yield from fills


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
