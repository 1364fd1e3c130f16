"""Label and value side by side: the header block, the lines below the table, the goals."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from itertools import chain, pairwise, takewhile
from typing import NamedTuple

from perfxl.finding import Finding
from perfxl.grid import Cell, CellRef, normalised
from perfxl.reading.cells import CellReader
from perfxl.reading.guessing import is_heading
from perfxl.reading.labels import inline_pairs, is_title, label_key, resembled, vocabulary
from perfxl.reading.slots import Region, Slot
from perfxl.reading.titles import is_year_line
from perfxl.reading.values import money_unit

_GOALS = ("expected_goal", "actual_goal", "annual_goal", "overall_goal")
_NEVER_GUESSED = {"filled_by", "reviewed_by", "telephone", "filled_on"}
_GOAL_WORDS = ("预期目标", "实际完成情况")
_NUMBERED = re.compile(r"目标\s*[0-9０-９一二三四五六七八九十]{1,2}\s*[:：、.．]")
_LONGEST_UNKNOWN = 20
_LONGEST_BARE = 12
_Place = tuple[int, int]
"""Row and column."""


class Pair(NamedTuple):
    """A label with the cell that holds its value; for `标签：值` in one cell, a cell with the value alone."""

    id: str
    label: str
    """As printed."""
    label_at: CellRef
    cell: Cell
    at: CellRef
    """The value's place; the label's where the form has no cell for a value."""
    meant: str = ""
    """The known word that an unlisted label was taken for; empty where it is listed."""

    @property
    def word(self) -> str:
        return label_key(self.label)


class Goal(NamedTuple):
    """A goal with the last row of its text."""

    pair: Pair
    bottom: int


def read_pairs(region: Region, rows: Iterable[int], first: int = 0) -> Iterator[Pair]:
    """The pairs of known labels in those rows, from column `first` on; labels of a row may have their values below."""
    values, fields = 0, region.vocabulary.fields
    for row in rows:
        if row == values:
            continue
        if below := _pairs_below(region, row, first):
            yield from below
            values = row + 1
            continue
        slots = [slot for slot in region.slots(row) if slot.left >= first] if first else region.slots(row)
        for label, value in _pair_places(slots, row, region.merged):
            slot = slots[label]
            at, id_ = region.ref(slot), fields.get(slot.key)
            if id_ is None:
                for word, text in inline_pairs(slot.text):
                    yield Pair(fields[label_key(word)], word, at, Cell(text), at)
            elif value == label:
                yield Pair(id_, slot.text, at, Cell(None), at)
            else:
                yield Pair(id_, slot.text, at, slots[value].cell, region.ref(slots[value]))


def _pairs_below(region: Region, row: int, first: int = 0) -> list[Pair]:
    """The pairs of a row of nothing but labels with a row of values below it; else empty."""
    line = region[row]
    if len(line.own) < 2 or not line.words:
        return []
    fields = region.vocabulary.fields
    labels = [slot for slot in line.own if slot.left >= first] if first else line.own
    known = [slot for slot in labels if slot.key in fields]
    if len(known) < 2 or 2 * len(known) <= len(labels) or any(slot.bottom > row for slot in labels):
        return []
    below = region[row + 1].own
    places = {slot.left for slot in labels}
    if not below or any(slot.left not in places or slot.key in fields or inline_pairs(slot.text) for slot in below):
        return []
    if len(below) < len(labels) and _apart(region.slots(row), labels):
        return []
    values = [region.slot(row + 1, slot.left) for slot in labels]
    return [
        Pair(fields[label.key], label.text, region.ref(label), value.cell, region.ref(value))
        for label, value in zip(labels, values, strict=True)
        if label in known
    ]


def _apart(slots: Sequence[Slot], labels: Sequence[Slot]) -> bool:
    """Whether places without a label stand between the labels of a row."""
    return slots.index(labels[-1]) - slots.index(labels[0]) >= len(labels)


def read_goals(region: Region, row: int) -> list[Goal]:
    """预期目标 and 实际完成情况 as column labels of this row, their texts below; empty where they are not.

    Labels side by side have their texts below, and so has one right of a label for the whole block.
    """
    line, fields = region[row], region.vocabulary.fields
    if not line.words or not any(fields.get(word) in _GOALS for word in line.words):
        return []
    own = line.own
    all_slots = region.slots(row)
    blocks = region.vocabulary.blocks["goals"]
    block = next((slot for slot in all_slots if slot.bottom > row and not slot.blank), None)
    labels = [slot for slot in own if slot != block]
    if block is None and len(labels) > 2 and labels[0].key in blocks:
        block, labels = labels[0], labels[1:]
    words = {slot: slot.key for slot in labels if fields.get(slot.key) in _GOALS}
    words |= _unlisted_goals(region, block, labels, words)
    goals = [slot for slot in labels if slot in words]
    named = [block] if block and block.key in blocks else []
    filled = [slot for slot in all_slots if not slot.blank]
    places = [filled.index(slot) for slot in [*named, *goals]]
    if not goals or len(places) < 2 or places != list(range(places[0], places[0] + len(places))):
        return []
    return [_goal(region, goal, block.bottom if block else 0, words[goal]) for goal in goals]


def _unlisted_goals(
    region: Region, block: Slot | None, labels: Sequence[Slot], known: Mapping[Slot, str]
) -> dict[Slot, str]:
    """预期目标 and 实际完成情况 in words of their own: by their nearest words, or two side by side by their places."""
    fields = region.vocabulary.fields
    lacking = set(_GOALS) - {fields[word] for word in known.values()}
    unlisted = [slot for slot in labels if slot not in known and is_heading(slot)]
    if len(labels) != 2 or len(unlisted) + len(known) != 2 or not unlisted:
        return {}
    below = [region.slot(label.bottom + 1, label.left) for label in labels]
    if any(
        slot.left != label.left or slot.blank or slot.key in fields for slot, label in zip(below, labels, strict=True)
    ):
        return {}
    named = block is not None and block.key in region.vocabulary.blocks["goals"]
    if not named and (not known or any(slot.key for slot in below)):
        return {slot: word for slot in unlisted if slot.key not in fields and (word := _meaning(slot, lacking))}
    return {slot: _GOAL_WORDS[labels.index(slot)] for slot in unlisted}


def _meaning(slot: Slot, ids: Collection[str]) -> str:
    """The known word of a field among `ids` that an unlisted label comes closest to; empty where there is none."""
    fields = vocabulary().fields
    word = resembled(slot.key, "fields")
    return word if word and fields[word] in ids else ""


def guess_pairs(region: Region, rows: Iterable[int], known: Sequence[Pair]) -> Iterator[Pair]:
    """Unlisted labels with a value beside them, as the fields that the form lacks and they come closest to."""
    fields = region.vocabulary.fields
    unlisted = [place for row in rows for place in _unlisted_beside(region, row)]
    if not unlisted:
        return
    places = {(at.row, at.column) for pair in known for at in (pair.at, pair.label_at)}
    lacking = set(fields.values()) - {pair.id for pair in known} - _NEVER_GUESSED
    for slot, value in unlisted:
        if (slot.top, slot.left) in places or (value.top, value.left) in places:
            continue
        if word := _meaning(slot, lacking):
            lacking.discard(fields[word])
            places.add((value.top, value.left))
            yield Pair(fields[word], slot.text, region.ref(slot), value.cell, region.ref(value), word)


def _unlisted_beside(region: Region, row: int) -> Iterator[tuple[Slot, Slot]]:
    """What may be unlisted labels of a row, each with its value beside or below it."""
    fields = region.vocabulary.fields
    for slot, value in chain(pairwise(region.slots(row)), _unlisted_above(region, row)):
        if value.blank or slot.key in fields or value.key in fields or slot.top != row or not is_heading(slot):
            continue
        yield slot, value


def _unlisted_above(region: Region, row: int) -> Iterator[tuple[Slot, Slot]]:
    """Unlisted labels among known ones that have their values below, each with its value."""
    if _pairs_below(region, row):
        fields = region.vocabulary.fields
        for slot in region.slots(row):
            if not slot.blank and slot.key not in fields:
                yield slot, region.slot(row + 1, slot.left)


def _goal(region: Region, label: Slot, bottom: int, word: str) -> Goal:
    """The text below the label; all texts down to `bottom`, where the label beside them ends, are one."""
    first = label.bottom + 1
    if region.slot(first, label.left).blank:
        first = next((row for row in region.filled_below(label.bottom) if row <= bottom), first)
    text = region.slot(first, label.left)
    covered = partial(_is_numbered_part, region, text) if bottom <= label.bottom else bottom.__ge__
    more = [region.slot(row, label.left) for row in takewhile(covered, region.filled_below(text.bottom))]
    texts = [text, *(slot for slot in more if slot.top > text.bottom and not slot.blank)]
    cell = text.cell if len(texts) == 1 else Cell("\n".join(slot.text for slot in texts))
    meant = "" if word == label.key else word
    pair = Pair(region.vocabulary.fields[word], label.text, region.ref(label), cell, region.ref(text), meant)
    return Goal(pair, max(slot.bottom for slot in texts))


def _is_numbered_part(region: Region, text: Slot, row: int) -> bool:
    """Whether a row below a goal that no label covers has nothing but its next numbered parts: `目标2：`."""
    own = region[row].own
    return all(_NUMBERED.match(slot.text.strip()) for slot in own) and any(slot.left == text.left for slot in own)


def report_unknown_labels(
    region: Region, parts: Iterable[tuple[Sequence[int], Collection[int]]], pairs: Sequence[Pair], reader: CellReader
) -> None:
    """L104 for what looks like a label and is none we know. Lines over the whole width are headings.

    A part is rows whose `pairs` have been read, and columns in which labels stand besides those of known ones. Where
    nothing is merged at all, as in a text, what stands alone in its row above a fuller one is a heading too.
    """
    values = {(pair.at.row, pair.at.column) for pair in pairs if pair.at != pair.label_at}
    claimed = {(pair.label_at.row, pair.label_at.column) for pair in pairs} | values
    for rows, edge in parts:
        for slot in _unlisted(region, rows, edge, values, claimed) if rows else ():
            reader.report(Finding("L104", region.ref(slot), numbers={"label": slot.text.strip()}))


def _unlisted(
    region: Region, rows: Sequence[int], edge: Collection[int], values: Set[_Place], claimed: Set[_Place]
) -> Iterator[Slot]:
    fields = region.vocabulary.fields
    lines = [line for row in rows if (line := region[row]).words]
    label_columns = {slot.left for line in lines for slot in line.own if slot.key in fields}
    label_columns.update(edge)
    above = False
    for row in rows:
        # All places of pairs are claimed, but for those in two rows of labels and of values.
        in_two, above = above, bool(_pairs_below(region, row))
        for slot, value in _unlisted_above(region, row) if above else ():
            if (slot.top, slot.left) not in claimed and not value.blank:
                yield slot
        if not region.merged and _is_heading_line(region, row):
            continue
        slots = region.slots(row)
        in_two = in_two or above
        taken = {index for place in _pair_places(slots, row, region.merged) for index in place} if in_two else ()
        for index, slot in enumerate(slots):
            if slot.top != row or not isinstance(slot.cell.value, str) or (slot.top, slot.left) in claimed:
                continue
            if index in taken:
                continue
            last = index + 1 == len(slots)
            beside = None if last else slots[index + 1]
            follows = index and (slots[index - 1].top, slots[index - 1].left) in values
            place = follows or slot.left in label_columns
            if _looks_like_label(slot, beside, label_columns) or (place and _has_value(slot, beside)):
                yield slot


def _is_heading_line(region: Region, row: int) -> bool:
    """Alone in its row, and no value alone in the row below that it might be the label of."""
    below = next(region.filled_below(row), None)
    return len(region[row].own) == 1 and below is not None and len(region[below].own) > 1


def _pair_places(slots: Sequence[Slot], row: int, merged: bool) -> Iterator[tuple[int, int]]:
    """(label, value) as indices into the row; the same index twice where label and value share a cell."""
    fields = vocabulary().fields
    free = 0
    for index, slot in enumerate(slots):
        if index < free or slot.top != row:
            continue
        if slot.key in fields:
            value = _value_index(slots, index, merged, fields)
            yield index, value
            free = value + 1
        elif isinstance(slot.cell.value, str) and inline_pairs(slot.cell.value):
            yield index, index


def _value_index(slots: Sequence[Slot], label: int, merged: bool, fields: Container[str]) -> int:
    """The place beside the label. On a sheet without any merge, the first filled place before the next label."""
    beside = label + 1
    if beside == len(slots) or slots[beside].key in fields or _names_unit(slots[beside]):
        return label
    if not merged:
        for index in range(beside, len(slots)):
            if slots[index].key in fields or normalised(slots[index].text[-2:]).endswith(":"):
                break
            if not slots[index].blank:
                return index
    return beside


def _names_unit(slot: Slot) -> bool:
    """Whether a text is a label with a unit, such as `预算安排(万元)`, even if the vocabulary lacks it."""
    text = slot.cell.value
    return isinstance(text, str) and text.endswith((")", "）")) and is_heading(slot) and money_unit(text) is not None


def _has_value(slot: Slot, beside: Slot | None) -> bool:
    """A few words with something beside them, where a label would stand."""
    return is_heading(slot) and len(slot.key) <= _LONGEST_BARE and beside is not None and not beside.blank


def _looks_like_label(slot: Slot, beside: Slot | None, label_columns: set[int]) -> bool:
    if beside is None:
        return False
    text = normalised(slot.text)
    if text.endswith(":"):
        alike = len(text) <= _LONGEST_UNKNOWN
    else:
        alike = slot.left in label_columns and beside.blank and len(text) <= _LONGEST_BARE
    return alike and not (
        is_title(slot.text) or is_year_line(slot.text) or money_unit(slot.text) or slot.key in vocabulary().all_blocks
    )
