"""Our side of Excel's COM objects, on stand-ins that keep Excel's rules for protection, texts and notes.

They show that our steps are taken back and that settings are restored; what Excel itself does, only Excel can show.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from xlwings_addin.hosts.address import area_of
from xlwings_addin.hosts.excel import ExcelHost


class ComError(Exception):
    """Stands in for pywintypes.com_error."""


class Comment:
    def __init__(self, cell: Cell, text: str, author: str) -> None:
        self.Parent, self.Author, self._text = cell, author, text
        self.Shape = SimpleNamespace(TextFrame=SimpleNamespace(AutoSize=False))

    def Text(self, text: str | None = None) -> str:  # noqa: N802
        if text is not None:
            self._text = text
        return self._text

    def Delete(self) -> None:  # noqa: N802
        self.Parent.Comment = None


class Cell:
    def __init__(self, sheet: Sheet, row: int, column: int) -> None:
        self.sheet, self.Row, self.Column = sheet, row, column
        self.content: Any = None
        self.locked = True
        self.Comment: Comment | None = None
        self.CommentThreaded = None

    def put(self, content: Any) -> None:
        self.sheet.changing(self.locked)
        if isinstance(content, str) and content.startswith("'"):
            content = content[1:]
        elif isinstance(content, str) and not content.startswith("="):
            try:
                content = float(content)
            except ValueError:
                content = content or None
        self.content = content

    @property
    def Locked(self) -> bool:  # noqa: N802
        return self.locked

    @Locked.setter
    def Locked(self, locked: bool) -> None:  # noqa: N802
        self.sheet.changing(True)
        self.locked = locked

    def AddComment(self, text: str) -> Comment:  # noqa: N802
        self.sheet.changing(True)
        self.Comment = Comment(self, text, self.sheet.book.application.UserName)
        return self.Comment


class Range:
    def __init__(self, sheet: Sheet, cells: list[list[Cell]]) -> None:
        self.sheet, self.cells = sheet, cells
        self.FormatConditions = Conditions(sheet, self)
        self.Address = f"{cells[0][0].Row},{cells[0][0].Column}:{len(cells)}"

    def __iter__(self) -> Iterator[Cell]:
        return (cell for row in self.cells for cell in row)

    def __call__(self, row: int, column: int) -> Cell:
        return self.cells[row - 1][column - 1]

    def _shown(self, shown: Any) -> Any:
        if len(self.cells) == len(self.cells[0]) == 1:
            return shown(self.cells[0][0].content)
        return tuple(tuple(shown(cell.content) for cell in row) for row in self.cells)

    def _put(self, rows: Any) -> None:
        for cells, values in zip(self.cells, rows, strict=True):
            for cell, value in zip(cells, values, strict=True):
                cell.put(value)

    Formula = property(lambda self: self._shown(lambda content: "" if content is None else str(content)), _put)
    Value2 = property(lambda self: self._shown(lambda c: 42.0 if isinstance(c, str) and c.startswith("=") else c), _put)

    def _lock(self, locked: bool) -> None:
        self.sheet.changing(True)
        for cell in self:
            cell.locked = locked

    @property
    def Locked(self) -> bool | None:  # noqa: N802
        found = {cell.locked for cell in self}
        return found.pop() if len(found) == 1 else None

    @Locked.setter
    def Locked(self, locked: bool) -> None:  # noqa: N802
        self._lock(locked)


class Condition:
    def __init__(self, sheet: Sheet, cells: Range, formula: str) -> None:
        self._sheet, self.AppliesTo, self.Formula1, self.Type = sheet, cells, formula, 2
        self.StopIfTrue = True
        self.Interior = SimpleNamespace(Color=0)
        self.Font = SimpleNamespace(Bold=None, Italic=None)

    def Delete(self) -> None:  # noqa: N802
        self._sheet.conditions.remove(self)


class Conditions:
    def __init__(self, sheet: Sheet, cells: Range) -> None:
        self._sheet, self._cells = sheet, cells

    @property
    def Count(self) -> int:  # noqa: N802
        return len(self._sheet.conditions)

    def __call__(self, number: int) -> Condition:
        return self._sheet.conditions[number - 1]

    def Add(self, Type: int, Formula1: str) -> Condition:  # noqa: N802, N803
        self._sheet.changing(True)
        made = Condition(self._sheet, self._cells, Formula1)
        self._sheet.conditions.append(made)
        return made


class Sheet:
    def __init__(self, book: Book, name: str) -> None:
        self.book, self.Name, self.Visible = book, name, -1
        self.grid = [[Cell(self, row, column) for column in range(1, 6)] for row in range(1, 7)]
        self.conditions: list[Condition] = []
        self.ProtectContents = self.ProtectDrawingObjects = self.ProtectScenarios = False
        self.password = ""
        self.options: dict[str, Any] = {}
        self.PageSetup = SimpleNamespace(LeftFooter="旧", CenterFooter="", RightFooter="")
        self.Cells = Range(self, self.grid)
        self.UsedRange = self.Cells

    def changing(self, locked: bool) -> None:
        if self.ProtectContents and locked:
            raise ComError("The cell is protected")

    @property
    def Protection(self) -> Any:  # noqa: N802
        return SimpleNamespace(**self.options)

    @property
    def Comments(self) -> list[Comment]:  # noqa: N802
        return [cell.Comment for cell in self.Cells if cell.Comment]

    def Range(self, first: Any, last: Any = None) -> Range:  # noqa: N802
        if last is not None:
            rows = self.grid[first.Row - 1 : last.Row]
            return Range(self, [row[first.Column - 1 : last.Column] for row in rows])
        assert len(first) < 256
        return Range(self, [[self.Cells(*area_of(place)[:2]) for place in first.split(",")]])

    def Protect(self, Password: str, Contents: bool, **options: Any) -> None:  # noqa: N802, N803
        self.ProtectContents, self.password, self.options = Contents, Password, options
        self.ProtectDrawingObjects, self.ProtectScenarios = options["DrawingObjects"], options["Scenarios"]

    def Unprotect(self, password: str) -> None:  # noqa: N802
        if password != self.password:
            raise ComError("The password is not correct")
        self.ProtectContents = False

    def Activate(self) -> None:  # noqa: N802
        self.book.ActiveSheet = self

    def Delete(self) -> None:  # noqa: N802
        self.book.sheets.remove(self)


class Properties(list[Any]):
    def Add(self, Name: str, LinkToContent: bool, Type: int, Value: str) -> None:  # noqa: N802, N803
        made = SimpleNamespace(Name=Name, Value=Value)
        made.Delete = lambda: self.remove(made)
        self.append(made)


class Book:
    FileFormat = 51

    def __init__(self, application: Any) -> None:
        self.application = application
        self.sheets = [Sheet(self, "form"), Sheet(self, "说明页")]
        self.ActiveSheet = self.sheets[0]
        self.ProtectStructure = False
        self.CustomDocumentProperties = Properties()
        selected = SimpleNamespace(Row=3, Column=2, Rows=SimpleNamespace(Count=1), Columns=SimpleNamespace(Count=2))
        self.window = SimpleNamespace(RangeSelection=selected, ScrollRow=2, ScrollColumn=1)

    @property
    def Sheets(self) -> Any:  # noqa: N802
        return Sheets(self.sheets)

    Worksheets = Sheets

    def Windows(self, number: int) -> Any:  # noqa: N802
        return self.window

    def Protect(self, Password: str, Structure: bool, Windows: bool) -> None:  # noqa: N802, N803
        self.ProtectStructure = Structure

    def Unprotect(self, password: str) -> None:  # noqa: N802
        self.ProtectStructure = False


class Sheets(list[Sheet]):
    def __call__(self, name: str) -> Sheet:
        for sheet in self:
            if sheet.Name.casefold() == name.casefold():
                return sheet
        raise ComError(f"no sheet {name}")


SETTINGS = {"Calculation": -4105, "ScreenUpdating": True, "EnableEvents": True, "DisplayAlerts": True, "UserName": "王"}


@pytest.fixture
def book() -> Book:
    made = Book(SimpleNamespace(**SETTINGS))
    sheet = made.sheets[0]
    for row, content in enumerate(("甲", 120.0, "=B1+1", "007", None), 1):
        sheet.grid[row - 1][1].content = content
    sheet.grid[1][1].locked = False
    options = {"AllowSorting": True, "DrawingObjects": True, "Scenarios": False}
    names = ("FormattingCells", "FormattingColumns", "FormattingRows", "InsertingColumns", "InsertingRows", "Filtering")
    more = ("InsertingHyperlinks", "DeletingColumns", "DeletingRows", "UsingPivotTables")
    sheet.Protect("secret", True, **{f"Allow{name}": False for name in (*names, *more)}, **options)
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
