"""Stand-ins for Excel's COM objects that keep Excel's rules for protection, texts, notes, merges and moving rows.

What Excel itself does, only Excel can show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl

from perfxl.editing.formula import mapped, moved
from xlwings_addin.hosts.address import area_of

ALLOWANCES = [
    *(f"AllowFormatting{what}" for what in ("Cells", "Columns", "Rows")),
    *(f"AllowInserting{what}" for what in ("Columns", "Rows", "Hyperlinks")),
    *("AllowDeletingColumns", "AllowDeletingRows", "AllowSorting", "AllowFiltering", "AllowUsingPivotTables"),
]
_DOWN, _UP = -4121, -4162
SETTINGS = {"Calculation": -4105, "ScreenUpdating": True, "EnableEvents": True, "DisplayAlerts": True, "UserName": "王"}


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
        self.style: Any = None
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

    @property
    def HasFormula(self) -> bool:  # noqa: N802
        return isinstance(self.content, str) and self.content.startswith("=")

    Formula = property(lambda self: "" if self.content is None else str(self.content), put)

    @property
    def MergeArea(self) -> Range:  # noqa: N802
        top, left, bottom, right = self.sheet.merge_at(self)
        return Range(self.sheet, [row[left - 1 : right] for row in self.sheet.grid[top - 1 : bottom]])

    @property
    def MergeCells(self) -> bool:  # noqa: N802
        return len(list(self.MergeArea)) > 1

    def Copy(self, target: Cell) -> None:  # noqa: N802
        """A cell of a merge is copied with all of it."""
        self.MergeArea.Copy(target)

    def AddComment(self, text: str) -> Comment:  # noqa: N802
        self.sheet.changing(True)
        self.Comment = Comment(self, text, self.sheet.book.application.UserName)
        return self.Comment


class Range:
    def __init__(self, sheet: Sheet, cells: list[list[Cell]]) -> None:
        self.sheet, self.cells = sheet, cells
        self.FormatConditions = Conditions(sheet, self)
        self.Row, self.Column = cells[0][0].Row, cells[0][0].Column
        self.Rows, self.Columns = SimpleNamespace(Count=len(cells)), SimpleNamespace(Count=len(cells[0]))
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

    @property
    def _corners(self) -> tuple[int, int, int, int]:
        return self.Row, self.Column, self.Row + len(self.cells) - 1, self.Column + len(self.cells[0]) - 1

    def _changing(self) -> None:
        """Excel changes no part of a merge."""
        for cell in self:
            self.sheet.changing(cell.locked)
            top, left, bottom, right = self.sheet.merge_at(cell)
            inside = self._corners[0] <= top and self._corners[1] <= left
            if not (inside and bottom <= self._corners[2] and right <= self._corners[3]):
                raise ComError("We can't do that to a merged cell")

    def ClearContents(self) -> None:  # noqa: N802
        self._changing()
        for cell in self:
            cell.content = None

    def Merge(self) -> None:  # noqa: N802
        self._changing()
        self.UnMerge()
        self.sheet.merges.append(self._corners)

    def UnMerge(self) -> None:  # noqa: N802
        self.sheet.changing(True)
        inside = {self.sheet.merge_at(cell) for cell in self}
        self.sheet.merges = [merge for merge in self.sheet.merges if merge not in inside]

    def Copy(self, target: Cell) -> None:  # noqa: N802
        """Contents, looks and the merge; relative references move along."""
        down, right = target.Row - self.Row, target.Column - self.Column
        onto = Range(
            self.sheet,
            [[self.sheet.grid[cell.Row + down - 1][cell.Column + right - 1] for cell in row] for row in self.cells],
        )
        onto._changing()
        onto.UnMerge()
        for source, cell in zip(self, onto, strict=True):
            cell.content = moved(source.content, down, right) if source.HasFormula else source.content
            cell.style, cell.locked = source.style, source.locked
        if self._corners in self.sheet.merges:
            self.sheet.merges.append(onto._corners)

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
    def __init__(self, book: Book, name: str, rows: int = 6, columns: int = 5) -> None:
        self.book, self.Name, self.Visible = book, name, -1
        self.grid = [[Cell(self, row, column) for column in range(1, columns + 1)] for row in range(1, rows + 1)]
        self.merges: list[tuple[int, int, int, int]] = []
        """Top, left, bottom, right."""
        self.heights: list[float | None] = [None] * rows
        self.conditions: list[Condition] = []
        self.ProtectContents = self.ProtectDrawingObjects = self.ProtectScenarios = False
        self.password = ""
        self.options: dict[str, Any] = {}
        self.PageSetup = SimpleNamespace(LeftFooter="旧", CenterFooter="", RightFooter="")

    @property
    def Cells(self) -> Range:  # noqa: N802
        return Range(self, self.grid)

    UsedRange = Cells

    def Rows(self, number: int) -> Row:  # noqa: N802
        return Row(self, number)

    def merge_at(self, cell: Cell) -> tuple[int, int, int, int]:
        for merge in self.merges:
            if merge[0] <= cell.Row <= merge[2] and merge[1] <= cell.Column <= merge[3]:
                return merge
        return cell.Row, cell.Column, cell.Row, cell.Column

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


class Row:
    """A whole row. What names a place below follows, in every sheet."""

    def __init__(self, sheet: Sheet, number: int) -> None:
        self._sheet, self._number = sheet, number

    @property
    def RowHeight(self) -> float | None:  # noqa: N802
        return self._sheet.heights[self._number - 1]

    @RowHeight.setter
    def RowHeight(self, height: float | None) -> None:  # noqa: N802
        self._sheet.changing(True)
        self._sheet.heights[self._number - 1] = height

    def Insert(self, shift: int) -> None:  # noqa: N802
        """The new cells look like those above."""
        assert shift == _DOWN
        at, sheet = self._number, self._sheet
        sheet.changing(True)
        sheet.grid.insert(at - 1, [Cell(sheet, at, cell.Column) for cell in sheet.grid[0]])
        for cell, above in zip(sheet.grid[at - 1], sheet.grid[at - 2], strict=True):
            cell.style, cell.locked = above.style, above.locked
        sheet.heights.insert(at - 1, sheet.heights[at - 2])
        self._follow(lambda top, bottom: (top + (top >= at), bottom + (bottom >= at)))

    def Delete(self, shift: int) -> None:  # noqa: N802
        """What stands in the first cell of a merge goes with its row."""
        assert shift == _UP
        at, sheet = self._number, self._sheet
        sheet.changing(True)
        del sheet.grid[at - 1], sheet.heights[at - 1]
        self._follow(lambda top, bottom: None if top == bottom == at else (top - (top > at), bottom - (bottom >= at)))

    def _follow(self, rows: Callable[[int, int], tuple[int, int] | None]) -> None:
        sheet, book = self._sheet, self._sheet.book
        for number, cells in enumerate(sheet.grid, 1):
            for cell in cells:
                cell.Row = number
        spans = [(rows(merge[0], merge[2]), merge[1], merge[3]) for merge in sheet.merges]
        merges = [(span[0], left, span[1], right) for span, left, right in spans if span]
        sheet.merges = [merge for merge in merges if merge[:2] != merge[2:]]
        for other in book.sheets:
            for cell in other.Cells:
                if cell.HasFormula:
                    cell.content = mapped(cell.content, sheet.Name, rows, own=other is sheet)
        book.names = {name: mapped(text, sheet.Name, rows, own=False) for name, text in book.names.items()}


class Properties(list[Any]):
    def Add(self, Name: str, LinkToContent: bool, Type: int, Value: str) -> None:  # noqa: N802, N803
        made = SimpleNamespace(Name=Name, Value=Value)
        made.Delete = lambda: self.remove(made)
        self.append(made)


class Book:
    FileFormat = 51

    def __init__(self, application: Any, path: Path | None = None) -> None:
        """With the cells, merges, heights and names of a file, or with two sheets of its own."""
        self.application = application
        self.names: dict[str, str] = {}
        self.sheets = [Sheet(self, "form"), Sheet(self, "说明页")] if path is None else self._read(path)
        self.ActiveSheet = self.sheets[0]
        self.ProtectStructure = False
        self.CustomDocumentProperties = Properties()
        selected = SimpleNamespace(Row=3, Column=2, Rows=SimpleNamespace(Count=1), Columns=SimpleNamespace(Count=2))
        self.window = SimpleNamespace(RangeSelection=selected, ScrollRow=2, ScrollColumn=1)

    def _read(self, path: Path) -> list[Sheet]:
        file = openpyxl.load_workbook(path)
        self.names = {name: defined.attr_text for name, defined in file.defined_names.items()}
        found = []
        for source in file.worksheets:
            sheet = Sheet(self, source.title, source.max_row, source.max_column)
            sheet.merges = [(m.min_row, m.min_col, m.max_row, m.max_col) for m in source.merged_cells.ranges]
            sheet.heights = [source.row_dimensions[row].height for row in range(1, source.max_row + 1)]
            for cell in sheet.Cells:
                read = source.cell(cell.Row, cell.Column)
                look: Any = getattr(read, "_style", None)
                cell.content, cell.style, cell.locked = read.value, tuple(look or [0] * 9), read.protection.locked
            if source.protection.sheet:
                sheet.Protect("", True, **dict.fromkeys(ALLOWANCES, False), DrawingObjects=True, Scenarios=True)
            found.append(sheet)
        return found

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
