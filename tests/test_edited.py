"""A workbook as edits will leave it equals the file that the editor writes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from perfxl.edit import AddSheet, Constant, Edit, Look, NewCell, RemoveSheet, SetFormula, SetProperty, SetValue
from perfxl.edited import as_read, edited
from perfxl.editing import apply_edits
from perfxl.grid import CellValue, Workbook
from perfxl.sources.xlsx import read_xlsx

TEMPLATES = sorted((Path(__file__).parent.parent / "templates").glob("*.xlsx"))
VALUES: tuple[Constant, ...] = (None, "", "数", Decimal("0.1"), Decimal("-0"), Decimal("12345678901234567"), True)


def shown(workbook: Workbook) -> dict[str, object]:
    """Values and formulas of every sheet, and the properties."""
    sheets = {
        grid.sheet: {
            place: (cell.value, cell.formula)
            for place, cell in grid.cells.items()
            if cell.value is not None or cell.formula is not None
        }
        for grid in workbook.grids
    }
    return {**sheets, "": dict(workbook.properties)}


def changes(random: Random, workbook: Workbook) -> list[Edit]:
    """Values and formulas at free cells, a sheet more, properties set and taken away."""
    edits: list[Edit] = []
    for grid in workbook.grids:
        places = [(row, column) for row in range(1, 40) for column in range(1, 9) if grid.free(row, column)]
        for row, column in random.sample(places, min(8, len(places))):
            edits.append(SetValue(grid.sheet, row, column, random.choice(VALUES)))
        row, column = random.choice(places)
        edits.append(SetFormula(grid.sheet, row, column, "=1+1", Decimal(2)))
    rows = ((NewCell("甲"), NewCell(None), NewCell(Decimal("1.5"), Look(locked=False))), (), (NewCell(""),))
    edits += [
        AddSheet("新表", rows),
        SetProperty("项目", "值"),
        SetProperty("项目", "另一值"),
        SetProperty("没有", None),
    ]
    return edits


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_as_the_editor_writes_it(template: Path) -> None:
    data = template.read_bytes()
    before = read_xlsx(data, template.name)
    for seed in range(3):
        edits = changes(Random(f"{template.stem} {seed}"), before)
        assert shown(edited(before, edits)) == shown(read_xlsx(apply_edits(data, edits), template.name))


def test_a_sheet_replaced_keeps_no_cell_of_the_old_one() -> None:
    data = apply_edits(TEMPLATES[0].read_bytes(), [AddSheet("校验结果", ((NewCell("旧"), NewCell("旧")),))])
    before = read_xlsx(data, "表.xlsx")
    edits: list[Edit] = [RemoveSheet("校验结果"), AddSheet("校验结果", ((NewCell("新"),),))]
    after = edited(before, edits)
    assert shown(after)["校验结果"] == {(1, 1): ("新", None)}
    assert shown(after) == shown(read_xlsx(apply_edits(data, edits), "表.xlsx"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("12345678901234567"), Decimal("12345678901234600")),
        (Decimal("0.1"), Decimal("0.1")),
        (Decimal("-0"), Decimal(0)),
        ("", None),
        ("文", "文"),
        (None, None),
        (False, False),
    ],
)
def test_values_as_a_file_gives_them_back(value: CellValue, expected: CellValue) -> None:
    assert as_read(value) == expected
    assert type(as_read(value)) is type(expected)
