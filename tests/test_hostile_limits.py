"""Packages over a limit, pointing elsewhere or meant to exhaust: refused with exactly their code, and always soon."""

from __future__ import annotations

import io
import re
import time
import zipfile
from pathlib import Path

import pytest

from perfxl.grid import Merge
from perfxl.sources import package, read_workbook, xlsx_sheet, xlsx_strings
from perfxl.sources.errors import UnreadableFile
from perfxl.sources.xlsx import read_xlsx
from tests.extent import fast_first
from tests.hostile_files import GOOD, SOON, refused_content, refused_parts
from tests.xlsx_packages import MAIN, OFFICE, parts_of, sheet_xml, zipped

LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a0 "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(9))
    + "]>"
)

# ---- limits


def test_a_zip_bomb(tmp_path: Path) -> None:
    bomb = sheet_xml(" " * 20_000_000)
    assert refused_parts(tmp_path, parts_of(sheet1=bomb)) == ("R105", "压缩比不超过 100:1")


def test_what_is_under_a_megabyte_is_no_bomb() -> None:
    grids = read_xlsx(zipped(parts_of(sheet1=sheet_xml(" " * 900_000))), "a.xlsx").grids
    assert not grids[0].cells


def test_all_parts_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_INFLATED_BYTES", 3 * 2**20)
    parts = parts_of(
        sheet1=sheet_xml(" " * 1_000_000), styles=f'<styleSheet xmlns="{MAIN}">{" " * 1_000_000}</styleSheet>'
    )
    assert len(read_xlsx(zipped(parts), "a.xlsx").grids) == 1
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{" " * 1_040_000}</sst>'
    parts["xl/workbook.xml"] = str(parts["xl/workbook.xml"]) + " " * 1_000_000
    assert refused_parts(tmp_path, parts) == ("R105", "解压后不超过 3 MB")


@pytest.mark.parametrize("entries", fast_first([20_000, 60_000], 1))
def test_too_many_entries(tmp_path: Path, entries: int) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(entries):
            archive.writestr(f"{number}", b"")
    assert refused_content(tmp_path, stream.getvalue()) == ("R105", {"limit": "压缩包内的文件不超过 10,000 个"})


@pytest.mark.parametrize("part", [name for name in GOOD if name != "[Content_Types].xml"])
@pytest.mark.parametrize("depth", [70, 100_000])
def test_deep_nesting(tmp_path: Path, part: str, depth: int) -> None:
    whole = str(GOOD[part])
    end = whole.rindex("</")
    content = whole[:end] + "<a>" * depth + "</a>" * depth + whole[end:]
    assert refused_parts(tmp_path, GOOD | {part: content}) == ("R105", "XML 嵌套不超过 64 层")


@pytest.mark.parametrize("length", [32_768, 300_000])
def test_a_text_no_cell_can_hold(tmp_path: Path, length: int) -> None:
    text = "".join(chr(0x4E00 + i % 20_000) for i in range(length))
    strings = f'<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'
    limit = ("R105", "单元格文字不超过 32,767 字")
    assert refused_parts(tmp_path, parts_of(sharedStrings=strings)) == limit
    halves = f'<sst xmlns="{MAIN}"><si><r><t>{text[:20_000]}</t></r><r><t>{text[20_000:]}</t></r></si></sst>'
    assert refused_parts(tmp_path, parts_of(sharedStrings=halves)) == limit
    for cell in (
        f'<c t="inlineStr"><is><t>{text}</t></is></c>',
        f'<c t="str"><v>{text}</v></c>',
        f"<c><f>{text}</f></c>",
        f'<c t="e"><v>{text}</v></c>',
    ):
        assert refused_parts(tmp_path, parts_of(f'<row r="1">{cell}</row>')) == limit


