"""What a seal covers: the constants of a workbook as lines `[field id, type, value]`, without any address.

Every filled cell of every sheet that is not ours gives exactly one line: under the field that the reader found in it,
or as content beside the fields. So nothing can be typed, changed or taken away without a line changing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from itertools import chain
from math import isfinite
from typing import Any, Literal, NamedTuple

from perfxl.form import FUND_FIELDS, ROW_FIELDS, Form, FundingRow, Indicator, Located, SelfEvaluation
from perfxl.grid import Cell, CellRef, CellValue, Grid, Workbook
from perfxl.number_format import date_serial
from perfxl.reading.explanations import Explanation, read_explanations
from perfxl.reading.labels import vocabulary

Kind = Literal["n", "s", "b", "e", "f"]
"""Number or date, text, truth value, error value, formula."""

UNKNOWN_FORMULA = "?"
"""A formula whose text the file keeps in another cell."""

SEALED_PROPERTIES = ("perfxl.scheme", "perfxl.template_version")

_SHORT = 40
_UNNAMED = re.compile(r"[^0-9A-Za-z]")
_BREAKS = re.compile(r"[\t\r\n]+")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SHEET = r"(?:'(?:[^']|'')*'|[^\s'\"!()+*/^&=<>,;%{}-]+)!"
_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?![A-Za-z0-9_(.])"
_PLACE = rf"(?:{_CELL}(?::{_CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[0-9]+:\$?[0-9]+)"
_TOKEN = re.compile(
    rf"""
      (?P<text>"(?:[^"]|"")*")
    | (?P<place>(?:{_SHEET})?{_PLACE}|{_SHEET})
    | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{{1,3}})?)
    | (?P<word>[^\W0-9][\w.]*)
    | (?P<sign><>|<=|>=|[-+*/^&=<>%])
    """,
    re.VERBOSE,
)


class Line(NamedTuple):
    """One line of the sealed content."""

    id: str
    """`1/field/project_name`, `1/row/00003/actual`, `beside/01/00012`: form or sheet, kind of place, number, column."""
    kind: Kind
    value: str

    def json(self) -> str:
        return json.dumps(self, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Canonical:
    """The content of a workbook as it is sealed, and where it stands now."""

    lines: tuple[Line, ...]
    """Sorted by id, no id twice."""
    places: Mapping[str, CellRef]
    """Where each id is in this file, blank fields included. Not sealed."""
    shown: Mapping[str, str]
    """What a person sees there. Not sealed."""


def canonical(workbook: Workbook, forms: Sequence[Form]) -> Canonical:
    """`forms` are what `read_forms` found in the workbook. Never raises on what a sheet holds."""
    grids = [grid for grid in workbook.grids if grid.sheet not in vocabulary().own_sheets]
    content = _Content({grid.sheet: grid for grid in grids})
    for number, form in enumerate(forms, start=1):
        content.take_form(number, form)
    for number, grid in enumerate(grids, start=1):
        content.take_rest(number, grid)
    content.take_explanations(read_explanations(workbook))
    for name in SEALED_PROPERTIES:
        if text := workbook.properties.get(name, ""):
            content.add(f"property/{name}", CellRef(workbook.file), "s", plain(text), text)
    return Canonical(tuple(sorted(content.lines)), content.places, content.shown)


class _Content:
    def __init__(self, grids: Mapping[str, Grid]) -> None:
        self.lines: list[Line] = []
        self.places: dict[str, CellRef] = {}
        self.shown: dict[str, str] = {}
        self._grids = grids
        self._claimed: set[tuple[str, int, int]] = set()

    def add(self, id_: str, at: CellRef, kind: Kind, value: str, shown: str) -> None:
        self.lines.append(Line(id_, kind, value))
        self.places[id_] = at
        self.shown[id_] = shown

    def take_form(self, number: int, form: Form) -> None:
        self._claim(f"{number}/title", form.title)
        shared: dict[CellRef, list[str]] = {}
        for name, located in form.fields.items():
            shared.setdefault(located.at, []).append(name)
        for name, located in form.fields.items():
            # `填表人：甲  联系电话：乙` in one cell is one line.
            names = shared[located.at] if located.raw else [name]
            self._claim(f"{number}/field/{'+'.join(sorted(names))}", located)
        self._claim(f"{number}/year", form.year)
        self._claim_records(f"{number}/fund", (_parts(row, FUND_FIELDS) for row in _fund_rows(form)))
        numbered = self._claim_records(f"{number}/row", map(_columns, form.indicators))
        # Level labels are lists of their own: swapping two rows below one merged label leaves the label where it is.
        # `under` ties each row to its labels, by their order: else a row could be moved below another label unseen.
        levels: dict[str, list[Located[Any]]] = {
            "level1": [row.level1 for row in form.indicators],
            "level2": [row.level2 for row in form.indicators],
        }
        for level, labels in levels.items():
            self._claim_records(f"{number}/{level}", ({"label": located} for located in labels))
        order = {level: _order(labels) for level, labels in levels.items()}
        for id_, row in zip(numbered, form.indicators, strict=True):
            if id_:
                under = f"{order['level1'].get(row.level1.at, 0)}.{order['level2'].get(row.level2.at, 0)}"
                self.add(f"{id_}/under", row.at, "s", under, under)
        if isinstance(form, SelfEvaluation):
            self._claim(f"{number}/total", form.total)
            self._claim(f"{number}/total_max", form.total_max)

    def take_rest(self, number: int, grid: Grid) -> None:
        """The sheet's name and, in reading order, every filled cell that no field has claimed."""
        sheet = f"{number:02}"
        self.add(f"sheet/{sheet}", CellRef(grid.file, grid.sheet), "s", plain(grid.sheet), grid.sheet)
        order = 0
        for row, cells in grid.rows():
            for column, cell in cells:
                if (grid.sheet, row, column) in self._claimed or not _filled(cell):
                    continue
                order += 1
                self.add(f"beside/{sheet}/{order:05}", grid.ref(row, column), *typed(cell), _shown(cell))

    def take_explanations(self, explanations: Iterable[Explanation]) -> None:
        """Every 说明 of the sheet 校验结果 under its finding: `explanation/F102/01/D6`, sheet and cell."""
        sheets = {sheet: f"{number:02}" for number, sheet in enumerate(self._grids, start=1)}
        for one in explanations:
            sheet, _, address = one.place.rpartition("!")
            code, place = (_UNNAMED.sub("", text)[:_SHORT] for text in (one.code, address))
            id_ = f"explanation/{code}/{sheets.get(sheet, '00')}/{place}"
            while id_ in self.places:
                id_ += "+"
            # With the finding's words, by which a 说明 is found again where rows have moved.
            said = f"{one.text}（{one.message}）"
            self.add(id_, one.at, "s", plain(said), said)

    def _claim_records(self, group: str, records: Iterable[Mapping[str, Located[Any]]]) -> list[str]:
        """Number the records that hold something: an empty row more or less changes nothing.

        Gives the id of each record, empty for those that hold nothing."""
        number = 1
        numbered: list[str] = []
        for record in records:
            ids = {name: f"{group}/{number:05}/{name}" for name in record}
            took = {name for name, located in record.items() if self._take(ids[name], located)}
            numbered.append(f"{group}/{number:05}" if took else "")
            if took:
                number += 1
                for name in record.keys() - took:
                    self._leave(ids[name], record[name].at)
        return numbered

    def _claim(self, id_: str, located: Located[Any]) -> None:
        if not self._take(id_, located):
            self._leave(id_, located.at)

    def _leave(self, id_: str, at: CellRef) -> None:
        """Note the place of a blank field. Where the form has no cell for it, the reader points at another one."""
        grid = self._grids.get(at.sheet)
        if grid is not None and not _filled(grid.cell(at.row, at.column)):
            self.places.setdefault(id_, at)

    def _take(self, id_: str, located: Located[Any]) -> bool:
        """Take the cell for the field. A blank field may point at its label: that stays beside the fields."""
        at = located.at
        grid, place = self._grids.get(at.sheet), (at.sheet, at.row, at.column)
        if grid is None or not located.raw or place in self._claimed:
            return False
        cell = grid.cell(at.row, at.column)
        if not _filled(cell):
            return False
        self._claimed.add(place)
        self.add(id_, at, *typed(cell), _shown(cell))
        return True


