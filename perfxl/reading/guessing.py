"""What labels may mean that the vocabulary does not list: by their nearest word, then by what stands below them.

A guess is always reported, so that a person confirms it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from perfxl.reading.labels import resembled, vocabulary
from perfxl.reading.slots import Region, Slot
from perfxl.reading.values import OPERATORS, parse_measure, read_measure, read_points

_LONGEST = 16
_TALLEST = 2
"""Rows of a header."""
_LEVELS = {"一级": "一级指标", "二级": "二级指标", "三级": "三级指标"}
_KINDS = ("定性", "定量", "正向定量", "反向定量", "正向", "反向")
_LONGEST_UNIT = 5
_FIGURES = ("target", "actual", "max_score", "score")
_LEAST_MEASURES = 2
_LOOKED_AT = 30
"""Rows below a header that tell what a column holds."""


def is_heading(slot: Slot) -> bool:
    """Whether the cell can be a column label: a few words without figures, and not the label left of a whole table."""
    if not 2 <= len(slot.key) <= _LONGEST or slot.bottom - slot.top >= _TALLEST:
        return False
    return slot.key not in vocabulary().blocks["indicators"] and not _has_figures(slot.key)


def guess_columns(region: Region, row: int, found: Mapping[str, Slot]) -> dict[str, Slot]:
    """Meanings for the unknown labels of a header row, each meaning once and none that `found` has already."""
    words = region.vocabulary
    taken = set(found.values())
    guesses: dict[str, list[Slot]] = {}
    for slot in region[row].own:
        if slot in taken or not is_heading(slot) or slot.key in words.columns or slot.key in words.ignored:
            continue
        if any(slot.bottom < one.top and slot.left <= one.left <= slot.right for one in taken):
            continue
        word = _LEVELS.get(slot.key[:2]) or resembled(slot.key, "columns")
        id_ = words.columns[word] if word else ""
        if id_ and id_ not in found and _in_order(id_, slot, found):
            guesses.setdefault(id_, []).append(slot)
    return {id_: slots[0] for id_, slots in guesses.items() if len(slots) == 1}


def _in_order(id_: str, slot: Slot, found: Mapping[str, Slot]) -> bool:
    """Level labels stand left of the names, everything else right of them."""
    name = found.get("level3")
    return name is None or (slot.left < name.left) is (id_ in ("level1", "level2"))


def guess_levels(region: Region, row: int, found: Mapping[str, Slot]) -> dict[str, Slot]:
    """一级指标 and 二级指标 by their places: unknown labels left of the names, next to the levels that are known."""
    name, taken = found.get("level3"), {slot.left for slot in found.values()}
    if name is None or "level1" in found and "level2" in found:
        return {}
    edge = found["level1"].right if "level1" in found else 0
    places = [slot for slot in region[row].own if edge < slot.left < name.left and slot.left not in taken]
    left = [slot for slot in places if is_heading(slot) and slot.key not in region.vocabulary.ignored]
    missing = [id_ for id_ in ("level2", "level1") if id_ not in found]
    if len(left) == 1 and len(missing) == 2:
        missing = ["level1"]
    return dict(zip(missing, reversed(left), strict=False))


def guess_name(region: Region, row: int, found: Mapping[str, Slot]) -> dict[str, Slot]:
    """三级指标 by its place and content: of the unknown labels right of the levels the one with most cells below it."""
    level = found.get("level2") or found.get("level1")
    others = [slot.left for id_, slot in found.items() if id_ in _FIGURES]
    if "level3" in found or level is None or not others:
        return {}
    known = set(found.values())
    between = [slot for slot in region[row].own if level.right < slot.left < min(others) and is_heading(slot)]
    names = [slot for slot in between if slot not in known]
    rows = _rows_below(region, row)
    best = max(names, key=lambda slot: len(_cells_below(region, rows, slot)), default=None)
    return {"level3": best} if best else {}


def guess_figures(region: Region, row: int, found: Mapping[str, Slot]) -> dict[str, Slot]:
    """Of a table none of whose figures is named: two columns of bare points, or else the first one of measures.

    Of a single column some may be words.
    """
    name = found.get("level3")
    if name is None or found.keys() & set(_FIGURES):
        return {}
    right = [slot for slot in region[row].own if slot.left > name.right and slot not in found.values()]
    rows = _rows_below(region, row)
    below = [(slot, _cells_below(region, rows, slot)) for slot in right]
    points = [slot for slot, cells in below if _most(cells, _is_points)]
    if len(points) == 2:
        return {"max_score": points[0], "score": points[1]}
    if len(below) == 1 and sum(map(_is_measure, below[0][1])) >= _LEAST_MEASURES:
        return {"target": below[0][0]}
    return next(({"target": slot} for slot, cells in below if _most(cells, _is_measure)), {})


def guess_by_content(
    region: Region, bottom: int, found: Mapping[str, Slot], unknown: Sequence[Slot]
) -> dict[str, Slot]:
    """Signs, units, points and measures among the unknown columns: where as many as are missing, in their order."""
    if not unknown:
        return {}
    guesses: dict[str, Slot] = {}
    kinds: tuple[tuple[tuple[str, ...], Callable[[Slot], bool]], ...] = (
        (("kind",), _is_kind),
        (("measure_unit",), _is_unit),
        (("max_score", "score"), _is_points),
        (("target", "actual"), _is_measure),
    )
    rows = _rows_below(region, bottom)
    below = [(slot, _cells_below(region, rows, slot)) for slot in unknown]
    for ids, holds in kinds:
        missing = [id_ for id_ in ids if id_ not in found]
        fitting = [slot for slot, cells in below if missing and slot not in guesses.values() and _most(cells, holds)]
        if len(missing) == len(fitting) and (len(missing) == 1 or found.keys() & set(_FIGURES)):
            guesses |= zip(missing, fitting, strict=True)
    return guesses


def filled_columns(region: Region, bottom: int, slots: Sequence[Slot]) -> Iterator[Slot]:
    """Those labels with anything below them."""
    for slot in slots:
        if any(not region.slot(row, slot.left).blank for row in islice(region.filled_below(bottom), _LOOKED_AT)):
            yield slot


def _most(cells: Sequence[Slot], holds: Callable[[Slot], bool]) -> bool:
    """Whether most of what stands below a label is of the kind, two cells at least."""
    fitting = sum(map(holds, cells))
    return fitting >= 2 and 2 * fitting >= len(cells)


def _rows_below(region: Region, row: int) -> list[int]:
    """The filled rows below a header, up to the next one that begins with a word we know."""
    words, rows = region.vocabulary, list[int]()
    for below in islice(region.filled_below(row), _LOOKED_AT):
        first = region[below].own[:1]
        key = first[0].key if first else ""
        # An indicator may be called 预算执行率, as a field is.
        if key in words.totals or (key in words.known and key not in words.execution_names):
            break
        rows.append(below)
    return rows


def _cells_below(region: Region, rows: Iterable[int], label: Slot) -> list[Slot]:
    """What begins in these rows and in a label's column."""
    slots = ((row, region.slot(row, label.left)) for row in rows)
    return [slot for row, slot in slots if slot.top == row and slot.left == label.left and not slot.blank]


def _is_points(slot: Slot) -> bool:
    points = read_points(slot.cell) if "%" not in slot.text else None
    return points is not None and 0 <= points <= 100


def _is_measure(slot: Slot) -> bool:
    return read_measure(slot.cell, slot.text).kind != "text"


def _is_kind(slot: Slot) -> bool:
    return slot.text.strip() in OPERATORS or slot.key in _KINDS


def _is_unit(slot: Slot) -> bool:
    return (
        len(slot.key) <= _LONGEST_UNIT
        and bool(parse_measure(f"1{slot.text.strip()}").unit)
        and not _has_figures(slot.text)
    )


def _has_figures(text: str) -> bool:
    return any(map(str.isdigit, text))
