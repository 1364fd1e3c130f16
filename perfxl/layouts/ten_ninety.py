"""项目支出绩效自评表: a fund table worth 10 (or 20) points above indicators worth the rest."""

from __future__ import annotations

from perfxl.layouts import styles
from perfxl.layouts.drawing import Drawing, Halves, compute_fields, fields, title
from perfxl.layouts.funding import fund_table, goals
from perfxl.layouts.indicators import Table, indicator_table, side_label, total_row
from perfxl.scheme import Scheme


def widths(scheme: Scheme) -> tuple[float, ...]:
    """The columns of the indicator table, and left of them one for the labels of the parts."""
    layout = scheme.layout
    labels = [styles.stacked(label) for label in (layout.goal_label, layout.indicators_label)]
    side = max(map(styles.width_of, labels))
    return (side, *(float(column.width) for column in layout.columns))


def draw(drawing: Drawing) -> Table:
    layout = drawing.scheme.layout
    halves = Halves((0, 1), (2, 3), (4, 4), (5, drawing.last))
    title(drawing)
    fields(drawing, layout.header, halves)
    fund_table(drawing)
    if layout.goals:
        goals(drawing)
    table = indicator_table(drawing, left=1)
    side_label(drawing, table)
    total_row(drawing, table)
    fields(drawing, layout.footer, halves)
    compute_fields(drawing, (*layout.header, *layout.footer))
    return table
