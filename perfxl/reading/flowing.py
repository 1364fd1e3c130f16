"""A form whose cells a converter has run together to lines of text, parted again.

What the text still tells: a line without a blank at its end goes on in the next; blanks part cells, except beside a
punctuation mark and within quotation marks; the labels are known words; each indicator ends in its points. Where that
leaves more than one way to part a row it is asked about.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import dropwhile, takewhile

from perfxl.grid import Cell, Grid
from perfxl.reading.labels import is_title, label_key, vocabulary
from perfxl.reading.pieces import Piece, pieces_of
from perfxl.reading.printed_lines import tokens_of
from perfxl.reading.sole_parting import FlowedRow, Kind, sole_parting
from perfxl.reading.titles import is_year_line
from perfxl.reading.values import parse_number

_LONGEST_LABEL = 4
"""Pieces that a label may have been broken into."""
_LEVELS = ("level1", "level2")
_SENTENCE_ENDS = ("。", "！", "；", "？")
_POINTS = ("max_score", "score")
_AMOUNTS = {"initial_budget", "adjusted_budget", "executed"}


def _is_level(piece: Piece) -> bool:
    return piece.text.endswith("指标")


@cache
def _blocks() -> Mapping[str, str]:
    return {word: kind for kind, words in vocabulary().blocks.items() for word in words}


@dataclass
class Parted:
    """The grid with its cells apart."""

    grid: Grid
    sure: frozenset[int]
    """The rows that can be parted in no other way."""
    doubts: Mapping[int, str]
    """Of the others those that could clearly be, with their texts."""


def parted(grid: Grid) -> Parted:
    """Each form of the grid in rows and columns again; what stands before the first title stays as it is."""
    table = _Table(grid)
    lines: list[tuple[int, str]] = []
    titled = False
    for row, cells in grid.rows():
        text = cells[0][1].text
        if is_title(text.strip()):
            table.read(lines) if titled else table.keep(lines)
            lines, titled = [], True
            table.keep([(row, text)], sure=True)
        elif is_year_line(text.strip()) and not lines:
            table.keep([(row, text)], sure=True)
        else:
            lines.append((row, text))
    table.read(lines) if titled else table.keep(lines)
    return Parted(
        Grid(grid.file, grid.sheet, table.cells, row_places=table.places), frozenset(table.sure), table.doubts
    )


@dataclass
class _Table:
    """The rows found so far. `_at` is the piece that is looked at next."""

    grid: Grid
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    doubts: dict[int, str] = field(default_factory=dict)
    sure: set[int] = field(default_factory=set)
    _rows: dict[int, FlowedRow] = field(default_factory=dict)
    """Those of the form at hand."""
    _row: int = 0
    _pieces: Sequence[Piece] = ()
    _at: int = 0

    def keep(self, lines: Sequence[tuple[int, str]], *, sure: bool = False) -> None:
        for row, text in lines:
            self._put("block", row, {1: text.strip()})
            if sure:
                self.sure.add(self._row)

    def read(self, lines: Sequence[tuple[int, str]]) -> None:
        """One form: the labels and values of its head, its tables, and what follows them."""
        self._rows = {}
        self._part(lines)
        if sole_parting(lines, list(self._rows.values()), self._whole):
            self.sure.update(self._rows)

    @cached_property
    def _whole(self) -> frozenset[str]:
        """The texts of the grid that no blank parts."""
        lines = ((row, cells[0][1].text) for row, cells in self.grid.rows())
        return frozenset(token.text for token in tokens_of(lines))

    def _part(self, lines: Sequence[tuple[int, str]]) -> None:
        pieces = pieces_of(lines)
        self._pieces, self._at = pieces, 0
        words = vocabulary()
        while self._at < len(pieces):
            if columns := self._labels(words.columns, {"level3"}):
                self._indicators(columns)
            elif columns := self._labels(words.funding_columns, {"executed"}):
                self._funds(columns)
            elif goals := self._labels(words.fields, {"actual_goal"}):
                self._goals(goals)
            elif label := self._label(self._at, words.fields):
                self._pair(label[1], label[2])
            else:
                _, text, count = self._label(self._at, _blocks()) or ("", pieces[self._at].text, 1)
                self._put("block", pieces[self._at].row, {1: text})
                self._at += count

    def _put(self, kind: Kind, row: int, texts: Mapping[int, str]) -> None:
        """A new row of the table; a person finds it by the line in which it begins."""
        self._row += 1
        self._rows[self._row] = FlowedRow(kind, row, {column: text for column, text in texts.items() if text})
        self.places[self._row] = self.grid.row_words(row)
        self.cells.update({(self._row, column): Cell(text) for column, text in self._rows[self._row].texts.items()})

    def _label(self, at: int, known: Mapping[str, str]) -> tuple[str, str, int] | None:
        """Meaning, text and number of pieces of the label that begins there; the longest that is known."""
        for count in range(min(_LONGEST_LABEL, len(self._pieces) - at), 0, -1):
            text = "".join(piece.text for piece in self._pieces[at : at + count])
            if (id_ := known.get(label_key(text))) is not None:
                return id_, text, count
        return None

    def _labels(self, known: Mapping[str, str], needed: set[str]) -> dict[str, str]:
        """The labels side by side here, at least two with those needed; passed over if so."""
        found: dict[str, str] = {}
        at = self._at
        while (label := self._label(at, known)) and label[0] not in found:
            found[label[0]] = label[1]
            at += label[2]
        if len(found) < 2 or not needed <= found.keys():
            return {}
        self._at = at
        return found

    def _next_label(self) -> bool:
        """Whether a label of the head, a block or a table begins here."""
        words = vocabulary()
        return any(self._label(self._at, known) for known in (words.fields, words.columns, _blocks()))

    def _pair(self, label: str, count: int) -> None:
        """A label of `count` pieces and what stands until the next one."""
        row = self._pieces[self._at].row
        self._at += count
        value = ""
        while self._at < len(self._pieces) and not self._next_label():
            value += self._pieces[self._at].text
            self._at += 1
        self._put("pair", row, {1: label, 2: value})

    def _goals(self, labels: Mapping[str, str]) -> None:
        """Labels side by side, and below them as many texts: each ends with a sentence. 年度总体目标 may stand left."""
        row = self._pieces[self._at - 1].row
        beside = 1 + (label_key(next(iter(labels.values()))) in vocabulary().blocks["goals"])
        count = len(labels) + 1 - beside
        texts: list[str] = []
        going_on = False
        while self._at < len(self._pieces) and not self._next_label():
            piece = self._pieces[self._at].text
            if going_on:
                texts[-1] += piece
            else:
                texts.append(piece)
            going_on = not piece.endswith(_SENTENCE_ENDS)
            self._at += 1
        self._put("goal labels", row, dict(enumerate(labels.values(), start=1)))
        cells = enumerate([*texts[: count - 1], "".join(texts[count - 1 :])], start=beside)
        self._put("goals", row, dict(cells))
        if len(texts) != count:
            self.doubts[self._row] = " ".join(texts)

    def _funds(self, columns: Mapping[str, str]) -> None:
        """Lines of a label with figures: of all columns, or of the amounts alone, which stand first."""
        self._put("fund labels", self._pieces[self._at - 1].row, dict(enumerate(columns.values(), start=2)))
        asked = len(_AMOUNTS & columns.keys())
        while self._at < len(self._pieces) and not self._next_label_beside_figures(len(columns)):
            row = self._pieces[self._at].row
            label = "".join(piece.text for piece in self._run(figures=False, blanks=len(columns)))
            figures = [piece.text for piece in self._run(figures=True)]
            cells = {1: label} | (dict(enumerate(figures, start=2)) if len(figures) > 1 else {})
            self._put("funds", row, cells)
            amounts = list(takewhile(lambda figure: parse_number(figure) is not None, figures))
            if amounts and len(figures) != len(columns) and len(amounts) != asked:
                self.doubts[self._row] = " ".join([label, *figures])

    def _next_label_beside_figures(self, columns: int) -> bool:
        """As `_next_label`; but 年度资金总额 and 其他资金, lines of the table, are also names of fields."""
        at = self._at + 1
        figures = at < len(self._pieces) and self._pieces[at].figure
        return not figures and self._pieces[self._at].blanks < columns and self._next_label()

    def _run(self, *, figures: bool, blanks: int = 0, total: bool = False) -> list[Piece]:
        """The figures or words from here on, up to one that so many blanks follow, if that is not 0.

        `total`: up to the label of a total, too.
        """
        start = self._at
        while self._at < len(self._pieces) and self._pieces[self._at].figure is figures:
            if total and vocabulary().totals.get(label_key(self._pieces[self._at].text)):
                break
            self._at += 1
            if 0 < blanks <= self._pieces[self._at - 1].blanks:
                break
        return list(self._pieces[start : self._at])

    def _indicators(self, columns: Mapping[str, str]) -> None:
        """Rows up to the total or a label of what follows, each ending in its points."""
        places = {id_: column for column, id_ in enumerate(columns, start=1)}
        self._put("columns", self._pieces[self._at - 1].row, dict(enumerate(columns.values(), start=1)))
        points = [id_ for id_ in columns if id_ in _POINTS]
        texts = [id_ for id_ in columns if id_ not in (*_LEVELS, *_POINTS, "note")]
        while self._at < len(self._pieces) and not self._next_label():
            row, above = self._pieces[self._at].row, self._pieces[self._at - 1]
            if vocabulary().totals.get(label_key(self._pieces[self._at].text)):
                label = self._pieces[self._at].text
                self._at += 1
                found = [piece.text for piece in self._run(figures=True)][: len(points)]
                # A single one is the sum of the scores.
                ids = points[len(points) - len(found) :]
                self._put("total", row, {1: label} | {places[id_]: text for id_, text in zip(ids, found, strict=True)})
                return
            words, figures = self._run(figures=False, total=True), self._run(figures=True)
            split = len(figures) - len(points)
            words = self._without_note(words, above, places, len(texts) - max(0, split))
            if not words and not figures:
                continue
            if len(figures) < len(points):
                self._put("block", row, {1: " ".join(piece.text for piece in (*words, *figures))})
                self.doubts[self._row] = self.cells[self._row, 1].text
                continue
            self._empty_rows(places.keys() - {*_LEVELS}, above.row, min(piece.row for piece in (*words, *figures)))
            self._indicator(row, [*words, *figures[:split]], figures[split:], places, texts, points)

    def _empty_rows(self, columns: Collection[str], above: int, below: int) -> None:
        """Empty rows between two others: a line of as many blanks as such a row has cells."""
        for line in range(above + 1, below):
            text = self.grid.text(line, 1)
            if len(text) == len(columns) and not text.strip():
                self._put("empty", line, {})

    def _without_note(self, words: list[Piece], above: Piece, places: Mapping[str, int], texts: int) -> list[Piece]:
        """The words of a row, `texts` of them without levels; the note of the row above stands before.

        It is what comes before the level label or the total, or the one piece too many after points without a blank.
        """
        level = next((place for place, piece in enumerate(words) if _is_level(piece)), None)
        if level is None and not self._pieces[self._at - 1].figure:
            first = len(words)
        elif level is None:
            first = 1 if above.figure and not above.blanks and len(words) == texts + 1 else 0
        else:
            first = level if len(list(dropwhile(_is_level, words[level:]))) >= texts else 0
        if not first or "note" not in places:
            return words
        note = "".join(piece.text for piece in words[:first])
        self.cells[self._row, places["note"]] = Cell(note)
        self._rows[self._row].texts[places["note"]] = note
        return words[first:]

    def _indicator(
        self,
        row: int,
        pieces: list[Piece],
        figures: list[Piece],
        places: Mapping[str, int],
        texts: Sequence[str],
        points: Sequence[str],
    ) -> None:
        columns = [id_ for id_ in _LEVELS if id_ in places]
        levels = list(takewhile(_is_level, pieces[: len(columns)]))
        # A single one is of level 2: level 1 is printed once for all of its rows.
        ids = columns[len(columns) - len(levels) :]
        rest = [piece.text for piece in pieces[len(levels) :]]
        cells = {places[id_]: piece.text for id_, piece in zip(ids, levels, strict=True)}
        # Surplus pieces belong to what stands between the first and the last; that is asked about.
        surplus = max(0, len(rest) - len(texts))
        parts = [*rest[:1], "".join(rest[1 : 2 + surplus]), *rest[2 + surplus :]]
        cells |= {places[id_]: text for id_, text in zip(texts, parts, strict=False)}
        cells |= {places[id_]: piece.text for id_, piece in zip(points, figures, strict=True)}
        self._put("indicator", row, cells)
        if len(rest) != len(texts):
            self.doubts[self._row] = " ".join(rest)
