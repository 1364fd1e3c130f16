"""Every kind of file, damaged in every way, under the limits of a worker: one exact finding each, nothing worse.

The worker's clock and memory limit are the guard: a file that runs into them ends with `检查用时` or R199 instead.
"""

from __future__ import annotations

import struct
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from perfxl.batch import Options, collect
from perfxl.cli import main
from perfxl.finding import Severity
from perfxl.limits import Limits, run_here
from perfxl.review import FileReview
from perfxl.sources import UnreadableFile
from tests import test_sources_docx as word
from tests import test_sources_ods as calc
from tests.document_forms import as_docx, as_html, as_tabs, as_xls, as_xml_2003
from tests.grids import form_grid
from tests.hostile_files import CHINESE, OWN_WORDS, ole
from tests.pdf_forms import as_pdf, pdf, stream, text_at
from tests.test_folder import reviews
from tests.test_sources_text import xml_2003
from tests.test_sources_xls import book, overlapping, stream_of
from tests.xlsx_packages import parts_of, zipped

TEXT = 30 * 2**20 // 3
"""Characters of a cell with 30 MB of text."""
ROWS = 100_000

LONG_TEXT = ("R105", "单元格文字不超过 32,767 字")
DEEP = ("R105", "XML 嵌套不超过 64 层")
NO_DIRECTORY = ("R101", "压缩包的目录缺失或损坏，文件可能不完整")
ZERO_BYTES = ("R101", "文件为空（0 字节）")
NO_FORM = ("R106",)
ENCRYPTED = ("R102",)

EXPECTED: dict[str, dict[str, tuple[str, ...]]] = {
    "截断": {
        "xlsx": NO_DIRECTORY,
        "xls": ("R103", "其他 OLE 复合文档"),
        "ods": NO_DIRECTORY,
        "docx": NO_DIRECTORY,
        "pdf": ("R101", "PDF 不完整，缺少结尾"),
        "html": ("R101", "网页不完整，表格没有结尾"),
        "xml": ("R101", "文字编码有误，不是完整的 UTF-8、UTF-16 或 GB18030 文字"),
        # A text does not say where it ends. The form in it lacks its 总分 then.
        "txt": ("表", "L110 W101 W110"),
    },
    "空": dict.fromkeys(("xlsx", "xls", "ods", "docx", "pdf", "html", "xml", "txt"), ZERO_BYTES),
    # Pages and texts know no encryption.
    "加密": dict.fromkeys(("xlsx", "xls", "ods", "docx", "pdf"), ENCRYPTED),
    "十万空行": {
        **dict.fromkeys(("xlsx", "xls", "ods", "docx", "html", "xml", "txt"), NO_FORM),
        "pdf": ("R108", "没有文字的 PDF"),
    },
    "三十兆": {
        # A cell of an .xls cannot say that it is so long.
        **dict.fromkeys(("xlsx", "ods", "docx", "xml", "txt"), LONG_TEXT),
        "pdf": ("R105", "PDF 一页的内容不超过 2 MB"),
        "html": ("R105", "网页嵌套不超过 255 层，一处文字不超过 10 MB"),
    },
    "自套": {
        **dict.fromkeys(("xlsx", "docx", "xml"), DEEP),
        "xls": ("R101", "工作簿的工作表互相重叠"),
        "ods": ("R101", "工作表嵌套有误"),
        "html": ("R105", "网页嵌套不超过 255 层，一处文字不超过 10 MB"),
        # Drawn once, as viewers do.
        "pdf": NO_FORM,
        "txt": ("R105", "列号不超过 16,384"),
    },
    "完好": dict.fromkeys(("xlsx", "xls", "ods", "docx", "pdf", "html", "xml", "txt"), ("表", "")),
}
"""Damage → kind → code and parameters of the finding about the file; of a form that was read, its errors."""


