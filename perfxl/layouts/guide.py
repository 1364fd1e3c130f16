"""填表说明: the steps, and the rules of the scheme in words, each number with the document it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xlsxwriter import Workbook

from perfxl.layouts import styles
from perfxl.layouts.sheet import Box, Sheet
from perfxl.scheme import ExecutionRule, IndicatorRules, Scheme
from perfxl.scoring import DENOMINATORS

NAME = "填表说明"
UNCONFIRMED = "（未经核对原文）"

_STEPS = (
    "浅黄色的单元格必须填写，填好后底色自动消失；其他可填的单元格没有锁定，按 Tab 键可逐格跳转。",
    "年度填四位数字，如 2024；金额只填数字，单位见表头，不要填“万元”“约”等文字。",
    "指标行不够时，选中该组中间的一行，右键“插入”，不要在一组的最后一行之后插入；不用的行留空即可。",
    "表格右侧不打印的几列帮助核对：“提示”为空表示该行没有问题；点“自检”表中的位置可直接跳到要改的单元格。",
    "工作表保护没有密码，只为防止误改公式；公式单元格显示“无法计算”时，请检查它引用的数字是否填成了文字或 0。",
)
_STEPS_SCORED = ("执行率、得分、总分和等级自动计算，不需要填写；得分低于分值的，须在备注或偏差原因一栏写明原因。",)
_STEPS_PROPORTIONAL = (
    "在右侧“指标类型”中选正向定量（越大越好）、反向定量（越小越好）或定性，定量指标会给出“参考得分”。",
)


def guide(book: Workbook, scheme: Scheme) -> None:
    """The sheet 填表说明."""
    sheet = Sheet(book, NAME, (4, 46, 52))
    sheet.write(Box.line(0, 0, 2), f"填表说明：{scheme.name}", styles.SHEET_TITLE)
    sheet.least(0, 26)
    row = 2
    sheet.write(Box.cell(row, 0), "一、怎样填", styles.HEADING)
    for number, text in enumerate(_steps(scheme), start=1):
        row += 1
        sheet.write(Box.cell(row, 0), str(number), styles.PARAGRAPH)
        sheet.write(Box.line(row, 1, 2), text, styles.PARAGRAPH)
    row += 2
    rules = list(_rules(scheme))
    if rules:
        sheet.write(Box.cell(row, 0), "二、按什么计分", styles.HEADING)
        row += 1
        sheet.write(Box.line(row, 0, 1), "规则", styles.TABLE_HEADER)
        sheet.write(Box.cell(row, 2), "依据", styles.TABLE_HEADER)
    for text, source in rules:
        row += 1
        sheet.write(Box.line(row, 0, 1), text, styles.PRINTED)
        sheet.write(Box.cell(row, 2), _cited(scheme, source), styles.PRINTED)
    sheet.finish()


def _steps(scheme: Scheme) -> tuple[str, ...]:
    steps: tuple[str, ...] = _STEPS
    if scheme.indicators:
        steps += _STEPS_SCORED
        if scheme.indicators.proportional:
            steps += _STEPS_PROPORTIONAL
    return steps


def _cited(scheme: Scheme, source: str) -> str:
    found = scheme.sources[source]
    return found.title if found.confirmed else f"{found.title}{UNCONFIRMED}"


def _rules(scheme: Scheme) -> Iterator[tuple[str, str]]:
    if scheme.full_score:
        yield f"满分 {scheme.full_score.value} 分。", scheme.full_score.source
    if scheme.execution:
        yield from _execution(scheme.execution)
    for group in scheme.groups:
        if group.points:
            yield f"{group.name} {group.points.value} 分。", group.points.source
    if scheme.indicators:
        yield from _indicators(scheme.indicators)
    for above, grade in zip((None, *scheme.grades), scheme.grades, strict=False):
        edge = f"，低于 {above.low.value} 分" if above else ""
        yield f"{grade.word}：总分 {grade.low.value} 分（含）以上{edge}。", grade.low.source
    for cap in scheme.total_caps:
        yield f"预算执行率低于 {_percent(cap.rate_below)}：总分不超过 {cap.cap} 分。", cap.source


def _execution(rule: ExecutionRule) -> Iterator[tuple[str, str]]:
    yield f"预算执行率 {rule.weight.value} 分。", rule.weight.source
    yield f"预算执行率＝全年执行数÷{DENOMINATORS[rule.denominator]}，百分比保留两位小数。", rule.source
    if rule.rule == "proportional":
        yield "预算执行率得分＝分值×执行率，执行率超过 100% 的按 100% 计，保留两位小数。", rule.source
    for band in rule.bands:
        edge = f"，低于 {_percent(band.high_rate)}" if band.high_rate else ""
        points = f"{band.low} 分" if band.low == band.high else f"{band.low} 至 {band.high} 分"
        yield f"预算执行率 {_percent(band.low_rate)}（含）以上{edge}：{points}。", band.source
    if rule.bands:
        lowest = rule.bands[-1]
        yield f"预算执行率低于 {_percent(lowest.low_rate)}：不得分。", lowest.source
        yield "参考得分在一档之内按直线取值；该档内的其他分数也可以，由填报人评定。", rule.source
    if rule.zero_below:
        yield f"预算执行率低于 {_percent(rule.zero_below.value)}：不得分。", rule.zero_below.source


def _indicators(rules: IndicatorRules) -> Iterator[tuple[str, str]]:
    if rules.proportional:
        yield "正向定量指标得分＝分值×实际完成值÷指标值，不超过分值；指标值为 0 的，实际为 0 才得分。", rules.source
        yield "反向定量指标得分＝分值×指标值÷实际完成值，不超过分值；实际为 0 的得满分。", rules.source
    else:
        yield "各项指标由填报人按评分规则自评，得分不小于 0，不大于权重。", rules.source
    if rules.cap:
        yield f"单项指标的分值不超过 {rules.cap.value} 分。", rules.cap.source
    for band in rules.qualitative_bands:
        upper = "（含）" if band.high == 1 else "（不含）"
        share = f"{_percent(band.high)}{upper}至 {_percent(band.low)}（含）"
        yield f"定性指标{band.word}：分值的 {share}。", band.source
    if rules.over_fulfilment:
        over = rules.over_fulfilment
        text = f"实际完成值达到指标值的 {_percent(over.from_ratio)} 及以上：扣 {over.deduct} 分。"
        yield text, over.source


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"
