"""X: what the report says in words about the numbers of the form it goes with. Project and year: crossform, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from perfxl.checks import Evaluation, evaluation_check
from perfxl.figures import agrees, money, percent, points
from perfxl.finding import Finding
from perfxl.form import Located
from perfxl.reading.values import parse_amount

_TOTAL = re.compile(
    r"(?:(?:最终|最后|综合|自评|评价|单位自评|绩效自评)(?:总)?得分|(?:自评|综合|评价)?总(?:得)?分|综合评分)"
    r"(?:为|是|共|计)?\s*(\d+(?:\.\d+)?)\s*分(?!\s*(?:[（(]含[）)])?\s*(?:及?以[上下]|[-~～至—]))"
)
"""A total that is a result; `总分 90 分（含）以上` is a grade's limit."""
_GRADE = re.compile(
    r"(?:等级|等次|评定结果|评价结果|自评结果)(?:为|是|评定为)?\s*[“"
    r'"「『]?(优秀|优|良好|良|中|合格|不合格|差|一般|较差)[”"」』，。；]'
)
_RATE = re.compile(
    r"(?:预算执行率|资金执行率|执行率)(?:为|是|达到|达)?\s*(\d+(?:\.\d+)?\s*[%％])(?!及?以[上下]|[（(]含|、?不到)"
)
"""A rate that is a result; `执行率90%以上得8分` is a rule."""
_NUMBER = r"(?:为|是|共|共计|合计|计)?\s*(\d[\d,]*(?:\.\d+)?\s*(?:万元|亿元|元))"
_AMOUNTS = (
    ("initial_budget", "年初预算数", re.compile(rf"年初预算(?:数|金额|安排)?{_NUMBER}")),
    ("adjusted_budget", "全年预算数", re.compile(rf"(?:全年|调整后)预算(?:数|金额)?{_NUMBER}")),
    ("executed", "全年执行数", re.compile(rf"(?:全年|实际|预算)(?:执行|支出)(?:数|金额)?{_NUMBER}")),
)


def _texts(evaluation: Evaluation, *words: str) -> Iterator[Located[str]]:
    """The report's paragraphs with one of the words; none where the file has several forms: it may speak of any."""
    for text in evaluation.form.surroundings if evaluation.alone else ():
        if any(word in text.raw for word in words):
            yield text


@evaluation_check("X106")
def another_total(evaluation: Evaluation) -> Iterator[Finding]:
    """报告正文写的总分与表内总分不一致。满分不算。"""
    total = evaluation.form.total
    full = evaluation.scheme.full_score
    for text in _texts(evaluation, "得分", "总分", "评分") if total.value is not None else ():
        for match in _TOTAL.finditer(text.raw):
            stated = Decimal(match[1])
            # 总分100分，其中…: the full score, not this form's total.
            is_full = match[0].startswith("总分") and full is not None and stated == full.value
            if stated != total.value and not is_full:
                yield Finding("X106", text.at, "总分", match[1], points(total.value or stated), {}, (total.at,))


@evaluation_check("X107")
def another_grade(evaluation: Evaluation) -> Iterator[Finding]:
    """报告正文写的等级与表内等级不一致。"""
    grade = evaluation.form.grade
    if grade is None or not grade.value:
        return
    for text in _texts(evaluation, "等级", "等次", "结果"):
        for match in _GRADE.finditer(text.raw):
            if match[1] != grade.value:
                yield Finding("X107", text.at, "等级", match[1], grade.value, {}, (grade.at,))


@evaluation_check("X108")
def another_rate(evaluation: Evaluation) -> Iterator[Finding]:
    """报告正文写的预算执行率与按表计算的不一致。"""
    rate, ratio = evaluation.form.funding.total.rate, evaluation.card.ratio
    for text in _texts(evaluation, "执行率") if ratio is not None else ():
        for match in _RATE.finditer(text.raw):
            stated = Decimal(match[1].rstrip("%％ ")) / 100
            if ratio is not None and not agrees(stated, match[1].replace(" ", ""), ratio, percentage=True):
                yield Finding("X108", text.at, "预算执行率", match[1], percent(ratio), {}, (rate.at,))


@evaluation_check("X109")
def another_amount(evaluation: Evaluation) -> Iterator[Finding]:
    """报告正文写的预算数、执行数与表内不一致。"""
    total = evaluation.form.funding.total
    for text in _texts(evaluation, "元"):
        for name, label, pattern in _AMOUNTS:
            cell: Located[Decimal] = getattr(total, name)
            for match in pattern.finditer(text.raw):
                stated = parse_amount(match[1])
                if cell.value is not None and stated is not None and stated != cell.value:
                    expected = f"{money(cell.value)} 元"
                    yield Finding("X109", text.at, label, match[1].strip(), expected, {"label": label}, (cell.at,))
