"""The bytes of a regular file, opened read-only. Everything else is refused before it can hang."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from perfxl.problem import Clause
from perfxl.sources.errors import damaged, too_large

MAX_FILE_BYTES = 64 * 2**20
"""A filled form is some 20 KB; with photographs pasted in, seldom 20 MB."""

_READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)

_LINK = "是符号链接，不是文件", "it is a symbolic link, not a file"
_BROKEN_LINK = "符号链接指向的文件不存在", "the file that the symbolic link points to is not there"
_FOLDER = "是文件夹，不是文件", "it is a folder, not a file"
_DEVICE = "是管道或设备，不是普通文件", "it is a pipe or device, not an ordinary file"


def file_bytes(path: Path) -> bytes:
    """The whole file. UnreadableFile R101 for what is no regular file or denies access, R105 over 64 MB."""
    name = os.fspath(path)
    try:
        _require_regular(path, os.lstat(name))
        descriptor = os.open(name, _READ_ONLY)
    except (OSError, ValueError) as error:
        raise damaged(*_reason(error)) from error
    try:
        # The name may have come to mean something else since lstat.
        status = os.fstat(descriptor)
        _require_regular(path, status)
        data = _at_most(descriptor, MAX_FILE_BYTES + 1, status.st_size + 1)
    except OSError as error:
        raise damaged(*_reason(error)) from error
    finally:
        os.close(descriptor)
    if len(data) > MAX_FILE_BYTES:
        raise too_large(f"文件不超过 {MAX_FILE_BYTES // 2**20} MB", f"at most {MAX_FILE_BYTES // 2**20} MB for a file")
    return data


def _at_most(descriptor: int, most: int, at_a_time: int) -> bytes:
    parts: list[bytes] = []
    left = most
    while left and (part := os.read(descriptor, min(left, at_a_time))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _require_regular(path: Path, status: os.stat_result) -> None:
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return
    if stat.S_ISLNK(mode):
        raise damaged(*(_LINK if path.exists() else _BROKEN_LINK))
    raise damaged(*(_FOLDER if stat.S_ISDIR(mode) else _DEVICE))


def _reason(error: OSError | ValueError) -> Clause:
    if isinstance(error, FileNotFoundError):
        return "文件不存在", "there is no such file"
    if isinstance(error, PermissionError):
        return "没有读取权限", "no permission to read it"
    return "读取文件时出错", "reading the file failed"
