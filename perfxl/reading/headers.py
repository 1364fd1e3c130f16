"""The header of the indicator table: found by its words, or by words and content that come near."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile

from perfxl.reading.guessing import (
    filled_columns,
    guess_by_content,
    guess_columns,
    guess_figures,
    guess_levels,
    guess_name,
    is_heading,
)
from perfxl.reading.slots import Region, Slot

EXTRA_COLUMNS = ("kind", "reference_score", "hint")
"""Columns that our templates keep right of the printed form."""

_FIGURES = ("target", "actual", "max_score", "score")
_LEAST_RESEMBLING = 4
"""Labels of a header row none of which need be known."""


class IndicatorHeader:
    """The header row: its labels by column id."""

    def __init__(
        self, top: int, bottom: int, columns: Mapping[str, Slot], guessed: frozenset[str] = frozenset()
    ) -> None:
        self.top = top
        self.bottom = bottom
        self.columns = columns
        self.guessed = guessed
        """Ids of the columns whose labels the vocabulary does not list."""
        inputs = [slot for id_, slot in columns.items() if id_ not in EXTRA_COLUMNS]
        self.lefts = [slot.left for slot in inputs]
        """Where the printed columns are."""
        self.levels = [columns[id_].left for id_ in ("level1", "level2") if id_ in columns]
        """Where those of the level labels are."""
        self.left = min(self.lefts)
        self.right = max([slot.right for slot in inputs])
        self.reach = max(self.right, columns["kind"].left) if "kind" in columns else self.right
        """The last column that anything is read from: what our templates compute behind it is none of the form's."""
        self.first_figure = min([slot.left for id_, slot in columns.items() if id_ in _FIGURES])
        """The first column of 指标值, 分值 and the like; words stand left of it."""
        self.has_points = "max_score" in columns or "score" in columns


def find_header(region: Region) -> IndicatorHeader | None:
    """The first row of known column labels; without one, the first whose labels come near enough to known ones."""
    cells, columns = region.grid.by_row, region.vocabulary.columns.keys()
    rows: list[int] = []
    header = None
    for row in region.filled_below(region.top - 1):
        if len(cells[row]) < 2:
            continue
        rows.append(row)
        if not columns.isdisjoint(region[row].words) and (header := header_at(region, row)):
            break
    else:
        header = next((header for row in rows if (header := _resembling_at(region, row))), None)
    return _completed(region, _begun_above(region, header, rows)) if header else None


def _begun_above(region: Region, header: IndicatorHeader, rows: Iterable[int]) -> IndicatorHeader:
    """The header of the first of several tables, where one of its words is not known: the others are as below."""
    words = {slot.key for slot in header.columns.values()}
    for row in takewhile(header.top.__gt__, rows):
        own = region[row].own
        if len(own) < _LEAST_RESEMBLING or sum([slot.key in words for slot in own]) < _LEAST_RESEMBLING:
            continue
        above = {id_: region.slot(row, slot.left) for id_, slot in header.columns.items()}
        other = {id_ for id_, slot in above.items() if slot.key != header.columns[id_].key}
        headings = all(slot.top == row and is_heading(slot) for slot in above.values())
        if headings and len(above) - len(other) >= max(_LEAST_RESEMBLING, len(other)):
            known = {region.vocabulary.columns.get(slot.key): slot for slot in reversed(own)}
            named = {id_: slot for id_, slot in known.items() if id_ and id_ not in above}
            return IndicatorHeader(row, row, named | above, frozenset(other))
    return header


