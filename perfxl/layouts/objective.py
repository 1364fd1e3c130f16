"""项目支出绩效目标表: what the money shall achieve; no scores."""

from __future__ import annotations

from perfxl.layouts import four_dimensions, ten_ninety
from perfxl.layouts.drawing import Drawing, Halves, fields, heading, title
from perfxl.layouts.funding import goals
from perfxl.layouts.indicators import Table, indicator_table, side_label
from perfxl.scheme import Scheme

_VALUE = 24.0
"""The least width of a column that holds values of the fields above the table."""


def widths(scheme: Scheme) -> tuple[float, ...]:
    if not scheme.layout.goals:
        return four_dimensions.widths(scheme)
    side, level1, level2, *rest = ten_ninety.widths(scheme)
    return (side, level1, max(level2, _VALUE), *rest)


def draw(drawing: Drawing) -> Table:
    """Forms with a label left of the goals have one left of the indicators too; others print a heading."""
    layout = drawing.scheme.layout
    title(drawing)
    if not layout.goals:
        fields(drawing, layout.header, Halves((0, 0), (1, 1), (2, 2), (3, drawing.last)))
        heading(drawing, layout.indicators_label)
        return indicator_table(drawing, left=0)
    fields(drawing, layout.header, Halves((0, 1), (2, 2), (3, 3), (4, drawing.last)))
    goals(drawing)
    table = indicator_table(drawing, left=1)
    side_label(drawing, table)
    return table
