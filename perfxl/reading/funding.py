"""预算与执行: from the fund table, or from header fields where the form has no such table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, pairwise
from typing import Any, Literal

from perfxl.form import FUND_FIELDS, Funding, FundingRow, Located
from perfxl.grid import Cell, CellRef, normalised
from perfxl.reading.cells import CellReader, blank
from perfxl.reading.fund_proof import proved_columns
from perfxl.reading.guessing import is_heading
from perfxl.reading.labels import label_key, resembled, vocabulary
from perfxl.reading.pairs import Pair
from perfxl.reading.slots import Region, Slot
from perfxl.reading.values import MoneyUnit, is_figure, money_unit

Amount = Literal["initial_budget", "adjusted_budget", "executed"]
_AMOUNTS = ("initial_budget", "adjusted_budget", "executed")
_SOURCES = ("adjusted_budget", "fiscal_funds", "other_funds")
"""Fields of forms without a fund table that name rows of it in others."""


@dataclass(frozen=True)
class FundTable:
    """Where the fund table is: its column labels by id, and its lines, total first or by name."""

    columns: Mapping[str, Slot]
    block: Slot | None
    """The label left of the whole table."""
    header: int
    rows: tuple[int, ...]
    lines: tuple[FundLine, ...]
    guessed: frozenset[str] = frozenset()
    """Ids of the columns whose labels the vocabulary does not list."""
    unknown: tuple[Slot, ...] = ()
    """Filled columns whose labels mean nothing to us."""
    transposed: bool = False
    """True: the amounts stand one below the other, the lines side by side."""

    @property
    def row_labels(self) -> tuple[Slot, ...]:
        return tuple(line.label for line in self.lines if line.label is not None and line.label != self.block)

    def slot(self, region: Region, id_: str, line: FundLine) -> Slot | None:
        """The place of an amount; None where the form has none, or another line's merge covers it."""
        column = self.columns.get(id_)
        if column is None:
            return None
        if self.transposed:
            slot = region.slot(column.top, line.at)
            return slot if slot.left == line.at else None
        slot = region.slot(line.at, column.left)
        return slot if slot.top == line.at else None


@dataclass(frozen=True, slots=True)
class FundLine:
    """One source of money: its label and the row it stands in, in a transposed table the column."""

    label: Slot | None
    at: int


def find_fund_table(region: Region, rows: Iterable[int]) -> FundTable | None:
    """The first row in which two labels of amounts stand side by side, and the rows below it."""
    columns, totals = region.vocabulary.funding_columns.keys(), region.vocabulary.funding_totals.keys()
    for row in rows:
        words = region[row].words
        if not words or (columns.isdisjoint(words) and totals.isdisjoint(words)):
            continue
        if table := _upright(region, row) or _transposed(region, row):
            return table
    return None


def _upright(region: Region, row: int) -> FundTable | None:
    columns, guessed = _fund_columns(region, row)
    if not columns:
        return None
    first = min(slot.left for slot in columns.values())
    left = [slot for slot in region.slots(row) if slot.right < first]
    block = _block([slot for slot in left if not slot.blank], row)
    start = max(slot.bottom for slot in columns.values()) + 1
    words = (slot for slot in reversed(left) if not is_figure(region.slot(start, slot.left).cell))
    names = next((slot.left for slot in words), 0)
    body = tuple(_fund_rows(region, start, columns, names, block))
    lines = tuple(FundLine(region.slot(line, names) if names else None, line) for line in body)
    beside = [slot for slot in region[row].own if slot.left > names and slot.key and slot not in columns.values()]
    unknown = tuple(slot for slot in beside if any(not region.slot(line, slot.left).blank for line in body))
    proved = proved_columns(region, body[0], columns, unknown) if unknown else {}
    unknown = tuple(slot for slot in unknown if slot not in proved.values())
    return FundTable(columns | proved, block, row, body, lines, guessed | proved.keys(), unknown)