def whole() -> Iterator[tuple[str, bytes]]:
    """The form that all of them hold, as each kind of file."""
    sheet = form_grid("mof-2020")
    text = "".join(
        f'<row r="{row}">'
        + "".join(
            f'<c r="{sheet.ref(row, column).address}" t="inlineStr"><is><t>{cell.text}</t></is></c>'
            for column, cell in cells
        )
        + "</row>"
        for row, cells in sheet.rows()
    )
    rows = "".join(
        calc.row(*(calc.cell(sheet.text(row, column)) for column in range(1, sheet.last_column + 1)))
        for row in range(1, sheet.last_row + 1)
    )
    yield "xlsx", zipped(parts_of(text))
    yield "xls", as_xls(sheet)
    yield "ods", calc.ods(calc.content(rows))
    yield "docx", as_docx(sheet)
    yield "pdf", as_pdf(sheet)
    yield "html", as_html(sheet).encode("gb18030")
    yield "xml", as_xml_2003(sheet).encode()
    yield "txt", as_tabs(sheet).encode()


def encrypted(kind: str, content: bytes) -> bytes | None:
    """None for kinds that know no encryption."""
    if kind == "xlsx":
        return ole("EncryptionInfo", "EncryptedPackage")
    if kind == "xls":
        start, records = stream_of(content)
        place = start + 4 + struct.unpack_from("<H", records, 2)[0]
        return content[:place] + b"\x2f\x00" + content[place + 2 :]
    if kind == "ods":
        return calc.ods(calc.content(""), {"META-INF/manifest.xml": "<manifest:encryption-data/>"})
    if kind == "docx":
        locked, place = bytearray(content), -1
        while (place := locked.find(b"PK\x01\x02", place + 1)) >= 0:
            locked[place + 8] |= 1
        return bytes(locked)
    if kind == "pdf":
        entries = "/Filter /Standard /V 1 /R 2 /P -4 /O (" + "o" * 32 + ") /U (" + "u" * 32 + ")"
        return pdf(["x"], extra={6: f"<< {entries} >>".encode()}, trailer="/Encrypt 6 0 R /ID [(a) (b)]")
    return None


def nothing() -> Iterator[tuple[str, bytes]]:
    """A hundred thousand rows without a word."""
    yield "xlsx", zipped(parts_of("".join(f'<row r="{row}"><c r="A{row}"/></row>' for row in range(1, ROWS + 1))))

    def blanks(made: Any) -> None:
        sheet = made.add_sheet("a")
        for row in range(65_536):
            sheet.write(row, 0, None)

    yield "xls", book(blanks)
    yield "ods", unpacked(calc.ods(calc.content(calc.row(calc.cell()) * ROWS)))
    yield "docx", unpacked(word.body(word.tbl(*[word.tc("")] * ROWS)))
    yield "pdf", pdf([" \n" * ROWS])
    yield "html", ("<table>" + "<tr><td></td></tr>" * ROWS + "</table>").encode()
    yield "xml", xml_2003("<Row><Cell/></Row>" * ROWS)
    yield "txt", b"\t\t\n" * ROWS


def endless() -> Iterator[tuple[str, bytes]]:
    """One cell of 30 MB, not packed, so that no ratio gives it away."""
    text = "绩" * TEXT
    inline = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'
    yield "xlsx", zipped(parts_of(inline), zipfile.ZIP_STORED)
    yield "ods", unpacked(calc.ods(calc.content(calc.row(calc.cell(text)))))
    yield "docx", unpacked(word.body(word.tbl(word.tc(text))))
    yield "pdf", pdf([text_at(50, 50, text)])
    yield "html", f"<table><tr><td>{text}</td></tr></table>".encode()
    yield "xml", xml_2003(f'<Row><Cell><Data ss:Type="String">{text}</Data></Cell></Row>')
    yield "txt", f"甲\t{text}".encode()


def unpacked(content: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()}, zipfile.ZIP_STORED)


