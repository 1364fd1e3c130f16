"""Links from a report in a folder to the checked files and their cells."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

_UNSAFE = re.compile(r"[\x00-\x1f%#\"<>\[\]^`{}| ?*\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
LONGEST = 2000
"""Excel takes 2,079 characters."""


def workbook_link(path: str, folder: Path, sheet: str = "", address: str = "") -> str | None:
    """For XlsxWriter: `external:../a.xlsx#'自评表'!D6`, relative to `folder`. None where Excel could not follow it."""
    link = "external:" + _UNSAFE.sub(lambda match: quote(match[0]), relative(path, folder))
    if sheet and address:
        quoted = sheet.replace("'", "''")
        link += f"#'{quoted}'!{address}"
    return link if len(link) <= LONGEST else None


def web_link(path: str, folder: Path) -> str:
    """For HTML, relative to `folder`."""
    return quote(relative(path, folder))


def relative(path: str, folder: Path) -> str:
    """With forward slashes; the whole path where there is none, as from one Windows drive to another."""
    return _relative(path, str(folder), os.getcwd())  # noqa: PTH109 -- a Path takes longer than the answer


@lru_cache(maxsize=16)
def _relative(path: str, folder: str, _here: str) -> str:
    """The reports ask for the same file again and again; the answer depends on the folder that the program is in."""
    try:
        found = os.path.relpath(path, folder)
    except ValueError:
        found = str(Path(path).absolute())
    return found.replace(os.sep, "/")