def _fund_rows(form: Form) -> Iterator[FundingRow]:
    return chain((form.funding.total,), form.funding.parts)


def _order(labels: Iterable[Located[Any]]) -> dict[CellRef, int]:
    """Labels counted from 1, each cell once."""
    order: dict[CellRef, int] = {}
    for label in labels:
        if label.raw.strip():
            order.setdefault(label.at, len(order) + 1)
    return order


def _columns(row: Indicator) -> dict[str, Located[Any]]:
    """The row's own cells. A column that the form does not have is blank at the left edge, below the level labels."""
    parts = _parts(row, ROW_FIELDS)
    return {name: part for name, part in parts.items() if part.raw or part.at.column != row.level1.at.column}


def _parts(row: FundingRow | Indicator, names: Sequence[str]) -> dict[str, Located[Any]]:
    return {name: getattr(row, name) for name in names}


def typed(cell: Cell) -> tuple[Kind, str]:
    """Type and value of a filled cell. Of a formula the skeleton, never the result."""
    if cell.formula is not None:
        return "f", skeleton(cell.formula)
    value = cell.value
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, Decimal):
        return "n", number(value)
    if isinstance(value, datetime):
        return "n", number(date_serial(value))
    if isinstance(value, str):
        return "s", plain(value)
    return "e", plain(value.code if value else "")


