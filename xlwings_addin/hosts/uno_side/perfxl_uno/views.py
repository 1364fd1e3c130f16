"""Where a person is in a workbook, and going there."""

from __future__ import annotations

from typing import Any


class View:
    """Sheet, selection (top, left, bottom, right from 1), first row and column in sight."""

    def __init__(self, sheet: str, selection: list[int], first_row: int, first_column: int) -> None:
        self.sheet = sheet
        self.selection = selection
        self.first_row = first_row
        self.first_column = first_column

    @classmethod
    def of(cls, doc: Any) -> View:
        controller = doc.CurrentController
        selected = doc.CurrentSelection
        if hasattr(selected, "RangeAddresses"):
            selected = selected.getByIndex(0)
        area = [1, 1, 1, 1]
        if hasattr(selected, "RangeAddress"):
            found = selected.RangeAddress
            area = [found.StartRow + 1, found.StartColumn + 1, found.EndRow + 1, found.EndColumn + 1]
        pane = _pane(controller)
        first_row, first_column = pane.FirstVisibleRow + 1, pane.FirstVisibleColumn + 1
        return cls(controller.ActiveSheet.Name, area, first_row, first_column)

    def plain(self) -> list[object]:
        return [self.sheet, self.selection, self.first_row, self.first_column]

    def show(self, doc: Any) -> None:
        controller = doc.CurrentController
        sheet = doc.Sheets.getByName(self.sheet)
        controller.setActiveSheet(sheet)
        top, left, bottom, right = self.selection
        controller.select(sheet.getCellRangeByPosition(left - 1, top - 1, right - 1, bottom - 1))
        pane = _pane(controller)
        pane.FirstVisibleRow, pane.FirstVisibleColumn = self.first_row - 1, self.first_column - 1

    @staticmethod
    def reveal(doc: Any, sheet: str, row: int, column: int) -> None:
        controller = doc.CurrentController
        found = doc.Sheets.getByName(sheet)
        controller.setActiveSheet(found)
        pane = _pane(controller)
        seen = pane.VisibleRange
        controller.select(found.getCellByPosition(column - 1, row - 1))
        if not seen.StartRow <= row - 1 < seen.EndRow:
            pane.FirstVisibleRow = max(0, row - 6)
        if not seen.StartColumn <= column - 1 <= seen.EndColumn:
            pane.FirstVisibleColumn = max(0, column - 2)


def _pane(controller: Any) -> Any:
    """The one that scrolls: below and to the right of frozen rows and columns."""
    return controller.getByIndex(controller.getCount() - 1)