def test_the_longest_text_is_read_even_escaped() -> None:
    strings = f'<sst xmlns="{MAIN}"><si><t>{"_x000D_" * 32_767}</t></si></sst>'
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    grid = read_xlsx(zipped(parts_of(rows, sharedStrings=strings)), "a.xlsx").grids[0]
    assert grid.text(1, 1) == "\r" * 32_767


@pytest.mark.parametrize(
    ("row", "limit"),
    [
        ('<row r="1048577"><c><v>1</v></c></row>', "行号不超过 1,048,576"),
        ('<row r="99999999999"><c><v>1</v></c></row>', None),
        ('<row r="1048577"><c r="A1048577"><v>1</v></c></row>', "行号不超过 1,048,576"),
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', "列号不超过 16,384"),
    ],
)
def test_places_beyond_the_sheet(tmp_path: Path, row: str, limit: str | None) -> None:
    code, number = refused_parts(tmp_path, parts_of(row))
    assert (code, number) == ("R105", limit) if limit else code == "R101"


def test_too_many_cells_strings_and_merges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfxl.sources.xlsx.MAX_CELLS", 3)
    code, _ = refused_parts(tmp_path, GOOD)
    assert code == "R105"
    monkeypatch.undo()
    monkeypatch.setattr(xlsx_strings, "MAX_STRINGS", 1)
    assert refused_parts(tmp_path, GOOD) == ("R105", "共享文字不超过 1 条")
    monkeypatch.undo()
    monkeypatch.setattr(xlsx_sheet, "MAX_MERGES", 0)
    assert refused_parts(tmp_path, GOOD) == ("R105", "合并区域不超过 0 个")


def test_too_many_sheets_styles_names_and_tags(tmp_path: Path) -> None:
    many = "".join(f'<sheet name="{i}" r:id="r1"/>' for i in range(20_000))
    for sheets, refusal in {
        many: ("R105", "工作表不超过 1,000 张"),
        '<sheet name="a" r:id="r1"/><sheet name="b" r:id="r1"/>': ("R101", "工作表 b 与别的工作表是同一部件"),
    }.items():
        workbook = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
        assert refused_parts(tmp_path, parts_of(workbook=workbook)) == refusal
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * 65_491}</cellXfs></styleSheet>'
    assert refused_parts(tmp_path, parts_of(styles=styles)) == ("R105", "单元格样式不超过 65,490 种")
    names = sheet_xml("".join(f"<a{i}/>" for i in range(6_000)))
    assert refused_parts(tmp_path, parts_of(sheet1=names)) == ("R105", "XML 名称不超过 5,000 种")


def test_millions_of_tags_are_refused_before_they_are_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_TAGS", 100)
    assert refused_parts(tmp_path, parts_of("<row/>" * 100)) == ("R105", "XML 标签不超过 100 个")


# ---- packages that point elsewhere


def test_two_entries_that_overlap(tmp_path: Path) -> None:
    """A second name in the directory for the bytes of the first: what is checked would not be what others read."""
    content = bytearray(zipped(GOOD | {"xl/worksheets/sheet2.xml": GOOD["xl/worksheets/sheet1.xml"]}))
    first = content.find(b"PK\x01\x02", content.rfind(b"PK\x03\x04"))
    places = {}
    while first >= 0:
        length = int.from_bytes(content[first + 28 : first + 30], "little")
        places[bytes(content[first + 46 : first + 46 + length])] = first
        first = content.find(b"PK\x01\x02", first + 46)
    one, other = (places[b"xl/worksheets/sheet%d.xml" % number] for number in (1, 2))
    content[one + 42 : one + 46] = content[other + 42 : other + 46]
    code, numbers = refused_content(tmp_path, bytes(content))
    assert (code, numbers["reason"]) == ("R101", "部件 xl/worksheets/sheet1.xml 在压缩包内有两个名称")


