"""The indicator table: found by its header words, walked row by row down to the total."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache

from perfxl.finding import Finding
from perfxl.form import Located
from perfxl.grid import normalised
from perfxl.reading.cells import CellReader, blank
from perfxl.reading.guessing import (
    filled_columns,
    guess_by_content,
    guess_columns,
    guess_levels,
    guess_name,
    guess_target,
    is_heading,
)
from perfxl.reading.labels import inline_pairs, resembled, vocabulary
from perfxl.reading.slots import Region, Slot

EXTRA_COLUMNS = ("kind", "reference_score", "hint")
"""Columns that our templates keep right of the printed form."""

COLUMN_WORDS = {
    "level1": "一级指标",
    "level2": "二级指标",
    "level3": "三级指标",
    "explanation": "指标解释",
    "target": "指标值",
    "actual": "实际完成值",
    "max_score": "分值",
    "scoring_rule": "评分规则",
    "score": "得分",
    "note": "偏差原因分析及改进措施",
    "kind": "指标性质",
    "measure_unit": "度量单位",
    "reference_score": "参考得分",
    "hint": "提示",
    "initial_budget": "年初预算数",
    "adjusted_budget": "全年预算数",
    "executed": "全年执行数",
    "execution_rate": "执行率",
}
"""What a doubt calls a column."""
_LEAST_RESEMBLING = 4
"""Labels of a header row none of which need be known."""
_LONGEST_RUN = 200
"""Empty rows that a level label may still cover. A merge down to row 1048576 is no promise of a million rows."""

_NOTE = re.compile(r"(?:说明|注|备注|填表说明|备注说明|注意事项)[0-9]*:|注[0-9]+|[0-9]+[.、].{20,}")


@dataclass(frozen=True)
class IndicatorHeader:
    """The header row: its labels by column id."""

    top: int
    bottom: int
    columns: Mapping[str, Slot]
    guessed: frozenset[str] = frozenset()
    """Ids of the columns whose labels the vocabulary does not list."""

    @cached_property
    def inputs(self) -> tuple[Slot, ...]:
        """The labels of the printed columns."""
        return tuple(slot for id_, slot in self.columns.items() if id_ not in EXTRA_COLUMNS)

    @cached_property
    def left(self) -> int:
        return min(slot.left for slot in self.inputs)

    @cached_property
    def right(self) -> int:
        return max(slot.right for slot in self.inputs)

    @cached_property
    def first_figure(self) -> int:
        """The first column of 指标值, 分值 and the like; words stand left of it."""
        figures = ("target", "actual", "max_score", "score")
        return min(slot.left for id_, slot in self.columns.items() if id_ in figures)

    @property
    def has_points(self) -> bool:
        return "max_score" in self.columns or "score" in self.columns


def find_header(region: Region) -> IndicatorHeader | None:
    """The first row of known column labels; without one, the first whose labels come near enough to known ones."""
    rows = [row for row in range(region.top, region.bottom + 1) if len(region.grid.row(row)) >= 2]
    header = next((header for row in rows if (header := header_at(region, row))), None)
    if header is None:
        header = next((header for row in rows if (header := _resembling_at(region, row))), None)
    return _completed(region, header) if header else None


def _resembling_at(region: Region, row: int) -> IndicatorHeader | None:
    """A row of column labels, most of them spelt otherwise."""
    known = vocabulary().columns
    own = [slot for slot in region.own(row) if is_heading(slot)]
    if len(own) < _LEAST_RESEMBLING or len(own) + 1 < len(region.own(row)):
        return None
    found = {known[slot.key]: slot for slot in reversed(own) if slot.key in known}
    guesses = guess_columns(region, row, found)
    guesses |= guess_name(region, row, found | guesses)
    guesses |= guess_target(region, row, found | guesses)
    both = found | guesses
    if len(both) < max(_LEAST_RESEMBLING, len(own) // 2) or not _is_header(both):
        return None
    return IndicatorHeader(row, max(slot.bottom for slot in both.values()), both, frozenset(guesses))


def _completed(region: Region, header: IndicatorHeader) -> IndicatorHeader:
    """The header with what its unknown labels may mean."""
    columns = dict(header.columns)
    for row in range(header.top, header.bottom + 1):
        columns |= guess_columns(region, row, columns)
        columns |= guess_levels(region, row, columns)
    columns |= guess_by_content(region, header.bottom, columns, unknown_columns(region, header, columns))
    return replace(header, columns=columns, guessed=header.guessed | columns.keys() - header.columns.keys())


def unknown_columns(region: Region, header: IndicatorHeader, columns: Mapping[str, Slot]) -> list[Slot]:
    """Labels of the header rows, right of the names' column, that mean nothing to us and have content below."""
    words, taken = vocabulary(), {slot.left for slot in columns.values()}
    places = [slot for row in range(header.top, header.bottom + 1) for slot in region.own(row)]
    labels = [
        slot
        for slot in places
        if slot.key and slot.left not in taken and slot.left > header.left and slot.key not in words.ignored
    ]
    return list(filled_columns(region, header.bottom, labels))


