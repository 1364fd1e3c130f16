"""A folder of every hostile kind through the command: each path its row, each row as in tests/golden/hostile.txt."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.golden_files import assert_golden

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.hostile.kinds import KINDS
    from tests.hostile.names import special_entries

    folder = tmp_path_factory.mktemp("hostile") / "报送"
    folder.mkdir()
    for name, content in KINDS.items():
        (folder / name).write_bytes(content)
    special_entries(folder)
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
    """`perfxl check` of the folder by four workers, as a bureau would start it; and its rows."""
    before = _state(folder)
    command = [sys.executable, "-m", "perfxl", "check", ".", "--format", "jsonl", "--jobs", "4", "--report", "../报告"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900, check=False)
    assert _state(folder) == before  # Nothing in the folder was written, moved or touched.
    assert sorted(path.name for path in folder.parent.iterdir()) == ["报告", "报送"]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done, [line for line in lines if "status" in line]


def test_each_path_has_exactly_one_row(folder: Path, run: tuple[object, list[dict[str, Any]]]) -> None:
    paths = {os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace") for path in _files(folder)}
    shown = [row["path"].removeprefix("./") for row in run[1]]
    assert len(shown) == len(set(shown))
    assert set(shown) == paths


def test_the_run_ends_well(run: tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]) -> None:
    done, rows = run
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not [row["path"] for row in rows if any(found["code"] == "R199" for found in row["findings"])]


def test_each_row_says_what_it_should(run: tuple[object, list[dict[str, Any]]]) -> None:
    assert_golden("hostile.txt", "".join(map(_line, run[1])))


def _line(row: dict[str, Any]) -> str:
    """The whole message of a file that is not read; place and code of the findings of one that is."""
    findings = [
        f"{found['code']} {found['place']}" if row["forms"] else f"{found['code']} {found['message']}"
        for found in row["findings"]
    ]
    shown = "; ".join(findings[:8]) + (f" … {len(findings)}" if len(findings) > 8 else "")
    return f"{ascii(row['path'])[1:-1]:44} {row['status']:10} {visible(shown)}\n"


def visible(text: str) -> str:
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def _files(folder: Path) -> list[Path]:
    """Every path that has a row: all but folders that are looked into under an ordinary name."""
    found = []
    for root, folders, files in os.walk(folder):
        found += [Path(root, name) for name in files]
        found += [path for name in folders if (path := Path(root, name)).is_symlink() or path.suffix]
    return found


def _state(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Size, time of change and digest of every plain file."""
    return {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in _files(folder)
        if path.is_file() and not path.is_symlink()
    }