@pytest.mark.parametrize("field", [16, 24])  # of the directory: checksum, size
def test_a_small_part_that_was_sound_before_is_checked_again(field: int) -> None:
    """What a part unpacks to is remembered by its packed bytes: another checksum beside the same bytes is damage."""
    data = Path("templates/mof-2020-项目支出绩效自评表.xlsx").read_bytes()
    name = "xl/styles.xml"
    assert package.Package(data).read(name) == package.Package(data).read(name)
    other = bytearray(data)
    other[data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode())) + field] ^= 1
    with pytest.raises(UnreadableFile) as error:
        package.Package(bytes(other)).read(name)
    assert error.value.code == "R101"


def test_an_entry_that_begins_nowhere(tmp_path: Path) -> None:
    content = bytearray(zipped(GOOD))
    place = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/worksheets/sheet1.xml"))
    for offset in (1, 0x7FFFFFFF):
        content[place + 42 : place + 46] = offset.to_bytes(4, "little")
        code, numbers = refused_content(tmp_path, bytes(content))
        assert (code, numbers["reason"]) == ("R101", "部件 xl/worksheets/sheet1.xml 的位置有误，文件可能不完整")


def test_a_package_within_a_part(tmp_path: Path) -> None:
    parts = GOOD | {"xl/worksheets/sheet1.xml": zipped(GOOD)}
    assert refused_parts(tmp_path, parts) == ("R101", "部件 xl/worksheets/sheet1.xml 不是完整的 XML")


def test_names_that_climb_out_are_never_written(tmp_path: Path) -> None:
    names = [
        "../../evil.xml",
        "/etc/evil.xml",
        "C:\\evil.xml",
        "\\\\host\\evil.xml",
        "evil\0.xml",
        "gbk_.xml",
        "a" * 5000,
    ]
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(GOOD | dict.fromkeys(names, "<a/>")).replace(b"gbk_.xml", "项目.xml".encode("gbk")))
    before = sorted(tmp_path.parent.rglob("*"))
    assert read_workbook(path).grids[0].text(1, 1) == "甲"
    assert sorted(tmp_path.parent.rglob("*")) == before


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("worksheet", "工作表 自评表 的内容缺失"),
        ("sharedStrings", "压缩包内对 sharedStrings 的指向有误"),
        ("styles", "压缩包内对 styles 的指向有误"),
    ],
)
def test_a_part_outside_the_file_is_never_fetched(tmp_path: Path, kind: str, reason: str) -> None:
    inside = str(GOOD["xl/_rels/workbook.xml.rels"])
    for target in ("http://localhost:9/x.xml", "file:///etc/passwd", "\\\\host\\x.xml"):
        start = inside.index(f"/{kind}")
        end = inside.index("/>", start)
        there = re.sub('Target=".*"', "", inside[start:end]) + f'Target="{target}" TargetMode="External"'
        outside = inside[:start] + there + inside[end:]
        assert refused_parts(tmp_path, GOOD | {"xl/_rels/workbook.xml.rels": outside}) == ("R101", reason)


def test_two_parts_of_one_kind(tmp_path: Path) -> None:
    twice = str(GOOD["xl/_rels/workbook.xml.rels"]).replace("/worksheet", "/styles")
    reason = "压缩包内对 styles 的指向有误"
    assert refused_parts(tmp_path, GOOD | {"xl/_rels/workbook.xml.rels": twice}) == ("R101", reason)


