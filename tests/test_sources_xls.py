"""Excel 97-2003 workbooks, written by xlwt: the same form as its sheet, every kind of cell, and hostile bytes."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.grid import Cell, CellError, Grid, Merge, Workbook
from perfxl.sources import UnreadableFile, read_workbook, xls_records
from perfxl.sources.ole_properties import read_properties
from perfxl.sources.xls import read_xls
from tests.document_forms import as_xls, findings
from tests.grids import form_grid

NAMES = [
    ("mof-2020", "水利局.xls"),
    ("shanghai-2019", "水利局.et"),
    ("shanghai-2020", "水利局.xlsx"),
    ("lincang-2021", "水利局"),
    ("shanghai-2020-objective", "水利局.csv"),
]


def book(build: Callable[[Any], None]) -> bytes:
    made = xlwt.Workbook(encoding="utf-8")
    build(made)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def refused(content: bytes) -> tuple[str, Mapping[str, str]]:
    with pytest.raises(UnreadableFile) as caught:
        read_xls(content, "a.xls")
    return caught.value.code, caught.value.numbers


@pytest.mark.parametrize(("form", "name"), NAMES)
def test_a_workbook_is_the_same_form(tmp_path: Path, form: str, name: str) -> None:
    sheet = form_grid(form)
    path = tmp_path / name
    path.write_bytes(as_xls(sheet))
    workbook = read_workbook(path)
    (grid,) = workbook.grids
    assert grid.cells == sheet.cells
    assert set(grid.merges) == set(sheet.merges)
    misnamed = [] if path.suffix in (".xls", ".et") else [(0, 0, "R104")]
    assert findings(workbook) == misnamed + findings(Workbook("a.xlsx", (sheet,)))
    assert str(grid.ref(7, 3)) == f"{name} › 自评表!C7"


def test_every_kind_of_cell() -> None:
    def build(made: Any) -> None:
        sheet = made.add_sheet("自评表")
        for row, (value, code, locked) in enumerate(
            [
                (0.98576, "0.00%", True),
                (1040000, "#,##0.00", False),
                (date(2020, 3, 31), 'yyyy"年"m"月"d"日"', True),
                (True, "General", True),
                ("甲\n乙", "@", True),
                (-0.0, "0", True),
                (None, "0.00", True),
                (0.1 + 0.2, "General", True),
                (xlwt.Formula("1+1"), "0", True),
                (xlwt.Formula('""'), "General", False),
            ]
        ):
            style = xlwt.easyxf(f"protection: cell_locked {'on' if locked else 'off'}", num_format_str=code)
            sheet.write(row, 2, value, style)
        sheet.row(10).set_cell_error(2, "#DIV/0!")

    (grid,) = read_xls(book(build), "a.xls").grids
    assert grid.cells == {
        (1, 3): Cell(Decimal("0.98576"), None, "0.00%"),
        (2, 3): Cell(Decimal(1040000), None, "#,##0.00", locked=False),
        (3, 3): Cell(datetime(2020, 3, 31), None, 'yyyy"年"m"月"d"日"'),  # noqa: DTZ001
        (4, 3): Cell(True),
        (5, 3): Cell("甲\n乙", None, "@"),
        (6, 3): Cell(Decimal(0), None, "0"),
        (8, 3): Cell(Decimal("0.3")),
        (9, 3): Cell(None, "=", "0"),
        (10, 3): Cell(None, "=", locked=False),
        (11, 3): Cell(CellError("#DIV/0!")),
    }


def test_sheets_hidden_protected_and_merged() -> None:
    def build(made: Any) -> None:
        first, second = made.add_sheet("自评表"), made.add_sheet("辅助")
        first.write_merge(0, 1, 0, 2, "项目支出绩效自评表")
        first.protect = True
        first.password = "1"
        second.write(0, 0, "甲")
        second.visibility = 1

    grids = read_xls(book(build), "a.xls").grids
    assert [(grid.sheet, grid.hidden, grid.protected, grid.merges) for grid in grids] == [
        ("自评表", False, True, (Merge(1, 1, 2, 3),)),
        ("辅助", True, False, ()),
    ]


# ---- custom properties


def section(codepage: int, *values: tuple[str, int, object]) -> bytes:
    """A property set stream with user-defined properties, as Office lays it out."""
    encoding = {1200: "utf-16-le", 936: "gbk"}[codepage]

    def text(value: str) -> bytes:
        coded = (value + "\0").encode(encoding)
        length = len(coded) // 2 if codepage == 1200 else len(coded)
        return struct.pack("<I", length) + coded + (bytes(-len(coded) % 4) if codepage == 1200 else b"")

    names = struct.pack("<I", len(values)) + b"".join(
        struct.pack("<I", number) + text(name) for number, (name, _, _) in enumerate(values, start=2)
    )
    items = [(0, names), (1, struct.pack("<IHxx", 2, codepage))]
    for number, (_, kind, value) in enumerate(values, start=2):
        data = struct.pack("<i", value) if kind == 3 else b"\0" * 8
        if kind == 30:
            coded = (str(value) + "\0").encode(encoding)
            data = struct.pack("<I", len(coded)) + coded
        if kind == 31:
            coded = (str(value) + "\0").encode("utf-16-le")
            data = struct.pack("<I", len(coded) // 2) + coded
        items.append((number, struct.pack("<I", kind) + data))
    offset, index, body = 8 + 8 * len(items), b"", b""
    for number, data in items:
        index += struct.pack("<II", number, offset + len(body))
        body += data + bytes(-len(data) % 4)
    whole = struct.pack("<II", offset + len(body), len(items)) + index + body
    user_defined = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")
    head = struct.pack("<HHI16sI", 0xFFFE, 0, 0, bytes(16), 2)
    return head + bytes(16) + struct.pack("<I", 68) + user_defined + struct.pack("<I", 68) + whole


@pytest.mark.parametrize("codepage", [936, 1200])
def test_custom_properties(codepage: int) -> None:
    stream = section(codepage, ("perfxl.scheme", 30, "mof/2020"), ("版", 31, "一"), ("n", 3, -1), ("t", 64, None))
    assert read_properties(stream) == {"perfxl.scheme": "mof/2020", "版": "一", "n": "-1"}
    for length in range(len(stream)):
        assert set(read_properties(stream[:length])) <= {"perfxl.scheme", "版", "n"}
    assert read_properties(b"") == {}


# ---- hostile


def test_a_cut_workbook_is_refused(tmp_path: Path) -> None:
    content = as_xls(form_grid("mof-2020"))
    path = tmp_path / "a.xls"
    for percent in range(0, 100, 5):
        path.write_bytes(content[: len(content) * percent // 100])
        with pytest.raises(UnreadableFile) as caught:
            read_workbook(path)
        assert caught.value.code in ("R101", "R103")


def stream_of(content: bytes) -> tuple[int, bytes]:
    """Where the records begin in a file of xlwt, which lays them behind the header without gaps."""
    return 512, content[512:]


def test_an_encrypted_workbook() -> None:
    content = bytearray(as_xls(form_grid("mof-2020")))
    start, stream = stream_of(bytes(content))
    # The record behind the BOF becomes a FILEPASS of the same length.
    place = start + 4 + struct.unpack_from("<H", stream, 2)[0]
    content[place : place + 2] = b"\x2f\x00"
    assert refused(bytes(content)) == ("R102", {})


def test_more_cells_than_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = as_xls(form_grid("mof-2020"))
    monkeypatch.setattr(xls_records, "MAX_SLOTS", 100)
    assert refused(content) == ("R105", {"limit": "有格式的单元格不超过 100 个"})


def overlapping() -> bytes:
    """A workbook whose sheets all point at the first."""

    def build(made: Any) -> None:
        for name in "甲乙丙丁":
            sheet = made.add_sheet(name)
            for row in range(500 if name == "甲" else 0):
                sheet.write(row, 0, row)

    content = bytearray(book(build))
    start, records = stream_of(bytes(content))
    places = [place for place in range(len(records) - 12) if records[place : place + 2] == b"\x85\x00"]
    first = content[start + places[0] + 4 : start + places[0] + 8]
    for place in places[1:4]:
        content[start + place + 4 : start + place + 8] = first
    return bytes(content)


def test_sheets_that_overlap() -> None:
    assert refused(overlapping()) == ("R101", {"reason": "工作簿的工作表互相重叠"})


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes_never_raise_anything_else(changes: list[tuple[int, int]]) -> None:
    content = bytearray(GOOD)
    for place, value in changes:
        content[place % len(content)] = value
    try:
        read_xls(bytes(content), "a.xls")
    except UnreadableFile as error:
        assert error.code in ("R101", "R102", "R105")


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=600))
def test_any_records_never_raise_anything_else(tail: bytes) -> None:
    for content in (b"\x09\x08\x10\x00\x00\x06\x05\x00" + tail, GOOD[:512] + tail + GOOD[512 + len(tail) :]):
        try:
            read_xls(content, "a.xls")
        except UnreadableFile as error:
            assert error.code in ("R101", "R102", "R105")


def _good() -> bytes:
    grid = form_grid("mof-2020")
    return as_xls(Grid(grid.file, grid.sheet, {place: cell for place, cell in grid.cells.items() if place[0] < 12}))


GOOD = _good()
