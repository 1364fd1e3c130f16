"""Settings of a worksheet part under edit: protection, footer, fills laid over; and the XML of a new sheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from perfxl.edit import (
    DEFAULT_SIZE,
    AddSheet,
    Allowance,
    EditError,
    PasswordHash,
    ProtectSheet,
    ProtectStructure,
    SetFill,
)
from perfxl.editing.cells import position
from perfxl.editing.content import cell_content
from perfxl.editing.styles import Styles
from perfxl.editing.xml import (
    Element,
    attributes,
    child,
    children,
    escaped,
    quoted,
    root_of,
    set_attribute,
    tag_attributes,
    unescaped,
    with_attribute,
    with_child,
    without_element,
)
from perfxl.grid import column_letters
from perfxl.text_width import wrapped_lines

# ECMA-376 part 1, 18.3.1.99.
ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection"),
    *("protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells"),
    *("phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins"),
    *("pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors"),
    *("smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls"),
    *("webPublishItems", "tableParts", "extLst"),
)
_FOOTER_ORDER = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")
_HASH = ("algorithmName", "hashValue", "saltValue", "spinCount")
_BOOK_HASH = tuple(f"workbook{name[0].upper()}{name[1:]}" for name in _HASH)
_FREE_WITHOUT_WORD = {Allowance.SELECT_LOCKED, Allowance.SELECT_UNLOCKED, Allowance.EDIT_OBJECTS} | {
    Allowance.EDIT_SCENARIOS
}
_MARK = 'N("perfxl")=0'
"""The condition of our fills: always true, and known again after any program has saved the file."""
_PRIORITY = re.compile(r"priority\s*=\s*[\"']([0-9]{1,9})[\"']")
_MOST_FOOTER = 255
_RISKY = ("=", "+", "-", "@", "＝")
"""A program would take such a text for a formula when it is typed again."""
_LINE_POINTS = 15.0
_MOST_LINES = 27
"""A row is at most 409.5 points high."""


def protected(frame: str, edit: ProtectSheet) -> str:
    """The frame with protection on or off; a password there is stays unless another is given."""
    root = root_of(frame)
    found = child(frame, root, "sheetProtection")
    if not edit.on:
        return without_element(frame, found) if found else frame
    tag = frame[found.start : found.inner] if found else f"<{root.prefix}sheetProtection/>"
    tag = with_attribute(tag, "sheet", "1")
    for allowance in Allowance:
        free = allowance in edit.allow
        # Each attribute says what is forbidden; four of them forbid nothing unless written.
        default = allowance in _FREE_WITHOUT_WORD
        tag = with_attribute(tag, allowance, None if free is default else str(int(not free)))
    if edit.password is not None:
        tag = _with_password(tag, edit.password, _HASH, "password")
    if found:
        return frame[: found.start] + tag + frame[found.inner :]
    return with_child(frame, root, tag, "sheetProtection", ORDER)


def protection_of(frame: str, sheet: str) -> ProtectSheet | None:
    """The protection as an edit that would make it again, None where the sheet is free."""
    found = child(frame, root_of(frame), "sheetProtection")
    values = attributes(frame, found) if found else {}
    if values.get("sheet") not in ("1", "true"):
        return None
    allow = frozenset(
        allowance
        for allowance in Allowance
        if values.get(allowance, "0" if allowance in _FREE_WITHOUT_WORD else "1") in ("0", "false")
    )
    return ProtectSheet(sheet, True, allow, _password(values, _HASH, "password"))


def structure_of(text: str) -> ProtectStructure | None:
    """The structure's lock as an edit that would make it again, None where the workbook part has none."""
    found = child(text, root_of(text), "workbookProtection")
    values = attributes(text, found) if found else {}
    if values.get("lockStructure") not in ("1", "true"):
        return None
    return ProtectStructure(True, _password(values, _BOOK_HASH, "workbookPassword"))


def _password(values: Mapping[str, str], names: Sequence[str], old: str) -> PasswordHash | None:
    algorithm, digest, salt, spins = (values.get(name, "") for name in names)
    if digest:
        return PasswordHash(algorithm, digest, salt, int(spins) if spins.isdigit() else 0)
    return PasswordHash("", values[old], "", 0) if values.get(old) else None


