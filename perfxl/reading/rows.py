"""The rows of the indicator table, gathered into their level 1 groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from perfxl.finding import Finding
from perfxl.form import Group, Indicator, Located, Target, indicator, located
from perfxl.grid import BLANK_CELL, Cell, CellRef, normalised
from perfxl.reading.cells import CellReader, blank
from perfxl.reading.headers import EXTRA_COLUMNS, IndicatorHeader
from perfxl.reading.labels import label_key, vocabulary
from perfxl.reading.slots import Region, Slot
from perfxl.reading.tables import group_points
from perfxl.reading.values import OPERATORS, parse_number, read_measure

_TEXTS = ("explanation", "scoring_rule", "kind", "note")
_SHORT = 100
"""Characters of a name up to which it is remembered what it says."""
_PLACEHOLDER = re.compile(r"(?:指标[0-9一二三四五六七八九十]*:?)?[.…。·—–―\-_/]*")
_STARS = ("★", "☆", "*", "※")
_NUMBERED = re.compile(r"^\s*(?:[★☆*※]\s*|指标\s*[0-9０-９]+\s*[:：]\s*|其中\s*[:：]\s*)+(?=\S)")
"""What stands before a name: its number, the star of a row with parts, 其中 of a part."""


@dataclass
class _Block:
    """A level 1 group while its rows are being read."""

    label: Located[str]
    level2: Located[str]
    rows: list[Indicator] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.level1 = _joined(self.label)

    def group(self) -> Group:
        return Group(self.level1, group_points(self.label.raw)[1], tuple(self.rows))


def read_groups(
    region: Region, header: IndicatorHeader, rows: Iterable[int], reader: CellReader, year: int | None
) -> tuple[Group, ...]:
    """Level labels hold for the rows that their merge covers, or until the next label."""
    walk = _RowReader(region, header, reader, year)
    for row in rows:
        walk.read(row)
    return tuple(block.group() for block in walk.blocks if block.rows)


class _Name(NamedTuple):
    """What the text of a row's name says by itself."""

    alone: str | None
    """Without its number and signs."""
    begins_part: bool
    starred: bool
    placeholder: bool
    """As far as the name tells."""
    execution: bool


def _name_in(raw: str) -> _Name:
    text = raw.lstrip()
    return _Name(
        alone=_NUMBERED.sub("", raw).strip() or None,
        begins_part=text.startswith("其中"),
        starred=not text or text.startswith(_STARS),
        placeholder=_PLACEHOLDER.fullmatch(normalised(raw)) is not None,
        execution=label_key(raw) in vocabulary().execution_names,
    )


_in_short = lru_cache(maxsize=4096)(_name_in)
"""Kept: the forms of a batch ask for the same."""

_Reading = Callable[[Cell, CellRef, str], Located[Any]]
"""A reader of one kind of cell, which is told the form's word for its column."""


