"""支出绩效自评报告: the outline of the scheme, the numbers of the form, gaps for what only the unit can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfxl.form import SelfEvaluation
from perfxl.grid import Workbook, normalised
from perfxl.reports.view import points_text
from perfxl.review import FileReview, Review
from perfxl.scheme import ReportSection
from perfxl.scheme_files import report_outline
from perfxl.scorecard import Scorecard
from perfxl.words import styles
from perfxl.words.attachment import form_rows
from perfxl.words.chart import points_chart
from perfxl.words.facts import OPEN, facts
from perfxl.words.kept import END, LEAD, TABLE, Written, heading_level, mark
from perfxl.words.levels import Level, levels, one_line
from perfxl.words.page import TEXT_WIDTH, WIDE_TEXT, Paper
from perfxl.words.tables import Cells, TableCell, fitting_widths, stacked

_NOTHING = "—"
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


def report(workbook: Workbook, file: FileReview, review: Review, written: Mapping[str, Written]) -> Report:
    """The report of one self-evaluation of the workbook. `written` are the sections of the report that is there."""
    form, card = review.form, review.scorecard
    assert isinstance(form, SelfEvaluation) and card is not None, "objective forms have no report"
    outline, known = report_outline(review.scheme), facts(review)
    title = outline.title.format_map(known)
    paper = Paper(title)
    lead = [text.format_map(known) for text in outline.lead]
    paper.paragraph(title, styles.TITLE, mark(LEAD, lead, ()))
    paper.blank()
    gaps = _prose(paper, lead, _texts(written, LEAD))
    for section in outline.sections:
        gaps += _section(paper, section, review, card, known, _texts(written, section.id))
    paper.blank()
    signed = [form.unit or "　　　　　　　　", "　　　　年　　月　　日"]
    paper.paragraph("附件：" + one_line(form.title.raw), styles.DATA, mark=mark(END, signed, ()))
    paper.blank()
    if END in written and written[END].texts:
        signed[1] = written[END].texts[-1][1]
    paper.signature(*signed)
    _attachment(paper, form, workbook, file)
    return Report(paper.data(), gaps, tuple(text for section in written.values() for text in section.lost))


def _texts(written: Mapping[str, Written], section: str) -> tuple[tuple[str, str], ...]:
    """What a person wrote in a section; empty where nothing."""
    return written[section].texts if section in written else ()


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
    for text in stated:
        paper.marked(text, styles.DATA, OPEN)
    for part in section.parts:
        _part(paper, part, review, card)
    return sum(len(OPEN.findall(text)) for text in stated) + _prose(paper, [*prefilled, *gap], written)


def _prose(paper: Paper, ours: Sequence[str], written: Sequence[tuple[str, str]]) -> int:
    """What a person wrote, else our own texts; the number of gaps in them."""
    texts = written or [("", text) for text in ours]
    for style, text in texts:
        level = heading_level(style)
        if style == TABLE:
            _table_by_hand(paper, text)
        elif level:
            paper.heading(level, text)
        else:
            paper.marked(text, styles.BODY, OPEN)
    return sum(len(OPEN.findall(text)) for _, text in texts)


def _table_by_hand(paper: Paper, text: str) -> None:
    """A table that a person put in: its texts, in columns of one width."""
    rows = [row.replace("⏎", "\n").split("\t") for row in text.split("\n")]
    count = max(map(len, rows))
    paper.table([row + [""] * (count - len(row)) for row in rows], [TEXT_WIDTH / count] * count, head_rows=0)


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
        paper.table(*_funding_table(form))
    elif part == "indicator_table":
        paper.table(*_indicator_table(blocks))
    elif part == "points_table":
        paper.table(list(_points_rows(form, review, blocks)), (60, 32, 32, 32))
    else:
        spoken = "；".join(
            f"{b.name} {points_text(b.max_score)} 分，得 {points_text(b.reported) or '—'} 分" for b in blocks
        )
        paper.chart(points_chart(blocks), TEXT_WIDTH * 0.85, 65, spoken)


def _funding_table(form: SelfEvaluation) -> tuple[list[Cells], list[float]]:
    """Amounts as they stand in the form; columns that it does not have are left out. Rows and widths."""
    rows = (form.funding.total, *form.funding.parts)
    texts = {
        "年初预算数": [row.initial_budget.raw.strip() for row in rows],
        "全年预算数": [row.adjusted_budget.raw.strip() for row in rows],
        "全年执行数": [row.executed.raw.strip() for row in rows],
        "分值": [row.max_score.raw.strip() for row in rows],
        "执行率": [row.rate.raw.strip() for row in rows],
        "得分": [row.score.raw.strip() for row in rows],
    }
    asked = {"年初预算数"} if form.funding.asks_initial else set()
    shown = {label: column for label, column in texts.items() if any(column) or label in asked}
    labels = [one_line(row.label.raw).rstrip("：:") for row in rows]
    cells: list[Cells] = [("项目", *shown)]
    for place, label in enumerate(labels):
        cells.append((label, *(TableCell(column[place], "center") for column in shown.values())))
    return cells, _widths({"项目": labels, **shown})


def _indicator_table(blocks: Sequence[Level]) -> tuple[list[Cells], list[float]]:
    """One row per indicator; columns that the form does not have are left out. Rows and widths."""
    rows = [(block.name, line.indicator) for block in blocks for line in block.lines if line.indicator]
    names1, names2 = [name for name, _ in rows], [one_line(row.level2.raw) for _, row in rows]
    names3 = [row.name for _, row in rows]
    texts = {
        "指标值": [row.target.raw.strip() for _, row in rows],
        "实际完成值": [row.actual.raw.strip() for _, row in rows],
        "分值": [row.max_score.raw.strip() for _, row in rows],
        "得分": [row.score.raw.strip() for _, row in rows],
    }
    shown = {label: column for label, column in texts.items() if any(column)}
    second = {"二级指标": names2} if any(names2) else {}
    keys = list(zip(names1, names2, strict=True))
    cells: list[Cells] = [("一级指标", *second, "三级指标", *shown)]
    for place, name in enumerate(names3):
        level2 = [stacked(column, place, "center", keys) for column in second.values()]
        values = (TableCell(column[place] or _NOTHING, "center") for column in shown.values())
        cells.append((stacked(names1, place, "center"), *level2, name, *values))
    return cells, _widths({"一级指标": names1, **second, "三级指标": names3, **shown})


def _widths(columns: Mapping[str, Sequence[str]]) -> list[float]:
    """By the texts with their heads."""
    return fitting_widths([(label, *texts) for label, texts in columns.items()], TEXT_WIDTH)


def _points_rows(form: SelfEvaluation, review: Review, blocks: Sequence[Level]) -> Iterator[Cells]:
    yield ("一级指标", "指标项数", "分值", "得分")
    for block in blocks:
        texts = (str(len(block.lines)), points_text(block.max_score), points_text(block.reported) or _NOTHING)
        yield (block.name, *(TableCell(text, "center") for text in texts))
    full = points_text(review.scheme.full_score.value) if review.scheme.full_score else _NOTHING
    texts = ("", full, points_text(form.total.value) or _NOTHING)
    yield (TableCell("总分（表内）", bold=True), *(TableCell(text, "center", bold=True) for text in texts))


def _attachment(paper: Paper, form: SelfEvaluation, workbook: Workbook, file: FileReview) -> None:
    """The form itself on a page of its own; on its side where it is wide."""
    siblings = [review.form for review in file.reviews]
    rows, widths = form_rows(workbook, form, siblings, TEXT_WIDTH)
    if not rows:
        return
    wide = len(widths) > _MOST_UPRIGHT
    if wide:
        rows, widths = form_rows(workbook, form, siblings, WIDE_TEXT)
    paper.turn(wide=wide)
    paper.paragraph("附件", styles.LEFT)
    paper.title(one_line(form.title.raw))
    paper.table(rows, widths, head_rows=0)
