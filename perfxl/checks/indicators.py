"""I: names, targets and actual values of the indicators."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations, zip_longest

from perfxl.checks import Context, Evaluation, check, evaluation_check, objective_check
from perfxl.checks.notes import has_note, note_column
from perfxl.finding import Finding
from perfxl.form import Indicator, Located, ObjectiveForm, Target
from perfxl.grid import normalised
from perfxl.scheme import Scheme
from perfxl.scoring import FORWARD, INVERSE

VAGUE_LENGTH = 8
"""A target in words of at most this many characters (好, 满意, 基本健全) states nothing that could be checked."""


@objective_check("I101")
def unmeasurable_target(form: ObjectiveForm, scheme: Scheme) -> Iterator[Finding]:
    """指标值不可衡量：绩效目标表里的“好”“满意”。一张表报一次。"""
    vague = [
        row.target
        for row in form.named_indicators
        if row.target.value and row.target.value.kind == "text" and len(normalised(row.target.raw)) <= VAGUE_LENGTH
    ]
    if vague:
        samples = "、".join(dict.fromkeys(target.raw.strip() for target in vague))
        numbers = {"count": str(len(vague)), "samples": samples}
        related = tuple(target.at for target in vague[1:])
        yield Finding("I101", vague[0].at, "指标值", vague[0].raw.strip(), None, numbers, related)


@evaluation_check("I102")
def percentage_for_words(evaluation: Evaluation) -> Iterator[Finding]:
    """指标值是文字，实际完成值只填百分比。"""
    for row in evaluation.form.named_indicators:
        target, actual = row.target.value, row.actual.value
        if target is None or actual is None or target.kind != "text" or actual.kind != "number":
            continue
        if actual.unit == "%" and not has_note(evaluation.form, row):
            numbers = {"name": row.name, "target": row.target.raw.strip(), "actual": row.actual.raw.strip()}
            at, related = row.actual.at, (row.target.at,)
            yield Finding("I102", at, "实际完成值", row.actual.raw.strip(), None, numbers, related)


@check("I103")
def placeholders_left(context: Context) -> Iterator[Finding]:
    """占位行残留。空行不算；一张表报一次。"""
    rows = [row for row in context.form.indicators if row.placeholder and not row.level3.blank]
    if rows:
        counts: dict[str, int] = {}
        for row in rows:
            counts[row.name] = counts.get(row.name, 0) + 1
        samples = "、".join(f"{name} ×{count}" for name, count in counts.items())
        numbers = {"count": str(len(rows)), "samples": samples}
        yield Finding("I103", rows[0].at, "三级指标", rows[0].name, None, numbers, tuple(r.at for r in rows[1:]))


@check("I104")
def kind_missing(context: Context) -> Iterator[Finding]:
    """缺方案要求的二级指标。"""
    labels = {row.level2.raw: row.level2 for row in context.form.named_indicators}
    present = {normalised(raw) for raw, label in labels.items() if not label.blank}
    if not present:
        return
    for group in context.scheme.groups:
        for level2 in group.level2:
            if level2.required and normalised(level2.name) not in present:
                at = _group_cell(context, group.name)
                yield Finding("I104", at.at, "二级指标", None, level2.name, {"label": level2.name})


def _group_cell(context: Context, name: str) -> Located[str]:
    labels = {normalised(group.label.value or ""): group.label for group in context.form.groups}
    return labels.get(normalised(name)) or context.form.groups[0].label


@evaluation_check("I105")
def target_copied(evaluation: Evaluation) -> Iterator[Finding]:
    """实际完成值照抄“≥…”。"""
    for row in evaluation.form.named_indicators:
        actual = row.actual.value
        if actual is not None and actual.operator in ("≥", ">", "≤", "<") and has_number(actual):
            copied = {"name": row.name}
            at, related = row.actual.at, (row.target.at,)
            yield Finding("I105", at, "实际完成值", row.actual.raw.strip(), None, copied, related)


@evaluation_check("I113")
def measure_blank(evaluation: Evaluation) -> Iterator[Finding]:
    """得了分的指标没有指标值或实际完成值。表上没有这一栏的不查。"""
    rows = list(evaluation.form.named_indicators)
    for row, following in zip_longest(rows, rows[1:]):
        if row.execution or not row.score.value or (following and following.part):
            continue
        for field, cell in (("指标值", row.target), ("实际完成值", row.actual)):
            # Further left than the row it is a column that the form does not have.
            if (
                cell.value is None
                and cell.blank
                and cell.at.column > row.at.column
                and not has_note(evaluation.form, row)
            ):
                numbers = {"name": row.name, "column": note_column(evaluation.scheme)}
                yield Finding("I113", cell.at, field, row.score.raw.strip(), None, numbers, (row.score.at,))


def has_number(measure: Target) -> bool:
    return measure.low is not None


_IRREGULAR = str.maketrans("≧≦═＝＞＜％０１２３４５６７８９", "≥≤==><%0123456789")
_ANY_IRREGULAR = re.compile(f"[比{''.join(map(chr, _IRREGULAR))}]")


def _regular(text: str) -> str:
    return text.translate(_IRREGULAR).replace("百分比", "%").replace("%%", "%")


@check("I106")
def irregular_symbol(context: Context) -> Iterator[Finding]:
    """单位或符号不规范：≧、═、全角数字、“95百分比”。"""
    rows = context.form.named_indicators
    texts = "\n".join([cell.raw for row in rows for cell in (row.target, row.actual)])
    if "%%" not in texts and not _ANY_IRREGULAR.search(texts):
        return
    for row in rows:
        for field, cell in (("指标值", row.target), ("实际完成值", row.actual)):
            raw = cell.raw.strip()
            if cell.value is not None and cell.value.kind == "number" and (regular := _regular(raw)) != raw:
                name = {"name": row.name}
                yield Finding("I106", cell.at, field, raw, regular, name)


@check("I107")
def opposite_direction(context: Context) -> Iterator[Finding]:
    """指标类型与指标值的符号方向相反。"""
    signs = {FORWARD: ("≤", "<"), INVERSE: ("≥", ">")}
    for row in context.form.named_indicators:
        kind = row.kind.raw.strip()
        if row.target.value is not None and row.target.value.operator in signs.get(kind, ()):
            numbers = {"name": row.name, "kind": kind, "target": row.target.raw.strip()}
            yield Finding("I107", row.kind.at, "指标类型", kind, None, numbers, (row.target.at,))


_KINDS = {"数量": "数量", "规模": "数量", "质量": "质量", "时效": "时效", "及时": "时效", "成本": "成本"}
_EXPLAINED = re.compile(r"产出(数量|质量|时效|成本|效益)")


@check("I108")
def explained_as_another_kind(context: Context) -> Iterator[Finding]:
    """指标解释与名称不一致：名称是规模，解释是产出质量。"""
    for row in context.form.named_indicators:
        explained = set(_EXPLAINED.findall(row.explanation.raw)) if "产出" in row.explanation.raw else set()
        named = {kind for word, kind in _KINDS.items() if word in row.name} if explained else set()
        if named and not named & explained:
            other = "、".join(sorted(f"产出{kind}" for kind in explained))
            numbers = {"name": row.name, "other": other}
            yield Finding("I108", row.explanation.at, "指标解释", other, None, numbers, (row.at,))


@check("I109")
def duplicate_name(context: Context) -> Iterator[Finding]:
    """同一二级指标下三级指标重名。"""
    named = [(normalised(name), row) for row in context.form.named_indicators if (name := row.name)]
    if len(dict(named)) == len(named):
        return
    counts = Counter([name for name, _ in named])
    seen: dict[tuple[str, str, str], Indicator] = {}
    for name, row in named:
        if counts[name] == 1:
            continue
        key = (normalised(row.level1.raw), normalised(row.level2.raw), name)
        first = seen.setdefault(key, row)
        if first is not row:
            numbers = {"name": row.name, "other": first.at.address}
            yield Finding("I109", row.at, "三级指标", row.name, None, numbers, (first.at,))


@evaluation_check("I110")
def same_target_text(evaluation: Evaluation) -> Iterator[Finding]:
    """两个指标照抄同一段文字作指标值。"""
    first_with: dict[str, Indicator] = {}
    for row in evaluation.form.named_indicators:
        target = row.target.value
        if target is None or target.kind != "text":
            continue
        text = normalised(row.target.raw)
        if len(text) > VAGUE_LENGTH:
            first = first_with.setdefault(text, row)
            if first is not row:
                numbers = {"name": row.name, "other": first.name}
                at, related = row.target.at, (first.target.at,)
                yield Finding("I110", at, "指标值", row.target.raw.strip(), None, numbers, related)


@evaluation_check("I111")
def actuals_swapped(evaluation: Evaluation) -> Iterator[Finding]:
    """两行实际完成值疑似互换：各自都与对方的名称或指标值吻合，与本行的不吻合。"""
    rows = [row for row in evaluation.form.named_indicators if row.actual.value and row.actual.value.kind == "text"]
    rows = [row for row in rows if len(normalised(row.actual.raw)) >= 4]
    for first, second in combinations(rows, 2):
        crossed = _speaks_of(first, second) and _speaks_of(second, first)
        if crossed and not _speaks_of(first, first) and not _speaks_of(second, second):
            numbers = {"name": first.name, "other": second.name}
            at, related = first.actual.at, (second.actual.at,)
            yield Finding("I111", at, "实际完成值", first.actual.raw.strip(), None, numbers, related)


def _speaks_of(row: Indicator, other: Indicator) -> bool:
    return normalised(row.actual.raw) in normalised(other.name + other.target.raw)


@check("I112")
def broken_name(context: Context) -> Iterator[Finding]:
    """指标名残缺：以顿号、逗号或连词结尾，或括号不成对。"""
    for row in context.form.named_indicators:
        if _is_broken(row.name):
            yield Finding("I112", row.at, "三级指标", row.name)


@lru_cache(maxsize=4096)  # names come again in the forms of a batch
def _is_broken(name: str) -> bool:
    name = normalised(name)
    return name.endswith(("、", ",", "和", "与", "及", "或")) or name.count("(") != name.count(")")


def measured(rows: Sequence[Indicator]) -> list[Indicator]:
    """Rows whose target is a number."""
    return [row for row in rows if row.target.value is not None and row.target.value.kind == "number"]
