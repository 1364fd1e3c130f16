"""The sheet 图表: grades, and execution against score, as native charts."""

from __future__ import annotations

from typing import Any

from perfxl.finding import Language
from perfxl.reports.overview import Totals
from perfxl.reports.summary_formats import INK
from perfxl.reports.summary_sums import COMPUTED, GRADE, GRADES_BELOW, RATE

_BAR = "#2F5D8A"
_GRID = "#D9DEE5"
_FONT = {"name": "宋体", "size": 10, "color": INK}


def write_charts(book: Any, sheet: Any, totals: Totals, span: tuple[int, int], lang: Language) -> None:
    """Both charts draw on the sheet 汇总: the forms from row to row of `span`, the grades below them."""
    zh = lang == "zh"
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    count = len(totals.ordered_grades)
    if count:
        sheet.insert_chart("B2", _grades(book, span[1] + GRADES_BELOW, count, zh))
    sheet.insert_chart("B21", _execution(book, span, zh))


def _grades(book: Any, first: int, count: int, zh: bool) -> Any:
    last = first + count - 1
    chart = book.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": "表数" if zh else "Forms",
            "categories": ["汇总", first, GRADE - 1, last, GRADE - 1],
            "values": ["汇总", first, GRADE, last, GRADE],
            "fill": {"color": _BAR},
            "gap": 80,
            "data_labels": {"value": True, "font": _FONT},
        }
    )
    _dress(chart, "等级分布" if zh else "Grades")
    chart.set_y_axis({"name": "表数" if zh else "forms", "num_format": "0", "min": 0, **_axis()})
    chart.set_x_axis({"num_font": _FONT, "line": {"color": _GRID}})
    return chart


def _execution(book: Any, span: tuple[int, int], zh: bool) -> Any:
    first, last = span
    chart = book.add_chart({"type": "scatter"})
    chart.add_series(
        {
            "name": "总分" if zh else "Total",
            "categories": ["汇总", first, RATE, last, RATE],
            "values": ["汇总", first, COMPUTED, last, COMPUTED],
            "marker": {"type": "circle", "size": 7, "fill": {"color": _BAR}, "border": {"color": "#FFFFFF"}},
        }
    )
    _dress(chart, "执行率与总分（重算）" if zh else "Execution rate and total by rule")
    chart.set_x_axis({"name": "执行率" if zh else "execution rate", "num_format": "0%", **_axis()})
    chart.set_y_axis({"name": "总分" if zh else "total", "max": 100, **_axis()})
    return chart


def _dress(chart: Any, title: str) -> None:
    chart.set_title({"name": title, "name_font": _FONT | {"size": 12, "bold": True}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_size({"width": 620, "height": 350})
    chart.set_chartarea({"border": {"color": _GRID}})


def _axis() -> dict[str, Any]:
    return {
        "num_font": _FONT,
        "name_font": _FONT | {"bold": False},
        "line": {"color": _GRID},
        "major_gridlines": {"visible": True, "line": {"color": _GRID}},
    }
