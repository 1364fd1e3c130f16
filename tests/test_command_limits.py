"""A file that hangs or eats memory costs its row and one sentence in every command, and the other files nothing."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

import perfxl.sources
import perfxl.words.reading
from perfxl import batch, locking, markup
from perfxl.cli import main
from perfxl.layouts import write_form
from perfxl.rollup import inputs
from perfxl.scheme_files import builtin_schemes
from tests.commands import OBJECTIVE, RETURNED, Capture
from tests.random_forms import random_form

DRAFT = RETURNED / "滨河区图书馆-2020-初稿.xlsx"
BAD = "坏"

Bad = Callable[[Callable[[], None]], None]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no clock stops a command there")


def hang() -> None:
    """All the time that there is goes by at once."""
    assert signal.getitimer(signal.ITIMER_REAL)[0] > 0, "no clock runs"
    signal.raise_signal(signal.SIGALRM)


def eat() -> None:
    bytearray(2**33)


def run(capsys: Capture, *arguments: str | Path) -> tuple[int, str]:
    """Exit code, and stdout with stderr."""
    capsys.readouterr()
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


@pytest.fixture
def bad(monkeypatch: pytest.MonkeyPatch) -> Bad:
    """Let something happen in the reader first when it comes to a file named 坏."""

    def replaced(happening: Callable[[], None]) -> None:
        def before(reader: Callable[..., object], *arguments: Any, **options: Any) -> object:
            if Path(arguments[-1]).stem == BAD:  # a path, or the content and a name
                happening()
            return reader(*arguments, **options)

        for module, name in (
            (perfxl.sources, "read_workbook"),
            (batch, "read_workbook"),
            (inputs, "read_workbook"),
            (locking, "read_xlsx"),
            (markup, "read_xlsx"),
            (perfxl.words.reading, "paragraphs_of"),
        ):
            monkeypatch.setattr(module, name, partial(before, getattr(module, name)))

    return replaced


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("前", BAD, "后"):
        shutil.copy(DRAFT, f"{name}.xlsx")
    return tmp_path


@pytest.fixture
def right(folder: Path) -> Path:
    """The same names; nothing is wrong in these forms, so that they can be locked."""
    scheme = builtin_schemes()["mof/2020"]
    for path in folder.glob("*.xlsx"):
        write_form(scheme, path, random_form(scheme, 7).content)
    return folder


FILES = ("前.xlsx", f"{BAD}.xlsx", "后.xlsx")
FOR_ALL = {
    "verify": ("verify", *FILES),
    "clean": ("clean", *FILES),
    "score --write": ("score", f"{BAD}.xlsx", "--write"),
    "score": ("score", f"{BAD}.xlsx"),
    "report": ("report", *FILES, "--out", "报告"),
    "notice": ("notice", ".", "--out", "退回"),
    "import": ("import", *FILES, "--to", "到", "--scheme", "shanghai/2020-10-90"),
    "migrate": ("migrate", *FILES, "--to", "到"),
}
UNHARMED = {
    "verify": ["前.xlsx  封签缺失", "后.xlsx  封签缺失"],
    "clean": ["前.xlsx: 已去掉标记", "后.xlsx: 已去掉标记"],
    "report": ["报告/前-自评报告.docx: 待补", "报告/后-自评报告.docx: 待补"],
    "notice": ["退回 1 个单位 2 个文件：退回"],
    "import": ["→ 到/前.xlsx", "→ 到/后.xlsx"],
    "migrate": ["前.xlsx: 已是现行模板", "后.xlsx: 已是现行模板"],
}
"""What is said of the other files."""


@pytest.mark.parametrize("name", FOR_ALL)
def test_a_file_that_hangs(name: str, capsys: Capture, folder: Path, bad: Bad) -> None:
    before = (folder / f"{BAD}.xlsx").read_bytes()
    bad(hang)
    code, said = run(capsys, *FOR_ALL[name])
    assert (code, said.count("用时不超过 20 秒"), said.count("Traceback")) == (0 if name == "notice" else 1, 1, 0)
    (line,) = [line for line in said.splitlines() if "用时不超过 20 秒" in line]
    assert name == "score" or line.startswith(f"{BAD}.xlsx")
    assert [words for words in UNHARMED.get(name, ()) if words not in said] == []
    assert (folder / f"{BAD}.xlsx").read_bytes() == before


@pytest.mark.parametrize("name", ["verify", "clean", "score"])
def test_a_file_that_eats_memory(name: str, capsys: Capture, folder: Path, bad: Bad) -> None:
    bad(eat)
    code, said = run(capsys, *FOR_ALL[name])
    assert (code, said.count("占用的内存不超过限度")) == (1, 1)
    assert [words for words in UNHARMED.get(name, ()) if words not in said] == []


def broken() -> None:
    raise KeyError("x")


def test_an_error_of_our_own_costs_verify_one_row(capsys: Capture, folder: Path, bad: Bad) -> None:
    bad(broken)
    code, said = run(capsys, *FOR_ALL["verify"])
    assert (code, said.count(f"{BAD}.xlsx  perfxl 检查这个文件时出错：KeyError 'x'")) == (3, 1)
    assert [words for words in UNHARMED["verify"] if words not in said] == []


def test_locks_are_stopped_as_well(capsys: Capture, right: Path, bad: Bad) -> None:
    assert run(capsys, "lock", f"{BAD}.xlsx")[0] == 0
    bad(hang)
    for arguments, at in (
        (("unlock", f"{BAD}.xlsx", "--reason", "补填"), f"{BAD}.xlsx: "),
        (("receipt", f"{BAD}.xlsx", "--key", "无.pem", "--receiver", "财政局"), f"{BAD}.xlsx: "),
        (("lock", *FILES), f"{BAD}.xlsx: "),
    ):
        code, said = run(capsys, *arguments)
        (line,) = [line for line in said.splitlines() if "用时不超过 20 秒" in line]
        assert (code, line.startswith(at)) == (1, True)
    assert "前.xlsx: 已锁定" in said and "后.xlsx: 已锁定" in said


def test_two_folders_are_compared_but_for_the_file_that_hangs(capsys: Capture, folder: Path, bad: Bad) -> None:
    for side in ("旧", "新"):
        (folder / side).mkdir()
        shutil.copy(DRAFT, folder / side / "前.xlsx")
    shutil.copy(DRAFT, folder / "新" / f"{BAD}.xlsx")
    bad(hang)
    code, said = run(capsys, "diff", "旧", "新")
    assert (code, said.count("用时不超过 20 秒")) == (1, 1)
    assert said.splitlines()[-1] == "有改动 0  没有改动 1  只在新的里有 0  只在旧的里有 0  打不开 1"


def test_an_input_of_a_roll_up_that_hangs_is_one_sentence(capsys: Capture, folder: Path, bad: Bad) -> None:
    bad(hang)
    code, said = run(capsys, "rollup", f"{BAD}.xlsx")
    assert (code, said) == (
        2,
        f"perfxl: {BAD}.xlsx 不能汇总：文件超出读取限度：用时不超过 300 秒；"
        "请给 汇总表.xlsx 或 check --format json 的结果\n",
    )


def test_what_goes_with_another_file_is_stopped_as_well(capsys: Capture, folder: Path, bad: Bad) -> None:
    """The report of --words, the 绩效目标表 of new --from."""
    shutil.copy(DRAFT, f"{BAD}.docx")
    bad(hang)
    code, said = run(capsys, "check", "前.xlsx", "--words", f"{BAD}.docx")
    assert (code, said.count(f"{BAD}.docx: 文件超出读取限度：用时不超过 20 秒")) == (2, 1)
    shutil.copy(OBJECTIVE, f"{BAD}.xlsx")
    code, said = run(capsys, "new", "mof/2020", "新.xlsx", "--from", f"{BAD}.xlsx")
    assert (code, said.count(f"{BAD}.xlsx: 文件超出读取限度：用时不超过 20 秒")) == (2, 1)
    assert not Path("新.xlsx").exists()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hundred thousand cells."""
    path = tmp_path_factory.mktemp("large") / "大.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("自评表")
        for row in range(20_000):
            sheet.write_row(row, 0, [row * 10 + column for column in range(10)])
    return path


@pytest.mark.parametrize("command", ["verify", "score", "lock", "diff"])
def test_a_workbook_that_really_takes_long(command: str, capsys: Capture, large: Path) -> None:
    before = large.read_bytes()
    files = [large] * (2 if command == "diff" else 1)
    code, said = run(capsys, command, *files, "--timeout", "0.1")
    assert (code, said.count("用时不超过 0.1 秒")) == (1, len(files))
    assert (large.read_bytes(), [path.name for path in large.parent.iterdir()]) == (before, ["大.xlsx"])
