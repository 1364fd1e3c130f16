"""S: the points of each indicator."""

from __future__ import annotations

from collections.abc import Iterator

from perfxl.checks import Evaluation, evaluation_check
from perfxl.checks.notes import has_note, lacks, note_column
from perfxl.figures import percent, points
from perfxl.finding import Finding
from perfxl.form import Form, Indicator
from perfxl.grid import normalised
from perfxl.scorecard import ScoreLine, same_unit, target_met


def _met(row: Indicator) -> bool | None:
    """Whether the target is met: in numbers or dates, or in words where the actual repeats half of it or more."""
    target, actual = row.target.value, row.actual.value
    if target is None or actual is None:
        return None
    if target.kind == actual.kind == "text":
        wanted, done = normalised(row.target.raw), normalised(row.actual.raw)
        return True if done in wanted and 2 * len(done) >= len(wanted) else None
    return target_met(target, actual)


def _reduced_although_met(form: Form, row: Indicator, line: ScoreLine) -> bool:
    return line.lost > 0 and _met(row) is True and not has_note(form, row) and not line.agrees


@evaluation_check("S101")
def score_by_rule(evaluation: Evaluation) -> Iterator[Finding]:
    """定量指标得分按完成比例计算。"""
    yield from _off_the_rule(evaluation, "S101")


@evaluation_check("S109")
def score_rounded_to_integer(evaluation: Evaluation) -> Iterator[Finding]:
    """规则给出小数而填整数：2.92 填 3。"""
    yield from _off_the_rule(evaluation, "S109")


def _off_the_rule(evaluation: Evaluation, code: str) -> Iterator[Finding]:
    for row, line in evaluation.judged_lines:
        expected, reported = line.computed, line.reported
        if expected is None or reported.value == expected:
            continue
        whole = "." not in reported.raw and expected != expected.to_integral_value()
        if (line.agrees and not whole) or (_met(row) and line.lost > 0):
            continue  # S102 speaks of met targets that lost points
        if code == ("S109" if line.agrees else "S101"):
            numbers = {"name": row.name, "derivation": line.derivation}
            yield Finding(code, reported.at, "得分", reported.raw, points(expected), numbers)


@evaluation_check("S102")
def reduced_although_met(evaluation: Evaluation) -> Iterator[Finding]:
    """已达到指标值却扣分，没有说明原因。"""
    for row, line in evaluation.judged_lines:
        if _reduced_although_met(evaluation.form, row, line):
            numbers = {"name": row.name, "target": row.target.raw, "actual": row.actual.raw}
            expected = points(line.weight or line.lost)
            yield Finding("S102", line.reported.at, "得分", line.reported.raw, expected, numbers, (row.actual.at,))


@evaluation_check("S103")
def full_although_missed(evaluation: Evaluation) -> Iterator[Finding]:
    """未达到指标值却得满分；能按比例计算的由 S101 报告。"""
    for row, line in evaluation.judged_lines:
        if line.computed is None and line.lost == 0 and _met(row) is False and not has_note(evaluation.form, row):
            numbers = {"name": row.name, "target": row.target.raw, "actual": row.actual.raw}
            yield Finding("S103", line.reported.at, "得分", line.reported.raw, None, numbers, (row.actual.at,))


@evaluation_check("S104")
def score_blank(evaluation: Evaluation) -> Iterator[Finding]:
    """得分未填：空白不等于 0 分。"""
    card = evaluation.card
    if lacks(evaluation.form, "得分", "自评分"):
        return
    lines = card.lines if card.execution.indicator else (card.execution, *card.lines)
    for line in lines:
        if line.reported.blank and not (line.indicator is not None and line.max_score.blank):
            numbers = {"name": line.label, "max_score": points(line.weight) if line.weight is not None else "？"}
            yield Finding("S104", line.reported.at, "得分", numbers=numbers)


@evaluation_check("S105")
def deduction_without_note(evaluation: Evaluation) -> Iterator[Finding]:
    """扣分未说明：扣了分的行要写偏差原因。"""
    low = evaluation.scheme.thresholds.low_execution.value
    for line in evaluation.card.lines:
        row = line.indicator
        if row is None or line.lost <= 0 or line.out_of_range or has_note(evaluation.form, row):
            continue
        if _reduced_although_met(evaluation.form, row, line):
            continue  # S102 asks for the reason already
        if row.execution and (evaluation.card.ratio is None or evaluation.card.ratio < low):
            continue  # F106 asks for the reason already
        numbers = {
            "name": row.name,
            "lost": points(line.lost),
            "max_score": points(line.weight or line.lost),
            "column": note_column(evaluation.scheme),
        }
        yield Finding("S105", line.reported.at, "得分", line.reported.raw, None, numbers, (row.note.at,))


@evaluation_check("S106")
def score_out_of_range(evaluation: Evaluation) -> Iterator[Finding]:
    """得分越界：小于 0 或大于分值。"""
    card = evaluation.card
    lines = card.lines if card.execution.indicator else (card.execution, *card.lines)
    for line in lines:
        if line.out_of_range:
            numbers = {"name": line.label, "max_score": points(line.weight) if line.weight is not None else "？"}
            yield Finding("S106", line.reported.at, "得分", line.reported.raw, None, numbers)


@evaluation_check("S107")
def far_above_target(evaluation: Evaluation) -> Iterator[Finding]:
    """超额完成过多：指标值是否偏低。"""
    limit = evaluation.scheme.thresholds.over_fulfilment.value
    for row in evaluation.form.named_indicators:
        target, actual = row.target.value, row.actual.value
        if target is None or actual is None or target.operator in ("≤", "<"):
            continue
        comparable = target.kind == actual.kind == "number" and same_unit(target, actual)
        if not comparable or not target.low or actual.low is None or actual.low < target.low * limit:
            continue
        if not has_note(evaluation.form, row):
            numbers = {
                "name": row.name,
                "target": row.target.raw,
                "actual": row.actual.raw,
                "ratio": percent(actual.low / target.low),
            }
            yield Finding("S107", row.actual.at, "实际完成值", row.actual.raw, None, numbers, (row.target.at,))


@evaluation_check("S108")
def outside_band(evaluation: Evaluation) -> Iterator[Finding]:
    """定性指标的得分应在所填达成程度的档内。"""
    rules = evaluation.scheme.indicators
    bands = {band.word: band for band in rules.qualitative_bands} if rules else {}
    for row, line in evaluation.judged_lines:
        band = bands.get(normalised(row.actual.raw))
        if band is None or not line.weight or line.reported.value is None:
            continue
        share = line.reported.value / line.weight
        if not (band.low <= share < band.high or (share == band.high == 1)):
            numbers = {
                "name": row.name,
                "word": band.word,
                "low": points(band.low * line.weight),
                "high": points(band.high * line.weight),
            }
            yield Finding("S108", line.reported.at, "得分", line.reported.raw, None, numbers, (row.actual.at,))
