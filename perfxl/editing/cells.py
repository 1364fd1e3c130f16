"""One worksheet part under edit: its frame as text, its rows and cells in pieces, parsed only where touched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from perfxl.edit import Constant, EditError
from perfxl.editing.content import cell_content, cell_text
from perfxl.editing.formula import column_number, moved
from perfxl.editing.xml import (
    attributes,
    child,
    children,
    elements,
    escaped,
    root_of,
    set_attribute,
    tag_attributes,
    unescaped,
    with_attribute,
    with_last,
)
from perfxl.grid import CellError, CellRef, column_letters
from perfxl.refusals import misshapen, own_error

MAX_FORMULA = 8_192
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


@dataclass(slots=True)
class Piece:
    """A cell as it is written, with the space before it."""

    column: int
    raw: str


@dataclass(slots=True)
class Row:
    number: int
    raw: str
    """The whole row with the space before it; stale once `cells` is there."""
    prefix: str
    opening: str = ""
    cells: list[Piece] | None = None
    closing: str = ""

    def written(self) -> str:
        if self.cells is None:
            return self.raw
        return self.opening + "".join(cell.raw for cell in self.cells) + self.closing

    def open(self) -> list[Piece]:
        """The cells, parsed at the first call."""
        if self.cells is not None:
            return self.cells
        cells: list[Piece] = []
        row = next(elements(self.raw, 0, len(self.raw)))
        if row.empty:
            self.opening = self.raw[: row.end - 2].rstrip() + ">"
            self.closing = f"</{row.name}>"
            self.cells = cells
            return cells
        place = row.inner
        column = 0
        for found in elements(self.raw, row.inner, row.close):
            if found.local != "c":
                break
            reference = attributes(self.raw, found).get("r")
            column = position(reference)[1] if reference else column + 1
            cells.append(Piece(column, self.raw[place : found.end]))
            place = found.end
        self.opening, self.closing, self.cells = self.raw[: row.inner], self.raw[place:], cells
        return cells


@dataclass(slots=True)
class SheetText:
    """`frame` is the part with an empty `sheetData`. `name` is the sheet's, for messages."""

    name: str
    frame: str
    prefix: str
    _body: str
    """The rows as they were written."""
    _groups: bool
    """Whether there are formulas that fill more than one cell."""
    _rows: list[Row] | None = None
    dropped_formulas: set[tuple[int, int]] = field(default_factory=set)
    changed_values: bool = False

    @classmethod
    def parse(cls, name: str, text: str) -> SheetText:
        root = root_of(text)
        data = child(text, root, "sheetData")
        if data is None:
            raise misshapen(f"工作表“{name}”没有单元格数据", f"the sheet “{name}” has no cell data")
        body = text[data.inner : data.close]
        groups = any(f"t={mark}{kind}{mark}" in body for mark in "\"'" for kind in ("array", "dataTable"))
        return cls(name, text[: data.inner] + text[data.close :], root.prefix, body, groups)

    @property
    def rows(self) -> list[Row]:
        """Every row, split at the first call."""
        if self._rows is None:
            self._rows = []
            place = number = 0
            for found in elements(self._body, 0, len(self._body)):
                written = attributes(self._body, found).get("r") if found.local == "row" else None
                number = int(written) if written else number + 1
                self._rows.append(Row(number, self._body[place : found.end], found.prefix))
                place = found.end
            self._body = self._body[place:]
        return self._rows

    @property
    def opened(self) -> list[Row]:
        """The rows that an edit has looked into, whether it changed them or not."""
        return [row for row in self._rows or () if row.cells is not None]

    def written(self) -> str:
        """The part with its changes."""
        body = "".join(row.written() for row in self._rows or ()) + self._body
        return self.with_rows(body) if body else self.frame

    def with_rows(self, body: str) -> str:
        """The frame with these rows in it."""
        data = child(self.frame, root_of(self.frame), "sheetData")
        assert data is not None
        return with_last(self.frame, data._replace(close=data.inner), body)

    def set_value(self, row: int, column: int, value: Constant) -> None:
        """A constant; a shared formula whose master stood here moves to its next cell."""
        content, kind = cell_content(value, self.prefix, cached=False, place=self._at(row, column))
        if not content and self._find(row, column) is None:
            return
        if self._release(row, column):
            self.dropped_formulas.add((row, column))
        self._fill(row, column, content, kind)

    def set_formula(self, row: int, column: int, formula: str, value: Constant | CellError) -> None:
        text = formula.removeprefix("=")
        if not formula.startswith("=") or not text or len(formula) > MAX_FORMULA:
            raise own_error(
                f"要写入 {self._at(row, column)} 的公式有误", f"the formula meant for {self._at(row, column)} is wrong"
            )
        content, kind = cell_content(value, self.prefix, cached=True, place=self._at(row, column))
        self._release(row, column)
        self.dropped_formulas.discard((row, column))
        self._fill(
            row, column, f"<{self.prefix}f>{cell_text(text, escape_codes=False)}</{self.prefix}f>{content}", kind
        )

    def style(self, row: int, column: int) -> int:
        """The style index in force, from the cell, its row or its column."""
        piece = self._find(row, column)
        if piece is not None:
            return int(tag_attributes(_opening(piece.raw)).get("s", "0"))
        return self._inherited(row, column)

    def set_style(self, row: int, column: int, style: int) -> None:
        piece = self._make(row, column)
        opening = _opening(piece.raw)
        piece.raw = piece.raw.replace(opening, with_attribute(opening, "s", str(style)), 1)

    def restyle(self, style: Callable[[int], int]) -> None:
        """Another style for every cell, row and column of the sheet."""
        # A cell without a style has the style 0; where that changes, every cell has to be looked at.
        written = _styled(self.prefix) if not style(0) else None
        known: dict[str, str] = {}

        def restyled(found: re.Match[str]) -> str:
            if (new := known.get(found[2])) is None:
                new = known[found[2]] = str(style(int(found[2])))
            return found[1] + new

        for row in self.rows:
            if row.cells is None and written and "<!" not in row.raw:
                row.raw = written.sub(restyled, row.raw)
                continue
            for piece in row.open():
                opening = _opening(piece.raw)
                old = int(tag_attributes(opening).get("s", "0"))
                if (new := style(old)) != old:
                    piece.raw = piece.raw.replace(opening, with_attribute(opening, "s", str(new)), 1)
            lead, start = _split_lead(row.opening)
            if (own := tag_attributes(start).get("s")) is not None:
                row.opening = lead + with_attribute(start, "s", str(style(int(own))))
        columns = child(self.frame, root_of(self.frame), "cols")
        if columns is None:
            return
        for found in reversed(children(self.frame, columns)):
            if (own := attributes(self.frame, found).get("style")) is not None:
                self.frame = set_attribute(self.frame, found, "style", str(style(int(own))))

    def _at(self, row: int, column: int) -> str:
        return CellRef("", self.name, row, column).in_file

    def _row(self, number: int) -> Row | None:
        low, high = 0, len(self.rows)
        while low < high:
            middle = (low + high) // 2
            if self.rows[middle].number < number:
                low = middle + 1
            else:
                high = middle
        return self.rows[low] if low < len(self.rows) and self.rows[low].number == number else None

    def _find(self, row: int, column: int) -> Piece | None:
        found = self._row(row)
        return next((piece for piece in found.open() if piece.column == column), None) if found else None

    def _make(self, row: int, column: int) -> Piece:
        """The cell, put in its place where it was not written yet."""
        if not (1 <= row <= 1_048_576 and 1 <= column <= 16_384):
            raise own_error(
                f"工作表“{self.name}”没有第 {row} 行第 {column} 列",
                f"the sheet “{self.name}” has no row {row} and column {column}",
            )
        if (piece := self._find(row, column)) is not None:
            return piece
        style = self._inherited(row, column)
        found = self._row(row)
        if found is None:
            name = f"{self.prefix}row"
            found = Row(row, "", self.prefix, f'<{name} r="{row}">', [], f"</{name}>")
            self.rows.insert(sum(other.number < row for other in self.rows), found)
        cells = found.open()
        lead, start = _split_lead(found.opening)
        if (spans := tag_attributes(start).get("spans")) and not _spanned(spans, column):
            found.opening = lead + with_attribute(start, "spans", None)
        styled = f' s="{style}"' if style else ""
        piece = Piece(column, f'<{self.prefix}c r="{column_letters(column)}{row}"{styled}/>')
        cells.insert(sum(other.column < column for other in cells), piece)
        self._widen(row, column)
        return piece

    def _inherited(self, row: int, column: int) -> int:
        if (found := self._row(row)) is not None:
            found.open()
            values = tag_attributes(_split_lead(found.opening)[1])
            if values.get("customFormat") in ("1", "true"):
                return int(values.get("s", "0"))
        columns = child(self.frame, root_of(self.frame), "cols")
        for element in children(self.frame, columns) if columns else ():
            values = attributes(self.frame, element)
            if int(values.get("min", "0")) <= column <= int(values.get("max", "0")):
                return int(values.get("style", "0"))
        return 0

    def _widen(self, row: int, column: int) -> None:
        """`dimension` made to hold the cell, for the readers that believe it."""
        root = root_of(self.frame)
        dimension = child(self.frame, root, "dimension")
        if dimension is None:
            return
        first, _, last = attributes(self.frame, dimension).get("ref", "").partition(":")
        if not _REFERENCE.fullmatch(first) or (last and not _REFERENCE.fullmatch(last)):
            return
        top, left = position(first)
        bottom, right = position(last or first)
        if top <= row <= bottom and left <= column <= right:
            return
        ref = (
            f"{column_letters(min(left, column))}{min(top, row)}:{column_letters(max(right, column))}{max(bottom, row)}"
        )
        self.frame = set_attribute(self.frame, dimension, "ref", ref)

    def _fill(self, row: int, column: int, content: str, kind: str | None) -> None:
        piece = self._make(row, column)
        lead, raw = _split_lead(piece.raw)
        opening = _opening(raw)
        name = opening[1:].split(None, 1)[0].rstrip("/>")
        # vm and cm point to what the old value meant: a picture in the cell, a spilling formula.
        for attribute, value in (("t", kind), ("cm", None), ("vm", None)):
            opening = with_attribute(opening, attribute, value)
        if opening.endswith("/>"):
            opening = opening[:-2].rstrip() + ">"
        piece.raw = f"{lead}{opening}{content}</{name}>" if content else f"{lead}{opening[:-1]}/>"
        self.changed_values = True

    def _release(self, row: int, column: int) -> bool:
        """Whether a formula stood here; one that others share is handed on, one of a group is refused."""
        if self._groups:
            self._refuse_group(row, column)
        piece = self._find(row, column)
        formula = cell_formula(piece.raw) if piece else None
        if formula is None:
            return False
        opening, text = formula
        values = tag_attributes(opening)
        if values.get("t") == "shared" and text:
            self._hand_on(row, column, values.get("si", ""), text)
        return True

    def _hand_on(self, row: int, column: int, shared: str, text: str) -> None:
        followers = [
            (number, piece)
            for number, piece in self._formulas("shared")
            if (number, piece.column) != (row, column) and _shares(piece.raw, shared)
        ]
        if not followers:
            return
        rows = [number for number, _ in followers]
        columns = [piece.column for _, piece in followers]
        area = f"{column_letters(min(columns))}{min(rows)}:{column_letters(max(columns))}{max(rows)}"
        number, heir = followers[0]
        found = cell_formula(heir.raw)
        assert found is not None
        opening = with_attribute(found[0], "ref", area)
        if opening.endswith("/>"):
            opening = opening[:-2].rstrip() + ">"
        body = escaped(moved(unescaped(text), number - row, heir.column - column))
        old = heir.raw[heir.raw.index(found[0]) :]
        end = len(found[0]) if found[0].endswith("/>") else old.index(">", old.index("</", len(found[0]))) + 1
        name = found[0][1:].split(None, 1)[0]
        heir.raw = heir.raw.replace(old[:end], f"{opening}{body}</{name}>", 1)

    def _formulas(self, kind: str) -> Iterator[tuple[int, Piece]]:
        """The cells with a formula of that type, in order, with their row."""
        for row in self.rows:
            if kind in row.written():
                for piece in row.open():
                    formula = cell_formula(piece.raw)
                    if formula and tag_attributes(formula[0]).get("t") == kind:
                        yield row.number, piece

    def _refuse_group(self, row: int, column: int) -> None:
        for kind in ("array", "dataTable"):
            for _, piece in self._formulas(kind):
                formula = cell_formula(piece.raw)
                assert formula is not None
                first, colon, last = tag_attributes(formula[0]).get("ref", "").partition(":")
                if not colon or first == last:
                    continue
                (top, left), (bottom, right) = position(first), position(last)
                if top <= row <= bottom and left <= column <= right:
                    raise EditError(
                        f"{self._at(row, column)} 属于数组公式 {first}:{last}，不能单独改，未作修改；"
                        "请先在 Excel 中清除该数组公式再试",
                        f"{self._at(row, column)} is part of the array formula {first}:{last}, so nothing was changed;"
                        " clear that array formula in Excel and try again",
                    )


