"""预算与执行: from the fund table, or from header fields where the form has no such table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from perfxl.form import Funding, FundingRow, Located
from perfxl.grid import Cell, CellRef, normalised
from perfxl.reading.cells import CellReader, blank
from perfxl.reading.labels import label_key, vocabulary
from perfxl.reading.pairs import Pair
from perfxl.reading.slots import Region, Slot
from perfxl.reading.values import MoneyUnit, money_unit

Amount = Literal["initial_budget", "adjusted_budget", "executed"]
_AMOUNTS = ("initial_budget", "adjusted_budget", "executed")
_SOURCES = ("adjusted_budget", "fiscal_funds", "other_funds")
"""Fields of forms without a fund table that name rows of it in others."""


@dataclass(frozen=True)
class FundTable:
    """Where the fund table is: its column labels by id, and its rows, total first or by name."""

    columns: Mapping[str, Slot]
    block: Slot | None
    """The label left of the whole table."""
    header: int
    rows: tuple[int, ...]
    label_column: int
    """0 where nothing stands left of the figures."""
    row_labels: tuple[Slot, ...]


def find_fund_table(region: Region, rows: Iterable[int]) -> FundTable | None:
    """The first row in which two labels of amounts stand side by side, and the rows below it."""
    for row in rows:
        columns = _fund_columns(region, row)
        if columns:
            first = min(slot.left for slot in columns.values())
            left = [slot for slot in region.slots(row) if slot.right < first and not slot.blank]
            words = vocabulary().blocks["funding"]
            block = next((slot for slot in left if slot.bottom > row or slot.key in words), None)
            start = max(slot.bottom for slot in columns.values()) + 1
            body = tuple(_fund_rows(region, start, columns, first, block))
            names = tuple(region.slot(line, first - 1) for line in body) if first > 1 else ()
            labels = tuple(name for name in names if name != block)
            return FundTable(columns, block, row, body, first - 1, labels)
    return None


def _fund_columns(region: Region, row: int) -> dict[str, Slot]:
    known = vocabulary().funding_columns
    found: dict[str, Slot] = {}
    for slot in region.slots(row):
        if slot.top == row and slot.key in known:
            found.setdefault(known[slot.key], slot)
    amounts = sorted(slot.left for id_, slot in found.items() if id_ in _AMOUNTS)
    rights = {slot.right + 1 for slot in found.values()}
    return found if len(amounts) >= 2 and any(left in rights for left in amounts) else {}


def _fund_rows(
    region: Region, start: int, columns: Mapping[str, Slot], first: int, block: Slot | None
) -> Iterable[int]:
    columns_left = {slot.left for slot in columns.values()}
    covered_to = block.bottom if block and block.bottom > block.top else 0
    above = start - 1
    for row in region.filled_below(above):
        own = region.own(row)
        labels = [slot for slot in own if slot.left not in columns_left]
        if any(_begins_something_else(slot.key) for slot in labels):
            return
        if row > covered_to and (covered_to or row > above + 1):
            return
        above = row
        label = region.slot(row, first - 1) if first > 1 else None
        has_label = label is not None and label.top == row and not label.blank
        if has_label or any(slot.left in columns_left for slot in own):
            yield row


def _begins_something_else(key: str) -> bool:
    words = vocabulary()
    return words.fields.get(key) not in _SOURCES and (key in words.known or key in words.columns)


def read_fund_table(
    region: Region,
    table: FundTable,
    pairs: Mapping[str, Pair],
    reader: CellReader,
    form_unit: MoneyUnit | None,
) -> Funding:
    """Amounts in 元. The total is the row named so, else the first."""
    stated = [table.block.text if table.block else "", *(slot.text for slot in table.columns.values())]
    units: list[MoneyUnit] = [unit for text in stated if (unit := money_unit(text))]
    unit = units[0] if units else form_unit or "元"
    at = region.ref(min(table.columns.values(), key=lambda slot: slot.left))
    lines = [_fund_row(region, table, row, unit, reader) for row in table.rows]
    total = next((line for line in lines if label_key(line.label.raw) in vocabulary().funding_totals), None)
    if total is None:
        total = lines[0] if lines else _empty_row(at)
    for id_, word in (("adjusted_budget", "全年预算数"), ("executed", "全年执行数")):
        if id_ not in table.columns:
            reader.missing(at, word)
    parts = tuple(line for line in lines if line is not total)
    funding = Funding(total, parts, unit, "initial_budget" in table.columns)
    return _with_previous(funding, pairs, reader)


def _fund_row(region: Region, table: FundTable, row: int, unit: MoneyUnit, reader: CellReader) -> FundingRow:
    label = region.slot(row, table.label_column) if table.label_column else None
    if label is None or label.top < row:
        label = region.slot(row, next(iter(table.columns.values())).left)
        name: Located[str] = blank(region.grid.ref(row, label.left))
    else:
        name = reader.text(label.cell, region.ref(label), "")
        name = Located(normalised(name.raw).rstrip(":") or None, name.at, name.raw)

    def slot_of(id_: str) -> Slot | None:
        column = table.columns.get(id_)
        slot = region.slot(row, column.left) if column else None
        return slot if slot and slot.top == row else None

    def amount(id_: Amount) -> Located[Decimal]:
        slot = slot_of(id_)
        if slot is None:
            return blank(name.at)
        label = table.columns[id_]
        own_unit = money_unit(label.text) or money_unit(name.raw) or unit
        return reader.amount(slot.cell, region.ref(slot), label.key, own_unit)

    def points(id_: str) -> Located[Decimal]:
        slot = slot_of(id_)
        return reader.points(slot.cell, region.ref(slot), table.columns[id_].key) if slot else blank(name.at)

    rate = slot_of("execution_rate")
    return FundingRow(
        label=name,
        initial_budget=amount("initial_budget"),
        adjusted_budget=amount("adjusted_budget"),
        executed=amount("executed"),
        max_score=points("max_score"),
        rate=_share(rate.cell, region.ref(rate), table.columns["execution_rate"].text, reader)
        if rate
        else blank(name.at),
        score=points("score"),
    )


def read_fund_fields(
    pairs: Mapping[str, Pair], at: CellRef, reader: CellReader, form_unit: MoneyUnit | None
) -> Funding:
    """当年预算数, 预算执行数 and 预算执行率 of the header as one row. `at` stands in for labels that are missing."""
    budget, rate = pairs.get("adjusted_budget"), pairs.get("execution_rate")
    unit = (money_unit(budget.label) if budget else None) or form_unit or "元"
    total = _field_row(budget, at, reader, unit)
    total = replace(
        total,
        executed=_amount(pairs.get("executed"), reader, unit) or total.executed,
        rate=_share(rate.cell, rate.at, rate.label, reader) if rate else total.rate,
    )
    parts = tuple(_field_row(pairs[id_], at, reader, unit) for id_ in ("fiscal_funds", "other_funds") if id_ in pairs)
    return _with_previous(Funding(total, parts, unit, asks_initial=False), pairs, reader)


def _field_row(budget: Pair | None, at: CellRef, reader: CellReader, unit: MoneyUnit) -> FundingRow:
    """A row with a budget figure alone."""
    if budget is None:
        return _empty_row(at)
    label = Located(budget.word, budget.label_at, budget.label)
    row = replace(_empty_row(budget.label_at), label=label)
    return replace(row, adjusted_budget=_amount(budget, reader, unit) or row.adjusted_budget)


def _with_previous(funding: Funding, pairs: Mapping[str, Pair], reader: CellReader) -> Funding:
    rate = pairs.get("previous_rate")
    return replace(
        funding,
        previous_budget=_amount(pairs.get("previous_budget"), reader, funding.unit),
        previous_executed=_amount(pairs.get("previous_executed"), reader, funding.unit),
        previous_rate=_share(rate.cell, rate.at, rate.label, reader) if rate else None,
    )


def _amount(pair: Pair | None, reader: CellReader, unit: MoneyUnit) -> Located[Decimal] | None:
    if pair is None:
        return None
    return reader.amount(pair.cell, pair.at, pair.word, money_unit(pair.label) or unit)


def _share(cell: Cell, at: CellRef, label: str, reader: CellReader) -> Located[Decimal]:
    return reader.share(cell, at, label_key(label), "%" in normalised(label))


def _empty_row(at: CellRef) -> FundingRow:
    return FundingRow(blank(at), blank(at), blank(at), blank(at), blank(at), blank(at), blank(at))
