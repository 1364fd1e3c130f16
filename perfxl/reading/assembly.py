"""One region of a sheet as a form, with its problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from perfxl.finding import Finding
from perfxl.form import Form, Funding, Group, Located, ObjectiveForm, SelfEvaluation
from perfxl.grid import CellRef, normalised
from perfxl.kept import Known
from perfxl.reading.cells import CellReader
from perfxl.reading.concealment import report_concealed
from perfxl.reading.funding import FundTable, find_fund_table, read_fund_fields, read_fund_table
from perfxl.reading.guessing import is_heading
from perfxl.reading.headers import EXTRA_COLUMNS, IndicatorHeader, find_header, unknown_columns
from perfxl.reading.labels import first_words
from perfxl.reading.pairs import Pair, guess_pairs, read_goals, read_pairs, report_unknown_labels
from perfxl.reading.rows import read_groups
from perfxl.reading.slots import Region
from perfxl.reading.tables import TableExtent, find_extent, read_total, report_splits
from perfxl.reading.titles import read_title, read_year
from perfxl.reading.values import MoneyUnit, money_unit, parse_year
from perfxl.reading.weights import with_points_behind_names

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
    foot_rows: tuple[int, ...]
    """Rows of labels and values right below the indicator table."""
    rows: frozenset[int]

    @property
    def labelled_rows(self) -> int:
        rows = {pair.label_at.row for pair in (*self.goals, *self.pairs)}
        return len(rows | {self.fund.header} if self.fund else rows)


def read_region(region: Region, scheme_id: str, template_version: str) -> FormOnSheet | None:
    """The form in this region; None where its words do not make one."""
    header = find_header(region)
    region.bound(_right_edge(region, header), header.reach if header else 0)
    layout = _lay_out(region, header)
    if not header and layout.labelled_rows < _LEAST_LABELLED_ROWS:
        return None
    reader = CellReader()
    title = read_title(region)
    pairs: dict[str, Pair] = {}
    for pair in (*layout.goals, *layout.pairs):
        pairs.setdefault(pair.id, pair)
    year = _year(region, title, pairs)
    groups = _read_groups(region, layout, reader, year.value)
    objective = _is_objective(title, header, pairs)
    funding = _read_funding(region, layout, pairs, title.at, reader, asked=not objective)
    fields = {id_: reader.text(pair.cell, pair.at, pair.word) for id_, pair in pairs.items()}
    total, total_max = (_read_total(region, layout, id_, title.at, reader) for id_ in ("score", "max_score"))
    edge = {region[row].own[0].left for row in layout.foot_rows}
    report_unknown_labels(region, ((layout.head_rows, ()), (layout.foot_rows, edge)), layout.pairs, reader)
    _report_guesses(region, layout, pairs, reader)
    weighed = all(row.max_score.value is not None for group in groups for row in group.rows if not row.placeholder)
    _report_missing(region, layout, pairs, objective, title.at, reader, weighed=weighed)
    report_concealed(region.grid, layout.rows, region.right, title.at, reader)
    labels = _labels(region, layout, groups)
    about = (title.at, title, year, fields, groups, labels, scheme_id, template_version, reader.problems)
    form: Form
    if objective:
        form = ObjectiveForm(*about, funding=funding)
    else:
        form = SelfEvaluation(*about, funding=funding, total=total, total_max=total_max, grade=fields.get("grade"))
    return FormOnSheet(form, layout.rows)


def _right_edge(region: Region, header: IndicatorHeader | None) -> int:
    """The last column of the printed form: of the title's merge or the table. 0 where neither tells."""
    title = region.slot(*region.title) if region.title else None
    if title and title.right > title.left:
        return max(title.right, header.right if header else 0)
    return max(header.right, *_label_edges(region, header.top)) if header else 0


