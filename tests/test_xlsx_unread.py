"""Sheets in which a check looks for nothing: their cells are not read, their parts must be whole all the same."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from perfxl.review import unread_sheets
from perfxl.sources import package as package_module
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


@pytest.mark.parametrize(("limit", "size"), [("MAX_TAGS", lambda part: part.count(b"<")), ("MAX_INFLATED_BYTES", len)])
def test_such_a_sheet_counts_by_itself_only(
    limit: str, size: Callable[[bytes], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a 汇总表 of ten thousand forms: the one sheet that is asked for is small."""
    with zipfile.ZipFile(TEMPLATE) as package:
        sizes = {name: size(package.read(name)) for name in package.namelist() if name.endswith((".xml", ".rels"))}
    beside = sum(sizes[f"xl/worksheets/sheet{number}.xml"] for number in (2, 3))
    monkeypatch.setattr(package_module, limit, sum(sizes.values()) - beside)
    assert read_xlsx(TEMPLATE, "表.xlsx", unread=unread_sheets()).grids
    monkeypatch.setattr(package_module, limit, beside)
    with pytest.raises(UnreadableFile) as error:
        read_xlsx(TEMPLATE, "表.xlsx")
    assert error.value.code == "R105"
