"""Points behind names, `数量指标（20分）` or `设备验收合格率（5分）`, where a table has no column for them."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from perfxl.form import Group, Indicator, Located
from perfxl.grid import normalised

_POINTS = re.compile(r"\s*[(（]\s*([0-9０-９]+(?:[.．][0-9０-９]+)?)\s*分\s*[)）]\s*$")
_LEAST = 0.5
"""Share of the indicators that need points behind a name: a single `群众满意度（90分）` is no weight."""


def with_points_behind_names(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """The groups with these points as 分值. Those of a level 2 label count where it has one indicator only."""
    counting = [row for group in groups for row in group.rows if not row.placeholder]
    labelled = Counter(row.level2.at for row in counting)
    rows = [_weighed(row, alone=labelled[row.level2.at] == 1) for row in counting]
    found = {row.at: weighed for row, weighed in zip(counting, rows, strict=True) if weighed}
    if not found or len(found) < _LEAST * len(counting):
        return groups
    return tuple(group._replace(rows=tuple(found.get(row.at, row) for row in group.rows)) for group in groups)


def _weighed(row: Indicator, *, alone: bool) -> Indicator | None:
    """The indicator with the points behind its name, else behind its level 2 label; None where there are none."""
    if match := _POINTS.search(row.level3.raw):
        raw = row.level3.raw[: match.start()]
        name = row.level3._replace(value=_POINTS.sub("", row.level3.value or "") or None, raw=raw)
        return row._replace(level3=name, max_score=_points(match, row.level3))
    match = _POINTS.search(normalised(row.level2.raw))
    return row._replace(max_score=_points(match, row.level2)) if match and alone else None


def _points(match: re.Match[str], label: Located[str]) -> Located[Decimal]:
    return Located(Decimal(normalised(match[1])), label.at, match[1])
