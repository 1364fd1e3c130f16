"""评分底稿 as a sheet: every score with its derivation, beside what is filled in."""

from __future__ import annotations

from collections.abc import Iterator

from perfxl.edit import AddSheet, Edit, Look, NewCell, RemoveSheet
from perfxl.grid import CellRef, Workbook
from perfxl.reports.escaping import visible
from perfxl.reports.scores import differs, score_lines
from perfxl.reports.view import points_text, rate_text
from perfxl.review import FileReview, Review
from perfxl.scorecard import Scorecard

SHEET = "评分底稿"

_TITLE = Look(bold=True, size=14)
_HEAD = Look(bold=True, fill="FFD9D9D9", border=True, centred=True)
_TEXT = Look(border=True, wrap=True)
_DIFFERS = Look(bold=True, border=True, wrap=True, fill="FFFFC7CE")
_LINK = Look(border=True, underline=True, colour="FF0563C1")
_HEADER = ("项目", "单元格", "分值", "填报", "应为", "推导")
_WIDTHS = (36.0, 14.0, 8.0, 12.0, 12.0, 80.0)


def working_paper(workbook: Workbook, review: FileReview) -> Iterator[Edit]:
    """The sheet in place of the one before; nothing where no form carries points."""
    if any(grid.sheet == SHEET for grid in workbook.grids):
        yield RemoveSheet(SHEET)
    rows = [row for one in review.reviews if one.scorecard for row in _rows(one, one.scorecard)]
    if rows:
        yield AddSheet(SHEET, ((NewCell(SHEET, _TITLE),), *rows), _WIDTHS, frozen_rows=1)


def _rows(review: Review, card: Scorecard) -> Iterator[tuple[NewCell, ...]]:
    yield (NewCell(visible(f"{review.form.at.sheet}　{review.form.project}　方案 {review.scheme.id}")),)
    yield tuple(NewCell(label, _HEAD) for label in _HEADER)
    yield _row("预算执行率", review.form.funding.total.rate.at, "", "", rate_text(card.rate), card.rate_derivation)
    for line in score_lines(card):
        reported = points_text(line.reported.value) or line.reported.raw.strip()
        computed = points_text(line.computed)
        texts = (points_text(line.max_score.value), reported, computed, line.derivation)
        yield _row(line.label, line.reported.at, *texts, odd=differs(line))
    yield _row(
        "总分", None, "", points_text(card.reported_sum), points_text(card.computed_total), card.total_derivation
    )
    if card.computed_grade:
        yield _row("等级", None, "", card.reported_grade or "", card.computed_grade, "")


def _row(
    label: str, at: CellRef | None, weight: str, reported: str, computed: str, derivation: str, *, odd: bool = False
) -> tuple[NewCell, ...]:
    place = NewCell(at.address, _LINK, (at.sheet, at.row, at.column)) if at and at.row else NewCell(None, _TEXT)
    texts = [NewCell(text or None, _TEXT) for text in (weight, reported)]
    return (
        NewCell(visible(label), _TEXT),
        place,
        *texts,
        NewCell(computed or None, _DIFFERS if odd else _TEXT),
        NewCell(visible(derivation) or None, _TEXT),
    )
