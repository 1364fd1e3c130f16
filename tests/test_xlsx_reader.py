"""The reader beside openpyxl on workbooks of six writers, and on hand-made packages of rare shapes."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.chart import BarChart
from openpyxl.packaging.custom import BoolProperty, IntProperty, StringProperty
from openpyxl.styles import Border, Protection, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

from perfxl.grid import Cell, CellError, CellValue, Grid, Merge, Workbook
from perfxl.sources import UnreadableFile, read_workbook
from perfxl.sources.xlsx import read_xlsx
from tests.extent import fast_first
from tests.random_books import properties_of, random_book, write_by_openpyxl, write_by_xlsxwriter
from tests.spreadsheets import missing

ACCOUNTING = '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ '
NUMBER_FORMATS = ["General", "0", "0.00", "#,##0.00", "0%", "0.00%", "@", '0.00"分"', ACCOUNTING]
VALUES: list[str | int | float | bool | datetime | date] = [
    *("项目名称", " 前后有空格 ", "两\n行", "<&>\"'", "１００％", "=文字不是公式"[1:], "380,000", "𠮷野家"),
    *(0, 1, -1, 100.0, 0.1, 1 / 3, 0.985764931506849, 1040000, 12345678901.23, 1e-9, 1e20, 2.675),
    *(True, False, datetime(2020, 3, 31), datetime(2020, 3, 31, 8, 30), date(1999, 12, 31)),  # noqa: DTZ001
]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"


def zipped(parts: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of the parts as they are."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def relationships(*entries: tuple[str, str, str], office: str = OFFICE) -> str:
    """A relationships part of (id, last word of the type, target)."""
    inner = "".join(f'<Relationship Id="{i}" Type="{office}/{kind}" Target="{to}"/>' for i, kind, to in entries)
    return f'<Relationships xmlns="{RELATIONSHIPS}">{inner}</Relationships>'


def sheet_xml(rows: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def parts_of(rows: str = "", after: str = "", /, **replaced: str | bytes) -> dict[str, str | bytes]:
    """The parts of a one-sheet workbook; `replaced` by the part's name without folder and ending."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relationships(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="自评表" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relationships(
            ("r1", "worksheet", "worksheets/sheet1.xml"),
            ("r2", "sharedStrings", "sharedStrings.xml"),
            ("r3", "styles", "styles.xml"),
        ),
        "xl/worksheets/sheet1.xml": sheet_xml(rows, after),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>甲</t></si><si><t>乙</t></si></sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="31"/></cellXfs>'
        "</styleSheet>",
    }
    for name in parts:
        stem = name.rpartition("/")[2].removesuffix(".rels").removesuffix(".xml") or "root"
        key = f"{stem}_rels" if name.endswith("workbook.xml.rels") else stem
        if key in replaced:
            parts[name] = replaced.pop(key)
    assert not replaced, f"no such part: {replaced}"
    return parts


def grid_of(rows: str = "", after: str = "", /, **replaced: str | bytes) -> Grid:
    (grid,) = read_xlsx(zipped(parts_of(rows, after, **replaced)), "表.xlsx").grids
    return grid


def values_of(rows: str = "", /, **replaced: str | bytes) -> dict[str, CellValue]:
    grid = grid_of(rows, "", **replaced)
    return {grid.ref(*place).address: cell.value for place, cell in grid.cells.items()}


# ---- beside openpyxl


def expected_value(value: object, error: bool) -> CellValue:
    """What openpyxl gives, in our types: 15 digits, no integer and no float, errors apart from text."""
    if error:
        return CellError(str(value))
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return Decimal(f"{value:.15g}")
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    return str(value) or None


def by_openpyxl(path: Path, with_formulas: openpyxl.Workbook) -> dict[str, dict[tuple[int, int], Cell]]:
    """Sheet → place → cell; followers of shared formulas as `=`, which is how they are kept here."""
    with_values = openpyxl.load_workbook(path, data_only=True)
    book: dict[str, dict[tuple[int, int], Cell]] = {}
    for sheet in with_formulas.worksheets:
        cells, values = book.setdefault(sheet.title, {}), with_values[sheet.title]._cells
        for (row, column), cell in sorted(sheet._cells.items()):
            cached = values[row, column]
            formula = None
            if cell.data_type == "f":
                raw = cell.value
                formula = raw.text if isinstance(raw, ArrayFormula) else str(raw)
            value = expected_value(cached.value, cached.data_type == "e")
            if value is not None or formula is not None:
                cells[row, column] = Cell(value, formula, cell.number_format, bool(cell.protection.locked))
    return book


