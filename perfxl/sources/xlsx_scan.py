"""Worksheets and shared strings as Excel, WPS, LibreOffice and the usual libraries spell them, by a closed grammar.

Some four times as fast as expat with handlers. What is not in the grammar is left to `PartParser`, and so is every part
that is damaged. Whatever is read here an XML parser reads the same; attributes of fonts and rules are passed over
without a look for one that stands there twice.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import lru_cache

from perfxl.grid import Cell, CellValue, Merge
from perfxl.sources.ooxml import count, plain_text
from perfxl.sources.xlsx_values import MAX_ROWS, BadValue, SheetContext, cell_value, excel_number, merge_range, position
from perfxl.sources.xml_part import MAX_TEXT

_MOST_BYTES = 16 * 2**20
"""Larger parts are for expat, which never holds them twice."""
_LONG_FORMULA = 4096

# Blanks where the indented files of gnumeric have them. A carriage return is never scanned: expat would change it.
_SPACE = r"[ \t\n]*"
_PRESERVE = r'(?: xml:space="(?:preserve|default)")?'
_PLACE = r'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"'
_LOOK = r'(?: s="([0-9]{1,5})")?(?: t="([A-Za-z]{1,9})")?'
_BLANK = r'<c r="[A-Z]{1,3}[1-9][0-9]{0,6}"(?: s="[0-9]{1,5}")?(?: t="[A-Za-z]{1,9}")?(?:/>|></c>)'
_BLANKS = f"(?:{_SPACE}{_BLANK})*{_SPACE}"
_FORMULA = (
    r'<f(?: aca="[a-z]{1,5}")?(?: t="[A-Za-z]{1,9}")?(?: ref="[A-Z0-9:]{1,24}")?(?: ca="[01]")?'
    rf'(?: si="[0-9]{{1,9}}")?{_PRESERVE}'
)
_INLINE = rf"<is>{_SPACE}<t{_PRESERVE}>([^<]*)</t>{_SPACE}</is>"

_ROW = re.compile(
    rf'{_SPACE}<row r="([1-9][0-9]{{0,6}})"'
    rf'((?: (?:[A-Za-z]{{1,20}}|x14ac:dyDescent)="[^"<&]{{0,99}}"){{0,16}})(/?)>{_BLANKS}'
)
"""Number, further attributes and the stroke of a row without content; blank cells behind it are passed over."""
_HIDDEN = re.compile(' hidden="(?:1|true)"')
_CELL = re.compile(
    rf"{_PLACE}{_LOOK}>{_SPACE}(?:({_FORMULA})(?:/>|>([^<]*)</f>){_SPACE})?"
    rf"(?:<v{_PRESERVE}>([^<]*)</v>{_SPACE}|<v ?/>{_SPACE}|{_INLINE}{_SPACE})?</c>{_BLANKS}|([^ \t\n])"
)
"""Place, style, type, the formula's tag and text, value, inline text, or else whatever is not in this grammar."""
_ITEM = re.compile(
    rf"<si>{_SPACE}(?:<t{_PRESERVE}>([^<]*)</t>{_SPACE}|<t ?/>{_SPACE}"
    rf"|((?:<r>(?:<rPr>(?:<[A-Za-z]{{1,20}}(?: [A-Za-z]{{1,20}}=\"[^\"<&]*\"){{0,8}}/>){{0,20}}</rPr>)?"
    rf"<t{_PRESERVE}>[^<]*</t></r>)+))(?:<phoneticPr(?: [A-Za-z]{{1,20}}=\"[^\"<&]*\"){{0,4}}/>)?</si>|([^ \t\n])"
)
"""A shared string: its text, or its runs, or else whatever is not in this grammar."""
_RUN = re.compile(rf"<t{_PRESERVE}>([^<]*)</t>")

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

_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?:UTF|utf)-8[\"'])?"
    rb"(?: standalone=[\"'](?:yes|no)[\"'])? ?\?>)?[ \t\r\n]*<([A-Za-z]+)( [^<>]*[^<>/])>"
)
_DEFAULT_NAMESPACE = re.compile(rb"\bxmlns\s*=")
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|]]>")
"""No character of XML, a carriage return, or the end of a CDATA section that never began."""
_REFERENCE = re.compile(r"&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});")
_NAMED = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_ATTRIBUTE = re.compile(r" ([A-Za-z0-9:]+)=\"[^\"]*\"")


_index = lru_cache(maxsize=16_384)(count)


class Unusual(Exception):
    """Not in the grammar: the part is to be parsed by expat."""


def cut(data: bytes, element: bytes) -> tuple[str, bytes]:
    """The text between the tags of the only `element`, and the part without it, for a parser of everything else.

    `element` is the root or stands without attributes below it, both in the default namespace, which the parser of
    the rest has to check. Raises Unusual.
    """
    root = _START.match(data)
    if root is None or len(data) > _MOST_BYTES:
        raise Unusual
    start = root.end()
    if root[1] != element:
        tag = b"<%b>" % element
        start = data.find(tag, start) + len(tag)
        before = data[root.end() : start]
        if start < len(tag) or b"<!" in before or b"<?" in before or _DEFAULT_NAMESPACE.search(before):
            raise Unusual
    end = data.find(b"</%b>" % element, start)
    if end < 0:
        raise Unusual
    try:
        text = data[start:end].decode()
    except UnicodeDecodeError as error:
        raise Unusual from error
    if ":dyDescent=" in text and b" xmlns:x14ac=" not in root[2]:
        raise Unusual
    return text, data[:start] + data[end:]


