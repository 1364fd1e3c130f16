"""Recalculates a workbook in a program that is not ours: LibreOffice, gnumeric or excelize."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NoReturn

import openpyxl
import pytest

from tests.extent import ACCEPTANCE

Program = Literal["libreoffice", "gnumeric", "excelize"]
PROGRAMS: tuple[Program, ...] = ("libreoffice", "gnumeric", "excelize")

# LibreOffice shows cached values as they are unless told to recalculate files of other programs.
_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


Sheets = dict[str, dict[str, object]]
"""Sheet → address → value; without blank cells and formulas that give "". An error value is its text, `#DIV/0!`."""


def recalculate(path: Path, program: Program) -> Sheets:
    """What a program makes of it. A missing one skips the test, or fails it where PERFXL_REQUIRE_ACCEPTANCE is 1."""
    return recalculate_all([path], program)[path]


def recalculate_all(paths: Sequence[Path], program: Program) -> dict[Path, Sheets]:
    """Of files with different names. LibreOffice is started once: starting takes longer than recalculating."""
    if program == "excelize":
        return {path: _by_excelize(path) for path in paths}
    executable = shutil.which("soffice" if program == "libreoffice" else "ssconvert")
    if executable is None:
        missing(program)
    with tempfile.TemporaryDirectory() as folder:
        converted = {path: Path(folder) / "out" / f"{path.stem}.xlsx" for path in paths}
        assert len(set(converted.values())) == len(paths)
        (Path(folder) / "out").mkdir()
        if program == "libreoffice":
            profile = Path(folder) / "profile"
            (profile / "user").mkdir(parents=True)
            (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS_RECALCULATE, "utf-8")
            command = [executable, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to"]
            command += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(Path(folder) / "out"), *map(str, paths)]
            commands = [command]
        else:
            commands = [[executable, "--recalc", str(path), str(target)] for path, target in converted.items()]
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        lacking = [path.name for path, target in converted.items() if not target.exists()]
        if lacking:
            raise RuntimeError(f"{program} wrote no {lacking}: {done.stderr.strip() or done.stdout.strip()}")
        return {path: _values(target) for path, target in converted.items()}


def _values(path: Path) -> Sheets:
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        sheet.title: {
            cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value not in (None, "")
        }
        for sheet in book.worksheets
    }


def _by_excelize(path: Path) -> Sheets:
    try:
        import excelize
    except ImportError:
        missing("excelize")
    book = openpyxl.load_workbook(path)
    calculator = excelize.open_file(str(path))
    result: Sheets = {}
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


def installed(name: str) -> str:
    """The path of a program. Without it the test is skipped, or fails, as in recalculate()."""
    return shutil.which(name) or missing(name)


def missing(program: str) -> NoReturn:
    reason = f"{program} is not installed"
    if ACCEPTANCE:
        pytest.fail(reason)
    pytest.skip(reason)
