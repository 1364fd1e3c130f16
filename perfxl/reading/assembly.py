"""One region of a sheet as a form, with its problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from perfxl.form import Form, Funding, Group, Located, ObjectiveForm, SelfEvaluation
from perfxl.grid import CellRef, normalised
from perfxl.reading.cells import CellReader
from perfxl.reading.funding import FundTable, find_fund_table, read_fund_fields, read_fund_table
from perfxl.reading.labels import vocabulary
from perfxl.reading.pairs import Pair, read_goals, read_pairs, report_unknown_labels
from perfxl.reading.rows import read_groups
from perfxl.reading.slots import Region
from perfxl.reading.tables import (
    EXTRA_COLUMNS,
    IndicatorHeader,
    TableExtent,
    find_extent,
    find_header,
    group_points,
    read_total,
    report_splits,
)
from perfxl.reading.titles import read_title, read_year
from perfxl.reading.values import MoneyUnit, money_unit, parse_year

_LEAST_LABELLED_ROWS = 3
"""Rows with known labels that make a form of a region without indicator table."""


@dataclass(frozen=True)
class FormOnSheet:
    form: Form
    rows: frozenset[int]
    """The sheet rows that the form claims."""


@dataclass(frozen=True)
class _Layout:
    """Which rows of the region are what."""

    header: IndicatorHeader | None
    extent: TableExtent | None
    fund: FundTable | None
    goals: tuple[Pair, ...]
    pairs: tuple[Pair, ...]
    head_rows: tuple[int, ...]
    """Rows of pairs above the tables."""
    rows: frozenset[int]


def read_region(region: Region, scheme_id: str, template_version: str) -> FormOnSheet | None:
    """The form in this region; None where its words do not make one."""
    header = find_header(region)
    region = region.bounded(_right_edge(region, header))
    layout = _lay_out(region, header)
    if not header and len({pair.label_at.row for pair in layout.pairs}) < _LEAST_LABELLED_ROWS:
        return None
    reader = CellReader()
    title = read_title(region)
    pairs: dict[str, Pair] = {}
    for pair in (*layout.goals, *layout.pairs):
        pairs.setdefault(pair.id, pair)
    year = _year(region, title, pairs)
    groups: tuple[Group, ...] = ()
    if header and layout.extent:
        groups = read_groups(region, header, layout.extent.indicators, reader, year.value)
        report_splits(region, header, layout.extent, reader)
    fields = {id_: reader.text(pair.cell, pair.at, pair.word) for id_, pair in pairs.items()}
    funding = _read_funding(region, layout, pairs, title.at, reader)
    report_unknown_labels(region, layout.head_rows, reader)
    if "project_name" not in pairs:
        reader.missing(title.at, "项目名称")
    if header is None:
        reader.missing(title.at, "绩效指标")
    labels = _labels(region, layout, groups, funding)
    if _is_objective(title, header, pairs):
        form: Form = ObjectiveForm(
            title.at, title, year, fields, groups, labels, scheme_id, template_version, reader.problems,
            funding=funding,
        )  # fmt: skip
        return FormOnSheet(form, layout.rows)
    total, total_max = Located[Decimal](None, title.at), Located[Decimal](None, title.at)
