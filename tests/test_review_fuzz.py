"""Whatever stands in the cells of a form, the review ends and every finding has its words."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from perfxl.grid import Cell, CellError, CellValue, Grid, Workbook
from perfxl.review import review_workbook
from perfxl.sources import read_workbook
from tests.extent import cases

RETURNED = Path(__file__).parent.parent / "examples" / "returned"
WORKBOOKS = sorted(p for p in RETURNED.glob("*.xlsx") if p.stat().st_size > 9000 and "不完整" not in p.name)
ODD: tuple[CellValue, ...] = (
    *(
        None,
        "",
        " ",
        "—",
        "无",
        "无法计算",
        "#",
        "指标1：",
        "……",
        "合计",
        "总分",
        "项目名称",
        "一级指标",
        "得分",
        "分值",
    ),
    *(
        "100%",
        "≥95%",
        "> 95%",
        "0",
        "-1",
        "1e5",
        "各3-5名",
        "三次",
        "叁拾捌万元整",
        "150万",
        "2023年12月底前",
        "2020-02-30",
    ),
    *("（", ")" * 50, "投入与管理(36分)", "{reported}", "%s", "=1+1", "\u202e颠倒", "\x07", "😀", "好" * 3000),
    *(True, False, CellError("#DIV/0!"), CellError("#REF!"), datetime.fromisoformat("2020-02-29")),
    *map(Decimal, ("0", "-5", "1", "0.5", "100", "1E-25", "1E+28", "99999999999999", "0.000001")),
)


def mutated(grid: Grid, chance: random.Random) -> Grid:
    cells = dict(grid.cells)
    merges = list(grid.merges)
    for _ in range(chance.randint(1, 12)):
        place = chance.choice(list(grid.cells))
        what = chance.random()
        if what < 0.6:
            style = chance.choice(("General", "0.00%", "0", "yyyy-m-d"))
            cells[place] = Cell(chance.choice(ODD), chance.choice((None, None, "=A1")), style)
        elif what < 0.75:
            other = chance.choice(list(grid.cells))
            cells[place], cells[other] = cells.get(other, Cell(None)), cells.get(place, Cell(None))
        elif what < 0.9:
            cells.pop(place, None)
        elif merges:
            merges.pop(chance.randrange(len(merges)))
    return replace(grid, cells=cells, merges=tuple(merges))


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: path.stem)
def test_a_review_never_raises(path: Path) -> None:
    whole = read_workbook(path)
    for seed in range(cases(12, 60)):
        chance = random.Random(f"{path.stem} {seed}")
        workbook = Workbook(whole.file, tuple(mutated(grid, chance) for grid in whole.grids), whole.properties)
        review = review_workbook(workbook, path.name)
        assert review.findings or review.reviews
        for finding in review.findings:
            assert finding.at.file == whole.file
            for lang in ("zh", "en"):
                assert finding.message(lang) and finding.fix(lang) and finding.why(lang)
