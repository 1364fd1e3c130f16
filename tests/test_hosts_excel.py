"""Our side of Excel's COM objects, on stand-ins that keep Excel's rules for protection, texts and notes.

They show that our steps are taken back and that settings are restored; what Excel itself does, only Excel can show.
"""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from perfxl.edit import (
    READING,
    ClearMarks,
    Edit,
    EditError,
    LockEveryCell,
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
from tests.excel_objects import ALLOWANCES, SETTINGS, Book
from xlwings_addin.hosts.excel import ExcelHost


@pytest.fixture
def book() -> Book:
    made = Book(SimpleNamespace(**SETTINGS))
    sheet = made.sheets[0]
    for row, content in enumerate(("甲", 120.0, "=B1+1", "007", None), 1):
        sheet.grid[row - 1][1].content = content
    sheet.grid[1][1].locked = False
    options = dict.fromkeys(ALLOWANCES, False) | {"AllowSorting": True}
    sheet.Protect("secret", True, **options, DrawingObjects=True, Scenarios=False)
    made.ProtectStructure = True
    return made


def state(book: Book) -> list[Any]:
    sheets = [
        (
            *(sheet.Name, sheet.Visible, sheet.ProtectContents, sheet.options, vars(sheet.PageSetup)),
            [(c.content, c.locked, c.Comment and (c.Comment.Text(), c.Comment.Author)) for c in sheet.Cells],
            [
                (one.Formula1, one.Interior.Color, one.Font.Bold, [(c.Row, c.Column) for c in one.AppliesTo])
                for one in sheet.conditions
            ],
        )
        for sheet in book.sheets
    ]
    properties = [(one.Name, one.Value) for one in book.CustomDocumentProperties]
    return [sheets, properties, book.ProtectStructure, book.ActiveSheet.Name, vars(book.application)]


EDITS: list[Edit] = [
    SetValue("form", 1, 2, "1-2"),
    SetValue("form", 2, 2, Decimal("2.5")),
    SetValue("form", 4, 2, None),
    SetFormula("form", 3, 2, "=B2*2", None),
    SetNote("form", 2, 2, "应为 3"),
    SetNote("form", 1, 2, "请核对", author="李"),
    SetFill("form", 2, 2, "FFFFC7CE"),
    SetFill("form", 5, 2, "FFFFC7CE"),
    SetLocked("form", False, ((5, 2), (6, 2))),
    LockEveryCell(),
    SetLocked("form", False, ((2, 2),)),
    SetFooter("form", "&L封签 A&&B&R&P"),
    SetProperty("perfxl.x", "值"),
    RemoveSheet("说明页"),
    SetValue("form", 2, 2, Decimal(9)),
]


def apply(book: Book, edits: list[Edit], password: str | None = "secret") -> None:
    ExcelHost(book.application).apply(book, edits, password, lift=True)


def test_edits_are_made_and_everything_else_is_as_it_was(book: Book) -> None:
    options = dict(book.sheets[0].options)
    apply(book, EDITS)
    (sheet,) = book.sheets
    assert [row[1].content for row in sheet.grid] == ["1-2", 9.0, "=B2*2", None, None, None]
    notes = {(one.Parent.Row, one.Parent.Column): (one.Text(), one.Author) for one in sheet.Comments}
    assert notes == {(2, 2): ("应为 3", "perfxl"), (1, 2): ("请核对", "李")}
    (condition,) = sheet.conditions
    assert (condition.Formula1, condition.Interior.Color) == ('=N("perfxl")=0', 0xCEC7FF)
    assert [(cell.Row, cell.Column) for cell in condition.AppliesTo] == [(2, 2), (5, 2)]
    assert [row[1].locked for row in sheet.grid] == [True, False, True, True, True, True]
    assert vars(sheet.PageSetup) == {"LeftFooter": "封签 A&&B", "CenterFooter": "", "RightFooter": "&P"}
    assert [(one.Name, one.Value) for one in book.CustomDocumentProperties] == [("perfxl.x", "值")]
    assert (sheet.ProtectContents, sheet.password, sheet.options) == (True, "secret", options)
    assert book.ProtectStructure and vars(book.application) == SETTINGS


@pytest.mark.parametrize("count", range(len(EDITS) + 1))
def test_a_step_that_fails_takes_back_the_steps_before(book: Book, count: int) -> None:
    apply(
        book, [SetNote("form", 2, 2, "旧"), SetFill("form", 2, 2, "FFFFEB9C", bold=True), SetProperty("perfxl.x", "旧")]
    )
    before = state(book)
    with pytest.raises(EditError, match="已恢复原样"):
        apply(book, [*EDITS[:count], SetFooter("没有", "")])
    assert state(book) == before


@pytest.mark.parametrize("password", [None, "", "wrong"])
def test_without_the_password_nothing_happens(book: Book, password: str | None) -> None:
    before = state(book)
    for edits in (EDITS, [ProtectSheet("form", False)], [SetValue("form", 1, 2, None)]):
        with pytest.raises(EditError, match="密码不符"):
            apply(book, list(edits), password)
        assert state(book) == before
    apply(book, [SetValue("form", 2, 2, Decimal(1))], password)
    assert book.sheets[0].grid[1][1].content == 1.0


def test_protection_goes_off_and_on(book: Book) -> None:
    apply(book, [ProtectSheet("form", False), ProtectStructure(False)])
    assert not book.sheets[0].ProtectContents and not book.ProtectStructure
    apply(book, [ProtectSheet("form", True, READING), ProtectStructure(True)])
    sheet = book.sheets[0]
    allowed = {name for name, value in sheet.options.items() if value is True}
    assert allowed == {"AllowFormattingColumns", "AllowSorting", "AllowFiltering", "DrawingObjects", "Scenarios"}
    assert sheet.ProtectContents and book.ProtectStructure


def test_marks_go_and_another_persons_note_stays(book: Book) -> None:
    apply(book, EDITS[:8])
    apply(book, [SetNote("form", 1, 2, "我们的")])
    cell = book.sheets[0].grid[0][1]
    assert cell.Comment is not None and cell.Comment.Text() == "请核对\n【perfxl】\n我们的"
    apply(book, [ClearMarks("form")])
    assert [(one.Text(), one.Author) for one in book.sheets[0].Comments] == [("请核对", "李")]
    assert book.sheets[0].conditions == []
