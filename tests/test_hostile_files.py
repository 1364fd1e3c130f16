"""Each hostile file is refused with exactly its code, or read right, and always soon."""

from __future__ import annotations

import io
import os
import re
import struct
import time
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.grid import Merge
from perfxl.sources import UnreadableFile, package, read_workbook, xlsx_scan, xlsx_sheet, xlsx_strings
from perfxl.sources.xlsx import read_xlsx
from perfxl.sources.xlsx_sheet import SheetReader
from tests.test_xlsx_reader import MAIN, OFFICE, parts_of, relationships, sheet_xml, zipped

LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a0 "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(9))
    + "]>"
)

SOON = 3.0
"""Seconds; the slowest of these takes under one alone on the machine."""

GOOD = parts_of(
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>43921</v></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>说明</t></is></c><c r="B2"><f>B1*2</f><v>87842</v></c></row>',
    '<mergeCells><mergeCell ref="A3:B4"/></mergeCells>',
)


def refused(path: Path) -> tuple[str, Mapping[str, str]]:
    started = time.perf_counter()
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(path)
    assert time.perf_counter() - started < SOON
    return caught.value.code, caught.value.numbers


def refused_content(tmp_path: Path, content: bytes) -> tuple[str, Mapping[str, str]]:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    return refused(path)


def refused_parts(tmp_path: Path, parts: Mapping[str, str | bytes]) -> tuple[str, str]:
    """The code and its one parameter."""
    code, numbers = refused_content(tmp_path, zipped(parts))
    (number,) = numbers.values()
    return code, number


# ---- what is no regular file


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    os.mkfifo(tmp_path / "fifo.xlsx")
    (tmp_path / "good.xlsx").write_bytes(zipped(GOOD))
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "good.xlsx")
    (tmp_path / "nowhere.xlsx").symlink_to(tmp_path / "none.xlsx")
    (tmp_path / "loop.xlsx").symlink_to(tmp_path / "loop.xlsx")
    reasons = {
        "folder.xlsx": "是文件夹，不是文件",
        "fifo.xlsx": "是管道或设备，不是普通文件",
        "link.xlsx": "是符号链接，不是文件",
        "nowhere.xlsx": "符号链接指向的文件不存在",
        "loop.xlsx": "符号链接指向的文件不存在",
        "missing.xlsx": "文件不存在",
        "nul\0.xlsx": "读取文件时出错",
        "long" * 100: "读取文件时出错",
    }
    for name, reason in reasons.items():
        assert refused(tmp_path / name) == ("R101", {"reason": reason})
    assert refused(Path("/dev/zero")) == ("R101", {"reason": "是管道或设备，不是普通文件"})


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(GOOD))
    path.chmod(0)
    assert refused(path) == ("R101", {"reason": "没有读取权限"})


def test_a_file_over_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with path.open("wb") as stream:
        stream.truncate(65 * 2**20)
    assert refused(path) == ("R105", {"limit": "文件不超过 64 MB"})


# ---- other kinds of content


def ole(*streams: str) -> bytes:
    """A compound file's header and a directory with the streams' names, which is all that is looked at."""
    entries = b""
    for name in ("Root Entry", *streams):
        coded = name.encode("utf-16-le")
        entries += coded.ljust(64, b"\0") + struct.pack("<HB", len(coded) + 2, 2) + bytes(61)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries


