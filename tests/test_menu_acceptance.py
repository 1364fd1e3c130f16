"""The menu and the toolbar 绩效自评 in a real LibreOffice window, as `perfxl office start` opens it, by keyboard."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from perfxl.cli import main
from perfxl.editing import notes_by
from perfxl.markup import AUTHOR, marked
from perfxl.reading.explanations import read_explanations
from perfxl.scheme_files import builtin_schemes
from perfxl.sources import read_workbook
from perfxl.sources.xlsx import read_xlsx
from tests.office_window import (
    Screen,
    Window,
    confirm,
    focus,
    handbook_picture,
    insist,
    keys,
    new_profile,
    provoke_refusal,
    save,
    type_cell,
    until,
    windows,
)
from tests.open_workbooks import fills
from tests.test_press_acceptance import shown as values
from tests.test_press_acceptance import typed_cells
from xlwings_addin.texts import buttons, texts

pytestmark = pytest.mark.acceptance

RETURNED = Path(__file__).parent.parent / "examples" / "returned"
RESULTS = ["previous", "next", "note"]
"""The buttons that need the sheet 校验结果."""
MENU = texts()["perfxl.label"]
BUTTONS = [texts()[f"{name}.label"] for name in buttons(toggles=False)]


@pytest.fixture(scope="module")
def profile(display: Screen) -> Iterator[Path]:
    """With the menu that `perfxl addin install --libreoffice` puts in."""
    with new_profile() as folder:
        assert main(["addin", "install", "--libreoffice", "--profile", str(folder)]) == 0
        assert main(["addin", "status", "--libreoffice", "--profile", str(folder)]) == 0
        yield folder


def test_a_form_is_checked_from_the_menu_by_keyboard(display: Screen, profile: Path, tmp_path: Path) -> None:
    path = tmp_path / "自评表.xlsx"
    typed_cells(builtin_schemes()["shanghai/2020-10-90"], tmp_path)
    shutil.move(tmp_path / "filled.xlsx", path)
    expected, _ = marked(path.read_bytes(), path.name)
    with Window(path, profile) as window:
        bar = window.toolbar()
        assert bar["title"] in MENU and [*bar["enabled"]] == [words[MENU.index(bar["title"])] for words in BUTTONS]
        focus(path.stem)
        closed = display.settled().tobytes()
        insist(lambda: keys("key", "alt+l"), lambda: display.settled().tobytes() != closed)
        handbook_picture("menu", display.settled())
        confirm(window.said)
        assert window.answer().startswith("错误 1 项，")
        save(path)
        leave(window, path)
    data = path.read_bytes()
    assert notes_by(data, AUTHOR) == notes_by(expected, AUTHOR)
    assert fills(data) == fills(expected)
    assert values(read_xlsx(data, "")) == values(read_xlsx(expected, ""))


def test_a_locked_form_refuses_typing_and_a_change_by_force_is_named(
    profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(shutil.copy(RETURNED / "滨河区图书馆-2020.xlsx", tmp_path / "自评表.xlsx"))
    with Window(path, profile) as window:
        window.press("lock")
        assert window.answer().startswith("保护密码")
        assert window.answer().startswith("已锁定并保存。封签码 ")
        until(lambda: (window.enabled("lock"), window.enabled("unlock")) == (False, True))
        window.press("verify")
        assert window.answer().startswith("封签：完好\n封签码 ")
        window.call("select", "自评表", "H13")
        provoke_refusal(path.stem)
        leave(window, path)
    assert main(["verify", str(path)]) == 0
    assert "自评表.xlsx  完好\n" in capsys.readouterr().out

    without_protection(path)
    with Window(path, profile) as window:
        type_cell(
            path.stem, "9", lambda: window.call("select", "自评表", "H13"), lambda: window.call("text", "自评表", "H13")
        )
        save(path)
        window.press("verify")
        assert "自评表!H13" in window.answer()
        leave(window, path)
    assert main(["verify", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("自评表.xlsx  有改动")
    assert [line.split()[0] for line in lines if "→" in line] == ["自评表!H13"]


def leave(window: Window, path: Path) -> None:
    """By Ctrl+Q; LibreOffice asks nothing where everything is saved."""

    def asked() -> None:
        if windows(path.stem):
            focus(path.stem)
            keys("key", "ctrl+q")

    insist(asked, lambda: window.office.poll() is not None)
    assert window.office.returncode == 0


def without_protection(path: Path) -> None:
    """What takes a person with a text editor a minute."""
    with ZipFile(path) as archive:
        parts = {info: archive.read(info) for info in archive.infolist()}
    with ZipFile(path, "w") as archive:
        for info, data in parts.items():
            archive.writestr(info, re.sub(rb"<(?:sheet|workbook)Protection[^>]*/>", b"", data))


def test_every_button_does_what_it_says(profile: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(RETURNED / "滨河区图书馆-2020-初稿.xlsx", tmp_path / "自评表.xlsx"))
    folder = tmp_path / "returned"  # typed into a dialog: keys that xdotool must first put on the keyboard get lost
    folder.mkdir()
    shutil.copy(RETURNED / "滨河区图书馆-2020.xlsx", folder)
    objective = shutil.copy(RETURNED / "上海市人民政府驻广州办事处-2020-绩效目标表.xlsx", tmp_path / "target.xlsx")
    with Window(path, profile) as window:
        assert [name for name in buttons(toggles=False) if not window.enabled(name)] == RESULTS + ["unlock"]
        window.press("help")
        assert window.answer().startswith("perfxl ")
        window.press("score")
        assert window.answer().startswith("错误 2 项，核实 2 项，提示 1 项。")
        until(lambda: all(map(window.enabled, RESULTS)))
        assert window.call("place") == "自评表.H29"
        window.press("next")
        until(lambda: window.call("place") == "自评表.G31")
        window.press("previous")
        until(lambda: window.call("place") == "自评表.H29")

        window.call("select", "自评表", "A1")
        window.press("note")
        assert window.answer().startswith("这一格没有列出的问题；请先按“下一个问题”")
        window.call("select", "自评表", "B13")
        window.press("note")
        assert "W102" in window.answer("2021-03 No. 5")
        assert window.answer() == "已写入“校验结果”表 1 处说明。"

        window.press("insert_row")
        assert window.answer() == "已在第 13 行下面插入一行。"
        assert window.call("place") == "自评表.D14"
        window.press("delete_row")
        assert window.answer() == "已删除第 14 行。"
        window.call("select", "自评表", "D21")
        window.press("delete_row")
        assert window.answer() == "这一类只有这一行，不能删除；不用时请留空"

        window.press("prefill")
        window.pick("选择绩效目标表", str(objective))
        assert window.answer().startswith("从目标表填入 ")
        window.press("working")
        until(lambda: window.call("place") == "评分底稿.A1")
        window.press("verify")
        assert window.answer().startswith("封签：封签缺失")
        window.press("lock")
        window.answer()
        assert window.answer().startswith("没有锁定：还有 ")
        window.press("repair")
        assert window.answer().startswith("格式、下拉和公式都恢复的表已放在 自评表-修复.xlsx 并打开，原表没有改动")
        window.press("batch")
        window.pick("选择报送表所在的文件夹", str(folder))
        assert window.answer().startswith("检查了 1 个文件，0 个有错误或打不开。汇总表已打开")
    assert (folder / "检查报告" / "汇总表.xlsx").exists()
    repaired = read_workbook(tmp_path / "自评表-修复.xlsx")
    assert [(one.code, one.text) for one in read_explanations(repaired)] == [("W102", "2021-03 No. 5")]


def test_a_locked_form_is_opened_with_a_reason(profile: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(RETURNED / "滨河区图书馆-2020.xlsx", tmp_path / "自评表.xlsx"))
    with Window(path, profile) as window:
        window.press("lock")
        assert window.answer("secret").startswith("保护密码")
        assert window.answer().startswith("已锁定并保存。")
        until(lambda: window.enabled("unlock"))
        for button in ("lock", "prefill", "insert_row", "delete_row", "repair"):
            assert not window.enabled(button)
        window.press("score")
        assert window.answer() == "表已锁定，没有改动；需要更正时请先按“解锁”"
        window.press("unlock")
        window.answer()
        assert window.answer() == "没有解锁；请写明原因"
        window.press("unlock")
        window.answer("mistake")
        window.answer("guess")
        assert window.answer().partition("；")[0].endswith("受密码保护，密码不符，未作修改")
        assert window.enabled("unlock")
        window.press("unlock")
        window.answer("mistake")
        window.answer("secret")
        assert window.answer() == "已解锁，改好后请重新锁定提交。"
        until(lambda: window.enabled("lock") and not window.enabled("unlock"))
