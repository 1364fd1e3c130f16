"""A person at a LibreOffice window: what typing, undoing and dialogs do. xdotool types, Xvfb is the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from xlwings import Book

from perfxl.edit import AddSheet, Edit, NewCell, RemoveSheet, SetFill, SetNote, SetProperty, SetValue
from perfxl.editing import notes_by
from tests.office_window import focus, insist, keys, provoke_refusal, screen, type_cell, until, windows
from tests.open_workbooks import FORM, fills, form_file, opened, shown, started
from xlwings_addin.hosts.libreoffice import LibreOfficeDesk, Office
from xlwings_addin.hosts.live import apply_live, ask, read_live, reveal, snapshot

pytestmark = pytest.mark.acceptance
TITLE = "LibreOffice Calc"


@pytest.fixture(scope="module")
def program() -> Iterator[LibreOfficeDesk]:
    """LibreOffice on a display of its own."""
    with screen(), started(lambda: Office(visible=True)) as libreoffice:
        # The program ends with its last window.
        libreoffice.create()
        yield libreoffice


@pytest.fixture
def desk(program: LibreOfficeDesk) -> Iterator[LibreOfficeDesk]:
    spare = program.books()
    yield program
    for book in program.books():
        if book not in spare:
            program.close(book)


def test_undo_takes_back_one_whole_change_and_redo_brings_it_again(desk: LibreOfficeDesk, tmp_path: Path) -> None:
    book = opened(desk, form_file(tmp_path, protect=True))
    before = shown(read_live(book))
    edits: list[Edit] = [
        SetValue(FORM, 2, 2, Decimal(7)),
        SetValue(FORM, 4, 2, "补"),
        SetNote(FORM, 2, 2, "应为 7"),
        SetFill(FORM, 2, 2, "FFFFC7CE"),
        SetProperty("perfxl.x", "1"),
        RemoveSheet("说明页"),
        AddSheet("校验结果", ((NewCell("一"),),), frozen_rows=1),
    ]
    apply_live(book, edits)
    after = shown(read_live(book))
    assert after[FORM][2, 2] == (Decimal(7), None) and after["校验结果"] == {(1, 1): ("一", None)}
    press_while(book, after, "ctrl+z")
    until(lambda: shown(read_live(book)) == before)
    workbook = read_live(book)
    assert notes_by(snapshot(book), "perfxl") == {} and fills(snapshot(book)) == {}
    assert "perfxl.x" not in workbook.properties and workbook.grids[0].protected
    press_while(book, before, "ctrl+y")
    until(lambda: shown(read_live(book)) == after)
    assert notes_by(snapshot(book), "perfxl") == {(FORM, 2, 2): "应为 7"}
    assert fills(snapshot(book)) == {FORM: ["B2 FFFFC7CE"]}


def test_what_is_typed_into_a_locked_cell_stays_out(desk: LibreOfficeDesk, tmp_path: Path) -> None:
    book = opened(desk, form_file(tmp_path, protect=True))
    sheet = book.sheets[FORM]
    type_cell(TITLE, "typed", lambda: reveal(book, FORM, 4, 2), lambda: sheet.range("B4").value)
    reveal(book, FORM, 1, 2)
    provoke_refusal(TITLE)
    assert sheet.range("B1").value == "甲" and sheet.range("B4").value == "typed"


@pytest.mark.parametrize("kind", ["text", "password"])
def test_a_question_is_answered_or_called_off(desk: LibreOfficeDesk, tmp_path: Path, kind: str) -> None:
    book = opened(desk, form_file(tmp_path))
    answers: list[str | None] = []
    # Its first letters may be lost.
    insist(
        lambda: answers.append(during(lambda: ask(book, kind, "原因"), "Return", "why not")),  # type: ignore[arg-type]
        lambda: answers[-1] == "why not",
    )
    assert during(lambda: ask(book, kind, "原因"), "Escape") is None  # type: ignore[arg-type]
    assert during(lambda: book.app.alert("确定？", "绩效自评", "yes_no"), "Return") == "yes"
    assert during(lambda: book.app.alert("完成", "绩效自评"), "Return") == "ok"


def press_while(book: Book, state: object, key: str) -> None:
    """Once, as far as LibreOffice takes it: again only while nothing at all has changed."""
    focus(TITLE)
    insist(lambda: keys("key", key), lambda: shown(read_live(book)) != state)


def during(question: Callable[[], str | None], key: str, typed: str = "") -> str | None:
    """The answer to a dialog that is typed into while it waits; the key ends it."""
    answers: list[str | None] = []
    thread = threading.Thread(target=lambda: answers.append(question()))
    thread.start()
    focus("绩效自评")
    if typed:
        keys("type", "--delay", "20", typed)

    def pressed() -> None:
        if dialog := windows("绩效自评"):  # the window behind it may have taken the focus back
            keys("windowfocus", "--sync", dialog.split()[-1])
        keys("key", key)

    insist(pressed, lambda: answers)
    thread.join()
    return answers[0]
