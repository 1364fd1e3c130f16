"""Word documents: 评分底稿, the page all of them have, and what they keep and refuse."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from openxml_audit import OpenXmlValidator  # type: ignore[import-untyped]

from perfxl.layouts import write_form
from perfxl.layouts.content import BLANK_CONTENT
from perfxl.review import review_workbook
from perfxl.scheme import Scheme
from perfxl.scheme_files import builtin_schemes
from perfxl.sources import UnreadableFile, read_workbook
from perfxl.words.notice import Letterhead, Returned, covering_list, notice
from perfxl.words.page import Paper
from perfxl.words.reading import read_blocks
from perfxl.words.report import report
from perfxl.words.working_paper import working_paper
from tests.commands import RETURNED, Capture, run
from tests.docx_text import shown
from tests.golden_files import assert_golden
from tests.sample_reviews import HOSTILE, sample_files
from tests.word_documents import SEEDS, report_of, reviewed, workbook_of

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")


# 评分底稿


@pytest.mark.parametrize("seed", SEEDS)
def test_working_paper(seed: str) -> None:
    name, index = SEEDS[seed]
    assert_golden(f"words-paper-{seed}.txt", shown(working_paper(reviewed(name).reviews[index], f"{name}.xlsx")))


def test_papers_beside_the_scores(tmp_path: Path, capsys: Capture) -> None:
    code, _, err = run(capsys, "score", RETURNED / "上海市人民政府驻昆明办事处-2020.xlsx", "--paper", tmp_path)
    names = [f"上海市人民政府驻昆明办事处-2020-{number}-评分底稿.docx" for number in (1, 2)]
    assert (code, err.splitlines()) == (0, [f"{tmp_path.as_posix()}/{name}" for name in names])
    assert sorted(path.name for path in tmp_path.iterdir()) == names


# All documents


def test_the_page_of_an_official_document() -> None:
    section = docx.Document(io.BytesIO(report_of("gumei").data)).sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    sizes = [round(size.mm) for size in (section.page_width, section.page_height, *margins) if size is not None]
    assert sizes == [210, 297, 37, 35, 28, 26]


def test_the_documents_keep_the_schema_of_word(tmp_path: Path) -> None:
    file = reviewed("上海市人民政府驻昆明办事处-2020")
    documents = (
        report_of("gumei").data,
        notice("甲", [Returned(file, "甲-批注.xlsx")], Letterhead()),
        covering_list([("甲", [Returned(file)])], Letterhead()),
        working_paper(file.reviews[1], "表.xlsx"),
    )
    for data in documents:
        path = tmp_path / "文档.docx"
        path.write_bytes(data)
        assert [str(error) for error in OpenXmlValidator().validate(str(path)).errors] == []


def test_headings_are_numbered_by_their_styles() -> None:
    book = docx.Document(io.BytesIO(Paper("空").data()))
    levels = book.part.numbering_part.element.findall(".//{*}lvl")
    value = docx.oxml.ns.qn("w:val")
    found = [tuple(level.find(f"{{*}}{tag}").get(value) for tag in ("pStyle", "numFmt", "lvlText")) for level in levels]
    assert found == [
        ("Heading1", "chineseCounting", "%1、"),
        ("Heading2", "chineseCounting", "（%2）"),
        ("Heading3", "decimal", "%3．"),
        ("Heading4", "decimal", "（%4）"),
    ]


def test_page_numbers_stand_outside() -> None:
    section = docx.Document(io.BytesIO(Paper("空").data())).sections[0]
    footers = [footer.paragraphs[0] for footer in (section.footer, section.even_page_footer)]
    fields = [paragraph._p.find("{*}fldSimple").get(docx.oxml.ns.qn("w:instr")) for paragraph in footers]
    assert ([paragraph.alignment for paragraph in footers], fields) == ([2, 0], ["PAGE", "PAGE"])


def test_fonts_go_through_the_east_asian_slots() -> None:
    fonts = {}
    for style in docx.Document(io.BytesIO(Paper("空").data())).styles:
        slots = style.element.find(".//{*}rFonts")
        fonts[style.name] = slots.get(docx.oxml.ns.qn("w:eastAsia")) if slots is not None else None
    names = ("公文标题", "公文正文", "Heading 1", "Heading 2", "Heading 3")
    assert [fonts[name] for name in names] == ["方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "仿宋_GB2312"]


def test_what_a_workbook_says_is_text() -> None:
    file = next(file for file in sample_files() if file.status == "returned")
    data = notice(HOSTILE, [Returned(file)], Letterhead(HOSTILE, HOSTILE, HOSTILE))
    text = shown(data)
    assert HOSTILE.partition("\u202e")[0] in text
    assert CONTROL.search(text) is None


def test_what_a_form_says_is_text_in_its_report() -> None:
    book = workbook_of(SEEDS["lincang"][0])
    grid = book.grids[0]
    said = {"驻京联络处2021工作经费": f'{HOSTILE}{{year}}"&', "质量指标": f"{HOSTILE}\x00\ud800"}
    cells = {place: cell._replace(value=said.get(cell.text, cell.value)) for place, cell in grid.cells.items()}
    changed = replace(book, grids=(replace(grid, cells=cells),))
    file = review_workbook(changed, "表.xlsx")
    text = shown(report(changed, file, file.reviews[0], {}).data)
    paper = shown(working_paper(file.reviews[0], f"{HOSTILE}.xlsx"))
    assert ("{year}" in text, "<script>" in text, "<script>" in paper) == (True, True, True)
    assert (CONTROL.search(text), CONTROL.search(paper)) == (None, None)


@pytest.mark.parametrize("scheme", [scheme for scheme in builtin_schemes().values() if scheme.execution])
def test_a_blank_form_gives_a_report_of_gaps_and_a_paper(scheme: Scheme, tmp_path: Path) -> None:
    path = tmp_path / "空.xlsx"
    write_form(scheme, path, BLANK_CONTENT)
    book = read_workbook(path)
    file = review_workbook(book, path.name)
    one = file.reviews[0]
    made = report(book, file, one, {})
    assert made.gaps > 10
    assert "【表中未填项目名称】" in shown(made.data)
    assert "参考得分" not in shown(made.data), "our helper columns are no part of the form"
    assert "未填" in shown(working_paper(one, path.name))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "R101"),
        (b"PK\x03\x04broken", "R101"),
        ((RETURNED / "古美路街道办事处-2020.xlsx").read_bytes(), "R103"),
        ((RETURNED / "滨河区档案馆-网页另存.xls").read_bytes(), "R103"),
    ],
)
def test_what_is_no_word_document(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_blocks(data)
    assert caught.value.code == code


def test_a_document_with_a_dtd_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(UnreadableFile) as caught:
        read_blocks(packed.getvalue())
    assert (caught.value.code, caught.value.numbers) == ("R101", {"reason": "文档含有 DTD"})


def test_the_same_bytes_twice() -> None:
    name, index = SEEDS["gumei"]
    review = reviewed(name).reviews[index]
    assert working_paper(review, "表.xlsx") == working_paper(review, "表.xlsx")
    with zipfile.ZipFile(io.BytesIO(working_paper(review, "表.xlsx"))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_no_pdf_without_libreoffice(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code, out, err = run(capsys, "report", RETURNED / "古美路街道办事处-2020.xlsx", "--out", tmp_path, "--pdf")
    said = "perfxl: 没有找到 LibreOffice，不能转成 PDF；请安装后再用 --pdf，或在 Word、WPS 中另存为 PDF\n"
    assert (code, out, err, list(tmp_path.iterdir())) == (2, "", said, [])
