"""Label and value side by side: the header block, the lines below the table, the goals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from perfxl.finding import Finding
from perfxl.grid import Cell, CellRef, normalised
from perfxl.reading.cells import CellReader
from perfxl.reading.labels import inline_pairs, is_title, label_key, vocabulary
from perfxl.reading.slots import Region, Slot
from perfxl.reading.titles import is_year_line
from perfxl.reading.values import money_unit

_GOALS = ("expected_goal", "actual_goal", "annual_goal", "overall_goal")
_LONGEST_UNKNOWN = 20
_LONGEST_BARE = 12


@dataclass(frozen=True, slots=True)
class Pair:
    """A label with the cell that holds its value; for `标签：值` in one cell, a cell with the value alone."""

    id: str
    label: str
    """As printed."""
    label_at: CellRef
    cell: Cell
    at: CellRef
    """The value's place; the label's where the form has no cell for a value."""

    @property
    def word(self) -> str:
        return label_key(self.label)


def read_pairs(region: Region, rows: Iterable[int], first: int = 0) -> Iterator[Pair]:
    """The pairs of known labels in those rows, from column `first` on."""
    for row in rows:
        slots = [slot for slot in region.slots(row) if slot.left >= first]
        for place in _pair_places(slots, row, bool(region.grid.merges)):
            yield from _pairs_at(region, slots, *place)


def read_goals(region: Region, row: int) -> list[Pair]:
    """预期目标 and 实际完成情况 as column labels of this row, their texts below; empty where they are not.

    Labels side by side have their texts below, and so has one right of a label for the whole block.
    """
    fields = vocabulary().fields
    slots = [slot for slot in region.slots(row) if slot.top == row and fields.get(slot.key) in _GOALS]
    if len(slots) < 2 or slots[0].right + 1 != slots[1].left:
        return []
    goals = slots[1:] if slots[0].key in vocabulary().blocks["goals"] else slots
    texts = [region.slot(goal.bottom + 1, goal.left) for goal in goals]
    return [
        Pair(fields[goal.key], goal.text, region.ref(goal), text.cell, region.ref(text))
        for goal, text in zip(goals, texts, strict=True)
    ]


def report_unknown_labels(region: Region, rows: Iterable[int], reader: CellReader) -> None:
    """L104 for what looks like a label and is none we know. Lines over the whole width are headings."""
    rows = list(rows)
    label_columns = {slot.left for row in rows for slot in region.own(row) if slot.key in vocabulary().fields}
    for row in rows:
        slots = region.slots(row)
        taken = {index for place in _pair_places(slots, row, bool(region.grid.merges)) for index in place}
        for index, slot in enumerate(slots):
            if index in taken or slot.top != row or not isinstance(slot.cell.value, str):
                continue
            last = index + 1 == len(slots)
            if _looks_like_label(slot, None if last else slots[index + 1], label_columns):
                reader.report(Finding("L104", region.ref(slot), numbers={"label": slot.text.strip()}))


def _pair_places(slots: Sequence[Slot], row: int, merged: bool) -> Iterator[tuple[int, int]]:
    """(label, value) as indices into the row; the same index twice where label and value share a cell."""
    index = 0
    while index < len(slots):
        slot = slots[index]
        if slot.top != row or not isinstance(slot.cell.value, str):
            index += 1
        elif slot.key in vocabulary().fields:
            value = _value_index(slots, index, merged)
            yield index, value
            index = value + 1
        else:
            if inline_pairs(slot.cell.value):
                yield index, index
            index += 1


def _value_index(slots: Sequence[Slot], label: int, merged: bool) -> int:
    """The place beside the label. On a sheet without any merge, the first filled place before the next label."""
    beside = label + 1
    if beside == len(slots) or slots[beside].key in vocabulary().fields:
        return label
    if not merged:
        for index in range(beside, len(slots)):
            if slots[index].key in vocabulary().fields or normalised(slots[index].text[-2:]).endswith(":"):
                break
            if not slots[index].blank:
                return index
    return beside


def _pairs_at(region: Region, slots: Sequence[Slot], label: int, value: int) -> Iterator[Pair]:
    slot, fields = slots[label], vocabulary().fields
    at = region.ref(slot)
    if slot.key in fields:
        cell = Cell(None) if value == label else slots[value].cell
        yield Pair(fields[slot.key], slot.text, at, cell, region.ref(slots[value]))
        return
    for word, text in inline_pairs(slot.text):
        yield Pair(fields[label_key(word)], word, at, Cell(text), at)


def _looks_like_label(slot: Slot, beside: Slot | None, label_columns: set[int]) -> bool:
    text = normalised(slot.text)
    if (
        is_title(slot.text)
        or is_year_line(slot.text)
        or money_unit(slot.text)
        or any(slot.key in words for words in vocabulary().blocks.values())
    ):
        return False
    if beside is None:
        return False
    if text.endswith(":"):
        return len(text) <= _LONGEST_UNKNOWN
    return slot.left in label_columns and beside.blank and len(text) <= _LONGEST_BARE
