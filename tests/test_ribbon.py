"""The ribbon's buttons on a live workbook: in memory, and the same in LibreOffice."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from perfxl.edit import SetValue
from perfxl.editing import apply_edits, notes_by
from perfxl.form import SelfEvaluation
from perfxl.grid import Workbook
from perfxl.markup import AUTHOR, marked
from perfxl.reading import read_forms
from perfxl.reading.explanations import SHEET, read_explanations
from perfxl.scheme_files import builtin_schemes
from perfxl.seal import verify
from perfxl.sources import read_workbook
from perfxl.sources.xlsx import read_xlsx
from perfxl.table_rows import insertion
from tests.open_workbooks import activate
from xlwings_addin import ribbon
from xlwings_addin.build import form
from xlwings_addin.hosts import live
from xlwings_addin.hosts.desk import Desk
from xlwings_addin.texts import buttons

RETURNED = Path(__file__).parent.parent / "examples" / "returned"
DRAFT, GOOD, PARTS = "滨河区图书馆-2020-初稿.xlsx", "滨河区图书馆-2020.xlsx", "临江市公路事务中心-2025-初稿.xlsx"
OBJECTIVE = RETURNED / "上海市人民政府驻广州办事处-2020-绩效目标表.xlsx"
MARKED = ["F11", "B13", "H29", "G31", "H31"]


class Person:
    """Sits before the workbook: presses buttons, answers what is asked, reads what is said."""

    def __init__(self, desk: Any, book: xw.Book, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk, self.book = desk, book
        self._answers: list[str | None] = []
        self._said: list[str] = []
        monkeypatch.setattr(type(desk), "alert", lambda _, prompt, *__: self._hear(prompt))
        monkeypatch.setattr(type(desk), "ask", lambda *_, **__: self._answers.pop(0))

    def _hear(self, prompt: str) -> str:
        self._said.append(prompt)
        return "ok"

    def press(self, button: str, *answers: str | None) -> str:
        self._answers, self._said = list(answers), []
        ribbon.run(button, self.book)
        assert self._answers == []
        return "\n".join(self._said)

    @property
    def place(self) -> str:
        sheet, row, column = live.active_cell(self.book)
        return f"{sheet}!{row},{column}"

    @property
    def data(self) -> bytes:
        return live.snapshot(self.book)


@pytest.fixture(scope="module")
def desk(program: Desk) -> Any:
    activate(program)
    return program


@pytest.fixture
def opened(desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def open_copy(name: str) -> Person:
        path = Path(shutil.copy(RETURNED / name, tmp_path))
        return Person(desk, xw.Book(str(path)), monkeypatch)

    yield open_copy
    for book in list(desk.books()):
        desk.close(book)


def test_the_menu_has_every_button() -> None:
    assert set(buttons()) == set(ribbon.ACTIONS)


def marks(data: bytes) -> tuple[object, object]:
    """The rows of 校验结果 and our notes."""
    grid = next(grid for grid in read_xlsx(data, "").grids if grid.sheet == SHEET)
    return {place: cell.value for place, cell in grid.cells.items()}, notes_by(data, AUTHOR)


@pytest.mark.parametrize("name", [DRAFT, PARTS])
def test_score_makes_what_score_write_makes(opened: Any, name: str) -> None:
    person = opened(name)
    before = person.place
    said = person.press("score")
    expected, markup = marked((RETURNED / name).read_bytes(), name)
    assert "已标在格内，并列在“校验结果”表" in said
    assert marks(person.data) == marks(expected)
    computed = {(at.sheet, at.row, at.column): value for at, value in markup.computed.items()}
    grids = {grid.sheet: grid for grid in read_xlsx(person.data, name).grids}
    assert {(s, r, c): grids[s].cell(r, c).value for s, r, c in computed} == computed
    assert person.place != before
    assert person.press("score") == said
    assert marks(person.data) == marks(expected)


def test_walking_through_the_findings_and_explaining_one(opened: Any) -> None:
    person = opened(DRAFT)
    assert person.press("next") == "没有列出的问题；还没有校验的请先按“校验并评分”"
    assert person.press("note").startswith("这一格没有列出的问题")
    person.press("score")
    assert person.place == "自评表!29,8"
    places = []
    for _ in range(6):
        assert person.press("next") == ""
        places.append(person.place.partition("!")[2])
    assert places == ["31,7", "31,8", "11,6", "13,2", "29,8", "31,7"]
    assert person.press("previous") == "" and person.place == "自评表!29,8"
    person.press("previous")
    assert person.press("note", "方案已报财政局备案") == "已写入“校验结果”表 1 处说明。"
    assert [(e.code, e.text) for e in read_explanations(read_xlsx(person.data, ""))] == [("W102", "方案已报财政局备案")]
    assert person.press("score").startswith("错误 2 项，核实 1 项")
    assert person.press("note", None) == ""


def test_lock_verify_unlock(opened: Any) -> None:
    person = opened(DRAFT)
    refused = person.press("lock", "")
    assert refused.splitlines()[0] == "没有锁定：还有 4 个问题没有解决；错误请改正，核实请改正或写明原因"
    assert [line.split()[1] for line in refused.splitlines()[1:]] == ["N101", "W102", "S101", "W101"]

    person = opened(GOOD)
    assert person.press("lock", None) == ""
    assert person.press("score") == "没有问题。可以锁定提交。"
    said = person.press("lock", "")
    saved = read_workbook(Path(person.book.fullname))
    verdict = verify(saved, read_forms(saved))
    assert (verdict.word, verdict.seal is not None and verdict.seal.code in said) == ("完好", True)
    assert all(grid.protected for grid in saved.grids)
    assert person.press("score") == "表已锁定，没有改动；需要更正时请先按“解锁”"
    assert person.press("verify").startswith("封签：完好\n封签码 ")
    assert person.press("unlock", " ") == "没有解锁；请写明原因"
    assert person.press("unlock", "填错", "") == "已解锁，改好后请重新锁定提交。"
    assert person.press("verify").startswith("封签：已解锁")
    assert not any(grid.protected for grid in read_xlsx(person.data, "").grids if grid.sheet == SHEET)
    assert "第 2 次" not in said and "封签码" in person.press("lock", "")


def test_the_password_given_when_locking_is_asked_for(opened: Any) -> None:
    """The form is protected without one before."""
    person = opened(GOOD)
    assert person.press("lock", "secret").startswith("已锁定并保存。封签码 ")
    before = read_xlsx(person.data, "")
    assert (
        person.press("unlock", "填错", "guess")
        .partition("；")[0]
        .partition("；")[0]
        .partition("；")[0]
        .endswith("受密码保护，密码不符，未作修改")
    )
    assert read_xlsx(person.data, "") == before
    assert person.press("unlock", "填错", "secret") == "已解锁，改好后请重新锁定提交。"


def test_a_change_by_force_is_seen(opened: Any) -> None:
    person = opened(GOOD)
    person.press("lock", "")
    path = Path(person.book.fullname)
    path.write_bytes(apply_edits(path.read_bytes(), [SetValue("自评表", 13, 8, "9")]))
    saved = read_workbook(path)
    changes = verify(saved, read_forms(saved)).changes
    assert [(change.at.address if change.at else "", change.before, change.after) for change in changes] == [
        ("H13", "15", "9")
    ]


def test_prefill_and_working_paper_and_batch(opened: Any, desk: Any, tmp_path: Path) -> None:
    person = opened("../../templates/shanghai-2020-财政项目绩效自评价.xlsx")
    said = person.press("prefill", str(OBJECTIVE))
    form = read_forms(read_xlsx(person.data, ""))[0]
    assert (form.project, form.year.value) == ("合作交流工作业务费", 2020)
    assert said.startswith("从目标表填入 14 格；已有内容没有改动。\n没有空行可填的指标 11 个：")
    assert person.press("prefill", str(RETURNED / GOOD)).endswith("里没有绩效目标表；请选填好的目标表")
    person = opened(DRAFT)
    assert person.press("working") == ""
    sheet = next(grid for grid in read_xlsx(person.data, "").grids if grid.sheet == "评分底稿")
    assert sheet.text(1, 1) == "评分底稿" and person.place.startswith("评分底稿!")
    folder = tmp_path / "报送"
    folder.mkdir()
    for name in (DRAFT, GOOD):
        shutil.copy(RETURNED / name, folder)
    assert person.press("batch", str(folder)) == (
        f"检查了 2 个文件，1 个有错误或打不开。汇总表已打开，报告在 {folder / '检查报告'}"
    )
    assert (folder / "检查报告" / "index.html").exists()
    assert len(desk.books()) == 3


def test_a_row_is_put_in_and_taken_out(opened: Any) -> None:
    """LibreOffice does what the patched file has: the same values, formulas, merges and names."""
    person = opened(GOOD)
    before = read_xlsx((RETURNED / GOOD).read_bytes(), "")
    assert person.press("insert_row").endswith("行不是指标行；请先选中一个指标行")
    for row in (13, 16, 30):
        scheme, form = builtin_schemes()["shanghai/2020-10-90"], read_forms(before)[0]
        assert isinstance(form, SelfEvaluation)
        live.reveal(person.book, "自评表", row, 4)
        assert person.press("insert_row") == f"已在第 {row} 行下面插入一行。"
        assert person.place == f"自评表!{row + 1},4"
        expected = apply_edits((RETURNED / GOOD).read_bytes(), insertion(before.grids[0], form, scheme, row))
        wanted, found = read_xlsx(expected, ""), read_xlsx(person.data, "")
        assert set(found.grids[0].merges) == set(wanted.grids[0].merges)
        assert shown(found) == shown(wanted)
        assert all(grid.protected for grid in found.grids)
        live.reveal(person.book, "自评表", row + 1, 4)
        assert person.press("delete_row").startswith(f"已删除第 {row + 1} 行")
        if row == 30:  # There the indicator moved up into the new row, and the row below it has gone.
            continue
        assert shown(read_xlsx(person.data, "")) == shown(before)
        assert set(read_xlsx(person.data, "").grids[0].merges) == set(before.grids[0].merges)
    live.reveal(person.book, "自评表", 21, 4)
    assert person.press("delete_row") == "这一类只有这一行，不能删除；不用时请留空"


def test_a_form_that_pasting_destroyed_is_written_anew(opened: Any, tmp_path: Path) -> None:
    person = opened(GOOD)
    live.apply_live(person.book, [SetValue("自评表", 6, 8, "0.98")])
    for name in ("滨河区图书馆-2020-修复.xlsx", "滨河区图书馆-2020-修复2.xlsx"):
        said = person.press("repair")
        assert said.splitlines()[0] == (
            f"格式、下拉和公式都恢复的表已放在 {name} 并打开，原表没有改动；请核对后使用新表，重新校验。"
        )
        new, old = read_workbook(tmp_path / name), read_workbook(RETURNED / GOOD)
        assert new.grids[0].cell(6, 8).formula == old.grids[0].cell(6, 8).formula
        assert {place: cell.value for place, cell in new.grids[0].cells.items() if not cell.formula} == {
            place: cell.value for place, cell in old.grids[0].cells.items() if not cell.formula
        }
    assert "0.98" in str(read_xlsx(person.data, "").grids[0].cell(6, 8).value)


def test_a_form_written_anew_keeps_what_was_explained(opened: Any, tmp_path: Path) -> None:
    person = opened(DRAFT)
    person.press("score")
    live.reveal(person.book, "自评表", 13, 2)
    person.press("note", "方案已报财政局备案")
    person.press("repair")
    new = read_workbook(tmp_path / "滨河区图书馆-2020-初稿-修复.xlsx")
    assert [(one.code, one.place, one.text) for one in read_explanations(new)] == [
        ("W102", "自评表!B13", "方案已报财政局备案")
    ]
    assert xw.books.active.name == "滨河区图书馆-2020-初稿-修复.xlsx"


def shown(workbook: Workbook) -> dict[tuple[int, int], object]:
    """What the form's cells hold; a formula by whether it is one, as programs write it each in their own way."""
    return {
        place: "formula" if cell.formula else cell.value
        for place, cell in workbook.grids[0].cells.items()
        if cell.formula or cell.value not in (None, "")
    }


