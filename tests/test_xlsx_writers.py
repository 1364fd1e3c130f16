"""The reader beside openpyxl on workbooks of five writers: the same cells, merges, names and properties; and what
is read is left as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
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

from perfxl.grid import Cell, CellError, CellValue, Merge, Workbook
from perfxl.sources import read_workbook
from perfxl.sources.xlsx import read_xlsx
from tests.extent import fast_first
from tests.random_books import properties_of, random_book, write_by_openpyxl, write_by_xlsxwriter
from tests.spreadsheets import missing
from tests.xlsx_packages import ACCOUNTING

NUMBER_FORMATS = ["General", "0", "0.00", "#,##0.00", "0%", "0.00%", "@", '0.00"分"', ACCOUNTING]
VALUES: list[str | int | float | bool | datetime | date] = [
    *("项目名称", " 前后有空格 ", "两\n行", "<&>\"'", "１００％", "=文字不是公式"[1:], "380,000", "𠮷野家"),
    *(0, 1, -1, 100.0, 0.1, 1 / 3, 0.985764931506849, 1040000, 12345678901.23, 1e-9, 1e20, 2.675),
    *(True, False, datetime(2020, 3, 31), datetime(2020, 3, 31, 8, 30), date(1999, 12, 31)),  # noqa: DTZ001
]


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


def test_the_file_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    written_by_openpyxl(path)
    path.chmod(0o444)
    before = (path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir()))
    read_workbook(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir())) == before
    assert read_xlsx(path, "a.xlsx") == read_xlsx(before[0], "a.xlsx") == read_workbook(path)
