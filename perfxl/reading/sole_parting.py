"""Whether a text of cells run together can be parted in one way only.

It can where the text shows that each cell ends in a blank, an empty one too, and every other way to part the row goes
against the printed lines; and where the figures bear it out: 分值 and 得分 add up to 总分, 预算执行率 is the quotient.
A converter keeps to one way in all of a document: that is taken for granted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from perfxl.grid import normalised
from perfxl.reading.labels import label_key, vocabulary
from perfxl.reading.partings import LEVELS, POINTS, Partings, text_of, texts_of, ways_of
from perfxl.reading.printed_lines import Token, room_of, tokens_of
from perfxl.reading.values import parse_number, parse_share

Kind = Literal[
    "pair", "goal labels", "goals", "fund labels", "funds", "columns", "indicator", "empty", "total", "block"
]

_LEAST_EMPTY = 3
"""Empty cells that must be seen as blanks of their own, before a missing blank tells that no cell is missing."""
_ROUNDING = Decimal("0.0002")


@dataclass(frozen=True)
class FlowedRow:
    """A row as it was parted: what it is, and its texts by column. `line` is the first line it came from."""

    kind: Kind
    line: int
    texts: dict[int, str]


def sole_parting(lines: Sequence[tuple[int, str]], rows: Sequence[FlowedRow], known: Collection[str]) -> bool:
    """Whether the rows are the only ones that these lines of one form can be.

    `known` are texts that stand whole elsewhere in the document: they bear out a value with a blank in it.
    """
    empty = {row.line for row in rows if row.kind == "empty"}
    tokens = tokens_of(line for line in lines if line[0] not in empty)
    filled = [row for row in rows if row.kind != "empty"]
    spans = _spans(tokens, filled)
    return spans is not None and _Proof(tokens, filled, spans, known).holds()


Span = tuple[int, int]


def _spans(tokens: Sequence[Token], rows: Sequence[FlowedRow]) -> list[dict[int, Span]] | None:
    """Of each row the tokens that its texts are made of, by column, dashes passed over; None where there are more."""
    at = 0
    spans: list[dict[int, Span]] = []
    for row in rows:
        spans.append({})
        for column, text in sorted(row.texts.items()):
            whole, done = normalised(text), 0
            while at < len(tokens) and not _said(tokens[at].text) and tokens[at].text != whole:
                at += 1
            first = at
            while done < len(whole) and at < len(tokens) and whole.startswith(text_of(tokens[at : at + 1]), done):
                done += len(text_of(tokens[at : at + 1]))
                at += 1
            if done < len(whole):
                return None
            spans[-1][column] = (first, at)
    return spans if not any(_said(token.text) for token in tokens[at:]) else None


@dataclass
class _Proof:
    tokens: Sequence[Token]
    rows: Sequence[FlowedRow]
    spans: Sequence[Mapping[int, Span]]
    known: Collection[str]
    _empty: int = 0
    """Empty cells seen as blanks of their own."""
    _points: dict[str, Decimal] = field(default_factory=dict)
    """Of each column of points, the sum found so far."""

    def holds(self) -> bool:
        kinds = [row.kind for row in self.rows]
        once = all(kinds.count(kind) == 1 for kind in ("fund labels", "columns", "total"))
        parts = (self._heads, self._goals, self._funds, self._indicators, self._total)
        return once and all(part() for part in parts) and self._empty >= _LEAST_EMPTY

    def _of(self, kind: Kind) -> Iterator[int]:
        return (place for place, row in enumerate(self.rows) if row.kind == kind)

    def _begin(self, row: int) -> int:
        spans = self.spans[row] if row < len(self.rows) else {}
        return min((first for first, _ in spans.values()), default=len(self.tokens))

    def _end(self, row: int) -> int:
        return max(last for _, last in self.spans[row].values())

    def _number(self, row: int, column: int) -> Decimal | None:
        return parse_number(self.rows[row].texts.get(column, ""))

    def _heads(self) -> bool:
        """Between two labels one token, or one broken in a way that the document writes whole elsewhere; or a blank."""
        for row in self._of("pair"):
            between = self.tokens[self.spans[row][1][1] : self._begin(row + 1)]
            texts = [token.text for token in between if token.text]
            if not between or (texts and not between[0].text):
                return False
            if len(texts) > 1 and "".join(texts) not in self.known:
                return False
        blocks = frozenset().union(*vocabulary().blocks.values())
        return all(label_key(self.rows[row].texts.get(1, "")) in blocks for row in self._of("block"))

    def _goals(self) -> bool:
        for row in self._of("goals"):
            cells, labels = self.rows[row].texts, list(self.rows[row - 1].texts.values())
            if len(cells) != len(labels) - (label_key(labels[0]) in vocabulary().blocks["goals"]):
                return False
            tokens = tuple(self.tokens[self._end(row - 1) : self._begin(row + 1)])
            ways = {texts_of(way) for way in ways_of(tokens, len(cells)) if all(map(room_of, way))}
            if ways != {tuple(normalised(text) for _, text in sorted(cells.items()))}:
                return False
        return True

    def _funds(self) -> bool:
        """As many blanks in each row as there are columns, and the rate is executed over budget."""
        labels, *rows = (*self._of("fund labels"), *self._of("funds"))
        known = vocabulary().funding_columns
        columns = {known[label_key(text)]: column for column, text in self.rows[labels].texts.items()}
        if not rows:
            return False
        for row in rows:
            first, texts = self._begin(row), self.rows[row].texts
            cells = self.tokens[first : first + 1 + len(columns)]
            rest = self.tokens[first + len(cells) : self._begin(row + 1)]
            if len(cells) <= len(columns) or (rest and row != rows[-1]):
                return False
            if any(_said(token.text) != _said(texts.get(column, "")) for column, token in enumerate(cells, start=1)):
                return False
            self._empty += sum(not token.text for token in cells)
        total = rows[0]
        budget, executed = (self._number(total, columns.get(id_, 0)) for id_ in ("adjusted_budget", "executed"))
        rate = parse_share(self.rows[total].texts.get(columns.get("execution_rate", 0), ""))
        for id_ in POINTS & columns.keys():
            self._points[id_] = self._number(total, columns[id_]) or Decimal(0)
        return bool(budget and executed and rate) and abs(executed / budget - rate) < _ROUNDING  # type: ignore[operator]

    def _indicators(self) -> bool:
        ids = self._column_ids()
        if ids is None:
            return False
        table = Partings(ids)
        start = self._end(next(self._of("columns")))
        note: int | None = None
        for row in self._of("indicator"):
            points = [self.spans[row].get(column) for column, id_ in enumerate(ids, start=1) if id_ in POINTS]
            if None in points or [last - first for first, last in points] != [1, 1]:  # type: ignore[misc]
                return False
            end, last = points[0][0], points[1][1]  # type: ignore[index]
            before = self.rows[note].texts.get(len(ids), "") if note is not None and ids[-1] == "note" else None
            if not table.add(tuple(self.tokens[start:end]), self.rows[row].texts, before):
                return False
            start, note = last, row
            for column, id_ in enumerate(ids, start=1):
                if id_ in POINTS:
                    self._points[id_] = self._points.get(id_, Decimal(0)) + (self._number(row, column) or Decimal(0))
        if not table.sole():
            return False
        self._empty += table.empty
        return True

    def _column_ids(self) -> list[str] | None:
        """The columns in their order: levels, texts, two of points, perhaps a note. None for any other."""
        known = vocabulary().columns
        ids = [known[label_key(text)] for _, text in sorted(self.rows[next(self._of("columns"))].texts.items())]
        middle = ids[:-1] if ids[-1] == "note" else ids
        levels = [id_ for id_ in LEVELS if id_ in ids]
        texts = middle[len(levels) : -2]
        ordered = ids[: len(levels)] == levels and set(middle[-2:]) == POINTS and "level3" in texts[:1]
        return ids if ordered and not {*texts} & {*LEVELS, *POINTS, "note"} else None

    def _total(self) -> bool:
        """Its two figures are the sums of what stands above them."""
        ids = self._column_ids() or []
        row = next(self._of("total"))
        return bool(self._points) and all(
            self._number(row, ids.index(id_) + 1) == self._points.get(id_) for id_ in POINTS
        )


def _said(text: str) -> str:
    """What a cell says: nothing where a dash stands."""
    return normalised(text).strip("—–-/")
