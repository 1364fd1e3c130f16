"""Workbooks of random content, the same for the same number, as openpyxl and XlsxWriter write them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.packaging.custom import BoolProperty, CustomPropertyList, IntProperty, StringProperty
from openpyxl.styles import Border, Protection, Side
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

Value = str | int | float | bool | datetime

NUMBER_FORMATS = ("General", "0", "0.00", "#,##0.00", "0%", "0.00%", "@", '0.00"分"', "0.0##", "#,##0;[Red]-#,##0")
DATE_FORMATS = ("yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "yyyy/m/d h:mm:ss")
ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
FORMULAS = (
    "=SUM(A1:B3)",
    '=IF(A1<>"",A1&"<>",1>2)',
    "=1/0",
    '="分""数"&" & "',
    "=ROUND(2.665,2)",
    "=A1=A2",
    "=TODAY()>1",
)
WORDS = (
    *(
        "项目名称",
        "年度资金总额",
        " 前后有空格 ",
        "两\n行",
        "<&>\"'",
        "]]>",
        "１００％",
        "380,000",
        "𠮷野家",
        "Ünïcödé",
        "\u3000",
    ),
    *("_x_", "_x00", "≥95%", "100%", "0", "TRUE", "#N/A!", "a\tb", "&amp;", "\u200b零宽", "è́", "（" * 300),
)


@dataclass(frozen=True)
class Formula:
    text: str
    array: bool = False


@dataclass(frozen=True)
class Rich:
    """Text in two fonts."""

    first: str
    second: str


Content = Value | Formula | Rich | None


@dataclass
class Sheet:
    name: str
    state: str
    protected: bool
    cells: dict[tuple[int, int], tuple[Content, str, bool]] = field(default_factory=dict)
    """Content, number format and lock by row and column, from 1."""
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass
class Book:
    sheets: list[Sheet]
    epoch_1904: bool
    names: dict[str, str]
    properties: dict[str, str | int | bool]


def random_book(number: int) -> Book:
    random = Random(number)
    sheets = [_sheet(random, f"表{index} {random.choice(WORDS[:2])}", index) for index in range(random.randint(1, 3))]
    names = {f"名_{i}": f"'{sheets[-1].name}'!$A${i + 1}" for i in range(random.randint(0, 3))}
    properties: dict[str, str | int | bool] = {}
    for i in range(random.randint(0, 3)):
        values: tuple[str | int | bool, ...] = ("甲 & 乙", number, True, False, "x" * 250)
        properties[f"属性{i}"] = random.choice(values)
    return Book(sheets, random.random() < 0.2, names, properties)


def _sheet(random: Random, name: str, index: int) -> Sheet:
    state = random.choice(["visible", "visible", "hidden", "veryHidden"]) if index else "visible"
    sheet = Sheet(name, state, random.random() < 0.4)
    rows, columns = random.randint(1, 25), random.randint(1, 9)
    for _ in range(random.randint(0, 4)):
        top, left = random.randint(1, rows), random.randint(1, columns)
        merge = (top, left, top + random.randint(0, 2), left + random.randint(1, 3))
        if not any(_overlap(merge, other) for other in sheet.merges):
            sheet.merges.append(merge)
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            covered = any(
                t <= row <= b and le <= column <= r and (t, le) != (row, column) for t, le, b, r in sheet.merges
            )
            content = None if covered else _content(random)
            formats = DATE_FORMATS if isinstance(content, datetime) else NUMBER_FORMATS
            sheet.cells[row, column] = (content, random.choice(formats), random.random() < 0.5)
    if random.random() < 0.2:
        sheet.cells[random.randint(100, 2_000), random.randint(30, 90)] = (7, "General", True)
    return sheet


def _overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _content(random: Random) -> Content:
    kind = random.randrange(12)
    if kind < 3:
        return None
    if kind < 6:
        return random.choice(WORDS)
    if kind == 6:
        return random.choice([0, 1, -1, 100.0, 1 / 3, 0.985764931506849, 1e-9, 1e20, 2.675, -12345678901.23])
    if kind == 7:
        return round(random.uniform(-1e6, 1e6), random.randint(0, 9))
    if kind == 8:
        return random.choice([True, False])
    if kind == 9:
        return datetime(1910, 1, 1) + timedelta(seconds=random.randrange(4 * 10**9))  # noqa: DTZ001
    if kind == 10:
        return Formula(random.choice(FORMULAS), random.random() < 0.1)
    rich_or_error: tuple[Content, ...] = (Rich("完成", "及时率"), Rich(" a", "b "), *ERRORS)
    return random.choice(rich_or_error)


def write_by_openpyxl(book: Book, path: Path) -> None:
    out = openpyxl.Workbook()
    assert out.active is not None
    out.remove(out.active)
    if book.epoch_1904:
        out.epoch = CALENDAR_MAC_1904
    for sheet in book.sheets:
        target = out.create_sheet(sheet.name)
        for (row, column), (content, number_format, locked) in sheet.cells.items():
            cell: Any = target.cell(row, column)
            if isinstance(content, Formula):
                cell.value = ArrayFormula(cell.coordinate, content.text) if content.array else content.text
            else:
                cell.value = content.first + content.second if isinstance(content, Rich) else content
            cell.number_format = number_format
            cell.protection = Protection(locked=locked)
            if row % 5 == 0:
                cell.border = Border(Side("thin"))
        for top, left, bottom, right in sheet.merges:
            target.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        target.sheet_state = sheet.state
        target.protection.sheet = sheet.protected
    for name, reference in book.names.items():
        out.defined_names[name] = DefinedName(name, attr_text=reference)
    properties = properties_of(out)
    for key, value in book.properties.items():
        if isinstance(value, bool):
            properties.append(BoolProperty(name=key, value=value))
        elif isinstance(value, int):
            properties.append(IntProperty(name=key, value=value))
        else:
            properties.append(StringProperty(name=key, value=value))
    out.save(path)


def properties_of(book: openpyxl.Workbook) -> CustomPropertyList[Any]:
    properties = vars(book)["custom_doc_props"]  # unknown to types-openpyxl
    assert isinstance(properties, CustomPropertyList)
    return properties


def write_by_xlsxwriter(book: Book, path: Path) -> None:
    options = {"date_1904": book.epoch_1904, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as out:
        formats: dict[tuple[str, bool], Any] = {}
        bold = out.add_format({"bold": True})
        for sheet in book.sheets:
            target = out.add_worksheet(sheet.name)
            for top, left, bottom, right in sheet.merges:
                target.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
            for (row, column), (content, number_format, locked) in sheet.cells.items():
                key = (number_format, locked)
                if key not in formats:
                    formats[key] = out.add_format({"num_format": number_format, "locked": locked})
                place, look = (row - 1, column - 1), formats[key]
                if content is None:
                    if not any(t <= row <= b and le <= column <= r for t, le, b, r in sheet.merges):
                        target.write_blank(*place, None, look)
                elif isinstance(content, bool):
                    target.write_boolean(*place, content, look)
                elif isinstance(content, datetime):
                    target.write_datetime(*place, content, look)
                elif isinstance(content, Rich):
                    target.write_rich_string(*place, content.first, bold, content.second, look)
                elif content in ERRORS:
                    target.write_formula(*place, "=NA()", look, content)
                elif isinstance(content, Formula):
                    cached = {"=1/0": "#DIV/0!", "=A1=A2": True, "=ROUND(2.665,2)": 2.67}.get(content.text, "文 & <字>")
                    if content.array:
                        target.write_array_formula(*place, *place, f"{{{content.text}}}", look, 2.67)
                    else:
                        target.write_formula(*place, content.text, look, cached)
                elif isinstance(content, str):
                    target.write_string(*place, content, look)
                else:
                    target.write_number(*place, content, look)
            if sheet.protected:
                target.protect()
            if sheet.state != "visible":
                target.hide() if sheet.state == "hidden" else target.very_hidden()
        for name, reference in book.names.items():
            out.define_name(name, f"={reference}")
        for title, value in book.properties.items():
            out.set_custom_property(title, value)
