"""Every change of what was sealed is found, and named by its field and its cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from perfxl.grid import Cell, CellError, CellRef, Grid, Merge, Workbook
from perfxl.reading import read_forms
from perfxl.reading.labels import vocabulary
from perfxl.seal import Change, changes_between, field_name
from perfxl.seal.content import Canonical, plain
from perfxl.sources import read_workbook
from tests.extent import cases
from tests.grids import form_grid
from tests.sealed_forms import RETURNED, SCHEMES, SEEDS, content, filled, sealed, verdict, with_cells

MUTATIONS = cases(10, 170, 1550)
"""For each of the workbooks."""


def described(changes: tuple[Change, ...]) -> list[str]:
    return [f"{change.at.address if change.at else '—'} {change.kind} {change.name}" for change in changes]


def test_a_formula_kept_in_another_cell_is_no_change() -> None:
    workbook = Workbook("表.xlsx", (form_grid("mof-2020", {"H7": "ƒ=SUM(1,2)"}),))
    shared = with_cells(workbook, "自评表", {(7, 8): Cell(Decimal(3), "=")})
    assert content(workbook).lines != content(shared).lines
    assert changes_between(content(workbook).lines, content(shared)) == ()
    assert changes_between(content(shared).lines, content(workbook)) == ()


@dataclass(frozen=True)
class Mutation:
    how: str
    at: CellRef
    cell: Cell | None


def _mutation(random: Random, workbook: Workbook, now: Canonical) -> Mutation:
    """One cell changed, emptied, filled, given another type, or its formula replaced by the number it shows."""
    grids = [grid for grid in workbook.grids if grid.sheet not in vocabulary().own_sheets]
    grid = random.choice(grids)
    how = random.choice(("change", "delete", "fill", "retype"))
    if how == "fill":
        return _filling(random, grid, now)
    filled_cells = [item for item in grid.cells.items() if item[1].formula is not None or item[1].text.strip()]
    at, cell = random.choice(sorted(filled_cells, key=lambda item: item[0]))
    if how == "delete":
        return Mutation(how, grid.ref(*at), None)
    value = cell.value
    if cell.formula is not None:
        return Mutation("freeze", grid.ref(*at), Cell(Decimal(1) if value is None else value))
    if how == "retype":
        return Mutation(how, grid.ref(*at), Cell(Decimal(3) if isinstance(value, str) else str(value)))
    if isinstance(value, Decimal):
        return Mutation(how, grid.ref(*at), cell._replace(value=value + random.choice((1, -1, Decimal("0.01")))))
    if isinstance(value, datetime):
        return Mutation(how, grid.ref(*at), cell._replace(value=value + timedelta(days=random.choice((1, -1, 365)))))
    assert isinstance(value, str)
    place = random.randrange(len(value))
    sign = "改" if value[place] != "改" else "动"
    return Mutation(how, grid.ref(*at), cell._replace(value=value[:place] + sign + value[place + 1 :]))


def _filling(random: Random, grid: Grid, now: Canonical) -> Mutation:
    blanks = [at for id_, at in now.places.items() if id_ not in now.shown and at.sheet == grid.sheet]
    if blanks and random.random() < 0.5:
        at = random.choice(blanks)
    else:
        while True:
            merge = grid.merge_at(random.randint(1, grid.last_row + 1), random.randint(1, grid.last_column + 1))
            at = grid.ref(merge.top, merge.left)
            if (at.row, at.column) not in grid.cells:
                break
    return Mutation("fill", at, Cell(random.choice(("新添的文字", Decimal(7)))))


def _kind_of_place(id_: str) -> str:
    """`1/row/00003/actual` → `1/row/#/actual`: rows may count otherwise once one of them is emptied."""
    return re.sub(r"\d{5}", "#", id_)


@pytest.mark.parametrize("source", [*SCHEMES, *SEEDS])
def test_every_single_change_is_reported_with_its_field(source: str) -> None:
    """13 workbooks × 170 in the acceptance run: 2,210 changes; with PERFXL_LONG=1 20,150."""
    workbook = read_workbook(RETURNED / source) if source in SEEDS else filled(source)
    before = content(workbook)
    ids = {at: id_ for id_, at in before.places.items() if at.row and not id_.endswith("/under")}
    random = Random(source)
    for _ in range(MUTATIONS):
        mutation = _mutation(random, workbook, before)
        place = (mutation.at.row, mutation.at.column)
        after = with_cells(workbook, mutation.at.sheet, {place: mutation.cell})
        changes = changes_between(before.lines, content(after))
        assert names_the_change(mutation, changes, ids.get(mutation.at, ""), before), (mutation, described(changes))


def names_the_change(mutation: Mutation, changes: tuple[Change, ...], id_: str, before: Canonical) -> bool:
    """The cell is reported under its own field; where its words made the field, what went and what came instead."""
    here = [change for change in changes if mutation.at in (change.at, change.other)]
    own = _kind_of_place(id_)
    gone = [
        change
        for change in changes
        if change.kind in ("removed", "row_removed")
        and (change.id == id_ or change.id.rpartition("/")[0] == id_.rpartition("/")[0])
    ]
    beside = not id_ or id_.startswith("beside/")
    if mutation.cell is None and not any(_kind_of_place(change.id) == own for change in here):
        shown = before.shown[id_]
        return bool(gone) and (not beside or any(change.before in (plain(shown), "公式") for change in gone))
    if beside:
        # A row that was blank is new as a whole: it is named by its first cell, with all its words.
        typed_in = str(mutation.cell.value) if mutation.cell else ""
        new_row = [
            change for change in changes if change.kind == "row_added" and change.at and typed_in in change.after
        ]
        return bool(here) or any(change.at and change.at.row == mutation.at.row for change in new_row)
    return any(_kind_of_place(change.id) == own for change in here) or bool(gone and here)


def _moved(grid: Grid, row: int, by: int) -> Grid:
    """The sheet with an empty row before `row` (1), or without `row` (-1), as spreadsheet programs do it."""
    first = row if by > 0 else row + 1
    cells = {
        (r + by if r >= first else r, column): cell for (r, column), cell in grid.cells.items() if by > 0 or r != row
    }
    merges = [
        Merge(m.top + by if m.top >= first else m.top, m.left, m.bottom + by if m.bottom >= row else m.bottom, m.right)
        for m in grid.merges
    ]
    return replace(grid, cells=cells, merges=tuple(merge for merge in merges if merge.bottom >= merge.top))


def _indicator_rows(workbook: Workbook) -> tuple[int, int, int]:
    """The first two indicators with a name, and the name's column."""
    first, second = [row for row in read_forms(workbook)[0].named_indicators if row.name][:2]
    return first.at.row, second.at.row, first.at.column


