"""Edits on hand-made packages of rare shapes."""

from __future__ import annotations

import io
import random
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfxl.edit import (
    AddSheet,
    Edit,
    EditError,
    NewCell,
    PasswordHash,
    ProtectSheet,
    ProtectStructure,
    RemoveSheet,
    SetFill,
    SetFormula,
    SetLocked,
    SetNote,
    SetProperty,
    SetValue,
)
from perfxl.editing import apply_edits, workbook_settings
from perfxl.editing.formula import moved
from perfxl.grid import CellError
from perfxl.sources import UnreadableFile
from perfxl.sources.xlsx import read_xlsx
from tests.xlsx_packages import MAIN, OFFICE, RELATIONSHIPS, STRICT, STRICT_OFFICE, zipped

TEMPLATES = sorted(Path("templates").glob("*.xlsx"))
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'


def package(
    rows: str,
    *,
    after: str = "",
    x: str = "",
    main: str = MAIN,
    office: str = OFFICE,
    book: str = "",
    extra: dict[str, str] | None = None,
    links: str = "",
    encoding: str = "utf-8",
) -> bytes:
    """A workbook of one sheet 表 with these rows, elements prefixed with `x`."""
    space = f'xmlns:{x[:-1]}="{main}"' if x else f'xmlns="{main}"'
    declaration = '<?xml version="1.0" encoding="UTF-16"?>' if encoding == "utf-16" else ""
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<{x}workbook {space} xmlns:r="{office}"><{x}sheets><{x}sheet name="表" sheetId="3" '
        f'r:id="rId1"/></{x}sheets>{book}</{x}workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>{links}</Relationships>',
        **(extra or {}),
    }
    sheet = f"{declaration}<{x}worksheet {space}><{x}sheetData>{rows}</{x}sheetData>{after}</{x}worksheet>"
    return zipped({**parts, "xl/worksheets/sheet1.xml": sheet.encode(encoding)})


