"""The parts of the hosts alone, and what only the host in memory promises."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.edit import AddSheet, Edit, EditError, NewCell, PasswordHash, ProtectSheet, SetFormula, SetNote, SetValue
from perfxl.sources import read_workbook
from tests.open_workbooks import FORM, form_file, hashed, opened
from xlwings_addin.hosts.address import area_of
from xlwings_addin.hosts.blocks import Block, blocks
from xlwings_addin.hosts.live import ask
from xlwings_addin.hosts.memory import MemoryDesk, Message
from xlwings_addin.hosts.password import opens, require_password
from xlwings_addin.hosts.wire import plain_edits

PLACES = st.tuples(st.integers(1, 12), st.integers(1, 8))


@given(st.dictionaries(PLACES, st.integers()))
def test_blocks_hold_every_cell_once_and_no_other(cells: dict[tuple[int, int], int]) -> None:
    found: list[tuple[tuple[int, int], int]] = []
    for block in blocks(cells):
        assert len({len(row) for row in block.rows}) == 1
        for y, row in enumerate(block.rows):
            found += [((block.row + y, block.column + x), value) for x, value in enumerate(row)]
    assert sorted(found) == sorted(cells.items())


def test_a_column_is_one_block_and_a_table_too() -> None:
    table = {(row, column): f"{row}{column}" for row in (2, 3) for column in (4, 5)}
    assert blocks({(3, 1): 1, (4, 1): 2, (6, 1): 3}) == [Block(3, 1, ((1,), (2,))), Block(6, 1, ((3,),))]
    assert blocks(table) == [Block(2, 4, (("24", "25"), ("34", "35")))]
    assert len(blocks({(row, column): 0 for row in range(1, 101) for column in range(1, 21)})) == 1
    assert blocks({}) == []


@pytest.mark.parametrize(
    ("written", "area"),
    [("A1", (1, 1, 1, 1)), ("$B$2:D6", (2, 2, 6, 4)), ("D6:B2", (2, 2, 6, 4)), ("aa10", (10, 27, 10, 27))],
)
def test_addresses(written: str, area: tuple[int, ...]) -> None:
    assert area_of(written) == area


@pytest.mark.parametrize("written", ["", "A", "1", "A0", "A1:", "ABCD1", "名称", "A1:B2:C3"])
def test_what_is_no_address(written: str) -> None:
    with pytest.raises(ValueError):
        area_of(written)


def test_a_password_opens_what_it_was_made_for() -> None:
    kept = hashed("密码 1")
    assert opens("密码 1", kept) and not opens("密码 2", kept) and not opens("", kept)
    assert not opens("密码 1", replace(kept, algorithm="ROT-13"))
    assert not opens("密码 1", replace(kept, spins=99_999_999_999))
    short = PasswordHash("", "FEF1", "", 0)
    assert opens("abcdefghij", short) and not opens("abcdefghik", short)
    assert opens("", None) and opens("anything", None)


def test_a_hash_needs_its_password() -> None:
    edits: list[Edit] = [SetValue(FORM, 1, 1, None), ProtectSheet(FORM, True, password=hashed("一"))]
    require_password(edits, "一")
    require_password([ProtectSheet(FORM, False, password=PasswordHash("", "", "", 0))], None)
    for wrong in (None, "", "二"):
        with pytest.raises(EditError):
            require_password(edits, wrong)


def test_edits_go_over_the_wire_in_blocks_and_in_order() -> None:
    edits: list[Edit] = [
        SetValue(FORM, 2, 2, Decimal("1.5")),
        SetValue(FORM, 3, 2, "x"),
        SetFormula(FORM, 4, 2, "=1", None),
        SetFormula(FORM, 2, 2, "=2", None),
        SetNote(FORM, 1, 1, "y"),
        SetValue("乙", 1, 1, None),
        AddSheet("新", ((NewCell(Decimal(2), link=(FORM, 1, 1)),),), (8.0,)),
    ]
    write, note, other, added = plain_edits(edits)
    assert write == {
        "kind": "Write",
        "sheet": FORM,
        "blocks": [[3, 2, (("x",),)]],
        "formulas": [[4, 2, "=1"], [2, 2, "=2"]],
    }
    assert note == {"kind": "SetNote", "sheet": FORM, "row": 1, "column": 1, "text": "y", "author": "perfxl"}
    assert other == {"kind": "Write", "sheet": "乙", "blocks": [[1, 1, ((None,),)]], "formulas": []}
    assert (added["kind"], added["rows"][0][0]["value"], added["rows"][0][0]["link"]) == ("AddSheet", 2.0, [FORM, 1, 1])


def test_what_the_person_is_told_is_kept_and_answers_come_in_turn(tmp_path: Path) -> None:
    desk = MemoryDesk(["no", "材料已补", None, "cancel"])
    book = opened(desk, form_file(tmp_path))
    assert book.app.alert("锁定？", "绩效自评", "yes_no", "critical") == "no"
    assert book.app.alert("完成") == "ok"
    assert ask(book, "text", "说明", "旧") == "材料已补"
    assert ask(book, "password", "密码") is None
    assert book.app.alert("继续？", buttons="yes_no_cancel") == "cancel"
    assert book.app.alert("继续？", buttons="ok_cancel") == "ok"
    assert ask(book, "folder", "文件夹") is None
    book.app.status_bar = "正在评分"
    assert book.app.status_bar == "正在评分"
    book.app.status_bar = False
    assert desk.statuses == ["正在评分", None]
    assert desk.messages[:2] == [
        Message("锁定？", "绩效自评", "yes_no", True),
        Message("完成", "绩效自评", "ok", False),
    ]
    assert desk.questions == [("text", "说明", "旧"), ("password", "密码", ""), ("folder", "文件夹", "")]


def test_nothing_is_written_to_the_disk_before_it_is_saved(tmp_path: Path) -> None:
    path = form_file(tmp_path)
    before = path.read_bytes()
    book = opened(MemoryDesk(), path)
    book.sheets[FORM].range("B2").value = 7
    assert path.read_bytes() == before
    book.save()
    assert read_workbook(path).grids[0].cell(2, 2).value == Decimal(7)
