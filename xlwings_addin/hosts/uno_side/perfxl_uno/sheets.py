"""Added sheets, footers and document properties of an open workbook."""

from __future__ import annotations

import re
from typing import Any

import uno
from com.sun.star.beans.PropertyAttribute import REMOVABLE
from com.sun.star.table import BorderLine2

from .cells import cells_at, written

_CODE = re.compile(r'&(?:(?P<part>[LCR])|(?P<field>[PNDTFA])|(?P<and>&)|"[^"]*"|[0-9]{1,3}|[BIUESXYGZOHK+-])')
_FIELDS = {
    "P": "PageNumber",
    "N": "PageCount",
    "D": "DateTime",
    "T": "DateTime",
    "F": "FileName",
    "A": "SheetName",
}
_PARTS = {"L": "LeftText", "C": "CenterText", "R": "RightText"}
_GREY = 0xBFBFBF


def add(doc: Any, edit: dict[str, Any]) -> None:
    """A new last sheet with its values, looks, links, widths and frozen rows."""
    doc.Sheets.insertNewByName(edit["name"], doc.Sheets.Count)
    sheet = doc.Sheets.getByName(edit["name"])
    rows = edit["rows"]
    width = max((len(row) for row in rows), default=0)
    if width:
        values = tuple(tuple(written(row[x]["value"]) if x < len(row) else "" for x in range(width)) for row in rows)
        sheet.getCellRangeByPosition(0, 0, width - 1, len(rows) - 1).setDataArray(values)
        _dress(doc, sheet, rows)
        _link(doc, sheet, rows)
    for number, characters in enumerate(edit["widths"]):
        # Hundredths of a millimetre; seven pixels a character and five beside, as in Excel's default font.
        sheet.Columns.getByIndex(number).Width = round((characters * 7 + 5) * 2540 / 96)
    if edit["frozen_rows"]:
        doc.CurrentController.setActiveSheet(sheet)
        doc.CurrentController.freezeAtPosition(0, edit["frozen_rows"])


def _dress(doc: Any, sheet: Any, rows: list[list[dict[str, Any]]]) -> None:
    looks: dict[str, tuple[dict[str, Any], list[tuple[int, int]]]] = {}
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells, 1):
            look = cell["look"]
            looks.setdefault(repr(look), (look, []))[1].append((row, column))
    for look, places in looks.values():
        dressed = cells_at(doc, sheet, places)
        for name, value in _properties(look, dressed).items():
            dressed.setPropertyValue(name, value)


def _properties(look: dict[str, Any], cells: Any) -> dict[str, Any]:
    protection = cells.CellProtection
    protection.IsLocked = look["locked"]
    found: dict[str, Any] = {
        "CellProtection": protection,
        "IsTextWrapped": look["wrap"],
        "VertJustify": uno.getConstantByName("com.sun.star.table.CellVertJustify2.CENTER"),
    }
    for script in ("", "Asian"):
        found[f"CharHeight{script}"] = float(look["size"])
        found[f"CharWeight{script}"] = 150.0 if look["bold"] else 100.0
    if look["underline"]:
        found["CharUnderline"] = 1
    if look["colour"]:
        found["CharColor"] = int(look["colour"][2:], 16)
    if look["fill"]:
        found["CellBackColor"] = int(look["fill"][2:], 16)
    if look["centred"]:
        found["HoriJustify"] = uno.Enum("com.sun.star.table.CellHoriJustify", "CENTER")
    if look["border"]:
        line = BorderLine2()
        line.Color, line.OuterLineWidth, line.LineWidth = _GREY, 26, 26
        found |= dict.fromkeys(("LeftBorder", "RightBorder", "TopBorder", "BottomBorder"), line)
    return found


def _link(doc: Any, sheet: Any, rows: list[list[dict[str, Any]]]) -> None:
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if not cell["link"]:
                continue
            name, line, column = cell["link"]
            target = doc.Sheets.getByName(name).getCellByPosition(column - 1, line - 1)
            field = doc.createInstance("com.sun.star.text.TextField.URL")
            field.URL = "#" + target.AbsoluteName.replace("$", "")
            at = sheet.getCellByPosition(x, y)
            field.Representation = at.String
            at.setString("")
            at.insertTextContent(at.createTextCursor(), field, False)


def set_footer(changes: Any, sheet: Any, codes: str) -> None:
    """Excel's codes as texts and fields, on first and left pages as well where they have their own."""
    style = changes.doc.StyleFamilies.getByName("PageStyles").getByName(sheet.PageStyle)
    names = ["RightPageFooterContent", "LeftPageFooterContent", "FirstPageFooterContent"]
    before = {name: style.getPropertyValue(name) for name in names}
    was_on = style.FooterIsOn

    def write() -> None:
        style.FooterIsOn = bool(codes)
        for name in names if codes else ():
            content = style.getPropertyValue(name)
            _fill(changes.doc, content, codes)
            style.setPropertyValue(name, content)

    def back() -> None:
        for name, content in before.items():
            style.setPropertyValue(name, content)
        style.FooterIsOn = was_on

    changes.do(write, back)


def _fill(doc: Any, content: Any, codes: str) -> None:
    for part in _PARTS.values():
        getattr(content, part).setString("")
    text = content.CenterText
    place = 0

    def put(plain: str) -> None:
        if plain:
            text.insertString(text.getEnd(), plain, False)

    for code in _CODE.finditer(codes):
        put(codes[place : code.start()])
        place = code.end()
        if code["part"]:
            text = getattr(content, _PARTS[code["part"]])
        elif code["and"]:
            put("&")
        elif code["field"]:
            field = doc.createInstance(f"com.sun.star.text.TextField.{_FIELDS[code['field']]}")
            if code["field"] in "DT":
                field.IsDate = code["field"] == "D"
            text.insertTextContent(text.getEnd(), field, False)
    put(codes[place:])
    for part in _PARTS.values():
        cursor = getattr(content, part).createTextCursor()
        cursor.gotoStart(False)
        cursor.gotoEnd(True)
        # The automatic colour goes into an .xlsx as white.
        cursor.CharColor = 0


def set_property(changes: Any, name: str, value: str | None) -> None:
    """A custom document property as text; None removes it."""
    custom = changes.doc.DocumentProperties.UserDefinedProperties
    info = custom.getPropertySetInfo()
    before = custom.getPropertyValue(name) if info.hasPropertyByName(name) else None

    def put(wanted: object) -> None:
        if custom.getPropertySetInfo().hasPropertyByName(name):
            custom.removeProperty(name)
        if wanted is not None:
            custom.addProperty(name, REMOVABLE, wanted)

    changes.do(lambda: put(value), lambda: put(before))