@pytest.mark.parametrize("source", [*SCHEMES, *SEEDS])
def test_rows_swapped_added_and_taken_away(source: str) -> None:
    workbook = read_workbook(RETURNED / source) if source in SEEDS else filled(source)
    before = content(workbook)
    grid = next(grid for grid in workbook.grids if grid.sheet == read_forms(workbook)[0].at.sheet)
    first, second, left = _indicator_rows(workbook)
    columns = range(left, grid.last_column + 1)

    def kinds(changed: Grid) -> set[tuple[str, str]]:
        grids = tuple(changed if other is grid else other for other in workbook.grids)
        after = content(replace(workbook, grids=grids))
        return {(change.kind, change.id.split("/")[1]) for change in changes_between(before.lines, after)}

    swapped = dict(grid.cells)
    for column in columns:
        for one, other in ((first, second), (second, first)):
            swapped.pop((one, column), None)
            if cell := grid.cells.get((other, column)):
                swapped[one, column] = cell
    assert ("swapped", "row") in kinds(replace(grid, cells=swapped))
    assert ("row_removed", "row") in kinds(_moved(grid, second, -1))
    inserted = _moved(grid, second, 1)
    copied = {(second, column): cell for column in columns if (cell := grid.cells.get((second, column)))}
    copied[second, left] = Cell("另加的指标")
    assert ("row_added", "row") in kinds(replace(inserted, cells={**inserted.cells, **copied}))


def test_changes_are_told_in_the_words_of_the_form() -> None:
    workbook = Workbook("表.xlsx", (form_grid("mof-2020"),))
    form = read_forms(workbook)[0]
    row = form.indicators[0]
    executed, actual = form.funding.total.executed, row.actual
    changed = with_cells(
        workbook,
        "自评表",
        {
            (executed.at.row, executed.at.column): Cell(Decimal(1)),
            (actual.at.row, actual.at.column): Cell("99个"),
            (90, 2): Cell("另加一句"),
        },
    )
    found = changes_between(content(workbook).lines, content(changed))
    assert described(found) == [
        f"{executed.at.address} changed 资金“年度资金总额”的全年执行数",
        f"{actual.at.address} changed 指标“{row.name}”的实际完成值",
        "B90 added 栏目以外的内容",
    ]
    assert [(change.before, change.after) for change in found if change.at == actual.at] == [(actual.raw, "99个")]


