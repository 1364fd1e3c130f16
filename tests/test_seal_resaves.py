"""Sealed files saved again by other programs, nothing edited: every one is 完好.

319 files, with PERFXL_LONG=1 2,079.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import openpyxl
import pytest

from perfxl.edit import SetProperty
from perfxl.editing import apply_edits
from perfxl.layouts import write_form
from perfxl.reading import read_forms
from perfxl.scheme_files import builtin_schemes
from perfxl.seal import verify
from perfxl.sources import read_workbook
from perfxl.sources.xlsx import read_xlsx
from tests.extent import cases
from tests.npm import fetched
from tests.random_forms import random_form
from tests.sealed_forms import RETURNED, SCHEMES, SEEDS, sealed
from tests.spreadsheets import installed, missing

pytestmark = pytest.mark.acceptance

ROUNDS = cases(3, 3, 23)
"""Random forms per scheme, besides every seed."""
SHEETJS = "xlsx@0.18.5"
Resave = Callable[[list[Path], Path], None]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Sealed workbooks of every scheme, and the seeds."""
    folder = tmp_path_factory.mktemp("sealed")
    written = []
    for number in range(ROUNDS):
        for scheme in SCHEMES:
            path = folder / f"{scheme.replace('/', '-')}-{number}.xlsx"
            write_form(builtin_schemes()[scheme], path, random_form(builtin_schemes()[scheme], 1000 + number).content)
            written.append(path)
    written += [Path(shutil.copy(RETURNED / name, folder)) for name in SEEDS]
    for path in written:
        data = path.read_bytes()
        properties = sealed(read_xlsx(data, path.name)).properties()
        path.write_bytes(apply_edits(data, [SetProperty(name, value) for name, value in properties.items()]))
    return written


def libreoffice(through: str, files: list[Path], out: Path) -> None:
    """xlsx → `through` → xlsx, all files in one start."""
    program = shutil.which("soffice") or missing("libreoffice")
    kinds = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "xls": "xls:MS Excel 97", "ods": "ods"}
    profile = f"-env:UserInstallation={(out / 'profile').as_uri()}"
    steps = [through] if through == "xlsx" else [through, "xlsx"]
    for step in steps:
        folder = out / step
        command = [program, profile, "--headless", "--convert-to", kinds[step], "--outdir", str(folder)]
        subprocess.run([*command, *map(str, files)], capture_output=True, timeout=900, check=True)
        files = [folder / f"{path.stem}.{step}" for path in files]
    for path in files:
        path.replace(out / path.name)


def gnumeric(files: list[Path], out: Path) -> None:
    program = shutil.which("ssconvert") or missing("gnumeric")
    for path in files:
        subprocess.run([program, str(path), str(out / path.name)], capture_output=True, timeout=120, check=True)


def excelize(files: list[Path], out: Path) -> None:
    import excelize as library

    for path in files:
        book = library.open_file(str(path))
        book.save_as(str(out / path.name))
        book.close()


def by_openpyxl(files: list[Path], out: Path) -> None:
    for path in files:
        openpyxl.load_workbook(path).save(out / path.name)


def sheetjs(files: list[Path], out: Path) -> None:
    node, modules = installed("node"), fetched(SHEETJS, out)
    pairs = [str(name) for path in files for name in (path, out / path.name)]
    script = [node, str(Path(__file__).with_name("resave.js")), str(modules)]
    subprocess.run([*script, *pairs], capture_output=True, timeout=900, check=True)


PROGRAMS: dict[str, tuple[Resave, int]] = {
    "LibreOffice": (partial(libreoffice, "xlsx"), 1),
    "LibreOffice .xls": (partial(libreoffice, "xls"), 1),
    "LibreOffice .ods": (partial(libreoffice, "ods"), 1),
    "gnumeric": (gnumeric, 1),
    "excelize": (excelize, 2),
    "openpyxl": (by_openpyxl, 2),
    "SheetJS": (sheetjs, 3),
}
"""With how many times each file is saved again, the result of one round being what the next one reads."""


def rounds(files: list[Path], program: str, folder: Path) -> Iterator[list[Path]]:
    resave, times = PROGRAMS[program]
    for number in range(times):
        out = folder / str(number)
        out.mkdir()
        resave(files, out)
        files = [out / path.name for path in files]
        yield files


@pytest.mark.parametrize("program", PROGRAMS)
def test_saved_again_without_an_edit_is_intact(program: str, files: list[Path], tmp_path: Path) -> None:
    seen = 0
    for resaved in rounds(files, program, tmp_path):
        wrong = []
        for path in resaved:
            workbook = read_workbook(path)
            verdict = verify(workbook, read_forms(workbook))
            seen += 1
            if verdict.status != "intact":
                wrong.append((path.name, verdict.word, verdict.reason, verdict.changes[:3]))
        assert wrong == []
    assert seen == len(files) * PROGRAMS[program][1] == (8 * ROUNDS + 5) * PROGRAMS[program][1]
