"""Cells and sheets of hand-made packages: every type and number format of a cell, and packages of rare shapes."""

from __future__ import annotations

import zipfile
from datetime import datetime
from decimal import Decimal

import pytest

from perfxl.grid import Cell, CellError, CellValue, Grid, Merge
from perfxl.sources import UnreadableFile
from perfxl.sources.xlsx import read_xlsx
from tests.xlsx_packages import (
    ACCOUNTING,
    MAIN,
    OFFICE,
    STRICT,
    STRICT_OFFICE,
    parts_of,
    relationships,
    sheet_xml,
    zipped,
)


def grid_of(rows: str = "", after: str = "", /, **replaced: str | bytes) -> Grid:
    (grid,) = read_xlsx(zipped(parts_of(rows, after, **replaced)), "表.xlsx").grids
    return grid


def values_of(rows: str = "", /, **replaced: str | bytes) -> dict[str, CellValue]:
    grid = grid_of(rows, "", **replaced)
    return {grid.ref(*place).address: cell.value for place, cell in grid.cells.items()}


# ---- values


def test_numbers_are_decimals_of_fifteen_digits() -> None:
    written = ["100.0", "0.98576000000000004", "1E3", "-0", "+5", ".5", "5.", "1.5e-7", " 7 ", "0E5", "1E+20"]
    rows = "".join(f"<row><c><v>{text}</v></c></row>" for text in written)
    numbers = ["100", "0.98576", "1000", "0", "5", "0.5", "5", "1.5E-7", "7", "0", "1E+20"]
    values = list(values_of(rows).values())
    assert values == [Decimal(number) for number in numbers]
    assert str(values[0]) == "100"
    assert str(values[3]) == "0"


def test_each_type_of_cell() -> None:
    grid = grid_of(
        '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="b"><v>1</v></c><c r="C2" t="b"><v>false</v></c>'
        '<c r="D2" t="e"><v>#DIV/0!</v></c><c r="E2" t="str"><f>A2</f><v>乙</v></c>'
        '<c r="F2" t="inlineStr"><is><t>行内</t></is></c><c r="G2" t="d"><v>2020-03-31</v></c>'
        '<c r="H2" t="d"><v>2020-03-31T08:30:00Z</v></c><c r="I2" t="n"><v>5</v></c>'
        '<c r="J2" t="inlineStr"><v>写在值里</v></c><c r="K2"><is><r><t>没有</t></r><r><t>类型</t></r></is></c></row>'
    )
    assert [cell.value for cell in grid.cells.values()] == [
        *("乙", True, False, CellError("#DIV/0!"), "乙", "行内"),
        *(datetime(2020, 3, 31), datetime(2020, 3, 31, 8, 30), Decimal(5)),  # noqa: DTZ001
        *("写在值里", "没有类型"),
    ]
    assert grid.cell(2, 5) == Cell("乙", "=A2")


def test_blank_text_is_no_cell_and_a_formula_always_is() -> None:
    grid = grid_of(
        '<row r="1"><c r="A1" t="s"><v>2</v></c><c r="B1" t="inlineStr"><is><t></t></is></c><c r="C1" s="1"/>'
        '<c r="D1"><v></v></c><c r="E1"><f>NOW()</f></c><c r="F1" t="str"><f>""</f><v></v></c>'
        '<c r="G1" t="str"><v/></c><c r="H1"><f/></c><c r="I1" t="inlineStr"><is><t> </t></is></c></row>',
        sharedStrings=f'<sst xmlns="{MAIN}"><si><t>甲</t></si><si><t>乙</t></si><si><t/></si></sst>',
    )
    assert dict(grid.cells) == {
        (1, 5): Cell(None, "=NOW()"),
        (1, 6): Cell(None, '=""'),
        (1, 8): Cell(None, "="),
        (1, 9): Cell(" "),
    }