def test_live_functions_are_for_excel(opened: Any, desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened(GOOD).press("live") == "这份表没有实时函数；请用带宏的表（.xlsm）"
    path = tmp_path / "表.xlsm"
    path.write_bytes(form(builtin_schemes()["mof/2020"]))
    person = Person(desk, xw.Book(str(path)), monkeypatch)
    assert person.press("live").startswith("实时函数只在 Windows 的 Excel 里可用")


def test_what_goes_wrong_is_said(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    person = opened(DRAFT)
    before = person.data
    assert person.press("prefill", "没有这个文件.xlsx").startswith("文件打不开：文件不存在")

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("试验")

    monkeypatch.setattr(live, "apply_live", fails)
    assert person.press("score") == (
        "没有完成（RuntimeError 试验）；请先不要保存，核对表有没有改动，并把这一行发给维护人员。"
    )
    assert read_xlsx(person.data, "") == read_xlsx(before, "")
    assert person.press("verify") == "封签：封签缺失"
    assert person.press("help").startswith("perfxl ")


def test_one_press_crosses_at_most_ten_times(opened: Any, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted at the desk, whatever the number of rows."""
    person = opened(DRAFT)
    calls: list[str] = []
    for name in ("snapshot", "apply", "view", "show", "reveal", "calculation", "set_calculation", "alert", "save"):
        real = getattr(type(desk), name)

        def counted(*given: Any, _name: str = name, _real: Any = real, **named: Any) -> Any:
            calls.append(_name)
            return _real(*given, **named)

        monkeypatch.setattr(type(desk), name, counted)
    person.press("score")
    assert sorted(set(calls)) and len(calls) <= 10, calls
