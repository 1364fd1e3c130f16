"""What other programs make of the templates: the same numbers, pages without cut numbers, valid files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from openxml_audit import FileFormat, OpenXmlValidator  # type: ignore[import-untyped]

from perfxl.layouts import template_name, write_form
from tests.spreadsheets import Sheets, missing, recalculate, recalculate_all
from tests.test_templates import SCHEMES, TEMPLATES, some_content

pytestmark = pytest.mark.acceptance

FILES = [(name, filled) for name in SCHEMES for filled in (False, True)]
Files = dict[tuple[str, bool], Path]
ERRORS = ("#VALUE!", "#DIV/0!", "#NAME?", "#REF!", "#N/A", "#NUM!")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Every template, blank and filled in."""
    folder = tmp_path_factory.mktemp("templates")
    found: Files = {}
    for name, filled in FILES:
        blank = TEMPLATES / template_name(SCHEMES[name])
        found[name, filled] = path = folder / f"{blank.stem}{filled}.xlsx"
        if filled:
            write_form(SCHEMES[name], path, some_content(SCHEMES[name]))
        else:
            shutil.copy(blank, path)
    return found


@pytest.fixture(scope="module")
def by_libreoffice(files: Files) -> dict[Path, Sheets]:
    return recalculate_all(list(files.values()), "libreoffice")


def saved(path: Path) -> dict[tuple[str, str], object]:
    """What stands in the file for every formula: its own result, None for an empty text."""
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.coordinate): values[sheet.title][cell.coordinate].value or None
        for sheet in formulas.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def differences(path: Path, computed: Sheets, sheets: set[str]) -> list[str]:
    """The formulas to which another program gives another result."""
    found = []
    for (sheet, address), value in saved(path).items():
        other = computed[sheet].get(address) or None
        if isinstance(value, int | float) and isinstance(other, int | float):
            same = abs(value - other) <= 1e-12 * max(abs(value), 1)
        else:
            same = value == other
        if not same and sheet in sheets:
            found.append(f"{sheet}!{address} {value!r} {other!r}")
    return found


@pytest.mark.parametrize(("name", "filled"), FILES)
def test_libreoffice_computes_what_the_file_says(
    name: str, filled: bool, files: Files, by_libreoffice: dict[Path, Sheets]
) -> None:
    path = files[name, filled]
    sheets = {sheet for sheet, _ in saved(path)}
    assert len(sheets) == 2
    assert not set(saved(path).values()) & set(ERRORS)
    assert differences(path, by_libreoffice[path], sheets) == []


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
@pytest.mark.parametrize(("name", "filled"), FILES)
def test_gnumeric_computes_the_form_as_well(name: str, filled: bool, files: Files) -> None:
    """Not 自检: gnumeric does not search a column inside SUMPRODUCT(MAX(…))."""
    path = files[name, filled]
    form, _ = dict.fromkeys(sheet for sheet, _ in saved(path))
    wrong = [line for line in differences(path, recalculate(path, "gnumeric"), {form}) if "自检：" not in line]
    assert wrong == []


@pytest.mark.parametrize(("name", "filled"), FILES)
def test_valid_for_excel_2016(name: str, filled: bool, files: Files) -> None:
    result = OpenXmlValidator(file_format=FileFormat.OFFICE_2016).validate(files[name, filled])
    assert [str(error) for error in result.errors] == []


@pytest.mark.parametrize(("name", "filled"), FILES)
def test_prints_without_number_signs_and_without_the_helping_columns(
    name: str, filled: bool, files: Files, printed: Path
) -> None:
    pdf = printed / f"{files[name, filled].stem}.pdf"
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
    assert SCHEMES[name].layout.title.replace("{year}", "").strip() in text
    assert [word for word in ("##", "参考得分\n", "一级分值合计") if word in text.partition("填表说明：")[0]] == []


@pytest.fixture(scope="module")
def printed(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every file as LibreOffice prints it."""
    office, folder = shutil.which("soffice"), tmp_path_factory.mktemp("printed")
    if not office or not shutil.which("pdftotext"):
        missing("LibreOffice or pdftotext")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, files.values())], capture_output=True, timeout=300, check=True)
    return folder