def _transposed(region: Region, row: int) -> FundTable | None:
    """A row of sources of money, 年初预算数 and the like below each other left of it."""
    words = region.vocabulary
    own = region[row].own
    total = next((slot for slot in own if slot.key in words.funding_totals), None)
    below = list(islice(region.filled_below(row), 8)) if total and total.bottom == row else []
    names = [slot for line in below[:2] for slot in region[line].own if slot.key in words.funding_columns]
    if total is None or not names or names[0].left >= total.left:
        return None
    columns: dict[str, Slot] = {}
    guessed: set[str] = set()
    unknown: list[Slot] = []
    block = _block([slot for slot in region.slots(row) if slot.right < names[0].left and not slot.blank], row)
    for line in below:
        slot = region.slot(line, names[0].left)
        id_ = words.funding_columns.get(slot.key, "")
        inside = block is not None and line <= block.bottom and is_heading(slot)
        if not id_ and not inside:
            break
        word = resembled(slot.key, "funding_columns") if not id_ else None
        if word and words.funding_columns[word] not in columns:
            id_ = words.funding_columns[word]
            guessed.add(id_)
        if id_:
            columns.setdefault(id_, slot)
        else:
            unknown.append(slot)
    if sum(id_ in _AMOUNTS for id_ in columns) < 2:
        return None
    lines = tuple(FundLine(slot, slot.left) for slot in own if slot.left > names[0].left)
    rows = tuple(sorted(slot.top for slot in (*columns.values(), *unknown)))
    return FundTable(columns, block, row, rows, lines, frozenset(guessed), tuple(unknown), transposed=True)


def _block(left: Sequence[Slot], row: int) -> Slot | None:
    words = vocabulary().blocks["funding"]
    return next((slot for slot in left if slot.bottom > row or slot.key in words), None)


def _fund_columns(region: Region, row: int) -> tuple[dict[str, Slot], frozenset[str]]:
    """The labels of the row by id if two amounts are among them, one beside another label; and those guessed."""
    known = region.vocabulary.funding_columns
    found = {known[slot.key]: slot for slot in reversed(region[row].own) if slot.key in known}
    if not found:
        return {}, frozenset()
    labels = [slot for slot in region.slots(row) if slot.top == row]
    guesses: dict[str, Slot] = {}
    for slot in labels:
        word = resembled(slot.key, "funding_columns") if slot.key not in known and is_heading(slot) else None
        if word and slot.key not in region.vocabulary.fields and known[word] not in found:
            guesses.setdefault(known[word], slot)
    both = found | guesses
    places = sorted(labels.index(slot) for slot in both.values())
    beside = any(right == left + 1 for left, right in pairwise(places))
    amounts = sum(id_ in _AMOUNTS for id_ in both)
    if not (amounts >= 2 and beside) and not (len(both) >= 2 and _above_total(region, row, places[0], labels)):
        return {}, frozenset()
    return both, frozenset(guesses)


def _above_total(region: Region, row: int, first: int, labels: Sequence[Slot]) -> bool:
    """Whether 年度资金总额 stands below, left of the known labels: most of the others are in words of their own."""
    below = region[row + 1].own[:1]
    return bool(below) and below[0].key in region.vocabulary.funding_totals and below[0].right < labels[first].left


def _fund_rows(
    region: Region, start: int, columns: Mapping[str, Slot], names: int, block: Slot | None
) -> Iterable[int]:
    columns_left = {slot.left for slot in columns.values()}
    covered_to = block.bottom if block and block.bottom > block.top else 0
    above = start - 1
    for row in region.filled_below(above):
        line = region[row]
        if any(map(_begins_something_else, line.words)):
            return
        own = line.own
        if row > covered_to and (covered_to or (row > above + 1 and not _has_figures(own, columns_left))):
            return
        above = row
        label = region.slot(row, names) if names else None
        has_label = label is not None and label.top == row and not label.blank
        if has_label or any(slot.left in columns_left for slot in own):
            yield row


def _has_figures(own: Iterable[Slot], columns: Collection[int]) -> bool:
    return any(slot.left in columns and is_figure(slot.cell) for slot in own)


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
    units = {id_: money_unit(slot.text) for id_, slot in table.columns.items()}
    stated = [money_unit(table.block.text) if table.block else None, *units.values()]
    unit = next((known for known in stated if known), form_unit) or "元"
    at = region.ref(min(table.columns.values(), key=lambda slot: slot.left))
    lines = [_fund_row(region, table, line, units, unit, reader) for line in table.lines]
    total = next((line for line in lines if label_key(line.label.raw) in region.vocabulary.funding_totals), None)
    if total is None:
        total = lines[0] if lines else _empty_row(at)
    parts = tuple(line for line in lines if line is not total)
    total = _completed(total, table.columns.keys(), pairs, reader, unit)
    for id_, word in (("adjusted_budget", "全年预算数"), ("executed", "全年执行数")):
        if id_ not in table.columns and id_ not in pairs:
            reader.missing(at, word)
    asks_initial = "initial_budget" in table.columns or "initial_budget" in pairs
    return Funding(total, parts, unit, asks_initial, *_previous(pairs, reader, unit))