class _RowReader:
    def __init__(self, region: Region, header: IndicatorHeader, reader: CellReader, year: int | None) -> None:
        self.region, self.grid, self.header, self.reader, self.year = region, region.grid, header, reader, year
        self.blocks: list[_Block] = []
        self.in_parts = False
        """Whether the row read last is a part of one above it."""
        self.places = [(id_, column.left) for id_, column in header.columns.items() if column.left <= header.reach]
        self.words = {id_: column.key for id_, column in header.columns.items()}
        self.texts: list[tuple[str, _Reading]] = [(id_, reader.text) for id_ in _TEXTS]
        self.row = header.bottom
        """The row being read."""
        self.slots: dict[str, Slot] = {}
        """Its places, by column id."""
        self.nothing: Located[Any] = blank(region.ref(header.columns["level3"]))
        """What the row has of a column that the form lacks, at the row's first cell."""

    def read(self, row: int) -> None:
        at = self.region[row].at
        self.row = row
        self.slots = {id_: at[left] for id_, left in self.places}
        self.nothing = blank(self.grid.ref(row, self.header.left))
        displaced = self._displaced()
        if displaced:
            self._block().rows.append(self._read_displaced(*displaced))
            return
        block = self._enter()
        indicator = self._indicator(block)
        if indicator:
            block.rows.append(indicator)

    def _block(self) -> _Block:
        if not self.blocks:
            self.blocks.append(_Block(self.nothing, self.nothing))
        return self.blocks[-1]

    def _enter(self) -> _Block:
        """The block of the row, opened where a level 1 label begins here; its level 2 label brought up to date."""
        level1, level2 = self.slots.get("level1"), self.slots.get("level2")
        if level1 and self._opens(level1):
            label = self.reader.text(level1.cell, self.region.ref(level1), self.words["level1"])
            repeated = self.blocks and normalised(self.blocks[-1].label.raw) == normalised(label.raw)
            if not repeated or label.blank:
                self.blocks.append(_Block(label, blank(self.region.ref(level2)) if level2 else self.nothing))
        block = self._block()
        if level2 and (not level2.blank or level2.bottom > level2.top):
            at = block.level2.at
            if level2.top < self.row and level2.top == at.row and level2.left == at.column:
                return block
            block.level2 = _joined(self.reader.text(level2.cell, self.region.ref(level2), self.words["level2"]))
        elif level2 and block.level2.blank:
            block.level2 = blank(self.region.ref(level2))
        return block

    def _opens(self, level1: Slot) -> bool:
        if level1.top < self.row and self.blocks:
            return False
        return not level1.blank or level1.bottom > level1.top

    def _indicator(self, block: _Block) -> Indicator | None:
        """None for a row that only continues the indicator above: its name's merge covers it, no figures follow."""
        place, text, points = self.slots["level3"], self.reader.text, self.reader.points
        name = text(place.cell, self.grid.ref(place.top, place.left), self.words["level3"])
        measures = ("max_score", points), ("score", points), ("target", self._target), ("actual", self._measure)
        max_score, score, target, actual = figures = self._read(measures)
        if place.top < self.row and all(figure.blank for figure in figures):
            return None
        said = _in_short(name.raw) if len(name.raw) <= _SHORT else _name_in(name.raw)
        self.in_parts = self._is_part(said, max_score, score)
        explanation, rule, kind, note = self._read(self.texts)
        placeholder = said.placeholder and self._is_placeholder(max_score, score, target, actual)
        execution = self.header.has_points and said.execution
        words = (block.level1, block.level2, located((said.alone, name.at, name.raw)), explanation, rule, kind)
        return indicator((*words, target, actual, max_score, score, note, placeholder, execution, self.in_parts))

    def _is_part(self, name: _Name, max_score: Located[Decimal], score: Located[Decimal]) -> bool:
        if not (name.begins_part or (self.in_parts and not name.starred)):
            return False
        return self.header.has_points and max_score.blank and score.blank

    def _is_placeholder(
        self, max_score: Located[Decimal], score: Located[Decimal], target: Located[Target], actual: Located[Target]
    ) -> bool:
        """Of a row whose name may be one."""
        if self.header.has_points:
            return (max_score.blank or max_score.value == 0) and (score.blank or score.value == 0)
        return target.blank and actual.blank

    def _read(self, columns: Iterable[tuple[str, _Reading]]) -> list[Located[Any]]:
        """What the row has in columns; blank where a block that began above covers the place."""
        row, slots, words, ref = self.row, self.slots, self.words, self.grid.ref
        found = []
        for id_, read in columns:
            slot = slots.get(id_)
            if slot is None:
                found.append(self.nothing)
                continue
            at, cell = ref(slot.top, slot.left), slot.cell
            filled = cell is not BLANK_CELL and slot.top == row
            found.append(read(cell, at, words[id_]) if filled else located((None, at, "")))
        return found

    def _target(self, cell: Cell, at: CellRef, word: str) -> Located[Target]:
        """The target with the ≥ of a column 指标性质, which has words such as 定性 too."""
        slot = self.slots.get("kind")
        sign = slot.text.strip() if slot and slot.top == self.row else ""
        return self._measure(cell, at, word, sign if sign in OPERATORS else "")

    def _measure(self, cell: Cell, at: CellRef, word: str, sign: str = "") -> Located[Target]:
        """The measure; a bare figure takes its sign and unit from their own columns."""
        unit = self.slots.get("measure_unit")
        if unit and unit.top == self.row and not unit.blank and parse_number(cell.text) is not None:
            cell = Cell(f"{sign}{cell.text.strip()}{unit.text.strip()}")
        elif sign and parse_number(cell.text) is not None:
            cell = Cell(f"{sign}{cell.text.strip()}")
        return self.reader.measure(cell, at, word, self.year)

    def _displaced(self) -> tuple[Slot, Slot] | None:
        """A name in a level column and a figure where the name belongs, the rest of the row empty."""
        place, target = self.slots.get("level3"), self.slots.get("target")
        if place is None or target is None or not target.blank or not self._alone(place):
            return None
        levels = {"level1", "level2"} & self.header.columns.keys()
        names = [slot for id_ in levels if (slot := self.slots.get(id_)) and self._alone(slot)]
        others = self.header.columns.keys() - levels - {"level3", *EXTRA_COLUMNS}
        empty = all((slot := self.slots.get(id_)) is None or slot.blank for id_ in others)
        if len(names) != 1 or not empty or read_measure(place.cell, place.text, self.year).kind == "text":
            return None
        return names[0], place

    def _alone(self, slot: Slot) -> bool:
        return not slot.blank and slot.top == slot.bottom == self.row

    def _read_displaced(self, name: Slot, value: Slot) -> Indicator:
        block = self._block()
        at, value_at = self.region.ref(name), self.region.ref(value)
        numbers = {"text": name.text.strip(), "column": self.words["level3"]}
        self.reader.report(Finding("L102", at, self.words["level3"], name.text, numbers=numbers, related=(value_at,)))
        empty: Located[str] = blank(at)
        no_points: Located[Decimal] = blank(at)
        return Indicator(
            level1=block.level1,
            level2=block.level2,
            level3=Located(name.text.strip(), at, name.text),
            explanation=empty,
            scoring_rule=empty,
            kind=empty,
            target=self.reader.measure(value.cell, value_at, self.words["target"], self.year),
            actual=blank(at),
            max_score=no_points,
            score=no_points,
            note=empty,
        )


def _joined(label: Located[str]) -> Located[str]:
    """A level label without line breaks and points."""
    text, _ = group_points(label.raw)
    return located((text or None, label.at, label.raw))