def test_a_follower_of_a_shared_formula_is_known_as_a_formula() -> None:
    grid = grid_of(
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f><v>4</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>6</v></c></row>'
    )
    assert [(cell.value, cell.formula) for cell in grid.cells.values()] == [(4, "=B1*2"), (6, "=")]


def test_rich_text_is_joined_and_its_phonetic_guide_dropped() -> None:
    strings = (
        f'<sst xmlns="{MAIN}"><si><r><rPr><b/></rPr><t>绩效</t></r><r><t xml:space="preserve"> 自评</t></r></si>'
        '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si></sst>'
    )
    rows = (
        '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c>'
        '<c t="inlineStr"><is><t>京</t><rPh sb="0" eb="1"><t>キョウ</t></rPh></is></c></row>'
    )
    assert list(values_of(rows, sharedStrings=strings).values()) == ["绩效 自评", "東京", "京"]


@pytest.mark.parametrize("before", ["", "<!-- -->", "<?a b?>"])
def test_text_that_looks_like_the_font_of_a_run_stays(before: str) -> None:
    """Fonts are cut out before parsing, unless the same bytes could be text."""
    font = '<rPr><sz val="11"/><rFont val="宋体"/></rPr>'
    strings = (
        f'<sst xmlns="{MAIN}">{before}<si><r>{font}<t>甲</t></r><r><rPr/><t>乙</t></r><phoneticPr fontId="1"/></si>'
        f"<si><t>&lt;rPr>&lt;b/>&lt;/rPr></t></si></sst>"
    )
    rows = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
    assert list(values_of(rows, sharedStrings=strings).values()) == ["甲乙", "<rPr><b/></rPr>"]
    in_cdata = strings.replace("&lt;rPr>&lt;b/>&lt;/rPr>", "<![CDATA[<rPr><b/></rPr>]]>")
    assert list(values_of(rows, sharedStrings=in_cdata).values()) == ["甲乙", "<rPr><b/></rPr>"]


def test_escaped_characters_are_decoded() -> None:
    texts = ["一_x000D_\n二", "_x005F_x000D_", "_x4E2D_文", "_xD842__xDFB7_", "_xD842_", "_xZZZZ_", "_x00_"]
    rows = "".join(f'<row><c t="inlineStr"><is><t>{text}</t></is></c></row>' for text in texts)
    decoded = ["一\r\n二", "_x000D_", "中文", "𠮷", "\ufffd", "_xZZZZ_", "_x00_"]
    assert list(values_of(rows).values()) == decoded


def test_dates_follow_the_epoch_and_impossible_serials_stay_numbers() -> None:
    serials = ["1", "60", "0", "-1", "43921.5", "2958466"]
    rows = "".join(f'<row><c s="1"><v>{serial}</v></c></row>' for serial in serials)
    of_1904 = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="1"/><sheets>'
        '<sheet name="自评表" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    assert list(values_of(rows).values()) == [
        *(datetime(1900, 1, 1), Decimal(60), Decimal(0), Decimal(-1)),  # noqa: DTZ001
        *(datetime(2020, 3, 31, 12), Decimal(2958466)),  # noqa: DTZ001
    ]
    assert list(values_of(rows, workbook=of_1904).values()) == [
        *(datetime(1904, 1, 2), datetime(1904, 3, 1), Decimal(0), Decimal(-1)),  # noqa: DTZ001
        *(datetime(2024, 4, 1, 12), Decimal(2958466)),  # noqa: DTZ001
    ]


