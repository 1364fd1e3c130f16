"""评分底稿 as a document: every point with its arithmetic, rule and clause, and sums to follow with a pencil."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from perfxl.figures import points
from perfxl.form import SelfEvaluation
from perfxl.reports.scores import differs, grade_by_rule, total_by_rule
from perfxl.reports.view import money_text, points_text, rate_text
from perfxl.review import Review
from perfxl.scorecard import Scorecard, ScoreLine
from perfxl.words.levels import Level, levels, one_line
from perfxl.words.page import Paper
from perfxl.words.rules import EXECUTION_RULE, INDICATOR_RULE, grade_rule, official_rules
from perfxl.words.tables import Cells, TableCell

_NOTHING = "—"
_BLANK = "未填"
_DIFFERS = "FFC7CE"
_SUM = "F2F2F2"


def working_paper(review: Review, file: str) -> bytes:
    """The 评分底稿 of one self-evaluation, as .docx. `file` is the workbook's name."""
    form, card, scheme = review.form, review.scorecard, review.scheme
    assert isinstance(form, SelfEvaluation) and card is not None, "objective forms carry no points"
    paper = Paper(f"评分底稿 {form.project}")
    paper.title("项目支出绩效自评评分底稿")
    paper.blank()
    paper.heading(1, "基本情况")
    paper.table(_facts(review, form, file), (28, 50, 28, 50), head_rows=0)
    blocks = levels(review, card)
    paper.heading(1, "预算执行率")
    paper.body(f"{card.rate_derivation or '全年预算数或全年执行数未填，无法计算'}。")
    if card.rate is not None:
        paper.body(f"预算执行率为 {rate_text(card.rate)}，填报 {form.funding.total.rate.raw.strip() or _BLANK}。")
    paper.heading(1, "各项得分")
    paper.table(list(_score_rows(blocks)), (10, 36, 14, 11, 12, 12, 46, 15))
    paper.heading(1, "总分和等级")
    paper.table(list(_level_rows(blocks, card, form)), (56, 20, 40, 40))
    paper.body(f"总分：{card.total_derivation or _NOTHING}。")
    if card.missing:
        paper.body(f"有 {points(card.missing)} 分的项目未填得分，补满时的总分另列：{total_by_rule(card, 'zh')}。")
    if card.computed_grade:
        paper.body(f"{grade_rule(scheme)}总分 {points_text(card.computed_total)}，为“{card.computed_grade}”。")
    open_lines = [line for block in blocks for line in block.lines if differs(line)]
    if open_lines:
        paper.heading(1, "填报与规则不一致的项目")
        for line in open_lines:
            reported, computed = points_text(line.reported.value), points_text(line.computed)
            paper.body(f"{line.reported.at.in_file} “{one_line(line.label)}”：填报 {reported}，按规则为 {computed}。")
    paper.heading(1, "规则和依据")
    for number, (words, source) in enumerate(official_rules(scheme), start=1):
        document = scheme.sources[source]
        paper.body(f"〔{number}〕{words}依据：{document.title}{'' if document.confirmed else '（原文未核对）'}。")
    return paper.data()


def _facts(review: Review, form: SelfEvaluation, file: str) -> list[Cells]:
    budget, executed = form.funding.total.adjusted_budget, form.funding.total.executed
    return [
        _pair("项目名称", form.project, "年度", str(form.year.value or "")),
        _pair("单位", form.unit, "主管部门", form.department),
        _pair(
            "全年预算（元）",
            money_text(budget.value),
            "全年执行（元）",
            money_text(executed.value),
        ),
        _pair("文件", f"{file}\n{form.at.in_file}", "方案", f"{review.scheme.id}\n{review.scheme.name}"),
    ]


def _pair(*texts: str) -> Cells:
    return [
        TableCell(text or _BLANK, "center" if number % 2 == 0 else "left", fill=_SUM if number % 2 == 0 else "")
        for number, text in enumerate(texts)
    ]


def _score_rows(blocks: list[Level]) -> Iterator[Cells]:
    yield ("序号", "指标", "单元格", "分值", "填报", "应为", "算式", "依据")
    number = 0
    for block in blocks:
        for line in block.lines:
            number += 1
            reported = points_text(line.reported.value) or line.reported.raw.strip() or _BLANK
            yield (
                TableCell(str(number), "center"),
                one_line(line.label),
                line.reported.at.address,
                TableCell(points_text(line.weight) or _NOTHING, "center"),
                TableCell(reported, "center"),
                TableCell(points_text(line.computed) or _NOTHING, "center", fill=_DIFFERS if differs(line) else ""),
                line.derivation,
                TableCell(_rule_of(line), "center"),
            )
        yield _subtotal(block)


def _rule_of(line: ScoreLine) -> str:
    """The rule a line was scored by, by its number in the list."""
    execution = line.indicator is None or line.indicator.execution
    return f"〔{EXECUTION_RULE if execution else INDICATOR_RULE}〕"


def _subtotal(block: Level) -> Cells:
    counted = [line.counted for line in block.lines if line.counted is not None]
    sums = (points(block.max_score), points_text(block.reported) or _BLANK, points_text(block.counted) or _NOTHING)
    return [
        TableCell(f"小计　{block.name}", "right", bold=True, fill=_SUM, across=3, follows=True),
        *(TableCell(text, "center", bold=True, fill=_SUM) for text in sums),
        TableCell(_addition(counted), fill=_SUM, across=2),
    ]


def _addition(values: list[Decimal]) -> str:
    """`5 + 5 + 8 = 18`; one number needs no sum."""
    return "" if len(values) < 2 else f"{' + '.join(map(points, values))} = {points(sum(values, Decimal(0)))}"


def _level_rows(blocks: list[Level], card: Scorecard, form: SelfEvaluation) -> Iterator[Cells]:
    yield ("一级指标", "分值", "填报得分", "按规则得分")
    for block in blocks:
        texts = (points(block.max_score), points_text(block.reported) or _BLANK, points_text(block.counted) or _NOTHING)
        yield (block.name, *(TableCell(text, "center") for text in texts))
    full = sum((block.max_score for block in blocks), Decimal(0))
    sums = (points(full), points_text(card.reported_sum) or _BLANK, total_by_rule(card, "zh"))
    yield (TableCell("合计", bold=True), *(TableCell(text, "center", bold=True) for text in sums))
    printed = (_NOTHING, points_text(form.total.value) or _BLANK, _NOTHING)
    yield ("表内总分", *(TableCell(text, "center") for text in printed))
    if card.computed_grade:
        words = (_NOTHING, card.reported_grade or _BLANK, grade_by_rule(card, "zh"))
        yield ("等级", *(TableCell(text, "center") for text in words))
