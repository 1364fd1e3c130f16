"""OpenDocument spreadsheets written by hand; those of LibreOffice are in test_sources_acceptance."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.grid import Cell, CellError, Grid, Merge
from perfxl.sources import UnreadableFile, read_workbook
from perfxl.sources.ods import read_ods
from perfxl.sources.package import Package
from tests.xlsx_packages import zipped

_ODF = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(
    [f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "style", "table", "text", "meta")]
    + [f'xmlns:number="{_ODF}:datastyle:1.0"', f'xmlns:draw="{_ODF}:drawing:1.0"']
    + ['xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"']
)


def content(rows: str, styles: str = "", table: str = "", body: str = "spreadsheet", around: str = "") -> str:
    sheet = f'<table:table table:name="自评表" {table}>{rows}</table:table>'
    return (
        f"<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{body}>{sheet}{around}</office:{body}></office:body></office:document-content>"
    )


def ods(text: str, parts: Mapping[str, str | bytes] | None = None) -> bytes:
    return zipped({"META-INF/manifest.xml": "<a/>", "content.xml": text, **(parts or {})})


def read(text: str) -> Grid:
    (grid,) = read_ods(Package(ods(text)), "a.ods").grids
    return grid


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def cell(text: str = "", more: str = "") -> str:
    return f"<table:table-cell {more}>{f'<text:p>{text}</text:p>' if text else ''}</table:table-cell>"


def number(value: str, more: str = "", kind: str = "float") -> str:
    return cell(value, f'office:value-type="{kind}" office:value="{value}" {more}')


def refused(text: str, parts: Mapping[str, str | bytes] | None = None) -> tuple[str, Mapping[str, str]]:
    started = time.process_time()
    with pytest.raises(UnreadableFile) as caught:
        read_ods(Package(ods(text, parts)), "a.ods")
    assert time.process_time() - started < 3
    return caught.value.code, caught.value.numbers


def test_every_kind_of_value() -> None:
    string = 'office:value-type="string"'
    rich = "甲<text:s text:c='2'/>乙<text:line-break/>丙<text:tab/><text:span>丁</text:span></text:p><text:p>戊"
    grid = read(
        content(
            row(
                number("0.98576"),
                number("-0"),
                cell("12", 'office:value-type="date" office:date-value="2020-03-31"'),
                cell("12", 'office:value-type="time" office:time-value="PT12H00M00S"'),
                cell("TRUE", 'office:value-type="boolean" office:boolean-value="true"'),
                cell(rich, string),
                cell("#DIV/0!", f'{string} calcext:value-type="error" table:formula="of:=1/0"'),
                cell("", f'{string} table:formula="of:=A1"'),
                cell("", string),
                cell("1.5", string + ' office:string-value="一.五"'),
            )
        )
    )
    assert grid.cells == {
        (1, 1): Cell(Decimal("0.98576")),
        (1, 2): Cell(Decimal(0)),
        (1, 3): Cell(datetime(2020, 3, 31)),  # noqa: DTZ001
        (1, 4): Cell(Decimal("0.5")),
        (1, 5): Cell(True),
        (1, 6): Cell("甲  乙\n丙\t丁\n戊"),
        (1, 7): Cell(CellError("#DIV/0!"), "="),
        (1, 8): Cell(None, "="),
        (1, 10): Cell("一.五"),
    }


def test_places_repeats_and_merges() -> None:
    def times(what: str, count: int) -> str:
        return f'table:number-{what}-repeated="{count}"'

    title = cell("题", 'table:number-columns-spanned="3" table:number-rows-spanned="2"')
    rows = (
        f"<table:table-column {times('columns', 16384)}/>"
        + row(title, cell("", times("columns", 2)))
        + row(cell("", times("columns", 3)), number("7", times("columns", 2)))
        + f"<table:table-header-rows>{row(cell(), more=times('rows', 4))}</table:table-header-rows>"
        + row(cell("同"), more=times("rows", 2))
        + row(cell("", times("columns", 16384)), more=times("rows", 1048568))
    )
    grid = read(content(rows))
    assert {place: cell.text for place, cell in grid.cells.items()} == {
        (1, 1): "题",
        (2, 4): "7",
        (2, 5): "7",
        (7, 1): "同",
        (8, 1): "同",
    }
    assert grid.merges == (Merge(1, 1, 2, 3),)


def test_notes_drawings_and_copies_of_other_files_are_left_out() -> None:
    note = "<office:annotation><text:p>批注</text:p></office:annotation>"
    drawing = "<draw:frame><draw:text-box><text:p>图</text:p></draw:text-box></draw:frame>"
    value = f'<table:table-cell office:value-type="string">{note}<text:p>甲</text:p>{drawing}</table:table-cell>'
    other = '<table:table table:name="b"><table:table-source/>' + row(cell("外")) + "</table:table>"
    link = f'<table:dde-link><table:table table:name="c">{row(cell("链"))}</table:table></table:dde-link>'
    grid = read(content(f"<table:shapes>{drawing}</table:shapes>" + row(value), around=other + link))
    assert grid.cells == {(1, 1): Cell("甲")}


DIGITS = '<number:number number:decimal-places="2" number:min-integer-digits="1" number:grouping="true"/>'


@pytest.mark.parametrize(
    ("style", "code"),
    [
        (f"<number:number-style>{DIGITS}</number:number-style>", "#,##0.00"),
        ('<number:number-style><number:number number:min-integer-digits="1"/></number:number-style>', "General"),
        (
            '<number:percentage-style><number:number number:decimal-places="2"/><number:text>%</number:text>'
            "</number:percentage-style>",
            "0.00%",
        ),
        (
            '<number:number-style><number:text>（</number:text><number:number number:decimal-places="0"/>'
            "<number:text>年度）</number:text></number:number-style>",
            '"（"0"年度）"',
        ),
        (
            '<number:number-style><number:number number:decimal-places="3" number:min-decimal-places="1"'
            ' number:min-integer-digits="0" number:display-factor="1000"/></number:number-style>',
            "#.0##,",
        ),
        (
            '<number:date-style><number:year number:style="long"/><number:text>年</number:text><number:month/>'
            '<number:text>月</number:text><number:day number:style="long"/></number:date-style>',
            'yyyy"年"m"月"dd',
        ),
        (
            '<number:time-style><number:hours number:truncate-on-overflow="false"/><number:text>:</number:text>'
            '<number:minutes number:style="long"/></number:time-style>',
            '[h]":"mm',
        ),
        ("<number:text-style><number:text-content/></number:text-style>", "@"),
        (
            f"<number:currency-style><number:currency-symbol>¥</number:currency-symbol>{DIGITS}</number:currency-style>",
            '"¥"#,##0.00',
        ),
        (
            '<number:number-style><number:scientific-number number:decimal-places="2"/></number:number-style>',
            "0.00E+00",
        ),
        (
            '<number:number-style><number:text>-</number:text><number:number number:decimal-places="0"/>'
            '<style:map style:condition="value()&gt;=0" style:apply-style-name="P0"/></number:number-style>',
            '#,##0.00;"-"0',
        ),
    ],
)
def test_data_styles_are_number_formats(style: str, code: str) -> None:
    first = f'<number:number-style style:name="P0">{DIGITS}</number:number-style>'
    kind, rest = style.split(">", 1)
    used = '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
    named = f'{first}{kind} style:name="N1">{rest}{used}'
    grid = read(content(row(number("1", 'table:style-name="ce1"')), named))
    assert grid.cell(1, 1).number_format == code


def test_styles_come_from_the_cell_its_row_its_column_and_their_parents() -> None:
    locks = (("open", "", "none"), ("shut", "", "protected formula-hidden"), ("loop", "loop", "none"))
    styles = '<style:style style:name="child" style:family="table-cell" style:parent-style-name="open"/>'
    for name, parent, protect in locks:
        styles += (
            f'<style:style style:name="{name}" style:family="table-cell" style:parent-style-name="{parent}">'
            f'<style:table-cell-properties style:cell-protect="{protect}"/></style:style>'
        )
    columns = (
        '<table:table-column table:default-cell-style-name="shut"/>'
        '<table:table-column table:number-columns-repeated="2" table:default-cell-style-name="child"/>'
    )
    plain = number("1", 'table:number-columns-repeated="4"')
    rows = row(plain) + row(plain, more='table:default-cell-style-name="loop"')
    rows += row(number("1", 'table:number-columns-repeated="4" table:style-name="shut"'))
    grid = read(content(columns + rows, styles))
    assert [[grid.cell(line, column).locked for column in range(1, 5)] for line in (1, 2, 3)] == [
        [True, False, False, True],
        [False] * 4,
        [True] * 4,
    ]


def test_hidden_and_protected_sheets_and_properties() -> None:
    hidden = '<style:table-properties table:display="false"/>'
    styles = f'<style:style style:name="ta1" style:family="table">{hidden}</style:style>'
    text = content(row(cell("甲")), styles, 'table:style-name="ta1" table:protected="true"')
    meta = (
        f"<office:document-meta {SPACES}><office:meta>"
        '<meta:user-defined meta:name="perfxl.scheme">mof/2020</meta:user-defined></office:meta></office:document-meta>'
    )
    workbook = read_ods(Package(ods(text, {"meta.xml": meta})), "a.ods")
    assert [(grid.hidden, grid.protected) for grid in workbook.grids] == [(True, True)]
    assert workbook.properties == {"perfxl.scheme": "mof/2020"}


# ---- hostile


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (content(row(cell("x", 'table:number-columns-repeated="16385"'))), ("R105", "列号不超过 16,384")),
        (content(row(cell("x"), more='table:number-rows-repeated="1048577"')), ("R105", "行号不超过 1,048,576")),
        (
            content(row(cell("x", 'table:number-columns-repeated="999"'), more='table:number-rows-repeated="1048576"')),
            ("R105", "有内容的单元格不超过 1,000,000 个"),
        ),
        (
            content(row(cell("x", 'table:number-rows-spanned="1048577"'))),
            ("R101", "单元格 自评表!A1 的合并区域超出工作表"),
        ),
        (content(row(cell("x", 'table:number-columns-repeated="0"'))), ("R101", "内容中的次数 0 有误")),
        (content(row(cell("x", 'table:number-columns-repeated="x"'))), ("R101", "内容中的次数 x 有误")),
        (content(row(number("1e999"))), ("R101", "单元格 自评表!A1 的内容与类型 float 不符")),
        (content(row(number("1", kind="x"))), ("R101", "单元格 自评表!A1 的内容与类型 x 不符")),
        (content(row(cell('<text:s text:c="999999999"/>' * 1000))), ("R105", "单元格文字不超过 32,767 字")),
        (content("<table:table table:name='b'/>"), ("R101", "工作表嵌套有误")),
        (content("", around="<table:table table:name='自评表'/>"), ("R101", "工作表名称 自评表 缺失或重复")),
        (content("<a>" * 100 + "</a>" * 100), ("R105", "XML 嵌套不超过 64 层")),
        (content(row(cell("x" * 20_000_000))), ("R105", "压缩比不超过 100:1")),
        (content("", body="text"), ("R103", "OpenDocument 文档")),
        (content("<table:table-row>")[:-50], ("R101", "部件 content.xml 不是完整的 XML")),
        ("<!DOCTYPE a>" + content(""), ("R101", "部件 content.xml 含有 DTD 声明")),
        ("<a/>", ("R101", "部件 content.xml 的内容不是所称的类型")),
    ],
)
def test_hostile_content(text: str, refusal: tuple[str, str]) -> None:
    code, numbers = refused(text)
    assert (code, *numbers.values()) == refusal


def test_an_encrypted_spreadsheet() -> None:
    manifest = {"META-INF/manifest.xml": "<manifest:encryption-data/>"}
    assert refused(content(""), manifest) == ("R102", {})


def test_it_is_known_by_its_content_and_cuts_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    whole = ods(content(row(cell("甲"))))
    path.write_bytes(whole)
    assert [grid.cells for grid in read_workbook(path).grids] == [{(1, 1): Cell("甲")}]
    for percent in range(0, 100, 5):
        path.write_bytes(whole[: len(whole) * percent // 100])
        with pytest.raises(UnreadableFile) as caught:
            read_workbook(path)
        assert caught.value.code == "R101"


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6), st.booleans())
def test_changed_bytes_never_raise_anything_else(changes: list[tuple[int, int]], inside: bool) -> None:
    cells = (number("0.5"), cell("甲", 'table:number-columns-repeated="3"'))
    text = content(row(*cells, more='table:number-rows-repeated="9"'))
    whole = bytearray(ods(text))
    if inside:
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            part = bytearray(archive.read("content.xml"))
        for place, value in changes:
            part[place % len(part)] = value
        whole = bytearray(ods("", {"content.xml": bytes(part)}))
    else:
        for place, value in changes:
            whole[place % len(whole)] = value
    try:
        read_ods(Package(bytes(whole)), "a.ods")
    except UnreadableFile as error:
        assert error.code in ("R101", "R102", "R105")