def sheet_xml(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


def rows_of(data: bytes) -> str:
    return sheet_xml(data).partition("<sheetData>")[2].partition("</sheetData>")[0]


@pytest.mark.parametrize(
    ("rows", "edit", "expected"),
    [
        (
            '<row r="2"><c r="B2" s="0" t="s" vm="1"><v>7</v></c></row>',
            SetValue("表", 2, 2, Decimal("1.50")),
            '<row r="2"><c r="B2" s="0"><v>1.50</v></c></row>',
        ),
        ('<row r="2" spans="1:2"><c r="A2"/></row>', SetValue("表", 2, 3, True), None),
        ("<row><c/><c><v>1</v></c></row>", SetValue("表", 1, 2, "=1"), None),
        ('<row r="5"/>', SetValue("表", 3, 1, Decimal(-3)), None),
        ('<row r="5"/>', SetValue("表", 9, 1, Decimal("1E-30")), None),
        ("", SetValue("表", 1, 1, "第一格"), None),
        ('<row r="1"><c r="A1"><v>1</v></c></row>', SetValue("表", 1, 1, None), '<row r="1"><c r="A1"/></row>'),
        (
            '<row r="1"><c r="A1"><v>1</v></c></row>',
            SetValue("表", 1, 2, None),
            '<row r="1"><c r="A1"><v>1</v></c></row>',
        ),
        (
            '<!-- r --><row r="1"> <c r="A1"><v>1</v></c> </row>\n<row r="2"><c r="A2"/></row>',
            SetFormula("表", 2, 1, '=A1&"<x>"', "1<x>"),
            '<!-- r --><row r="1"> <c r="A1"><v>1</v></c> </row>\n<row r="2"><c r="A2" t="str">'
            '<f>A1&amp;"&lt;x&gt;"</f><v>1&lt;x&gt;</v></c></row>',
        ),
        (
            '<row r="1"><c r="A1"/></row>',
            SetFormula("表", 1, 1, "=1/0", CellError("#DIV/0!")),
            '<row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>',
        ),
    ],
)
def test_cells(rows: str, edit: SetValue | SetFormula, expected: str | None) -> None:
    edited = apply_edits(package(rows), [edit])
    cell = read_xlsx(edited, "").grids[0].cell(edit.row, edit.column)
    assert (cell.value, cell.formula) == (edit.value, edit.formula if isinstance(edit, SetFormula) else None)
    if expected is not None:
        assert rows_of(edited) == expected


@pytest.mark.parametrize("shape", ["prefix", "strict", "utf-16", "utf-8-sig"])
def test_rare_spellings(shape: str) -> None:
    x = "x:" if shape == "prefix" else ""
    rows = f'<{x}row r="1"><{x}c r="A1"><{x}v>1</{x}v></{x}c></{x}row>'
    main, office = (STRICT, STRICT_OFFICE) if shape == "strict" else (MAIN, OFFICE)
    encoding = shape if shape.startswith("utf") else "utf-8"
    data = package(rows, x=x, encoding=encoding, main=main, office=office)
    edits: list[Edit] = [
        SetValue("表", 1, 2, "新"),
        SetFormula("表", 2, 1, "=A1*2", Decimal(2)),
        SetNote("表", 1, 1, "批注"),
        SetFill("表", 1, 1, "FFFFC7CE"),
        SetLocked("表", False, ((1, 1),)),
        ProtectSheet("表", True),
        ProtectStructure(True),
        AddSheet("结果", ((NewCell("一", link=("表", 1, 1)),),)),
        SetProperty("编号", "甲"),
    ]
    book = read_xlsx(apply_edits(data, edits), "")
    grid = book.grids[0]
    assert {place: cell.value for place, cell in grid.cells.items()} == {
        (1, 1): Decimal(1),
        (1, 2): "新",
        (2, 1): Decimal(2),
    }
    assert grid.protected
    assert [grid.cell(1, 1).locked, grid.cell(1, 2).locked] == [False, True]
    assert book.grids[1].cell(1, 1).value == "一"
    assert book.properties == {"编号": "甲"}


SHARED = (
    '<row r="1"><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*$C$1+SUM(A:A)</f><v>1</v></c></row>'
    '<row r="2"><c r="B2"><f t="shared" si="0"/><v>2</v></c></row>'
    '<row r="3"><c r="B3"><f t="shared" si="0"></f><v>3</v></c></row>'
)


def test_a_shared_formula_moves_to_its_next_cell() -> None:
    once = apply_edits(package(SHARED), [SetValue("表", 1, 2, Decimal(9))])
    assert rows_of(once) == (
        '<row r="1"><c r="B1"><v>9</v></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="0" ref="B2:B3">A2*$C$1+SUM(A:A)</f><v>2</v></c></row>'
        '<row r="3"><c r="B3"><f t="shared" si="0"></f><v>3</v></c></row>'
    )
    twice = apply_edits(package(SHARED), [SetValue("表", 1, 2, None), SetFormula("表", 2, 2, "=1", Decimal(1))])
    assert rows_of(twice) == (
        '<row r="1"><c r="B1"/></row><row r="2"><c r="B2"><f>1</f><v>1</v></c></row>'
        '<row r="3"><c r="B3"><f t="shared" si="0" ref="B3">A3*$C$1+SUM(A:A)</f><v>3</v></c></row>'
    ).replace('ref="B3"', 'ref="B3:B3"')


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("A1+$A1+A$1+$A$1", "B3+$A3+B$1+$A$1"),
        ("SUM(A1:B2,A:A,1:1,$A:B)", "SUM(B3:C4,B:B,3:3,$A:C)"),
        ("LOG10(A1)&\"A1\"&'A1'!A1&A1!B2", "LOG10(B3)&\"A1\"&'A1'!B3&A1!C4"),
        ("px_A1+1E5+2.5*XFE1+表!A1", "px_A1+1E5+2.5*XFE1+表!B3"),
        ("Table1[A1]+T[[#All],[B2]]", "Table1[A1]+T[[#All],[B2]]"),
        ("IF(A1>=1,A1:A2,XFD1)", "IF(B3>=1,B3:B4,#REF!)"),
    ],
)
def test_moved_formulas(formula: str, expected: str) -> None:
    assert moved(formula, 2, 1) == expected


