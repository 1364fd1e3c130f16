"""Edits of an open workbook in every host: what they do to its file, all or nothing, taken back."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
import xlwings as xw

from perfxl.edit import (
    AddSheet,
    ClearMarks,
    Edit,
    EditError,
    NewCell,
    ProtectSheet,
    RemoveSheet,
    SetFill,
    SetFormula,
    SetNote,
    SetProperty,
    SetValue,
)
from perfxl.editing import apply_edits, notes_by
from perfxl.grid import Workbook
from perfxl.sources.xlsx import read_xlsx
from tests.open_workbooks import FORM, fills, form_file, many_edits, opened, shown, state
from xlwings_addin.hosts.desk import Desk
from xlwings_addin.hosts.live import apply_live, read_live, reveal, snapshot


def edited(path: Path, edits: list[Edit]) -> Workbook:
    """What the same edits make of the file."""
    return read_xlsx(apply_edits(path.read_bytes(), edits), path.name)


@pytest.mark.parametrize("protect", [False, True])
def test_edits_do_to_the_open_workbook_what_they_do_to_its_file(desk: Desk, tmp_path: Path, protect: bool) -> None:
    path = form_file(tmp_path, protect=protect, structure=protect)
    edits = many_edits()[:-1]
    book = opened(desk, path)
    apply_live(book, edits)
    file = tmp_path / "file.xlsx"
    file.write_bytes(apply_edits(path.read_bytes(), edits))
    again = opened(desk, file)
    # LibreOffice forgets the authors of notes when it opens a file, so that notes are looked at in the open one.
    assert [*state(book)[:4], state(book)[5]] == [*state(again)[:4], state(again)[5]]
    formula = read_live(book).grids[0].cell(7, 2)
    assert formula.formula == '=IF(AND(B2<>"",说明页!A1="只读"),ROUND(SUM(B2:B3)*2,1),"无, \'法\'")'
    assert fills(snapshot(book)) == {FORM: ["B2 FFFFC7CE", "B3 FFFFEB9C", "B4 FFFFC7CE"]}
    assert notes_by(snapshot(book), "perfxl") == {(FORM, 2, 2): "应为 100\n见第二行", (FORM, 3, 2): "另一条"}


def test_truth_values(desk: Desk, tmp_path: Path) -> None:
    book = opened(desk, form_file(tmp_path))
    apply_live(book, [SetValue(FORM, 2, 2, True), SetValue(FORM, 3, 2, False)])
    assert [read_live(book).grids[0].cell(row, 2).value for row in (2, 3)] == [True, False]


def test_marks_are_replaced_and_leave_nothing(desk: Desk, tmp_path: Path) -> None:
    path = form_file(tmp_path, protect=True)
    book = opened(desk, path)
    before = state(book)
    first: list[Edit] = [SetNote(FORM, 2, 2, "一"), SetFill(FORM, 2, 2, "FFFFC7CE"), SetFill(FORM, 3, 2, "FFFFC7CE")]
    apply_live(book, [*first, AddSheet("校验结果", ((NewCell("一"),),))])
    second: list[Edit] = [SetFill(FORM, 3, 2, None), SetNote(FORM, 4, 2, "二"), SetFill(FORM, 4, 2, "FFFFEB9C")]
    apply_live(book, [*second, RemoveSheet("校验结果"), AddSheet("校验结果", ((NewCell("二"),),))])
    assert fills(snapshot(book)) == {FORM: ["B2 FFFFC7CE", "B4 FFFFEB9C"]}
    assert notes_by(snapshot(book), "perfxl") == {(FORM, 2, 2): "一", (FORM, 4, 2): "二"}
    assert read_live(book).grids[-1].text(1, 1) == "二"
    apply_live(book, [ClearMarks(FORM), RemoveSheet("校验结果")])
    assert state(book) == before


def test_another_persons_note_stays(desk: Desk, tmp_path: Path) -> None:
    book = opened(desk, form_file(tmp_path))
    apply_live(book, [SetNote(FORM, 2, 2, "请核对", author="李")])
    apply_live(book, [SetNote(FORM, 2, 2, "旧")])
    apply_live(book, [SetNote(FORM, 2, 2, "应为 100"), SetValue(FORM, 2, 2, Decimal(1))])
    assert notes_by(snapshot(book), "李") == {(FORM, 2, 2): "请核对\n【perfxl】\n应为 100"}
    apply_live(book, [ClearMarks(FORM)])
    assert notes_by(snapshot(book), "李") == {(FORM, 2, 2): "请核对"}


@pytest.mark.parametrize(
    "broken",
    [
        RemoveSheet("没有"),
        AddSheet(FORM, ()),
        SetValue("没有", 1, 1, None),
        SetNote("没有", 1, 1, "x"),
        ProtectSheet("没有", True),
    ],
    ids=lambda edit: type(edit).__name__,
)
def test_edits_are_made_together_or_not_at_all(desk: Desk, tmp_path: Path, broken: Edit) -> None:
    book = opened(desk, form_file(tmp_path, protect=True))
    apply_live(book, [SetFill(FORM, 4, 2, "FFFFEB9C"), SetNote(FORM, 4, 2, "旧"), SetProperty("perfxl.x", "旧")])
    before = state(book)
    # Past the trial on a copy: what the program itself does when a late step fails.
    with pytest.raises(EditError):
        desk.apply(book.impl.handle, [*many_edits(), broken], None, lift=True)
    assert state(book) == before
    with pytest.raises(EditError):
        apply_live(book, [*many_edits(), broken])
    assert state(book) == before


class Counted:
    """A program that counts the calls across to it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.desk, name)
        if not callable(found):
            return found

        def counted(*arguments: Any, **named: Any) -> Any:
            self.calls += 1
            return found(*arguments, **named)

        return counted


