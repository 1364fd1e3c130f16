"""退回意见书: what it asks for, and what is written for the units of a folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from perfxl.finding import Severity
from perfxl.sources import read_workbook
from perfxl.words.notice import Letterhead, Returned, causes, covering_list, notice
from tests.commands import RETURNED, Capture, run
from tests.docx_text import shown
from tests.golden_files import assert_golden
from tests.word_documents import reviewed


@pytest.mark.parametrize(
    ("golden", "names"),
    [
        ("gumei", ["古美路街道办事处-2020"]),
        ("kunming", ["上海市人民政府驻昆明办事处-2020"]),
        ("two-files", ["临江市公路事务中心-2025-初稿", "滨河区图书馆-2020-初稿"]),
    ],
)
def test_notice(golden: str, names: list[str]) -> None:
    files = [Returned(reviewed(name), f"{name}-批注.xlsx") for name in names]
    letterhead = Letterhead("某市财政局", "某财绩〔2026〕1号", "2026年3月31日")
    assert_golden(f"words-notice-{golden}.txt", shown(notice("某单位", files, letterhead)))


def test_what_follows_from_blank_points_is_no_cause_of_its_own() -> None:
    review = reviewed("古美路街道办事处-2020").reviews[0]
    found = [[f"{f.at.address} {f.code}" for f in cause.findings] for cause in causes(review, Severity.error)]
    assert found == [["G3 L101"], ["B8 T104"], ["A13 W108"], ["F23 S104", "F26 T101"]]


def test_settled_queries_are_not_asked_again() -> None:
    review = reviewed("古美路街道办事处-2020").reviews[0]
    settled = replace(review, findings=tuple(f._replace(settled=True) for f in review.findings))
    assert (len(causes(review, Severity.query)), causes(settled, Severity.query)) == (6, [])


def test_a_letter_without_letterhead_leaves_places_to_write() -> None:
    text = shown(notice("", [Returned(reviewed("古美路街道办事处-2020"))], Letterhead()))
    assert "说明: 〔　　　　〕　　号" in text.splitlines()
    assert "主送机关: 　　　　　　　　：" in text.splitlines()
    assert "附件" not in text


def test_covering_list() -> None:
    units = [("甲", ["古美路街道办事处-2020"]), ("", ["上海市人民政府驻昆明办事处-2020"])]
    notices = [(unit, [Returned(reviewed(name)) for name in names]) for unit, names in units]
    assert_golden("words-notice-list.txt", shown(covering_list(notices, Letterhead())))


def test_the_notices_of_a_folder(tmp_path: Path, capsys: Capture) -> None:
    code, out, err = run(capsys, "notice", RETURNED, "--out", tmp_path / "退回")
    assert (code, out.splitlines()) == (0, [f"退回 4 个单位 6 个文件：{(tmp_path / '退回').as_posix()}"])
    assert sorted(path.relative_to(tmp_path / "退回").as_posix() for path in tmp_path.rglob("*.*")) == [
        "上海市人民政府驻昆明办事处/上海市人民政府驻昆明办事处-2020-批注-2.xlsx",
        "上海市人民政府驻昆明办事处/上海市人民政府驻昆明办事处-2020-批注.xlsx",
        "上海市人民政府驻昆明办事处/退回意见书.docx",
        "上海市闵行区人民政府古美路街道办事处/古美路街道办事处-2020-批注-2.xlsx",
        "上海市闵行区人民政府古美路街道办事处/古美路街道办事处-2020-批注.xlsx",
        "上海市闵行区人民政府古美路街道办事处/退回意见书.docx",
        "临江市公路事务中心/临江市公路事务中心-2025-初稿-批注.xlsx",
        "临江市公路事务中心/退回意见书.docx",
        "滨河区图书馆/滨河区图书馆-2020-初稿-批注.xlsx",
        "滨河区图书馆/退回意见书.docx",
        "退回清单.docx",
    ]
    assert [line.rpartition("/")[2] for line in err.splitlines()] == [
        "滨河区体育馆-下载不完整.xlsx: 打不开，没有写意见书（文件打不开：压缩包的目录缺失或损坏，文件可能不完整）",
        "滨河区文化馆-空文件.xlsx: 打不开，没有写意见书（文件打不开：文件为空（0 字节））",
        "滨河区档案馆-网页另存.xls: 打不开，没有写意见书（没有找到自评表或绩效目标表）",
    ]
    copy = read_workbook(next(tmp_path.rglob("古美路街道办事处-2020-批注.xlsx")))
    assert [grid.sheet for grid in copy.grids] == ["2020绩效自评价", "校验结果"]


def test_nothing_is_written_where_nothing_goes_back(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "表.xlsx").write_bytes((RETURNED / "滨河区图书馆-2020.xlsx").read_bytes())
    code, out, err = run(capsys, "notice", tmp_path)
    assert (code, out, err) == (0, "没有要退回的文件，没有写意见书\n", "")
    assert [path.name for path in tmp_path.iterdir()] == ["表.xlsx"]


def test_notice_of_no_folder(capsys: Capture) -> None:
    code, _, err = run(capsys, "notice", "没有/这里")
    assert (code, err) == (2, "perfxl: 没有这个文件夹：没有/这里；请核对路径\n")