def _is_header(found: Mapping[str, Slot]) -> bool:
    return "level3" in found and bool(found.keys() & {"max_score", "score", "target"})


def header_at(region: Region, row: int) -> IndicatorHeader | None:
    """A row with the label of the names and one of points, score or target: with a third, or these alone.

    Labels may be split over two rows: 得分 over both, 年度指标值 and 实际完成值 below a common heading.
    """
    known = vocabulary().columns
    found: dict[str, Slot] = {}
    for slot in region.slots(row):
        if slot.top == row and slot.key in known:
            found.setdefault(known[slot.key], slot)
    lower = _lower_labels(region, row, found) if found else None
    if lower:
        found = {id_: slot for id_, slot in found.items() if slot.bottom > row or slot.left == slot.right} | lower
    if not _is_header(found):
        return None
    if len(found) < 3 and any(slot.left >= found["level3"].left and slot.key not in known for slot in region.own(row)):
        return None
    return IndicatorHeader(row, max(slot.bottom for slot in found.values()), found)


def _lower_labels(region: Region, row: int, upper: Mapping[str, Slot]) -> dict[str, Slot]:
    """The column labels of the row below, if it is the second half of a header; else empty."""
    known = vocabulary().columns
    own = region.own(row + 1)
    labels = [slot for slot in own if slot.key in known]
    if 2 * len(labels) <= len(own) or not all(slot.key for slot in own):
        return {}
    if not all(slot.key for slot in region.own(row)):
        return {}
    for slot in upper.values():
        beneath = [one for one in own if slot.left <= one.left <= slot.right]
        heading = slot.left < slot.right and sum(one in labels for one in beneath) >= 2
        if beneath and not heading:
            return {}
    return {known[slot.key]: slot for slot in reversed(labels)}


@dataclass(frozen=True)
class TableExtent:
    """The sheet rows of an indicator table, sorted by what they are."""

    indicators: tuple[int, ...]
    splits: tuple[int, ...]
    """Empty rows in the middle of what belongs together."""
    last: int
    """The table's last row; the total row not counted where other lines stand between."""
    total: Slot | None
    """The label of the total row."""


def find_extent(region: Region, header: IndicatorHeader) -> TableExtent:
    """Walk down from the header to the total row, the next block or the end."""
    indicators: list[int] = []
    splits: list[int] = []
    last = filled = row = header.bottom
    total = None
    while row < region.bottom:
        row += 1
        total = _total_at(region, header, row)
        if total or _ends_at(region, header, row):
            break
        if not _is_empty(region, header, row):
            if not _repeats_header(region, header, row) and not _labelled(region, header, row, "subtotal"):
                indicators.append(row)
            last = filled = row
            continue
        following = _next_indicator(region, header, row)
        inside = row - filled <= _LONGEST_RUN and _inside_level(region, header, row)
        if inside and (following is None or _opens_level(region, header, following)):
            indicators.append(row)
            last = row
        elif following is not None:
            splits.append(row)
            row = following - 1
        elif total_row := _next_total(region, header, row):
            row = total_row - 1
        else:
            break
    if total:
        last = total.top
    else:
        below = _next_total(region, header, last)
        total = _total_at(region, header, below) if below else _total_above(region, header)
    return TableExtent(tuple(indicators), tuple(splits), last, total)


def report_splits(region: Region, header: IndicatorHeader, extent: TableExtent, reader: CellReader) -> None:
    for row in extent.splits:
        at = region.grid.ref(row, header.columns["level3"].left)
        reader.report(Finding("L103", at, numbers={"row": str(row)}))


def read_total(
    region: Region, header: IndicatorHeader, extent: TableExtent, id_: str, reader: CellReader
) -> Located[Decimal]:
    """The total row's figure in the column; blank at the row's label or, without one, at the column's label."""
    label = extent.total
    column = header.columns.get(id_)
    if label is None or column is None:
        return blank(region.ref(label or column or header.columns["level3"]))
    slot = region.slot(label.top, column.left)
    if single := _only_figure(region, header, label):
        if id_ == "max_score":
            return blank(region.ref(label))
        slot = single
    if slot.top != label.top or slot.left == label.left:
        return blank(region.ref(label))
    return reader.points(slot.cell, region.ref(slot), label.key)


def _only_figure(region: Region, header: IndicatorHeader, label: Slot) -> Slot | None:
    """The points reached, where the row has no place of its own for the weights: `总分 | 96.5` over the whole width."""
    slots = [slot for slot in region.slots(label.top) if slot.left > label.right]
    places = {
        region.slot(label.top, header.columns[id_].left) for id_ in ("max_score", "score") if id_ in header.columns
    }
    if len(places) == 1 and "max_score" in header.columns and "score" in header.columns:
        return next(iter(places & set(slots)), None)
    figures = [slot for slot in slots if isinstance(slot.cell.value, Decimal)]
    return figures[0] if len(figures) == 1 and all(slot.blank for slot in places) else None


