"""What is sealed: content that every program keeps when it saves the file again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.packaging.custom import StringProperty

from perfxl.grid import Cell, Grid
from perfxl.number_format import date_serial
from perfxl.reading import read_forms
from perfxl.reading.labels import vocabulary
from perfxl.seal import verify
from perfxl.seal.content import number, plain, skeleton, typed
from perfxl.sources import read_workbook
from tests.extent import fast_first
from tests.sealed_forms import RESAVED, RETURNED, SCHEMES, SEEDS, content, filled, sealed, verdict, with_cells, written

# Values


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("-0", "0"),
        ("1040000.00", "1040000"),
        ("0.1", "0.1"),
        ("0.10000000000000001", "0.1"),
        ("12345678901234.56", "12345678901234.6"),
        ("1E+300", "1e+300"),
        ("NaN", "NaN"),
        ("sNaN", "sNaN"),
        ("1E+999", "1E+999"),
    ],
)
def test_numbers_have_fifteen_digits(value: str, expected: str) -> None:
    assert number(Decimal(value)) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(1900, 1, 1), "1"),  # noqa: DTZ001
        (datetime(1900, 2, 28), "59"),  # noqa: DTZ001
        (datetime(1900, 3, 1), "61"),  # noqa: DTZ001
        (datetime(2020, 6, 30), "44012"),  # noqa: DTZ001
        (datetime(2020, 6, 30, 12), "44012.5"),  # noqa: DTZ001
        (datetime(2020, 6, 30, 11, 59, 59, 999_600), "44012.5"),  # noqa: DTZ001
    ],
)
def test_dates_are_1900_serials(moment: datetime, expected: str) -> None:
    assert number(date_serial(moment)) == expected
    assert typed(Cell(moment)) == ("n", expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb", "a b"),
        ("a\tb\n\nc", "a b c"),
        ("a_x000D__x000a_b", "a b"),
        ("a_x005F_x000D_b", "a b"),
        ("３８０", "３８０"),
        ("a_xD800_b", "a\ufffdb"),
    ],
)
def test_text_is_what_every_program_keeps(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=ROUND(10*MIN(E6/$D$6,1),2)", "ROUND 10 * MIN / 1 2"),
        ("ROUND( 10 * MIN( '自评 表'!E6 / Sheet1.D6 , 1.0 ) , 2 )", "ROUND 10 * MIN / SHEET1.D6 1 2"),
        ("=SUM(A1:B3)+自检!$B$2", "SUM +"),
        ("=SUM(A:A)-SUM(3:4)", "SUM - SUM"),
        ('=IF(A1="是",1,"1E5")', 'IF = "是" 1 "1E5"'),
        ("=_xlfn.IFS(A1>=.5,TRUE)", "IFS >= 0.5 TRUE"),
        ("=LOG10(100)", "LOG10 100"),
        ("=", "?"),
    ],
)
def test_skeletons_of_formulas(formula: str, expected: str) -> None:
    assert skeleton(formula) == expected


# Re-saving


@pytest.mark.parametrize("name", SEEDS)
def test_libreoffice_keeps_the_content(name: str) -> None:
    before, after = (content(read_workbook(folder / name)) for folder in (RETURNED, RESAVED))
    assert before.lines == after.lines
    assert len(before.lines) > 90


@pytest.mark.parametrize("source", fast_first([*SEEDS, *SCHEMES], 4))
def test_openpyxl_keeps_the_content_and_the_seal(source: str, tmp_path: Path) -> None:
    path = RETURNED / source if source in SEEDS else written(source)
    workbook = read_workbook(path)
    seal = sealed(workbook)
    book = openpyxl.load_workbook(path)
    for name, value in seal.properties().items():
        book.custom_doc_props.append(StringProperty(name=name, value=value))  # type: ignore[attr-defined]
    book.save(tmp_path / path.name)
    again = read_workbook(tmp_path / path.name)
    assert content(again).lines == seal.content
    assert verify(again, read_forms(again)).status == "intact"


def test_sheets_of_ours_are_left_out() -> None:
    workbook = filled("mof/2020")
    assert {grid.sheet for grid in workbook.grids} == {"自评表", "填表说明", "自检"}
    assert {at.sheet for at in content(workbook).places.values()} == {"自评表", ""}


def test_results_are_not_sealed_and_cells_without_content_neither() -> None:
    workbook = filled("mof/2020")
    changed = workbook
    for grid in workbook.grids:
        formulas = {at: cell._replace(value=None) for at, cell in grid.cells.items() if cell.formula is not None}
        changed = with_cells(changed, grid.sheet, {**formulas, (200, 3): Cell(" \u3000")})
    assert content(changed).lines == content(workbook).lines


def test_every_filled_cell_has_exactly_one_line() -> None:
    for workbook in map(filled, SCHEMES):
        now = content(workbook)
        lines = [line for line in now.lines if not line.id.endswith("/under")]
        places = [now.places[line.id] for line in lines if now.places[line.id].row]
        cells = [
            grid.ref(*at) for grid in workbook.grids if grid.sheet not in vocabulary().own_sheets for at in grid.cells
        ]
        assert sorted(places) == sorted(cells)
        assert [line.id for line in now.lines] == sorted({line.id for line in now.lines})


def test_explanations_are_sealed_with_what_they_explain() -> None:
    workbook = filled("mof/2020")
    name = workbook.grids[0].sheet
    header = ("级别", "代码", "位置", "问题", "改法", "说明")
    row = ("核实", "W102", f"{name}!B13", "甲句", "调整", "已报备")
    cells = {(at, column): Cell(text) for at, line in ((4, header), (5, row)) for column, text in enumerate(line, 1)}
    results = Grid(workbook.file, "校验结果", cells)
    workbook = replace(workbook, grids=(*workbook.grids, results))
    properties = sealed(workbook).properties()
    assert verdict(workbook, properties).status == "intact"
    for column, text in ((2, "S105"), (3, f"{name}!B14"), (4, "乙句"), (6, "没有报备"), (6, None)):
        changed = with_cells(workbook, "校验结果", {(5, column): Cell(text) if text else None})
        found = verdict(changed, properties)
        assert found.status == "changed", (column, text)
        assert any("的说明" in change.name for change in found.changes)
    gone = replace(workbook, grids=workbook.grids[:-1])
    assert [change.name for change in verdict(gone, properties).changes] == ["对 W102（B13）的说明"]