def assert_reads_as_openpyxl(path: Path, shared: bool = False) -> Workbook:
    """Equal cell by cell; with `shared`, a formula that stands as `=` may have any text at openpyxl's."""
    workbook = read_workbook(path)
    original = openpyxl.load_workbook(path)
    expected = by_openpyxl(path, original)
    assert [grid.sheet for grid in workbook.grids] == list(expected)
    names = {name: found.attr_text for name, found in original.defined_names.items()}
    for grid in workbook.grids:
        theirs = expected[grid.sheet]
        ours = dict(grid.cells)
        if shared:
            for place, cell in ours.items():
                if cell.formula == "=":
                    ours[place] = cell._replace(formula=theirs[place].formula)
        assert ours == theirs
        assert {place: type(cell.value) for place, cell in ours.items()} == {
            place: type(cell.value) for place, cell in theirs.items()
        }
        sheet = original[grid.sheet]
        merges = {Merge(m.min_row, m.min_col, m.max_row, m.max_col) for m in sheet.merged_cells.ranges}
        assert set(grid.merges) == merges
        assert grid.hidden == (sheet.sheet_state != "visible")
        assert grid.protected == bool(sheet.protection.sheet)
        names |= {f"{grid.sheet}!{name}": found.attr_text for name, found in sheet.defined_names.items()}
    assert {name: text for name, text in workbook.names.items() if "_xlnm." not in name} == names
    assert workbook.properties == {found.name: property_text(found.value) for found in properties_of(original).props}
    return workbook