def position(reference: str) -> tuple[int, int]:
    """`D6` → (6, 4)."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise misshapen(f"单元格地址 {reference[:20]} 有误", f"the cell address {reference[:20]} is wrong")
    return int(match[2]), column_number(match[1])


@cache
def _styled(prefix: str) -> re.Pattern[str]:
    """The start tags of rows and cells up to the number of their style."""
    return re.compile(
        rf"(<{re.escape(prefix)}(?:c|row)(?:\s+(?!s\s*=)[^\s=>\"']+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s+s\s*=\s*[\"'])([0-9]+)"
    )


def _opening(raw: str) -> str:
    """The start tag of the first element."""
    first = next(elements(raw, 0, len(raw)))
    return raw[first.start : first.inner]


def _split_lead(raw: str) -> tuple[str, str]:
    """What stands before the last tag that opens in `raw`'s head: white space or comments, and the rest."""
    place = len(raw) - len(raw.lstrip())
    while raw.startswith("<!--", place):
        place = raw.index("-->", place) + 3
        place += len(raw[place:]) - len(raw[place:].lstrip())
    return raw[:place], raw[place:]


def cell_formula(raw: str) -> tuple[str, str] | None:
    """A cell's formula: its start tag and its text as written."""
    if "f" not in raw:
        return None
    cell = next(elements(raw, 0, len(raw)))
    found = child(raw, cell, "f")
    return (raw[found.start : found.inner], raw[found.inner : found.close]) if found else None


def _shares(raw: str, shared: str) -> bool:
    formula = cell_formula(raw)
    return formula is not None and tag_attributes(formula[0]).get("si") == shared


def _spanned(spans: str, column: int) -> bool:
    for span in spans.split():
        low, _, high = span.partition(":")
        if low.isdigit() and high.isdigit() and int(low) <= column <= int(high):
            return True
    return False
