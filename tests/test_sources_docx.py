"""Word documents, written by python-docx: the same form as its sheet, and what only a document has."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.grid import Grid, Merge, Workbook
from perfxl.sources import UnreadableFile, read_workbook
from perfxl.sources.docx import read_docx
from perfxl.sources.package import Package
from tests.document_forms import FORMS, as_docx, findings, places, shown_cells
from tests.grids import form_grid
from tests.xlsx_packages import relationships, zipped

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def document(build: Callable[[Any], None]) -> bytes:
    made = docx.Document()
    build(made)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def body(xml: str, namespace: str = W, parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """A document with this body, written by hand."""
    text = f'<w:document xmlns:w="{namespace}"><w:body>{xml}</w:body></w:document>'
    root: dict[str, str | bytes] = {
        "_rels/.rels": relationships(("r1", "officeDocument", "word/document.xml")),
        "word/document.xml": text,
    }
    return zipped({**root, **(parts or {})})


def read(content: bytes) -> Grid:
    (grid,) = read_docx(Package(content), "a.docx").grids
    return grid


def p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def tbl(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


# ---- the same form


@pytest.mark.parametrize("form", FORMS)
def test_a_document_is_the_same_form(tmp_path: Path, form: str) -> None:
    sheet = form_grid(form)
    path = tmp_path / "水利局.wps"
    path.write_bytes(as_docx(sheet))
    workbook = read_workbook(path)
    (grid,) = workbook.grids
    assert shown_cells(grid) == shown_cells(sheet)
    assert set(grid.merges) == set(sheet.merges)
    assert findings(workbook) == findings(Workbook("a.xlsx", (sheet,)))
    assert str(grid.ref(7, 3)) == "水利局.wps › 表1 第7行 第3列"


def test_a_report_with_its_form_attached() -> None:
    """The title, the year and the unit stand above the table, the notes below; another table comes first."""
    sheet = form_grid("mof-2020")
    table = Grid(
        "a",
        "b",
        {(row - 2, column): cell for (row, column), cell in sheet.cells.items() if row > 2},
        tuple(Merge(m.top - 2, m.left, m.bottom - 2, m.right) for m in sheet.merges if m.top > 2),
    )

    def build(made: Any) -> None:
        made.add_paragraph("关于报送自评结果的报告")
        made.add_table(1, 2).cell(0, 1).text = "编号"
        made.add_paragraph("附件1")
        for row in (1, 2):
            made.add_paragraph(sheet.text(row, 1))

    grid = read(as_docx(table, document(build)))
    assert places(grid) == {
        "表1 上方第1段": "关于报送自评结果的报告",
        "表1 第1行 第2列": "编号",
        "表2 上方第3段": "附件1",
        "表2 上方第2段": sheet.text(1, 1),
        "表2 上方第1段": sheet.text(2, 1),
        **{f"表2 第{row - 2}行 第{column}列": sheet.text(row, column) for row, column in sheet.cells if row > 2},
    }
    found = findings(Workbook("a.docx", (grid,)))
    assert found == [(row + 3, column, code) for row, column, code in findings(Workbook("a.xlsx", (sheet,)))]


# ---- merges


def test_merges_of_every_kind() -> None:
    grid = read(
        body(
            tbl(
                tc("甲", '<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>') + tc("乙", "<w:hMerge w:val='restart'/>")
                + tc("x", "<w:hMerge/>"),
                tc("", '<w:gridSpan w:val="2"/><w:vMerge/>') + tc("丙") + tc("丁", '<w:vMerge w:val="restart"/>'),
                '<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + tc("戊") + tc("己") + tc("", "<w:vMerge/>"),
                tc("庚", "<w:vMerge/>"),
            )
        )
    )  # fmt: skip
    assert places(grid) == {
        "表1 第1行 第1列": "甲",
        "表1 第1行 第3列": "乙",
        "表1 第2行 第3列": "丙",
        "表1 第2行 第4列": "丁",
        "表1 第3行 第2列": "戊",
        "表1 第3行 第3列": "己",
        "表1 第4行 第1列": "庚",
    }
    assert set(grid.merges) == {Merge(1, 1, 2, 2), Merge(1, 3, 1, 4), Merge(2, 4, 3, 4)}


def test_a_table_within_a_cell_follows_its_row() -> None:
    inner = tbl(tc("内1") + tc("内2"), tc("内3"))
    outer = f"<w:tc>{p('前')}{inner}{p('后')}</w:tc>"
    grid = read(
        body(tbl(tc("左", '<w:vMerge w:val="restart"/>') + tc("页眉"), tc("", "<w:vMerge/>") + outer, tc("脚")))
    )
    assert places(grid) == {
        "表1 第1行 第1列": "左",
        "表1 第1行 第2列": "页眉",
        "表1 第2行 第2列": "前\n后",
        "表2 第1行 第1列": "内1",
        "表2 第1行 第2列": "内2",
        "表2 第2行 第1列": "内3",
        "表1 第3行 第1列": "脚",
    }
    assert [grid.text(row, 1) for row in (3, 4, 5)] == ["内1", "内3", "脚"]


# ---- text


def test_only_what_word_shows_is_read() -> None:
    compatible = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = f"<w:txbxContent>{p('框内')}{tbl(tc('格'))}</w:txbxContent>"
    xml = (
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>单位</w:t><w:tab/><w:t>万元</w:t><w:br/><w:t>二</w:t></w:r>"
        "<w:del><w:r><w:delText>删</w:delText><w:t>删</w:t></w:r></w:del><w:ins><w:r><w:t>增</w:t></w:r></w:ins>"
        "<w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
        f"<w:p {compatible}><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent><w:t>后</w:t></w:r></w:p><w:p/>"
    )
    assert places(read(body(xml))) == {
        "表1 上方第3段": "单位\t万元",
        "表1 上方第2段": "二增",
        "表1 上方第1段": "框内",
        "表1 第1行 第1列": "格",
        "表1 下方第1段": "后",
    }


def test_content_controls_and_strict_documents() -> None:
    row = f"<w:sdt><w:sdtContent>{tc('乙')}</w:sdtContent></w:sdt>"
    xml = f"<w:sdt><w:sdtContent>{p('甲')}{tbl(row)}</w:sdtContent></w:sdt>"
    for namespace in (W, "http://purl.oclc.org/ooxml/wordprocessingml/main"):
        assert places(read(body(xml, namespace))) == {"表1 上方第1段": "甲", "表1 第1行 第1列": "乙"}


def test_the_part_may_have_a_number(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    text = f'<w:document xmlns:w="{W}"><w:body>{p("甲")}</w:body></w:document>'
    rels = relationships(("r1", "officeDocument", "word/document2.xml"))
    path.write_bytes(zipped({"_rels/.rels": rels, "word/document2.xml": text}))
    assert [places(grid) for grid in read_workbook(path).grids] == [{"第1段": "甲"}]


def test_a_document_of_pictures_is_named() -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(body("<w:p/>", parts={"word/media/image1.jpeg": b"\xff\xd8"}))
    assert (caught.value.code, caught.value.numbers) == ("R108", {"kind": "只有图片的 Word 文档"})
    assert read(body("<w:p/>")).cells == {}


# ---- hostile


def refused(content: bytes) -> tuple[str, Mapping[str, str]]:
    with pytest.raises(UnreadableFile) as caught:
        read(content)
    return caught.value.code, caught.value.numbers


@pytest.mark.parametrize(
    ("xml", "refusal"),
    [
        (tbl(tc("", '<w:gridSpan w:val="99999"/>')), ("R105", "表格的列不超过 1,000 列")),
        (tbl(tc("", '<w:gridSpan w:val="x"/>')), ("R101", "表格的列数 x 有误")),
        (tbl('<w:trPr><w:gridBefore w:val="1000"/></w:trPr>' + tc("x")), ("R105", "表格的列不超过 1,000 列")),
        ("<w:tc/>", ("R101", "单元格不在表格的行内")),
        ("<w:tbl><w:tbl/></w:tbl>", ("R101", "表格嵌套有误")),
        ("<w:tbl><w:tr><w:tc>" * 30, ("R105", "XML 嵌套不超过 64 层")),
        (p("绩" * 32_768), ("R105", "单元格文字不超过 32,767 字")),
        ("<w:tbl><w:tr>", ("R101", "部件 word/document.xml 不是完整的 XML")),
        (p("a") * 1_000_001, ("R105", "压缩比不超过 100:1")),
    ],
)
def test_a_hostile_body(xml: str, refusal: tuple[str, str]) -> None:
    code, numbers = refused(body(xml))
    assert (code, *numbers.values()) == refusal


def test_more_cells_than_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfxl.sources.docx.MAX_CELLS", 3)
    assert read(body(tbl("<w:tc/>" * 2, "<w:tc/>"))).cells == {}
    assert refused(body(tbl("<w:tc/>" * 2, "<w:tc/>" * 2))) == ("R105", {"limit": "表格的单元格不超过 3 个"})


def test_a_doctype_is_refused() -> None:
    text = f'<!DOCTYPE a [<!ENTITY b "c">]><w:document xmlns:w="{W}"><w:body/></w:document>'
    assert refused(body("", parts={"word/document.xml": text})) == (
        "R101",
        {"reason": "部件 word/document.xml 含有 DTD 声明"},
    )


def test_parts_that_are_missing_or_foreign() -> None:
    foreign: dict[str, str | bytes] = {"word/document.xml": "<a/>"}
    assert refused(body("", parts=foreign)) == ("R101", {"reason": "部件 word/document.xml 的内容不是所称的类型"})
    rels: dict[str, str | bytes] = {"_rels/.rels": relationships(("r1", "officeDocument", "word/other.xml"))}
    assert refused(body("", parts=rels)) == ("R101", {"reason": "缺少部件 word/other.xml"})
    assert refused(zipped({"word/document.xml": "<a/>"})) == ("R101", {"reason": "压缩包内没有指明文档"})


def test_a_cut_or_encrypted_document(tmp_path: Path) -> None:
    content = as_docx(form_grid("mof-2020"))
    path = tmp_path / "a.docx"
    for percent in range(0, 100, 5):
        path.write_bytes(content[: len(content) * percent // 100])
        with pytest.raises(UnreadableFile) as caught:
            read_workbook(path)
        assert caught.value.code == "R101"
    locked = bytearray(content)
    place = -1
    while (place := locked.find(b"PK\x01\x02", place + 1)) >= 0:
        locked[place + 8] |= 1
    path.write_bytes(locked)
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(path)
    assert caught.value.code == "R102"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6), st.booleans())
def test_changed_bytes_never_raise_anything_else(changes: list[tuple[int, int]], inside: bool) -> None:
    xml = p("甲") + tbl(tc("乙", '<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>'), tc("", "<w:vMerge/>"))
    content = bytearray(body(xml))
    if inside:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            part = bytearray(archive.read("word/document.xml"))
        for place, value in changes:
            part[place % len(part)] = value
        content = bytearray(body("", parts={"word/document.xml": bytes(part)}))
    else:
        for place, value in changes:
            content[place % len(content)] = value
    try:
        read(bytes(content))
    except UnreadableFile as error:
        assert error.code in ("R101", "R102", "R105")
