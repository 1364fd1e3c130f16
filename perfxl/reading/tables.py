"""The indicator table: found by its header words, walked row by row down to the total."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from perfxl.finding import Finding
from perfxl.form import Located
from perfxl.grid import normalised
from perfxl.reading.cells import CellReader, blank
from perfxl.reading.labels import inline_pairs, vocabulary
from perfxl.reading.slots import Region, Slot

EXTRA_COLUMNS = ("kind", "reference_score", "hint")
"""Columns that our templates keep right of the printed form."""

_LONGEST_RUN = 200
"""Empty rows that a level label may still cover. A merge down to row 1048576 is no promise of a million rows."""

_NOTE = re.compile(r"(?:说明|注|备注|填表说明|备注说明|注意事项)[0-9]*:|注[0-9]+|[0-9]+[.、].{20,}")


@dataclass(frozen=True)
class IndicatorHeader:
    """The header row: its labels by column id."""

    top: int
    bottom: int
    columns: Mapping[str, Slot]

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
    rows = (row for row in range(region.top, region.bottom + 1) if len(region.grid.row(row)) >= 3)
    return next((header for row in rows if (header := header_at(region, row))), None)


def header_at(region: Region, row: int) -> IndicatorHeader | None:
    """A row with the label of the names and two more, points, score or target among them."""
    known = vocabulary().columns
    found: dict[str, Slot] = {}
    for slot in region.slots(row):
        if slot.top == row and slot.key in known:
            found.setdefault(known[slot.key], slot)
    if len(found) < 3 or "level3" not in found or not found.keys() & {"max_score", "score", "target"}:
        return None
    return IndicatorHeader(row, max(slot.bottom for slot in found.values()), found)


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
            repeated = region.slot(row, header.columns["level3"].left).key in vocabulary().columns
            if not repeated and not _labelled(region, header, row, "subtotal"):
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
        total = _total_at(region, header, below) if below else None
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
    if slot.top != label.top or slot.left == label.left:
        return blank(region.ref(label))
    return reader.points(slot.cell, region.ref(slot), label.key)


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


def _total_at(region: Region, header: IndicatorHeader, row: int) -> Slot | None:
    return _labelled(region, header, row, "total") if header.has_points else None


def _labelled(region: Region, header: IndicatorHeader, row: int, kind: str) -> Slot | None:
    totals = vocabulary().totals
    labels = (slot for slot in region.own(row) if slot.left < header.first_figure)
    return next((slot for slot in labels if totals.get(slot.key) == kind), None)


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