def test_number_format_and_lock_come_from_the_cell_formats_alone() -> None:
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="0.0&quot;分&quot;"/>'
        '<numFmt numFmtId="9" formatCode="0.0%"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="2"><protection locked="0"/></xf></cellStyleXfs>'
        '<cellXfs><xf/><xf numFmtId="164"><protection locked="0"/></xf><xf numFmtId="9"><protection hidden="1"/></xf>'
        '<xf numFmtId="10"/><xf numFmtId="43"/><xf numFmtId="999"/></cellXfs>'
        '<dxfs><dxf><numFmt numFmtId="164" formatCode="wrong"/><protection locked="0"/></dxf></dxfs></styleSheet>'
    )
    rows = "<row>" + "".join(f'<c s="{style}"><v>1</v></c>' for style in range(6)) + "<c><v>1</v></c></row>"
    cells = list(grid_of(rows, styles=styles).cells.values())
    formats = ["General", '0.0"分"', "0.0%", "0.00%", ACCOUNTING, "General", "General"]
    assert [cell.number_format for cell in cells] == formats
    assert [cell.locked for cell in cells] == [True, False, True, True, True, True, True]
    assert [cell.text for cell in cells] == ["1", "1.0分", "100.0%", "100.00%", "1.00", "1", "1"]


def test_what_an_earlier_workbook_had_too_has_the_format_and_lock_of_its_own() -> None:
    rows = '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1"><f>A1</f><v></v></c><c r="C1"><v>1</v></c></row>'
    for number, code, locked in ((0, "General", True), (49, "@", True), (49, "@", False), (0, "General", True)):
        styles = (
            f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="{number}"><protection locked="{locked:d}"/></xf>'
            "</cellXfs></styleSheet>"
        )
        assert list(grid_of(rows, styles=styles).cells.values()) == [
            Cell("乙", None, code, locked),
            Cell(None, "=A1", code, locked),
            Cell(Decimal(1), None, code, locked),
        ]


# ---- shapes


def test_cells_and_rows_without_a_reference_follow_on() -> None:
    rows = (
        "<row><c><v>1</v></c><c/><c><v>3</v></c></row>"
        '<row r="5"><c r="C5"><v>4</v></c><c><v>5</v></c></row><row><c><v>6</v></c></row>'
    )
    assert values_of(rows) == {"A1": 1, "C1": 3, "C5": 4, "D5": 5, "A6": 6}


def prefixed(xml: str) -> str:
    """The same part with the prefix `x:` on every element."""
    return xml.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:").replace("xmlns=", "xmlns:x=")


def test_prefixed_elements() -> None:
    parts = parts_of(
        '<row r="1"><c r="B1" t="s"><v>1</v></c></row>', '<mergeCells><mergeCell ref="B1:C2"/></mergeCells>'
    )
    for name, content in parts.items():
        if name.endswith(".xml") and name.startswith("xl/"):
            parts[name] = prefixed(str(content))
    (grid,) = read_xlsx(zipped(parts), "表.xlsx").grids
    assert (grid.cells, grid.merges) == ({(1, 2): Cell("乙")}, (Merge(1, 2, 2, 3),))


def test_elements_of_other_namespaces_are_not_cells() -> None:
    extension = (
        '<extLst><ext xmlns:y="urn:y"><y:c r="Z9"><y:v>9</y:v></y:c><c xmlns="urn:z" r="Z8"><v>8</v></c></ext></extLst>'
    )
    assert values_of('<row r="1"><c r="A1"><v>1</v></c></row>', sheet1=sheet_xml(after=extension)) == {}


def test_strict_namespaces() -> None:
    parts = parts_of('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    strict = {
        name: str(content).replace(MAIN, STRICT).replace(OFFICE, STRICT_OFFICE) for name, content in parts.items()
    }
    assert read_xlsx(zipped(strict), "表.xlsx").grids[0].text(1, 1) == "甲"


