"""An xlwings engine over a `Desk`: the objects that macros name, for programs that are not Excel.

What is here is what reading, finding one's way and plain writing take. Everything that changes a form in more than
values goes through `live.apply_live`, which is the same on every host. The base classes have properties without a
setter: what is set here is a class attribute first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from numbers import Number
from pathlib import PurePath
from typing import Any

import xlwings
from xlwings import base_classes

from perfxl.edit import Constant, Edit
from perfxl.grid import CellError, CellValue, Workbook
from perfxl.sources.xlsx import read_xlsx
from xlwings_addin.hosts.desk import Calculation, Desk
from xlwings_addin.hosts.engine_sheets import Range, Sheet, Sheets

_EPOCH = date(1899, 12, 30)


class Engine:
    """The entry point of xlwings; one program with its open workbooks."""

    type = "desktop"

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.name = desk.name
        self.apps = Apps(App(self, desk))

    @staticmethod
    def prepare_xl_data_element(value: object, options: object) -> Constant:
        """A value as an edit takes it; dates as the serial number that a cell keeps."""
        if value is None or isinstance(value, str | bool | Decimal):
            return value
        if isinstance(value, datetime):
            seconds = value.hour * 3600 + value.minute * 60 + value.second
            return (value.date() - _EPOCH).days + Decimal(seconds) / 86_400
        if isinstance(value, date):
            return Decimal((value - _EPOCH).days)
        if isinstance(value, Number):
            number = Decimal(str(value))
            return number if number.is_finite() else None
        return str(value)

    @staticmethod
    def clean_value_data(
        data: Sequence[Sequence[CellValue]],
        datetime_builder: Callable[..., object],
        empty_as: object,
        number_builder: Callable[[float], object] | None,
        err_to_str: bool,
    ) -> list[list[object]]:
        """Values as xlwings gives them: floats, and None for an error value unless it is asked for as text."""

        def clean(value: CellValue) -> object:
            if value is None:
                return empty_as
            if isinstance(value, datetime):
                day = (value.year, value.month, value.day)
                if datetime_builder is date:
                    return datetime_builder(*day)
                return datetime_builder(*day, value.hour, value.minute, value.second, value.microsecond)
            if isinstance(value, Decimal):
                return number_builder(float(value)) if number_builder else float(value)
            if isinstance(value, CellError):
                return value.code if err_to_str else None
            return value

        return [[clean(value) for value in row] for row in data]


class Apps(base_classes.Apps):
    """The one app."""

    def __init__(self, app: App) -> None:
        self._app = app

    def keys(self) -> list[int]:
        return [self._app.pid]

    def add(self, spec: Any = None, add_book: Any = None, xl: Any = None, visible: Any = None) -> App:
        return self._app

    @staticmethod
    def cleanup() -> None:
        """Nothing is left behind."""

    def __iter__(self) -> Iterator[App]:
        return iter((self._app,))

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: int) -> App:
        if pid != self._app.pid:
            raise KeyError(pid)
        return self._app


class App(base_classes.App):
    """The program."""

    engine: Any = None
    # xlwings sets these around its own calls.
    screen_updating = True
    display_alerts = True
    enable_events = True
    interactive = True
    cut_copy_mode = False

    def __init__(self, engine: Engine, desk: Desk) -> None:
        self.engine = engine
        self.desk = desk

    @property
    def api(self) -> Desk:
        return self.desk

    @property
    def pid(self) -> int:
        return self.desk.pid

    @property
    def version(self) -> str:
        return self.desk.version

    @property
    def visible(self) -> bool:
        return self.desk.visible

    @visible.setter
    def visible(self, value: bool) -> None:
        if value != self.desk.visible:
            self.desk.visible = value

    @property
    def books(self) -> Books:
        return Books(self)

    @property
    def selection(self) -> Range | None:
        books = self.books
        if not len(books):
            return None
        book = books.active
        view = self.desk.view(book.handle)
        return Range(Sheet(book, view.sheet), view.selection)

    @property
    def calculation(self) -> Calculation:
        return self.desk.calculation(self.books.active.handle)

    @calculation.setter
    def calculation(self, mode: Calculation) -> None:
        self.desk.set_calculation(self.books.active.handle, mode)

    def calculate(self) -> None:
        self.desk.calculate(self.books.active.handle)

    @property
    def status_bar(self) -> str | bool:
        return self.desk.status or False

    @status_bar.setter
    def status_bar(self, text: str | bool | None) -> None:
        self.desk.status = text if isinstance(text, str) else None

    def alert(self, prompt: str, title: str | None, buttons: Any, mode: str | None, callback: object) -> str:
        return self.desk.alert(prompt, title or "绩效自评", buttons, mode == "critical")

    def activate(self, steal_focus: bool = False) -> None:
        """The window comes to the front with its workbook."""

    def quit(self) -> None:
        self.desk.quit()

    kill = quit


class Books(base_classes.Books):
    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def api(self) -> Desk:
        return self.app.desk

    @property
    def active(self) -> Book:
        for book in self:
            return book
        raise xlwings.XlwingsError("没有打开的工作簿")

    def __call__(self, name_or_index: str | int) -> Book:
        books = list(self)
        if isinstance(name_or_index, int):
            return books[name_or_index - 1]
        for book in books:
            if name_or_index in (book.name, book.fullname):
                return book
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self.app.desk.books())

    def __iter__(self) -> Iterator[Book]:
        return iter([Book(self.app, handle) for handle in self.app.desk.books()])

    def add(self) -> Book:
        return Book(self.app, self.app.desk.create())

    def open(self, fullname: str, *positional: Any, **named: Any) -> Book:
        # After fullname: update_links, read_only, format, password.
        password = named.get("password") or (positional[3] if len(positional) > 3 else None)
        return Book(self.app, self.app.desk.open(str(fullname), password))


class Book(base_classes.Book):
    app: Any = None

    def __init__(self, app: App, handle: str) -> None:
        self.app = app
        self.handle = handle

    @property
    def api(self) -> Desk:
        desk: Desk = self.app.desk
        return desk

    @property
    def name(self) -> str:
        return PurePath(self.fullname).name

    @property
    def fullname(self) -> str:
        return self.api.path(self.handle)

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self)

    def content(self) -> Workbook:
        """The whole workbook in one call."""
        return read_xlsx(self.api.snapshot(self.handle), self.name)

    def change(self, edits: Sequence[Edit]) -> None:
        self.api.apply(self.handle, edits, None, lift=False)

    def activate(self) -> None:
        self.api.activate(self.handle)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        self.api.save(self.handle, path, password)

    def close(self) -> None:
        self.api.close(self.handle)


class Names(base_classes.Names):
    """Defined names, to read."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def api(self) -> Desk:
        return self.book.api

    @cached_property
    def _all(self) -> dict[str, str]:
        return dict(self.book.content().names)

    def __call__(self, name_or_index: str | int) -> Name:
        name = list(self._all)[name_or_index - 1] if isinstance(name_or_index, int) else name_or_index
        return Name(name, self._all[name])

    def contains(self, name_or_index: str | int) -> bool:
        return name_or_index in self._all

    def __len__(self) -> int:
        return len(self._all)


class Name(base_classes.Name):
    name = ""
    refers_to = ""

    def __init__(self, name: str, refers_to: str) -> None:
        self.name = name
        self.refers_to = "=" + refers_to