def property_text(value: object) -> str:
    """As it stands in the file; some programs write a whole number as a real one."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.15g}" if isinstance(value, float) else str(value or "")


def written_by_openpyxl(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "自评表"
    for row, value in enumerate(VALUES, 1):
        for column, number_format in enumerate(NUMBER_FORMATS, 1):
            cell = sheet.cell(row, column, value)
            if not isinstance(value, date):
                cell.number_format = number_format
            cell.protection = Protection(locked=column % 2 == 0)
    sheet["L1"] = "=SUM(B9:B12)"
    sheet["L2"] = '=IF(B9=0,"",B9)'
    sheet["L3"] = "#DIV/0!"
    sheet["L4"] = ArrayFormula("L4:L5", "=B9:B10*2")
    for row in range(1, 60):
        sheet.cell(row, 14).border = Border(Side("thin"))
    sheet.merge_cells("A40:K41")
    sheet.merge_cells("B43:B50")
    sheet["A40"] = "合并后的说明"
    sheet.protection.enable()
    hidden = book.create_sheet("代码")
    hidden["A1"] = "正向"
    hidden.sheet_state = "veryHidden"
    book.create_chartsheet("图").add_chart(BarChart())
    book.create_sheet("空表")
    book.defined_names["得分"] = DefinedName("得分", attr_text="自评表!$L$1")
    sheet.print_area = "A1:K30"
    properties = properties_of(book)
    properties.append(StringProperty(name="模板", value="MOF-2020"))
    properties.append(IntProperty(name="次数", value=3))
    properties.append(BoolProperty(name="封签", value=True))
    book.save(path)


def written_by_xlsxwriter(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("自评表")
        unlocked = [book.add_format({"num_format": f, "locked": False}) for f in NUMBER_FORMATS]
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for row, value in enumerate(VALUES):
            for column, style in enumerate(unlocked):
                if isinstance(value, date):
                    sheet.write_datetime(row, column, value, day)
                else:
                    sheet.write(row, column, value, style)
        sheet.write_formula("L1", "=SUM(B9:B12)", None, 100)
        sheet.write_formula("L2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("L3", '="分"&1', None, "分1")
        sheet.write_formula("L4", "=1=1", None, True)
        sheet.write_array_formula("L5:L5", "{=SUM(B9:B12*2)}", None, 200)
        sheet.write_rich_string("L6", "完成", book.add_format({"bold": True}), "及时", "率")
        sheet.merge_range("A40:K41", "合并后的说明")
        sheet.protect("1234")
        book.add_worksheet("代码").very_hidden()
        book.define_name("得分", "=自评表!$L$1")
        book.set_custom_property("模板", "MOF-2020")
        book.set_custom_property("次数", 3)


def test_reads_what_openpyxl_wrote(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    written_by_openpyxl(path)
    workbook = assert_reads_as_openpyxl(path)
    assert workbook.file == "a.xlsx"
    assert workbook.properties == {"模板": "MOF-2020", "次数": "3", "封签": "true"}
    assert workbook.names == {"得分": "自评表!$L$1", "自评表!_xlnm.Print_Area": "'自评表'!$A$1:$K$30"}
    assert [grid.hidden for grid in workbook.grids] == [False, True, False]


def test_reads_what_xlsxwriter_wrote(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    written_by_xlsxwriter(path)
    workbook = assert_reads_as_openpyxl(path)
    assert workbook.properties == {"模板": "MOF-2020", "次数": "3"}
    assert workbook.names == {"得分": "自评表!$L$1"}
    grid = workbook.grids[0]
    assert [grid.text(row, 12) for row in range(1, 7)] == ["100", "#DIV/0!", "分1", "TRUE", "200", "完成及时率"]


@pytest.mark.acceptance
@pytest.mark.parametrize("writer", [written_by_openpyxl, written_by_xlsxwriter])
@pytest.mark.parametrize("program", ["libreoffice", "gnumeric", "excelize"])
def test_reads_what_another_program_saved_again(tmp_path: Path, program: str, writer: object) -> None:
    source, target = tmp_path / "a.xlsx", tmp_path / "out" / "a.xlsx"
    target.parent.mkdir()
    assert callable(writer)
    writer(source)
    if program == "excelize":
        excelize = pytest.importorskip("excelize")
        book = excelize.open_file(str(source))
        book.save_as(str(target))
        book.close()
    else:
        executable = shutil.which("soffice" if program == "libreoffice" else "ssconvert")
        if executable is None:
            pytest.skip(f"{program} is not installed")
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        office = [executable, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(target.parent)]
        command = [*office, str(source)] if program == "libreoffice" else [executable, str(source), str(target)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    workbook = assert_reads_as_openpyxl(target, shared=True)
    assert workbook.grids[0].text(40, 1) == "合并后的说明"


@pytest.mark.parametrize("number", fast_first(range(50), 12))
def test_reads_random_workbooks_as_openpyxl_does(tmp_path: Path, number: int) -> None:
    for write in (write_by_openpyxl, write_by_xlsxwriter):
        path = tmp_path / f"{write.__name__}.xlsx"
        write(random_book(number), path)
        assert_reads_as_openpyxl(path)


@pytest.mark.acceptance
def test_reads_a_corpus_of_five_writers_as_openpyxl_does(tmp_path: Path) -> None:
    """PERFXL_CORPUS random workbooks of two writers, and each as three other programs save it again."""
    count = int(os.environ.get("PERFXL_CORPUS", "20"))
    first = tmp_path / "first"
    first.mkdir()
    for number in range(count):
        write = write_by_openpyxl if number % 2 else write_by_xlsxwriter
        write(random_book(number), first / f"{number:05}.xlsx")
    compared = Counter[str]()
    for folder in (first, *saved_again(sorted(first.iterdir()), tmp_path)):
        for path in sorted(folder.glob("*.xlsx")):
            workbook = assert_reads_as_openpyxl(path, shared=folder is not first)
            compared[folder.name] += 1
            compared["cells"] += sum(len(grid.cells) for grid in workbook.grids)
    print(dict(compared))
    assert {compared[name] for name in ("first", "libreoffice", "gnumeric", "excelize")} == {count}


def saved_again(paths: list[Path], folder: Path) -> list[Path]:
    """A folder for each of LibreOffice, gnumeric and excelize."""
    folders = [folder / name for name in ("libreoffice", "gnumeric", "excelize")]
    for target in folders:
        target.mkdir()
    office, gnumeric = shutil.which("soffice"), shutil.which("ssconvert")
    excelize = pytest.importorskip("excelize")
    if office is None or gnumeric is None:
        missing("LibreOffice or gnumeric")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    for start in range(0, len(paths), 25):
        convert = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folders[0])]
        subprocess.run([*convert, *map(str, paths[start : start + 25])], check=True, capture_output=True, timeout=600)
    for path in paths:
        command = [gnumeric, str(path), str(folders[1] / path.name)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        book = excelize.open_file(str(path))
        book.save_as(str(folders[2] / path.name))
        book.close()
    return folders


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


def test_the_file_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    written_by_openpyxl(path)
    path.chmod(0o444)
    before = (path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir()))
    read_workbook(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir())) == before
    assert read_xlsx(path, "a.xlsx") == read_xlsx(before[0], "a.xlsx") == read_workbook(path)