@dataclass(frozen=True, slots=True)
class ScannedSheet:
    """The cells, merges and hidden rows, and the part without them, for expat."""

    cells: dict[tuple[int, int], Cell]
    merges: list[Merge]
    hidden_rows: set[int]
    rest: bytes


def scanned_sheet(data: bytes, context: SheetContext) -> ScannedSheet:
    """A worksheet part. Raises Unusual, or UnreadableFile for a value over a limit."""
    rows, rest = cut(data, b"sheetData")
    if b"<!" in rest or rest.count(b"<?") > 1 or len(_DEFAULT_NAMESPACE.findall(rest)) > 1:
        raise Unusual
    merges: list[Merge] = []

    def take(merged: re.Match[bytes]) -> bytes:
        merges.extend(merge_range(reference.decode()) for reference in _MERGED.findall(merged[1]))
        return b""

    rest = _MERGES.sub(take, rest)
    try:
        around = rest.decode()
    except UnicodeDecodeError as error:
        raise Unusual from error
    if "\ufffe" not in around and "\uffff" not in around:  # no characters of XML, and slow to compile in a pattern
        rest = _ASIDE.sub("", around).encode()
    hidden_rows: set[int] = set()
    try:
        return ScannedSheet(_cells(rows, context, hidden_rows), merges, hidden_rows, rest)
    except BadValue as bad:
        raise Unusual from bad


def _cells(rows: str, context: SheetContext, hidden_rows: set[int]) -> dict[tuple[int, int], Cell]:
    """The cells; rows that hold some and are hidden are put into `hidden_rows`."""
    cells: dict[tuple[int, int], Cell] = {}
    strings, style_of, string_count = context.strings, context.styles.get, len(context.strings)
    kept = 0
    *whole, last = rows.split("</row>")
    for text in whole:
        row = _row(text)
        if row is None:
            raise Unusual
        number = int(row[1])
        if _HIDDEN.search(row[2]):
            hidden_rows.add(number)
        for reference, style_number, kind, tag, formula, raw, inline, other in _CELL.findall(text, row.end()):
            style = style_of(style_number or "0")
            if other or style is None:
                raise Unusual
            value: CellValue = None
            if inline:
                value = plain_text(plain(inline))
            elif kind == "s":
                index = _index(raw) if len(raw) < 10 else None
                if index is None or index >= string_count:
                    raise Unusual
                value = strings[index] or None
            elif raw and not kind and not style.date:
                value = excel_number(raw)
                if value is None:
                    raise Unusual
            elif raw:
                value = cell_value(plain(raw), kind or "n", style, context)
            if value is None and not tag:
                continue
            written = _formula(formula) if tag else None
            place = position(reference)
            if place[0] != number or (written and len(written) > MAX_TEXT):
                raise Unusual
            cells[place] = Cell(value, written, style.number_format, style.locked)
            kept += 1
    if _row(last) is not None or kept != len(cells):
        raise Unusual
    return cells


def _row(text: str) -> re.Match[str] | None:
    """The tag of the one row that is not closed at once, None for none. Raises Unusual."""
    end = 0
    while (row := _ROW.match(text, end)) is not None:
        if not _distinct(row[2]) or int(row[1]) > MAX_ROWS:
            raise Unusual
        if not row[3]:
            return row
        end = row.end()
    if text[end:].strip(" \t\n"):
        raise Unusual
    return None


def scanned_strings(items: str) -> list[str]:
    """The texts of the items of a shared strings part. Raises Unusual, or UnreadableFile for one that is too long."""
    strings: list[str] = []
    for text, runs, other in _ITEM.findall(items):
        if other:
            raise Unusual
        strings.append(plain_text(plain("".join(_RUN.findall(runs)) if runs else text)))
    return strings


@lru_cache(maxsize=4096)
def _distinct(attributes: str) -> bool:
    """Whether a row's further attributes have different names, none of them `r`."""
    names = ["r", *_ATTRIBUTE.findall(attributes)]
    return attributes.isprintable() and len(set(names)) == len(names)


def plain(text: str) -> str:
    """What character data says, its references resolved. Raises Unusual for what no XML can hold."""
    if text.isprintable() and "&" not in text and "]" not in text:
        return text
    if _NO_TEXT.search(text):
        raise Unusual
    resolved, references = _REFERENCE.subn(_character, text)
    if references != text.count("&"):
        raise Unusual
    return resolved


def _formula(text: str) -> str:
    return _usual_formula(text) if len(text) < _LONG_FORMULA else "=" + plain(text)


@lru_cache(maxsize=1024)
def _usual_formula(text: str) -> str:
    """Kept: the forms of a batch have the same formulas."""
    return "=" + plain(text)


def _character(reference: re.Match[str]) -> str:
    written = reference[0]
    if (character := _NAMED.get(written)) is not None:
        return character
    number = int(written[3:-1], 16) if written[2] == "x" else int(written[2:-1])
    character = chr(number) if number <= sys.maxunicode else ""
    if not character or (_NO_TEXT.search(character) and character != "\r"):
        raise Unusual
    return character
