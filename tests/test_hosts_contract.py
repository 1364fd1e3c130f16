"""The same promises kept by every host: read, write, all or nothing, protection, places."""

from __future__ import annotations

import os
import random
import re
import struct
from base64 import b64encode
from collections.abc import Callable, Iterator
from decimal import Decimal
from hashlib import sha512
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest
import xlwings as xw
from openpyxl.styles import Protection
from openpyxl.workbook.protection import WorkbookProtection

from perfxl.edit import (
    AddSheet,
    ClearMarks,
    Edit,
    EditError,
    LockEveryCell,
    Look,
    NewCell,
    PasswordHash,
    ProtectSheet,
    ProtectStructure,
    RemoveSheet,
    SetFill,
    SetFooter,
    SetFormula,
    SetLocked,
    SetNote,
    SetProperty,
    SetValue,
)
from perfxl.editing import apply_edits, notes_by
from perfxl.grid import CellError, Workbook, column_letters
from perfxl.review import review_workbook
from perfxl.sources import UnreadableFile, read_workbook
from perfxl.sources.xlsx import read_xlsx
from xlwings_addin.hosts.desk import Desk, View
from xlwings_addin.hosts.engine import Engine
from xlwings_addin.hosts.libreoffice import Office, OfficeMissing
from xlwings_addin.hosts.live import active_cell, apply_live, read_live, reveal, save_copy, show, snapshot, view
from xlwings_addin.hosts.memory import MemoryDesk

ROOT = Path(__file__).parent.parent
FORM = "form"


@pytest.fixture(scope="module", params=["memory", pytest.param("libreoffice", marks=pytest.mark.acceptance)])
def program(request: pytest.FixtureRequest) -> Iterator[Desk]:
    if request.param == "memory":
        yield MemoryDesk()
        return
    with started(Office) as libreoffice:
        yield libreoffice


def started(office: Callable[[], Office]) -> Office:
    """LibreOffice, or a visible skip where it is not installed."""
    try:
        return office()
    except OfficeMissing as missing:
        if os.environ.get("PERFXL_REQUIRE_ACCEPTANCE") == "1":
            raise
        pytest.skip(str(missing))


@pytest.fixture
def desk(program: Desk) -> Iterator[Desk]:
    """A program with nothing open."""
    yield program
    for book in list(program.books()):
        program.close(book)


def opened(desk: Desk, path: Path) -> xw.Book:
    engine = xw.Engine(impl=Engine(desk))
    xw.engines.add(engine)
    engine.activate()
    return xw.Book(str(path))