def test_a_row_moved_below_another_label_is_seen() -> None:
    """The order of all rows and of all labels stays the same: only what stands below what changes."""
    workbook = Workbook("表.xlsx", (form_grid("mof-2020"),))
    form = read_forms(workbook)[0]
    rows = form.indicators
    grid = workbook.grids[0]
    first = next(r for r, after in zip(rows, rows[1:], strict=False) if r.name and r.level2.at != after.level2.at)
    here, there = first.at.row, rows[rows.index(first) + 1].at.row
    blank = {(there, column): None for column in range(first.at.column, grid.last_column + 1)}
    before = with_cells(workbook, "自评表", blank)
    moved: dict[tuple[int, int], Cell | None] = {}
    for column in range(first.at.column, grid.last_column + 1):
        moved[here, column], moved[there, column] = None, grid.cells.get((here, column))
    found = changes_between(content(before).lines, content(with_cells(before, "自评表", moved)))
    assert [(change.kind, change.name) for change in found] == [("changed", f"指标“{first.name}”的所属一、二级指标")]
    assert found[0].at == first.at._replace(row=there)
    assert found[0].before == "产出指标 › 数量指标"


def test_a_date_reads_as_a_date_before_and_after() -> None:
    old, new = (Cell(datetime(2021, 1, day), None, "yyyy-mm-dd") for day in (5, 6))  # noqa: DTZ001
    before, after = (
        content(Workbook("表.xlsx", (replace(grid, cells={**grid.cells, (60, 1): cell}),)))
        for grid in [form_grid("mof-2020")]
        for cell in (old, new)
    )
    assert [(c.before, c.after) for c in changes_between(before.lines, after)] == [("2021-01-05", "2021-01-06")]


def test_the_scheme_and_a_formula_made_a_number_are_changes() -> None:
    workbook = filled("mof/2020")
    seal = sealed(workbook)
    relabelled = replace(workbook, properties={**workbook.properties, "perfxl.scheme": "mof/2099"})
    assert described(verdict(relabelled, seal.properties()).changes) == [" changed 方案编号"]
    total = read_forms(workbook)[0]
    at = total.total.at  # type: ignore[union-attr]
    frozen = with_cells(workbook, at.sheet, {(at.row, at.column): Cell(Decimal(100))})
    assert described(verdict(frozen, seal.properties()).changes) == [f"{at.address} formula_replaced 总分"]


def test_field_names() -> None:
    assert [
        field_name(id_, row)
        for id_, row in (
            ("1/field/project_name", ""),
            ("2/field/filled_by+telephone", ""),
            ("1/row/00003/score", "培训人次"),
            ("1/fund/00001/initial_budget", ""),
            ("1/level2/00002/label", ""),
            ("1/total_max", ""),
            ("beside/01/00009", ""),
            ("sheet/01", ""),
        )
    ] == [
        "项目名称",
        "第 2 张表的填表人、联系电话",
        "指标“培训人次”的得分",
        "资金1的年初预算数",
        "二级指标",
        "分值合计",
        "栏目以外的内容",
        "工作表名称",
    ]


def test_content_hidden_beside_the_fields_is_seen() -> None:
    workbook = filled("mof/2020")
    properties = sealed(workbook).properties()
    for place, cell in {(500, 60): Cell(Decimal(7)), (3, 70): Cell(True), (4, 71): Cell(CellError("#REF!"))}.items():
        changed = verdict(with_cells(workbook, "自评表", {place: cell}), properties)
        assert [change.kind for change in changed.changes] == ["added"]
    extra = Grid(workbook.file, "附件", {(1, 1): Cell("附件内容")}, hidden=True)
    changed = verdict(replace(workbook, grids=(*workbook.grids, extra)), properties)
    assert sorted(change.kind for change in changed.changes) == ["added", "added"]


def test_sealed_content_with_gaps_and_strange_ids_is_compared_without_harm() -> None:
    now = content(filled("mof/2020"))
    lines = sorted({*now.lines[::3], *(now.lines[0]._replace(id=id_) for id_ in ("9/row/7", "beside/1/1/x", "z"))})
    assert changes_between(lines, now)
    assert changes_between((), now) and changes_between(lines, Canonical((), {}, {}))
    twin = now.lines[0]._replace(id="beside/1/00001")
    assert changes_between(sorted({*now.lines, twin}), now)
