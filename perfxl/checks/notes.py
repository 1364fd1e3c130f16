"""Whether a 说明 is written: in the row's own 偏差原因/备注 cell, in 其他需要说明的事项, or in 校验结果."""

from __future__ import annotations

from collections.abc import Sequence

from perfxl.finding import Finding, Severity
from perfxl.form import Form, Indicator
from perfxl.grid import normalised
from perfxl.reading.explanations import Explanation, explanation_of
from perfxl.scheme import Scheme

_NOTHING = frozenset({"", "无", "没有", "暂无", "—", "-", "/", "\\"})

BUDGET_WORDS = ("预算", "追加", "调增", "调减", "压减", "资金", "经费")
EXECUTION_WORDS = ("执行", "支出", "支付", "结余", "结转", "未使用", *BUDGET_WORDS)


def written(text: str) -> bool:
    """True for a text that says something: `无` or a dash is no 说明."""
    return normalised(text) not in _NOTHING


def has_note(form: Form, indicator: Indicator) -> bool:
    """True where the row's own note says something, or the one note that some forms have for all rows."""
    return written(indicator.note.raw) or written(form.text("deviation_note"))


def note_column(scheme: Scheme) -> str:
    """What the form calls the column of the note."""
    return next((column.label for column in scheme.layout.columns if column.id == "note"), "备注")


def explained(form: Form, words: tuple[str, ...]) -> bool:
    """True where 其他需要说明的事项 or the note of any row speaks of the matter, by one of the words."""
    texts = [form.text("other_notes"), form.text("deviation_note"), *(row.note.raw for row in form.named_indicators)]
    return any(written(text) and any(word in text for word in words) for text in texts)


def settled(form: Form, finding: Finding, explanations: Sequence[Explanation] = ()) -> bool:
    """True for a 核实 whose 说明 is written: in the note of its own row, in 其他需要说明的事项 by code or name, or in
    the column 说明 of 校验结果."""
    if finding.severity is not Severity.query:
        return False
    explanation = explanation_of(finding, explanations)
    if explanation and written(explanation.text):
        return True
    place = (finding.at.sheet, finding.at.row)
    if any((row.at.sheet, row.at.row) == place and has_note(form, row) for row in form.named_indicators):
        return True
    other = form.text("other_notes")
    names = (finding.code, finding.numbers.get("name", ""), finding.numbers.get("label", ""))
    return written(other) and any(len(name) > 1 and name in other for name in names)


def lacks(form: Form, *labels: str) -> bool:
    """True where the reader has reported one of these columns or rows as missing (L110)."""
    return any(problem.code == "L110" and problem.numbers["label"] in labels for problem in form.problems)
