"""The window pictures of docs/填报人手册.md: a clerk at LibreOffice on a screen of our own, pressing its buttons.

PERFXL_WRITE_IMAGES=1 puts them into docs/images; else they are only made and looked over.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from perfxl.reading import read_forms
from perfxl.reading.explanations import result_rows
from perfxl.seal import verify
from perfxl.sources import read_workbook
from tests.office_window import Screen, Window, handbook_picture, insist, keys, new_profile, save, type_cell, until
from xlwings_addin.hosts.install import install

pytestmark = pytest.mark.acceptance

RETURNED = Path(__file__).parent.parent / "examples" / "returned"
DRAFT, GOOD = "滨河区图书馆-2020-初稿.xlsx", "滨河区图书馆-2020.xlsx"
Picture = Callable[[str], Callable[[], None]]


@pytest.fixture(scope="module")
def profile(display: Screen) -> Iterator[Path]:
    with new_profile() as folder:
        install(folder)
        yield folder


@pytest.fixture
def picture(display: Screen) -> Picture:
    """Makes what takes the picture of a name."""
    return lambda name: lambda: handbook_picture(name, display.settled())


def copied(name: str, folder: Path) -> Path:
    return Path(shutil.copy(RETURNED / name, folder / "自评表.xlsx"))


def test_typing_checking_and_explaining(profile: Path, picture: Picture, tmp_path: Path) -> None:
    path = copied(DRAFT, tmp_path)
    with Window(path, profile) as window:
        window.toolbar()

        def shown() -> str:
            return str(window.call("text", "自评表", "I13"))

        type_cell(path.stem, "typed by the clerk", lambda: window.call("select", "自评表", "I13"), shown)
        insist(lambda: keys("key", "ctrl+z"), lambda: shown() == "")
        picture("form")()
        window.press("score")
        assert window.answer(seen=picture("scored")).startswith("错误 2 项，核实 2 项，提示 1 项。")
        until(lambda: window.enabled("next"))
        picture("marked")()
        window.press("next")
        until(lambda: window.call("place") == "自评表.G31")
        window.call("idle")
        picture("next")()
        window.call("select", "自评表", "B13")
        window.press("note")
        window.answer("2021-03 No. 5", seen=picture("note"))
        assert window.answer() == "已写入“校验结果”表 1 处说明。"
        save(path)
    rows = result_rows(read_workbook(path))
    assert [row.text for row in rows if row.place == "自评表!B13"] == ["2021-03 No. 5"]


def test_locking_and_verifying(profile: Path, picture: Picture, tmp_path: Path) -> None:
    path = copied(GOOD, tmp_path)
    with Window(path, profile) as window:
        window.press("lock")
        window.answer(seen=picture("password"))
        window.answer(seen=picture("locked"))
        until(lambda: window.enabled("unlock"))
        window.press("verify")
        window.answer(seen=picture("verified"))
    saved = read_workbook(path)
    assert verify(saved, read_forms(saved)).word == "完好"
