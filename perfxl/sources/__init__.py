"""Files → Workbook: one module per kind of file, chosen by content and never by the name's ending."""

from __future__ import annotations

from pathlib import Path

from perfxl.grid import Workbook
from perfxl.sources.errors import UnreadableFile
from perfxl.sources.kind import Kind, kind_of, refuse
from perfxl.sources.raw_file import file_bytes
from perfxl.sources.xlsx import read_xlsx

__all__ = ["UnreadableFile", "read_workbook"]


def read_workbook(path: Path) -> Workbook:
    """The workbook in a regular file, named as the file is. Raises UnreadableFile with the finding's code."""
    data = file_bytes(path)
    kind = kind_of(data)
    if kind is not Kind.ZIP:
        raise refuse(kind)
    return read_xlsx(data, path.name)
