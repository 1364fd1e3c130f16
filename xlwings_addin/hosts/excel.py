"""Excel on Windows through COM, as xlwings hands it out. Only a PC with Excel can try this."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from perfxl.edit import Edit, EditError
from perfxl.sources.raw_file import file_bytes
from xlwings_addin.hosts.desk import Kind, View
from xlwings_addin.hosts.excel_changes import Changes
from xlwings_addin.hosts.password import require_password

_OPEN_XML = (51, 52, 53, 54)
"""XlFileFormat: .xlsx, .xlsm and their templates."""
_MANUAL = -4135
"""XlCalculation.xlCalculationManual"""
_TEXT = 2
_FOLDER_PICKER = 4
_CHOSEN = -1


class ExcelHost:
    """A `Host`. Handles are COM workbooks."""

    def __init__(self, application: Any) -> None:
        self._application = application

    def snapshot(self, book: Any) -> bytes:
        if book.FileFormat not in _OPEN_XML:
            raise EditError(
                "工作簿不是 .xlsx，未作修改；请先另存为 .xlsx，再用绩效自评的按钮",
                "the workbook is no .xlsx, so nothing was changed; save it as .xlsx first",
            )
        with tempfile.TemporaryDirectory(prefix="perfxl-") as folder:
            path = Path(folder) / "snapshot.xlsx"
            book.SaveCopyAs(str(path))
            return file_bytes(path)

    def apply(self, book: Any, edits: Sequence[Edit], password: str | None, *, lift: bool) -> None:
        require_password(edits, password)
        application = self._application
        names = ("Calculation", "ScreenUpdating", "EnableEvents", "DisplayAlerts", "UserName")
        before = {name: getattr(application, name) for name in names}
        view = self.view(book)
        changes = Changes(application, book, password or "", lift=lift)
        try:
            application.ScreenUpdating = application.EnableEvents = application.DisplayAlerts = False
            application.Calculation = _MANUAL
            changes.make(edits)
        except EditError:
            changes.take_back()
            raise
        except Exception as error:
            changes.take_back()
            said = _reason(error)
            raise EditError(
                f"Excel 未能完成修改，工作簿已恢复原样，未作修改（{said}）；请结束单元格编辑、关闭对话框再试，"
                "仍不行时请把这一行发给维护人员",
                f"Excel could not finish, so nothing was changed ({said}); leave the cell that is being edited, close"
                " all dialogs and try again, and send this line to the maintainers where that does not help",
            ) from error
        finally:
            # The sheet that was in front may be gone.
            with contextlib.suppress(Exception):
                self.show(book, view)
            for name, value in before.items():
                setattr(application, name, value)

    def view(self, book: Any) -> View:
        window = book.Windows(1)
        selected = window.RangeSelection
        top, left = selected.Row, selected.Column
        area = (top, left, top + selected.Rows.Count - 1, left + selected.Columns.Count - 1)
        return View(book.ActiveSheet.Name, area, window.ScrollRow, window.ScrollColumn)

    def show(self, book: Any, view: View) -> None:
        sheet = book.Sheets(view.sheet)
        sheet.Activate()
        top, left, bottom, right = view.selection
        sheet.Range(sheet.Cells(top, left), sheet.Cells(bottom, right)).Select()
        window = book.Windows(1)
        window.ScrollRow, window.ScrollColumn = view.first_row, view.first_column

    def reveal(self, book: Any, sheet: str, row: int, column: int) -> None:
        self._application.Goto(book.Sheets(sheet).Cells(row, column), False)

    def save_copy(self, book: Any, path: str) -> None:
        book.SaveCopyAs(path)

    def ask(self, kind: Kind, prompt: str, default: str = "") -> str | None:
        application = self._application
        if kind == "file":
            answer = application.GetOpenFilename("Excel (*.xlsx;*.xlsm),*.xlsx;*.xlsm,*.*,*.*", 1, prompt)
        elif kind == "folder":
            dialog = application.FileDialog(_FOLDER_PICKER)
            dialog.Title = prompt
            answer = dialog.SelectedItems(1) if dialog.Show() == _CHOSEN else False
        elif kind == "password":
            return _typed_unseen(prompt)
        else:
            answer = application.InputBox(Prompt=prompt, Title="绩效自评", Default=default, Type=_TEXT)
        return None if answer is False else str(answer)


def _typed_unseen(prompt: str) -> str | None:
    """Excel's own InputBox shows what is typed."""
    import tkinter
    from tkinter import simpledialog

    root = tkinter.Tk()
    root.withdraw()
    root.attributes("-topmost", True)
    try:
        return simpledialog.askstring("绩效自评", prompt, show="*", parent=root)
    finally:
        root.destroy()


def _reason(error: Exception) -> str:
    """What Excel said, out of a COM error's numbers."""
    details = getattr(error, "excepinfo", None)
    return str(details[2] if details and details[2] else error)