@pytest.mark.parametrize(
    ("content", "code", "kind"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "R108", "JPEG 图片"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "R108", "PNG 图片"),
        (b"BM\x46\x00\x00\x00\x00\x00\x00\x00", "R108", "BMP 图片"),
        (b"Rar!\x1a\x07\x01\x00", "R103", "RAR 压缩包"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "R103", "7z 压缩包"),
        (b"\x1f\x8b\x08\x00", "R103", "gzip 压缩包"),
        (b"{\\rtf1\\ansi", "R109", "RTF 文档"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "R103", "单个文件网页（MHTML）"),
        (b'<?xml version="1.0"?><a/>', "R103", "XML 文件"),
        (bytes(range(256)) * 4, "R103", "无法识别的内容"),
        (ole("1Table", "WordDocument"), "R109", "Word 97-2003 文档（doc、wps）"),
        (ole("PowerPoint Document"), "R103", "PowerPoint 97-2003 演示文稿（ppt）"),
        (ole("Contents"), "R103", "其他 OLE 复合文档"),
        (
            zipped({"_rels/.rels": relationships(("r1", "officeDocument", "xl/workbook.bin"))}),
            "R103",
            "Excel 二进制工作簿（xlsb）",
        ),
        (zipped({"OFD.xml": "<a/>", "Doc_0/Document.xml": "<a/>"}), "R103", "OFD 文件"),
        (zipped({"照片.jpg": b"\xff\xd8"}), "R103", "ZIP 压缩包"),
        (zipped({}), "R103", "ZIP 压缩包"),
    ],
)
def test_other_content_is_named(tmp_path: Path, content: bytes, code: str, kind: str) -> None:
    assert refused_content(tmp_path, content) == (code, {"kind": kind})


def test_an_encrypted_workbook(tmp_path: Path) -> None:
    assert refused_content(tmp_path, ole("EncryptionInfo", "EncryptedPackage")) == ("R102", {})


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    content = bytearray(zipped(GOOD))
    place = -1
    while (place := content.find(b"PK\x01\x02", place + 1)) >= 0:
        content[place + 8] |= 1
    assert refused_content(tmp_path, bytes(content)) == ("R102", {})


# ---- damage


def test_zero_bytes_and_nothing_but_zeros(tmp_path: Path) -> None:
    assert refused_content(tmp_path, b"") == ("R101", {"reason": "文件为空（0 字节）"})
    assert refused_content(tmp_path, bytes(20_000)) == ("R101", {"reason": "文件内容全部为零"})
    for start in (b"PK", b"PK\x03", b"\xd0\xcf\x11\xe0"):
        assert refused_content(tmp_path, start) == ("R101", {"reason": "文件只剩开头几个字节"})
    assert refused_content(tmp_path, bytes(4) + zipped(GOOD)[4:]) == ("R101", {"reason": "文件开头已损坏"})