@lru_cache(maxsize=4096)
def group_points(label: str) -> tuple[str, Decimal | None]:
    """`投入与管理 (36分)` → 投入与管理 and 36."""
    text = normalised(label)
    match = re.fullmatch(r"(.+?)(?:\(([0-9]+(?:\.[0-9]+)?)分?\)|([0-9]+(?:\.[0-9]+)?)分)", text)
    return (match[1], Decimal(match[2] or match[3])) if match else (text, None)


def _labels(region: Region, header: IndicatorHeader, row: int) -> list[Slot]:
    """Filled places that begin in this row, the label left of the whole table left out."""
    beside = vocabulary().blocks["indicators"]
    return [slot for slot in region.own(row) if slot.left >= header.left or slot.key not in beside]


def _ends_at(region: Region, header: IndicatorHeader, row: int) -> bool:
    """A known label at the left edge, a pair in one cell, a note, or a line over the whole width."""
    labels = _labels(region, header, row)
    if not labels or labels[0].left > header.left:
        return False
    first = labels[0]
    if first.key in vocabulary().known and first.key not in vocabulary().execution_names:
        return True
    alone = len(labels) == 1
    return bool(
        first.right >= header.right
        or (alone and _NOTE.match(normalised(first.text[:60])))
        or (alone and inline_pairs(first.text))
    )


def _repeats_header(region: Region, header: IndicatorHeader, row: int) -> bool:
    known = vocabulary().columns
    if region.slot(row, header.columns["level3"].left).key in known:
        return True
    own = region.own(row)
    if not own or (own[0].key not in known and own[-1].key not in known):
        return False
    labels = sum(slot.key in known for slot in own)
    return labels >= 2 and 2 * labels >= len(own)


def _total_at(region: Region, header: IndicatorHeader, row: int) -> Slot | None:
    return _labelled(region, header, row, "total") if header.has_points else None


def _total_above(region: Region, header: IndicatorHeader) -> Slot | None:
    """总分 above the table, with its figure; 合计 there is the fund table's."""
    words = vocabulary()
    rows = (row for row in region.filled_below(region.top - 1) if row < header.top)
    labels = (slot for row in rows if (slot := _total_at(region, header, row)) and slot.key not in words.funding_totals)
    figures = (slot for label in labels for slot in region.own(label.top) if isinstance(slot.cell.value, Decimal))
    return next((_total_at(region, header, figure.top) for figure in figures), None)


def _labelled(region: Region, header: IndicatorHeader, row: int, kind: str) -> Slot | None:
    totals = vocabulary().totals
    for slot in region.own(row):
        if slot.left >= header.first_figure:
            break
        if totals.get(slot.key) == kind or (kind == "total" and _resembles_total(region, header, slot)):
            return slot
    return None


def _resembles_total(region: Region, header: IndicatorHeader, slot: Slot) -> bool:
    """A label like 总分 at the left edge of a row without a name; as the last one in any words, over the levels."""
    if slot.left > header.left or slot.key in vocabulary().totals or not is_heading(slot):
        return False
    names = header.columns["level3"].left
    name = region.slot(slot.top, names)
    if names == header.left or (name != slot and not name.blank):
        return False
    word = resembled(slot.key, "totals")
    if word is not None:
        return vocabulary().totals[word] == "total"
    score = region.slot(slot.top, header.columns["score"].left) if "score" in header.columns else None
    last = name == slot and score is not None and isinstance(score.cell.value, Decimal)
    return last and slot.key not in vocabulary().known and _next_indicator(region, header, slot.top) is None


def _is_empty(region: Region, header: IndicatorHeader, row: int) -> bool:
    for column in header.inputs:
        slot = region.slot(row, column.left)
        if slot.top == row and not slot.blank:
            return False
    return True


def _inside_level(region: Region, header: IndicatorHeader, row: int) -> bool:
    """Whether a level label's merge, begun above, still covers the row."""
    return any(
        slot.top < row and not slot.blank
        for id_ in ("level1", "level2")
        if id_ in header.columns
        for slot in [region.slot(row, header.columns[id_].left)]
    )


def _opens_level(region: Region, header: IndicatorHeader, row: int) -> bool:
    return any(
        slot.top == row and not slot.blank
        for id_ in ("level1", "level2")
        if id_ in header.columns
        for slot in [region.slot(row, header.columns[id_].left)]
    )


def _next_indicator(region: Region, header: IndicatorHeader, row: int) -> int | None:
    """The next filled row if it still belongs to the table: a name, or two filled places."""
    for below in region.filled_below(row):
        if _total_at(region, header, below) or _ends_at(region, header, below):
            return None
        if not _is_empty(region, header, below):
            own = [slot for column in header.inputs if not (slot := region.slot(below, column.left)).blank]
            named = not region.slot(below, header.columns["level3"].left).blank
            return below if named or len({slot.left for slot in own if slot.top == below}) >= 2 else None
    return None


def _next_total(region: Region, header: IndicatorHeader, row: int) -> int | None:
    for below in region.filled_below(row):
        if _total_at(region, header, below):
            return below
    return None