def _label_edges(region: Region, end: int) -> Iterator[int]:
    """How far the known labels above a row reach with the values beside them."""
    words = region.vocabulary
    for row in range(region.top, end):
        slots = region.slots(row)
        for slot, beside in zip(slots, (*slots[1:], None), strict=True):
            if slot.key in words.fields or slot.key in words.funding_columns:
                yield beside.right if beside and beside.key not in words.funding_columns else slot.right
    yield 0


def _lay_out(region: Region, header: IndicatorHeader | None) -> _Layout:
    extent = find_extent(region, header) if header else None
    table = set(range(header.top, extent.last + 1)) if header and extent else set()
    if extent and extent.total:
        table.add(extent.total.top)
    rest = [row for row in region.filled_below(region.top - 1) if row not in table]
    fund = find_fund_table(region, rest)
    money = {fund.header, *fund.rows} if fund else set()
    rest = [row for row in rest if row not in money]
    goals: list[Pair] = []
    aims: set[int] = set()
    for row in rest:
        found = read_goals(region, row)
        goals += [goal.pair for goal in found]
        aims.update(line for goal in found for line in range(row, goal.bottom + 1))
    rest = [row for row in rest if row not in aims]
    pairs = list(read_pairs(region, rest))
    if extent and extent.total:
        pairs += read_pairs(region, [extent.total.top], extent.total.right + 1)
    if header:
        pairs += guess_pairs(region, rest, [*goals, *pairs])
    claimed = table.union(money, aims, [pair.label_at.row for pair in pairs], [pair.at.row for pair in pairs])
    above = header.top if header else max(claimed, default=region.top)
    head_end = min([above, *money])
    return _Layout(
        header=header,
        extent=extent,
        fund=fund,
        goals=tuple(goals),
        pairs=tuple(pairs),
        head_rows=tuple(row for row in rest if row < head_end),
        foot_rows=tuple(_foot_rows(region, header, rest)) if header else (),
        rows=frozenset([row for row in region.filled_below(region.top - 1) if row in claimed or row <= above]),
    )


def _foot_rows(region: Region, header: IndicatorHeader, rest: Iterable[int]) -> Iterator[int]:
    """Rows of one label at the left edge and one value, up to the first that is none."""
    for row in rest:
        if row > header.bottom:
            own = region[row].own
            if len(own) != 2 or own[0].left > header.left or not is_heading(own[0]):
                return
            yield row


def _year(region: Region, title: Located[str], pairs: Mapping[str, Pair]) -> Located[int]:
    year = read_year(region, title)
    pair = pairs.get("budget_year")
    if pair and year.value is None:
        return Located(parse_year(pair.cell.text), pair.at, pair.cell.text)
    return year


def _read_groups(region: Region, layout: _Layout, reader: CellReader, year: int | None) -> tuple[Group, ...]:
    if layout.header is None or layout.extent is None:
        return ()
    report_splits(region, layout.header, layout.extent, reader)
    groups = read_groups(region, layout.header, layout.extent.indicators, reader, year)
    return groups if "max_score" in layout.header.columns else with_points_behind_names(groups)


def _read_funding(
    region: Region, layout: _Layout, pairs: Mapping[str, Pair], at: CellRef, reader: CellReader, asked: bool
) -> Funding:
    unit = _form_unit(region, layout)
    if layout.fund:
        return read_fund_table(region, layout.fund, pairs, reader, unit)
    if asked and not pairs.keys() & {"adjusted_budget", "executed"}:
        reader.missing(at, "项目资金")
    return read_fund_fields(pairs, at, reader, unit)


def _form_unit(region: Region, layout: _Layout) -> MoneyUnit | None:
    """The unit of a line in the head of the form: `金额单位：万元`, or the heading `项目资金（万元）`."""
    headings = region.vocabulary.blocks["funding"]
    slots = [slot for row in layout.head_rows for slot in region[row].own]
    texts = [(slot.key, value) for slot in slots if isinstance(value := slot.cell.value, str)]
    lines = [text for key, text in texts if key in headings or (len(text) < 60 and "单位" in text)]
    return next(filter(None, map(money_unit, lines)), None)


