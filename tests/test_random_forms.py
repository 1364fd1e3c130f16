"""Forms that are right by construction, written, read and reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from perfxl.form import Form, Indicator, Located, SelfEvaluation
from perfxl.grid import Grid, Workbook
from perfxl.layouts import RowContent, write_form
from perfxl.review import FileReview, Review, review_workbook
from perfxl.scheme_files import builtin_schemes
from perfxl.sources import read_workbook
from tests.extent import fast_first
from tests.grids import places
from tests.random_forms import RandomForm, random_form
from tests.spreadsheets import Sheets, recalculate_all

SCHEMES = tuple(builtin_schemes())
SEEDS = fast_first(range(30), 3)
RECALCULATED = range(3)


def written(form: RandomForm, folder: Path) -> Workbook:
    path = folder / "表.xlsx"
    write_form(form.scheme, path, form.content)
    return read_workbook(path)


def only_review(file: FileReview) -> Review:
    assert len(file.reviews) == 1
    return file.reviews[0]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_good_form_has_no_finding_and_reads_back(scheme: str, seed: int, tmp_path: Path) -> None:
    filled = random_form(builtin_schemes()[scheme], seed)
    workbook = written(filled, tmp_path)
    review = review_workbook(workbook, "表.xlsx")
    assert [f"{place} {f.message()}" for place, f in zip(places(review), review.findings, strict=True)] == []
    assert_read_back(filled, only_review(review).form)
    assert_computed(filled, only_review(review))
    assert self_check(workbook) == Decimal(0)


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], tuple[Workbook, Sheets]]:
    """By scheme and seed: the form as written, and what LibreOffice makes of it."""
    folder = tmp_path_factory.mktemp("recalculated")
    paths: dict[tuple[str, int], Path] = {}
    for scheme, seed in product(SCHEMES, RECALCULATED):
        paths[scheme, seed] = folder / f"{len(paths)}.xlsx"
        filled = random_form(builtin_schemes()[scheme], seed)
        write_form(filled.scheme, paths[scheme, seed], filled.content)
    values = recalculate_all(list(paths.values()), "libreoffice")
    return {key: (read_workbook(path), values[path]) for key, path in paths.items()}


@pytest.mark.acceptance
@pytest.mark.parametrize("seed", RECALCULATED)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_another_program_computes_the_same(
    scheme: str, seed: int, recalculated: dict[tuple[str, int], tuple[Workbook, Sheets]]
) -> None:
    filled = random_form(builtin_schemes()[scheme], seed)
    saved, values = recalculated[scheme, seed]
    assert [f"{grid.sheet}!{place}" for grid in saved.grids for place in _differing(grid, values[grid.sheet])] == []
    again = Workbook(saved.file, tuple(_with(grid, values[grid.sheet]) for grid in saved.grids), saved.properties)
    review = review_workbook(again, "表.xlsx")
    assert places(review) == []
    assert_computed(filled, only_review(review))


def _differing(grid: Grid, values: Mapping[str, object]) -> list[str]:
    """Formulas whose saved result is not the recalculated one: `D6: 9.85, 无法计算`."""
    found = []
    for at, saved in grid.cells.items():
        address = grid.ref(*at).address
        value = values.get(address)
        if isinstance(saved.value, Decimal) and isinstance(value, int | float):
            same = abs(saved.value - Decimal(repr(value))) <= abs(saved.value) * Decimal("1e-12")
        else:
            same = (value or None) == (saved.value or None)
        if saved.formula is not None and not same:
            found.append(f"{address}: {saved.value}, {value}")
    return found


def _with(grid: Grid, values: Mapping[str, object]) -> Grid:
    """The sheet with the recalculated results in its formula cells."""
    cells = dict(grid.cells)
    for at, saved in grid.cells.items():
        value = values.get(grid.ref(*at).address)
        if saved.formula is not None:
            number = isinstance(value, int | float)
            cells[at] = saved._replace(value=Decimal(f"{value:.15g}") if number else str(value) if value else None)
    return replace(grid, cells=cells)


def assert_read_back(filled: RandomForm, form: Form) -> None:
    content = filled.content
    assert (form.scheme_id, form.year.value) == (filled.scheme.id, content.year)
    for name, value in content.fields.items():
        if isinstance(value, str) and value:
            assert (name, form.text(name)) == (name, value)
        elif isinstance(value, date):
            assert (name, form.text(name)) == (name, value.isoformat())
    assert form.project == content.fields["project_name"]
    rows = [form.funding.total, *form.funding.parts]
    asked = {field.id for field in (*filled.scheme.layout.header, *filled.scheme.layout.funding_columns)}
    for name in ("initial_budget", "adjusted_budget", "executed"):
        if name in asked:
            stated = [getattr(line, name) for line in content.funding]
            assert [getattr(row, name).value for row in rows[: len(stated)]] == stated
    assert [_meant(filled, row) for row in content.indicators] == [_read(row) for row in form.named_indicators]


def _meant(filled: RandomForm, row: RowContent) -> tuple[str, ...]:
    """What the row must read as: level 1 and 2, name, target, actual, points, note, kind."""
    columns = {column.id for column in filled.scheme.layout.columns}
    preset = {preset.name: preset for group in filled.scheme.groups for preset in group.preset}.get(row.name)
    points = row.max_score if preset is None or preset.points is None else preset.points
    return (
        row.group,
        row.level2 if "level2" in columns else "",
        row.name,
        _shown(row.target, row.percent),
        _shown(row.actual, row.percent),
        "" if points is None else f"{points.normalize():f}",
        "" if row.score is None else f"{row.score.normalize():f}",
        row.note,
        row.kind,
    )


def _shown(value: str | Decimal, percent: bool) -> str:
    if isinstance(value, str):
        return value
    return f"{(value * 100).normalize():f}%" if percent else f"{value.normalize():f}"


def _read(row: Indicator) -> tuple[str, ...]:
    return (
        row.level1.value or "",
        row.level2.value or "",
        row.name,
        row.target.raw,
        row.actual.raw,
        _points(row.max_score),
        _points(row.score),
        row.note.raw,
        row.kind.raw,
    )


def _points(cell: Located[Decimal]) -> str:
    return "" if cell.value is None else f"{cell.value.normalize():f}"


def assert_computed(filled: RandomForm, review: Review) -> None:
    """The results saved in the cells, the scorecard, and the arithmetic of this test agree."""
    outcome, form, card = filled.outcome, review.form, review.scorecard
    if outcome is None:
        assert card is None
        return
    assert isinstance(form, SelfEvaluation) and card is not None
    funding = form.funding.total
    printed = card.execution.reported.value
    if filled.scheme.execution and filled.scheme.execution.inside_group is None:
        assert printed == outcome.execution_score
    grade = form.grade.raw if form.grade else ""
    assert (funding.rate.value, form.total.value, grade) == (outcome.rate, outcome.total, outcome.grade)
    assert (card.rate, card.execution.computed) == (outcome.rate, outcome.execution_score)
    assert (card.reported_sum, card.computed_total) == (outcome.total, outcome.total)
    assert (card.reported_sum_grade or "", card.computed_grade or "") == (outcome.grade, outcome.grade)


def self_check(workbook: Workbook) -> object:
    """The number of 需改 that the sheet 自检 counts."""
    grid = next(grid for grid in workbook.grids if grid.sheet == "自检")
    return grid.cell(2, 2).value
