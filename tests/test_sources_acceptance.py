"""Every filled template and every published form, saved by LibreOffice as other kinds of file, reads the same."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path

import pytest

from perfxl.grid import Grid, Workbook
from perfxl.layouts import write_form
from perfxl.reading import read_forms
from perfxl.review import review_workbook
from perfxl.scheme_files import builtin_schemes
from perfxl.sources import read_workbook
from perfxl.sources.docx import read_docx
from perfxl.sources.package import Package
from tests.document_forms import as_docx
from tests.random_forms import random_form
from tests.spreadsheets import _ALWAYS_RECALCULATE, missing

pytestmark = pytest.mark.acceptance

RETURNED = Path(__file__).parents[1] / "examples" / "returned"
PUBLISHED = sorted(path.stem for path in (RETURNED / "LibreOffice另存").glob("*.xlsx"))
SCHEMES = [identifier.replace("/", "-") for identifier in builtin_schemes()]
FILTERS = {
    "xls": "xls:MS Excel 97",
    "ods": "ods",
    "html": "html",
    "csv": "csv:Text - txt - csv (StarCalc):44,34,76",
    "pdf": "pdf",
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the workbooks, with a folder for each other kind."""
    soffice = shutil.which("soffice")
    if soffice is None:
        missing("libreoffice")
    folder = tmp_path_factory.mktemp("saved")
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(_ALWAYS_RECALCULATE, "utf-8")
    for name in PUBLISHED:
        shutil.copy(RETURNED / f"{name}.xlsx", folder)
    for identifier, scheme in builtin_schemes().items():
        write_form(scheme, folder / f"{identifier.replace('/', '-')}.xlsx", random_form(scheme, 7).content)
    books = sorted(map(str, folder.glob("*.xlsx")))
    for kind, filter_name in FILTERS.items():
        command = [
            soffice,
            f"-env:UserInstallation={profile.parent.as_uri()}",
            "--headless",
            "--convert-to",
            filter_name,
        ]
        subprocess.run([*command, "--outdir", str(folder / kind), *books], capture_output=True, timeout=300, check=True)
    return folder


def both(saved: Path, name: str, kind: str) -> tuple[Workbook, Workbook]:
    return read_workbook(saved / f"{name}.xlsx"), read_workbook(saved / kind / f"{name}.{kind}")


def exactly(workbook: Workbook) -> list[tuple[str, int, int, str, str]]:
    return [
        (finding.at.sheet, finding.at.row, finding.at.column, finding.code, finding.message())
        for finding in review_workbook(workbook, "a").findings
    ]


def codes(workbook: Workbook) -> list[tuple[str, str]]:
    """Code and message of every finding; L103 names a row, which is another in a document."""
    return [(code, "" if code == "L103" else message) for _, _, _, code, message in exactly(workbook)]


def typed(grid: Grid) -> dict[tuple[int, int], tuple[object, str, bool, bool]]:
    """A formula's text is left out: LibreOffice gives results the format of what they come from."""
    return {
        place: (cell.value, "" if cell.formula else cell.text, cell.formula is not None, cell.locked)
        for place, cell in grid.cells.items()
    }


def printed(grid: Grid) -> dict[tuple[int, int], str]:
    """Texts without white space. Of dates and formulas other programs may show another form of the same value."""
    return {
        place: squeezed(cell.text)
        for place, cell in grid.cells.items()
        if cell.text.strip() and cell.formula is None and not isinstance(cell.value, datetime)
    }


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def among(texts: Mapping[tuple[int, int], str], other: Mapping[tuple[int, int], str]) -> dict[tuple[int, int], str]:
    return {place: other.get(place, "") for place in texts}


# ---- workbooks of other kinds: everything is the same


@pytest.mark.parametrize("name", [*PUBLISHED, *SCHEMES])
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_other_workbooks_are_the_same_to_the_last_finding(saved: Path, name: str, kind: str) -> None:
    book, other = both(saved, name, kind)
    assert [grid.sheet for grid in other.grids] == [grid.sheet for grid in book.grids]
    assert {key: value for key, value in other.properties.items() if key != "AppVersion"} == book.properties
    for one, two in zip(book.grids, other.grids, strict=True):
        assert typed(two) == typed(one)
        assert (set(two.merges), two.hidden, two.protected) == (set(one.merges), one.hidden, one.protected)
    assert exactly(other) == exactly(book)


# ---- documents: the same texts at the same places; no property names the scheme, and all sheets are one text


@pytest.mark.parametrize("name", [*PUBLISHED, *SCHEMES])
def test_a_page_has_the_same_texts_at_the_same_places(saved: Path, name: str) -> None:
    """LibreOffice puts the names of several sheets above and between their tables."""
    book, page = both(saved, name, "html")
    (grid,) = page.grids
    tops = [row for row, place in sorted(grid.row_places.items()) if place.endswith(" 第1行 第{column}列")]
    shown = printed(grid)
    for sheet, top in zip((sheet for sheet in book.grids if not sheet.hidden), tops, strict=True):
        texts = printed(sheet)
        assert among(texts, {(row - top + 1, column): text for (row, column), text in shown.items()}) == texts
    if name in PUBLISHED:
        assert codes(page) == codes(book)
    else:
        assert set(codes(page)) - set(codes(book)) == extra(page)


@pytest.mark.parametrize("name", [*PUBLISHED, *SCHEMES])
def test_a_csv_has_the_same_texts_at_the_same_places(saved: Path, name: str) -> None:
    """LibreOffice writes the first sheet only. Merges are lost, so findings that need them differ."""
    book, text = both(saved, name, "csv")
    texts = printed(book.grids[0])
    assert among(texts, printed(text.grids[0])) == texts


@pytest.mark.parametrize("name", [*PUBLISHED, *SCHEMES])
def test_a_pdf_has_the_same_texts_row_by_row(saved: Path, name: str) -> None:
    """What is printed: the columns right of the form are not. A line of text counts as a row."""
    book, pages = both(saved, name, "pdf")
    (grid,) = pages.grids
    sheet = next(sheet for sheet in book.grids if read_forms(Workbook("a", (sheet,))))
    width = max(merge.right for merge in sheet.merges if merge.top == read_forms(Workbook("a", (sheet,)))[0].at.row)
    rows = {
        row: [text for (_, column), text in cells if column <= width]
        for row, cells in groupby(sorted(printed(sheet).items()), lambda item: item[0][0])
    }
    found = [{squeezed(cell.text) for _, cell in cells} for _, cells in grid.rows()]
    assert [row for row, texts in rows.items() if not any(set(texts) <= one for one in found)] == []
    if name in PUBLISHED:
        assert codes(pages) == codes(book)
    else:
        assert set(codes(pages)) - set(codes(book)) == extra(pages)


@pytest.mark.parametrize("name", [*PUBLISHED, *SCHEMES])
def test_a_word_table_of_the_sheet_gives_the_same_findings(saved: Path, name: str) -> None:
    book = read_workbook(saved / f"{name}.xlsx")
    sheet = next(sheet for sheet in book.grids if read_forms(Workbook("a", (sheet,))))
    alone = Workbook("a.xlsx", (sheet,))
    document = read_docx(Package(as_docx(sheet)), "a.docx")
    assert among(printed(sheet), printed(document.grids[0])) == printed(sheet)
    assert codes(document) == codes(alone)


def extra(workbook: Workbook) -> set[tuple[str, str]]:
    """What a template's other sheets give: no property names its scheme, and its 填表说明 are text around the form."""
    return {found for found in codes(workbook) if found[0] in ("L106", "W106", "X102", "Y101")}
