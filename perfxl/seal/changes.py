"""What changed between the sealed content and the content now, named by field and cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Literal

from perfxl.grid import CellRef
from perfxl.number_format import from_serial
from perfxl.seal.content import UNKNOWN_FORMULA, Canonical, Line
from perfxl.seal.words import field_name, list_name, quoted

ChangeKind = Literal[
    "changed",
    "added",
    "removed",
    "formula_replaced",
    "formula_new",
    "formula_changed",
    "row_added",
    "row_removed",
    "swapped",
    "moved",
]


Value = tuple[str, str]
"""Kind and value of a line."""


@dataclass(frozen=True)
class Change:
    """One difference. `before` and `after` are empty where nothing stood or stands there."""

    kind: ChangeKind
    id: str
    """The field's id in the content now; for what is gone, in the sealed content."""
    name: str
    """The field in the form's words: `指标“培训人次”的实际完成值`."""
    at: CellRef | None
    """The cell now; None for content that is gone and had no field of its own."""
    before: str
    after: str
    other: CellRef | None = None
    """swapped: the second row."""
    sealed: Value | None = field(default=None, repr=False)
    now: Value | None = field(default=None, repr=False)
    """What changed as it is sealed, for single cells."""


Record = dict[str, Value]
"""The lines of one row by column; of one label or cell beside the fields with the column `""`."""

