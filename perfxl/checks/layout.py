"""L: is the official form complete, and does each thing stand where it belongs?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any

from perfxl.checks import Context, Evaluation, check, evaluation_check
from perfxl.checks.notes import lacks
from perfxl.checks.rules import POINTS_IN_RULE
from perfxl.finding import Finding
from perfxl.form import NO_RESULT, Located, SelfEvaluation
from perfxl.kept import kept_by_identity
from perfxl.scheme import Scheme

_figures = attrgetter("target", "actual", "max_score", "score")


@kept_by_identity
def _required(scheme: Scheme) -> Mapping[str, str]:
    """The labels of the fields that must be filled in, by id."""
    layout = scheme.layout
    return {field.id: field.label for field in (*layout.header, *layout.goals, *layout.footer) if field.required}


@check("L101")
def required_blank(context: Context) -> Iterator[Finding]:
    """必填空白。Labels that the form does not have at all are the reader's L110."""
    form = context.form
    blanks = {form.year.at: "年度"} if form.year.blank else {}
    for id_, label in _required(context.scheme).items():
        located = form.fields.get(id_)
        if located is not None and located.blank:
            blanks[located.at] = label.rstrip("：:")
    total = form.funding.total
    amounts = [("预算数", total.adjusted_budget)]
    if isinstance(form, SelfEvaluation):
        amounts.append(("执行数", total.executed))
    if context.scorecard is not None and context.scorecard.ratio is not None:
        amounts.append(("预算执行率", total.rate))
    if not any(not part.adjusted_budget.blank for part in form.funding.parts):  # else F113
        for label, amount in amounts:
            if amount.blank:
                blanks.setdefault(amount.at, label)
    for at, label in blanks.items():
        yield Finding("L101", at, label)


@evaluation_check("L111")
def formulas_without_result(evaluation: Evaluation) -> Iterator[Finding]:
    """公式没有结果，而计算所需的内容都有：文件由不计算公式的程序保存。一张表报一次。"""
    form, card, total = evaluation.form, evaluation.card, evaluation.form.funding.total
    asked: list[Located[Any]] = [total.initial_budget, total.adjusted_budget, total.executed]
    for row in form.named_indicators:
        asked += _figures(row)
    if total.adjusted_budget.value and total.executed.value is not None:
        asked += [total.rate, card.execution.reported]
    if card.rate is not None and card.reported_sum is not None:
        asked += [form.total, *([form.grade] if form.grade else [])]
    cells = [cell.at for cell in asked if cell.raw == NO_RESULT and cell.value is None]
    if cells:
        yield Finding("L111", cells[0], "公式", numbers={"count": str(len(cells))}, related=tuple(cells[1:]))


@check("L110")
def label_missing(context: Context) -> Iterator[Finding]:
    """缺少栏目：用我们的模板填报，模板的必填栏却不见了（标签被改名或删除）。别的表样由读取时报告。"""
    form = context.form
    if form.scheme_id == context.scheme.id:
        for id_, label in _required(context.scheme).items():
            if id_ not in form.fields and not lacks(form, label):
                yield Finding("L110", form.at, label, numbers={"label": label.rstrip("：:")})


@check("L102")
def rule_in_explanation(context: Context) -> Iterator[Finding]:
    """单元格错位：评分规则写进了指标解释一栏。"""
    rows = context.form.named_indicators
    if all(row.scoring_rule.blank for row in rows):
        return
    for row in rows:
        if row.scoring_rule.blank and POINTS_IN_RULE.search(row.explanation.raw):
            numbers = {"text": row.name, "column": "评分规则"}
            yield Finding("L102", row.explanation.at, "指标解释", numbers=numbers)


@check("L105")
def old_template(context: Context) -> Iterator[Finding]:
    """模板版本旧。"""
    form, current = context.form, str(context.scheme.version)
    if form.scheme_id == context.scheme.id and form.template_version not in ("", current):
        yield Finding("L105", form.at, "模板版本", form.template_version, current)
