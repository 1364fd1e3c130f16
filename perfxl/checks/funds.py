"""F: budget, execution, rate and the points for it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from operator import attrgetter

from perfxl.checks import Context, Evaluation, check, evaluation_check
from perfxl.checks.notes import BUDGET_WORDS, EXECUTION_WORDS, explained, has_note
from perfxl.figures import agrees, decimals, money, percent, points
from perfxl.finding import Finding
from perfxl.form import Located, SelfEvaluation

COLUMNS = {"initial_budget": "年初预算数", "adjusted_budget": "全年预算数", "executed": "全年执行数"}
_amounts = attrgetter(*COLUMNS)

# A project of 10 billion 元, or of less than 1,000 元, is far likelier a wrong unit: asked, never decided.
HUGE, TINY = Decimal(10) ** 10, Decimal(1000)


@evaluation_check("F101")
def execution_rate(evaluation: Evaluation) -> Iterator[Finding]:
    """预算执行率＝全年执行数 ÷ 全年预算数。"""
    rate, card = evaluation.form.funding.total.rate, evaluation.card
    if rate.value is None or card.ratio is None or card.rate is None:
        return
    if not agrees(rate.value, rate.raw, card.ratio, percentage=rate.raw.rstrip().endswith(("%", "％"))):
        yield Finding("F101", rate.at, "预算执行率", rate.raw, percent(card.rate), {"derivation": card.rate_derivation})


@evaluation_check("F102")
def execution_rate_score(evaluation: Evaluation) -> Iterator[Finding]:
    """预算执行率得分按方案的规则。"""
    card = evaluation.card
    line, reported = card.execution, card.execution.reported
    if reported.value is None or line.computed is None or line.out_of_range:
        return
    if line.agrees:
        return
    low, high = line.allowed or (line.computed, line.computed)
    expected = points(low) if low == high else f"{points(low)}～{points(high)}"
    yield Finding("F102", reported.at, "得分", reported.raw, expected, {"derivation": line.derivation})


@check("F103")
def executed_above_budget(context: Context) -> Iterator[Finding]:
    """执行数大于全年预算数：预算数未含调整？"""
    total = context.form.funding.total
    executed, budget = total.executed, total.adjusted_budget
    if executed.value is not None and budget.value and executed.value > budget.value:
        numbers = {"executed": executed.raw, "budget": budget.raw}
        yield Finding("F103", executed.at, "执行数", executed.raw, None, numbers, (budget.at,))


def _columns(context: Context) -> Iterator[tuple[str, Located[Decimal], Decimal]]:
    """Each amount column with parts: its label, the total's cell and the sum of the parts."""
    for name, label in COLUMNS.items() if context.form.funding.parts else ():
        cells = [getattr(part, name) for part in context.form.funding.parts]
        values = [cell.value for cell in cells if cell.value is not None]
        if values and not any(cell.unreadable for cell in cells):
            yield label, getattr(context.form.funding.total, name), sum(values, Decimal(0))


@check("F104")
def total_differs_from_parts(context: Context) -> Iterator[Finding]:
    """总额与分项不符。"""
    for label, total, parts in _columns(context):
        if total.value and total.value != parts:
            expected = money(parts / UNIT_FACTORS[context.form.funding.unit])
            yield Finding("F104", total.at, label, total.raw, expected, {"column": label})


@check("F113")
def total_blank(context: Context) -> Iterator[Finding]:
    """总额空白或为 0 而分项已填：从分项计算。"""
    for label, total, parts in _columns(context):
        if parts and (total.blank or total.value == 0):
            expected = money(parts / UNIT_FACTORS[context.form.funding.unit])
            yield Finding("F113", total.at, label, total.raw or None, expected, {"column": label})


UNIT_FACTORS = {"元": Decimal(1), "万元": Decimal(10) ** 4, "亿元": Decimal(10) ** 8}


@check("F105")
def budget_adjusted(context: Context) -> Iterator[Finding]:
    """预算调整幅度大未说明。"""
    total, limit = context.form.funding.total, context.scheme.thresholds.budget_change.value
    initial, adjusted = total.initial_budget.value, total.adjusted_budget.value
    if not initial or not adjusted:
        return
    share = (adjusted - initial) / initial
    if abs(share) >= limit and not explained(context.form, BUDGET_WORDS):
        numbers = {
            "adjusted": total.adjusted_budget.raw,
            "initial": total.initial_budget.raw,
            "amount": money((adjusted - initial) / UNIT_FACTORS[context.form.funding.unit]),
            "share": percent(share),
            "limit": f"{points(limit * 100)}%",
        }
        at, related = total.adjusted_budget.at, (total.initial_budget.at,)
        yield Finding("F105", at, "全年预算数", total.adjusted_budget.raw, None, numbers, related)