def _fund_row(
    region: Region,
    table: FundTable,
    line: FundLine,
    units: Mapping[str, MoneyUnit | None],
    unit: MoneyUnit,
    reader: CellReader,
) -> FundingRow:
    """`units` are those that the columns' labels state, `unit` is that of the others."""
    label = line.label
    if label is None or label.top < line.at and not table.transposed:
        label = region.slot(line.at, next(iter(table.columns.values())).left)
        name: Located[str] = blank(region.grid.ref(line.at, label.left))
    else:
        name = reader.text(label.cell, region.ref(label), "")
        name = Located(normalised(name.raw).rstrip(":") or None, name.at, name.raw)

    line_unit = money_unit(name.raw) or unit

    def amount(id_: Amount) -> Located[Decimal]:
        slot = table.slot(region, id_, line)
        if slot is None:
            return blank(name.at)
        return reader.amount(slot.cell, region.ref(slot), table.columns[id_].key, units[id_] or line_unit)

    def points(id_: str) -> Located[Decimal]:
        slot = table.slot(region, id_, line)
        return reader.points(slot.cell, region.ref(slot), table.columns[id_].key) if slot else blank(name.at)

    rate = table.slot(region, "execution_rate", line)
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


def _completed(
    total: FundingRow, known: Collection[str], pairs: Mapping[str, Pair], reader: CellReader, unit: MoneyUnit
) -> FundingRow:
    """The total with the amounts and the rate that the form has as fields of their own, not among `known`."""
    amounts = {id_: _amount(pairs.get(id_), reader, unit) for id_ in _AMOUNTS if id_ not in known}
    found: dict[str, Any] = {id_: amount for id_, amount in amounts.items() if amount}
    rate = pairs.get("execution_rate") if "execution_rate" not in known else None
    if rate:
        found["rate"] = _share(rate.cell, rate.at, rate.label, reader)
    return total._replace(**found) if found else total


def read_fund_fields(
    pairs: Mapping[str, Pair], at: CellRef, reader: CellReader, form_unit: MoneyUnit | None
) -> Funding:
    """当年预算数, 预算执行数 and 预算执行率 of the header as one row. `at` stands in for labels that are missing."""
    budget = pairs.get("adjusted_budget")
    unit = (money_unit(budget.label) if budget else None) or form_unit or "元"
    total = _completed(_field_row(budget, at, reader, unit), ("adjusted_budget",), pairs, reader, unit)
    parts = tuple(_field_row(pairs[id_], at, reader, unit) for id_ in ("fiscal_funds", "other_funds") if id_ in pairs)
    return Funding(total, parts, unit, "initial_budget" in pairs, *_previous(pairs, reader, unit))


def _field_row(budget: Pair | None, at: CellRef, reader: CellReader, unit: MoneyUnit) -> FundingRow:
    """A row with a budget figure alone."""
    if budget is None:
        return _empty_row(at)
    label = Located(budget.word, budget.label_at, budget.label)
    amount = _amount(budget, reader, unit) or blank(budget.label_at)
    return _empty_row(budget.label_at)._replace(label=label, adjusted_budget=amount)


def _previous(
    pairs: Mapping[str, Pair], reader: CellReader, unit: MoneyUnit
) -> tuple[Located[Decimal] | None, Located[Decimal] | None, Located[Decimal] | None]:
    """Budget, execution and rate of last year; None where the form does not ask for them."""
    budget, executed, rate = (pairs.get(id_) for id_ in ("previous_budget", "previous_executed", "previous_rate"))
    return (
        _amount(budget, reader, unit),
        _amount(executed, reader, unit),
        _share(rate.cell, rate.at, rate.label, reader) if rate else None,
    )


def _amount(pair: Pair | None, reader: CellReader, unit: MoneyUnit) -> Located[Decimal] | None:
    if pair is None:
        return None
    return reader.amount(pair.cell, pair.at, pair.word, money_unit(pair.label) or unit)


def _share(cell: Cell, at: CellRef, label: str, reader: CellReader) -> Located[Decimal]:
    return reader.share(cell, at, label_key(label), "%" in normalised(label))


def _empty_row(at: CellRef) -> FundingRow:
    return FundingRow._make([blank(at)] * len(FUND_FIELDS))
