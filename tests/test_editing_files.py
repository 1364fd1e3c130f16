"""The replacing of the file that is edited: its backup, what failures leave, what another program does meanwhile."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfxl.edit import Edit, EditError, SetProperty, SetValue
from perfxl.editing import apply_edits, write_edited
from perfxl.sources import UnreadableFile
from perfxl.sources.xlsx import read_xlsx
from tests.test_editing import package

EDITS: list[Edit] = [SetValue("表", 1, 1, Decimal(2)), SetProperty("a", "b")]


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "报送 表.xlsx"
    path.write_bytes(package('<row r="1"><c r="A1"><v>1</v></c></row>'))
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_write_keeps_the_original_beside(form: Path) -> None:
    original = form.read_bytes()
    form.chmod(0o640)
    write_edited(form, EDITS)
    assert read_xlsx(form, "").grids[0].cell(1, 1).value == 2
    assert names(form.parent) == [form.name, f"{form.name}.bak"]
    assert form.with_name(f"{form.name}.bak").read_bytes() == original
    assert form.stat().st_mode & 0o777 == 0o640


def test_write_elsewhere_and_without_backup(form: Path) -> None:
    original = form.read_bytes()
    target = form.with_name("锁定.xlsx")
    write_edited(form, EDITS, target=target)
    assert (names(form.parent), form.read_bytes()) == (sorted([form.name, target.name]), original)
    write_edited(form, EDITS, keep_backup=False)
    assert names(form.parent) == sorted([form.name, target.name])
    assert form.read_bytes() == target.read_bytes()


def test_strays_of_a_dead_process_are_swept(form: Path) -> None:
    old, new = (form.with_name(f".perfxl-{name}.tmp") for name in ("1-old", "2-new"))
    for stray in (old, new):
        stray.write_bytes(b"x")
    os.utime(old, (time.time() - 3600,) * 2)
    write_edited(form, EDITS, keep_backup=False)
    assert names(form.parent) == sorted([new.name, form.name])


CALLS = [
    *((Path, name) for name in ("open", "replace", "read_bytes", "exists", "samefile", "unlink")),
    *((os, name) for name in ("fsync", "replace", "rename", "open", "close")),
    (shutil, "copymode"),
]


def failing(real: Callable[..., Any], number: int, made: list[int]) -> Callable[..., Any]:
    """The function, whose call of that number fails as on a full disk. `made` counts the calls."""

    def call(*given: Any, **named: Any) -> Any:
        made.append(1)
        if len(made) == number:
            raise OSError(errno.ENOSPC, "no space left")
        return real(*given, **named)

    return call


def test_any_failing_file_operation_leaves_the_old_or_the_new_file(form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = form.read_bytes()
    edited = apply_edits(original, EDITS)
    backup = form.with_name(f"{form.name}.bak")
    outcomes: list[tuple[bool, bool]] = []
    for owner, name in CALLS:
        for number in range(1, 20):
            made: list[int] = []
            raised = False
            with monkeypatch.context() as patch:
                patch.setattr(owner, name, failing(getattr(owner, name), number, made))
                try:
                    write_edited(form, EDITS)
                except (EditError, UnreadableFile):
                    raised = True
            now = form.read_bytes()
            assert now in (original, edited), (name, number)
            assert raised or now == edited, (name, number)
            assert set(names(form.parent)) <= {form.name, backup.name}, (name, number)
            if backup.exists():
                assert backup.read_bytes() == original
                backup.unlink()
            form.write_bytes(original)
            outcomes.append((raised, now == edited))
            if len(made) < number:
                break
    assert (outcomes.count((True, False)) > 10, outcomes.count((False, True)) > 8) == (True, True)


def test_a_file_that_excel_holds_open(form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = form.read_bytes()
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)

    def denied(*_: object) -> None:
        raise PermissionError(errno.EACCES, "sharing violation")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", denied)
        with pytest.raises(EditError, match=r"未作修改；请先在 Excel 或 WPS 中关闭它"):
            write_edited(form, EDITS, keep_backup=False)
    assert sum(pauses) == pytest.approx(2.25)
    assert (form.read_bytes(), names(form.parent)) == (original, [form.name])


def test_a_file_saved_meanwhile_is_not_overwritten(form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import perfxl.editing as xlsx_edit

    other = package("")
    real = xlsx_edit.apply_edits

    def slow(data: bytes, edits: Any) -> bytes:
        form.write_bytes(other)
        return real(data, edits)

    monkeypatch.setattr(xlsx_edit, "apply_edits", slow)
    with pytest.raises(EditError, match="在处理期间被改动"):
        write_edited(form, EDITS)
    assert form.read_bytes() == other
