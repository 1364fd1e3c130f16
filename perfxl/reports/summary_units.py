"""The sheet 按单位 of the 汇总表: the sums of every unit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from perfxl.across.table import bytes_of, text_of
from perfxl.making import Part
from perfxl.reports.overview import FormRow, Totals, counted, evaluations, rows
from perfxl.reports.summary_rows import Line, Value, row_height
from perfxl.reports.summary_tables import Column, fill
from perfxl.reports.view import View
from perfxl.reports.words import SEVERITIES, word
from perfxl.review import FileReview

COLUMNS = (
    Column("主管部门", "Department", 26),
    Column("单位", "Unit", 30),
    Column("表数", "Forms", 9, "count"),
    Column("预算合计", "Budget", 19, "money"),
    Column("执行合计", "Executed", 19, "money"),
    Column("执行率", "Rate", 11, "rate"),
    Column("平均分", "Mean score", 11, "mean"),
    Column("按预算加权平均分", "Weighted mean", 19, "mean"),
    Column("错误", "Errors", 9, "count"),
    Column("核实", "Queries", 9, "count"),
    Column("提示", "Infos", 9, "count"),
    Column("退回文件数", "Returned files", 14, "count"),
)
_IN_MEMORY = 200
"""KB of pages. Rows are added at the end and read once: more would only fill up."""


def unit_figures(file: FileReview) -> Part:
    """Of every unit with a form in the file: department, unit, and what Totals adds up."""
    units: dict[tuple[str, str], list[FormRow]] = {}
    for row in rows(file):
        if row.scheme:
            units.setdefault((row.department, row.unit), []).append(row)
    return [[*map(bytes_of, names), json.dumps(_figures(file, forms))] for names, forms in units.items()]


def _figures(file: FileReview, forms: list[FormRow]) -> Part:
    """As `overview.figures`, of some of the file's forms; only self-evaluations are counted."""
    evaluated = evaluations(forms)
    return [file.status, counted(forms), len(evaluated), evaluated]


class Units:
    """Figures wait in a temporary SQLite database: memory stays flat however many units there are."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute(f"PRAGMA cache_size = -{_IN_MEMORY}")
        self._database.execute("CREATE TABLE units (department BLOB, unit BLOB, figures TEXT)")
        self._database.execute("BEGIN")

    def put(self, part: Part) -> None:
        """The `unit_figures` of a file."""
        self._database.executemany("INSERT INTO units VALUES (?, ?, ?)", part)

    def __iter__(self) -> Iterator[tuple[str, str, Totals]]:
        """Department, unit and sums, in the order of the names; `forms` are self-evaluations."""
        found = self._database.execute("SELECT * FROM units ORDER BY department, unit, rowid")
        for (department, unit), group in groupby(found, itemgetter(0, 1)):
            totals = Totals()
            for *_, figures in group:
                totals.add(json.loads(figures))
            yield text_of(department), text_of(unit), totals

    def close(self) -> None:
        self._database.close()


def unit_row(view: View, styles: Mapping[str, int], department: str, unit: str, totals: Totals) -> Part:
    blank = word("blank", view.lang)
    names = (department or blank, unit or blank)
    values: tuple[Value, ...] = (
        *names,
        totals.forms,
        totals.adjusted_budget if totals.forms else None,
        totals.executed if totals.forms else None,
        totals.rate,
        totals.computed.plain,
        totals.computed.weighted,
        *(totals.findings[severity] for severity in SEVERITIES),
        totals.files["returned"],
    )
    line = Line(styles, row_height((name, column.width) for name, column in zip(names, COLUMNS, strict=False)))
    fill(line, COLUMNS, values)
    return line.part