@pytest.mark.parametrize("marks", [3, 80])
def test_reading_and_marking_a_form_crosses_ten_times_at_most(desk: Desk, tmp_path: Path, marks: int) -> None:
    counted = Counted(desk)
    path = Path(__file__).parent.parent / "templates" / "mof-2020-项目支出绩效自评表.xlsx"
    book = opened(cast(Desk, counted), path)
    counted.calls = 0
    data = snapshot(book)
    workbook = read_xlsx(data, book.name)
    grid = workbook.grids[0]
    sheet = grid.sheet
    notes_by(data, "perfxl")
    everywhere = ((row, column) for row in range(5, 40) for column in range(1, 12))
    places = [at for at in everywhere if (grid.merge_at(*at).top, grid.merge_at(*at).left) == at][:marks]
    edits: list[Edit] = [ClearMarks(sheet)]
    for row, column in places:
        edits += [SetNote(sheet, row, column, "应为 1"), SetFill(sheet, row, column, "FFFFC7CE", bold=True)]
    edits += [SetValue(sheet, row, 8, Decimal(row)) for row in range(5, 25)]
    edits.append(AddSheet("校验结果", ((NewCell("一"),),)))
    apply_live(book, edits)
    reveal(book, sheet, *places[0])
    book.app.status_bar = "已评分"
    assert book.app.alert("完成") == "ok"
    assert counted.calls <= 10
    assert len(fills(snapshot(book))[sheet]) == marks


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_written_can_be_taken_back(desk: Desk, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = form_file(tmp_path)
    book = opened(desk, path)

    def edits(share: float) -> list[Edit]:
        places = [(row, column) for row in range(1, 16) for column in range(4, 13) if chance.random() < share]
        texts = (f"=文字{share}", f"007{share}", "", None)
        found: list[Edit] = [
            SetValue(FORM, *place, chance.choice((*texts, Decimal(chance.randint(1, 999)) / 4))) for place in places
        ]
        found += [SetFormula(FORM, *place, "=B2*2", None) for place in places if chance.random() < 0.1]
        return found

    first, second = edits(0.2), edits(0.6)
    apply_live(book, first)
    before = state(book)
    with pytest.raises(EditError):
        desk.apply(book.impl.handle, [*second, RemoveSheet("没有")], None, lift=True)
    assert state(book) == before
    apply_live(book, second)
    assert shown(read_live(book))[FORM] == {**shown(edited(path, [*first, *second]))[FORM], **boolean(book)}


def boolean(book: xw.Book) -> dict[tuple[int, int], tuple[object, str | None]]:
    """C2 of the form as the program shows it: LibreOffice makes the truth value of a file a formula."""
    return {(2, 3): shown(read_live(book))[FORM][2, 3]}
