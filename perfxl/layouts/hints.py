"""What is still to mend in a row, in the order in which it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from perfxl.layouts.conditions import Condition, Values, blank, differs, filled, is_text, less, negative


@dataclass(frozen=True, slots=True)
class Hint:
    """`words` stand in the row's 提示, `question` in 自检."""

    words: str
    question: str
    condition: Condition
    needs: frozenset[str]
    """The columns that the form must have for it, and the numbers that its scheme must state."""
    place: str
    """The column to go to."""
    query: bool = False
    """True: to be looked at and explained, not necessarily mended."""


def _hint(words: str, question: str, condition: Condition, place: str, *needs: str, query: bool = False) -> Hint:
    return Hint(words, question, condition, frozenset((place, *needs)), place, query)


ROW_HINTS = (
    _hint(
        "未填指标名称", "有分值或得分而没有指标名称的行",
        blank("level3") & (filled("max_score") | filled("score")), "level3", "max_score", "score",
    ),
    _hint("未填指标值", "没有指标值的指标", filled("level3") & blank("target"), "target", "level3"),
    _hint("未填完成值", "没有实际完成值的指标", filled("level3") & blank("actual"), "actual", "level3"),
    _hint("未填分值", "没有分值的指标", filled("level3") & blank("max_score"), "max_score", "level3", "full"),
    _hint("未填得分", "没有得分的指标", filled("level3") & blank("score"), "score", "level3"),
    _hint("分值超过单项上限", "分值超过单项上限的指标", less("cap", "max_score"), "max_score", "cap"),
    _hint("分值不是数字", "分值不是数字的行", is_text("max_score"), "max_score"),
    _hint("得分不是数字", "得分不是数字的行", is_text("score"), "score"),
    _hint(
        "得分越界", "得分小于 0 或大于分值的行",
        negative("score") | less("max_score", "score"), "score", "max_score",
    ),
    _hint(
        "扣分未说明", "扣了分而没有写明原因的行",
        less("score", "max_score") & blank("note"), "note", "score", "max_score",
    ),
    _hint(
        "与参考得分不符", "得分与参考得分不同的行",
        differs("score", "reference"), "score", "reference", query=True,
    ),
)  # fmt: skip


def hints_for(columns: Mapping[str, object]) -> tuple[Hint, ...]:
    """The hints that a table with these columns, and a scheme with these numbers, can give."""
    return tuple(hint for hint in ROW_HINTS if hint.needs <= columns.keys())


def hint_formula(hints: tuple[Hint, ...], cells: Mapping[str, str]) -> str:
    """The first hint that holds, blank when none does."""
    formula = '""'
    for hint in reversed(hints):
        formula = f'IF({hint.condition.alone.format_map(cells)},"{hint.words}",{formula})'
    return formula


def hint_text(hints: tuple[Hint, ...], values: Values) -> str:
    return next((hint.words for hint in hints if hint.condition.holds(values)), "")
