"""The window pictures of docs/填报人手册.md: a clerk at LibreOffice on a screen of our own.

PERFXL_WRITE_IMAGES=1 puts them into docs/images; else they are only made and looked over.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from PIL import Image

from perfxl.reading import read_forms
from perfxl.reading.explanations import result_rows
from perfxl.seal import verify
from perfxl.sources import read_workbook
from perfxl.sources.xlsx import read_xlsx
from tests.test_hosts_contract import started
from tests.test_hosts_window import focus, keys, until
from xlwings_addin import ribbon
from xlwings_addin.hosts import live
from xlwings_addin.hosts.engine import Engine
from xlwings_addin.hosts.libreoffice import LibreOfficeDesk, Office

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
HANDBOOK = ROOT / "docs" / "填报人手册.md"
DRAFT, GOOD = "滨河区图书馆-2020-初稿.xlsx", "滨河区图书馆-2020.xlsx"
WIDTH, HEIGHT = 1280, 900


class Screen:
    """A display without a monitor, and what is on it."""

    def __init__(self, folder: Path) -> None:
        reading, writing = os.pipe()
        command = ["Xvfb", "-noreset", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24"]
        self._file = folder / "Xvfb_screen0"
        self._server = subprocess.Popen(
            [*command, "-fbdir", str(folder)], pass_fds=[writing], stderr=subprocess.DEVNULL
        )
        os.close(writing)
        with os.fdopen(reading) as numbers:
            self.name = f":{numbers.readline().strip()}"

    def picture(self) -> Image.Image:
        """The screen as it is; the file is in X's own dump format."""
        data = self._file.read_bytes()
        header = struct.unpack(">25I", data[:100])
        start, colours, stride = header[0] + 12 * header[19], header[19], header[12]
        assert (header[4], header[5], colours >= 0) == (WIDTH, HEIGHT, True)
        pixels = data[start : start + stride * HEIGHT]
        return Image.frombytes("RGB", (WIDTH, HEIGHT), pixels, "raw", "BGRX", stride)

    def close(self) -> None:
        self._server.terminate()
        self._server.wait()


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    if not shutil.which("Xvfb") or not shutil.which("xdotool"):
        if os.environ.get("PERFXL_REQUIRE_ACCEPTANCE") == "1":
            pytest.fail("Xvfb or xdotool is not installed")
        pytest.skip("Xvfb or xdotool is not installed")
    made = Screen(tmp_path_factory.mktemp("screen"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def desk(screen: Screen) -> Iterator[LibreOfficeDesk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", screen.name)
        with started(lambda: Office(visible=True)) as program:
            engine = xw.Engine(impl=Engine(program))
            xw.engines.add(engine)
            engine.activate()
            yield program


def settled(screen: Screen) -> Image.Image:
    """The picture once nothing moves any more."""
    before = screen.picture()
    for _ in range(50):
        time.sleep(0.3)
        after = screen.picture()
        if after.tobytes() == before.tobytes():
            return after
        before = after
    return before


def shown(name: str, picture: Image.Image) -> None:
    """A picture of the handbook: something is on it, and it is the size of the one in docs."""
    assert len(picture.getcolors(1 << 20) or [0] * 99) > 50, name
    path = IMAGES / f"window-{name}.png"
    if os.environ.get("PERFXL_WRITE_IMAGES") == "1":
        picture.quantize(64).save(path, optimize=True)
    assert f"images/window-{name}.png" in HANDBOOK.read_text("utf-8")
    with Image.open(path) as kept:
        assert kept.size == picture.size


def while_asked(screen: Screen, press: Callable[[], Any], name: str, *typed: str) -> None:
    """Press a button, take a picture of the dialog that comes up, and answer it."""
    thread = threading.Thread(target=press)
    thread.start()
    focus("绩效自评")
    if typed:
        keys("type", "--delay", "20", *typed)
    if name:
        shown(name, settled(screen))
    keys("key", "Return")
    thread.join(60)
    assert not thread.is_alive()


def opened(name: str, folder: Path) -> xw.Book:
    return xw.Book(str(shutil.copy(ROOT / "examples" / "returned" / name, folder / "自评表.xlsx")))


def pressing(button: str, book: xw.Book) -> Callable[[], None]:
    return lambda: ribbon.run(button, book)


def test_typing_checking_and_explaining(desk: LibreOfficeDesk, screen: Screen, tmp_path: Path) -> None:
    book = opened(DRAFT, tmp_path)
    sheet = book.sheets["自评表"]
    live.reveal(book, "自评表", 13, 9)
    focus("自评表.xlsx")
    keys("type", "typed by the clerk")
    keys("key", "Return")
    until(lambda: str(sheet.range("I13").value or ""))
    keys("key", "ctrl+z")
    until(lambda: "" if sheet.range("I13").value else "undone")
    shown("form", settled(screen))
    while_asked(screen, pressing("score", book), "scored")
    shown("marked", settled(screen))
    ribbon.run("next", book)
    shown("next", settled(screen))
    live.reveal(book, "自评表", 13, 2)
    asked = threading.Thread(target=pressing("note", book))
    asked.start()
    focus("绩效自评")
    keys("type", "--delay", "20", "2021-03 No. 5")
    shown("note", settled(screen))
    keys("key", "Return")
    time.sleep(1)
    focus("绩效自评")
    keys("key", "Return")
    asked.join(60)
    rows = result_rows(read_xlsx(live.snapshot(book), ""))
    assert [row.text for row in rows if row.place == "自评表!B13"] == ["2021-03 No. 5"]
    desk.close(desk.books()[0])


def test_locking_and_verifying(desk: LibreOfficeDesk, screen: Screen, tmp_path: Path) -> None:
    book = opened(GOOD, tmp_path)
    locking = threading.Thread(target=pressing("lock", book))
    locking.start()
    focus("绩效自评")
    shown("password", settled(screen))
    keys("key", "Return")
    until(lambda: "locked" if (tmp_path / "自评表.xlsx").stat().st_mtime > time.time() - 5 else "")
    time.sleep(1)
    focus("绩效自评")
    shown("locked", settled(screen))
    keys("key", "Return")
    locking.join(60)
    while_asked(screen, pressing("verify", book), "verified")
    saved = read_workbook(tmp_path / "自评表.xlsx")
    assert verify(saved, read_forms(saved)).word == "完好"
