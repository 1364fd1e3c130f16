"""The ribbon's macros: what each button does on the open workbook. Glue over perfxl, the same on every host.

A macro reads the workbook in one call, computes, and makes its edits all or none. It says what it did; what goes wrong
becomes a sentence that names the cure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from perfxl.grid import CellRef
from perfxl.problem import Problem
from perfxl.sources import UnreadableFile
from perfxl.sources.xlsx import read_xlsx
from xlwings_addin import checking, filling
from xlwings_addin.hosts import live
from xlwings_addin.opened import Open, Refused

if TYPE_CHECKING:
    import xlwings as xw

TITLE = "绩效自评"


def run(action: str, book: xw.Book | None = None) -> None:
    """Press a button. Without `book` the active one is meant. Nothing is raised: what goes wrong is said."""
    target = book
    try:
        target = target or _active()
        # What the macro before said of a cell.
        target.app.status_bar = False
        _say(target, ACTIONS[action](_read(target)))
    except (Refused, Problem) as error:
        _say(target, str(error), critical=True)
    except UnreadableFile as error:
        _say(target, _unreadable(error), critical=True)
    except Exception as error:
        _say(
            target,
            f"没有完成（{type(error).__name__} {error}）；请先不要保存，核对表有没有改动，并把这一行发给维护人员。",
            critical=True,
        )


def _active() -> xw.Book:
    import xlwings as xw

    if not len(xw.books):
        raise Refused("没有打开的工作簿；请先打开自评表")
    active: xw.Book = xw.books.active
    return active


def _read(book: xw.Book) -> Open:
    data = live.snapshot(book)
    return Open(book, data, read_xlsx(data, book.name))


def _say(book: xw.Book | None, text: str, *, critical: bool = False) -> None:
    if text and book is not None:
        book.app.alert(text, TITLE, mode="critical" if critical else "info")


def _unreadable(error: UnreadableFile) -> str:
    finding = error.finding(CellRef(""))
    return f"{finding.message()}。{finding.fix()}"


ACTIONS: dict[str, Callable[[Open], str]] = {
    "score": checking.score,
    "previous": checking.previous_finding,
    "next": checking.next_finding,
    "note": checking.explain,
    "lock": checking.lock,
    "unlock": checking.unlock,
    "prefill": filling.prefill,
    "insert_row": filling.insert_row,
    "delete_row": filling.delete_row,
    "repair": filling.repair,
    "live": filling.live_functions,
    "working": filling.working_paper,
    "batch": filling.batch,
    "verify": checking.verify,
    "help": filling.help_,
}
"""By the button's id in ribbon.xml. Each gives the sentence to show, empty where what happened is plain to see."""
