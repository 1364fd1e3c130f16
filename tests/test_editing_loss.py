"""Edits of a workbook full of what other libraries lose: every part but the touched ones stays byte for byte."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.escape import unescape

from perfxl.edit import (
    AddSheet,
    Edit,
    Look,
    NewCell,
    ProtectSheet,
    ProtectStructure,
    RemoveSheet,
    SetFill,
    SetFooter,
    SetFormula,
    SetLocked,
    SetNote,
    SetProperty,
    SetValue,
)
from perfxl.editing import apply_edits
from perfxl.sources.xlsx import read_xlsx
from tests.xlsx_packages import OFFICE

WPS = "http://www.wps.cn/officeDocument/2020/cellImage"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
CELL_IMAGES = (
    '<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"><etc:cellImage/></etc:cellImages>'
)
RANGES = (
    '<protectedRanges><protectedRange sqref="C3" name="区域1" algorithmName="SHA-512" hashValue="aGFzaA==" '
    'saltValue="c2FsdA==" spinCount="100000"/></protectedRanges>'
)
X14 = (
    '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
    '<x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
    '<x14:dataValidation type="list" allowBlank="1"><x14:formula1><xm:f>名单!$A$1:$A$3</xm:f></x14:formula1>'
    "<xm:sqref>B5</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
)
THREADED = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<threadedComment ref="B2" dT="2024-01-01T00:00:00.00" personId="{1}" id="{2}"><text>会话</text></threadedComment>'
    "</ThreadedComments>"
)
FORM = "自评表"


@cache
def full_workbook() -> bytes:
    """Pictures, shapes, charts, notes, macros, x14 lists and formats, sparklines, header pictures, WPS pictures."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.add_format({"bold": True})
    sheet = book.add_worksheet(FORM)
    names = book.add_worksheet("名单")
    open_cell = book.add_format({"locked": False, "num_format": "0.00"})
    sheet.write("A1", "项目支出绩效自评表")
    sheet.write("A2", "执行数")
    sheet.write("B2", 50, open_cell)
    sheet.write("B3", 60, open_cell)
    sheet.write_formula("B4", "=B2+B3", None, 110)
    sheet.write_formula("C4", "=B4*2", None, 220)
    sheet.write("B5", "是", open_cell)
    sheet.write_rich_string("A6", book.add_format({"bold": True}), "粗", "细")
    sheet.insert_image("E2", "章.png", {"image_data": io.BytesIO(PNG)})
    sheet.insert_textbox("E8", "文本框")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"={FORM}!$B$2:$B$4"})
    sheet.insert_chart("E12", chart)
    sheet.insert_button("H2", {"macro": "查", "caption": "按钮"})
    sheet.write_comment("B2", "单位的批注", {"author": "张三"})
    sheet.write_comment("B3", "另一批注", {"author": "张三"})
    sheet.conditional_format("B2:B4", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("B5", {"type": "cell", "criteria": "==", "value": '"否"', "format": open_cell})
    sheet.data_validation("C2", {"validate": "list", "source": ["是", "否"]})
    sheet.add_sparkline("D2", {"range": f"{FORM}!B2:B4"})
    sheet.set_header("&C&G", {"image_center": "章.png", "image_data_center": io.BytesIO(PNG)})
    sheet.set_footer("&C第 &P 页")
    sheet.set_background(io.BytesIO(PNG))
    sheet.merge_range("A8:C8", "合并", open_cell)
    sheet.write_url("A9", "internal:名单!A1")
    names.write_column("A1", ["甲", "乙", "丙"])
    names.add_table("C1:D3")
    book.define_name("名单!Print_Local", "=名单!$A$1")
    book.set_custom_property("编号", "7")
    book.close()
    return _with_more(stream.getvalue())


def _with_more(data: bytes) -> bytes:
    """Parts that XlsxWriter does not write, put in by hand."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    place = sheet.index("<mergeCells")
    sheet = sheet[:place] + RANGES + sheet[place:]
    sheet = re.sub(r"<pageSetup[^>]*/>", "", sheet)
    sheet = sheet.replace("<headerFooter", '<pageSetup paperSize="9" r:id="rId90"/><headerFooter')
    sheet = sheet.replace("<extLst>", X14.removesuffix("</extLst>"), 1)
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    _point(parts, "xl/worksheets/_rels/sheet1.xml.rels", "rId90", f"{OFFICE}/printerSettings", "../ps/printer1.bin")
    threaded = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    _point(parts, "xl/worksheets/_rels/sheet1.xml.rels", "rId91", threaded, "../threadedComments/t1.xml")
    _point(parts, "xl/_rels/workbook.xml.rels", "rId90", f"{WPS}", "cellimages.xml")
    _point(parts, "xl/_rels/workbook.xml.rels", "rId92", f"{OFFICE}/calcChain", "calcChain.xml")
    macro = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    _point(parts, "xl/_rels/workbook.xml.rels", "rId91", macro, "vbaProject.bin")
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0" + bytes(range(256))
    parts["xl/ps/printer1.bin"] = bytes(range(256))
    parts["xl/cellimages.xml"] = CELL_IMAGES.encode()
    parts["xl/threadedComments/t1.xml"] = THREADED.encode()
    parts["xl/calcChain.xml"] = (
        b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<c r="B4" i="1"/><c r="C4"/></calcChain>'
    )
    types = parts["[Content_Types].xml"].decode()
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    extra = (
        '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        f'<Override PartName="/xl/ps/printer1.bin" ContentType="{spreadsheet}.printerSettings"/>'
        '<Override PartName="/xl/cellimages.xml" ContentType="application/vnd.wps-officedocument.cellimage+xml"/>'
        '<Override PartName="/xl/threadedComments/t1.xml" ContentType="application/vnd.ms-excel.threadedcomments+xml"/>'
        f'<Override PartName="/xl/calcChain.xml" ContentType="{spreadsheet}.calcChain+xml"/></Types>'
    )
    types = types.replace(f"{spreadsheet}.sheet.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    parts["[Content_Types].xml"] = types.replace("</Types>", extra).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _point(parts: dict[str, bytes], name: str, identifier: str, kind: str, target: str) -> None:
    xml = f'<Relationship Id="{identifier}" Type="{kind}" Target="{target}"/></Relationships>'
    parts[name] = parts[name].decode().replace("</Relationships>", xml).encode()


def raw_entries(data: bytes) -> dict[str, bytes]:
    """Each entry's local header, name, extra field and packed bytes, by name."""
    entries: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            start = info.header_offset
            length = 30 + sum(data[start + at] + 256 * data[start + at + 1] for at in (26, 28))
            entries[info.filename] = data[start : start + length + info.compress_size]
    return entries


def changed_parts(before: bytes, after: bytes) -> set[str]:
    """Names of the parts that are not in both with the very same bytes."""
    one, other = raw_entries(before), raw_entries(after)
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


RESULTS = AddSheet(
    "校验结果",
    (
        (NewCell("编码", Look(bold=True, fill="FFDDEBF7", border=True)), NewCell("位置"), NewCell("说明")),
        (
            NewCell("F102"),
            NewCell("自评表!B2", Look(underline=True, colour="FF0563C1"), link=(FORM, 2, 2)),
            NewCell(None, Look(locked=False)),
        ),
    ),
    widths=(8, 16, 40),
    frozen_rows=1,
)
SHEET_1 = "xl/worksheets/sheet1.xml"
RELS_1 = "xl/worksheets/_rels/sheet1.xml.rels"
BOOK = "xl/workbook.xml"
TYPES = "[Content_Types].xml"
COMMENTS = "xl/comments1.xml"
VML = "xl/drawings/vmlDrawing1.vml"
NEW_SHEET_PARTS = {TYPES, BOOK, "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
CASES: dict[str, tuple[Sequence[Edit], set[str]]] = {
    "value": ([SetValue(FORM, 2, 2, Decimal("55.5"))], {SHEET_1, BOOK}),
    "formula overwritten": ([SetValue(FORM, 4, 2, Decimal(110))], {SHEET_1, BOOK, "xl/calcChain.xml"}),
    "formula": ([SetFormula(FORM, 4, 2, "=B2*2", Decimal(100))], {SHEET_1, BOOK}),
    "note on a blank cell": ([SetNote(FORM, 5, 2, "应为否")], {COMMENTS, VML}),
    "note below a note": ([SetNote(FORM, 2, 2, "应为否")], {COMMENTS}),
    "note on a sheet without notes": (
        [SetNote("名单", 1, 1, "重名")],
        {TYPES, "xl/worksheets/sheet2.xml", "xl/worksheets/_rels/sheet2.xml.rels"}
        | {"xl/comments2.xml", "xl/drawings/vmlDrawing3.vml"},
    ),
    "fill": ([SetFill(FORM, 2, 2, "FFFFC7CE")], {SHEET_1, "xl/styles.xml"}),
    "locked": ([SetLocked(FORM, True)], {SHEET_1, "xl/styles.xml"}),
    "unlocked": ([SetLocked(FORM, False, ((1, 1),))], {SHEET_1, "xl/styles.xml"}),
    "protected": ([ProtectSheet(FORM, True)], {SHEET_1}),
    "structure": ([ProtectStructure(True)], {BOOK}),
    "property": ([SetProperty("perfxl.seal", "SM3:<&>")], {"docProps/custom.xml"}),
    "footer": ([SetFooter(FORM, "&L封签码 AB12-CD34&R&P")], {SHEET_1}),
    "sheet": ([RESULTS], {*NEW_SHEET_PARTS, "xl/worksheets/sheet3.xml"}),
}


@pytest.mark.parametrize("name", CASES)
def test_only_the_touched_parts_change(name: str) -> None:
    edits, touched = CASES[name]
    data = full_workbook()
    edited = apply_edits(data, edits)
    assert changed_parts(data, edited) == touched
    assert list(raw_entries(edited))[: len(raw_entries(data))] == list(raw_entries(data))


def test_touched_sheet_keeps_all_else() -> None:
    data = full_workbook()
    edits: list[Edit] = [SetValue(FORM, 2, 2, Decimal("55.5")), SetFooter(FORM, "&C新"), ProtectSheet(FORM, True)]
    before, after = part(data, SHEET_1), part(apply_edits(data, edits), SHEET_1)
    protection = re.search(r"<sheetProtection [^>]*/>", after)
    assert protection is not None
    assert (
        after.replace(protection[0], "")
        .replace("<oddFooter>&amp;C新<", "<oddFooter>&amp;C第 &amp;P 页<")
        .replace("<v>55.5</v>", "<v>50</v>")
        == before
    )
    assert after.index("<sheetProtection") < after.index("<protectedRanges") < after.index("<mergeCells")
    for word in ("x14:dataValidation", "x14:sparkline", "x14:cfRule", "legacyDrawingHF", "<picture", "<pageSetup"):
        assert word in after


ALL: list[Edit] = [
    SetValue(FORM, 2, 2, Decimal("55.5")),
    SetValue(FORM, 5, 2, " 否\r\n<&>_x0041_ "),
    SetFormula(FORM, 4, 2, "=B2*2", Decimal(111)),
    SetValue(FORM, 4, 3, None),
    SetValue(FORM, 30, 20, True),
    SetNote(FORM, 2, 2, "F102 应为 55"),
    SetNote(FORM, 5, 2, "F103"),
    SetNote("名单", 1, 1, "重名"),
    SetFill(FORM, 2, 2, "FFFFC7CE"),
    SetFill(FORM, 5, 2, "FFFFEB9C"),
    SetFill(FORM, 3, 2, "FFFFC7CE"),
    SetLocked(FORM, True),
    SetLocked(FORM, False, ((2, 2), (40, 1))),
    ProtectSheet(FORM, True),
    ProtectStructure(True),
    RESULTS,
    ProtectSheet("校验结果", True),
    SetProperty("perfxl.seal", "一"),
    SetFooter(FORM, "&L封签码"),
]
INVERSE: list[Edit] = [
    SetFooter(FORM, "&C第 &P 页"),
    SetProperty("perfxl.seal", None),
    RemoveSheet("校验结果"),
    ProtectStructure(False),
    ProtectSheet(FORM, False),
    SetLocked(FORM, True),
    SetLocked(FORM, False, ((2, 2), (3, 2), (5, 2), (8, 1), (8, 2), (8, 3))),
    SetFill(FORM, 3, 2, None),
    SetFill(FORM, 5, 2, None),
    SetFill(FORM, 2, 2, None),
    SetNote("名单", 1, 1, None),
    SetNote(FORM, 5, 2, None),
    SetNote(FORM, 2, 2, None),
    SetValue(FORM, 30, 20, None),
    SetFormula(FORM, 4, 3, "=B4*2", Decimal(220)),
    SetFormula(FORM, 4, 2, "=B2+B3", Decimal(110)),
    SetValue(FORM, 5, 2, "是"),
    SetValue(FORM, 2, 2, Decimal(50)),
]


def test_edits_and_their_inverse_give_the_same_content() -> None:
    data = full_workbook()
    back = apply_edits(apply_edits(data, ALL), INVERSE)
    assert read_xlsx(back, "") == read_xlsx(data, "")
    with zipfile.ZipFile(io.BytesIO(data)) as one, zipfile.ZipFile(io.BytesIO(back)) as other:
        assert one.namelist() == other.namelist()
        changed = {name for name in one.namelist() if one.read(name) != other.read(name)}
    # Formats stay appended, one formula waits to be chained, and everything is computed at the next opening.
    assert changed == {SHEET_1, "xl/styles.xml", BOOK, "xl/calcChain.xml"}


def test_markup_is_removed_without_trace() -> None:
    data = full_workbook()
    markup: list[Edit] = [
        *(SetNote(FORM, 2, 2, "子"), SetNote(FORM, 2, 2, "丑"), SetNote(FORM, 5, 2, "寅"), SetNote("名单", 1, 1, "卯")),
        *(RESULTS, SetProperty("perfxl.markup", "1")),
    ]
    clean: list[Edit] = [
        *(SetNote(FORM, 2, 2, None), SetNote(FORM, 5, 2, None), SetNote("名单", 1, 1, None)),
        *(RemoveSheet("校验结果"), SetProperty("perfxl.markup", None)),
    ]
    marked = apply_edits(data, markup)
    assert [part(marked, COMMENTS).count(word) for word in ("子", "丑", "寅", "【perfxl】")] == [0, 1, 1, 1]
    cleaned = apply_edits(marked, clean)
    with zipfile.ZipFile(io.BytesIO(data)) as one, zipfile.ZipFile(io.BytesIO(cleaned)) as other:
        assert one.namelist() == other.namelist()
        differing = [name for name in one.namelist() if one.read(name) != other.read(name)]
    assert differing == ["xl/styles.xml"]


def test_openpyxl_reads_the_edited_workbook() -> None:
    book = openpyxl.load_workbook(io.BytesIO(apply_edits(full_workbook(), ALL)))
    sheet = book[FORM]
    assert [sheet["B2"].value, sheet["B4"].value, sheet["C4"].value, sheet["T30"].value] == [55.5, "=B2*2", None, True]
    assert unescape(sheet["B5"].value) == " 否\r\n<&>_x0041_ "
    assert sheet["B2"].comment.text == "单位的批注\n【perfxl】\nF102 应为 55"
    assert sheet["B5"].comment.text == "F103"
    assert sheet["B2"].number_format == "0.00"
    assert [sheet[at].protection.locked for at in ("B2", "B3", "A40")] == [False, True, False]
    assert sheet.protection.sheet
    assert book.security.lockStructure
    results = book["校验结果"]
    assert [cell.value for cell in results[2]] == ["F102", "自评表!B2", None]
    assert results["B2"].hyperlink.location == "'自评表'!B2"
    assert book.custom_doc_props["perfxl.seal"].value == "一"  # type: ignore[attr-defined]


@pytest.mark.acceptance
def test_libreoffice_opens_the_edited_workbook(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice")
    source = tmp_path / "in.xlsm"
    source.write_bytes(apply_edits(full_workbook(), ALL))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    book = read_xlsx((tmp_path / "in.xlsx").read_bytes(), "")
    form = book.grids[0]
    assert [form.cell(2, 2).value, form.cell(4, 2).value, form.cell(30, 20).value] == [
        *(Decimal("55.5"), Decimal(111), True)
    ]
    assert form.protected
    assert [grid.sheet for grid in book.grids] == [FORM, "名单", "校验结果"]
    assert book.properties["perfxl.seal"] == "一"