def form_file(folder: Path, *, protect: bool = False, password: str = "", structure: bool = False) -> Path:
    """Three rows of every kind of content; B2:B4 are free, the rest is locked once the sheet is protected."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = FORM
    for row in (
        ("项目", "甲"),
        ("预算数", 120),
        ("执行数", 118.5),
        ("说明", None),
        ("合计", "=B2+B3"),
        ("错误", "=1/0"),
    ):
        sheet.append(row)
    sheet["C2"] = True
    sheet["C3"] = 0.9876
    sheet["C3"].number_format = "0.00%"
    sheet["C4"] = '=IF(B4="","",B4&"元")'
    sheet.merge_cells("A8:C9")
    sheet["A8"] = "合并"
    for number in (2, 3, 4):
        sheet.cell(number, 2).protection = Protection(locked=False)
    other = book.create_sheet("说明页")
    other["A1"] = "只读"
    other.sheet_state = "hidden"
    if protect:
        sheet.protection.sheet = True
        if password:
            sheet.protection.set_password(password)
    if structure:
        book.security = WorkbookProtection(lockStructure=True)
    path = folder / "表.xlsx"
    book.save(path)
    return path


def shown(workbook: Workbook) -> dict[str, dict[tuple[int, int], tuple[object, str | None]]]:
    """Values and formulas by sheet and place; what a formula gives is left to the program."""
    return {
        grid.sheet: {
            place: (None if cell.formula else cell.value, cell.formula) for place, cell in sorted(grid.cells.items())
        }
        for grid in workbook.grids
    }


def state(book: xw.Book) -> tuple[object, ...]:
    """All that an edit can change, as far as our reader tells."""
    data = snapshot(book)
    workbook = read_xlsx(data, "")
    settings = [(grid.sheet, grid.hidden, grid.protected, grid.merges) for grid in workbook.grids]
    locks = {(grid.sheet, place) for grid in workbook.grids for place, cell in grid.cells.items() if cell.locked}
    return shown(workbook), settings, locks, dict(workbook.properties), notes_by(data, "perfxl"), fills(data)


def fills(data: bytes) -> dict[str, list[str]]:
    """The cells under our conditional format with their colour, by sheet."""
    found: dict[str, list[str]] = {}
    for sheet in openpyxl.load_workbook(BytesIO(data)).worksheets:
        for formats in sheet.conditional_formatting:
            for rule in formats.rules:
                if rule.formula and rule.formula[0].replace(" ", "") == 'N("perfxl")=0':
                    places = [cell for area in formats.sqref.ranges for cell in area.cells]
                    colour = rule.dxf.fill.bgColor.rgb
                    found.setdefault(sheet.title, []).extend(
                        f"{column_letters(column)}{row} {colour}" for row, column in places
                    )
    return {name: sorted(cells) for name, cells in found.items()}


def edited(path: Path, edits: list[Edit]) -> Workbook:
    """What the same edits make of the file."""
    return read_xlsx(apply_edits(path.read_bytes(), edits), path.name)


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


# Writing


def many_edits() -> list[Edit]:
    linked = NewCell("到 B2", Look(underline=True, colour="FF0563C1"), link=(FORM, 2, 2))
    return [
        SetValue(FORM, 2, 2, Decimal("200.25")),
        SetValue(FORM, 3, 2, Decimal(-3)),
        SetValue(FORM, 4, 2, "007"),
        SetValue(FORM, 1, 3, "=不是公式"),
        SetValue(FORM, 1, 2, None),
        SetValue(FORM, 5, 1, "第一行\n第二行"),
        *(SetValue(FORM, row, column, "=" + "字" * row) for row in (3, 4) for column in (6, 7, 8)),
        SetFormula(FORM, 7, 2, '=IF(AND(B2<>"",说明页!A1="只读"),ROUND(SUM(B2:B3)*2,1),"无, \'法\'")', None),
        SetValue(FORM, 7, 3, Decimal(1)),
        SetFormula(FORM, 7, 3, "=B7*10%", None),
        SetNote(FORM, 2, 2, "应为 100\n见第二行"),
        SetNote(FORM, 3, 2, "另一条"),
        SetFill(FORM, 2, 2, "FFFFC7CE", bold=True),
        SetFill(FORM, 3, 2, "FFFFEB9C", italic=True),
        SetFill(FORM, 4, 2, "FFFFC7CE", bold=True),
        SetLocked(FORM, True, ((2, 2), (3, 2))),
        SetFooter(FORM, "&L封签码 A&&B&R第 &P 页"),
        SetProperty("perfxl.seal.1", "值" * 300),
        SetProperty("perfxl.gone", "暂存"),
        SetProperty("perfxl.gone", None),
        AddSheet(
            "校验结果",
            ((NewCell("标题", Look(bold=True, size=14)), linked), (NewCell(Decimal("1.5"), Look(border=True)),), ()),
            (8.0, 30.0),
            frozen_rows=1,
        ),
        RemoveSheet("说明页"),
    ]


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
    path = ROOT / "templates" / "mof-2020-项目支出绩效自评表.xlsx"
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


def hashed(password: str) -> PasswordHash:
    """ECMA-376 part 1, 18.3.1.85."""
    salt, digest = b"0123456789abcdef", b""
    digest = sha512(salt + password.encode("utf-16-le")).digest()
    for count in range(1000):
        digest = sha512(digest + struct.pack("<I", count)).digest()
    return PasswordHash("SHA-512", b64encode(digest).decode(), b64encode(salt).decode(), 1000)


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
