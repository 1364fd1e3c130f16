"""A sheet added to a workbook that Excel has open."""

from __future__ import annotations

from typing import Any

from perfxl.edit import AddSheet, Look, NewCell
from xlwings_addin.hosts.excel_cells import as_typed, colour_number, ranges

_CENTRE = -4108
_SOLID_LINE, _UNDERLINE = 1, 2
_GREY = 0xBFBFBF


def add_sheet(application: Any, book: Any, edit: AddSheet) -> Any:
    """The new last sheet with its values, looks, links, widths and frozen rows."""
    sheet = book.Worksheets.Add(After=book.Sheets(book.Sheets.Count))
    sheet.Name = edit.name
    width = max((len(row) for row in edit.rows), default=0)
    if width:
        rows = [(*row, *[NewCell()] * (width - len(row))) for row in edit.rows]
        whole = sheet.Range(sheet.Cells(1, 1), sheet.Cells(len(rows), width))
        whole.Value2 = tuple(tuple(as_typed(cell.value) for cell in row) for row in rows)
    looks: dict[Look, list[tuple[int, int]]] = {}
    for number, row in enumerate(edit.rows, 1):
        for column, cell in enumerate(row, 1):
            looks.setdefault(cell.look, []).append((number, column))
            if cell.link:
                _link(sheet, number, column, cell)
    for look, places in looks.items():
        for cells in ranges(sheet, places):
            _dress(cells, look)
    for column, characters in enumerate(edit.widths, 1):
        sheet.Columns(column).ColumnWidth = characters
    if edit.frozen_rows:
        sheet.Activate()
        window = application.ActiveWindow
        window.FreezePanes = False
        window.SplitColumn, window.SplitRow = 0, edit.frozen_rows
        window.FreezePanes = True
    return sheet


def _link(sheet: Any, row: int, column: int, cell: NewCell) -> None:
    assert cell.link is not None
    name, line, target = cell.link
    place = sheet.Parent.Worksheets(name).Cells(line, target).Address
    quoted = name.replace("'", "''")
    sheet.Hyperlinks.Add(Anchor=sheet.Cells(row, column), Address="", SubAddress=f"'{quoted}'!{place}")


def _dress(cells: Any, look: Look) -> None:
    cells.Locked = look.locked
    cells.WrapText = look.wrap
    cells.VerticalAlignment = _CENTRE
    cells.Font.Size = look.size
    cells.Font.Bold = look.bold
    if look.underline:
        cells.Font.Underline = _UNDERLINE
    if look.centred:
        cells.HorizontalAlignment = _CENTRE
    if look.border:
        cells.Borders.LineStyle = _SOLID_LINE
        cells.Borders.Color = _GREY
    if look.colour:
        cells.Font.Color = colour_number(look.colour)
    if look.fill:
        cells.Interior.Color = colour_number(look.fill)
