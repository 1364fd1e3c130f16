"""The indicator table, walked row by row from its header down to the total."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise, takewhile

from perfxl.finding import Finding
from perfxl.form import Located
from perfxl.grid import normalised
from perfxl.reading.cells import CellReader, blank
from perfxl.reading.guessing import is_heading
from perfxl.reading.headers import IndicatorHeader
from perfxl.reading.labels import inline_pairs, resembled
from perfxl.reading.slots import Region, Slot
from perfxl.reading.values import is_figure, parse_number

_LONGEST_RUN = 200
"""Empty rows that a level label may still cover. A merge down to row 1048576 is no promise of a million rows."""

_NOTE = re.compile(r"(?:说明|注|备注|填表说明|备注说明|注意事项)[0-9]*:|注[0-9]+|[0-9]+[.、].{20,}")


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
    following: int | None = 0
    """The next indicator below empty rows, 0 before it is looked for; None where the table ends before one."""
    opens = False
    """Whether it opens a level, or there is none: the rows above it are empty ones of the level before."""
    while row < region.bottom:
        row += 1
        if not following or row >= following:
            looked_at = row == following
            inner = _is_inner(region, header, row)
            if not (inner or looked_at) and (
                (total := _total_at(region, header, row)) or _ends_at(region, header, row)
            ):
                break
            if looked_at or not _is_empty(region, header, row):
                if inner or not (_repeats_header(region, header, row) or _labelled(region, header, row, "subtotal")):
                    indicators.append(row)
                last = filled = row
                following = 0
                continue
            if following == 0:
                following = _next_indicator(region, header, row)
                opens = following is None or _opens_level(region, header, following)
        if opens and row - filled <= _LONGEST_RUN and _inside_level(region, header, row):
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
        reader.report(Finding("L103", at, numbers={"row": region.grid.row_words(row)}))


def read_total(
    region: Region, header: IndicatorHeader, extent: TableExtent, id_: str, reader: CellReader
) -> Located[Decimal]:
    """The total row's figure in the column; blank at the row's label or, without one, at the column's label."""
    label = extent.total
    column = header.columns.get(id_)
    if label is None or column is None:
        return blank(region.ref(label or column or header.columns["level3"]))
    slot = region.slot(label.top, column.left)
    if packed := _packed_figures(region, header, label):
        slot = packed[id_]
    elif single := _only_figure(region, header, label):
        if id_ == "max_score":
            return blank(region.ref(label))
        slot = single
    if slot.top != label.top or slot.left == label.left:
        return blank(region.ref(label))
    return reader.points(slot.cell, region.ref(slot), label.key)


def _packed_figures(region: Region, header: IndicatorHeader, label: Slot) -> dict[str, Slot]:
    """The figures right behind the label, where a text has no places for what was merged: `总分 | 100 | 99`."""
    if label.left != label.right:
        return {}
    ids = sorted({"max_score", "score"} & header.columns.keys(), key=lambda id_: header.columns[id_].left)
    beside = (slot for slot in region.slots(label.top) if slot.left > label.right)
    figures = list(takewhile(lambda slot: slot.right == slot.left and parse_number(slot.text) is not None, beside))
    places = [region.slot(label.top, header.columns[id_].left) for id_ in ids]
    packed = all(slot.blank for slot in places) and len(figures) == len(ids) == 2
    return dict(zip(ids, figures, strict=True)) if packed else {}


def _only_figure(region: Region, header: IndicatorHeader, label: Slot) -> Slot | None:
    """The points reached, where the row has no place of its own for the weights: `总分 | 96.5` over the whole width."""
    slots = [slot for slot in region.slots(label.top) if slot.left > label.right]
    places = {
        region.slot(label.top, header.columns[id_].left) for id_ in ("max_score", "score") if id_ in header.columns
    }
    if len(places) == 1 and "max_score" in header.columns and "score" in header.columns:
        return next(iter(places & set(slots)), None)
    figures = [slot for slot in slots if is_figure(slot.cell)]
    return figures[0] if len(figures) == 1 and all(slot.blank for slot in places) else None


@lru_cache(maxsize=4096)
def group_points(label: str) -> tuple[str, Decimal | None]:
    """`投入与管理 (36分)` → 投入与管理 and 36."""
    text = normalised(label)
    match = re.fullmatch(r"(.+?)(?:\(([0-9]+(?:\.[0-9]+)?)分?\)|([0-9]+(?:\.[0-9]+)?)分)", text)
    return (match[1], Decimal(match[2] or match[3])) if match else (text, None)


def _is_inner(region: Region, header: IndicatorHeader, row: int) -> bool:
    """Whether no word that we know stands in the row and nothing at the left edge: most rows, which nothing ends in."""
    line = region[row]
    if line.words or (line.own and line.own[0].left <= header.left):
        return False
    return line.at[header.columns["level3"].left].key not in region.vocabulary.columns