def recursive() -> Iterator[tuple[str, bytes]]:
    """Tables within tables, sheets within sheets, pages that draw themselves."""
    yield "xlsx", zipped(parts_of("<row>" * 50_000))
    yield "xls", overlapping()
    yield "ods", calc.ods(calc.content("<table:table>" * 50_000))
    yield "docx", word.body("<w:tbl><w:tr><w:tc>" * 50_000)
    draws = stream(
        b"/X1 Do " * 50, "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X1 8 0 R >> >>"
    )
    yield "pdf", pdf(["/X1 Do " + text_at(50, 50, "甲")], extra={8: draws})
    yield "html", b"<table><tr><td>" * 100_000
    yield "xml", xml_2003("<Table>" * 50_000)
    yield "txt", b'"' * 2**20 + b"\t" + b'"a\t' * 2**16


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileReview]:
    folder = tmp_path_factory.mktemp("small")
    for kind, content in whole():
        (folder / f"完好.{kind}").write_bytes(content)
        (folder / f"截断.{kind}").write_bytes(content[: len(content) * 6 // 10])
        (folder / f"空.{kind}").write_bytes(b"")
        if locked := encrypted(kind, content):
            (folder / f"加密.{kind}").write_bytes(locked)
    return found_in(folder)


@pytest.fixture(scope="module")
def exhausting(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileReview]:
    """What is meant to take all memory or time."""
    folder = tmp_path_factory.mktemp("exhausting")
    for name, contents in EXHAUSTING.items():
        for kind, content in contents():
            (folder / f"{name}.{kind}").write_bytes(content)
    return found_in(folder)


EXHAUSTING = {"十万空行": nothing, "三十兆": endless, "自套": recursive}


def found_in(folder: Path) -> dict[str, FileReview]:
    candidates = collect([*folder.iterdir()])
    return {Path(file.path).name: file for file in reviews(candidates, Options(), Limits(jobs=2))}


def said(file: FileReview) -> tuple[str, ...]:
    """Code and parameters of the finding."""
    if file.reviews:
        return ("表", " ".join(f.code for f in file.findings if f.severity is Severity.error))
    (finding,) = file.file_findings
    return finding.code, *(said for name, said in finding.numbers.items() if not name.endswith("_en"))


def expected(exhausting: bool) -> dict[str, tuple[str, ...]]:
    return {
        f"{damage}.{kind}": finding
        for damage, kinds in EXPECTED.items()
        for kind, finding in kinds.items()
        if (damage in EXHAUSTING) == exhausting
    }


def test_no_kind_and_no_damage_is_left_out(small: dict[str, FileReview]) -> None:
    assert sorted(small) == sorted(expected(exhausting=False))


@pytest.mark.acceptance
def test_nothing_that_exhausts_is_left_out(exhausting: dict[str, FileReview]) -> None:
    assert sorted(exhausting) == sorted(expected(exhausting=True))


@pytest.mark.parametrize(("file", "finding"), expected(exhausting=False).items())
def test_it_ends_in_one_clear_finding(small: dict[str, FileReview], file: str, finding: tuple[str, ...]) -> None:
    assert said(small[file]) == finding


def test_it_is_said_in_english_too(small: dict[str, FileReview]) -> None:
    """Through a worker and back, whatever it is read from."""
    said = {name: OWN_WORDS.sub("", f.message("en")) for name, file in small.items() for f in file.file_findings}
    assert {name: text for name, text in said.items() if CHINESE.search(text)} == {}
    assert len(said) > 12


@pytest.mark.acceptance
@pytest.mark.parametrize(("file", "finding"), expected(exhausting=True).items())
def test_what_exhausts_ends_in_one_clear_finding(
    exhausting: dict[str, FileReview], file: str, finding: tuple[str, ...]
) -> None:
    assert said(exhausting[file]) == finding


@pytest.mark.parametrize("command", [("check",), ("import", "--to", "到")])
def test_a_lone_pdf_is_stopped_as_well(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two hundred pages of form in a tenth of a second: without workers the process's own clock ends it."""
    monkeypatch.chdir(tmp_path)
    Path("长.pdf").write_bytes(as_pdf(*[form_grid("mof-2020")] * 90))
    assert main([command[0], "长.pdf", *command[1:], "--timeout", "0.1"]) == 1
    out, err = capsys.readouterr()
    assert "用时不超过 0.1 秒" in out + err
    assert not any(Path("到").glob("*"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_time_that_runs_out_in_a_destructor_ends_the_work_all_the_same() -> None:
    """Python drops what is raised there; the clock strikes again."""

    class Slow:
        def __del__(self) -> None:
            time.sleep(0.1)

    def work() -> None:
        Slow()
        time.sleep(10)

    with pytest.raises(UnreadableFile) as stopped:
        run_here(work, Limits(seconds=0.02))
    assert (stopped.value.code, *stopped.value.numbers.values()) == ("R105", "用时不超过 0.02 秒")
