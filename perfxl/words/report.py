"""支出绩效自评报告: the outline of the scheme, the numbers of the form, gaps for what only the unit can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfxl.form import FundingRow, SelfEvaluation
from perfxl.grid import Grid, normalised
from perfxl.reports.view import points_text
from perfxl.review import FileReview, Review
from perfxl.scheme import ReportSection, report_outline
from perfxl.scorecard import Scorecard
from perfxl.words import styles
from perfxl.words.attachment import form_rows
from perfxl.words.chart import points_chart
from perfxl.words.facts import OPEN, facts
from perfxl.words.kept import END, Written, heading_level, mark
from perfxl.words.levels import Level, levels, one_line
from perfxl.words.page import TEXT_WIDTH, WIDE_TEXT, Paper
from perfxl.words.tables import Cells, TableCell, stacked

_NOTHING = "—"
_FUNDING_WIDTHS = (40, 26, 26, 26, 10, 18, 10)
_MOST_UPRIGHT = 12
"""Columns of a form on an upright page; a wider one lies on its side."""
_CAPTIONS = {
    "funding_table": "项目资金情况表",
    "indicator_table": "绩效指标完成情况表",
    "points_table": "各级指标得分表",
    "chart": "分值与得分",
}


@dataclass(frozen=True)
class Report:
    """A report as written. `lost` are paragraphs that a person changed and that could not be kept."""

    data: bytes
    gaps: int
    """Places still to be filled in."""
    lost: tuple[str, ...]


def report(file: FileReview, review: Review, grid: Grid, written: Mapping[str, Written]) -> Report:
    """The report of one self-evaluation. `written` are the sections of the report that is there already."""
    form, card = review.form, review.scorecard
    assert isinstance(form, SelfEvaluation) and card is not None, "objective forms have no report"
    outline, known = report_outline(review.scheme), facts(review)
    title = outline.title.format_map(known)
    paper = Paper(title)
    paper.title(title)
    paper.blank()
    for text in outline.lead:
        paper.paragraph(text.format_map(known), styles.DATA)
    gaps = 0
    lost: list[str] = []
    for section in outline.sections:
        before = written.get(section.id)
        gaps += _section(paper, section, review, card, known, before.texts if before else ())
        lost += before.lost if before else ()
    paper.blank()
    signed = [form.unit or "　　　　　　　　", "　　　　年　　月　　日"]
    paper.paragraph("附件：" + one_line(form.title.raw), styles.DATA, mark=mark(END, signed, ()))
    paper.blank()
    if END in written and written[END].texts:
        signed[1] = written[END].texts[-1][1]
    paper.signature(*signed)
    _attachment(paper, form, grid, file)
    return Report(paper.data(), gaps, tuple(lost))


def _section(
    paper: Paper,
    section: ReportSection,
    review: Review,
    card: Scorecard,
    known: Mapping[str, str],
    written: Sequence[tuple[str, str]],
) -> int:
    """One section; the number of gaps left in it."""
    stated = [text for line in section.text if (text := line.format_map(known))]
    prefilled = _prefilled(section, review.form)
    gap = [f"【请补充：{section.gap}】"] if section.gap and not prefilled else []
    paper.heading(section.level, section.heading, mark(section.id, [*prefilled, *gap], stated))
    open_places = 0
    for text in stated:
        paper.marked(text, styles.DATA, OPEN)
        open_places += len(OPEN.findall(text))
    for part in section.parts:
        _part(paper, part, review, card)
    if written:
        for style, text in written:
            level = heading_level(style)
            if level:
                paper.heading(level, text)
            else:
                paper.marked(text, styles.BODY, OPEN)
                open_places += len(OPEN.findall(text))
        return open_places
    for text in prefilled:
        paper.body(text)
    for text in gap:
        paper.paragraph(text, styles.GAP)
    return open_places + len(gap)


def _prefilled(section: ReportSection, form: object) -> list[str]:
    """The form's own texts for a section, line by line, none of them twice."""
    assert isinstance(form, SelfEvaluation)
    lines = [line.strip() for field in section.fields for line in form.text(field).splitlines()]
    return list(dict.fromkeys(line for line in lines if normalised(line)))


