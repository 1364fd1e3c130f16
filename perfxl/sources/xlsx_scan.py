"""Worksheets and shared strings as Excel, WPS, LibreOffice and the usual libraries spell them, by a closed grammar.

Some four times as fast as expat with handlers, and more where what stands between two values is remembered: the forms
of a batch have it in common. What is not in the grammar is left to `PartParser`, and so is every part that is damaged.
Whatever is read here an XML parser reads the same; attributes of fonts and rules are passed over without a look for one
that stands there twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from itertools import chain, repeat
from typing import NamedTuple

from perfxl.grid import Cell, CellValue, Merge
from perfxl.kept import Known
from perfxl.sources.ooxml import count, plain_text
from perfxl.sources.xlsx_styles import CellStyle
from perfxl.sources.xlsx_values import MAX_ROWS, BadValue, SheetContext, cell_value, excel_number, merge_range, position
from perfxl.sources.xml_part import MAX_TEXT
from perfxl.sources.xml_scan import DEFAULT_NAMESPACE, PRESERVE, SPACE, Unusual, cut, decoded, plain

_LARGE_PART = 2**19
"""A larger one has little in common with others: to remember what stands in it would take longer than to read it."""

_PLACE = r'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"'
_LOOK = r'(?: s="([0-9]{1,5})")?(?: t="([A-Za-z]{1,9})")?'
_BLANK = r'<c r="[A-Z]{1,3}[1-9][0-9]{0,6}"(?: s="[0-9]{1,5}")?(?: t="[A-Za-z]{1,9}")?(?:/>|></c>)'
_BLANKS = f"(?:{SPACE}{_BLANK})*{SPACE}"
_FORMULA = (
    r'<f(?: aca="[a-z]{1,5}")?(?: t="[A-Za-z]{1,9}")?(?: ref="[A-Z0-9:]{1,24}")?(?: ca="[01]")?'
    rf'(?: si="[0-9]{{1,9}}")?{PRESERVE}'
)
_INLINE = rf"<is>{SPACE}<t{PRESERVE}>([^<]*)</t>{SPACE}</is>"

_ROW = re.compile(
    rf'{SPACE}<row r="([1-9][0-9]{{0,6}})"'
    rf'((?: (?:[A-Za-z]{{1,20}}|x14ac:dyDescent)="[^"<&]{{0,99}}"){{0,16}})(/?)>{_BLANKS}'
)
"""Number, further attributes and the stroke of a row without content; blank cells behind it are passed over."""
_BLANK_CELLS = re.compile(_BLANKS)
_HIDDEN = re.compile(' hidden="(?:1|true)"')
_CELL = re.compile(
    rf"{_PLACE}{_LOOK}>{SPACE}(?:({_FORMULA})(?:/>|>([^<]*)</f>){SPACE})?"
    rf"(?:<v{PRESERVE}>([^<]*)</v>{SPACE}|<v ?/>{SPACE}|{_INLINE}{SPACE})?</c>{_BLANKS}|([^ \t\n])"
)
"""Place, style, type, the formula's tag and text, value, inline text, or else whatever is not in this grammar."""
_ITEM = re.compile(
    rf"{SPACE}<si>{SPACE}(?:<t{PRESERVE}>([^<]*)</t>{SPACE}|<t ?/>{SPACE}"
    rf"|((?:<r>(?:<rPr>(?:<[A-Za-z]{{1,20}}(?: [A-Za-z]{{1,20}}=\"[^\"<&]*\"){{0,8}}/>){{0,20}}</rPr>)?"
    rf"<t{PRESERVE}>[^<]*</t></r>)+))(?:<phoneticPr(?: [A-Za-z]{{1,20}}=\"[^\"<&]*\"){{0,4}}/>)?"
)
"""A shared string but for its end tag: its text, or its runs."""
_RUN = re.compile(rf"<t{PRESERVE}>([^<]*)</t>")

_MERGES = re.compile(
    rb"<mergeCells(?: count=\"[0-9]+\")?>"
    rb"((?:[ \t\r\n]*<mergeCell ref=\"[A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7}\"/>)*)[ \t\r\n]*</mergeCells>"
)
_MERGED = re.compile(rb"\"([A-Z0-9:]+)\"")

_SAID = r'[^"<&\x00-\x08\x0b-\x1f]*(?:&(?:amp|lt|gt|quot|apos);[^"<&\x00-\x08\x0b-\x1f]*)*'
_GIVEN = rf'(?: [A-Za-z0-9]{{1,30}}="{_SAID}"){{0,20}}'
_TERM = r"[^<&\]\x00-\x08\x0b-\x1f]*(?:&(?:amp|lt|gt|quot|apos);[^<&\]\x00-\x08\x0b-\x1f]*)*"
_ASIDE = re.compile(
    rf"<conditionalFormatting{_GIVEN}>"
    rf"(?:<cfRule{_GIVEN}(?:/>|>(?:<formula>{_TERM}</formula>)+</cfRule>))+</conditionalFormatting>"
    rf"|<dataValidation{_GIVEN}(?:/>|><formula1>{_TERM}</formula1>(?:<formula2>{_TERM}</formula2>)?</dataValidation>)"
    rf"|<col{_GIVEN}/>"
)
"""Rules, validations and column widths: most of what stands around the cells, and nothing is read of it."""