_LIST = re.compile(
    r"(?P<rows>[0-9]+/(?:row|fund|level1|level2))/(?P<row>[0-9]{5,9})/(?P<column>\w+)"
    r"|(?P<cells>beside/[0-9]+)/(?P<cell>[0-9]{5,9})"
)
_UNDER = "under"
"""The column that ties a row to its level labels."""
_MOST_PAIRS = 160_000
"""Rows before times rows after that are aligned in their order; longer lists only by content."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def changes_between(sealed: Sequence[Line], now: Canonical) -> tuple[Change, ...]:
    """Every difference. Empty if and only if the contents are the same.

    A formula whose text the file keeps elsewhere (`UNKNOWN_FORMULA`) is taken for the same as any formula.
    """
    if _same_content(sealed, now.lines):
        return ()
    found = tuple(_joined_moves(list(_Comparison(sealed, now).changes())))
    # Ids written in a way that no seal of ours has: never taken for unchanged.
    return found or (Change("changed", "", "封签的栏目编号", None, "", ""),)


def _same_content(sealed: Sequence[Line], now: Sequence[Line]) -> bool:
    return len(sealed) == len(now) and all(
        old == new or (old.id == new.id and _same_formula(old[1:], new[1:]))
        for old, new in zip(sealed, now, strict=True)
    )


class _Comparison:
    def __init__(self, sealed: Sequence[Line], now: Canonical) -> None:
        self.now = now
        self.old_alone, self.old_lists = _sorted_out(sealed)
        self.new_alone, self.new_lists = _sorted_out(now.lines)

    def changes(self) -> Iterator[Change]:
        for id_ in sorted(self.old_alone.keys() | self.new_alone.keys()):
            yield from self._value(id_, self.old_alone.get(id_), self.new_alone.get(id_))
        for group in sorted(self.old_lists.keys() | self.new_lists.keys()):
            yield from self._list(group, self.old_lists.get(group, []), self.new_lists.get(group, []))

    # One field

    def _value(self, id_: str, old: Value | None, new: Value | None, row: str = "", was: str = "") -> Iterator[Change]:
        """`id_` in the content now, `was` in the sealed content where that is another."""
        if old == new or (old and new and _same_formula(old, new)):
            return
        after = self.now.shown[id_] if new else ""
        name = field_name(was or id_ if new is None else id_, row)
        at = self.now.places.get(id_)
        yield Change(_kind(old, new), id_, name, at, _before(old, after), after, sealed=old, now=new)

    # Lists

    def _list(self, group: str, old: list[Record], new: list[Record]) -> Iterator[Change]:
        start = 0
        while start < min(len(old), len(new)) and _same(old[start], new[start]):
            start += 1
        end = 0
        while end < min(len(old), len(new)) - start and _same(old[-1 - end], new[-1 - end]):
            end += 1
        a, b = old[start : len(old) - end], new[start : len(new) - end]
        kept = [(index, index) for index in range(start)]
        kept += [(len(old) - 1 - index, len(new) - 1 - index) for index in range(end)]
        yield from self._moved_labels(group, old, new, kept)
        if not a and not b:
            return
        if len(a) == len(b):
            if Counter(map(_key, a)) == Counter(map(_key, b)):
                yield from self._permuted(group, a, b, start)
                return
            pairs = [(index, index) for index in range(len(a))]
            cost = _cost(a, b, pairs)
            aligned = pairs if cost == 1 else _aligned(a, b)
            if cost < _cost(a, b, aligned):
                aligned = pairs
        else:
            aligned = _aligned(a, b)
        yield from self._paired(group, a, b, start, aligned)
        yield from self._moved_labels(group, old, new, [(start + i, start + j) for i, j in aligned])

    def _moved_labels(
        self, group: str, old: list[Record], new: list[Record], pairs: list[tuple[int, int]]
    ) -> Iterator[Change]:
        """Rows that stand below another label: neither the same one in order nor one of the same words."""
        for i, j in pairs:
            before, after = old[i].get(_UNDER), new[j].get(_UNDER)
            if before == after:
                continue
            words = (_labels(self.old_lists, group, before), _labels(self.new_lists, group, after))
            if words[0] != words[1]:
                id_ = _id(group, j, _UNDER)
                name = field_name(id_, _row_name(new[j]))
                yield Change("changed", id_, name, self.now.places.get(id_), *words)

    def _permuted(self, group: str, a: list[Record], b: list[Record], start: int) -> Iterator[Change]:
        """The same rows in another order."""
        places = [index for index in range(len(a)) if not _same(a[index], b[index])]
        if len(places) == 2:
            first, second = (self._row_place(group, start + index, b[index]) for index in places)
            before, after = (_words(records[places[0]]) for records in (a, b))
            id_ = _first_id(group, start + places[0], b[places[0]])
            name = f"{list_name(group)}第 {start + places[0] + 1} 与第 {start + places[1] + 1} 项对调"
            yield Change("swapped", id_, name, first, before, after, second)
            return
        if group.startswith("beside/"):
            # Helping formulas follow their rows: one line for all of them.
            name = f"{list_name(group)}有 {len(places)} 处次序变动"
            first_id = _first_id(group, start + places[0], b[places[0]])
            yield Change("moved", first_id, name, self.now.places.get(first_id), "", "")
            return
        for index in places:
            name = f"{list_name(group)}第 {start + index + 1} 项次序变动"
            id_ = _first_id(group, start + index, b[index])
            at = self._row_place(group, start + index, b[index])
            yield Change("moved", id_, name, at, _words(a[index]), _words(b[index]))

    def _paired(
        self, group: str, a: list[Record], b: list[Record], start: int, pairs: list[tuple[int, int]]
    ) -> Iterator[Change]:
        mates = {new: old for old, new in pairs}
        kept = {old for old, _ in pairs}
        for index, record in enumerate(a):
            if index not in kept:
                yield from self._gone(group, start + index, record)
        for index, record in enumerate(b):
            if index in mates:
                yield from self._record(group, start + index, a[mates[index]], record, start + mates[index])
            else:
                yield from self._come(group, start + index, record)

    def _record(self, group: str, index: int, old: Record, new: Record, was: int) -> Iterator[Change]:
        row = _row_name(new) or _row_name(old)
        for column in sorted((old.keys() | new.keys()) - {_UNDER}):
            ids = (_id(group, index, column), _id(group, was, column))
            yield from self._value(ids[0], old.get(column), new.get(column), row, ids[1])

    def _gone(self, group: str, index: int, record: Record) -> Iterator[Change]:
        id_ = _first_id(group, index, record)
        if group.startswith("beside/"):
            yield Change("removed", id_, field_name(id_), None, _before(record[""], ""), "", sealed=record[""])
        else:
            name = f"{list_name(group)}{quoted(_row_name(record))}"
            yield Change("row_removed", id_, name, None, _words(record), "")

    def _come(self, group: str, index: int, record: Record) -> Iterator[Change]:
        id_ = _first_id(group, index, record)
        at = self.now.places.get(id_)
        if group.startswith("beside/"):
            yield Change("added", id_, field_name(id_), at, "", self.now.shown[id_], now=record[""])
        else:
            name = f"{list_name(group)}{quoted(_row_name(record))}"
            yield Change("row_added", id_, name, at, "", _words(record))

    def _row_place(self, group: str, index: int, record: Record) -> CellRef | None:
        return self.now.places.get(_first_id(group, index, record))


def _sorted_out(lines: Iterable[Line]) -> tuple[dict[str, Value], dict[str, list[Record]]]:
    """Lines that stand alone, and lists of records in their order."""
    alone: dict[str, Value] = {}
    lists: dict[str, dict[int, Record]] = {}
    for id_, kind, value in lines:
        if match := _LIST.fullmatch(id_):
            records = lists.setdefault(match["rows"] or match["cells"], {})
            records.setdefault(int(match["row"] or match["cell"]), {})[match["column"] or ""] = (kind, value)
        else:
            alone[id_] = (kind, value)
    return alone, {group: [records[number] for number in sorted(records)] for group, records in lists.items()}


def _same_formula(old: Value, new: Value) -> bool:
    return old[0] == new[0] == "f" and UNKNOWN_FORMULA in (old[1], new[1])


def _same(old: Record, new: Record) -> bool:
    """The same cells, whatever label they stand below."""
    if old == new:
        return True
    return old.keys() == new.keys() and all(
        value == new[column] or column == _UNDER or _same_formula(value, new[column]) for column, value in old.items()
    )


def _key(record: Record) -> tuple[tuple[str, Value], ...]:
    return tuple(sorted(item for item in record.items() if item[0] != _UNDER))


def _labels(lists: Mapping[str, list[Record]], group: str, under: Value | None) -> str:
    """`产出指标 › 质量指标` for the order of the two labels, `1.2`."""
    form = group.partition("/")[0]
    words = []
    for level, order in zip(("level1", "level2"), under[1].split(".") if under else (), strict=False):
        records = lists.get(f"{form}/{level}", [])
        number = int(order) if order.isascii() and order.isdigit() and len(order) < 6 else 0
        words.append(_words(records[number - 1]) if 0 < number <= len(records) else "")
    return " › ".join(words)


def _aligned(a: list[Record], b: list[Record]) -> list[tuple[int, int]]:
    """Which old row is which new one, by content."""
    if len(a) * len(b) > _MOST_PAIRS:
        return list(_alike(a, b))
    pairs: list[tuple[int, int]] = []
    matcher = SequenceMatcher(None, [_key(record) for record in a], [_key(record) for record in b], autojunk=False)
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag == "equal":
            pairs += zip(range(a1, a2), range(b1, b2), strict=True)
        elif tag == "replace":
            pairs += _mates(a, b, range(a1, a2), range(b1, b2))
    return pairs


def _alike(a: list[Record], b: list[Record]) -> Iterator[tuple[int, int]]:
    """The first of equal rows before and the first after, and so on."""
    places: dict[tuple[tuple[str, Value], ...], list[int]] = {}
    for index in reversed(range(len(b))):
        places.setdefault(_key(b[index]), []).append(index)
    for index, record in enumerate(a):
        if left := places.get(_key(record)):
            yield index, left.pop()


def _mates(a: list[Record], b: list[Record], old: range, new: range) -> Iterator[tuple[int, int]]:
    """Rows that were altered rather than replaced: in order where as many came as went, else the most alike."""
    if len(old) == len(new):
        yield from zip(old, new, strict=True)
        return
    left = list(old)
    for index in new:
        alike = [(len(a[mate].items() & b[index].items()), -mate) for mate in left]
        if not alike:
            return
        shared, mate = max(alike)
        if 2 * shared >= len(b[index]):
            left.remove(-mate)
            yield -mate, index


def _cost(a: list[Record], b: list[Record], pairs: list[tuple[int, int]]) -> int:
    """Lines that differ under this pairing."""
    both = sum(len(a[old]) + len(b[new]) for old, new in pairs)
    rest = sum(map(len, a)) + sum(map(len, b)) - both
    return rest + sum(
        a[old].get(column) != b[new].get(column) for old, new in pairs for column in a[old].keys() | b[new].keys()
    )


def _joined_moves(changes: list[Change]) -> Iterator[Change]:
    """What went under one name and came under another is one change: its label, say, was typed over."""
    gone: dict[Value, list[Change]] = {}
    for change in changes:
        if change.kind == "removed" and change.sealed:
            gone.setdefault(change.sealed, []).append(change)
    moves: dict[int, Change] = {}
    joined: set[int] = set()
    for change in changes:
        # A cell beside the fields may have come in the place of one that went.
        came = change.kind == "added" or change.id.startswith("beside/")
        mates = gone.get(change.now, []) if came and change.now else []
        mate = next((mate for mate in mates if id(mate) not in joined), None)
        if mate is not None:
            joined.add(id(mate))
            name = change.name if mate.name == change.name else f"{mate.name} → {change.name}"
            moves[id(change)] = replace(mate, kind="moved", id=change.id, name=name, at=change.at, after=change.after)
    for change in changes:
        if id(change) in joined:
            continue
        if (move := moves.get(id(change))) is None:
            yield change
            continue
        if change.sealed:
            yield replace(change, kind="removed", at=None, after="", now=None)
        yield move


# Values


def _kind(old: Value | None, new: Value | None) -> ChangeKind:
    if old is None:
        return "added"
    if new is None:
        return "removed"
    if old[0] == new[0] == "f":
        return "formula_changed"
    if old[0] == "f":
        return "formula_replaced"
    return "formula_new" if new[0] == "f" else "changed"


def _before(old: Value | None, after: str) -> str:
    """The sealed value as a person reads it; a date where a date stands there now."""
    if old is None:
        return ""
    kind, value = old
    if kind == "f":
        return "公式"
    if kind == "n" and _DAY.match(after) and (day := from_serial(Decimal(value), epoch_1904=False)):
        return day.strftime("%Y-%m-%d")
    return {"0": "FALSE", "1": "TRUE"}.get(value, value) if kind == "b" else value


def _words(record: Mapping[str, Value]) -> str:
    """A whole row: its name first."""
    columns = sorted(record.keys() - {_UNDER}, key=lambda column: (column not in ("level3", "label"), column))
    return " · ".join(_before(record[column], "") for column in columns)


def _row_name(record: Mapping[str, Value]) -> str:
    kind, value = record.get("level3") or record.get("label") or ("", "")
    return value[:30] if kind == "s" else ""


def _id(group: str, index: int, column: str) -> str:
    id_ = f"{group}/{index + 1:05}"
    return f"{id_}/{column}" if column else id_


def _first_id(group: str, index: int, record: Mapping[str, Value]) -> str:
    column = next((name for name in ("", "level3", "label") if name in record), None)
    return _id(group, index, min(record) if column is None else column)
