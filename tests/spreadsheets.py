"""Recalculates a workbook in a program that is not ours: LibreOffice, gnumeric or excelize."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Literal, NoReturn

import openpyxl
import pytest

Program = Literal["libreoffice", "gnumeric", "excelize"]
PROGRAMS: tuple[Program, ...] = ("libreoffice", "gnumeric", "excelize")

# LibreOffice shows cached values as they are unless told to recalculate files of other programs.
_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def recalculate(path: Path, program: Program) -> dict[str, dict[str, object]]:
    """Sheet → address → value after a full recalculation; blank cells and formulas that give "" are left out.

    An error value is its text, `#DIV/0!`. A missing program skips the test, or fails it where
    PERFXL_REQUIRE_ACCEPTANCE is 1.
    """
    if program == "excelize":
        return _by_excelize(path)
    executable = shutil.which("soffice" if program == "libreoffice" else "ssconvert")
    if executable is None:
        missing(program)
    with tempfile.TemporaryDirectory() as folder:
        converted = Path(folder) / "out" / f"{path.stem}.xlsx"
        converted.parent.mkdir()
        if program == "libreoffice":
            profile = Path(folder) / "profile"
            (profile / "user").mkdir(parents=True)
            (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS_RECALCULATE, "utf-8")
            command = [
                *(executable, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to"),
                *("xlsx:Calc MS Excel 2007 XML", "--outdir", str(converted.parent), str(path)),
            ]
        else:
            command = [executable, "--recalc", str(path), str(converted)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if not converted.exists():
            raise RuntimeError(f"{program} wrote no workbook: {done.stderr.strip() or done.stdout.strip()}")
        return _values(converted)


def _values(path: Path) -> dict[str, dict[str, object]]:
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        sheet.title: {
            cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value not in (None, "")
        }
        for sheet in book.worksheets
    }


def _by_excelize(path: Path) -> dict[str, dict[str, object]]:
    try:
        import excelize
    except ImportError:
        missing("excelize")
    book = openpyxl.load_workbook(path)
    calculator = excelize.open_file(str(path))
    result: dict[str, dict[str, object]] = {}
    for sheet in book.worksheets:
        found = result.setdefault(sheet.title, {})
        for row in sheet.iter_rows():
            for cell in row:
                value: object = cell.value
                if cell.data_type == "f":
                    value = _calculated(calculator, sheet.title, cell.coordinate)
                if value not in (None, ""):
                    found[cell.coordinate] = value
    calculator.close()
    return result


def _calculated(calculator: object, sheet: str, address: str) -> object:
    """What excelize gives for one formula: it answers in text, and with an exception for an error value."""
    try:
        text: str = calculator.calc_cell_value(sheet, address)  # type: ignore[attr-defined]
    except RuntimeError as error:
        return str(error)
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    try:
        return float(text)
    except ValueError:
        return text


def missing(program: str) -> NoReturn:
    reason = f"{program} is not installed"
    if os.environ.get("PERFXL_REQUIRE_ACCEPTANCE") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
