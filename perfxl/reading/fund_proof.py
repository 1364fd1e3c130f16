"""Columns of the fund table whose labels say nothing, told by the total: 执行数 over 预算数 is 执行率."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfxl.reading.slots import Region, Slot
from perfxl.reading.values import read_amount, read_points, read_share

_RATE = ("adjusted_budget", "executed", "execution_rate")
_SCORE = ("max_score", "execution_rate", "score")
_ROUNDING = Decimal("0.00006")
_ROUNDING_OF_POINTS = Decimal("0.006")


def proved_columns(region: Region, total: int, columns: Mapping[str, Slot], unknown: Sequence[Slot]) -> dict[str, Slot]:
    """Meanings for the unknown labels, each the only one to complete what `total`, the row of the sum, reckons."""
    found: dict[str, Slot] = {}
    for ids in (_RATE, _SCORE):
        missing = [id_ for id_ in ids if id_ not in columns and id_ not in found]
        if len(missing) == 1:
            known = {**columns, **found}
            fitting = [slot for slot in unknown if _holds(region, total, ids, {**known, missing[0]: slot})]
            if len(fitting) == 1 and fitting[0] not in found.values():
                found[missing[0]] = fitting[0]
    return found


def _holds(region: Region, total: int, ids: Sequence[str], columns: Mapping[str, Slot]) -> bool:
    """Whether the columns stand in this order and one of the three follows from the two others."""
    slots = [columns[id_] for id_ in ids]
    cells = [region.slot(total, slot.left).cell for slot in slots]
    if not slots[0].left < slots[1].left < slots[2].left:
        return False
    if ids is _RATE:
        budget, executed, rate = read_amount(cells[0]), read_amount(cells[1]), read_share(cells[2])
        if not budget or executed is None or rate is None:
            return False
        return _near(rate, executed / budget, _ROUNDING)
    points, rate, score = read_points(cells[0]), read_share(cells[1]), read_points(cells[2])
    if points is None or rate is None or score is None or not points:
        return False
    return _near(score, points * min(rate, Decimal(1)), _ROUNDING_OF_POINTS)


def _near(number: Decimal, expected: Decimal, by: Decimal) -> bool:
    return abs(number - expected) <= by