def _resembling_at(region: Region, row: int) -> IndicatorHeader | None:
    """A row of column labels, most of them spelt otherwise; some may stand in the row below, under a common heading."""
    known = region.vocabulary.columns
    headings = _headings(region, row)
    places = [slot for slot in region[row].own if slot not in headings] + (region[row + 1].own if headings else [])
    own = [slot for slot in places if is_heading(slot)]
    if len(own) < _LEAST_RESEMBLING or len(own) + 1 < len(places):
        return None
    found = {known[slot.key]: slot for slot in reversed(own) if slot.key in known}
    guesses = guess_columns(region, row, found)
    guesses |= guess_columns(region, row + 1, found | guesses) if headings else {}
    guesses |= guess_name(region, row, found | guesses)
    guesses |= guess_figures(region, row, found | guesses)
    guesses |= guess_levels(region, row, found | guesses)
    both = found | guesses
    if len(both) < max(_LEAST_RESEMBLING, len(own) // 2) or not _is_header(both):
        return None
    return IndicatorHeader(row, max(slot.bottom for slot in both.values()), both, frozenset(guesses))


def _headings(region: Region, row: int) -> list[Slot]:
    """Labels over several columns that have all labels of the next row below them, known ones among them.

    The other labels of a header in two rows reach over both.
    """
    own, below = region[row].own, region[row + 1].own
    if not any(slot.bottom == row + 1 and is_heading(slot) for slot in own):
        return []
    known = region.vocabulary.columns
    wide = [slot for slot in own if slot.left < slot.right and slot.bottom == row and is_heading(slot)]
    beneath = {slot: [one for one in below if slot.left <= one.left <= slot.right] for slot in wide}
    headings = [slot for slot, labels in beneath.items() if any(one.key in known for one in labels)]
    return headings if below and len(below) == sum(len(beneath[slot]) for slot in headings) else []


def _completed(region: Region, header: IndicatorHeader) -> IndicatorHeader:
    """The header with what its unknown labels may mean."""
    columns = dict(header.columns)
    for row in range(header.top, header.bottom + 1):
        columns |= guess_columns(region, row, columns)
        columns |= guess_levels(region, row, columns)
    columns |= guess_by_content(region, header.bottom, columns, unknown_columns(region, header, columns))
    if len(columns) == len(header.columns):
        return header
    guessed = header.guessed | columns.keys() - header.columns.keys()
    return IndicatorHeader(header.top, header.bottom, columns, guessed)


def unknown_columns(region: Region, header: IndicatorHeader, columns: Mapping[str, Slot]) -> list[Slot]:
    """Labels of the header rows, right of the names' column, that mean nothing to us and have content below."""
    words, taken = region.vocabulary, {slot.left for slot in columns.values()}
    places = [slot for row in range(header.top, header.bottom + 1) for slot in region[row].own]
    labels = [
        slot
        for slot in places
        if slot.key and slot.left not in taken and slot.left > header.left and slot.key not in words.ignored
    ]
    return list(filled_columns(region, header.bottom, labels))


def _is_header(found: Mapping[str, Slot]) -> bool:
    return "level3" in found and not found.keys().isdisjoint(_FIGURES)


def header_at(region: Region, row: int) -> IndicatorHeader | None:
    """A row with the label of the names and one of points or measures: with a third, or these alone.

    Labels may be split over two rows: 得分 over both, 年度指标值 and 实际完成值 below a common heading.
    """
    known = region.vocabulary.columns
    found: dict[str, Slot] = {}
    for slot in region[row].own:
        if slot.key in known:
            found.setdefault(known[slot.key], slot)
    lower = _lower_labels(region, row, found) if found else None
    if lower:
        found = {id_: slot for id_, slot in found.items() if slot.bottom > row or slot.left == slot.right} | lower
    if not _is_header(found):
        return None
    if len(found) < 3 and any(slot.left >= found["level3"].left and slot.key not in known for slot in region[row].own):
        return None
    return IndicatorHeader(row, max(slot.bottom for slot in found.values()), found)


def _lower_labels(region: Region, row: int, upper: Mapping[str, Slot]) -> dict[str, Slot]:
    """The column labels of the row below, if it is the second half of a header; else empty."""
    known = region.vocabulary.columns
    below = region[row + 1]
    if known.keys().isdisjoint(below.words):
        return {}
    own = below.own
    labels = [slot for slot in own if slot.key in known]
    if 2 * len(labels) <= len(own) or not all(slot.key for slot in own):
        return {}
    if not all(slot.key for slot in region[row].own):
        return {}
    for slot in upper.values():
        beneath = [one for one in own if slot.left <= one.left <= slot.right]
        heading = slot.left < slot.right and sum(one in labels for one in beneath) >= 2
        if beneath and not heading:
            return {}
    return {known[slot.key]: slot for slot in reversed(labels)}