def number(value: Decimal) -> str:
    """The 15 digits that Excel keeps, `-0` as `0`. Amounts from 10¹³ 元 lose their cents."""
    if not value.is_finite() or not isfinite(double := float(value)):
        return str(value)
    return f"{double + 0.0:.15g}"


def plain(text: str) -> str:
    """Text as every program keeps it: `_x000D_` decoded, line breaks and tabs in a row as one space. Not NFKC."""
    for _ in range(3):
        decoded = _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), text) if "_x" in text else text
        if decoded == text:
            break
        text = decoded
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _BREAKS.sub(" ", text)


@lru_cache(maxsize=4096)
def skeleton(formula: str) -> str:
    """A formula without its references, spaces and brackets, which programs write each in their own way.

    `=ROUND(10*MIN(E6/$D$6,1),2)` → `ROUND 10 * MIN / 1 2`. Long ones as a digest. Catches a number, a text, a function
    or a sign that was changed, not a reference turned to another cell.
    """
    if formula.removeprefix("=") == "":
        return UNKNOWN_FORMULA
    text = " ".join(_tokens(formula.removeprefix("=")))
    return text if len(text) <= _SHORT else sha256(text.encode()).hexdigest()[:32]


def _tokens(formula: str) -> Iterator[str]:
    for match in _TOKEN.finditer(formula):
        if match.lastgroup == "text":
            yield plain(match[0])
        elif match.lastgroup == "number":
            yield number(Decimal(match[0]))
        elif match.lastgroup == "word":
            yield match[0].upper().removeprefix("_XLFN.").removeprefix("_XLWS.")
        elif match.lastgroup == "sign":
            yield match[0]


def _filled(cell: Cell) -> bool:
    """Spaces alone are no content: some programs drop them."""
    value: CellValue = cell.value
    return cell.formula is not None or (value is not None and not (isinstance(value, str) and not value.strip()))


def _shown(cell: Cell) -> str:
    if cell.formula is not None:
        return f"公式 {'' if cell.formula.startswith('=') else '='}{cell.formula}"
    return cell.text or str(cell.value)