@evaluation_check("F106")
def low_execution(evaluation: Evaluation) -> Iterator[Finding]:
    """执行率低未说明。"""
    form, ratio, limit = (
        evaluation.form,
        evaluation.card.ratio,
        evaluation.scheme.thresholds.low_execution.value,
    )
    row = evaluation.card.execution.indicator
    if ratio is None or ratio >= limit or explained(form, EXECUTION_WORDS) or (row and has_note(form, row)):
        return
    lost = points(max(evaluation.card.execution.lost, Decimal(0)))
    numbers = {"rate": percent(ratio), "lost": lost, "limit": f"{points(limit * 100)}%"}
    rate = form.funding.total.rate
    yield Finding("F106", rate.at, "预算执行率", rate.raw or None, None, numbers)


@check("F107")
def amount_blank(context: Context) -> Iterator[Finding]:
    """资金栏空白：年初预算数没有填。"""
    total = context.form.funding.total
    if context.form.funding.asks_initial and total.initial_budget.blank and total.adjusted_budget.value:
        yield Finding("F107", total.initial_budget.at, COLUMNS["initial_budget"])


@check("F108")
def doubtful_unit(context: Context) -> Iterator[Finding]:
    """金额单位可疑：元与万元是否写错。"""
    budget = context.form.funding.total.adjusted_budget
    if budget.value and not TINY <= abs(budget.value) < HUGE:
        numbers = {"unit": context.form.funding.unit, "amount": money(budget.value)}
        yield Finding("F108", budget.at, "预算数", budget.raw, None, numbers)


@evaluation_check("F109")
def part_with_points(evaluation: Evaluation) -> Iterator[Finding]:
    """分项重复填分值：执行率只在总额行计分。"""
    for part in evaluation.form.funding.parts:
        if part.max_score.value:
            label = {"label": part.label.raw.strip()}
            yield Finding("F109", part.max_score.at, "分值", part.max_score.raw, None, label)


@check("F110")
def uneven_decimals(context: Context) -> Iterator[Finding]:
    """小数位不统一：别处补足两位小数，此处只有一位。"""
    funding = context.form.funding
    amounts = [cell for row in (funding.total, *funding.parts) for cell in _amounts(row) if cell.value is not None]
    if not any("." in cell.raw for cell in amounts):
        return
    padded = max((decimals(cell.raw) for cell in amounts if cell.raw.strip().endswith("0")), default=0)
    short = [cell for cell in amounts if 0 < decimals(cell.raw) < padded]
    if short:
        related = tuple(cell.at for cell in short[1:])
        yield Finding("F110", short[0].at, "金额", short[0].raw, None, {}, related)


@evaluation_check("F111")
def no_budget(evaluation: Evaluation) -> Iterator[Finding]:
    """预算数和执行数均为 0：没有执行率，不计分。"""
    total = evaluation.form.funding.total
    nothing = total.adjusted_budget.value == 0 and total.executed.value == 0
    if nothing and not explained(evaluation.form, BUDGET_WORDS):
        yield Finding("F111", total.adjusted_budget.at, "全年预算数", total.adjusted_budget.raw)


@evaluation_check("F112")
def executed_without_budget(evaluation: Evaluation) -> Iterator[Finding]:
    """预算数为 0 而执行数大于 0。"""
    total = evaluation.form.funding.total
    from_parts = any(part.adjusted_budget.value for part in evaluation.form.funding.parts)
    if total.adjusted_budget.value == 0 and total.executed.value and not from_parts:
        yield Finding(
            "F112", total.adjusted_budget.at, "全年预算数", total.adjusted_budget.raw, None,
            {"executed": total.executed.raw}, (total.executed.at,),
        )  # fmt: skip


@check("F114")
def changed_since_last_year(context: Context) -> Iterator[Finding]:
    """与上年预算相比变化大未说明。"""
    form, limit = context.form, context.scheme.thresholds.budget_change.value
    current, previous = form.funding.total.adjusted_budget, form.funding.previous_budget
    if previous is None or not previous.value or not current.value:
        return
    share = (current.value - previous.value) / previous.value
    if abs(share) >= limit and not explained(form, BUDGET_WORDS):
        numbers = {
            "current": current.raw,
            "previous": previous.raw,
            "share": percent(share),
            "limit": f"{points(limit * 100)}%",
        }
        yield Finding("F114", current.at, "当年预算数", current.raw, None, numbers, (previous.at,))


@check("F115")
def last_year_zero(context: Context) -> Iterator[Finding]:
    """上年预算完成率填 0。"""
    rate = context.form.funding.previous_rate
    if rate is not None and rate.value == 0 and isinstance(context.form, SelfEvaluation):
        yield Finding("F115", rate.at, "上年预算完成率", rate.raw)
