"""The requests that a client may make of a running LibreOffice."""

from __future__ import annotations

import base64
import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue

from . import dialogs
from .changes import Changes
from .refused import Refused
from .views import View

_XLSX = "Calc MS Excel 2007 XML"
_FILTERS = {".xlsx": _XLSX, ".xlsm": "Calc MS Excel 2007 VBA XML", ".xls": "MS Excel 97", ".ods": "calc8"}
_SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"


def properties(**values: object) -> tuple[Any, ...]:
    found = []
    for name, value in values.items():
        one = PropertyValue()
        one.Name, one.Value = name, value
        found.append(one)
    return tuple(found)


class Session:
    """One office with its spreadsheets. A request is `{"call": name, …}`; the reply has `result` or `error`."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._desktop = self.service("com.sun.star.frame.Desktop")
        self._order: list[str] = []
        self._indicator: Any = None
        self._calls: dict[str, Callable[..., object]] = {
            "books": self.books,
            "path": lambda book: _path(self._book(book)),
            "open": self.open,
            "create": self.create,
            "close": self.close,
            "activate": self.activate,
            "save": self.save,
            "snapshot": self.snapshot,
            "save_copy": self.save_copy,
            "apply": self.apply,
            "view": lambda book: View.of(self._book(book)).plain(),
            "show": lambda book, view: View(*view).show(self._book(book)),
            "reveal": lambda book, sheet, row, column: View.reveal(self._book(book), sheet, row, column),
            "calculation": lambda book: self._book(book).isAutomaticCalculationEnabled(),
            "set_calculation": lambda book, on: self._book(book).enableAutomaticCalculation(on),
            "calculate": lambda book: self._book(book).calculateAll(),
            "status": self.status,
            "alert": lambda **asked: dialogs.alert(self, **asked),
            "ask": lambda **asked: dialogs.ask(self, **asked),
            "visible": self.visible,
            "set_visible": self.set_visible,
            "version": self.version,
            "quit": self.quit,
        }

    def answer(self, request: dict[str, Any]) -> dict[str, object]:
        name = request.pop("call")
        try:
            return {"result": self._calls[name](**request)}
        except Refused as refused:
            return {"error": "refused", "why": refused.why, "about": refused.about}
        except Exception as error:
            return {"error": "failed", "message": f"{type(error).__name__}: {getattr(error, 'Message', '') or error}"}

    def service(self, name: str) -> Any:
        return self._context.ServiceManager.createInstanceWithContext(name, self._context)

    def frame(self) -> Any:
        """The window in front."""
        return self._book(self.books()[0]).CurrentController.Frame if self.books() else self._desktop.getCurrentFrame()

    def books(self) -> list[str]:
        """Handles, the workbook in front first."""
        found = {}
        components = self._desktop.Components.createEnumeration()
        while components.hasMoreElements():
            one = components.nextElement()
            if hasattr(one, "supportsService") and one.supportsService(_SPREADSHEET):
                found[one.RuntimeUID] = one
        current = self._desktop.getCurrentComponent()
        if current is not None and getattr(current, "RuntimeUID", None) in found:
            self._to_front(current.RuntimeUID)
        self._order = [handle for handle in self._order if handle in found]
        self._order += [handle for handle in found if handle not in self._order]
        return self._order

    def _to_front(self, handle: str) -> str:
        self._order = [handle, *(other for other in self._order if other != handle)]
        return handle

    def _book(self, handle: str) -> Any:
        components = self._desktop.Components.createEnumeration()
        while components.hasMoreElements():
            one = components.nextElement()
            if getattr(one, "RuntimeUID", None) == handle:
                return one
        raise Refused("closed")

    def open(self, path: str, password: str | None) -> str:
        # Neither macros nor links of a clerk's workbook are run. Never hidden: LibreOffice's own undo of an added
        # sheet fails without a view, and takes the program with it.
        options = {"MacroExecutionMode": 0, "UpdateDocMode": 0}
        if password:
            options["Password"] = password
        url = uno.systemPathToFileUrl(path)
        doc = self._desktop.loadComponentFromURL(url, "_blank", 0, properties(**options))
        if doc is None or not doc.supportsService(_SPREADSHEET):
            raise Refused("not_opened", Path(path).name)
        _recalculated(doc)
        return self._to_front(doc.RuntimeUID)

    def create(self) -> str:
        doc = self._desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())
        return self._to_front(doc.RuntimeUID)

    def close(self, book: str) -> None:
        self._book(book).close(True)

    def activate(self, book: str) -> None:
        frame = self._book(book).CurrentController.Frame
        frame.activate()
        frame.ContainerWindow.toFront()
        self._to_front(book)

    def save(self, book: str, path: str | None, password: str | None) -> None:
        doc = self._book(book)
        if path is None and not password and doc.hasLocation():
            doc.store()
            return
        path = path or _path(doc)
        options = {"FilterName": _filter(path)}
        if password:
            options["Password"] = password
        doc.storeAsURL(uno.systemPathToFileUrl(str(Path(path).resolve())), properties(**options))

    def save_copy(self, book: str, path: str) -> None:
        doc = self._book(book)
        _recalculated(doc)
        doc.storeToURL(uno.systemPathToFileUrl(str(Path(path).resolve())), properties(FilterName=_filter(path)))

    def snapshot(self, book: str) -> str:
        with tempfile.TemporaryDirectory(prefix="perfxl-") as folder:
            path = Path(folder) / "snapshot.xlsx"
            self.save_copy(book, str(path))
            return base64.b64encode(path.read_bytes()).decode("ascii")

    def apply(self, book: str, edits: list[dict[str, Any]], password: str | None, lift: bool) -> None:
        doc = self._book(book)
        Changes(self, doc, password, lift).make(edits)

    def status(self, text: str | None) -> None:
        if self._indicator is not None:
            with contextlib.suppress(Exception):
                self._indicator.end()
            self._indicator = None
        if text and self.books():
            self._indicator = self.frame().createStatusIndicator()
            self._indicator.start(text, 0)

    def visible(self) -> bool:
        return any(self._book(book).CurrentController.Frame.ContainerWindow.isVisible() for book in self.books())

    def set_visible(self, on: bool) -> None:
        for book in self.books():
            self._book(book).CurrentController.Frame.ContainerWindow.setVisible(on)

    def version(self) -> str:
        reader = self.service("com.sun.star.configuration.ConfigurationProvider")
        arguments = properties(nodepath="/org.openoffice.Setup/Product")
        product = reader.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", arguments)
        return str(product.getByName("ooSetupVersion"))

    def quit(self) -> None:
        """Without saving anything."""
        for book in list(self.books()):
            self._book(book).close(True)
        # The answer is lost with the program that should give it.
        with contextlib.suppress(Exception):
            self._desktop.terminate()


def _path(doc: Any) -> str:
    return uno.fileUrlToSystemPath(doc.URL) if doc.URL.startswith("file:") else doc.Title


def _filter(path: str) -> str:
    ending = Path(path).suffix.lower()
    if ending not in _FILTERS:
        raise Refused("no_format", Path(path).name)
    return _FILTERS[ending]


def _recalculated(doc: Any) -> None:
    """Results of another program are shown as they were saved until asked for; asking does not make a change."""
    if doc.isAutomaticCalculationEnabled():
        modified = doc.isModified()
        doc.calculateAll()
        if not modified:
            doc.setModified(False)