def test_calculation_chain() -> None:
    chain = (
        f'<calcChain xmlns="{MAIN}"><c r="A1" i="3" l="1"/><c r="A2"/><c r="A3" s="1"/><c r="A1" i="4"/></calcChain>'
    )
    link = f'<Relationship Id="rId5" Type="{OFFICE}/calcChain" Target="calcChain.xml"/>'
    rows = "".join(f'<row r="{n}"><c r="A{n}"><f>1</f><v>1</v></c></row>' for n in (1, 2, 3))
    data = package(rows, extra={"xl/calcChain.xml": chain}, links=link)

    def left(edited: bytes) -> str | None:
        with zipfile.ZipFile(io.BytesIO(edited)) as archive:
            if "xl/calcChain.xml" not in archive.namelist():
                assert b"calcChain" not in archive.read("xl/_rels/workbook.xml.rels")
                return None
            return archive.read("xl/calcChain.xml").decode().partition(">")[2].removesuffix("</calcChain>")

    first = apply_edits(data, [SetValue("表", 1, 1, Decimal(1))])
    assert left(first) == '<c r="A2" i="3"/><c r="A3" s="1"/>'
    assert left(apply_edits(first, [SetValue("表", 2, 1, Decimal(1))])) == '<c r="A3" s="1" i="3"/>'
    assert left(apply_edits(data, [SetValue("表", n, 1, Decimal(1)) for n in (1, 2, 3)])) is None
    assert left(apply_edits(data, [SetFormula("表", 1, 1, "=2", Decimal(2))])) == left(data)


def test_names_and_views_follow_a_removed_sheet() -> None:
    names = '<definedNames><definedName name="N" localSheetId="0">表!$A$1</definedName></definedNames>'
    data = package("", book=names)
    both = apply_edits(data, [AddSheet("二", ((NewCell("一"),),))])
    left = apply_edits(both, [RemoveSheet("表")])
    with zipfile.ZipFile(io.BytesIO(left)) as archive:
        assert archive.namelist() == [
            *("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"),
            *("xl/styles.xml", "xl/worksheets/sheet2.xml"),
        ]
        assert b"definedName" not in archive.read("xl/workbook.xml")


def test_password_is_kept_or_replaced() -> None:
    old = '<sheetProtection algorithmName="SHA-512" hashValue="aA==" saltValue="cw==" spinCount="9" sheet="1"/>'
    data = package("", after=old)
    settings = workbook_settings(data).sheets["表"]
    assert settings.protection is not None
    assert settings.protection.password == PasswordHash("SHA-512", "aA==", "cw==", 9)
    assert 'hashValue="aA=="' in sheet_xml(apply_edits(data, [ProtectSheet("表", True)]))
    new = PasswordHash("SHA-512", "bQ==", "dA==", 100_000)
    changed = apply_edits(data, [ProtectSheet("表", True, password=new)])
    assert [word in sheet_xml(changed) for word in ('"aA=="', '"bQ=="', '"100000"')] == [False, True, True]
    free = apply_edits(changed, [ProtectSheet("表", False)])
    assert sheet_xml(apply_edits(free, [settings.protection])).count(old[:60]) == 0
    assert workbook_settings(apply_edits(free, [settings.protection])).sheets["表"] == settings


def test_fill_in_ranges_that_another_program_joined() -> None:
    joined = (
        '<conditionalFormatting sqref="A1:B3 D4"><cfRule type="expression" dxfId="0" priority="1">'
        '<formula>N("perfxl")=0</formula></cfRule></conditionalFormatting>'
    )
    edited = sheet_xml(apply_edits(package("", after=joined), [SetFill("表", 2, 1, None)]))
    assert 'sqref="A1:B1 A3:B3 B2 D4"' in edited
    every = [SetFill("表", row, column, None) for row in (1, 2, 3) for column in (1, 2)] + [SetFill("表", 4, 4, None)]
    assert "conditionalFormatting" not in sheet_xml(apply_edits(package("", after=joined), every))


