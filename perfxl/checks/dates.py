"""Y: years and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from perfxl.checks import Context, Evaluation, check, evaluation_check, objective_check
from perfxl.finding import Finding
from perfxl.form import ObjectiveForm
from perfxl.reading.dates import parse_date
from perfxl.scheme import Scheme

_YEAR = re.compile(r"(?<![\d〔\[【（(])(20\d\d)\s*年(?!初|底前|以来|起|至|[-－—])")
_TITLE = re.compile(r"《[^》]*》")
_ANNUAL_NOTICE = re.compile("绩效.*(?:自评|评价).*通知")
_COMPARISON = re.compile(r"(?:上年|去年|比|较|与|自|从|同|截至|历年)[^，。；]{0,6}$")


@check("Y101")
def another_year(context: Context) -> Iterator[Finding]:
    """报告正文的年度与表内年度不一致。引用的文件名不算，除非是年度自评通知。"""
    year = context.form.year.value
    if year is None or len({form.year.value for form in context.siblings}) > 1:
        return
    for text in context.form.surroundings:
        if "年" not in text.raw:
            continue
        for match in _YEAR.finditer(_without_quoted_titles(text.raw)):
            before = text.raw[: match.start()]
            if year - 5 <= int(match[1]) < year and not _COMPARISON.search(before):
                excerpt = text.raw[max(0, match.start() - 8) : match.end() + 12].strip()
                yield Finding("Y101", text.at, "年度", match[1], str(year), {"text": excerpt})


def _without_quoted_titles(text: str) -> str:
    """Document titles blanked out, so that positions stay; those of an annual 自评通知 kept."""
    return _TITLE.sub(lambda m: m[0] if _ANNUAL_NOTICE.search(m[0]) else " " * len(m[0]), text)


@evaluation_check("Y102")
def evaluated_before_year_end(evaluation: Evaluation) -> Iterator[Finding]:
    """自评时间早于年末。"""
    year, when = evaluation.form.year.value, evaluation.form.fields.get("evaluated_on")
    day = parse_date(when.raw) if when else None
    if year is not None and when is not None and day is not None and day < date(year, 12, 31):
        yield Finding("Y102", when.at, "自评时间", when.raw.strip(), None, {"year": str(year)})


@objective_check("Y103")
def dates_reversed(form: ObjectiveForm, scheme: Scheme) -> Iterator[Finding]:
    """计划开始日期晚于完成日期。"""
    start, end = form.fields.get("start_date"), form.fields.get("end_date")
    if start is None or end is None:
        return
    first, last = parse_date(start.raw), parse_date(end.raw)
    if first and last and first > last:
        yield Finding("Y103", start.at, "计划开始日期", start.raw.strip(), end.raw.strip(), {}, (end.at,))