def _part(paper: Paper, part: str, review: Review, card: Scorecard) -> None:
    form = review.form
    assert isinstance(form, SelfEvaluation)
    blocks = levels(review, card)
    unit = f"（单位：{form.funding.unit}）" if part == "funding_table" else ""
    paper.paragraph(_CAPTIONS[part] + unit, styles.CAPTION)
    if part == "funding_table":
        paper.table(list(_funding_rows(form)), _FUNDING_WIDTHS)
    elif part == "indicator_table":
        paper.table(*_indicator_table(blocks))
    elif part == "points_table":
        paper.table(list(_points_rows(form, review, blocks)), (60, 32, 32, 32))
    else:
        spoken = "；".join(
            f"{b.name} {points_text(b.max_score)} 分，得 {points_text(b.reported) or '—'} 分" for b in blocks
        )
        paper.chart(points_chart(blocks), TEXT_WIDTH * 0.85, 65, spoken)


def _funding_rows(form: SelfEvaluation) -> Iterator[Cells]:
    yield ("项目", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
    for row in (form.funding.total, *form.funding.parts):
        yield (one_line(row.label.raw).rstrip("：:"), *(TableCell(text, "center") for text in _funding_texts(row)))


def _funding_texts(row: FundingRow) -> list[str]:
    """As they stand in the form."""
    cells = (row.initial_budget, row.adjusted_budget, row.executed, row.max_score, row.rate, row.score)
    return [cell.raw.strip() for cell in cells]


def _indicator_table(blocks: Sequence[Level]) -> tuple[list[Cells], list[float]]:
    """One row per indicator; columns that the form does not have are left out. Rows and widths."""
    rows = [(block.name, line.indicator) for block in blocks for line in block.lines if line.indicator]
    names1 = [name for name, _ in rows]
    names2 = [one_line(row.level2.raw) for _, row in rows]
    texts = {
        "指标值": [row.target.raw.strip() for _, row in rows],
        "实际完成值": [row.actual.raw.strip() for _, row in rows],
        "分值": [row.max_score.raw.strip() for _, row in rows],
        "得分": [row.score.raw.strip() for _, row in rows],
    }
    asked = {label: column for label, column in texts.items() if any(column)}
    second = any(names2)
    cells: list[Cells] = [("一级指标", *(("二级指标",) if second else ()), "三级指标", *asked)]
    for place, (_, row) in enumerate(rows):
        keys = list(zip(names1, names2, strict=True))
        cells.append(
            (
                stacked(names1, place, "center"),
                *((stacked(names2, place, "center", keys),) if second else ()),
                row.name,
                *(TableCell(column[place] or _NOTHING, "center") for column in asked.values()),
            )
        )
    widths = [26.0, *((26.0,) if second else ()), *(10.0 if "分" in label else 22.0 for label in asked)]
    widths.insert(2 if second else 1, TEXT_WIDTH - sum(widths))
    return cells, widths


def _points_rows(form: SelfEvaluation, review: Review, blocks: Sequence[Level]) -> Iterator[Cells]:
    yield ("一级指标", "指标项数", "分值", "得分")
    for block in blocks:
        texts = (str(len(block.lines)), points_text(block.max_score), points_text(block.reported) or _NOTHING)
        yield (block.name, *(TableCell(text, "center") for text in texts))
    full = points_text(review.scheme.full_score.value) if review.scheme.full_score else _NOTHING
    texts = ("", full, points_text(form.total.value) or _NOTHING)
    yield (TableCell("总分（表内）", bold=True), *(TableCell(text, "center", bold=True) for text in texts))


def _attachment(paper: Paper, form: SelfEvaluation, grid: Grid, file: FileReview) -> None:
    """The form itself on a page of its own; on its side where it is wide."""
    rows, widths = form_rows(grid, form, [review.form for review in file.reviews], TEXT_WIDTH)
    if not rows:
        return
    if len(widths) > _MOST_UPRIGHT:
        rows, widths = form_rows(grid, form, [review.form for review in file.reviews], WIDE_TEXT)
    paper.turn(wide=len(widths) > _MOST_UPRIGHT)
    paper.paragraph("附件", styles.LEFT)
    paper.title(one_line(form.title.raw))
    paper.table(rows, widths, head_rows=0)
