"""A row put into a sheet or taken out: everything in the workbook that names a place below it follows.

Formulas, merges, validations, conditional formats, links, notes, pictures and names move with their cells. A range
that reaches over the place grows or shrinks, as it does in Excel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from perfxl.edit import DeleteRow, Edit, EditError, InsertRow
from perfxl.editing.book import Book, SheetEntry
from perfxl.editing.cells import Piece, Row, SheetText, cell_formula, position
from perfxl.editing.formula import mapped, moved
from perfxl.editing.parts import Parts
from perfxl.editing.xml import (
    Element,
    attributes,
    child,
    children,
    elements,
    escaped,
    quoted,
    root_of,
    tag_attributes,
    unescaped,
    with_attribute,
)
from perfxl.grid import CellValue, column_letters
from perfxl.refusals import own_error
from perfxl.sources.xlsx import read_xlsx

RowEdit = InsertRow | DeleteRow
_Constants = dict[tuple[int, int], CellValue]
_LAST = 1_048_576
_PLACES = re.compile(r"(\s(?:sqref|ref|activeCell|topLeftCell)=)([\"'])([^\"']*)\2")
_FORMULAS = re.compile(r"(<(?:\w+:)?(?:formula|formula1|formula2|f)>)([^<]*)(</)")
_SQREF = re.compile(r"(<(?:\w+:)?sqref>)([^<]*)(</)")
_VIEWS = re.compile(r"<(?:\w+:)?(?:dimension|selection|pane|sheetView)\s[^>]*>")
"""Where a person is: there is always some place."""
_EMPTY = re.compile(r"(=[\"'])(?=[\"'])")
_SQREF_GONE = re.compile(r"<(?:\w+:)?sqref></")
_LATER = re.compile(r"<(\w+:)(dataValidation|conditionalFormatting)(?=[\s>]).*?</\1\2>", re.DOTALL)
"""Validations and formats of later versions of Excel."""
_LISTS = ("mergeCells", "dataValidations", "hyperlinks", "protectedRanges", "ignoredErrors")
_LINKS = re.compile(r"(\slocation=)([\"'])([^\"']*)\2")
_BREAKS = re.compile(r"(<(?:\w+:)?brk\s[^>]*?\bid=[\"'])(\d+)")
_ANCHOR_ROWS = re.compile(r"(<(?:\w+:)?row>)(\d+)(</)")
_NOTE_ROWS = re.compile(r"(<\w+:Row>)(\d+)(</)")
_NOTE_ANCHORS = re.compile(r"(<\w+:Anchor>)([^<]*)(</)")
_COMMENT = re.compile(r"<(?:\w+:)?comment\s[^>]*\bref=\"([A-Z]+\d+)\".*?</(?:\w+:)?comment>", re.DOTALL)
_SHAPE = re.compile(r"<(\w+:)shape\b.*?</\1shape>", re.DOTALL)
_NAMES = re.compile(r"(<(?:\w+:)?definedName\b[^>]*>)([^<]*)(</)")
_KINDS_OF_GROUPS = ("array", "dataTable")


@dataclass(frozen=True, slots=True)
class _Shift:
    """What becomes of rows where one is put in at `at`, or taken out."""

    at: int
    by: int

    def row(self, row: int) -> int | None:
        if self.by > 0:
            return row + 1 if row >= self.at else row
        return None if row == self.at else row - (row > self.at)

    def rows(self, top: int, bottom: int) -> tuple[int, int] | None:
        """A range of rows that grows and shrinks; None where all of it is gone."""
        if self.by > 0:
            first, last = top + (top >= self.at), bottom + (bottom >= self.at)
            return min(first, _LAST), min(last, _LAST)
        first, last = top - (top > self.at), bottom - (bottom >= self.at)
        return (first, last) if first <= last else None

    def reference(self, written: str) -> str | None:
        """`B4` or `B4:C9` on its sheet."""
        first, colon, last = written.partition(":")
        (top, left), (bottom, right) = position(first), position(last or first)
        found = self.rows(top, bottom)
        if found is None:
            return None
        corner = f"{column_letters(left)}{found[0]}"
        return f"{corner}:{column_letters(right)}{found[1]}" if colon else corner

    def references(self, written: str) -> str:
        """Several apart by spaces; those that are gone are left out."""
        kept = (self.reference(one) if re.fullmatch(r"[A-Z]+\d+(:[A-Z]+\d+)?", one) else one for one in written.split())
        return " ".join(filter(None, kept))


def with_rows(parts: Parts, data: bytes, edits: Iterable[Edit]) -> bytes:
    """The workbook with the edits made, and read again: every cell is where it should be. Raises EditError."""
    book = Book(parts)
    meant = _cells(data)
    for edit in edits:
        if isinstance(edit, RowEdit):
            entry = book.sheet(edit.sheet)
            meant[entry.name] = _meant(meant[entry.name], edit, _merges(book.open(entry)))
            _make(book, entry, edit)
    book.drop_calculation(None)
    book.calculate_on_load()
    book.keep()
    edited = parts.packed()
    if _cells(edited) != meant:
        raise own_error("增删行后复核：单元格不一致", "after moving the rows, the cells read otherwise")
    return edited


def _cells(data: bytes) -> dict[str, dict[tuple[int, int], CellValue]]:
    """What stands in the cells, texts and numbers; formulas have other results as soon as they are computed."""
    return {
        grid.sheet: {place: cell.value for place, cell in grid.cells.items() if cell.formula is None}
        for grid in read_xlsx(data, "").grids
    }


def _meant(cells: _Constants, edit: RowEdit, merges: list[tuple[int, int, int, int]]) -> _Constants:
    shift = _shift(edit)
    handed = {
        (edit.row + 1, left): cells[edit.row, left]
        for top, left, bottom, _ in merges
        if isinstance(edit, DeleteRow) and top == edit.row < bottom and (edit.row, left) in cells
    }
    return {(new, column): value for (row, column), value in {**cells, **handed}.items() if (new := shift.row(row))}


def _shift(edit: RowEdit) -> _Shift:
    return _Shift(edit.row, 1 if isinstance(edit, InsertRow) else -1)


def _make(book: Book, entry: SheetEntry, edit: RowEdit) -> None:
    if not 1 <= edit.row <= _LAST:
        raise own_error(f"工作表“{entry.name}”没有第 {edit.row} 行", f"the sheet “{entry.name}” has no row {edit.row}")
    shift = _shift(edit)
    for other in book.sheets:
        if other.worksheet:
            _formulas(book.open(other), entry.name, shift, own=other is entry)
    sheet = book.open(entry)
    _refuse_what_cannot_move(book, entry, sheet)
    across: list[tuple[int, int]] = []
    if isinstance(edit, DeleteRow):
        _hand_down_merges(sheet, edit.row)
    else:
        across = [(left, right) for top, left, bottom, right in _merges(sheet) if top == bottom == edit.like]
    _move_rows(sheet, shift)
    if isinstance(edit, InsertRow):
        _insert(sheet, edit.row, shift.row(edit.like) or edit.row)
    _frame(book, entry, sheet, shift)
    if across:
        _merge_across(sheet, edit.row, across)
    for other in book.sheets:
        if other.worksheet:
            _links(book.open(other), entry.name, shift)
    _attached(book, entry, shift)
    _names(book, entry.name, shift)


def _refuse_what_cannot_move(book: Book, entry: SheetEntry, sheet: SheetText) -> None:
    if child(sheet.frame, root_of(sheet.frame), "tableParts") is not None:
        raise EditError(
            f"工作表“{entry.name}”中有 Excel 表格，不能增删行，未作修改；请先在 Excel 的“表设计”中“转换为区域”再试",
            f"the sheet “{entry.name}” has an Excel table, so nothing was changed; convert it to a range in Excel and"
            " try again",
        )
    for row in sheet.rows:
        if any(f"t={mark}{kind}{mark}" in row.written() for mark in "\"'" for kind in _KINDS_OF_GROUPS):
            raise EditError(
                f"工作表“{entry.name}”中有数组公式或模拟运算表，不能增删行，未作修改；请先在 Excel 中清除它再试",
                f"the sheet “{entry.name}” has an array formula or a data table, so nothing was changed; clear it in"
                " Excel and try again",
            )


def _formulas(sheet: SheetText, name: str, shift: _Shift, *, own: bool) -> None:
    """Every formula of the sheet that may name a moved place, each with a text of its own."""
    masters: dict[str, tuple[int, int, str]] = {}
    for row in sheet.rows:
        if "<" + sheet.prefix + "f" not in row.written():
            continue
        for piece in row.open():
            found = cell_formula(piece.raw)
            if found is None:
                continue
            opening, text = found
            values = tag_attributes(opening)
            formula = unescaped(text)
            if values.get("t") == "shared":
                shared = values.get("si", "")
                if formula:
                    masters[shared] = (row.number, piece.column, formula)
                top, left, master = masters.get(shared, (row.number, piece.column, formula))
                formula = moved(master, row.number - top, piece.column - left)
            elif values.get("t") is not None:
                continue
            changed = mapped(formula, name, shift.rows, own=own)
            if changed != unescaped(text) or values.get("t"):
                _set_formula(piece, sheet.prefix, changed)


def _set_formula(piece: Piece, prefix: str, formula: str) -> None:
    cell = next(elements(piece.raw, 0, len(piece.raw)))
    old = child(piece.raw, cell, "f")
    assert old is not None
    piece.raw = f"{piece.raw[: old.start]}<{prefix}f>{escaped(formula)}</{prefix}f>{piece.raw[old.end :]}"


def _move_rows(sheet: SheetText, shift: _Shift) -> None:
    kept: list[Row] = []
    for row in sheet.rows:
        number = shift.row(row.number)
        if number is None:
            continue
        if number > _LAST:
            if row.open():
                raise EditError(
                    f"工作表“{sheet.name}”的最后一行（第 {_LAST:,} 行）有内容，不能插入行，未作修改；"
                    "请先清空那一行再试",
                    f"the last row ({_LAST:,}) of the sheet “{sheet.name}” is not empty, so nothing was changed;"
                    " clear it and try again",
                )
            continue  # LibreOffice writes the height of the last row.
        if number != row.number:
            row.open()
            _renumber(row, number)
        kept.append(row)
    sheet.rows[:] = kept


def _renumber(row: Row, number: int) -> None:
    row.number = number
    lead = row.opening[: row.opening.index("<")]
    row.opening = lead + with_attribute(row.opening[len(lead) :], "r", str(number))
    for piece in row.open():
        start = piece.raw.index("<")
        end = piece.raw.index(">", start) + 1
        tag = with_attribute(piece.raw[start:end], "r", f"{column_letters(piece.column)}{number}")
        piece.raw = piece.raw[:start] + tag + piece.raw[end:]


def _insert(sheet: SheetText, number: int, like: int) -> None:
    """A row with the looks and formulas of another, without its constants."""
    model = next((row for row in sheet.rows if row.number == like), None)
    if model is None:
        return
    cells = model.open()
    row = Row(number, "", sheet.prefix, model.opening, [], model.closing)
    for cell in cells:
        found = cell_formula(cell.raw)
        element = next(elements(cell.raw, 0, len(cell.raw)))
        style = attributes(cell.raw, element).get("s")
        styled = f' s="{style}"' if style else ""
        place = f"{column_letters(cell.column)}{number}"
        if found is None:
            raw = f'<{sheet.prefix}c r="{place}"{styled}/>'
        else:
            formula = escaped(moved(unescaped(found[1]), number - like, 0))
            x = sheet.prefix
            raw = f'<{x}c r="{place}"{styled} t="str"><{x}f>{formula}</{x}f><{x}v></{x}v></{x}c>'
        row.cells.append(Piece(cell.column, raw))  # type: ignore[union-attr]
    _renumber(row, number)
    sheet.rows.insert(sum(other.number < number for other in sheet.rows), row)


def _hand_down_merges(sheet: SheetText, number: int) -> None:
    """What stands in a merge that begins in the row stays, in the row below."""
    for top, left, bottom, _ in _merges(sheet):
        if top != number or bottom == number:
            continue
        above = next((row for row in sheet.rows if row.number == number), None)
        below = next((row for row in sheet.rows if row.number == number + 1), None)
        if above is None or below is None:
            continue
        content = next((piece for piece in above.open() if piece.column == left), None)
        if content is None:
            continue
        cells = below.open()
        cells[:] = sorted(
            [*(piece for piece in cells if piece.column != left), replace(content)], key=lambda piece: piece.column
        )
        _renumber(below, number + 1)


def _merge_across(sheet: SheetText, number: int, across: list[tuple[int, int]]) -> None:
    """Cells of the row merged as those of the row that it was copied from."""
    merged = child(sheet.frame, root_of(sheet.frame), "mergeCells")
    assert merged is not None
    places = (f"{column_letters(left)}{number}:{column_letters(right)}{number}" for left, right in across)
    raws = "".join(f'<{sheet.prefix}mergeCell ref="{place}"/>' for place in places)
    opening = sheet.frame[merged.start : merged.inner]
    if count := attributes(sheet.frame, merged).get("count"):
        opening = with_attribute(opening, "count", str(int(count) + len(across)))
    inside = sheet.frame[merged.inner : merged.close] + raws
    sheet.frame = sheet.frame[: merged.start] + opening + inside + sheet.frame[merged.close :]


def _merges(sheet: SheetText) -> list[tuple[int, int, int, int]]:
    merged = child(sheet.frame, root_of(sheet.frame), "mergeCells")
    found = []
    for element in children(sheet.frame, merged) if merged else ():
        first, _, last = attributes(sheet.frame, element).get("ref", "").partition(":")
        found.append((*position(first), *position(last or first)))
    return found


def _frame(book: Book, entry: SheetEntry, sheet: SheetText, shift: _Shift) -> None:
    """What stands around the cells of the sheet: merges, validations, formats, print breaks."""
    frame = _PLACES.sub(lambda m: f"{m[1]}{m[2]}{shift.references(m[3])}{m[2]}", sheet.frame)
    frame = _VIEWS.sub(lambda m: _EMPTY.sub(lambda place: f"{place[1]}A1", m[0]), frame)
    frame = _SQREF.sub(lambda m: f"{m[1]}{shift.references(m[2])}{m[3]}", frame)
    frame = _FORMULAS.sub(
        lambda m: f"{m[1]}{escaped(mapped(unescaped(m[2]), entry.name, shift.rows, own=True))}{m[3]}", frame
    )
    frame = _BREAKS.sub(lambda m: f"{m[1]}{int(m[2]) + shift.by * (int(m[2]) >= shift.at)}", frame)
    sheet.frame = _without_gone(frame)


def _without_gone(frame: str) -> str:
    """Without what was on the deleted row alone. A merge of one cell is none: Excel repairs a file that has one."""
    frame = _LATER.sub(lambda m: "" if _SQREF_GONE.search(m[0]) else m[0], frame)
    for element in reversed(children(frame, root_of(frame))):
        if element.local in _LISTS:
            inside = children(frame, element)
            kept = [one for one in inside if not _is_gone(frame, one)]
            if len(kept) == len(inside):
                continue
            raws = "".join(frame[one.start : one.end] for one in kept)
            opening = frame[element.start : element.inner]
            if "count" in attributes(frame, element):
                opening = with_attribute(opening, "count", str(len(kept)))
            new = f"{opening}{raws}{frame[element.close : element.end]}" if kept else ""
            frame = frame[: element.start] + new + frame[element.end :]
        elif element.local in ("conditionalFormatting", "autoFilter") and _is_gone(frame, element):
            frame = frame[: element.start] + frame[element.end :]
    return frame


def _is_gone(frame: str, element: Element) -> bool:
    values = attributes(frame, element)
    place = values.get("sqref", values.get("ref", ""))
    first, _, last = place.partition(":")
    return not place or (element.local == "mergeCell" and last in ("", first))


def _links(sheet: SheetText, name: str, shift: _Shift) -> None:
    own = sheet.name.casefold() == name.casefold()

    def follow(match: re.Match[str]) -> str:
        place = mapped(unescaped(match[3]), name, shift.rows, own=own)
        return f"{match[1]}{match[2]}{quoted(place)}{match[2]}"

    sheet.frame = _LINKS.sub(follow, sheet.frame)


def _attached(book: Book, entry: SheetEntry, shift: _Shift) -> None:
    """Notes and pictures of the sheet."""
    parts = book.parts
    for pointer in list(parts.pointers(entry.part)):
        if pointer.external or pointer.target not in parts:
            continue
        if pointer.kind in ("comments", "threadedComment"):
            text = parts.text(pointer.target)
            text = _COMMENT.sub(lambda m: "" if shift.reference(m[1]) is None else m[0], text)
            parts.put(pointer.target, _PLACES.sub(lambda m: f"{m[1]}{m[2]}{shift.references(m[3])}{m[2]}", text))
        elif pointer.kind == "vmlDrawing":
            parts.put(pointer.target, _moved_boxes(parts.text(pointer.target), shift))
        elif pointer.kind == "drawing":
            text = parts.text(pointer.target)
            parts.put(
                pointer.target,
                _ANCHOR_ROWS.sub(lambda m: f"{m[1]}{(shift.row(int(m[2]) + 1) or shift.at) - 1}{m[3]}", text),
            )


def _moved_boxes(text: str, shift: _Shift) -> str:
    def box(match: re.Match[str]) -> str:
        shape = match[0]
        row = _NOTE_ROWS.search(shape)
        if row is None:
            return shape
        new = shift.row(int(row[2]) + 1)
        if new is None:
            return ""
        by = new - 1 - int(row[2])
        shape = _NOTE_ROWS.sub(lambda m: f"{m[1]}{new - 1}{m[3]}", shape)

        def anchor(found: re.Match[str]) -> str:
            numbers = [number.strip() for number in found[2].split(",")]
            for place in (2, 6):
                if len(numbers) == 8 and numbers[place].isdigit():
                    numbers[place] = str(int(numbers[place]) + by)
            return f"{found[1]}{', '.join(numbers)}{found[3]}"

        return _NOTE_ANCHORS.sub(anchor, shape)

    return _SHAPE.sub(box, text)


def _names(book: Book, name: str, shift: _Shift) -> None:
    def follow(match: re.Match[str]) -> str:
        return f"{match[1]}{escaped(mapped(unescaped(match[2]), name, shift.rows, own=False))}{match[3]}"

    book.parts.put(book.part, _NAMES.sub(follow, book.text))
