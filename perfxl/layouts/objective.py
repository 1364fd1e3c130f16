"""项目支出绩效目标表: what the money shall achieve; no scores."""

from __future__ import annotations

from perfxl.layouts.drawing import Drawing, Halves, fields, heading, title
from perfxl.layouts.funding import goals
from perfxl.layouts.indicators import Table, indicator_table, side_label


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
