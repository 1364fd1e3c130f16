"""T: total and grade."""

from __future__ import annotations

from collections.abc import Iterator

from perfxl.checks import Evaluation, evaluation_check
from perfxl.checks.notes import lacks
from perfxl.figures import agrees, points
from perfxl.finding import Finding
from perfxl.grid import normalised


def _total_is_wrong(evaluation: Evaluation) -> bool:
    total, card = evaluation.form.total, evaluation.card
    if total.value is None or card.reported_sum is None or not evaluation.readable:
        return False
    return not agrees(total.value, total.raw, card.reported_sum)


@evaluation_check("T101")
def total_is_sum(evaluation: Evaluation) -> Iterator[Finding]:
    """总分＝各项得分之和。"""
    total, card = evaluation.form.total, evaluation.card
    if _total_is_wrong(evaluation) and card.reported_sum is not None:
        yield Finding("T101", total.at, "总分", total.raw, points(card.reported_sum))


@evaluation_check("T106")
def total_blank(evaluation: Evaluation) -> Iterator[Finding]:
    """总分未填。"""
    total, card = evaluation.form.total, evaluation.card
    absent = lacks(evaluation.form, "得分", "自评分", "总分", "合计")
    if total.blank and card.reported_sum is not None and evaluation.readable and not absent:
        yield Finding("T106", total.at, "总分", None, points(card.reported_sum))


@evaluation_check("T105")
def total_by_rule(evaluation: Evaluation) -> Iterator[Finding]:
    """按规则重算总分与填报的不同。"""
    total, card = evaluation.form.total, evaluation.card
    computed = card.computed_total
    if computed is None or total.value is None or _total_is_wrong(evaluation) or not evaluation.readable:
        return
    if computed != card.reported_sum:
        derivation = {"derivation": card.total_derivation}
        yield Finding("T105", total.at, "总分", total.raw, points(computed), derivation)


def _totals(evaluation: Evaluation) -> tuple[str, str]:
    """The sum and its grade; `89/96` and `良好/优秀` where a score is blank."""
    card = evaluation.card
    assert card.reported_sum is not None
    total, word = points(card.reported_sum), card.reported_sum_grade or ""
    if card.missing:
        total, word = f"{total}/{points(card.reported_sum + card.missing)}", f"{word}/{card.grade_if_full}"
    return total, word


@evaluation_check("T102")
def grade_by_total(evaluation: Evaluation) -> Iterator[Finding]:
    """等级按未经四舍五入的总分所在区间。"""
    form, card, grades = evaluation.form, evaluation.card, evaluation.scheme.grades
    if form.grade is None or form.grade.value is None or card.reported_sum is None or not evaluation.readable:
        return
    word = normalised(form.grade.raw)
    right = {card.reported_sum_grade, card.grade_if_full}
    if word in [grade.word for grade in grades] and word not in right:
        total, expected = _totals(evaluation)
        bands = "、".join(f"{grade.word} ≥ {points(grade.low.value)}" for grade in grades)
        numbers = {"total": total, "bands": bands}
        yield Finding("T102", form.grade.at, "等级", form.grade.raw.strip(), expected, numbers, (form.total.at,))


@evaluation_check("T103")
def grade_blank(evaluation: Evaluation) -> Iterator[Finding]:
    """等级未填。"""
    grade, card = evaluation.form.grade, evaluation.card
    asked = grade is not None and grade.blank and evaluation.scheme.grades
    if grade is not None and asked and card.reported_sum is not None and evaluation.readable:
        total, expected = _totals(evaluation)
        yield Finding("T103", grade.at, "等级", None, expected, {"total": total})


@evaluation_check("T104")
def unknown_grade_word(evaluation: Evaluation) -> Iterator[Finding]:
    """等级用词不在方案内。"""
    grade, card = evaluation.form.grade, evaluation.card
    words = [band.word for band in evaluation.scheme.grades]
    if grade is None or grade.value is None or not words or card.reported_sum is None:
        return
    if normalised(grade.raw) not in words:
        total, expected = _totals(evaluation)
        numbers = {"words": "、".join(words), "total": total}
        yield Finding("T104", grade.at, "等级", grade.raw.strip(), expected, numbers, (evaluation.form.total.at,))
