"""The same promises kept by every host: reading, protection, places and settings; edits are in test_hosts_edits.py."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from perfxl.edit import (
    AddSheet,
    EditError,
    LockEveryCell,
    ProtectSheet,
    ProtectStructure,
    RemoveSheet,
    SetFormula,
    SetLocked,
    SetNote,
    SetValue,
)
from perfxl.editing import apply_edits
from perfxl.grid import CellError, Workbook
from perfxl.review import review_workbook
from perfxl.sources import UnreadableFile, read_workbook
from tests.open_workbooks import FORM, form_file, hashed, many_edits, opened, shown, state
from xlwings_addin.hosts.desk import Desk, View
from xlwings_addin.hosts.live import active_cell, apply_live, read_live, reveal, save_copy, show, view

ROOT = Path(__file__).parent.parent


# Reading


def readable() -> list[Path]:
    files = [*(ROOT / "templates").glob("*.xlsx"), *(ROOT / "examples").rglob("*.xlsx")]
    found = []
    for path in sorted(files):
        try:
            read_workbook(path)
        except UnreadableFile:
            continue
        found.append(path)
    return found


def reviewed(workbook: Workbook) -> list[tuple[object, ...]]:
    review = review_workbook(workbook, "")
    cards = [one.scorecard for one in review.reviews]
    totals = [card and (card.computed_total, card.computed_grade) for card in cards]
    return [*((finding.at, finding.code, finding.message()) for finding in review.findings), tuple(totals)]


@pytest.mark.parametrize("path", readable(), ids=lambda path: path.stem)
def test_a_review_of_the_open_workbook_is_that_of_its_file(desk: Desk, path: Path) -> None:
    book = opened(desk, path)
    assert reviewed(read_live(book)) == reviewed(read_workbook(path))


def test_xlwings_reads_values_formulas_and_places(desk: Desk, tmp_path: Path) -> None:
    book = opened(desk, form_file(tmp_path))
    sheet = book.sheets[FORM]
    assert [one.name for one in book.sheets] == [FORM, "说明页"]
    assert sheet.range("A1:C3").value == [["项目", "甲", None], ["预算数", 120.0, True], ["执行数", 118.5, 0.9876]]
    assert sheet.range("B2").value == 120.0 and sheet["B4"].value is None
    assert sheet.range("B5").formula == "=B2+B3"
    assert sheet.range("A8").merge_area.address == "$A$8:$C$9" and not sheet.range("A1").merge_cells
    assert sheet.range("C3").number_format == "0.00%"
    assert sheet.used_range.address == "$A$1:$C$8"
    assert sheet.visible and not book.sheets["说明页"].visible
    assert book.name == "表.xlsx" and Path(book.fullname) == (tmp_path / "表.xlsx").resolve()


def test_an_error_value_is_no_blank(desk: Desk, tmp_path: Path) -> None:
    path = form_file(tmp_path)
    path.write_bytes(apply_edits(path.read_bytes(), [SetFormula(FORM, 6, 2, "=1/0", CellError("#DIV/0!"))]))
    book = opened(desk, path)
    assert read_live(book).grids[0].cell(6, 2).value == CellError("#DIV/0!")
    assert book.sheets[0].range("B6").options(err_to_str=True).value == "#DIV/0!"
    assert book.sheets[0].range("B6").value is None


# Protection


def test_a_locked_cell_refuses_and_a_free_one_takes(desk: Desk, tmp_path: Path) -> None:
    book = opened(desk, form_file(tmp_path, protect=True))
    sheet = book.sheets[FORM]
    before = shown(read_live(book))
    for place, value in (("A1", "x"), ("B1:B2", [[1], [2]]), ("B9", 1), ("B5", "=1"), ("Z99", 1), ("A1", None)):
        with pytest.raises(EditError, match="受保护"):
            sheet.range(place).value = value
    assert shown(read_live(book)) == before
    sheet.range("B2:B4").value = [[1], [2.5], ["三"]]
    assert sheet.range("B2:B4").value == [1.0, 2.5, "三"]
    assert read_live(book).grids[0].protected


def test_without_protection_every_cell_takes(desk: Desk, tmp_path: Path) -> None:
    book = opened(desk, form_file(tmp_path))
    book.sheets[FORM].range("A1:B1").value = ["x", "=B2*2"]
    assert book.sheets[FORM].range("A1").value == "x"
    assert book.sheets[FORM].range("B1").formula == "=B2*2"


@pytest.mark.parametrize("password", ["密码 1", "secret 1"])
def test_a_password_is_asked_for_and_stays(desk: Desk, tmp_path: Path, password: str) -> None:
    if password.isascii():
        path = form_file(tmp_path, protect=True, password=password)
    else:
        path = form_file(tmp_path)
        path.write_bytes(apply_edits(path.read_bytes(), [ProtectSheet(FORM, True, password=hashed(password))]))
    book = opened(desk, path)
    before = state(book)
    for wrong in (None, "", password + " "):
        with pytest.raises(EditError, match="密码不符") as refused:
            apply_live(book, [SetValue(FORM, 1, 1, "x")], password=wrong)
        assert re.match(rf"“{FORM}(!A1)?” is protected by another password, so nothing was changed;", refused.value.en)
        with pytest.raises(EditError, match="密码不符"):
            apply_live(book, [ProtectSheet(FORM, False)], password=wrong)
    assert state(book) == before
    apply_live(book, [SetValue(FORM, 2, 2, Decimal(5))])
    apply_live(book, [SetValue(FORM, 1, 1, "x"), SetNote(FORM, 1, 1, "y")], password=password)
    assert read_live(book).grids[0].protected
    with pytest.raises(EditError, match="密码不符"):
        apply_live(book, [SetValue(FORM, 1, 1, "z")])
    apply_live(book, [ProtectSheet(FORM, False)], password=password)
    assert not read_live(book).grids[0].protected
    book.sheets[FORM].range("A1").value = "frei"


def test_every_cell_of_every_sheet_is_locked(desk: Desk, tmp_path: Path) -> None:
    book = opened(desk, form_file(tmp_path, protect=True))
    apply_live(book, [LockEveryCell(), ProtectSheet("说明页", True)])
    assert [cell.locked for grid in read_live(book).grids for cell in grid.cells.values()].count(False) == 0
    for sheet, place in ((FORM, "B2"), (FORM, "B4"), ("说明页", "A1")):
        with pytest.raises(EditError, match="受保护"):
            book.sheets[sheet].range(place).value = 1


def test_protection_goes_on_and_off(desk: Desk, tmp_path: Path) -> None:
    book = opened(desk, form_file(tmp_path))
    apply_live(book, [SetLocked(FORM, True), SetLocked(FORM, False, ((4, 2),)), ProtectSheet(FORM, True)])
    assert [grid.protected for grid in read_live(book).grids] == [True, False]
    with pytest.raises(EditError, match="受保护"):
        book.sheets[FORM].range("B2").value = 1
    book.sheets[FORM].range("B4").value = "可填"
    apply_live(book, [ProtectStructure(True)])
    with pytest.raises(EditError, match="^工作簿结构受保护，未作修改；请") as refused:
        book.sheets.add()
    assert refused.value.en.startswith("the structure of the workbook is protected, so nothing was changed;")
    apply_live(book, [AddSheet("新", ())])
    with pytest.raises(EditError, match="受保护"):
        book.sheets["新"].delete()
    apply_live(book, [ProtectStructure(False), ProtectSheet(FORM, False)])
    book.sheets["新"].delete()
    book.sheets[FORM].range("A1").value = "x"
    assert [grid.protected for grid in read_live(book).grids] == [False, False]


# Places and settings


def test_the_person_is_left_where_the_person_was(desk: Desk, tmp_path: Path) -> None:
    book = opened(desk, form_file(tmp_path, protect=True))
    handle = book.impl.handle
    there = View(FORM, (3, 1, 4, 2), 1, 1)
    show(book, there)
    book.app.calculation = "manual"
    apply_live(book, many_edits()[:-1])
    assert view(book) == there and book.app.calculation == "manual"
    with pytest.raises(EditError):
        desk.apply(handle, [SetNote(FORM, 4, 2, "x"), RemoveSheet("没有")], None, lift=True)
    assert view(book) == there and book.app.calculation == "manual"
    book.app.calculation = "automatic"
    assert active_cell(book) == (FORM, 3, 1)
    reveal(book, "校验结果", 2, 1)
    assert active_cell(book) == ("校验结果", 2, 1) and book.sheets.active.name == "校验结果"
    apply_live(book, [RemoveSheet("校验结果")])
    assert book.sheets.active.name == FORM
    book.sheets[FORM].range("B2:C3").select()
    assert book.selection and book.selection.address == "$B$2:$C$3"


def test_a_copy_is_saved_and_the_workbook_stays(desk: Desk, tmp_path: Path) -> None:
    path = form_file(tmp_path)
    before = path.read_bytes()
    book = opened(desk, path)
    apply_live(book, [SetValue(FORM, 2, 2, Decimal(7))])
    copy = tmp_path / "副本.xlsx"
    save_copy(book, str(copy))
    assert path.read_bytes() == before and Path(book.fullname) == path.resolve()
    assert read_workbook(copy).grids[0].cell(2, 2).value == Decimal(7)
    book.save()
    assert read_workbook(path).grids[0].cell(2, 2).value == Decimal(7)


def test_a_new_workbook_and_several_side_by_side(desk: Desk, tmp_path: Path) -> None:
    first = opened(desk, form_file(tmp_path))
    second = first.app.books.add()
    assert len(first.app.books) == 2 and first.app.books.active.impl.handle == second.impl.handle
    second.sheets[0].range("A1").value = [["a", 1], ["b", 2.5]]
    assert second.sheets[0].range("A1:B2").value == [["a", 1.0], ["b", 2.5]]
    first.activate()
    assert first.app.books.active.name == "表.xlsx"
    second.save(str(tmp_path / "新.xlsx"))
    assert second.name == "新.xlsx"
    second.close()
    first.close()
    assert len(desk.books()) == 0
