"""`perfxl` in a process of its own: what it imports, what it writes to a terminal and to a pipe."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from perfxl import __version__
from tests.commands import GUMEI, KUNMING, RETURNED, ROOT


def process(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """One command, ended."""
    return subprocess.run(
        [sys.executable, "-m", "perfxl", *map(str, arguments)],
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )


def test_version_needs_no_library() -> None:
    script = (
        "import sys; from perfxl.cli import main; main(['--version']); "
        "print(sorted({'typer', 'rich', 'pydantic', 'xlsxwriter', 'tomllib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=ROOT, check=True)
    assert done.stdout.decode().split("\n")[:2] == [f"perfxl {__version__}", "[]"]


def test_check_of_one_file_needs_neither_pydantic_nor_rich_nor_a_writer() -> None:
    script = (
        "import sys; from perfxl.cli import main; main(['check', sys.argv[1]]); "
        "unwanted = {'pydantic', 'rich', 'xlsxwriter', 'openpyxl', 'lxml', 'html', 'perfxl.seal', 'perfxl.signing'}; "
        "print(unwanted & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script, KUNMING], capture_output=True, cwd=ROOT, check=True)
    assert done.stderr.decode().strip() == "set()"


def test_check_of_a_form_that_names_its_scheme_reads_no_other() -> None:
    script = (
        "import sys; from perfxl import scheme_files as files; from perfxl.cli import main; "
        "parse, names = files._parse, []; "
        "files._parse = lambda text, name: names.append(name) or parse(text, name); main(['check', sys.argv[1]]); "
        "print(names, file=sys.stderr)"
    )
    form = ROOT / "templates" / "hubei-2021-项目自评表.xlsx"
    done = subprocess.run([sys.executable, "-c", script, form], capture_output=True, cwd=ROOT, check=True)
    assert done.stderr.decode().strip() == "['hubei/2021.toml']"


def test_real_process() -> None:
    done = process("check", GUMEI, "--report", "build/test-cli")
    shutil.rmtree(ROOT / "build" / "test-cli")
    assert done.returncode == 1
    assert b"\x1b" not in done.stdout + done.stderr
    assert "T101" in done.stdout.decode() and "报告：" in done.stderr.decode()
    assert "报告：" not in done.stdout.decode()


def test_real_process_under_a_narrow_encoding() -> None:
    done = process("check", GUMEI, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 1 and b"Traceback" not in done.stderr


def test_a_reader_that_goes_away() -> None:
    command = f'"{sys.executable}" -m perfxl check "{RETURNED}" --format html | head -c 100'
    done = subprocess.run(command, shell=True, capture_output=True, cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0 and done.stderr == b""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_on_a_terminal_alone(no_color: str, coloured: bool) -> None:
    import pty

    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "NO_COLOR": no_color}
    subprocess.run(
        [sys.executable, "-m", "perfxl", "check", GUMEI, "--select", "T"],
        stdout=slave,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    os.close(slave)
    shown = os.read(master, 65536)
    os.close(master)
    assert (b"\x1b[" in shown) == coloured
