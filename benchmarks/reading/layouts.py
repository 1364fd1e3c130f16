"""Random forms in random layouts as workbooks, with the sheet of facts of every form."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from benchmarks.reading.drawing import draw
from benchmarks.reading.plan import ALL, Plan
from benchmarks.reading.sheet import Sheet
from perfxl.grid import Merge, Workbook
from perfxl.scheme_files import scheme_named
from tests.random_forms import random_form

SCHEMES = (
    "mof/2020",
    "mof/2020",
    "shanghai/2020-10-90",
    "lincang/2021",
    "shanghai/2020",
    "shanghai/2019",
    "shanghai/2020-objective",
)

_NEVER_BLANK = ("title", "year", "project_name", "/name", "/level1", "/level2")
WITH_TARGETS = SCHEMES[:4]


@dataclass(frozen=True)
class Sample:
    """One workbook in memory and the forms in it, in sheet order."""

    workbook: Workbook
    forms: tuple[Sheet, ...]
    plan: Plan
    frames: tuple[tuple[Merge, ...], ...]
    """Of each sheet, the ruled tables of its forms."""
    mutation: str
    seed: int


def sample(mutation: str, seed: int) -> Sample:
    """The same for the same mutation and seed."""
    random = Random(f"{mutation} {seed}")
    plan = ALL[mutation](Plan(), random)
    scheme = scheme_named(random.choice(SCHEMES if plan.points else WITH_TARGETS))
    sheets: list[Sheet] = []
    start = 0
    for number in range(plan.forms):
        drawn = draw(random_form(scheme, seed * 10 + number), plan, random)
        if plan.blanks:
            drawn = drawn.emptied(lambda path: not path.endswith(_NEVER_BLANK) and random.random() < 0.2)
        placed = _moved(drawn, plan, random, start)
        start = 0 if plan.sheets else placed.last_row + random.randint(0, 2)
        sheets.append(placed)
    pages = [[sheet] for sheet in sheets] if plan.sheets else [sheets]
    grids = (
        Sheet([block for sheet in page for block in sheet.blocks]).grid(plan.merges, f"自评表{number}")
        for number, page in enumerate(pages, start=1)
    )
    frames = tuple(tuple(sheet.frame for sheet in page) for page in pages)
    return Sample(Workbook("表.xlsx", tuple(grids)), tuple(sheets), plan, frames, mutation, seed)


def _moved(sheet: Sheet, plan: Plan, random: Random, start: int) -> Sheet:
    """The sheet below `start`, shifted and with empty rows and columns in between as the plan has it."""
    down, right = (random.randint(0, 4), random.randint(1, 3)) if plan.shift else (0, 0)
    rows = {row: row + start + down for row in range(1, sheet.last_row + 1)}
    if plan.blank_rows:
        gap = 0
        for row in rows:
            gap += random.random() < 0.12
            rows[row] += gap
    widest = max(block.right for block in sheet.blocks)
    columns = {column: column + right for column in range(1, widest + 1)}
    if plan.blank_columns:
        gap = 0
        for column in range(2, widest + 1):
            gap += random.random() < 0.25
            columns[column] += gap
    ends = dict(columns)
    if plan.wide:
        gap = 0
        for column in columns:
            columns[column] += gap
            gap += random.choice((0, 0, 1, 2))
            ends[column] += gap
    placed = sheet.moved(rows.__getitem__, columns.__getitem__, ends.__getitem__)
    if plan.beside:
        _write_beside(placed, ends[widest] + 2, random)
    return placed


def _write_beside(sheet: Sheet, column: int, random: Random) -> None:
    """What people reckon right of the form, an empty column apart from it."""
    first = min(block.top for block in sheet.blocks)
    for row in random.sample(range(first + 3, sheet.last_row), 4):
        remark = random.choice(("核对无误", Decimal(random.randint(1, 900)), "合计", "已改"))
        sheet.put(row, column, remark, ruled=False)