_ATTRIBUTE = re.compile(r" ([A-Za-z0-9:]+)=\"[^\"]*\"")

_BEHIND_VALUE = b"</v></c>"
_BETWEEN, _ANY = -1, 0
"""In place of a row's number: a piece begins or ends between two rows, or within a row that no cell of it names."""


def _index(written: bytes) -> int:
    """The number of a shared string."""
    index = count(decoded(written))
    if index is None:
        raise Unusual
    return index


def _number(written: bytes) -> Decimal:
    number = excel_number(decoded(written))
    if number is None:
        raise Unusual
    return number


_indexes = Known(_index, 16_384, 9)
_numbers = Known(_number, 16_384, 24)


class ScannedSheet(NamedTuple):
    """The cells, the hidden rows among those that hold some, and the part without its rows."""

    cells: dict[tuple[int, int], Cell]
    hidden_rows: set[int]
    rest: bytes


_Blank = tuple[int, int, "_Aside | None", tuple[int, int], str, str, str | None]
"""What stands before a value: the rows that it begins and ends in, what else is in it, and the cell that the value
belongs to: its row and column, style number, type, and the formula or None."""
_Written = tuple[_Blank, bytes]
"""The same with what stands as the value."""
_Aside = tuple[Sequence[int], Sequence[_Written]]
"""The hidden rows that begin in a piece of the rows, and its cells."""

_new_cell: Callable[[tuple[CellValue, str | None, str, bool]], Cell] = partial(tuple.__new__, Cell)
"""Cell(...) itself goes through Python."""


def _cell(content: tuple[CellValue, str | None, CellStyle]) -> Cell:
    value, formula, style = content
    return _new_cell((value, formula, style.number_format, style.locked))


def _size(content: tuple[CellValue, str | None, CellStyle]) -> int:
    text, formula, style = content
    return len(f"{text}{formula}{style.number_format}")


_cells = Known(_cell, 4096, 3072, _size)
"""Shared strings, and formulas without a result: most cells of a form, and nine of ten the same in the next one.

No numbers: 1 is equal to TRUE."""


def scanned_sheet(data: bytes, context: SheetContext) -> ScannedSheet:
    """The rows of a worksheet part. Raises Unusual, or UnreadableFile for a value over a limit."""
    rows, rest, namespaces = cut(data, b"sheetData")
    cells: dict[tuple[int, int], Cell] = {}
    hidden_rows: set[int] = set()
    aside: list[_Written] = []
    styles, strings = context.styles, context.strings
    kept = 0
    row = _BETWEEN
    written = _written_in_rows if len(rows) > _LARGE_PART or _BEHIND_VALUE not in rows else _written
    all_written = chain(written(rows, hidden_rows, aside, b" xmlns:x14ac=" in namespaces), aside)
    try:
        for (begins, ends, beside, place, style_number, kind, formula), raw in all_written:
            if begins != row and begins != _ANY:
                raise Unusual
            row = ends
            if beside:
                hidden_rows.update(beside[0])
                aside += beside[1]
            style = styles[style_number]
            value: CellValue
            if kind == "s":
                value = strings[_indexes[raw]] or None
            elif not raw:
                value = None
            elif kind or style.date:
                value = _value(raw, kind, style, context)
            else:
                value = _numbers[raw]
            if value is None and formula is None:
                continue
            if kind == "s" or value is None:
                cells[place] = _cells[value, formula, style]
            else:
                cells[place] = _new_cell((value, formula, style.number_format, style.locked))
            kept += 1
    except LookupError as error:
        raise Unusual from error
    if kept != len(cells):
        raise Unusual
    if aside:  # came last
        cells = dict(sorted(cells.items()))
    return ScannedSheet(cells, hidden_rows, rest)


def scanned_surroundings(rest: bytes) -> tuple[list[Merge], bytes]:
    """The merges of a worksheet part without rows, and what is left of it for expat.

    Raises Unusual, or UnreadableFile for a merge that is none.
    """
    if b"<!" in rest or rest.count(b"<?") > 1 or len(DEFAULT_NAMESPACE.findall(rest)) > 1:
        raise Unusual
    merges: list[Merge] = []

    def take(merged: re.Match[bytes]) -> bytes:
        merges.extend(merge_range(reference.decode()) for reference in _MERGED.findall(merged[1]))
        return b""

    rest = _MERGES.sub(take, rest)
    around = decoded(rest)
    if "\ufffe" not in around and "\uffff" not in around:  # no characters of XML, and slow to compile in a pattern
        rest = _ASIDE.sub("", around).encode()
    return merges, rest


