"""The sheet 指标明细 of the 汇总表: one row per indicator of every form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from perfxl.form import Indicator, Located, SelfEvaluation
from perfxl.making import Part
from perfxl.reports.summary_rows import Line, Value, lines_needed, row_height, starts_of
from perfxl.reports.summary_tables import Column, fill
from perfxl.review import FileReview, Review

COLUMNS: tuple[Column, ...] = (
    Column("单位", "Unit", 22),
    Column("项目名称", "Project", 24),
    Column("年度", "Year", 8, "count"),
    Column("一级指标", "Level 1", 14),
    Column("二级指标", "Level 2", 14),
    Column("三级指标", "Level 3", 24),
    Column("年度指标值", "Target", 18),
    Column("实际完成值", "Actual", 18),
    Column("分值", "Points", 8, "points"),
    Column("得分（填报）", "Score, reported", 13, "points"),
    Column("得分（重算）", "Score, by rule", 13, "points"),
    Column("偏差原因（备注）", "Deviation note", 36),
    Column("文件", "File", 40),
    Column("单元格", "Cell", 16),
)


_OWN = slice(3, 12)
"""The columns between those that all indicators of a form share."""
_WIDTHS = [column.width for column in COLUMNS[_OWN]]
_STYLES = [column.style for column in COLUMNS[_OWN]]


def indicator_rows(file: FileReview, styles: Mapping[str, int]) -> list[Part]:
    return [row for review in file.reviews for row in _form_rows(file.path, review, styles)]


def _form_rows(path: str, review: Review, styles: Mapping[str, int]) -> Iterator[Part]:
    form = review.form
    names, end = Line(styles, 0), Line(styles, 0)
    fill(names, COLUMNS[:3], (form.unit, form.project, form.year.value))
    fill(end, COLUMNS[12:13], (path,), 12)
    texts = ((form.unit, 0), (form.project, 1), (path, 12))
    least = lines_needed((text, COLUMNS[column].width) for text, column in texts)
    scored = isinstance(form, SelfEvaluation)
    starts = starts_of(styles, _OWN.start, _STYLES)
    for values, indicator in _values(review):
        line = Line(styles, row_height(zip(values, _WIDTHS, strict=True), least))
        line.cells += names.cells
        line.put(starts, values)
        line.cells += end.cells
        # Of the score; of the name in a form that has no scores.
        line.lines(13, ((indicator.score.at if scored else indicator.at).in_file,), "wrapped")
        yield line.part


def _values(review: Review) -> Iterator[tuple[tuple[Value, ...], Indicator]]:
    """Of the columns that are an indicator's own."""
    card = review.scorecard
    lines = iter(card.lines if card else ())
    for group in review.form.groups:
        level1 = (group.label.value or group.label.raw).strip()
        for indicator in group.rows:
            if indicator.placeholder:
                continue
            line = next(lines, None)
            yield (
                (
                    level1,
                    indicator.level2.raw.strip(),
                    indicator.name,
                    indicator.target.raw.strip(),
                    indicator.actual.raw.strip(),
                    _points(indicator.max_score),
                    _points(indicator.score),
                    line.computed if line else None,
                    indicator.note.raw.strip(),
                ),
                indicator,
            )


def _points(located: Located[Decimal]) -> Value:
    """As typed where it is no number."""
    return located.raw.strip() if located.value is None else located.value