def test_macros_links_and_fetching_formulas_are_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of them is looked at, so that it may even be damaged; the values are read."""

    def no_socket(*_: object, **__: object) -> None:
        raise AssertionError("a socket")

    monkeypatch.setattr("socket.socket", no_socket)
    formulas = [
        'WEBSERVICE("http://localhost:9/")',
        "cmd|' /C calc'!A0",
        "[1]表!$A$1",
        'HYPERLINK("file:///etc/passwd")',
    ]
    rows = "".join(f"<row><c><f>{formula}</f><v>7</v></c></row>" for formula in formulas)
    parts = parts_of(rows) | {
        "xl/vbaProject.bin": bytes(2_000_000),
        "xl/externalLinks/externalLink1.xml": LAUGHS,
        "xl/connections.xml": "<",
        "customXml/item1.xml": "&",
    }
    (grid,) = read_xlsx(zipped(parts), "a.xlsm").grids
    assert [(cell.value, cell.formula) for cell in grid.cells.values()] == [(7, f"={formula}") for formula in formulas]


def test_values_below_a_merge_are_read() -> None:
    parts = parts_of(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>',
        '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
    )
    (grid,) = read_xlsx(zipped(parts), "a.xlsx").grids
    assert [cell.value for cell in grid.cells.values()] == [1, 2]
    assert grid.spread(1, 2).value == 1


def test_input_rules_and_formats_over_the_whole_sheet_cost_nothing(tmp_path: Path) -> None:
    rule = '<dataValidation type="list" sqref="A1:XFD1048576"><formula1>"a,b"</formula1></dataValidation>'
    look = '<conditionalFormatting sqref="A1:XFD1048576"><cfRule><formula>1</formula></cfRule></conditionalFormatting>'
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>'
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(parts_of(rows, look * 2_000 + f"<dataValidations>{rule * 5_000}</dataValidations>")))
    started = time.process_time()
    assert len(read_workbook(path).grids[0].cells) == 1
    assert time.process_time() - started < SOON


# ---- DTDs


@pytest.mark.parametrize("part", [name for name in GOOD if name != "[Content_Types].xml"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "doctype",
    [
        LAUGHS,
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        "<!DOCTYPE sst>",
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://localhost:9/x"> %x;]>',
    ],
)
def test_any_doctype_is_refused(tmp_path: Path, part: str, codec: str, doctype: str) -> None:
    whole = str(GOOD[part]).replace("><", ">&a9;<", 1) if doctype is LAUGHS else str(GOOD[part])
    parts = GOOD | {part: (doctype + whole).encode(codec)}
    assert refused_parts(tmp_path, parts) == ("R101", f"部件 {part} 含有 DTD 声明")


# ---- valid but meant to exhaust


def test_a_far_cell_and_a_comment_cost_nothing(tmp_path: Path) -> None:
    parts = parts_of(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
        '<legacyDrawing xmlns:r="urn:r" r:id="rId1"/>',
    )
    parts["xl/comments1.xml"] = (
        f'<comments xmlns="{MAIN}"><authors><author>a</author></authors><commentList>'
        '<comment ref="XFD1048576" authorId="0"><text><t>x</t></text></comment></commentList></comments>'
    )
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(parts))
    started = time.process_time()
    grid = read_workbook(path).grids[0]
    assert [(row, len(cells)) for row, cells in grid.rows()] == [(1, 1), (1048576, 1)]
    assert time.process_time() - started < 0.5


def test_a_merge_over_the_whole_sheet_is_fast_even_with_a_far_cell() -> None:
    for far in ("", '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'):
        parts = parts_of(
            f'<row r="1"><c r="A1"><v>1</v></c></row>{far}',
            '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        )
        started = time.process_time()
        grid = read_xlsx(zipped(parts), "a.xlsx").grids[0]
        whole = Merge(1, 1, 1048576, 16384)
        assert (grid.merges, grid.merge_at(1, 1)) == ((whole,), whole)
        if far:
            assert grid.merge_at(500_000, 9_000) == whole
            assert grid.spread(7, 7).value == 1
        assert time.process_time() - started < 0.5


def test_a_million_styled_blanks_cost_no_memory() -> None:
    rows = "".join(f'<row r="{row}" s="1"><c r="A{row}" s="1"/><c r="B{row}" s="1"/></row>' for row in range(1, 60_000))
    grid = read_xlsx(zipped(parts_of(rows)), "a.xlsx").grids[0]
    assert (len(grid.cells), grid.last_row) == (0, 0)
