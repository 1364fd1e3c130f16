"""A clerk's whole way in LibreOffice, for every form: type, check, explain, lock, save; then a change by force."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from perfxl.edit import SetValue
from perfxl.editing import notes_by
from perfxl.layouts import write_form
from perfxl.layouts.templates import template_name
from perfxl.markup import AUTHOR, marked
from perfxl.reading import read_forms
from perfxl.reading.explanations import SHEET, result_rows
from perfxl.scheme import Scheme
from perfxl.scheme_files import builtin_schemes
from perfxl.seal import verify
from perfxl.sources import read_workbook
from perfxl.sources.xlsx import read_xlsx
from tests.open_workbooks import activate, started
from tests.random_forms import random_form
from tests.test_ribbon import Person
from xlwings_addin.hosts import live
from xlwings_addin.hosts.libreoffice import Office

pytestmark = pytest.mark.acceptance

TEMPLATES = Path(__file__).parent.parent / "templates"
SCHEMES = [scheme for scheme in builtin_schemes().values() if scheme.kind == "self_evaluation"]
REASON = "已按程序报批，资料备查"


@pytest.fixture(scope="module")
def desk() -> Iterator[Any]:
    with started(Office) as program:
        activate(program)
        yield program


def typed_cells(scheme: Scheme, folder: Path) -> tuple[dict[tuple[str, int, int], object], Decimal]:
    """What to type into the blank form: a right form with one score too high; and that score as it should be."""
    blank = read_workbook(TEMPLATES / template_name(scheme))
    for seed in count():
        content = random_form(scheme, seed).content
        rows = list(content.indicators)
        wrong = next(
            (
                number
                for number, row in enumerate(rows)
                if row.score is not None and row.max_score and row.score < row.max_score and not row.execution
            ),
            None,
        )
        if wrong is None:
            continue
        right = rows[wrong].score
        rows[wrong] = replace(rows[wrong], score=(rows[wrong].max_score or Decimal(0)) + 1)
        path = folder / "filled.xlsx"
        write_form(scheme, path, replace(content, indicators=tuple(rows)))
        filled = read_workbook(path)
        if [grid.merges for grid in filled.grids] == [grid.merges for grid in blank.grids]:
            break
    assert right is not None
    return {
        (grid.sheet, row, column): cell.value
        for grid, before in zip(filled.grids, blank.grids, strict=True)
        for (row, column), cell in grid.cells.items()
        if cell.formula is None and cell.value != before.cell(row, column).value
    }, right


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.id)
def test_from_a_blank_form_to_a_sealed_one(
    scheme: Scheme, desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(TEMPLATES / template_name(scheme), tmp_path))
    person = Person(desk, xw.Book(str(path)), monkeypatch)
    sheets = {sheet.name: sheet for sheet in person.book.sheets}
    cells, right = typed_cells(scheme, tmp_path)
    for (sheet, row, column), value in cells.items():
        sheets[sheet].range((row, column)).value = float(value) if isinstance(value, Decimal) else value

    before = person.data
    said = person.press("score")
    assert said.startswith("错误 ")
    expected, markup = marked(before, person.book.name)
    pressed, wanted = read_xlsx(person.data, ""), read_xlsx(expected, "")
    assert notes_by(person.data, AUTHOR) == notes_by(expected, AUTHOR)
    assert shown(pressed) == shown(wanted)
    first = max((f for f in markup.review.findings if f.at.row), key=lambda f: f.severity)
    assert person.place == f"{first.at.sheet}!{first.at.row},{first.at.column}"
    assert first.code in ("S106", "S101")

    # The error is mended, every query explained.
    score = sheets[first.at.sheet].range((first.at.row, first.at.column))
    score.value = float(right)
    assert person.press("score")
    while any(row.code and not row.text for row in result_rows(read_xlsx(person.data, "")) if row.code[0] != "N"):
        waiting = [row for row in result_rows(read_xlsx(person.data, "")) if not row.text]
        sheet, _, address = waiting[0].place.rpartition("!")
        place = sheets[sheet].range(address)
        live.reveal(person.book, sheet, place.row, place.column)
        assert person.press("note", REASON).startswith("已写入“校验结果”表")
    said = person.press("lock", "")
    assert said.startswith("已锁定并保存。封签码 "), said
    saved = read_workbook(path)
    assert verify(saved, read_forms(saved)).word == "完好"

    # Protection is for slips: another program lifts it, and the seal tells.
    live.apply_live(person.book, [SetValue(first.at.sheet, first.at.row, first.at.column, Decimal(0))])
    forced = read_xlsx(person.data, "")
    verdict = verify(forced, read_forms(forced))
    assert verdict.word == "有改动"
    assert [(change.at.row, change.at.column) for change in verdict.changes if change.at] == [
        (first.at.row, first.at.column)
    ]
    for book in list(desk.books()):
        desk.close(book)


def shown(workbook: Any) -> dict[str, dict[tuple[int, int], object]]:
    """Values and fills alike would be asked too much of a file that LibreOffice wrote: values."""
    return {
        grid.sheet: {
            place: (float(cell.value) if isinstance(cell.value, Decimal) else cell.value)
            for place, cell in grid.cells.items()
            if cell.value not in (None, "")
        }
        for grid in workbook.grids
        if grid.sheet in (SHEET, workbook.grids[0].sheet)
    }
