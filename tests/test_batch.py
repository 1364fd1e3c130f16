"""Every path gets one row, in a stable order, whatever the file does."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from perfxl import batch
from perfxl.batch import Candidate, Options, check_file, check_paths, collect, shown_path
from perfxl.cli import main
from perfxl.grid import Workbook
from perfxl.limits import Limits
from perfxl.review import FileReview, review_workbook
from perfxl.store import Store, rules
from tests.test_folder import reviews

GOOD = Path(__file__).parent.parent / "examples" / "returned" / "古美路街道办事处-2020.xlsx"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    shutil.copy(GOOD, tmp_path / "b" / "甲.xlsx")
    shutil.copy(GOOD, tmp_path / "乙.XLSX")
    (tmp_path / "~$乙.xlsx").write_bytes(b"x")
    (tmp_path / ".~lock.乙.xlsx#").write_bytes(b"x")
    (tmp_path / ".DS_Store").write_bytes(b"x")
    (tmp_path / "说明.txt").write_text("请查收", "utf-8")
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7\n")
    (tmp_path / "无扩展名").write_bytes(b"")
    (tmp_path / "c.xlsx").mkdir()
    (tmp_path / "c.xlsx" / "丙.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "丁.xlsx").write_bytes(b"x")
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "乙.XLSX")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "fifo.xlsx")
    return tmp_path


def rows(files: list[FileReview], folder: Path) -> list[tuple[str, str, str]]:
    return [
        (os.path.relpath(file.path, folder), file.status, " ".join(finding.code for finding in file.file_findings))
        for file in files
    ]


def test_every_path_has_exactly_one_row_in_order(folder: Path) -> None:
    files = list(check_paths(collect([folder]), Options()))
    assert rows(files, folder) == [
        (".DS_Store", "skipped", "R107"),
        (".hidden", "skipped", "R107"),
        (".~lock.乙.xlsx#", "skipped", "R107"),
        ("b/甲.xlsx", "returned", ""),
        ("c.xlsx", "skipped", "R107"),
        ("c.xlsx/丙.xlsx", "unreadable", "R101"),
        ("fifo.xlsx", "skipped", "R107"),
        ("link.xlsx", "skipped", "R107"),
        ("loop", "skipped", "R107"),
        ("scan.pdf", "unreadable", "R101"),
        ("~$乙.xlsx", "skipped", "R107"),
        ("乙.XLSX", "returned", ""),
        ("无扩展名", "unreadable", "R101"),
        ("说明.txt", "skipped", "R107"),
    ]


def test_the_reasons_are_said(folder: Path) -> None:
    reasons = {Path(c.path).name: c.skipped[0] for c in collect([folder]) if c.skipped}
    assert reasons == {
        ".DS_Store": "隐藏文件或文件夹",
        ".hidden": "隐藏文件或文件夹",
        ".~lock.乙.xlsx#": "Excel 或 WPS 打开文件时的临时文件",
        "c.xlsx": "是文件夹，其中的文件另列",
        "fifo.xlsx": "管道或设备，不是文件",
        "link.xlsx": "链接，不是文件",
        "loop": "链接，不是文件",
        "~$乙.xlsx": "Excel 或 WPS 打开文件时的临时文件",
    }


def test_a_text_in_a_folder_is_a_form_or_a_note(tmp_path: Path) -> None:
    """A note that is empty or in no known encoding is one too; named by itself a text must hold a form."""
    shutil.copy(Path(__file__).parent / "forms" / "published" / "gumei-2020.txt", tmp_path / "a.TXT")
    (tmp_path / "b.txt").write_text("自评表请于 3 月 31 日前报送。", "utf-8")
    (tmp_path / "c.txt").write_bytes(b"")
    (tmp_path / "d.txt").write_bytes(b"\xff\xfe\x00")
    expected = [("a.TXT", "returned", "")] + [(name, "skipped", "R107") for name in ("b.txt", "c.txt", "d.txt")]
    found = collect([tmp_path])
    assert rows(list(check_paths(found, Options())), tmp_path) == expected
    assert rows(list(reviews(found, Options(), Limits(jobs=2))), tmp_path) == expected
    with Store(tmp_path.parent / "库.sqlite", rules(Options())) as store:
        assert rows(list(reviews(found, Options(), Limits(), store)), tmp_path) == expected
        assert rows(list(reviews(found, Options(), Limits(), store)), tmp_path) == expected
    (alone,) = check_paths(collect([tmp_path / "b.txt"]), Options())
    assert (alone.status, [finding.code for finding in alone.file_findings]) == ("unreadable", ["R106"])
    assert alone.path.endswith("b.txt") and main(["verify", str(tmp_path)]) == 0


def test_order_and_rows_do_not_depend_on_the_order_of_the_arguments(folder: Path) -> None:
    parts = sorted(folder.iterdir())
    both = [candidate.shown for candidate in collect([*parts, folder, folder / "b" / ".." / "b"])]
    assert both == sorted(set(both))
    there = [path for path in parts if not path.is_symlink()]
    assert [c.shown for c in collect(there)] == [c.shown for c in collect(reversed(there))]


def test_a_name_that_is_not_utf8_has_its_row(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb1\xed.xlsx")).write_bytes(b"")
    (file,) = check_paths(collect([tmp_path]), Options())
    assert (file.path, file.status) == (f"{tmp_path}/\\xb1\\xed.xlsx", "unreadable")


def test_our_own_report_folder_is_left_out(tmp_path: Path) -> None:
    report = tmp_path / "report"
    report.mkdir()
    shutil.copy(GOOD, report / "汇总表.xlsx")
    (candidate,) = collect([tmp_path], leave_out=[report])
    assert candidate == Candidate(str(report), ("perfxl 自己的报告", "reports of perfxl itself"))


def test_an_error_of_ours_costs_its_file_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.xlsx", "b.xlsx", "c.xlsx"):
        shutil.copy(GOOD, tmp_path / name)

    def failing(workbook: Workbook, path: str, **options: object) -> FileReview:
        if workbook.file == "b.xlsx":
            raise KeyError("全年预算数")
        return review_workbook(workbook, path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "review_workbook", failing)
    files = list(check_paths(collect([tmp_path]), Options()))
    assert rows(files, tmp_path) == [
        ("a.xlsx", "returned", ""),
        ("b.xlsx", "unreadable", "R199"),
        ("c.xlsx", "returned", ""),
    ]
    assert "KeyError '全年预算数' (test_batch.py:" in files[1].file_findings[0].message()


def test_shown_path() -> None:
    assert shown_path(b"\xb1/\xe8\xa1\xa8.xlsx".decode("utf-8", "surrogateescape")) == "\\xb1/表.xlsx"


def test_suspended_codes_change_the_status() -> None:
    errors = {f.code for f in check_file(Candidate(str(GOOD)), Options()).findings if f.severity.name == "error"}
    assert errors == {"L101", "S104", "T101", "T104", "W108"}
    assert check_file(Candidate(str(GOOD)), Options(suspended=frozenset(errors))).status == "accepted"


def test_checking_changes_neither_bytes_nor_times(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    shutil.copy(GOOD, path)
    before = (path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir()))
    list(check_paths(collect([tmp_path]), Options()))
    assert (path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir())) == before


def test_an_error_of_our_own_at_a_note_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Path) -> None:
        raise ZeroDivisionError

    (tmp_path / "b.txt").write_text("请于 3 月 31 日前报送。", "utf-8")
    monkeypatch.setattr(batch, "read_workbook", fails)
    (file,) = check_paths(collect([tmp_path]), Options())
    assert (file.status, [finding.code for finding in file.file_findings]) == ("unreadable", ["R199"])
