"""`$B$2:D6` → rows and columns."""

from __future__ import annotations

import re

from perfxl.editing.formula import column_number
from xlwings_addin.hosts.desk import Area

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6}))?")


def area_of(address: str) -> Area:
    """Raises ValueError for what is no address of cells."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise ValueError(address)
    left, top = column_number(match[1]), int(match[2])
    right, bottom = (column_number(match[3]), int(match[4])) if match[3] else (left, top)
    return min(top, bottom), min(left, right), max(top, bottom), max(left, right)