def _written(rows: bytes, hidden_rows: set[int], aside: list[_Written], descents: bool) -> Iterable[_Written]:
    """What stands before each value, and the value. What is in the last piece is put into `hidden_rows` and `aside`.

    `descents` says whether rows may have the attribute `x14ac:dyDescent`: whether its namespace is declared."""
    *pieces, behind = rows.split(_BEHIND_VALUE)
    before, _, raw = zip(*map(bytes.rpartition, pieces, repeat(b">")), strict=True)
    runs = [_first_runs[descents][before[0]], *map(_runs[descents].__getitem__, before[1:])]
    begins, ends, (hidden, cells) = _run(decoded(behind), _ANY, descents)
    if begins not in (runs[-1][1], _ANY) or ends != _BETWEEN:
        raise Unusual
    hidden_rows.update(hidden)
    aside += cells
    return zip(runs, raw, strict=True)


def _written_in_rows(rows: bytes, hidden_rows: set[int], _: list[_Written], descents: bool) -> Iterator[_Written]:
    """The cells row by row, with nothing remembered."""
    *texts, behind = decoded(rows).split("</row>")
    for text in chain((text + "</row>" for text in texts), [behind]):
        ends, (hidden, cells) = _run(text, _BETWEEN, descents)[1:]
        if ends != _BETWEEN:
            raise Unusual
        hidden_rows.update(hidden)
        yield from cells


def _run_before(value: bytes, begins: int, descents: bool) -> _Blank:
    """What stands before a value, as far as the `>` in front of it."""
    begins, ends, (hidden, (*cells, (cell, earlier))) = _run(decoded(value) + "></v></c>", begins, descents)
    if earlier:  # the `>` is one of several in the value
        raise Unusual
    return begins, ends, (hidden, cells) if hidden or cells else None, *cell[3:]


def _known_runs(begins: int, most: int) -> Sequence[Known[bytes, _Blank]]:
    """The forms of a batch have the same places, formulas and blanks."""
    return [Known(partial(_run_before, begins=begins, descents=descents), most, 3072) for descents in (False, True)]


_first_runs, _runs = _known_runs(_BETWEEN, 256), _known_runs(_ANY, 4096)


def _run(text: str, begins: int, descents: bool) -> tuple[int, int, _Aside]:
    """A piece that begins between two rows or behind a cell's value: the rows it begins and ends in, and what is in it.

    Raises Unusual, or UnreadableFile."""
    hidden_rows: list[int] = []
    cells: list[_Written] = []
    row = begins
    for number, piece in enumerate(text.split("</row>")):
        if number:
            if row == _BETWEEN:
                raise Unusual
            row = _BETWEEN
        if row != _BETWEEN:
            begun = _BLANK_CELLS.match(piece)
        elif begun := _row(piece, descents):
            row = int(begun[1])
            if _HIDDEN.search(begun[2]):
                hidden_rows.append(row)
        if begun is None:
            continue
        for reference, style, kind, tag, formula, raw, inline, other in _CELL.findall(piece, begun.end()):
            if other:
                raise Unusual
            place = position(reference)
            if row == _ANY:
                begins = row = place[0]
            written = "=" + plain(formula) if tag else None
            if place[0] != row or (written and len(written) > MAX_TEXT):
                raise Unusual
            if inline:
                kind, raw = "inlineStr", inline
            cells.append(((_ANY, row, None, place, style or "0", kind, written), raw.encode()))
    return begins, row, (hidden_rows, cells)


def _value(written: bytes, kind: str, style: CellStyle, context: SheetContext) -> CellValue:
    """Of a cell with its own value. Raises Unusual, or UnreadableFile for a value over a limit."""
    raw = decoded(written)
    if "<" in raw:
        raise Unusual
    if kind == "inlineStr":
        return plain_text(plain(raw)) or None
    try:
        return cell_value(plain(raw), kind or "n", style, context)
    except BadValue as bad:
        raise Unusual from bad


def _row(text: str, descents: bool) -> re.Match[str] | None:
    """The tag of the one row that is not closed at once, None for none. Raises Unusual."""
    end = 0
    while (row := _ROW.match(text, end)) is not None:
        if not _distinct(row[2]) or int(row[1]) > MAX_ROWS or ("x14ac:" in row[2] and not descents):
            raise Unusual
        if not row[3]:
            return row
        end = row.end()
    if text[end:].strip(" \t\n"):
        raise Unusual
    return None


def scanned_strings(items: bytes) -> list[str]:
    """The texts of the items of a shared strings part. Raises Unusual, or UnreadableFile for one that is too long."""
    *whole, behind = items.split(b"</si>")
    if behind.strip(b" \t\n"):
        raise Unusual
    return list(map(_item if len(items) > _LARGE_PART else _items.__getitem__, whole))


def _item(item: bytes) -> str:
    """A shared string, of which the end tag is gone."""
    match = _ITEM.fullmatch(decoded(item))
    if match is None:
        raise Unusual
    text, runs = match.groups("")
    if runs:
        text = "".join(_RUN.findall(runs))
    return plain_text(plain(text))


_items = Known(_item, 4096, 2048)
"""The forms of a batch have the same labels."""


@lru_cache(maxsize=4096)
def _distinct(attributes: str) -> bool:
    """Whether a row's further attributes have different names, none of them `r`."""
    names = ["r", *_ATTRIBUTE.findall(attributes)]
    return attributes.isprintable() and len(set(names)) == len(names)