def _read_total(region: Region, layout: _Layout, id_: str, at: CellRef, reader: CellReader) -> Located[Decimal]:
    if layout.header is None or layout.extent is None:
        return Located(None, at)
    return read_total(region, layout.header, layout.extent, id_, reader)


def _is_objective(title: Located[str], header: IndicatorHeader | None, pairs: Mapping[str, Pair]) -> bool:
    """A form with targets and no points, titled 目标表 or with an applicant. A 绩效目标自评表 is a self-evaluation."""
    name = normalised(title.raw)
    if "自评" in name or (header and "score" in header.columns):
        return False
    return "目标" in name or "applicant_unit" in pairs


def _report_guesses(region: Region, layout: _Layout, pairs: Mapping[str, Pair], reader: CellReader) -> None:
    """L112 for labels whose meaning was guessed, L104 for filled columns without a meaning."""
    for pair in pairs.values():
        if pair.meant:
            reader.doubt(pair.label_at, pair.label, pair.meant)
    total = layout.extent.total if layout.extent else None
    if total and total.key not in region.vocabulary.totals:
        reader.doubt(region.ref(total), total.text, "总分")
    if layout.header:
        _doubt_columns(region, layout.header, first_words("columns"), reader)
    if layout.fund:
        _doubt_columns(region, layout.fund, first_words("funding_columns"), reader)
    unknown = unknown_columns(region, layout.header, layout.header.columns) if layout.header else []
    unknown += layout.fund.unknown if layout.fund else ()
    for slot in unknown:
        reader.report(Finding("L104", region.ref(slot), numbers={"label": slot.text.strip()}))


def _doubt_columns(
    region: Region, table: IndicatorHeader | FundTable, words: Mapping[str, str], reader: CellReader
) -> None:
    for id_ in table.guessed:
        slot = table.columns[id_]
        reader.doubt(region.ref(slot), slot.text, words[id_])


def _report_missing(
    region: Region,
    layout: _Layout,
    pairs: Mapping[str, Pair],
    objective: bool,
    at: CellRef,
    reader: CellReader,
    *,
    weighed: bool,
) -> None:
    """L110 for what no form of the kind can do without. `weighed`: every indicator has its points."""
    if "project_name" not in pairs:
        reader.missing(at, "项目名称")
    header = layout.header
    if header is None:
        reader.missing(at, "绩效指标")
        return
    if objective:
        return
    for id_, word in (("max_score", "分值"), ("score", "得分")):
        if id_ not in header.columns and not (id_ == "max_score" and weighed):
            reader.missing(region.grid.ref(header.top, header.left), word)
    if header.has_points and layout.extent and layout.extent.total is None:
        reader.missing(at, "总分")


def _labels(region: Region, layout: _Layout, groups: tuple[Group, ...]) -> frozenset[str]:
    """Every label met, as printed and without a colon behind."""
    met = [pair.label for pair in (*layout.goals, *layout.pairs)]
    met += [group.label.value or "" for group in groups]
    if layout.header:
        met += [slot.text for id_, slot in layout.header.columns.items() if id_ not in EXTRA_COLUMNS]
    if layout.extent and layout.extent.total:
        met.append(layout.extent.total.text)
    if layout.fund:
        met += [slot.text for slot in layout.fund.columns.values()]
        met += [slot.text for slot in layout.fund.row_labels]
    blocks = region.vocabulary.all_blocks
    lines = [line for row in layout.rows if (line := region[row]).words]
    met += [slot.text for line in lines for slot in line.own if slot.key in blocks]
    return frozenset(map(_printed, met)) - {""}


def _without_colon(label: str) -> str:
    return normalised(label).rstrip(":")


_printed = Known(_without_colon, 4096, 100).__getitem__
