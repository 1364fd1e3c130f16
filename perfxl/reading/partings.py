"""The ways to part rows of tokens into cells, and what rows that leave one way only tell of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from math import comb

from perfxl.grid import normalised
from perfxl.reading.labels import label_key, vocabulary
from perfxl.reading.printed_lines import Room, Token, lines_of, room_of

POINTS = {"max_score", "score"}
LEVELS = ("level1", "level2")
_LEAST_CLOSED = 3
"""Cells of several lines that end their line, before that is taken for the way of the text."""
_MOST_WAYS = 2000
_MOST_ROUNDS = 8
_CLOSING = "、。,;:!?”’)》〉】"
_PAIRS = (("“", "”"), ("(", ")"), ("《", "》"))

Cell = tuple[Token, ...]
Way = tuple[Cell, ...]


@dataclass
class _Row:
    """What stands between the points of one indicator and the next, and what it was parted into."""

    tokens: Cell
    """Without the note and the level labels, where there are such labels to part them."""
    columns: tuple[str, ...]
    read: tuple[str, ...]


_Open = tuple[_Row, list[Way]]


@dataclass
class Partings:
    """The rows of the indicator table, parted in every way that the printed lines allow."""

    ids: Sequence[str]
    empty: int = 0
    _rows: list[_Row] = field(default_factory=list)
    _rooms: dict[str, Room] = field(default_factory=dict)
    _closed: int = 0
    """Cells of several lines with nothing behind them on their last line; -1 once there was another."""

    def add(self, tokens: Cell, texts: Mapping[int, str], note: str | None) -> bool:
        """A row; `note` is the one of the row above, None where there is no such cell. False where it cannot fit."""
        names = vocabulary().level_names
        levels = [id_ for id_ in LEVELS if id_ in self.ids]
        given = [(id_, text) for id_, text in zip(levels, _in(texts, self.ids, levels), strict=True) if text]
        places = [place for place, token in enumerate(tokens) if label_key(token.text) in names]
        if [(names[label_key(tokens[place].text)], tokens[place].text) for place in places] != given:
            return False
        if given and [id_ for id_, _ in given][-1] != levels[-1] or (not self._rows and len(given) < len(levels)):
            return False
        columns = [id_ for id_ in self.ids if id_ not in (*LEVELS, *POINTS, "note")]
        read = [normalised(text) for text in _in(texts, self.ids, columns)]
        if places:
            before = tokens[: places[0]]
            if any(token.text for token in tokens[places[0] : places[-1]] if label_key(token.text) not in names):
                return False
            # A second text might be a level in words of its own; a blank before the note, an empty note.
            if (note is not None and not before) or any(token.text for token in before[1:] if note):
                return False
            if text_of(before) != normalised(note or ""):
                return False
            self.empty += note == ""
            tokens = tokens[places[-1] + 1 :]
        elif note is not None:
            columns, read = ["note", *columns], [normalised(note), *read]
        self._rows.append(_Row(tokens, tuple(columns), tuple(read)))
        return True

    def sole(self) -> bool:
        """Whether each row is left with one way, the one it was read in. Those that are sure tell of the others."""
        left = [(row, list(ways_of(row.tokens, len(row.columns)))) for row in self._rows]
        if sum(len(ways) for _, ways in left) > _MOST_WAYS:
            return False
        left = self._narrowed(left)
        if left and self._closed >= _LEAST_CLOSED:
            left = [
                (row, [way for way in ways if not any(_runs_on(*two) for two in pairwise(way))]) for row, ways in left
            ]
            left = self._narrowed(left)
        return not left

    def _narrowed(self, left: list[_Open]) -> list[_Open]:
        """The rows that are still not sure."""
        for _ in range(_MOST_ROUNDS):
            left = [(row, [way for way in ways if self._fits(row, way)]) for row, ways in left]
            sure = [(row, ways) for row, ways in left if {texts_of(way) for way in ways} == {row.read}]
            for row, ways in sure:
                self._learn(row, ways)
            if not sure:
                break
            left = [one for one in left if one not in sure]
        return left

    def _learn(self, row: _Row, ways: Sequence[Way]) -> None:
        for id_, cells in zip(row.columns, zip(*ways, strict=True), strict=True):
            # The same texts, blanks alone before or behind them.
            rooms = [room_of(cell) for cell in cells]
            loosest = Room(min(room.least for room in rooms), max(room.below for room in rooms))
            self._rooms[id_] = self._rooms.get(id_, Room()) & loosest
        self.empty += sum(not text for text in row.read)
        for cell, following in pairwise(ways[0]):
            if lines_of(cell) > 1 and self._closed >= 0:
                self._closed = -1 if _runs_on(cell, following) else self._closed + 1

    def _fits(self, row: _Row, way: Way) -> bool:
        return all(self._rooms.get(id_, Room()) & room_of(cell) for id_, cell in zip(row.columns, way, strict=True))


def _in(texts: Mapping[int, str], ids: Sequence[str], wanted: Sequence[str]) -> list[str]:
    return [texts.get(ids.index(id_) + 1, "") for id_ in wanted]


def _runs_on(cell: Cell, following: Cell) -> bool:
    """Whether a cell of several lines has the next one begin on its last."""
    if lines_of(cell) < 2:
        return False
    ends = [token.last_line for token in cell if token.text]
    begins = [token.first_line for token in following if token.text]
    return bool(ends and begins) and begins[0] == ends[-1]


def ways_of(tokens: Cell, count: int) -> Iterator[Way]:
    """Every way to part the tokens into so many cells, each of one token at least, that no mark speaks against."""
    if count < 1 or len(tokens) < count or comb(len(tokens) - 1, count - 1) > _MOST_WAYS:
        return
    balanced = _balanced(text_of(tokens))
    for ends in combinations(range(1, len(tokens)), count - 1):
        way = tuple(tokens[first:last] for first, last in pairwise((0, *ends, len(tokens))))
        texts = texts_of(way)
        if any(text and text[0] in _CLOSING for text in texts) or (balanced and not all(map(_balanced, texts))):
            continue
        yield way


def _balanced(text: str) -> bool:
    return all(text.count(left) == text.count(right) for left, right in _PAIRS)


def text_of(cell: Sequence[Token]) -> str:
    return normalised("".join(token.text for token in cell))


def texts_of(way: Way) -> tuple[str, ...]:
    return tuple(map(text_of, way))
