"""财政项目绩效自评价: every point, 预算执行率 included, stands in one table of four dimensions."""

from __future__ import annotations

from perfxl.layouts.drawing import Drawing, Halves, compute_fields, fields, title
from perfxl.layouts.indicators import Table, indicator_table, total_row
from perfxl.scheme import Scheme

LEAST = (17.0, 24.0)
"""The first two columns hold labels and values of the fields above the table too."""


def widths(scheme: Scheme) -> tuple[float, ...]:
    columns = [float(column.width) for column in scheme.layout.columns]
    return (*map(max, columns, LEAST), *columns[len(LEAST) :])


def draw(drawing: Drawing) -> Table:
    layout = drawing.scheme.layout
    halves = Halves((0, 0), (1, 1), (2, 2), (3, drawing.last))
    title(drawing)
    fields(drawing, layout.header, halves)
    table = indicator_table(drawing, left=0)
    total_row(drawing, table)
    fields(drawing, layout.footer, halves)
    compute_fields(drawing, (*layout.header, *layout.footer))
    return table