@pytest.mark.parametrize("percent", range(5, 100, 5))
def test_a_truncated_file(tmp_path: Path, percent: int) -> None:
    content = zipped(GOOD)
    code, _ = refused_content(tmp_path, content[: len(content) * percent // 100])
    assert code == "R101"


def test_every_truncation_is_refused() -> None:
    content = zipped(GOOD)
    for length in range(len(content)):
        with pytest.raises(UnreadableFile) as caught:
            read_xlsx(content[:length], "a.xlsx")
        assert caught.value.code == "R101"


def test_a_changed_byte_breaks_the_checksum(tmp_path: Path) -> None:
    content = zipped(GOOD, zipfile.ZIP_STORED).replace(b"<v>43921</v>", b"<v>43922</v>")
    reason = "部件 xl/worksheets/sheet1.xml 的内容损坏，校验不符"
    assert refused_content(tmp_path, content) == ("R101", {"reason": reason})


def test_the_directory_lies_about_the_length(tmp_path: Path) -> None:
    """A reader that believes the length sees a whole sheet here and never the rest of the part."""
    shown = sheet_xml('<row r="1"><c r="A1"><v>380000</v></c></row>').encode()
    parts = dict(GOOD)
    parts["xl/worksheets/sheet1.xml"] = shown + b" " * 50
    content = bytearray(zipped(parts))
    place = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/worksheets/sheet1.xml"))
    content[place + 16 : place + 20] = zlib.crc32(shown).to_bytes(4, "little")
    content[place + 24 : place + 28] = len(shown).to_bytes(4, "little")
    code, numbers = refused_content(tmp_path, bytes(content))
    assert (code, numbers["reason"]) == ("R101", "部件 xl/worksheets/sheet1.xml 的内容损坏，校验不符")


def test_a_local_header_with_another_name(tmp_path: Path) -> None:
    content = zipped(GOOD).replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet2.xml", 1)
    code, numbers = refused_content(tmp_path, content)
    assert (code, numbers["reason"]) == ("R101", "部件 xl/worksheets/sheet1.xml 在压缩包内有两个名称")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_no_office_writes(tmp_path: Path, method: int) -> None:
    code, numbers = refused_content(tmp_path, zipped(GOOD, method))
    assert (code, numbers["reason"]) == ("R101", "部件 _rels/.rels 的压缩方式不受支持")


@pytest.mark.parametrize(
    "twin",
    ["xl/worksheets/sheet1.xml", "xl/worksheets/SHEET1.XML", "xl\\worksheets\\sheet1.xml", "/xl/worksheets/sheet1.xml"],
)
def test_twin_entries(tmp_path: Path, twin: str) -> None:
    stream = io.BytesIO(zipped(GOOD))
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(twin, sheet_xml('<row r="1"><c r="A1"><v>999999</v></c></row>'))
    assert refused_content(tmp_path, stream.getvalue()) == ("R101", {"reason": "压缩包内有重名的文件"})


@pytest.mark.parametrize("part", [name for name in GOOD if name != "[Content_Types].xml"])
def test_a_part_that_is_missing_cut_foreign_or_empty(tmp_path: Path, part: str) -> None:
    whole = str(GOOD[part])
    for content in (whole[:-5], "<a/>", "", whole.replace("http://", "urn:"), whole + "<a/>"):
        assert refused_parts(tmp_path, GOOD | {part: content})[0] == "R101"
    assert refused_parts(tmp_path, {name: GOOD[name] for name in GOOD if name != part})[0] == "R101"


def test_no_sheets(tmp_path: Path) -> None:
    for sheets in ("", "<sheets/>"):
        workbook = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{sheets}</workbook>'
        assert refused_parts(tmp_path, parts_of(workbook=workbook)) == ("R101", "没有工作表")
    charts = relationships(("r1", "chartsheet", "chartsheets/sheet1.xml"))
    assert refused_parts(tmp_path, parts_of(workbook_rels=charts)) == ("R101", "没有工作表")


def test_sheets_that_cannot_be_told_apart_or_found(tmp_path: Path) -> None:
    for sheets, reason in {
        '<sheet name="表" r:id="r1"/><sheet name="表" r:id="r2"/>': "工作表名称 表 缺失或重复",
        '<sheet name="a" r:id="r1"/><sheet name="A" r:id="r2"/>': "工作表名称 A 缺失或重复",
        '<sheet r:id="r1"/>': "工作表名称  缺失或重复",
        '<sheet name="表"/>': "工作表 表 的内容缺失",
        '<sheet name="表" r:id="r9"/>': "工作表 表 的内容缺失",
    }.items():
        workbook = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
        assert refused_parts(tmp_path, parts_of(workbook=workbook)) == ("R101", reason)


@pytest.mark.parametrize("index", ["99999", "2", "-1", "甲", "", "1.0", "+1", "1_0", "١", "9" * 400])
def test_a_shared_string_that_is_not_there(tmp_path: Path, index: str) -> None:
    rows = f'<row r="7"><c r="D7" t="s"><v>{index}</v></c></row>'
    assert refused_parts(tmp_path, parts_of(rows)) == ("R101", "单元格 自评表!D7 引用的文字不存在")


@pytest.mark.parametrize(
    "number",
    ["NaN", "INF", "-INF", "inf", "1E999", "-1E999", "1E-999", "1E99999", "1.8e308", "9" * 400, "0." + "3" * 400]
    + ["1_000", "1,000", "٣٨٠", "１００", "0x10", "1 000", "1e", ".", "+", "--1", "1.2.3", "¥5", "50%", "一"],
)
def test_what_is_no_number(tmp_path: Path, number: str) -> None:
    rows = f'<row r="7"><c r="D7"><v>{number}</v></c></row>'
    reason = f"单元格 自评表!D7 的数值 {number[:20]} 有误"
    assert refused_parts(tmp_path, parts_of(rows)) == ("R101", reason)


@pytest.mark.parametrize(
    "cell",
    ['<c r="D7" t="b"><v>2</v></c>', '<c r="D7" t="d"><v>2020-02-30</v></c>', '<c r="D7" t="d"><v>昨天</v></c>']
    + ['<c r="D7" t="d"><v>20200331</v></c>', '<c r="D7" t="x"><v>1</v></c>', '<c r="D7" s="99"><v>1</v></c>']
    + ['<c r="D7" s="-1"><v>1</v></c>', '<c r="D8"><v>1</v></c>', '<c r="d7"><v>1</v></c>', '<c r="7D"><v>1</v></c>']
    + ['<c r="$D$7"><v>1</v></c>', '<c r=""><v>1</v></c>', '<c r="D7"><v>1</v></c><c r="D7"><v>2</v></c>']
    + ['<c r="D7"><v>1</v><v>2</v></c>']
    + ['<c r="Ｄ７"><v>1</v></c>', '<c r="AAAA7"><v>1</v></c>', '<c r="D07"><v>1</v></c>'],
)
def test_a_damaged_cell(tmp_path: Path, cell: str) -> None:
    assert refused_parts(tmp_path, parts_of(f'<row r="7">{cell}</row>'))[0] == "R101"


@pytest.mark.parametrize("row", ['r="0"', 'r="-1"', 'r="x"', 'r="1.0"', 'r=""'])
def test_a_damaged_row_number(tmp_path: Path, row: str) -> None:
    assert refused_parts(tmp_path, parts_of(f"<row {row}><c><v>1</v></c></row>"))[0] == "R101"


@pytest.mark.parametrize("merge", ["", "A", "A1:", ":B2", "A1:B", "A0:B1", "1:2", "A:B", "A1:B2:C3"])
def test_a_damaged_merge(tmp_path: Path, merge: str) -> None:
    after = f'<mergeCells><mergeCell ref="{merge}"/></mergeCells>'
    assert refused_parts(tmp_path, parts_of("", after))[0] == "R101"


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


@pytest.mark.parametrize("entries", [20_000, 60_000])
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
    started = time.perf_counter()
    assert len(read_workbook(path).grids[0].cells) == 1
    assert time.perf_counter() - started < SOON


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
    started = time.perf_counter()
    grid = read_workbook(path).grids[0]
    assert [(row, len(cells)) for row, cells in grid.rows()] == [(1, 1), (1048576, 1)]
    assert time.perf_counter() - started < 0.5


def test_a_merge_over_the_whole_sheet_is_fast_even_with_a_far_cell() -> None:
    for far in ("", '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'):
        parts = parts_of(
            f'<row r="1"><c r="A1"><v>1</v></c></row>{far}',
            '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        )
        started = time.perf_counter()
        grid = read_xlsx(zipped(parts), "a.xlsx").grids[0]
        whole = Merge(1, 1, 1048576, 16384)
        assert (grid.merges, grid.merge_at(1, 1)) == ((whole,), whole)
        if far:
            assert grid.merge_at(500_000, 9_000) == whole
            assert grid.spread(7, 7).value == 1
        assert time.perf_counter() - started < 0.5


def test_a_million_styled_blanks_cost_no_memory() -> None:
    rows = "".join(f'<row r="{row}" s="1"><c r="A{row}" s="1"/><c r="B{row}" s="1"/></row>' for row in range(1, 60_000))
    grid = read_xlsx(zipped(parts_of(rows)), "a.xlsx").grids[0]
    assert (len(grid.cells), grid.last_row) == (0, 0)


# ---- anything


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes_of_the_file_never_raise_anything_else(changes: list[tuple[int, int]]) -> None:
    assert_only_unreadable(mutated(zipped(GOOD), changes))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([name for name in GOOD if name != "[Content_Types].xml"]),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_changed_bytes_of_a_part_never_raise_anything_else(part: str, changes: list[tuple[int, int]]) -> None:
    assert_only_unreadable(zipped(GOOD | {part: mutated(str(GOOD[part]).encode(), changes)}))


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
)
def test_any_bytes_never_raise_anything_else(tail: bytes, head: bytes) -> None:
    assert_only_unreadable(head + tail)


def mutated(content: bytes, changes: list[tuple[int, int]]) -> bytes:
    changed = bytearray(content)
    for place, value in changes:
        changed[place % len(changed)] = value
    return bytes(changed)


def assert_only_unreadable(content: bytes) -> None:
    try:
        read_xlsx(content, "a.xlsx")
    except UnreadableFile as error:
        assert error.code in ("R101", "R102", "R103", "R105")


USUAL = parts_of(
    '<row r="1" spans="1:3" ht="20"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="1"/><c r="C1"><v>43921</v></c></row>'
    '<row r="2"/><row r="3" x14ac:dyDescent="0.2"><c r="A3" t="inlineStr"><is><t>a&amp;b]</t></is></c>'
    '<c r="B3"><f>IF(A1&lt;2,"]",1)</f><v>5</v></c><c r="C3" t="str"><f t="shared" si="0"/><v>x</v></c></row>',
    '<mergeCells count="1"><mergeCell ref="A5:B6"/></mergeCells>',
    sharedStrings=f'<sst xmlns="{MAIN}"><si><t>甲</t></si><si><r><rPr><b/></rPr><t>乙&#10;</t></r></si></sst>',
)
USUAL["xl/worksheets/sheet1.xml"] = str(USUAL["xl/worksheets/sheet1.xml"]).replace(
    "xmlns=", 'xmlns:x14ac="urn:a" xmlns='
)


def read_or_refused(content: bytes) -> object:
    try:
        return read_xlsx(content, "a.xlsx")
    except UnreadableFile as error:
        return error.code, dict(error.numbers)


def never_scanned(*_: object) -> None:
    raise xlsx_scan.Unusual


def assert_scanned_as_parsed(content: bytes) -> None:
    scanned = read_or_refused(content)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(xlsx_sheet, "scanned_sheet", never_scanned)
        patched.setattr(xlsx_strings, "scanned_strings", never_scanned)
        assert scanned == read_or_refused(content)


def test_the_usual_spelling_is_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_scanned_as_parsed(zipped(USUAL))
    monkeypatch.setattr(SheetReader, "_start_cell", never_scanned)  # else expat would have to see the cells
    monkeypatch.setattr(xlsx_strings, "without", never_scanned)
    (grid,) = read_xlsx(zipped(USUAL), "a.xlsx").grids
    assert [cell.value for cell in grid.cells.values()] == ["甲", 43921, "a&b]", 5, "x"]
    assert [cell.formula for cell in grid.cells.values()] == [None, None, None, '=IF(A1<2,"]",1)', "="]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"]),
    st.lists(
        st.tuples(
            st.integers(0, 10**6),
            st.integers(0, 6),
            st.sampled_from(
                [
                    "<",
                    ">",
                    "/",
                    '"',
                    "&",
                    "]]>",
                    "&#0;",
                    "&#13;",
                    "&#x1F;",
                    "&#xD800;",
                    "\r",
                    "\x0b",
                    "\ufffe",
                    "<!-- -->",
                ]
                + [
                    "<![CDATA[1]]>",
                    "<?a b?>",
                    ' r="9"',
                    ' r="A1"',
                    ' t="s"',
                    ' xmlns="urn:y"',
                    "<x:v>1</x:v>",
                    "<v>7</v>",
                ]
                + [
                    "</row>",
                    "<row>",
                    '<row r="1">',
                    '<c r="A1"><v>1</v></c>',
                    "<c><v>2</v></c>",
                    "<is/>",
                    "<t/>",
                    "<rPh/>",
                ]
                + ["</sheetData>", "<sheetData>", "</sst>", " ", "\n", "1", "A", "ａ", "_x0041_", "'", "=", ":", "."]
            ),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_whatever_is_scanned_reads_as_it_parses(part: str, changes: list[tuple[int, int, str]]) -> None:
    """With pieces put in, or over some of it, the scan gives what expat gives, or leaves it to expat."""
    text = str(USUAL[part])
    for place, over, piece in changes:
        at = place % len(text)
        text = text[:at] + piece + text[at + over :]
    assert_scanned_as_parsed(zipped(USUAL | {part: text.encode("utf-8", "surrogatepass")}))
