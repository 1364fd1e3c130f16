"""PDFs: the same form as its sheet over one and several pages, text around tables, scans, and hostile bytes."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.grid import Grid, Merge, Workbook, normalised
from perfxl.sources import UnreadableFile, pdf_interpreter, pdf_limits, pdf_page, read_workbook
from perfxl.sources.pdf import read_pdf
from tests.document_forms import FORMS, findings, places, shown_cells
from tests.grids import form_grid
from tests.pdf_forms import HEIGHT, WIDTH, as_pdf, assembled, box, pdf, stream, text_at


def read(content: bytes) -> Grid:
    (grid,) = read_pdf(content, "a.pdf").grids
    return grid


def refused(content: bytes) -> tuple[str, Mapping[str, str]]:
    started = time.process_time()
    with pytest.raises(UnreadableFile) as caught:
        read_pdf(content, "a.pdf")
    assert time.process_time() - started < 5
    return caught.value.code, caught.value.numbers


# ---- the same form


@pytest.mark.parametrize("form", FORMS)
def test_a_pdf_is_the_same_form(tmp_path: Path, form: str) -> None:
    sheet = form_grid(form)
    path = tmp_path / "水利局.xlsx"
    path.write_bytes(as_pdf(sheet))
    workbook = read_workbook(path)
    (grid,) = workbook.grids
    assert shown_cells(grid) == shown_cells(sheet)
    assert set(grid.merges) == set(sheet.merges)
    assert findings(workbook) == [(0, 0, "R104"), *findings(Workbook("a.xlsx", (sheet,)))]


# ---- text and tables


def table(top: float, *rows: tuple[str, ...], left: float = 50, height: float = 20, width: float = 100) -> str:
    """Cells of one size with a line of text in each."""
    content = ""
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            x, y = left + column * width, top + row * height
            content += box((x, y, x + width, y + height)) + text_at(x + 2, y + 4, text)
    return content


def test_lines_outside_tables_and_several_tables() -> None:
    first = (
        text_at(300, 40, "项目支出绩效自评表") + table(100, ("甲", "1"), ("乙", "2")) + text_at(50, 150, "单位：万元")
    )
    first += table(200, ("丙", "3", "4"), left=60) + text_at(50, 400, "填表人：") + text_at(300, 400, "电话：")
    second = text_at(50, 40, "说明") + table(100, ("丁", "5")) + text_at(400, HEIGHT - 30, "第 2 页，共 2 页")
    assert places(read(pdf([first + text_at(400, HEIGHT - 30, "1 / 2"), second]))) == {
        "第1页 第1行": "项目支出绩效自评表",
        "第1页 表1 第1行 第1列": "甲",
        "第1页 表1 第1行 第2列": "1",
        "第1页 表1 第2行 第1列": "乙",
        "第1页 表1 第2行 第2列": "2",
        "第1页 第2行": "单位：万元",
        "第1页 表2 第1行 第1列": "丙",
        "第1页 表2 第1行 第2列": "3",
        "第1页 表2 第1行 第3列": "4",
        "第1页 第3行": "填表人：  电话：",
        "第2页 第1行": "说明",
        "第2页 表1 第1行 第1列": "丁",
        "第2页 表1 第1行 第2列": "5",
    }


def test_a_table_over_pages_is_one_and_keeps_its_columns() -> None:
    """On page 2 the first two columns are one in every row, and the group's cell is parted by the page's end."""
    group = box((50, 100, 150, 140)) + text_at(52, 104, "产出")
    first = group + table(100, ("a", "1"), ("b", "2"), left=150)
    rest = box((50, 40, 150, 60)) + table(40, ("c", "3"), left=150)
    second = rest + box((50, 60, 250, 80)) + text_at(52, 64, "总分") + table(60, ("6",), left=250)
    grid = read(pdf([first, second]))
    assert places(grid) == {
        "第1页 表1 第1行 第1列": "产出",
        "第1页 表1 第1行 第2列": "a",
        "第1页 表1 第1行 第3列": "1",
        "第1页 表1 第2行 第2列": "b",
        "第1页 表1 第2行 第3列": "2",
        "第2页 表1 第1行 第2列": "c",
        "第2页 表1 第1行 第3列": "3",
        "第2页 表1 第2行 第1列": "总分",
        "第2页 表1 第2行 第3列": "6",
    }
    assert grid.merges == (Merge(1, 1, 3, 1), Merge(4, 1, 4, 2))


def test_a_frame_around_a_table_and_a_line_of_its_own() -> None:
    grid = read(pdf([box((20, 20, 800, 500)) + text_at(50, 50, "题") + table(100, ("甲", "1"))]))
    assert places(grid) == {"第1页 第1行": "题", "第1页 表1 第1行 第1列": "甲", "第1页 表1 第1行 第2列": "1"}


def test_borders_drawn_as_thin_boxes_and_shading() -> None:
    """As Word and WPS draw them: each side of each cell by itself, over filled cells and a white page."""
    content = f"1 g 0 0 {WIDTH} {HEIGHT} re f 0.9 g 50 {HEIGHT - 120} 200 20 re f 0 g "
    for row in range(2):
        for column in range(2):
            left, top = 50 + 100 * column, HEIGHT - 100 - 20 * row
            for sides in (
                f"{left} {top - 0.24} 100 0.48",
                f"{left} {top - 20.24} 100 0.48",
                f"{left - 0.24} {top - 20} 0.48 20",
                f"{left + 99.76} {top - 20} 0.48 20",
            ):
                content += f"{sides} re f "
            content += text_at(left + 2, 104 + 20 * row, "甲乙丙丁"[2 * row + column])
    assert places(read(pdf([content]))) == {
        "第1页 表1 第1行 第1列": "甲",
        "第1页 表1 第1行 第2列": "乙",
        "第1页 表1 第2行 第1列": "丙",
        "第1页 表1 第2行 第2列": "丁",
    }


def test_a_page_turned_on_its_side() -> None:
    content = f"q 0 1 -1 0 {WIDTH} 0 cm " + table(100, ("甲", "1")) + "Q"
    turned = pdf([content]).replace(b"/Type /Page /Parent", b"/Rotate 90 /Type /Page /Parent")
    assert list(places(read(turned)).values()) == ["甲", "1"]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (["通过设立合作交流工作业务", "费项目"], "通过设立合作交流工作业务费项目"),
        (["1.一个体系；", "2.一支队伍"], "1.一个体系；\n2.一支队伍"),
        (["1,040,000,00", "0.00"], "1,040,000,000.00"),
        (["the project", "expenses"], "the project expenses"),
        (["满意度达到了百分之九", "十，"], "满意度达到了百分之九十，"),
        (["⽬标", "完成"], "目标\n完成"),
    ],
)
def test_lines_that_the_cell_broke_are_joined(written: list[str], text: str) -> None:
    content = table(100, ("甲", "")) + "".join(text_at(152, 102 + 9 * row, line) for row, line in enumerate(written))
    assert read(pdf([content])).text(1, 2) == text


def test_running_text_is_joined_by_paragraphs() -> None:
    """Words of 60 signs fill the page's width; the second paragraph ends with a full line before a number."""
    lines = ["　　" + "甲" * 58, "乙" * 60, "丙" * 20, "丁" * 60, "2、" + "戊" * 58, "己"]
    content = text_at(250, 30, "关于报送自评结果的报告") + text_at(270, 44, "（2020年度）")
    content += "".join(text_at(50, 70 + 14 * row, line) for row, line in enumerate(lines))
    assert places(read(pdf([content]))) == {
        "第1页 第1行": "关于报送自评结果的报告",
        "第1页 第2行": "（2020年度）",
        "第1页 第3行": "甲" * 58 + "乙" * 60 + "丙" * 20,
        "第1页 第6行": "丁" * 60,
        "第1页 第7行": "2、" + "戊" * 58 + "己",
    }


