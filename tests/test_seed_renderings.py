"""The five published documents as text, .docx and .pdf: the same form and the same findings as from their workbooks,
place aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.reading.sheet import Fact
from benchmarks.reading.truth import facts_of
from perfxl.grid import Workbook
from perfxl.reading import read_forms
from perfxl.reading.values import parse_date
from perfxl.review import review_workbook
from perfxl.sources import read_workbook
from tests.document_forms import as_docx
from tests.extent import fast_first
from tests.pdf_forms import as_pdf
from tests.test_seeds import RETURNED, SEEDS

PUBLISHED = Path(__file__).parent / "forms" / "published"
TEXTS = dict(zip(SEEDS, ("kunming-2019", "kunming-2020", "gumei-2020", "lincang-2021", "guangzhou-2020"), strict=True))
"""The text of each document as a web page or a converter gave it."""

RUN_TOGETHER = "上海市人民政府驻昆明办事处-2020"
"""Its text was made from a PDF: no tabs, cells apart by blanks, broken over lines. Nothing is asked about: no
other way to part it agrees with its figures and line ends. The empty row of the second form is a line of six blanks."""


def said(workbook: Workbook) -> list[list[str]]:
    """Code and message of every finding, form by form. L103 names a row, which is another one elsewhere."""
    reviews = review_workbook(workbook, workbook.file).reviews
    return [sorted(f"{f.code} {'' if f.code == 'L103' else f.message()}" for f in one.findings) for one in reviews]


def facts(workbook: Workbook) -> list[dict[str, Fact]]:
    """Every field of every form; a day in one spelling, for a workbook holds no spelling of it."""
    return [
        {
            path: (day if path == "field/evaluated_on" and (day := _day(fact)) else fact)
            for path, fact, _ in facts_of(form)
        }
        for form in read_forms(workbook)
    ]


def _day(fact: Fact) -> str:
    day = parse_date(str(fact))
    return day.isoformat() if day else ""


def typed(name: str) -> Workbook:
    return read_workbook(RETURNED / f"{name}.xlsx")


@pytest.mark.parametrize("name", SEEDS)
def test_as_text(name: str) -> None:
    text, book = read_workbook(PUBLISHED / f"{TEXTS[name]}.txt"), typed(name)
    assert said(text) == said(book)
    assert facts(text) == facts(book)


@pytest.mark.parametrize("name", fast_first(SEEDS, 2))
def test_as_docx(name: str, tmp_path: Path) -> None:
    path, book = tmp_path / f"{name}.docx", typed(name)
    content = None
    for grid in book.grids:
        content = as_docx(grid, content)
    assert content
    path.write_bytes(content)
    assert said(read_workbook(path)) == said(book)
    assert facts(read_workbook(path)) == facts(book)


@pytest.mark.parametrize("name", fast_first(SEEDS, 2))
def test_as_pdf(name: str, tmp_path: Path) -> None:
    path, book = tmp_path / f"{name}.pdf", typed(name)
    path.write_bytes(as_pdf(*book.grids))
    assert said(read_workbook(path)) == said(book)
    assert facts(read_workbook(path)) == facts(book)


def test_an_empty_row_is_named_as_a_person_finds_it(tmp_path: Path) -> None:
    book = typed(RUN_TOGETHER)
    for kind, content in (("docx", as_docx(book.grids[0])), ("pdf", as_pdf(*book.grids))):
        (tmp_path / f"a.{kind}").write_bytes(content)
    rows = {
        path.name: [f.numbers["row"] for f in review_workbook(read_workbook(path), "").findings if f.code == "L103"]
        for path in (RETURNED / f"{RUN_TOGETHER}.xlsx", tmp_path / "a.docx", tmp_path / "a.pdf")
    }
    assert list(rows.values()) == [["第43行"], ["表1 第43行"], ["第2页 表1 第21行"]]
