"""What other programs make of the templates: the same numbers, pages without cut numbers, valid files."""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from pathlib import Path

import openpyxl
import pytest
from openxml_audit import FileFormat, OpenXmlValidator  # type: ignore[import-untyped]

from perfxl.layouts import template_name, write_form
from tests.spreadsheets import Program, recalculate
from tests.test_templates import SCHEMES, TEMPLATES, some_content

pytestmark = pytest.mark.acceptance

FILES = [(name, filled) for name in SCHEMES for filled in (False, True)]
ERRORS = ("#VALUE!", "#DIV/0!", "#NAME?", "#REF!", "#N/A", "#NUM!")


def file_of(name: str, filled: bool, folder: Path) -> Path:
    if not filled:
        return TEMPLATES / template_name(SCHEMES[name])
    path = folder / "filled.xlsx"
    write_form(SCHEMES[name], path, some_content(SCHEMES[name]))
    return path


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


def differences(path: Path, program: Program, sheets: set[str]) -> list[str]:
    """The formulas to which another program gives another result."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        computed = recalculate(path, program)
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
def test_libreoffice_computes_what_the_file_says(name: str, filled: bool, tmp_path: Path) -> None:
    path = file_of(name, filled, tmp_path)
    sheets = {sheet for sheet, _ in saved(path)}
    assert len(sheets) == 2
    assert not set(saved(path).values()) & set(ERRORS)
    assert differences(path, "libreoffice", sheets) == []


@pytest.mark.parametrize(("name", "filled"), FILES)
def test_gnumeric_computes_the_form_as_well(name: str, filled: bool, tmp_path: Path) -> None:
    """Not 自检: gnumeric does not search a column inside SUMPRODUCT(MAX(…))."""
    path = file_of(name, filled, tmp_path)
    form, _ = dict.fromkeys(sheet for sheet, _ in saved(path))
    wrong = [line for line in differences(path, "gnumeric", {form}) if "自检：" not in line]
    assert wrong == []


@pytest.mark.parametrize(("name", "filled"), FILES)
def test_valid_for_excel_2016(name: str, filled: bool, tmp_path: Path) -> None:
    result = OpenXmlValidator(file_format=FileFormat.OFFICE_2016).validate(file_of(name, filled, tmp_path))
    assert [str(error) for error in result.errors] == []


@pytest.mark.parametrize(("name", "filled"), FILES)
def test_prints_without_number_signs_and_without_the_helping_columns(name: str, filled: bool, tmp_path: Path) -> None:
    text = printed(file_of(name, filled, tmp_path), tmp_path)
    assert SCHEMES[name].layout.title.replace("{year}", "").strip() in text
    assert [word for word in ("##", "参考得分\n", "一级分值合计") if word in text.partition("填表说明：")[0]] == []


def printed(path: Path, folder: Path) -> str:
    """The text of all pages, as LibreOffice prints them."""
    office, extract = shutil.which("soffice"), shutil.which("pdftotext")
    if not office or not extract:
        reason = "LibreOffice or pdftotext is not installed"
        if os.environ.get("PERFXL_REQUIRE_ACCEPTANCE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path)]
    subprocess.run(command, capture_output=True, timeout=300, check=True)
    pdf = folder / f"{path.stem}.pdf"
    return subprocess.run([extract, "-layout", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