def test_text_outside_the_clipped_area_is_not_read() -> None:
    """A cell over two pages is drawn whole on both, and each page shows its part."""
    clipped = "q 50 475 100 20 re W* n " + text_at(52, 104, "甲") + text_at(52, 130, "乙") + "Q "
    inner = "q 0 0 800 500 re W n q 50 475 100 20 re W n Q " + text_at(152, 104, "丙") + "Q "
    assert places(read(pdf([clipped + inner + table(100, ("", ""))]))) == {
        "第1页 表1 第1行 第1列": "甲",
        "第1页 表1 第1行 第2列": "丙",
    }


def test_a_cell_left_open_at_the_page_s_end_and_headings_printed_again() -> None:
    heading = ("一级指标", "三级指标", "得分")
    first = table(100, heading) + table(120, ("a", "1"), ("b", "2"), left=150) + text_at(52, 130, "产出")
    second = table(40, heading) + table(60, ("c", "3"), ("d", "4"), left=150) + box((50, 60, 150, 100))
    third = table(40, heading) + table(60, ("效益", "e", "5"))
    grid = read(pdf([first, second, third]))
    assert places(grid) == {
        **{f"第1页 表1 第1行 第{column}列": text for column, text in enumerate(heading, start=1)},
        "第1页 表1 第2行 第1列": "产出",
        "第1页 表1 第2行 第2列": "a",
        "第1页 表1 第2行 第3列": "1",
        "第1页 表1 第3行 第2列": "b",
        "第1页 表1 第3行 第3列": "2",
        "第2页 表1 第2行 第2列": "c",
        "第2页 表1 第2行 第3列": "3",
        "第2页 表1 第3行 第2列": "d",
        "第2页 表1 第3行 第3列": "4",
        "第3页 表1 第2行 第1列": "效益",
        "第3页 表1 第2行 第2列": "e",
        "第3页 表1 第2行 第3列": "5",
    }
    assert grid.merges == (Merge(2, 1, 5, 1),)


