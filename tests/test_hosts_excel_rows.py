"""Rows in Excel: the same steps as in a file, on stand-ins that move rows and merges as Excel does."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from perfxl.detection import detect_scheme
from perfxl.edit import DeleteRow, Edit, EditError, InsertRow, SetFooter, SetValue
from perfxl.sources.xlsx import read_xlsx
from perfxl.table_rows import RowRefused, deletion, insertion
from tests.excel_objects import SETTINGS, Book
from tests.extent import fast_first
from tests.test_rows import FILES, form_of
from xlwings_addin.hosts.excel import ExcelHost
from xlwings_addin.hosts.memory import MemoryDesk


def in_excel(path: Path, edits: tuple[Edit, ...]) -> Book:
    book = Book(SimpleNamespace(**SETTINGS), path)
    ExcelHost(book.application).apply(book, edits, None, lift=True)
    return book


def in_memory(path: Path, edits: tuple[Edit, ...], folder: Path) -> Book:
    desk = MemoryDesk()
    book = desk.open(str(path))
    desk.apply(book, edits, None, lift=True)
    desk.save_copy(book, str(folder / "表.xlsx"))
    return Book(SimpleNamespace(**SETTINGS), folder / "表.xlsx")


def content(book: Book) -> dict[str, Any]:
    """Everything that moving rows can go wrong about. What is hidden below a merge looks as it likes."""
    found: dict[str, Any] = {"names": book.names}
    for sheet in book.sheets:
        cells = {(cell.Row, cell.Column): cell for cell in sheet.Cells}
        shown = {place for place, cell in cells.items() if sheet.merge_at(cell)[:2] == place}
        found[sheet.Name] = {
            "cells": {place: cell.content for place, cell in cells.items() if cell.content is not None},
            "looks": {place: (cells[place].style, cells[place].locked) for place in shown},
            "merges": sorted(sheet.merges),
            "heights": sheet.heights,
            "protected": sheet.ProtectContents,
        }
    return found


@pytest.mark.parametrize("path", fast_first(reversed(FILES), 1), ids=lambda path: path.stem)
def test_a_row_put_in_and_one_taken_out_are_those_of_the_file(path: Path, tmp_path: Path) -> None:
    workbook = read_xlsx(path.read_bytes(), "")
    form = form_of(workbook)
    scheme = detect_scheme(form)[0]
    rows, done = [indicator.at.row for indicator in form.indicators], 0
    for row in (rows[0], rows[-1]):
        for edits_for in (insertion, deletion):
            try:
                edits = edits_for(workbook.grids[0], form, scheme, row)
            except RowRefused:
                continue
            done += 1
            assert content(in_excel(path, edits)) == content(in_memory(path, edits, tmp_path)), (row, edits_for)
    assert done


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Rows 2 to 4 below one label that looks like a number; B and C of each are one cell; D is computed."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["类", "名", None, "分"])
    for row in (2, 3, 4):
        sheet.append([None, f"第{row}行", None, f"=LEN(B{row})"])
        sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=3)
        sheet.row_dimensions[row].height = 10.0 * row
    sheet.append(["合计", None, None, "=SUM(D2:D4)"])
    sheet["A2"] = "007"
    sheet["A2"].font = Font(bold=True)
    sheet["E2"] = "=SUM(D2:D4)"
    for column in "AE":
        sheet.merge_cells(f"{column}2:{column}4")
    path = tmp_path / "行.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize(
    "edit",
    [
        *(InsertRow("Sheet", row, like) for row, like in ((3, 2), (3, 3), (4, 2), (5, 4))),
        *(DeleteRow("Sheet", row) for row in (2, 3, 4, 5)),
    ],
    ids=str,
)
def test_cells_merged_across_and_down(table: Path, tmp_path: Path, edit: Edit) -> None:
    assert content(in_excel(table, (edit,))) == content(in_memory(table, (edit,), tmp_path))


def test_a_step_that_fails_takes_the_new_row_out_again(table: Path) -> None:
    before = content(Book(SimpleNamespace(**SETTINGS), table))
    book = Book(SimpleNamespace(**SETTINGS), table)
    edits = (InsertRow("Sheet", 3, 2), SetValue("Sheet", 3, 2, "新"), SetFooter("没有", ""))
    with pytest.raises(EditError, match="已恢复原样"):
        ExcelHost(book.application).apply(book, edits, None, lift=True)
    assert content(book) == before