@pytest.mark.parametrize(
    ("mark", "codec"),
    [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")],
)
def test_parts_in_other_unicode_encodings(mark: bytes, codec: str) -> None:
    parts = parts_of('<row r="1"><c r="A1" t="s"><v>1</v></c></row>')
    coded = {name: mark + str(content).encode(codec) for name, content in parts.items()}
    assert read_xlsx(zipped(coded), "表.xlsx").grids[0].text(1, 1) == "乙"


def test_declared_latin_1_is_read_and_other_encodings_are_refused() -> None:
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>Prüfung</t></is></c></row>'
    latin = f'<?xml version="1.0" encoding="ISO-8859-1"?>{sheet_xml(rows)}'.encode("latin-1")
    assert values_of(sheet1=latin) == {"A1": "Prüfung"}
    for encoding in ("gb2312", "rot13", "idna", "no-such"):
        with pytest.raises(UnreadableFile) as caught:
            grid_of(sheet1=f'<?xml version="1.0" encoding="{encoding}"?>{sheet_xml()}'.encode())
        assert caught.value.code == "R101"


def test_absolute_and_climbing_targets_case_and_backslashes() -> None:
    parts = parts_of('<row r="1"><c r="A1" t="s"><v>1</v></c></row>')
    parts["_rels/.rels"] = relationships(("r1", "officeDocument", "/xl/workbook.xml"))
    parts["xl/_rels/workbook.xml.rels"] = relationships(
        ("r1", "worksheet", "/xl/worksheets/sheet1.xml"), ("r2", "sharedStrings", "../xl/SharedStrings.xml")
    )
    parts["xl\\worksheets\\Sheet1.xml"] = parts.pop("xl/worksheets/sheet1.xml")
    assert read_xlsx(zipped(parts), "表.xlsx").grids[0].text(1, 1) == "乙"


def test_an_uncompressed_package_without_strings_and_styles() -> None:
    parts = parts_of('<row r="1"><c r="A1"><v>1</v></c></row>')
    del parts["xl/sharedStrings.xml"], parts["xl/styles.xml"], parts["[Content_Types].xml"]
    parts["xl/_rels/workbook.xml.rels"] = relationships(("r1", "worksheet", "worksheets/sheet1.xml"))
    assert read_xlsx(zipped(parts, zipfile.ZIP_STORED), "表.xlsx").grids[0].text(1, 1) == "1"


def test_the_dimension_is_not_believed() -> None:
    sheet = sheet_xml('<row r="9"><c r="K9"><v>1</v></c></row>').replace(
        "<sheetData>", '<dimension ref="A1:A1"/><sheetData>'
    )
    assert values_of(sheet1=sheet) == {"K9": 1}


def test_sheets_of_other_kinds_are_left_out_and_states_kept() -> None:
    parts = parts_of()
    names = ["甲", "图", "乙", "对话", "宏", "丙"]
    states = ["", ' state="hidden"', ' state="hidden"', "", "", ' state="veryHidden"']
    kinds = ["worksheet", "chartsheet", "worksheet", "dialogsheet", "xlMacrosheet", "worksheet"]
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"{state}/>'
        for i, (name, state) in enumerate(zip(names, states, strict=True))
    )
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets><definedNames>'
        '<definedName name="得分">甲!$A$1</definedName><definedName name="区" localSheetId="2">乙!$A$1</definedName>'
        "</definedNames></workbook>"
    )
    parts["xl/_rels/workbook.xml.rels"] = relationships(
        *((f"r{i}", kind, f"worksheets/s{i}.xml") for i, kind in enumerate(kinds))
    )
    for i in (0, 2, 5):
        parts[f"xl/worksheets/s{i}.xml"] = sheet_xml(after='<sheetProtection sheet="1"/>' if i == 2 else "")
    workbook = read_xlsx(zipped(parts), "表.xlsx")
    assert [(grid.sheet, grid.hidden, grid.protected) for grid in workbook.grids] == [
        *(("甲", False, False), ("乙", True, True), ("丙", True, False)),
    ]
    assert workbook.names == {"得分": "甲!$A$1", "乙!区": "乙!$A$1"}


def test_merges_keep_their_corners_in_order() -> None:
    after = '<mergeCells><mergeCell ref="A1:K1"/><mergeCell ref="C5:B3"/><mergeCell ref="D9"/></mergeCells>'
    assert grid_of("", after).merges == (Merge(1, 1, 1, 11), Merge(3, 2, 5, 3), Merge(9, 4, 9, 4))