def upright(place: float, top: float, bottom: float) -> str:
    return f"{place} {HEIGHT - top} m {place} {HEIGHT - bottom} l S\n"


def test_a_cell_open_above_and_below_on_a_page_of_its_own() -> None:
    """Of a merged cell over three pages, the second shows nothing but its left line, and its text."""
    first = table(100, ("绩效指标", "名称", "得分")) + table(120, ("a", "1"), left=150) + upright(50, 120, 140)
    second = table(40, ("b", "2"), ("c", "3"), left=150) + upright(50, 40, 80) + text_at(60, 55, "产出")
    third = table(40, ("d", "4"), left=150) + upright(50, 40, 60) + table(60, ("效益", "e", "5"))
    grid = read(pdf([first, second, third]))
    assert [grid.text(row, column) for row in range(1, 7) for column in (1, 2, 3)] == [
        *("绩效指标", "名称", "得分"),
        *("产出", "a", "1"),
        *("", "b", "2"),
        *("", "c", "3"),
        *("", "d", "4"),
        *("效益", "e", "5"),
    ]
    assert grid.merges == (Merge(2, 1, 5, 1),)


def test_a_row_that_the_page_s_end_parted_is_one_again() -> None:
    """A cell takes eleven characters. A text that came to its end does not go on."""
    first = table(100, ("指标", "说明", "得分"), ("a", "甲" * 11, "5"))
    assert places(read(pdf([first, table(40, ("", "乙乙", ""), ("b", "丙", "4"))]))) == {
        **{f"第1页 表1 第1行 第{column}列": text for column, text in enumerate(("指标", "说明", "得分"), start=1)},
        "第1页 表1 第2行 第1列": "a",
        "第1页 表1 第2行 第2列": "甲" * 11 + "乙乙",
        "第1页 表1 第2行 第3列": "5",
        "第2页 表1 第2行 第1列": "b",
        "第2页 表1 第2行 第2列": "丙",
        "第2页 表1 第2行 第3列": "4",
    }
    for text in ("甲" * 10 + "。", "甲" * 5):
        ended = table(100, ("指标", "说明", "得分"), ("a", text, "5"))
        found = places(read(pdf([ended, table(40, ("", "乙乙", ""))])))
        assert (found["第1页 表1 第2行 第2列"], found["第2页 表1 第1行 第2列"]) == (text, "乙乙")