def with_structure(text: str, on: bool, password: PasswordHash | None, order: tuple[str, ...]) -> str:
    """The workbook part with its structure locked or free."""
    root = root_of(text)
    found = child(text, root, "workbookProtection")
    if not on and found is None:
        return text
    tag = text[found.start : found.inner] if found else f"<{root.prefix}workbookProtection/>"
    tag = with_attribute(tag, "lockStructure", "1" if on else None)
    if not on or password is not None:
        for name in ("workbookPassword", "workbookPasswordCharacterSet", *_BOOK_HASH):
            tag = with_attribute(tag, name, None)
    if on and password is not None:
        tag = _with_password(tag, password, _BOOK_HASH, "workbookPassword")
    if found is None:
        return with_child(text, root, tag, "workbookProtection", order)
    if not tag_attributes(tag):
        return without_element(text, found)
    return text[: found.start] + tag + text[found.inner :]


def _with_password(tag: str, password: PasswordHash, names: Sequence[str], old: str) -> str:
    strong = bool(password.algorithm)
    values = (password.algorithm, password.digest, password.salt, str(password.spins))
    for name, value in zip(names, values, strict=True):
        tag = with_attribute(tag, name, value if strong else None)
    return with_attribute(tag, old, None if strong else password.digest)


def footer_of(frame: str) -> str:
    """The footer's codes as they stand."""
    root = root_of(frame)
    parent = child(frame, root, "headerFooter")
    found = child(frame, parent, "oddFooter") if parent else None
    return _plain(frame, found) if found else ""


def _plain(frame: str, found: Element) -> str:
    return unescaped(frame[found.inner : found.close])


def with_footer(frame: str, text: str, sheet: str) -> str:
    """The frame with this footer on all pages, first and even ones too where they have their own."""
    if len(text) > _MOST_FOOTER:
        raise EditError(
            f"工作表“{sheet}”的页脚超过 {_MOST_FOOTER} 字，未作修改；请在“页面设置”中缩短页脚再试",
            f"the footer of the sheet “{sheet}” has more than {_MOST_FOOTER} characters, so nothing was"
            " changed; shorten it under Page Setup and try again",
        )
    root = root_of(frame)
    parent = child(frame, root, "headerFooter")
    if parent is None:
        if not text:
            return frame
        frame = with_child(frame, root, f"<{root.prefix}headerFooter/>", "headerFooter", ORDER)
        parent = child(frame, root_of(frame), "headerFooter")
        assert parent is not None
    values = attributes(frame, parent)
    footers = ["oddFooter"]
    footers += ["evenFooter"] if values.get("differentOddEven") in ("1", "true") else []
    footers += ["firstFooter"] if values.get("differentFirst") in ("1", "true") else []
    for name in footers:
        parent = child(frame, root_of(frame), "headerFooter")
        assert parent is not None
        if (found := child(frame, parent, name)) is not None:
            frame = without_element(frame, found)
            parent = child(frame, root_of(frame), "headerFooter")
            assert parent is not None
        if text:
            xml = f"<{root.prefix}{name}>{escaped(text)}</{root.prefix}{name}>"
            frame = with_child(frame, parent, xml, name, _FOOTER_ORDER)
    parent = child(frame, root_of(frame), "headerFooter")
    assert parent is not None
    if not text and not children(frame, parent) and not attributes(frame, parent):
        return without_element(frame, parent)
    return frame


Area = tuple[int, int, int, int]
"""Top, left, bottom, right."""


def with_fills(frame: str, fills: Iterable[SetFill], dxf: Callable[[str, bool, bool], int]) -> str:
    """The frame with these cells filled, or shown as they were. `dxf` finds the format for a colour, bold, italic."""
    latest = {(fill.row, fill.column): fill for fill in fills}
    if _ours(frame):
        for row, column in latest:
            frame = _without_fill(frame, row, column)
    places: dict[int, list[str]] = {}
    for (row, column), fill in latest.items():
        if fill.argb is not None:
            places.setdefault(dxf(fill.argb, fill.bold, fill.italic), []).append(f"{column_letters(column)}{row}")
    return _with_new_fills(frame, places)


def without_fills(frame: str) -> str:
    """The frame without any of our fills."""
    for element, _ in reversed(_ours(frame)):
        frame = without_element(frame, element)
    return frame


def _ours(frame: str) -> list[tuple[Element, str]]:
    """Our conditional formats with the index of what they show."""
    found: list[tuple[Element, str]] = []
    if "perfxl" not in frame:
        return found
    for element in children(frame, root_of(frame)):
        if element.local == "conditionalFormatting":
            rule = child(frame, element, "cfRule")
            formula = child(frame, rule, "formula") if rule else None
            if rule and formula and _plain(frame, formula).replace(" ", "") == _MARK:
                found.append((element, attributes(frame, rule).get("dxfId", "")))
    return found


