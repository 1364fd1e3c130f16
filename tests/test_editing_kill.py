"""kill −9 at any moment of a write: the whole file before or the whole file after, and a whole backup."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import sys
import time
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Self

import pytest

from perfxl.edit import EditError, SetProperty, SetValue
from perfxl.editing import apply_edits, write_edited
from perfxl.editing.file import PREFIX
from perfxl.sources.xlsx import read_xlsx
from tests.extent import LONG
from tests.test_templates import TEMPLATES

KILLS = 200 if LONG else 60
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no kill −9 on Windows")


def states(sheet: str) -> list[list[SetValue | SetProperty]]:
    return [[SetValue(sheet, 60, 2, Decimal(n)), SetProperty("perfxl.seal.1", "x" * 100 * n)] for n in (1, 2)]


def write_for_ever(path: Path, sheet: str) -> None:
    while True:
        for edits in states(sheet):
            write_edited(path, edits)


@pytest.mark.acceptance
def test_killed_at_any_moment_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    template = next(iter(sorted(TEMPLATES.glob("mof-2020*.xlsx"))))
    original = template.read_bytes()
    sheet = read_xlsx(original, "").grids[0].sheet
    one, two = states(sheet)
    first = apply_edits(original, one)
    second = apply_edits(first, two)
    whole = {original, first, second, apply_edits(second, one)}
    random, fork = Random(9), multiprocessing.get_context("fork")
    strays = ended_early = 0
    for _ in range(KILLS):
        path.write_bytes(original)
        path.with_name("表.xlsx.bak").unlink(missing_ok=True)
        writer = fork.Process(target=write_for_ever, args=(path, sheet))
        writer.start()
        time.sleep(random.uniform(0.005, 0.08))
        assert writer.pid is not None
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        ended_early += path.read_bytes() == original
        assert path.read_bytes() in whole
        backup = path.with_name("表.xlsx.bak")
        assert not backup.exists() or backup.read_bytes() in whole
        left = list(tmp_path.glob(f"{PREFIX}*"))
        strays += len(left)
        for stray in left:
            stray.unlink()
        assert set(tmp_path.iterdir()) <= {path, backup}
    # The moments were spread: before the first replace, after it, and in the middle of a temporary file.
    assert 0 < ended_early < KILLS
    assert strays > 0


@pytest.mark.parametrize("part", [0, 1, 5000])
def test_a_disk_that_fills_up_while_writing(part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(next(iter(TEMPLATES.glob("*.xlsx"))).read_bytes())
    before, real = path.read_bytes(), Path.open

    def small_disk(self: Path, mode: str = "r") -> Any:
        file = real(self, mode)
        return _SmallDisk(file, part) if "x" in mode else file

    monkeypatch.setattr(Path, "open", small_disk)
    with pytest.raises(EditError, match="（磁盘已满），未作修改；请"):
        write_edited(path, [SetProperty("a", "b")])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


class _SmallDisk:
    """A file that takes some bytes and no more."""

    def __init__(self, file: Any, room: int) -> None:
        self._file, self._room = file, room

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> int:
        self._file.write(data[: self._room])
        raise OSError(errno.ENOSPC, "no space left")


@pytest.mark.parametrize("owner", ["~$表.xlsx", ".~表.xlsx", ".~lock.表.xlsx#"])
def test_a_file_that_is_open_elsewhere_is_not_replaced(owner: str, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(next(iter(TEMPLATES.glob("*.xlsx"))).read_bytes())
    before = path.read_bytes()
    (tmp_path / owner).write_bytes(b"")
    with pytest.raises(EditError, match="正被打开，未作修改；请先在 Excel 或 WPS 中关闭"):
        write_edited(path, [SetProperty("a", "b")])
    assert path.read_bytes() == before
    (tmp_path / owner).unlink()
    write_edited(path, [SetProperty("a", "b")])
    assert path.read_bytes() != before