def test_what_stands_beside_a_table_does_not_part_it() -> None:
    first = table(100, ("指标", "得分"), ("a", "5")) + text_at(400, 124, "已核对")
    grid = read(pdf([first, table(40, ("b", "4"))]))
    assert list(places(grid).items()) == [
        ("第1页 表1 第1行 第1列", "指标"),
        ("第1页 表1 第1行 第2列", "得分"),
        ("第1页 表1 第2行 第1列", "a"),
        ("第1页 表1 第2行 第2列", "5"),
        ("第2页 表1 第1行 第1列", "b"),
        ("第2页 表1 第1行 第2列", "4"),
        ("第1页 第1行", "已核对"),
    ]


# ---- no text


def test_scans_and_pages_without_text() -> None:
    picture = stream(
        b"\0", "/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray"
    )
    assert refused(pdf(["q 842 0 0 595 0 0 cm /X1 Do Q"], extra={8: picture})) == ("R108", {"kind": "扫描的 PDF"})
    assert refused(pdf([box((50, 50, 90, 90))])) == ("R108", {"kind": "没有文字的 PDF"})


def test_a_font_that_does_not_tell_its_characters() -> None:
    own = b"<< /Type /Font /Subtype /Type0 /BaseFont /Own /Encoding /Identity-H /DescendantFonts [4 0 R] >>"
    other = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Own /FontDescriptor 5 0 R"
    system = b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    content = pdf([text_at(50, 50, "绩效")], extra={3: own, 4: other + system})
    assert refused(content) == ("R108", {"kind": "文字没有编码的 PDF"})


@pytest.mark.parametrize(
    "entries",
    ["/Filter /Standard /V 1 /R 2 /P -4 /O (" + "o" * 32 + ") /U (" + "u" * 32 + ")", "/Filter /Other /V 1"],
)
def test_an_encrypted_pdf(entries: str) -> None:
    content = pdf(["x"], extra={6: f"<< {entries} >>".encode()}, trailer="/Encrypt 6 0 R /ID [(a) (b)]")
    assert refused(content) == ("R102", {})


# ---- hostile


def test_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_limits, "MAX_INFLATED_BYTES", 2**20)
    limit = ("R105", {"limit": "解压后不超过 1 MB"})
    zeros = zlib.compress(bytes(2**20 + 1), 9)
    for data, filters in {
        zeros: "/FlateDecode",
        zlib.compress(zeros, 9): "[/FlateDecode /FlateDecode]",
        zeros.hex().encode() + b">": "[/ASCIIHexDecode /FlateDecode]",
        base64.a85encode(zeros) + b"~>": "[/A85 /Fl]",
        b"x" * 9 + b"stream\n" + zeros: "",
        zlib.compress(b"stream\n" + zeros, 0): "/FlateDecode",
    }.items():
        assert refused(pdf(["x"], extra={7: stream(data, f"/Filter {filters}")})) == limit
    deep = b"x"
    for _ in range(6):
        deep = zlib.compress(deep)
    assert refused(pdf(["x"], extra={7: stream(deep)})) == ("R101", {"reason": "PDF 的内容压缩层数过多"})
    lzw = stream(b"x", "/Filter /L#5aWDecode")
    assert refused(pdf(["x"], extra={7: lzw})) == ("R101", {"reason": "PDF 使用了过时的压缩方式（LZW），请重新另存"})


def test_forms_that_draw_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_interpreter, "MAX_CONTENT_BYTES", 50_000)

    def form(draws: str, inner: int) -> bytes:
        resources = f"/Resources << /XObject << /X1 {inner} 0 R >> /Font << /F1 3 0 R >> >>"
        return stream(draws.encode(), f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] {resources}")

    laughs = {8 + 100 * level: form("/X1 Do " * 50, 108 + 100 * level) for level in range(6)}
    laughs[608] = form(text_at(1, 1, "哈" * 50), 608)
    assert refused(pdf(["/X1 Do"], extra=laughs))[0] == "R105"
    own = {8: form("/X1 Do " * 50 + text_at(1, 1, "甲"), 8)}
    assert read(pdf(["/X1 Do"], extra=own)).text(1, 1) == "甲"


