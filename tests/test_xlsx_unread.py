"""Sheets in which a check looks for nothing: their cells are not read, their parts must be whole all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfxl.review import unread_sheets
from perfxl.sources.errors import UnreadableFile
from perfxl.sources.xlsx import read_xlsx

TEMPLATE = sorted(Path("templates").rglob("*.xlsx"))[0]


def test_the_sheets_beside_the_form_have_no_cells() -> None:
    whole = read_xlsx(TEMPLATE, "表.xlsx").grids
    part = read_xlsx(TEMPLATE, "表.xlsx", unread=unread_sheets()).grids
    assert [grid.sheet for grid in part] == [grid.sheet for grid in whole]
    assert [grid.sheet for grid in part if not grid.cells] == ["填表说明", "自检"]
    assert [grid.cells for grid in part if grid.cells] == [
        grid.cells for grid in whole if grid.sheet not in ("自检", "填表说明")
    ]


def test_damage_in_such_a_sheet_is_found() -> None:
    data = bytearray(TEMPLATE.read_bytes())
    start = data.index(b"xl/worksheets/sheet3.xml") + 60
    data[start] ^= 0xFF
    with pytest.raises(UnreadableFile) as error:
        read_xlsx(bytes(data), "表.xlsx", unread=unread_sheets())
    assert error.value.code == "R101"
