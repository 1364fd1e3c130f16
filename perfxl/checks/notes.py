"""Whether a 说明 is written: in the row's own 偏差原因/备注 cell, or in 其他需要说明的事项."""

from __future__ import annotations

from perfxl.form import Form, Indicator
from perfxl.grid import normalised

_NOTHING = frozenset({"", "无", "没有", "暂无", "—", "-", "/", "\\"})

BUDGET_WORDS = ("预算", "追加", "调增", "调减", "压减", "资金", "经费")
EXECUTION_WORDS = ("执行", "支出", "支付", "结余", "结转", "未使用", *BUDGET_WORDS)


def written(text: str) -> bool:
    """True for a text that says something: `无` or a dash is no 说明."""
    return normalised(text) not in _NOTHING


def has_note(indicator: Indicator) -> bool:
    return written(indicator.note.raw)


def explained(form: Form, words: tuple[str, ...]) -> bool:
    """True where 其他需要说明的事项 or the note of any row speaks of the matter, by one of the words."""
    texts = [form.text("other_notes"), *(row.note.raw for row in form.named_indicators)]
    return any(written(text) and any(word in text for word in words) for text in texts)