@pytest.mark.parametrize(
    ("content", "limit"),
    [
        ("0 0 m 9 9 l S " * 160_000, "PDF 一页的内容不超过 2 MB"),
        (text_at(1, 1, "绩" * 100_000), "PDF 一页的文字不超过 50,000 字"),
        ("".join(box((x, 0, x + 5, 5)) for x in range(251)), "PDF 一页的线条不超过 1,000 条"),
        (
            "".join(box((9 * x, 0, 9 * x + 9, 590)) + box((0, 9 * x, 840, 9 * x + 9)) for x in range(60)),
            "PDF 一页的表格线交点不超过 500 个",
        ),
    ],
)
def test_a_page_over_a_limit(monkeypatch: pytest.MonkeyPatch, content: str, limit: str) -> None:
    monkeypatch.setattr(pdf_page, "MAX_RULES", 1_000)
    monkeypatch.setattr(pdf_page, "MAX_CROSSINGS", 500)
    assert refused(pdf([content], packed=True)) == ("R105", {"limit": limit})


def test_too_many_pages_and_codes() -> None:
    assert refused(pdf(["x"] * 201)) == ("R105", {"limit": "PDF 不超过 200 页"})
    limit = ("R105", {"limit": "字符映射不超过 5,000,000 个"})
    wide, full = b"<00000000> <FFFFFFFF> <0041>", b"<0000> <FFFF> <0041> "
    for ranges in (
        wide,
        b"7 <00> <00> " + wide,
        wide.replace(b"> <", b"> % <\n<"),
        full * 100,
        b"<00 00><FFFF>[]" * 100,
    ):
        map_ = b"1 beginbfrange " + ranges + b" endbfrange"
        assert refused(pdf(["x"], extra={7: stream(map_)})) == limit
        assert refused(pdf(["x"], extra={7: stream(zlib.compress(map_), "/Filter /FlateDecode")})) == limit
    pdf_limits.check_streams(
        b"100 beginbfchar " + b"<0001> <FFFF> " * 10_000 + b"endbfchar 1 beginbfrange <01> <02> <03>"
    )


def test_the_ends_of_streams_are_no_streams() -> None:
    """`~>` stands somewhere in a font; up to there the file would be looked at again from each end."""
    pdf_limits.check_streams(b"stream\n\0\1\2 endstream\nendobj      \n" * 50 + b"0" * 10_000 + b"~>")


def test_many_streams_are_soon_looked_at() -> None:
    for content in (b"stream\n" * 50_000 + b"~>", (b"stream\n" + zlib.compress(b"x")) * 50_000, b"stream\n" * 50_001):
        started = time.process_time()
        with suppress(UnreadableFile):
            pdf_limits.check_streams(content)
        assert time.process_time() - started < 2


def test_a_cut_pdf_is_refused(tmp_path: Path) -> None:
    content = as_pdf(form_grid("mof-2020"))
    path = tmp_path / "a.pdf"
    for percent in range(0, 100, 5):
        path.write_bytes(content[: len(content) * percent // 100])
        with pytest.raises(UnreadableFile) as caught:
            read_workbook(path)
        assert caught.value.code == "R101"


def test_what_the_libraries_remark_is_not_printed(tmp_path: Path) -> None:
    """In a process of its own: pytest catches what is logged."""
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(["/P0 g " + text_at(50, 50, "甲")]))
    code = f"from pathlib import Path; from perfxl.sources import read_workbook; read_workbook(Path({str(path)!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert (done.stdout, done.stderr) == ("", "")


def test_pages_that_go_round() -> None:
    assert refused(pdf(["x"], extra={2: b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"}))[0] == "R101"
    assert refused(assembled({1: b"<< /Type /Catalog >>"}))[0] == "R101"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6))
def test_changed_bytes_never_raise_anything_else(changes: list[tuple[int, int]]) -> None:
    content = bytearray(pdf([table(100, ("甲", "1"), ("乙", "2"))]))
    for place, value in changes:
        content[place % len(content)] = value
    try:
        read_pdf(bytes(content), "a.pdf")
    except UnreadableFile as error:
        assert error.code in ("R101", "R102", "R105", "R108")


def test_a_pdf_of_white_space_in_labels_reads_like_the_form() -> None:
    assert normalised(read(pdf([table(100, ("得 分", "1"))])).text(1, 1)) == "得分"
