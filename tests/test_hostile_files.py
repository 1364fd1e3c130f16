"""Each hostile file is refused with exactly its code, or read right, and always soon."""

from __future__ import annotations

import io
import os
import warnings
import zipfile
import zlib
from pathlib import Path

import pytest

from perfxl.sources import UnreadableFile
from perfxl.sources.xlsx import read_xlsx
from tests.hostile_files import GOOD, ole, refused, refused_content, refused_parts
from tests.xlsx_packages import MAIN, OFFICE, parts_of, relationships, sheet_xml, zipped

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
