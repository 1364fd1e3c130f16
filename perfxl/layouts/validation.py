"""Data validation: what a cell takes, said in Chinese. It guards against slips only; pasting passes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

Rule = Mapping[str, object]

FIRST_YEAR, LAST_YEAR = 2000, 2100


def _rule(title: str, message: str, **what: object) -> Rule:
    return {
        **what,
        "ignore_blank": True,
        "input_title": title,
        "input_message": message,
        "error_title": f"{title}填写有误",
        "error_message": f"{message}请重新填写。",
    }


def year() -> Rule:
    message = f"填四位数的预算年度（{FIRST_YEAR}至{LAST_YEAR}），如 2024，括号和“年度”会自动显示。"
    return _rule("年度", message, validate="integer", criteria="between", minimum=FIRST_YEAR, maximum=LAST_YEAR)


def amount(label: str, unit: str) -> Rule:
    message = f"填大于或等于 0 的数字，单位：{unit}；不要填单位和文字。"
    return _rule(label, message, validate="decimal", criteria=">=", value=0)


def rate(label: str) -> Rule:
    return _rule(label, "填百分比，如 98.75%。", validate="decimal", criteria="between", minimum=0, maximum=10)


def day(label: str) -> Rule:
    return _rule(
        label,
        "填日期，如 2025-03-31。",
        validate="date",
        criteria="between",
        minimum=date(FIRST_YEAR, 1, 1),
        maximum=date(LAST_YEAR, 12, 31),
    )


def choice(label: str, words: Sequence[str]) -> Rule:
    return _rule(label, f"从下拉列表中选择：{'、'.join(words)}。", validate="list", source=list(words))


def points(label: str, full: Decimal | None) -> Rule:
    """Points up to the full score of the form, where it has one."""
    if full is None:
        return _rule(label, "填大于或等于 0 的数字。", validate="decimal", criteria=">=", value=0)
    return _rule(
        label,
        f"填 0 至 {full} 的数字。",
        validate="decimal",
        criteria="between",
        minimum=0,
        maximum=float(full),
    )


def score(label: str, max_label: str, max_cell: str) -> Rule:
    """A score of at most the points in `max_cell`, a relative address of the first row."""
    message = f"填 0 至本行{max_label}之间的数字，最多两位小数。"
    return _rule(label, message, validate="decimal", criteria="between", minimum=0, maximum=f"={max_cell}")