def _ends_at(region: Region, header: IndicatorHeader, row: int) -> bool:
    """A known label at the left edge, a pair in one cell, a note, or a line over the whole width."""
    own = region[row].own
    if not own or own[0].left > header.left:
        return False
    # The label left of the whole table is none of its rows'.
    beside = region.vocabulary.blocks["indicators"]
    labels = [slot for slot in own if slot.left >= header.left or slot.key not in beside]
    if not labels or labels[0].left > header.left:
        return False
    first = labels[0]
    if first.key in region.vocabulary.known and first.key not in region.vocabulary.execution_names:
        return True
    alone = len(labels) == 1
    return bool(
        first.right >= header.right
        or (alone and _NOTE.match(normalised(first.text[:60])))
        or (alone and inline_pairs(first.text))
    )


def _repeats_header(region: Region, header: IndicatorHeader, row: int) -> bool:
    known = region.vocabulary.columns
    if region.slot(row, header.columns["level3"].left).key in known:
        return True
    own = region[row].own
    if not region[row].words or (own[0].key not in known and own[-1].key not in known):
        return False
    labels = sum(slot.key in known for slot in own)
    return labels >= 2 and 2 * labels >= len(own)


def _total_at(region: Region, header: IndicatorHeader, row: int) -> Slot | None:
    return _labelled(region, header, row, "total") if header.has_points else None


def _total_above(region: Region, header: IndicatorHeader) -> Slot | None:
    """总分 above the table, with its figure. 合计 there is the fund table's, if the form has one."""
    words = region.vocabulary
    rows = [row for row in region.filled_below(region.top - 1) if row < header.top]
    labels = [slot for row in rows if (slot := _total_at(region, header, row))]
    if not labels:
        return None
    beside = (pair for row in rows for pair in pairwise(region[row].own))
    funds = any(left.key in words.funding_columns and right.key in words.funding_columns for left, right in beside)
    labels = [slot for slot in labels if not funds or slot.key not in words.funding_totals]
    figures = (slot for label in labels for slot in region[label.top].own if is_figure(slot.cell))
    return next((_total_at(region, header, figure.top) for figure in figures), None)


def _labelled(region: Region, header: IndicatorHeader, row: int, kind: str) -> Slot | None:
    own = region[row].own
    edge = header.left if kind == "total" else 0
    if not own or (own[0].left > edge and not region[row].words):
        return None
    totals, first_figure = region.vocabulary.totals, header.first_figure
    for slot in own:
        if slot.left >= first_figure:
            break
        if totals.get(slot.key) == kind or (slot.left <= edge and _resembles_total(region, header, slot)):
            return slot
    return None


def _resembles_total(region: Region, header: IndicatorHeader, slot: Slot) -> bool:
    """A label like 总分 at the left edge of a row without a name; as the last one in any words, with points alone."""
    if slot.key in region.vocabulary.totals or not is_heading(slot):
        return False
    names = header.columns["level3"]
    name = region.slot(slot.top, names.left)
    # Where names stand leftmost, only a label that is wider than their column is none of them.
    if (names.left == header.left and slot.right <= names.right) or (name != slot and not name.blank):
        return False
    word = resembled(slot.key, "totals")
    if word is not None:
        return region.vocabulary.totals[word] == "total"
    if slot.key in region.vocabulary.known:
        return False
    points = [
        region.slot(slot.top, header.columns[id_].left) for id_ in ("max_score", "score") if id_ in header.columns
    ]
    rest = [one for one in region[slot.top].own if one not in (slot, *points)]
    # 自评等级 may stand behind the points.
    behind = not rest or (rest[0].left > points[-1].right and rest[0].key in region.vocabulary.fields)
    return behind and is_figure(points[-1].cell) and _next_indicator(region, header, slot.top) is None


def _is_empty(region: Region, header: IndicatorHeader, row: int) -> bool:
    at = region[row].at
    for left in header.lefts:
        slot = at[left]
        if slot.top == row and not slot.blank:
            return False
    return True


def _inside_level(region: Region, header: IndicatorHeader, row: int) -> bool:
    """Whether a level label's merge, begun above, still covers the row."""
    at = region[row].at
    return any(at[left].top < row and not at[left].blank for left in header.levels)


def _opens_level(region: Region, header: IndicatorHeader, row: int) -> bool:
    at = region[row].at
    return any(at[left].top == row and not at[left].blank for left in header.levels)


def _next_indicator(region: Region, header: IndicatorHeader, row: int) -> int | None:
    """The next filled row if it still belongs to the table: a name, or two filled places."""
    name = header.columns["level3"].left
    for below in region.filled_below(row):
        if not _is_inner(region, header, below) and (
            _total_at(region, header, below) or _ends_at(region, header, below)
        ):
            return None
        if not _is_empty(region, header, below):
            if not region[below].at[name].blank:
                return below
            own = [slot for left in header.lefts if not (slot := region.slot(below, left)).blank]
            return below if len({slot.left for slot in own if slot.top == below}) >= 2 else None
    return None


def _next_total(region: Region, header: IndicatorHeader, row: int) -> int | None:
    for below in region.filled_below(row):
        if _total_at(region, header, below):
            return below
    return None
