"""A file replaced as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from perfxl.edit import EditError
from perfxl.os_errors import english_reason, reason

PREFIX = ".perfxl-"
_STRAY_SECONDS = 600
"""A temporary file lives some milliseconds; one of this age is left from a process that died."""
_TRIES = 10
_PAUSE = 0.25
"""Excel and virus scanners hold a file for moments; together 2.5 seconds."""


def replaced(source: Path, before: bytes, after: bytes, target: Path, keep_backup: bool) -> None:
    """`target` holds `after`; what it held before is kept as `<name>.bak`. EditError leaves all as it was.

    `before` are the bytes of `source` that were edited: where somebody has saved it since, nothing is written.
    """
    sweep(target.parent)
    try:
        _refuse_open(target)
        if _bytes_of(source) != before:
            raise EditError(
                f"{source.name} 在处理期间被改动，未作修改；请关闭正在改它的程序再试",
                f"{source.name} was changed meanwhile, so nothing was written; close what changes it and try again",
            )
        old = None
        if target.exists():
            old = before if _same_file(source, target) else _bytes_of(target)
            if old == after:
                return
        with _temporary(target, after, source) as new:
            if old is not None and keep_backup:
                backup = target.with_name(f"{target.name}.bak")
                with _temporary(backup, old, target) as kept:
                    _retried(lambda: kept.replace(backup))
            _retried(lambda: new.replace(target))
        _sync_folder(target.parent)
    except PermissionError as error:
        raise EditError(
            f"无法写入 {target.name}，未作修改；请先在 Excel 或 WPS 中关闭它，并确认有写入权限，再试",
            f"{target.name} cannot be written, so nothing was changed; close it in Excel or WPS, see that you may write"
            " there, and try again",
        ) from error
    except OSError as error:
        raise EditError(
            f"无法写入 {target.name}（{reason(error)}），未作修改；请把文件复制到别的磁盘或文件夹再试",
            f"{target.name} cannot be written ({english_reason(error)}), so nothing was changed; copy the file to"
            " another disk or folder and try again",
        ) from error


def _refuse_open(target: Path) -> None:
    """EditError where Excel, WPS or LibreOffice has left its mark beside the file: not every system stops a replace."""
    for mark in (f"~${target.name}", f".~{target.name}", f".~lock.{target.name}#"):
        owner = target.with_name(mark)
        if owner.exists():
            raise EditError(
                f"{target.name} 正被打开，未作修改；请先在 Excel 或 WPS 中关闭，没有人打开的请删去同一文件夹里的"
                f" {owner.name}",
                f"{target.name} is open, so nothing was changed; close it in Excel or WPS, or delete {owner.name}"
                " beside it where nobody has it open",
            )


def sweep(folder: Path) -> None:
    """Remove the temporary files that a process left when it died. Never raises."""
    with contextlib.suppress(OSError):
        oldest = time.time() - _STRAY_SECONDS
        for stray in folder.glob(f"{PREFIX}*.tmp"):
            with contextlib.suppress(OSError):
                if stray.lstat().st_mtime < oldest:
                    stray.unlink()


class _temporary:
    """A complete file beside `target`, on the disk and read again; gone at the end unless it was moved away."""

    def __init__(self, target: Path, data: bytes, like: Path) -> None:
        # Never derived from the target's name, which may be as long as a name can be.
        self._path = target.with_name(f"{PREFIX}{os.getpid()}-{secrets.token_hex(6)}.tmp")
        self._data = data
        self._like = like

    def __enter__(self) -> Path:
        try:
            with self._path.open("xb") as file:
                file.write(self._data)
                file.flush()
                os.fsync(file.fileno())
            if self._like.exists():
                shutil.copymode(self._like, self._path)
            if _bytes_of(self._path) != self._data:
                raise EditError(
                    "写入后复核不一致，磁盘可能有问题，未作修改；请把文件复制到别的磁盘再试",
                    "what was written reads otherwise, the disk may be faulty, so nothing was changed; copy the file to"
                    " another disk and try again",
                )
        except BaseException:
            self._discard()
            raise
        return self._path

    def __exit__(self, *_: object) -> None:
        self._discard()

    def _discard(self) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink()


def _retried(move: Callable[[], object]) -> None:
    for left in reversed(range(_TRIES)):
        try:
            move()
            return
        except PermissionError:
            if not left:
                raise
            time.sleep(_PAUSE)


def _bytes_of(path: Path) -> bytes:
    return path.read_bytes()


def _same_file(one: Path, other: Path) -> bool:
    return one.samefile(other)


def _sync_folder(folder: Path) -> None:
    """The new name on the disk, where folders can be synchronised. The file is complete already."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
