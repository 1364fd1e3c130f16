"""Files that are no files of this machine: fsspec URLs such as `s3://bucket/forms`. What can be read depends on what is
installed (s3fs, …)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from perfxl.sources.errors import damaged, too_large
from perfxl.sources.raw_file import MAX_FILE_BYTES

_URL = re.compile(r"(?P<protocol>[a-z][a-z0-9+.-]+):/+(?P<rest>.*)", re.DOTALL)
"""A drive letter is no protocol; a Path leaves one slash of two."""


class RemoteUnusable(Exception):
    """An URL that cannot be listed: a wrong address, no access, or a package that is missing."""


def is_url(name: str) -> bool:
    return "://" in name and _URL.fullmatch(name) is not None


def url_of(path: Path) -> str:
    """`s3://bucket/forms` for the path that it was taken for; empty for a path."""
    match = _URL.fullmatch(path.as_posix())
    if match is None or path.exists():
        return ""
    root = "/" if match["protocol"] in ("file", "local") else ""
    return f"{match['protocol']}://{root}{match['rest']}"


def listed(url: str) -> list[str]:
    """Every file below, or the file itself. RemoteUnusable where there is none."""
    try:
        files, root = _opened(url)
        names = sorted(files.find(root))
    except Exception as error:  # each file system raises its own
        raise RemoteUnusable from error
    if not names:
        raise RemoteUnusable
    return [files.unstrip_protocol(name) for name in names]


@contextmanager
def fetched(url: str) -> Iterator[Path]:
    """A copy on this machine, of the same name. UnreadableFile R101 where it cannot be had, R105 over 64 MB."""
    with TemporaryDirectory(prefix="perfxl-") as folder:
        path = Path(folder) / (PurePosixPath(url).name or "_")
        try:
            files, name = _opened(url)
            with files.open(name, "rb") as remote:
                data = remote.read(MAX_FILE_BYTES + 1)
        except FileNotFoundError as error:
            raise damaged("文件不存在", "there is no such file") from error
        except Exception as error:  # each file system raises its own
            raise damaged("读取文件时出错", "reading the file failed") from error
        if len(data) > MAX_FILE_BYTES:
            raise too_large(
                f"文件不超过 {MAX_FILE_BYTES // 2**20} MB", f"at most {MAX_FILE_BYTES // 2**20} MB for a file"
            )
        path.write_bytes(data)
        yield path


def _opened(url: str) -> tuple[Any, str]:
    from fsspec.core import url_to_fs

    files, name = url_to_fs(url)
    return files, name
