"""Sealing: content that survives re-saving, every change named, and seals that were tampered with."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from openpyxl.packaging.custom import StringProperty

from perfxl.grid import Cell, CellError, CellRef, Grid, Merge, Workbook
from perfxl.layouts import write_form
from perfxl.number_format import date_serial
from perfxl.reading import read_forms
from perfxl.reading.labels import vocabulary
from perfxl.scheme_files import builtin_schemes
from perfxl.seal import (
    Change,
    Seal,
    SealDamaged,
    SealTooLarge,
    Verdict,
    broken_link,
    canonical,
    changes_between,
    field_name,
    is_seal_code,
    read_seal,
    same_code,
    seal_code,
    seal_form,
    seal_from_json,
    verify,
    with_event,
)
from perfxl.seal import digest as seal_digest
from perfxl.seal.content import Canonical, number, plain, skeleton, typed
from perfxl.seal.digest import ALPHABET, default_algorithm, hex_digest, sm3
from perfxl.seal.record import MOST_CONTENT
from perfxl.sources import read_workbook
from tests.extent import cases, fast_first
from tests.grids import form_grid
from tests.random_forms import random_form

RETURNED = Path(__file__).parent.parent / "examples" / "returned"
RESAVED = RETURNED / "LibreOffice另存"
SEEDS = tuple(sorted(path.name for path in RESAVED.glob("*.xlsx")))
SCHEMES = tuple(builtin_schemes())
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MUTATIONS = cases(10, 170, 1550)
"""For each of the workbooks."""


@cache
def filled(scheme: str) -> Workbook:
    """A filled form of the scheme, as read from a file."""
    return read_workbook(_written(scheme))


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory()


@cache
def _written(scheme: str) -> Path:
    path = Path(_folder().name) / f"{scheme.replace('/', '-')}.xlsx"
    write_form(builtin_schemes()[scheme], path, random_form(builtin_schemes()[scheme], 7).content)
    return path


def content(workbook: Workbook) -> Canonical:
    return canonical(workbook, read_forms(workbook))


def sealed(workbook: Workbook, scheme: str = "mof/2020", earlier: Seal | None = None) -> Seal:
    forms = read_forms(workbook)
    return seal_form(workbook, forms, scheme=builtin_schemes()[scheme], time=NOW, signer="甲单位", earlier=earlier)


def carrying(workbook: Workbook, properties: Mapping[str, str]) -> Workbook:
    return replace(workbook, properties={**workbook.properties, **properties})


def verdict(workbook: Workbook, properties: Mapping[str, str]) -> Verdict:
    return verify(carrying(workbook, properties), read_forms(workbook))


def with_cells(workbook: Workbook, sheet: str, cells: Mapping[tuple[int, int], Cell | None]) -> Workbook:
    grids = []
    for grid in workbook.grids:
        if grid.sheet == sheet:
            merged = {**grid.cells, **cells}
            grid = replace(grid, cells={at: cell for at, cell in merged.items() if cell is not None})
        grids.append(grid)
    return replace(workbook, grids=tuple(grids))


def described(changes: tuple[Change, ...]) -> list[str]:
    return [f"{change.at.address if change.at else '—'} {change.kind} {change.name}" for change in changes]


# Known answers


def test_digests_give_the_known_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    assert hex_digest("SHA-256", b"abc") == hashlib.sha256(b"abc").hexdigest()
    random = Random(1)
    for length in (*range(130), 4096):
        data = random.randbytes(length)
        assert hex_digest("SM3", data) == sm3(data)


def test_without_sm3_seals_use_sha_256_and_sm3_seals_are_still_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    workbook = filled("mof/2020")
    by_sm3 = sealed(workbook)

    def refuse(name: str, data: bytes = b"") -> Any:
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(hashlib, "new", refuse)
    seal_digest._sm3_offered.cache_clear()
    seal_digest.default_algorithm.cache_clear()
    try:
        assert default_algorithm() == "SHA-256"
        assert verdict(workbook, by_sm3.properties()).status == "intact"
        assert sealed(workbook).head.algorithm == "SHA-256"
        assert verdict(workbook, sealed(workbook).properties()).status == "intact"
    finally:
        monkeypatch.undo()
        seal_digest._sm3_offered.cache_clear()
        seal_digest.default_algorithm.cache_clear()


def test_the_algorithm_is_inside_what_is_hashed() -> None:
    seal = sealed(filled("mof/2020"))
    other = seal.head.model_copy(update={"algorithm": "SHA-256" if seal.head.algorithm == "SM3" else "SM3"})
    forged = seal.model_copy(update={"head": other})
    assert forged.problem() == ("封签内的内容与摘要不符", "its content does not fit its digest")


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
    path = RETURNED / source if source in SEEDS else _written(source)
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


def test_a_formula_kept_in_another_cell_is_no_change() -> None:
    workbook = Workbook("表.xlsx", (form_grid("mof-2020", {"H7": "ƒ=SUM(1,2)"}),))
    shared = with_cells(workbook, "自评表", {(7, 8): Cell(Decimal(3), "=")})
    assert content(workbook).lines != content(shared).lines
    assert changes_between(content(workbook).lines, content(shared)) == ()
    assert changes_between(content(shared).lines, content(workbook)) == ()


# Changes


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


# The 封签码


def test_the_check_sign_finds_every_slip() -> None:
    random = Random(3)
    for _ in range(12):
        code = seal_code(random.randbytes(32).hex())
        assert re.fullmatch(rf"(?:[{ALPHABET}]{{4}}-){{4}}[{ALPHABET}]{{4}}", code)
        plain_code = code.replace("-", "")
        assert is_seal_code(code)
        for place, sign in enumerate(plain_code):
            for other in ALPHABET:
                if other != sign:
                    assert not is_seal_code(plain_code[:place] + other + plain_code[place + 1 :])
        for place in range(len(plain_code) - 1):
            a, b = plain_code[place], plain_code[place + 1]
            if a != b:
                assert not is_seal_code(plain_code[:place] + b + a + plain_code[place + 2 :])


def test_a_code_may_be_typed_as_people_type() -> None:
    digest = hex_digest("SM3", b"abc")
    code = seal_code(digest)
    assert code == "EFUR-XXBB-WZSY-7PUH-GUNH"
    for typed_code in (
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " — "),
        f" {code}\n",
        "ＥＦＵＲ" + code[4:],
    ):
        assert same_code(typed_code, digest)
    for wrong in ("", code[:-1], code + "A", code.replace("E", "O", 1), "0" * 10_000):
        assert not is_seal_code(wrong)
    assert not same_code(code, hex_digest("SM3", b"abd"))


# The seal in the file


def test_a_seal_is_kept_in_short_properties_and_read_back() -> None:
    for workbook in map(filled, SCHEMES):
        seal = sealed(workbook)
        properties = seal.properties()
        assert max(map(len, properties.values())) <= 255
        assert [*properties] == [f"perfxl.seal.{number}" for number in range(1, len(properties) + 1)]
        assert read_seal({"other": "x", **dict(reversed(properties.items()))}) == seal
        assert seal_from_json(seal.payload()) == seal
        assert seal.problem() is None


def test_the_digest_can_be_recomputed_as_docs_seal_md_says() -> None:
    seal = sealed(filled("mof/2020"))
    parts = {int(name.rpartition(".")[2]): value.split(":", 3)[3] for name, value in seal.properties().items()}
    payload = json.loads(zlib.decompress(base64.b64decode("".join(parts[number] for number in sorted(parts)))))
    head = json.dumps(payload["head"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    lines = [json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in payload["lines"]]
    name = payload["head"]["algorithm"].replace("-", "").lower()
    assert hashlib.new(name, "\n".join((head, *lines)).encode()).hexdigest() == seal.digest == payload["digest"]


def test_verdicts() -> None:
    workbook = filled("mof/2020")
    seal = sealed(workbook)
    intact = verdict(workbook, seal.properties())
    assert (intact.word, intact.signature_word, intact.changes, intact.opened) == ("完好", "没有签名", (), None)
    assert "重新封签" in intact.caveat[0] and "seal it again" in intact.caveat[1]
    assert verdict(workbook, {}).word == "封签缺失"
    changed = with_cells(workbook, "自评表", {(3, 3): Cell("改动")})
    assert verdict(changed, seal.properties()).word == "有改动"
    assert verdict(workbook, {"perfxl.seal.1": "x"}).word == "封签损坏"
    head = (seal.head.unit, seal.head.year, seal.head.scheme, seal.head.submission, seal.head.signer, seal.head.time)
    form = read_forms(workbook)[0]
    assert head == (form.unit, form.year.value, "mof/2020", 1, "甲单位", "2026-03-02T09:30:00+00:00")


def test_the_seal_of_another_file_is_told() -> None:
    one, other = filled("mof/2020"), filled("hubei/2021")
    found = verdict(one, sealed(other).properties())
    assert (found.word, found.other_file) == ("有改动", True)
    assert not verdict(one, sealed(one).properties()).other_file


def test_what_cannot_be_sealed() -> None:
    workbook = filled("mof/2020")
    scheme = builtin_schemes()["mof/2020"]
    with pytest.raises(ValueError, match="没有可以封签的表"):
        seal_form(workbook, (), scheme=scheme, time=NOW, signer="甲")
    with pytest.raises(ValueError, match="offset"):
        seal_form(workbook, read_forms(workbook), scheme=scheme, time=NOW.replace(tzinfo=None), signer="甲")
    with pytest.raises(SealTooLarge):
        sealed(workbook).model_copy(update={"lines": (("a", "s", "x" * MOST_CONTENT),)}).properties()


# History


def test_the_history_goes_on_through_unlock_and_lock() -> None:
    workbook = filled("mof/2020")
    first = sealed(workbook)
    opened = first.unlocked(by="县财政局", reason="预算数有误", time=NOW)
    found = verdict(workbook, opened.properties())
    assert found.word == "完好" and found.opened is not None
    assert (found.opened.by, found.opened.reason, found.opened.digest) == ("县财政局", "预算数有误", first.digest)
    corrected = with_cells(workbook, "自评表", {(3, 3): Cell("更正")})
    second = sealed(corrected, earlier=opened)
    assert (second.head.submission, second.head.previous) == (2, first.digest)
    assert [event.kind for event in second.history] == ["locked", "unlocked", "locked"]
    assert verdict(corrected, second.properties()).word == "完好"
    third = sealed(corrected, earlier=second.unlocked(by="甲", reason="再改", time=NOW))
    assert third.head.submission == 3 and third.problem() is None
    with pytest.raises(ValueError, match="次序"):
        sealed(corrected, earlier=second)
    with pytest.raises(ValueError, match="次序"):
        opened.unlocked(by="甲", reason="", time=NOW)


def test_every_change_of_the_history_is_found() -> None:
    workbook = filled("mof/2020")
    opened = sealed(workbook).unlocked(by="乙", reason="更正", time=NOW)
    seal = sealed(workbook, earlier=opened)
    history = seal.history
    tampered = []
    for index, event in enumerate(history):
        fields: dict[str, Any] = {
            "by": "丙",
            "reason": "别的",
            "time": "2020",
            "digest": "0" * 64,
            "previous": "1" * 64,
        }
        fields |= {"kind": "unlocked" if event.kind == "locked" else "locked", "hash": "2" * 64}
        for name, value in fields.items():
            bad = event.model_copy(update={name: value})
            tampered.append((*history[:index], bad, *history[index + 1 :]))
        tampered.append((*history[:index], *history[index + 1 :]))
    tampered += [history[::-1], (*history, history[-1]), (), history[:1], history[2:]]
    for altered in tampered:
        found = verdict(workbook, seal.model_copy(update={"history": altered}).properties())
        assert (found.word, bool(found.reason)) == ("封签损坏", True), altered


def test_a_history_rewritten_from_the_start_no_longer_fits_the_seal() -> None:
    workbook = filled("mof/2020")
    opened = sealed(workbook).unlocked(by="乙", reason="更正", time=NOW)
    seal = sealed(workbook, earlier=opened)
    forged = with_event((), "locked", digest=seal.head.previous, by="甲单位", reason="", time=NOW)
    forged = with_event(forged, "unlocked", digest=seal.head.previous, by="乙", reason="没有理由", time=NOW)
    forged = with_event(forged, "locked", digest=seal.digest, by="甲单位", reason="", time=NOW)
    assert broken_link(forged) is None
    found = verdict(workbook, seal.model_copy(update={"history": forged}).properties())
    assert (found.why("zh"), found.why("en")) == ("锁定记录与封签不符", "its history does not fit the seal")


# Hostile seals


def _packed(payload: bytes) -> dict[str, str]:
    """Properties around any bytes, with a check that fits."""
    return _split(base64.b64encode(zlib.compress(payload, 9)).decode())


def _split(data: str) -> dict[str, str]:
    check = sha256(data.encode()).hexdigest()[:16]
    parts = [data[start : start + 220] for start in range(0, len(data), 220)] or [""]
    return {f"perfxl.seal.{n}": f"PXS1:{n}/{len(parts)}:{check}:{part}" for n, part in enumerate(parts, 1)}


def _altered(change: Callable[[dict[str, Any]], object]) -> dict[str, str]:
    raw = json.loads(sealed(filled("mof/2020")).payload())
    change(raw)
    return _packed(json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode())


def _hostile() -> dict[str, dict[str, Any]]:
    properties = sealed(filled("mof/2020")).properties()
    other = sealed(filled("hubei/2021")).properties()
    payload = sealed(filled("mof/2020")).payload()
    bomb = base64.b64encode(zlib.compress(b"\0" * 30_000_000, 9)).decode()
    return {
        "empty": {"perfxl.seal.1": ""},
        "no value": {"perfxl.seal.1": None},
        "a number": {"perfxl.seal.1": 7},
        "another name": {"perfxl.seal.x": "x"},
        "other case": {name.upper(): value for name, value in properties.items()},
        "case twin": {**properties, "Perfxl.Seal.1": properties["perfxl.seal.1"]},
        "zero": {"perfxl.seal.0": properties["perfxl.seal.1"]},
        "one missing": dict([*properties.items()][:-1]),
        "one more": {**properties, f"perfxl.seal.{len(properties) + 1}": properties["perfxl.seal.1"]},
        "two seals": {**properties, **dict([*other.items()][: len(properties) // 2])},
        "second behind": {
            **properties,
            **{f"perfxl.seal.{len(properties) + n}": v for n, v in enumerate(other.values(), 1)},
        },
        "swapped parts": {**properties, "perfxl.seal.1": properties["perfxl.seal.2"]},
        "many": {f"perfxl.seal.{n}": "PXS1:1/1:0:A" for n in range(1, 6000)},
        "long": {"perfxl.seal.1": "A" * 10_000_000},
        "no base 64": _split("===="),
        "no zlib": _split(base64.b64encode(b"hello").decode()),
        "torn zlib": _split(base64.b64encode(zlib.compress(payload)[:-9]).decode()),
        "more behind": _split(base64.b64encode(zlib.compress(payload) + b"x").decode()),
        "bomb": _split(bomb),
        "no json": _packed(b"hello"),
        "no utf-8": _packed(b"\xff\xfe"),
        "deep": _packed(b"[" * 1_000_000),
        "deep inside": _packed(b'{"head":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}"),
        "a list": _packed(b"[]"),
        "null": _packed(b"null"),
        "nan": _packed(b'{"head":NaN}'),
        "a huge number": _packed(b'{"head":' + b"9" * 100_000 + b"}"),
        "surrogates": _packed(payload.replace("甲单位".encode(), b"\\ud800")),
        "a key twice": _packed(payload[:-1] + b',"signature":null}'),
        "spaces": _packed(payload + b" "),
        "unknown key": _altered(lambda raw: raw.update(more=1)),
        "no lines": _altered(lambda raw: raw.pop("lines")),
        "lines of numbers": _altered(lambda raw: raw.update(lines=[1, 2])),
        "short line": _altered(lambda raw: raw["lines"].append(["z", "s"])),
        "wrong kind": _altered(lambda raw: raw["lines"][0].__setitem__(1, "z")),
        "strange id": _altered(lambda raw: raw["lines"][0].__setitem__(0, "=1+1")),
        "id twice": _altered(lambda raw: raw["lines"].insert(0, raw["lines"][0])),
        "unsorted": _altered(lambda raw: raw["lines"].reverse()),
        "year of text": _altered(lambda raw: raw["head"].update(year="2020")),
        "true for a number": _altered(lambda raw: raw["head"].update(submission=True)),
        "other version": _altered(lambda raw: raw["head"].update(version=2)),
        "other algorithm": _altered(lambda raw: raw["head"].update(algorithm="MD5")),
        "digest": _altered(lambda raw: raw.update(digest="0" * 64)),
        "digest of text": _altered(lambda raw: raw.update(digest="x")),
        "value": _altered(lambda raw: raw["lines"][0].__setitem__(2, "别的")),
        "unit": _altered(lambda raw: raw["head"].update(unit="别的单位")),
        "history of text": _altered(lambda raw: raw.update(history="x")),
        "no history": _altered(lambda raw: raw.update(history=[])),
        "signature of text": _altered(lambda raw: raw.update(signature="x")),
    }


def test_hostile_seals_get_a_verdict() -> None:
    workbook = filled("mof/2020")
    found = {name: verdict(workbook, properties) for name, properties in _hostile().items()}
    assert {name: v.word for name, v in found.items() if v.word != "封签损坏" or not v.reason} == {}


def test_any_flipped_sign_in_a_property_is_damage() -> None:
    workbook = filled("mof/2020")
    properties = sealed(workbook).properties()
    random = Random(11)
    for _ in range(300):
        name = random.choice([*properties])
        value = properties[name]
        place = random.randrange(len(value))
        sign = random.choice([sign for sign in "Aa0=:/\n\0中" if sign != value[place]])
        with pytest.raises(SealDamaged):
            read_seal({**properties, name: value[:place] + sign + value[place + 1 :]})


def test_sealed_content_with_gaps_and_strange_ids_is_compared_without_harm() -> None:
    now = content(filled("mof/2020"))
    lines = sorted({*now.lines[::3], *(now.lines[0]._replace(id=id_) for id_ in ("9/row/7", "beside/1/1/x", "z"))})
    assert changes_between(lines, now)
    assert changes_between((), now) and changes_between(lines, Canonical((), {}, {}))
    twin = now.lines[0]._replace(id="beside/1/00001")
    assert changes_between(sorted({*now.lines, twin}), now)


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