def _with_new_fills(frame: str, places: Mapping[int, Sequence[str]]) -> str:
    """The cells put to our format of that look, or into a new one behind all formats of the form."""
    left = dict(places)
    for element, shown in reversed(_ours(frame)):
        if shown.isdigit() and int(shown) in left:
            cells = (attributes(frame, element).get("sqref", ""), *left.pop(int(shown)))
            frame = set_attribute(frame, element, "sqref", " ".join(cells).strip())
    if not left:
        return frame
    root = root_of(frame)
    x = root.prefix
    last = max((int(found) for found in _PRIORITY.findall(frame)), default=0)
    xml = "".join(
        f'<{x}conditionalFormatting sqref="{" ".join(cells)}">'
        f'<{x}cfRule type="expression" dxfId="{dxf}" priority="{priority}">'
        f"<{x}formula>{escaped(_MARK)}</{x}formula></{x}cfRule></{x}conditionalFormatting>"
        for priority, (dxf, cells) in enumerate(left.items(), last + 1)
    )
    return with_child(frame, root, xml, "conditionalFormatting", ORDER)


def _without_fill(frame: str, row: int, column: int) -> str:
    for element, _ in reversed(_ours(frame)):
        kept: list[Area] = []
        changed = False
        for written in attributes(frame, element).get("sqref", "").split():
            first, _, last = written.partition(":")
            (top, left), (bottom, right) = position(first), position(last or first)
            if top <= row <= bottom and left <= column <= right:
                changed = True
                kept += _around(top, left, bottom, right, row, column)
            else:
                kept.append((top, left, bottom, right))
        if changed and not kept:
            frame = without_element(frame, element)
        elif changed:
            frame = set_attribute(frame, element, "sqref", " ".join(map(_written, kept)))
    return frame


def _around(top: int, left: int, bottom: int, right: int, row: int, column: int) -> list[Area]:
    """The area without one cell."""
    areas = [
        *((top, left, row - 1, right), (row + 1, left, bottom, right)),
        *((row, left, row, column - 1), (row, column + 1, row, right)),
    ]
    return [area for area in areas if area[0] <= area[2] and area[1] <= area[3]]


def _written(area: Area) -> str:
    top, left, bottom, right = area
    first = f"{column_letters(left)}{top}"
    return first if (top, left) == (bottom, right) else f"{first}:{column_letters(right)}{bottom}"


def new_sheet(edit: AddSheet, namespace: str, styles: Styles) -> str:
    """The part of an added sheet."""
    pane = ""
    if edit.frozen_rows:
        rows = edit.frozen_rows
        pane = f'<pane ySplit="{rows}" topLeftCell="A{rows + 1}" activePane="bottomLeft" state="frozen"/>'
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width:g}" customWidth="1"/>'
        for number, width in enumerate(edit.widths, 1)
    )
    widths = (*edit.widths, *[0.0] * max(map(len, edit.rows), default=0))
    columns_of = [(column_letters(number), width) for number, width in enumerate(widths, 1)]
    looks: dict[tuple[int, bool], int] = {}
    rows_xml: list[str] = []
    links: list[str] = []
    for row, cells in enumerate(edit.rows, 1):
        written: list[str] = []
        lines, size = 1, DEFAULT_SIZE
        for (column, width), cell in zip(columns_of, cells, strict=False):
            place, value, look = f"{column}{row}", cell.value, cell.look
            key = (id(look), isinstance(value, str) and value.startswith(_RISKY))
            if (style := looks.get(key)) is None:
                style = looks[key] = styles.look(look, quoted=key[1])
            if look.size > size:
                size = look.size
            if value is None:
                written.append(f'<c r="{place}" s="{style}"/>')
                continue
            content, kind = cell_content(value, "", cached=False, place=place)
            typed = f' t="{kind}"' if kind else ""
            written.append(f'<c r="{place}" s="{style}"{typed}>{content}</c>')
            if look.wrap and width:
                lines = max(lines, wrapped_lines(str(value), width))
            if cell.link:
                links.append(f'<hyperlink ref="{place}" location="{quoted(_location(cell.link))}"/>')
        # Programs other than Excel do not fit a row to wrapped text.
        height = _LINE_POINTS * min(lines, _MOST_LINES) * (size / DEFAULT_SIZE)
        rows_xml.append(f'<row r="{row}" ht="{height:g}" customHeight="1">{"".join(written)}</row>')
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{namespace}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>{''.join(rows_xml)}</sheetData>"
        f"{f'<hyperlinks>{chr(10).join(links)}</hyperlinks>' if links else ''}"
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    )


def _location(link: tuple[str, int, int]) -> str:
    sheet, row, column = link
    name = sheet.replace("'", "''")
    return f"'{name}'!{column_letters(column)}{row}"