ARRAY = '<row r="1"><c r="A1"><f t="array" ref="A1:A2">1</f><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (SetValue("无", 1, 1, None), "文件中没有工作表“无”，未作修改"),
        (SetValue("表", 2, 1, "x"), "表!A2 属于数组公式 A1:A2，不能单独改，未作修改"),
        (SetValue("表", 5, 1, Decimal("NaN")), "表!A5 的数值超出 Excel 的范围，未作修改"),
        (SetValue("表", 5, 1, Decimal("1E999")), "表!A5 的数值超出 Excel 的范围，未作修改"),
        (SetValue("表", 5, 1, "长" * 32_768), "表!A5 的文字超过 32,767 字，未作修改"),
        (SetValue("表", 5, 1, "\ud800"), "文字中有不完整的字符，未作修改"),
        (SetValue("表", 0, 1, "x"), "工作表“表”没有第 0 行第 1 列，未作修改"),
        (SetFormula("表", 5, 1, "1", None), "要写入 表!A5 的公式有误，未作修改"),
        (AddSheet("表", ()), "文件中已有工作表“表”，未作修改"),
        (AddSheet("a/b", ()), "工作表名称“a/b”不合 Excel 的要求，未作修改"),
        (RemoveSheet("表"), "“表”是唯一可见的工作表，不能删除，未作修改"),
        (SetFill("表", 1, 1, "red"), "颜色 red 不是八位十六进制数，未作修改"),
        (SetProperty("a\x00", "b"), "文档属性 a\x00 含有不能保存的字符，未作修改"),
    ],
)
def test_refusals(edit: Edit, message: str) -> None:
    with pytest.raises(EditError) as refused:
        apply_edits(package(ARRAY), [edit])
    assert str(refused.value).partition("；")[0] == message


def test_duplicate_names_are_refused() -> None:
    stream = io.BytesIO(package(""))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("XL/Workbook.xml", "<x/>")
    with pytest.raises(UnreadableFile, match="重名"):
        apply_edits(stream.getvalue(), [SetValue("表", 1, 1, "x")])


def test_zip64_and_streamed_entries() -> None:
    plain = package('<row r="1"><c r="A1"><v>1</v></c></row>')
    stream = io.BytesIO()

    class Pipe(io.RawIOBase):
        """Cannot seek, so that zipfile writes data descriptors."""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            return stream.write(data)

    with zipfile.ZipFile(io.BytesIO(plain)) as source, zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            with archive.open(name, "w", force_zip64=True) as entry:
                entry.write(source.read(name))
        archive.comment = "注".encode()
    edited = apply_edits(stream.getvalue(), [SetValue("表", 1, 1, Decimal(2))])
    assert read_xlsx(edited, "").grids[0].cell(1, 1).value == 2
    with zipfile.ZipFile(io.BytesIO(edited)) as archive:
        assert archive.testzip() is None
        assert archive.comment == "注".encode()


def test_no_edit_changes_nothing() -> None:
    data = TEMPLATES[0].read_bytes()
    assert apply_edits(data, []) == data
    sheet = read_xlsx(data, "").grids[0].sheet
    assert apply_edits(data, [SetFill(sheet, 1, 1, None), SetNote(sheet, 1, 1, None), SetProperty("无", None)]) == data


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_random_edits_of_templates_read_back(template: Path) -> None:
    choose = random.Random(template.name)
    data = template.read_bytes()
    before = read_xlsx(data, "")
    grid = before.grids[0]
    values: list[Decimal | str | bool | None] = [Decimal("0.1"), Decimal(10), "文字\n二行", "=x", True, None, ""]
    places = {(choose.randint(1, 45), choose.randint(1, 18)): choose.choice(values) for _ in range(60)}
    edits = [SetValue(grid.sheet, row, column, value) for (row, column), value in places.items()]
    choose.shuffle(edits)
    after = read_xlsx(apply_edits(data, edits), "")
    assert after.grids[1:] == before.grids[1:]
    assert (after.grids[0].merges, after.names, after.properties) == (grid.merges, before.names, before.properties)
    meant = {place: cell.value for place, cell in grid.cells.items() if place not in places}
    meant |= {place: value for place, value in places.items() if value is not None and value != ""}
    found = {place: cell.value for place, cell in after.grids[0].cells.items()}
    dates = {place for place in found if hasattr(found[place], "year")}
    assert {p: v for p, v in found.items() if p not in dates} == {p: v for p, v in meant.items() if p not in dates}


def test_an_edit_that_changes_nothing_beside_one_that_does() -> None:
    data = package('<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>')
    edits = [SetValue("表", 1, 1, Decimal(1)), SetValue("表", 2, 1, Decimal(3)), SetValue("表", 9, 9, None)]
    cells = read_xlsx(apply_edits(data, edits), "").grids[0].cells
    assert {place: cell.value for place, cell in cells.items()} == {(1, 1): Decimal(1), (2, 1): Decimal(3)}
