"""A form open in a program: what the tests of the hosts share."""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha512
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw
from openpyxl.styles import Protection
from openpyxl.workbook.protection import WorkbookProtection

from perfxl.edit import (
    AddSheet,
    Edit,
    Look,
    NewCell,
    PasswordHash,
    RemoveSheet,
    SetFill,
    SetFooter,
    SetFormula,
    SetLocked,
    SetNote,
    SetProperty,
    SetValue,
)
from perfxl.editing import notes_by
from perfxl.grid import Workbook, column_letters
from perfxl.sources.xlsx import read_xlsx
from tests.extent import ACCEPTANCE
from xlwings_addin.hosts.desk import Desk
from xlwings_addin.hosts.engine import Engine
from xlwings_addin.hosts.libreoffice import Office, OfficeMissing
from xlwings_addin.hosts.live import snapshot

FORM = "form"


def started(office: Callable[[], Office]) -> Office:
    """LibreOffice, or a visible skip where it is not installed."""
    try:
        return office()
    except OfficeMissing as missing:
        if ACCEPTANCE:
            raise
        pytest.skip(str(missing))


def activate(desk: Desk) -> None:
    """From now on `xw.Book` opens in this program."""
    engine = xw.Engine(impl=Engine(desk))
    xw.engines.add(engine)
    engine.activate()


def opened(desk: Desk, path: Path) -> xw.Book:
    activate(desk)
    return xw.Book(str(path))


def form_file(folder: Path, *, protect: bool = False, password: str = "", structure: bool = False) -> Path:
    """Three rows of every kind of content; B2:B4 are free, the rest is locked once the sheet is protected."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = FORM
    for row in (
        ("项目", "甲"),
        ("预算数", 120),
        ("执行数", 118.5),
        ("说明", None),
        ("合计", "=B2+B3"),
        ("错误", "=1/0"),
    ):
        sheet.append(row)
    sheet["C2"] = True
    sheet["C3"] = 0.9876
    sheet["C3"].number_format = "0.00%"
    sheet["C4"] = '=IF(B4="","",B4&"元")'
    sheet.merge_cells("A8:C9")
    sheet["A8"] = "合并"
    for number in (2, 3, 4):
        sheet.cell(number, 2).protection = Protection(locked=False)
    other = book.create_sheet("说明页")
    other["A1"] = "只读"
    other.sheet_state = "hidden"
    if protect:
        sheet.protection.sheet = True
        if password:
            sheet.protection.set_password(password)
    if structure:
        book.security = WorkbookProtection(lockStructure=True)
    path = folder / "表.xlsx"
    book.save(path)
    return path


def shown(workbook: Workbook) -> dict[str, dict[tuple[int, int], tuple[object, str | None]]]:
    """Values and formulas by sheet and place; what a formula gives is left to the program."""
    return {
        grid.sheet: {
            place: (None if cell.formula else cell.value, cell.formula) for place, cell in sorted(grid.cells.items())
        }
        for grid in workbook.grids
    }


def state(book: xw.Book) -> tuple[object, ...]:
    """All that an edit can change, as far as our reader tells."""
    data = snapshot(book)
    workbook = read_xlsx(data, "")
    settings = [(grid.sheet, grid.hidden, grid.protected, grid.merges) for grid in workbook.grids]
    locks = {(grid.sheet, place) for grid in workbook.grids for place, cell in grid.cells.items() if cell.locked}
    return shown(workbook), settings, locks, dict(workbook.properties), notes_by(data, "perfxl"), fills(data)


def fills(data: bytes) -> dict[str, list[str]]:
    """The cells under our conditional format with their colour, by sheet."""
    found: dict[str, list[str]] = {}
    for sheet in openpyxl.load_workbook(BytesIO(data)).worksheets:
        for formats in sheet.conditional_formatting:
            for rule in formats.rules:
                if rule.formula and rule.formula[0].replace(" ", "") == 'N("perfxl")=0':
                    places = [cell for area in formats.sqref.ranges for cell in area.cells]
                    colour = rule.dxf.fill.bgColor.rgb
                    found.setdefault(sheet.title, []).extend(
                        f"{column_letters(column)}{row} {colour}" for row, column in places
                    )
    return {name: sorted(cells) for name, cells in found.items()}


def many_edits() -> list[Edit]:
    """Edits of a form_file of every kind; the last removes a sheet."""
    linked = NewCell("到 B2", Look(underline=True, colour="FF0563C1"), link=(FORM, 2, 2))
    return [
        SetValue(FORM, 2, 2, Decimal("200.25")),
        SetValue(FORM, 3, 2, Decimal(-3)),
        SetValue(FORM, 4, 2, "007"),
        SetValue(FORM, 1, 3, "=不是公式"),
        SetValue(FORM, 1, 2, None),
        SetValue(FORM, 5, 1, "第一行\n第二行"),
        *(SetValue(FORM, row, column, "=" + "字" * row) for row in (3, 4) for column in (6, 7, 8)),
        SetFormula(FORM, 7, 2, '=IF(AND(B2<>"",说明页!A1="只读"),ROUND(SUM(B2:B3)*2,1),"无, \'法\'")', None),
        SetValue(FORM, 7, 3, Decimal(1)),
        SetFormula(FORM, 7, 3, "=B7*10%", None),
        SetNote(FORM, 2, 2, "应为 100\n见第二行"),
        SetNote(FORM, 3, 2, "另一条"),
        SetFill(FORM, 2, 2, "FFFFC7CE", bold=True),
        SetFill(FORM, 3, 2, "FFFFEB9C", italic=True),
        SetFill(FORM, 4, 2, "FFFFC7CE", bold=True),
        SetLocked(FORM, True, ((2, 2), (3, 2))),
        SetFooter(FORM, "&L封签码 A&&B&R第 &P 页"),
        SetProperty("perfxl.seal.1", "值" * 300),
        SetProperty("perfxl.gone", "暂存"),
        SetProperty("perfxl.gone", None),
        AddSheet(
            "校验结果",
            ((NewCell("标题", Look(bold=True, size=14)), linked), (NewCell(Decimal("1.5"), Look(border=True)),), ()),
            (8.0, 30.0),
            frozen_rows=1,
        ),
        RemoveSheet("说明页"),
    ]


def hashed(password: str) -> PasswordHash:
    """ECMA-376 part 1, 18.3.1.85."""
    salt, digest = b"0123456789abcdef", b""
    digest = sha512(salt + password.encode("utf-16-le")).digest()
    for count in range(1000):
        digest = sha512(digest + struct.pack("<I", count)).digest()
    return PasswordHash("SHA-512", b64encode(digest).decode(), b64encode(salt).decode(), 1000)
