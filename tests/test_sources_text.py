"""Text, web pages and XML 表格 2003: the same form as its sheet, and nothing but UnreadableFile for the rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.grid import Cell, CellError, Grid, Merge, Workbook
from perfxl.sources import UnreadableFile, read_workbook
from perfxl.sources.html import read_html
from perfxl.sources.text import read_text
from perfxl.sources.xml_2003 import read_xml_2003
from tests.document_forms import FORMS, as_html, as_tabs, as_xml_2003, findings, shown_cells
from tests.grids import form_grid

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030")


def read_content(tmp_path: Path, content: bytes, name: str = "水利局.xls") -> Workbook:
    path = tmp_path / name
    path.write_bytes(content)
    return read_workbook(path)


def only(workbook: Workbook) -> Grid:
    (grid,) = workbook.grids
    return grid


def refused(read: Callable[[bytes, str], Workbook], content: str | bytes) -> tuple[str, str]:
    """The code and its one parameter, soon."""
    started = time.process_time()
    with pytest.raises(UnreadableFile) as caught:
        read(content.encode() if isinstance(content, str) else content, "a.xls")
    assert time.process_time() - started < 3
    (number,) = caught.value.numbers.values()
    return caught.value.code, number


# ---- the same form


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("form", FORMS)
def test_a_page_is_the_same_form(tmp_path: Path, form: str, encoding: str) -> None:
    sheet = form_grid(form)
    page = only(read_content(tmp_path, as_html(sheet).encode(encoding)))
    assert shown_cells(page) == shown_cells(sheet)
    assert set(page.merges) == set(sheet.merges)
    assert findings(Workbook("a.xls", (page,))) == findings(Workbook("a.xlsx", (sheet,)))


@pytest.mark.parametrize("form", FORMS)
def test_xml_2003_is_the_same_form(tmp_path: Path, form: str) -> None:
    sheet = form_grid(form)
    read = only(read_content(tmp_path, as_xml_2003(sheet).encode()))
    assert shown_cells(read) == shown_cells(sheet)
    assert set(read.merges) == set(sheet.merges)
    assert findings(Workbook("a.xls", (read,))) == findings(Workbook("a.xlsx", (sheet,)))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("form", FORMS)
def test_tabs_keep_texts_and_places(tmp_path: Path, form: str, encoding: str) -> None:
    sheet = form_grid(form)
    read = only(read_content(tmp_path, as_tabs(sheet).encode(encoding)))
    assert shown_cells(read) == shown_cells(sheet)


def test_a_place_in_a_page_and_in_text_is_said_in_words(tmp_path: Path) -> None:
    sheet = form_grid("mof-2020")
    page = only(read_content(tmp_path, as_html(sheet).encode()))
    text = only(read_content(tmp_path, as_tabs(sheet).encode()))
    assert str(page.ref(7, 3)) == "水利局.xls › 表1 第7行 第3列"
    assert str(text.ref(7, 3)) == "水利局.xls › 第7行 第3列"
    assert (page.ref(7, 3).address, page.ref(7, 3).in_file) == ("表1 第7行 第3列",) * 2


# ---- text


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("甲\t1\r\n\t2", {(1, 1): "甲", (1, 2): "1", (2, 2): "2"}),
        ("甲,1\n乙,2\n", {(1, 1): "甲", (1, 2): "1", (2, 1): "乙", (2, 2): "2"}),
        ("甲;1,5\n乙;2\n", {(1, 1): "甲", (1, 2): "1,5", (2, 1): "乙", (2, 2): "2"}),
        ('"甲\n乙","1,040.00"\n丙,2\n', {(1, 1): "甲\n乙", (1, 2): "1,040.00", (2, 1): "丙", (2, 2): "2"}),
        ('甲\t"乙\n丙"\n', {(1, 1): "甲", (1, 2): "乙\n丙"}),
        ('甲\t"六个一"工作\n', {(1, 1): "甲", (1, 2): '"六个一"工作'}),
        ('甲\t"未完\n乙\t2\n', {(1, 1): "甲", (1, 2): '"未完', (2, 1): "乙", (2, 2): "2"}),
        ("一, 二\n三\n四\n", {(1, 1): "一, 二", (2, 1): "三", (3, 1): "四"}),
        ("请查收", {(1, 1): "请查收"}),
        ("标题\n\n甲 \t 1\n\n乙\t2\n", {(1, 1): "标题", (2, 1): "甲", (2, 2): "1", (3, 1): "乙", (3, 2): "2"}),
    ],
)
def test_how_fields_are_parted(text: str, cells: dict[tuple[int, int], str]) -> None:
    grid = only(read_text(text.encode(), "a.txt"))
    assert {place: cell.value for place, cell in grid.cells.items()} == cells


def test_a_word_table_turned_into_text_has_a_field_a_line() -> None:
    """Rows begin behind a blank line; a field may have several lines, even blank ones, before the next field."""
    lines = [
        *("报告", "", "项目支出绩效自评表", ""),
        *("\t项目名称", "\t工作经费", ""),
        *("\t项目资金", "（万元）", "\t", "\t年初", "", "预算数", "\t全年执行数", ""),
        *("\t", "\t年度资金总额：", "\t50", "\t50", ""),
        *("备注：无", "", "完"),
    ]
    grid = only(read_text("\r\n".join(lines).encode(), "a.txt"))
    assert {grid.ref(*place).in_file: cell.text for place, cell in grid.cells.items()} == {
        "第1行 第1列": "报告",
        "第3行 第1列": "项目支出绩效自评表",
        "第5行 第1列": "项目名称",
        "第5行 第2列": "工作经费",
        "第8行 第1列": "项目资金\n（万元）",
        "第8行 第3列": "年初\n预算数",
        "第8行 第4列": "全年执行数",
        "第16行 第2列": "年度资金总额：",
        "第16行 第3列": "50",
        "第16行 第4列": "50",
        "第21行 第1列": "备注：无",
        "第23行 第1列": "完",
    }


def test_text_that_is_none() -> None:
    encoding = ("R101", "文字编码有误，不是完整的 UTF-8、UTF-16 或 GB18030 文字")
    assert refused(read_text, b"\xff\xfe\x00") == encoding
    assert refused(read_text, b"\xef\xbb\xbf\xff") == encoding
    assert refused(read_text, "绩效".encode("gb18030") + b"\xff") == encoding
    assert refused(read_text, "a\tb\0") == ("R101", "文字中有空字符")


def test_text_over_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(read_text, "\t" * 16_384) == ("R105", "列号不超过 16,384")
    assert refused(read_text, "\n" * 1_048_577) == ("R105", "行号不超过 1,048,576")
    assert refused(read_text, "绩" * 32_768) == ("R105", "单元格文字不超过 32,767 字")
    monkeypatch.setattr("perfxl.sources.text.MAX_CELLS", 3)
    assert refused(read_text, "a\tb\nc\td\n")[0] == "R105"


# ---- pages


def page_cells(body: str) -> dict[tuple[int, int], str]:
    return {place: cell.text for place, cell in only(read_html(f"<html>{body}</html>".encode(), "a.xls")).cells.items()}


def test_text_around_tables_stands_in_rows_as_wide_as_the_table() -> None:
    body = (
        "<h1>项目支出绩效自评表</h1><p>（2020年度）<br>单位：万元</p>"
        "<table><caption>一、情况</caption><tr><td>甲<td>1<td>2</table><div>填表人：</div>尾<script>x</script>"
    )
    grid = only(read_html(body.encode(), "a.html"))
    assert [grid.text(row, 1) for row in range(1, 8)] == [
        *("项目支出绩效自评表", "（2020年度）", "单位：万元", "一、情况", "甲", "填表人：", "尾"),
    ]
    assert grid.merges == tuple(Merge(row, 1, row, 3) for row in (1, 2, 3, 4, 6, 7))
    assert [grid.ref(row, 1).in_file for row in range(1, 8)] == [
        *("表1 上方第4段", "表1 上方第3段", "表1 上方第2段", "表1 上方第1段"),
        *("表1 第1行 第1列", "表1 下方第1段", "表1 下方第2段"),
    ]


def test_a_page_without_a_table() -> None:
    grid = only(read_html("<p>甲</p><p>乙</p>".encode(), "a.html"))
    assert (grid.text(2, 1), grid.ref(2, 1).in_file, grid.merges) == ("乙", "第2段", ())


def test_a_table_within_a_cell_follows_its_row() -> None:
    inner = "<table><tr><td>内1<td>内2<tr><td>内3</table>"
    body = f"<table><tr><td rowspan=3>左<td>页眉<tr><td>前{inner}后<tr><td>页脚</table>"
    grid = only(read_html(body.encode(), "a.html"))
    assert {grid.ref(*place).in_file: cell.text for place, cell in grid.cells.items()} == {
        "表1 第1行 第1列": "左",
        "表1 第1行 第2列": "页眉",
        "表1 第2行 第2列": "前\n后",
        "表2 第1行 第1列": "内1",
        "表2 第1行 第2列": "内2",
        "表2 第2行 第1列": "内3",
        "表1 第3行 第2列": "页脚",
    }
    assert [grid.text(row, column) for row, column in ((3, 1), (4, 1), (5, 2))] == ["内1", "内3", "页脚"]
    assert grid.merges == (Merge(1, 1, 2, 1),)


def test_blanks_are_those_a_browser_shows() -> None:
    body = "<table><tr><td> 甲 \n 乙&nbsp;&nbsp;<b>丙</b><p>丁</p><td>&nbsp;<td>1&lt;2&#20013;</table>"
    assert page_cells(body) == {(1, 1): "甲 乙 丙\n丁", (1, 3): "1<2中"}


def test_slips_in_spans_are_taken_as_browsers_take_them() -> None:
    body = (
        "<table><tr><td rowspan=99999999999>甲<td colspan=x>乙<td colspan=0>丙<tr><td colspan=-2>丁<tr><td>戊</table>"
    )
    assert page_cells(body) == {(1, 1): "甲", (1, 2): "乙", (1, 3): "丙", (2, 2): "丁", (3, 2): "戊"}
    crossing = "<table><tr><td>甲<td rowspan=2>乙<tr><td colspan=3>丙<td>丁</table>"
    grid = only(read_html(crossing.encode(), "a.html"))
    assert (grid.merges, grid.text(2, 3)) == ((Merge(1, 2, 2, 2),), "丁")


def test_a_page_of_frames_says_that_its_content_is_elsewhere() -> None:
    """Excel saves a workbook of several sheets so, with a folder of the sheets beside it."""
    page = (
        "<html><head><title>x</title></head><frameset rows='*,39'><frame src='a.files/sheet001.htm'></frameset></html>"
    )
    assert refused(read_html, page) == ("R103", "只有框架的网页（HTML），内容在另外的文件里")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ("<table><tr>" + "<td colspan=1000>x" * 20, ("R105", "表格的列不超过 1,000 列")),
        ("<table>" + "<tr><td colspan=999 rowspan=65000>x" * 20_000, ("R105", "表格的列不超过 1,000 列")),
        ("<b>" * 500_001, ("R105", "网页标签不超过 500,000 个")),
        ("<table><tr><td>" + "绩" * 32_768, ("R105", "单元格文字不超过 32,767 字")),
        ("", ("R101", "网页没有内容")),
    ],
)
def test_a_page_over_a_limit(body: str, refusal: tuple[str, str]) -> None:
    code, number = refused(read_html, body)
    assert (code, number) == refusal


def test_a_page_meant_to_exhaust_is_soon_read() -> None:
    started = time.process_time()
    page_cells("<table><tr>" + "<td rowspan=60000>x" * 999 + "<tr><td>y" * 30_000)
    page_cells("<table>" + "<tr>" * 100_000 + "<td rowspan=0 colspan=900>x")
    assert time.process_time() - started < 10
    nested = ("R105", "网页嵌套不超过 255 层，一处文字不超过 10 MB")
    assert refused(read_html, "<table><tr><td>" * 100_000) == nested
    assert refused(read_html, "<div>" * 300_000) == nested


def test_a_page_cut_within_its_table_is_refused() -> None:
    content = as_html(form_grid("mof-2020")).encode("gb18030")
    start, end = content.index(b"<table") + 6, content.index(b"</table>") + 7
    for place in range(start, end, (end - start) // 40):
        assert refused(read_html, content[:place])[0] == "R101"
    for whole in (content, content[: end + 1]):
        assert only(read_html(whole, "a.xls")).cells


# ---- XML 表格 2003

HEAD = (
    '<?xml version="1.0" encoding="{}"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
)
SHEET_SAYS = "工作表 自评表"
STYLES = (
    '<Styles><Style ss:ID="Default" ss:Name="Normal"><Protection/></Style>'
    '<Style ss:ID="s1"><NumberFormat ss:Format="Percent"/></Style>'
    '<Style ss:ID="s2" ss:Parent="s1"><Protection ss:Protected="0"/></Style>'
    '<Style ss:ID="s3"><NumberFormat ss:Format="Short Date"/></Style>'
    '<Style ss:ID="s4"><NumberFormat ss:Format="#,##0.00"/></Style></Styles>'
)


def xml_2003(table: str, *, styles: str = STYLES, after: str = "", encoding: str = "utf-8") -> bytes:
    text = HEAD.format(encoding) + styles + f'<Worksheet ss:Name="自评表"><Table>{table}</Table>{after}</Worksheet>'
    return (text + "</Workbook>").encode(encoding)


SPRING = datetime(2020, 3, 31)  # noqa: DTZ001


def test_values_formats_and_locks() -> None:
    table = (
        '<Row><Cell ss:StyleID="s1"><Data ss:Type="Number">0.98576</Data></Cell>'
        '<Cell ss:StyleID="s2"><Data ss:Type="Number">1</Data></Cell>'
        '<Cell ss:StyleID="s3"><Data ss:Type="DateTime">2020-03-31T00:00:00.000</Data></Cell>'
        '<Cell ss:StyleID="s3"><Data ss:Type="Number">43921</Data></Cell></Row>'
        '<Row ss:Index="4" ss:Span="2" ss:StyleID="s4"><Cell><Data ss:Type="Number">-0</Data></Cell>'
        '<Cell ss:Index="3" ss:Formula="=RC[-1]"><Data ss:Type="Error">#DIV/0!</Data></Cell></Row>'
        '<Row><Cell><Data ss:Type="Boolean">1</Data></Cell><Cell ss:Formula="=R1C1"/>'
        '<Cell><Data ss:Type="String">甲&#10;乙</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell>'
        '<Cell><Data ss:Type="String"></Data></Cell></Row>'
    )
    assert only(read_xml_2003(xml_2003(table), "a.xls")).cells == {
        (1, 1): Cell(Decimal("0.98576"), None, "0.00%"),
        (1, 2): Cell(Decimal(1), None, "0.00%", locked=False),
        (1, 3): Cell(SPRING, None, "yyyy/m/d"),
        (1, 4): Cell(SPRING, None, "yyyy/m/d"),
        (4, 1): Cell(Decimal(0), None, "#,##0.00"),
        (4, 3): Cell(CellError("#DIV/0!"), "=", "#,##0.00"),
        (7, 1): Cell(True),
        (7, 2): Cell(None, "="),
        (7, 3): Cell("甲\n乙"),
    }


def test_hidden_and_protected_sheets_and_properties() -> None:
    options = "<x:Visible>SheetHidden</x:Visible><x:ProtectContents>True</x:ProtectContents>"
    after = f"<x:WorksheetOptions>{options}</x:WorksheetOptions>"
    grid = only(read_xml_2003(xml_2003("<Row/>", after=after), "a.xls"))
    assert (grid.hidden, grid.protected) == (True, True)
    grid = only(read_xml_2003(xml_2003("<Row/>"), "a.xls"))
    assert (grid.hidden, grid.protected) == (False, False)
    properties = "<o:CustomDocumentProperties><o:perfxl.scheme>mof/2020</o:perfxl.scheme></o:CustomDocumentProperties>"
    assert read_xml_2003(xml_2003("", styles=properties), "a.xls").properties == {"perfxl.scheme": "mof/2020"}


def cell(kind: str, attributes: str = "", text: str = "") -> str:
    data = f'<Data ss:Type="{kind}">{text}</Data>' if kind else ""
    return f"<Row><Cell {attributes}>{data}</Cell></Row>"


def test_a_declared_encoding_is_not_believed() -> None:
    table = '<Row><Cell><Data ss:Type="String">绩效</Data></Cell></Row>'
    for encoding in ("gb18030", "utf-16", "gb2312"):
        assert only(read_xml_2003(xml_2003(table, encoding=encoding), "a.xls")).text(1, 1) == "绩效"


@pytest.mark.parametrize(
    ("table", "refusal"),
    [
        ('<Row ss:Index="2"/><Row ss:Index="1"/>', ("R101", f"{SHEET_SAYS} 的行号 1 有误")),
        ('<Row ss:Index="x"/>', ("R101", f"{SHEET_SAYS} 的行号 x 有误")),
        ('<Row ss:Index="1048577"/>', ("R105", "行号不超过 1,048,576")),
        ('<Row><Cell ss:Index="16385"/></Row>', ("R105", "列号不超过 16,384")),
        (cell("", 'ss:MergeAcross="16384"'), ("R101", f"{SHEET_SAYS} 的合并区域超出列号范围，MergeAcross=16384")),
        ('<Row ss:Span="1048576"/>', ("R101", f"{SHEET_SAYS} 的合并区域超出行号范围，Span=1048576")),
        ("<Cell/>", ("R101", "单元格不在工作表的行内")),
        (cell("Number", text="1e999"), ("R101", "单元格 自评表!A1 的内容 1e999 与类型 Number 不符")),
        (cell("DateTime", text="昨天"), ("R101", "单元格 自评表!A1 的内容 昨天 与类型 DateTime 不符")),
        (cell("String", 'ss:StyleID="s9"', "1"), ("R101", "单元格 自评表!A1 的样式编号有误")),
        ("<a>" * 100 + "</a>" * 100, ("R105", "XML 嵌套不超过 64 层")),
    ],
)
def test_damaged_xml_2003(table: str, refusal: tuple[str, str]) -> None:
    assert refused(read_xml_2003, xml_2003(table)) == refusal


def test_dtds_and_cuts_are_refused() -> None:
    content = xml_2003('<Row><Cell><Data ss:Type="String">绩效</Data></Cell></Row>')
    dtd = content.replace(b"<Workbook", b'<!DOCTYPE Workbook [<!ENTITY a "b">]><Workbook')
    assert refused(read_xml_2003, dtd) == ("R101", "部件 a.xls 含有 DTD 声明")
    for length in range(len(content)):
        assert refused(read_xml_2003, content[:length])[0] == "R101"
    none = HEAD.format("utf-8") + "</Workbook>"
    assert refused(read_xml_2003, none) == ("R101", "没有工作表")


# ---- anything


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([read_html, read_text, read_xml_2003]),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=8),
)
def test_changed_bytes_never_raise_anything_else(
    read: Callable[[bytes, str], Workbook], changes: list[tuple[int, int]]
) -> None:
    sheet = form_grid("mof-2020")
    write = as_html if read is read_html else as_tabs if read is read_text else as_xml_2003
    content = bytearray(write(sheet).encode())
    for place, value in changes:
        content[place % len(content)] = value
    try:
        read(bytes(content), "a.xls")
    except UnreadableFile as error:
        assert error.code in ("R101", "R105")


# ---- by content


@pytest.mark.parametrize(
    ("content", "sheet"),
    [
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "网页"),
        ("\ufeff\r\n<!DOCTYPE html>\n<html><p>甲".encode(), "网页"),
        ("<html xmlns:x='urn'><td>绩效</td></html>".encode("gb18030"), "网页"),
        ("<table><tr><td>绩效</table>".encode("utf-16"), "网页"),
        (b"<style>td {}</style>" + b" " * 5000 + "<table><tr><td>绩效</table>".encode(), "网页"),
        (xml_2003("<Row/>"), "自评表"),
        (xml_2003("<Row/>").partition(b'Excel.Sheet"?>')[2], "自评表"),
        (xml_2003("<Row/>", encoding="utf-16"), "自评表"),
        ("项目名称,得分\n甲,98\n".encode(), "文本"),
        ("项目名称,得分\n甲,98\n".encode("gb18030"), "文本"),
        ("项目名称,得分\n甲,98\n".encode("utf-16"), "文本"),
        (("绩效" * 5000).encode(), "文本"),
        *(((" " * blanks + "绩效" * 3000).encode(encoding), "文本") for blanks in range(4) for encoding in ENCODINGS),
    ],
)
@pytest.mark.parametrize("name", ["a.xlsx", "a.txt", "a"])
def test_the_content_decides_whatever_the_name(tmp_path: Path, content: bytes, sheet: str, name: str) -> None:
    assert only(read_content(tmp_path, content, name)).sheet == sheet
