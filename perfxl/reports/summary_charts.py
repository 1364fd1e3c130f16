"""The sheet 图表: grades, execution against score, most frequent problems and points lost, as native charts."""

from __future__ import annotations

from typing import Any

from perfxl.finding import Language
from perfxl.reports.overview import LEVELS, Totals
from perfxl.reports.summary_codes import COUNT, NAME
from perfxl.reports.summary_formats import INK, Formats
from perfxl.reports.summary_sums import COMPUTED, GRADE, GRADES_BELOW, RATE

_BAR = "#2F5D8A"
_GRID = "#D9DEE5"
_PLACES = ("B2", "L2", "B21", "L21")
"""Two by two on a page."""
_MOST_PROBLEMS = 10
_LOST_ROW = 40
"""Of the figures below the charts, counted from 0."""
_FONT = {"name": "宋体", "size": 10, "color": INK}


def write_charts(book: Any, sheet: Any, totals: Totals, span: tuple[int, int], lang: Language) -> None:
    """Grades and execution draw on the sheet 汇总: the forms from row to row of `span`, the grades below them."""
    zh = lang == "zh"
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    count = len(totals.ordered_grades)
    if count:
        sheet.insert_chart(_PLACES[0], _grades(book, span[1] + GRADES_BELOW, count, zh))
    sheet.insert_chart(_PLACES[1], _execution(book, span, zh))


def write_problem_charts(book: Any, sheet: Any, formats: Formats, totals: Totals, codes: int, lang: Language) -> None:
    """The problems draw on the sheet 按代码, which has so many; the points lost on cells below the charts."""
    zh = lang == "zh"
    if codes:
        sheet.insert_chart(_PLACES[2], _problems(book, min(codes, _MOST_PROBLEMS), zh))
    sheet.write_string(_LOST_ROW - 1, 1, "失分合计（重算）" if zh else "Points lost, by rule", formats.note)
    for row, (level, lost) in enumerate(zip(LEVELS, totals.lost, strict=True), start=_LOST_ROW):
        sheet.merge_range(row, 1, row, 3, level[0 if zh else 1], formats.label)
        sheet.write_number(row, 4, float(lost), formats.by_name("points"))
    sheet.insert_chart(_PLACES[3], _lost(book, sheet.name, zh))


def _problems(book: Any, count: int, zh: bool) -> Any:
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": "条数" if zh else "Findings",
            "categories": ["按代码", 1, NAME, count, NAME],
            "values": ["按代码", 1, COUNT, count, COUNT],
            "fill": {"color": _BAR},
            "gap": 50,
            "data_labels": {"value": True, "font": _FONT},
        }
    )
    _dress(chart, "最常见的问题" if zh else "Most frequent problems")
    chart.set_y_axis({"reverse": True, "crossing": "max", "num_font": _FONT, "line": {"color": _GRID}})
    chart.set_x_axis({"name": "条数" if zh else "findings", "num_format": "0", "min": 0, **_axis()})
    return chart


def _lost(book: Any, sheet: str, zh: bool) -> Any:
    last = _LOST_ROW + len(LEVELS) - 1
    chart = _columns(book, "失分" if zh else "Points lost", (sheet, _LOST_ROW, last), 1, 4)
    _dress(chart, "各级指标失分" if zh else "Points lost by level")
    chart.set_y_axis({"name": "分" if zh else "points", "num_format": "0.##", "min": 0, **_axis()})
    return chart


def _grades(book: Any, first: int, count: int, zh: bool) -> Any:
    chart = _columns(book, "表数" if zh else "Forms", ("汇总", first, first + count - 1), GRADE - 1, GRADE)
    _dress(chart, "等级分布" if zh else "Grades")
    chart.set_y_axis({"name": "表数" if zh else "forms", "num_format": "0", "min": 0, **_axis()})
    return chart


def _columns(book: Any, name: str, span: tuple[str, int, int], labels: int, values: int) -> Any:
    """A column for each row of `span`, a sheet and its first and last row; `labels` and `values` are columns there."""
    sheet, first, last = span
    chart = book.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": name,
            "categories": [sheet, first, labels, last, labels],
            "values": [sheet, first, values, last, values],
            "fill": {"color": _BAR},
            "gap": 80,
            "data_labels": {"value": True, "font": _FONT},
        }
    )
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
