"""Two submissions of a form differ in what they say, not in where it stands."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from perfxl.batch import Options, collect
from perfxl.comparison import Comparison, compared
from perfxl.grid import Grid
from perfxl.pairing import paired
from perfxl.submissions import Alone, NotCompared, Pair, differences
from tests.commands import RETURNED, Capture, run
from tests.grids import form_grid, review_grids

DRAFT, FINAL = RETURNED / "临江市公路事务中心-2025-初稿.xlsx", RETURNED / "临江市公路事务中心-2025.xlsx"


def comparison(old: Grid, new: Grid, scheme: str = "mof/2020") -> Comparison:
    (before,), (after,) = (review_grids(grid, scheme=scheme).reviews for grid in (old, new))
    return compared(before, after)


def said(found: Comparison) -> list[str]:
    return [f"{d.kind} {d.at.address} {d.name}: {d.before} → {d.after}" for d in found.differences]


def changed(changes: Mapping[str, str], before: Mapping[str, str] | None = None) -> list[str]:
    return said(comparison(form_grid("mof-2020", before), form_grid("mof-2020", changes)))


def test_every_kind_of_value_is_compared() -> None:
    changes = {"A2": "（2024年度）", "C3": "农村公路养护", "C23": "有事项", "B11": "另一个目标"}
    changes |= {"D6": "600.01", "I6": "9.85", "E7": "601.00", "F9": "1", "E13": "≥321公里", "F13": "321公里"}
    changes |= {"E14": ">95%", "E15": "2025年11月底前", "F19": "已建立县级管养机制并执行", "G20": "9", "H20": "9"}
    changes |= {"I20": "新的说明", "H21": "98.35", "C22": "良"}
    goal = "完成县乡道路日常养护，及时修复损毁路面，保障群众安全便捷出行。"
    assert changed(changes) == [
        "changed A2 年度: （2025年度） → （2024年度）",
        f"changed B11 预期目标: {goal} → 另一个目标",
        "changed C3 项目名称: 农村公路养护补助 → 农村公路养护",
        "changed C23 其他需要说明的事项:  → 有事项",
        "changed D6 资金“年度资金总额”的年初预算数: 600.00 → 600.01",
        "changed I6 资金“年度资金总额”的得分: 9.86 → 9.85",
        "changed E7 资金“其中：当年财政拨款”的全年预算数: 600.00 → 601.00",
        "changed F9 资金“其他资金”的全年执行数:  → 1",
        "changed E13 指标“养护道路里程”的年度指标值: ≥320公里 → ≥321公里",
        "changed F13 指标“养护道路里程”的实际完成值: 320公里 → 321公里",
        "changed E14 指标“路面技术状况合格率”的年度指标值: ≥95% → >95%",
        "changed E15 指标“养护任务完成时间”的年度指标值: 2025年12月底前 → 2025年11月底前",
        "changed F19 指标“管养机制健全程度”的实际完成值: 已建立县乡村三级管养机制并执行 → 已建立县级管养机制并执行",
        "changed G20 指标“沿线群众满意度”的分值: 10 → 9",
        "changed H20 指标“沿线群众满意度”的得分: 10 → 9",
        "changed I20 指标“沿线群众满意度”的偏差原因分析及改进措施:  → 新的说明",
        "changed H21 总分: 99.36 → 98.35",
        "changed C22 绩效等级: 优 → 良",
    ]


@pytest.mark.parametrize(
    ("changes", "before"),
    [
        ({"D6": "600"}, {}),
        ({"H6": "0.9858"}, {"H6": "98.58%"}),
        ({"E13": "不低于320公里"}, {}),
        ({"E13": "320公里以上"}, {}),
        ({"E18": "４０个"}, {}),
        ({"E14": "95%以上"}, {}),
        ({"E18": "=40个"}, {}),
        ({"E15": "2025年12月31日前"}, {}),
        ({"C23": "无 "}, {"C23": "无"}),
        ({"C23": "—"}, {}),
        ({"B11": "完成县乡道路日常养护， 及时修复损毁路面，保障群众安全便捷出行。"}, {}),
    ],
)
def test_another_spelling_is_no_difference(changes: dict[str, str], before: dict[str, str]) -> None:
    assert changed(changes, before) == []


@pytest.mark.parametrize(
    ("changes", "before", "expected"),
    [
        ({"F18": "38个村"}, {"F18": "38个组"}, ["changed F18 指标“惠及行政村数量”的实际完成值: 38个组 → 38个村"]),
        ({"F18": "检查3次"}, {"F18": "培训3次"}, ["changed F18 指标“惠及行政村数量”的实际完成值: 培训3次 → 检查3次"]),
        ({"C23": "无"}, {"C23": "尾款下年支付"}, ["changed C23 其他需要说明的事项: 尾款下年支付 → 无"]),
    ],
)
def test_what_is_counted_is_part_of_the_meaning(
    changes: dict[str, str], before: dict[str, str], expected: list[str]
) -> None:
    assert changed(changes, before) == expected


FIRST = {"C13": "数量指标", "D13": "养护道路里程", "E13": "≥320公里", "F13": "320公里", "G13": "15", "H13": "15"}
SECOND = {"C14": "质量指标", "D14": "路面技术状况合格率", "E14": "≥95%", "F14": "96%", "G14": "15", "H14": "15"}


def test_rows_in_another_order_are_no_difference() -> None:
    swapped = {key.replace("13", "14"): text for key, text in FIRST.items()}
    swapped |= {key.replace("14", "13"): text for key, text in SECOND.items()}
    assert changed(swapped) == []


def test_another_unit_of_money_is_no_difference_and_another_amount_is() -> None:
    yuan = {"A5": "项目资金（元）", "D6": "6,000,000", "E6": "6,365,000", "F6": "6,274,300", "D7": "6000000"}
    yuan |= {"E7": "6000000", "F7": "5909300", "E8": "365000", "F8": "365000"}
    assert changed(yuan) == []
    assert changed({**yuan, "F6": "627.43"}) == ["changed F6 资金“年度资金总额”的全年执行数: 627.43 → 627.43"]


def test_rows_come_go_are_renamed_and_moved() -> None:
    assert changed({"D13": "养护道路总里程"}) == ["renamed D13 指标名称: 养护道路里程 → 养护道路总里程"]
    assert changed({"D13": "道路安全检查"}) == [
        "added D13 指标“道路安全检查”:  → ≥320公里 / 320公里 / 15 / 15",
        "removed D13 指标“养护道路里程”: ≥320公里 / 320公里 / 15 / 15 → ",
    ]
    assert changed({"C14": "数量指标"}) == [
        "changed D14 指标“路面技术状况合格率”的所属一、二级指标: 产出指标 › 质量指标 → 产出指标 › 数量指标"
    ]
    blank = dict.fromkeys(SECOND, "")
    assert changed(blank) == ["removed D14 指标“路面技术状况合格率”: ≥95% / 96% / 15 / 15 → "]
    assert changed({}, blank) == ["added D14 指标“路面技术状况合格率”:  → ≥95% / 96% / 15 / 15"]
    assert changed({"A9": "", "C9": ""}) == []  # a part without amounts
    assert changed({"C8": "上年结余"}) == [
        "added C8 资金“上年结余”:  → — / 36.50 / 36.50",
        "removed C8 资金“上年结转资金”: — / 36.50 / 36.50 → ",
    ]


def test_findings_are_mended_remain_or_arise_wherever_they_stand() -> None:
    before = {"H13": "", "E6": "600"}
    found = comparison(form_grid("mof-2020", before), form_grid("mof-2020", {"E6": "610", "I18": ""}))
    codes = [[f"{f.at.address} {f.code}" for f in part] for part in (found.mended, found.remaining, found.arisen)]
    assert codes == [
        ["H13 S104", "H21 T101"],
        ["E6 F104", "F6 F103", "H6 F101", "I6 F102"],
        ["H18 S105", "H21 T105"],
    ]


def test_a_query_that_has_its_explanation_is_mended() -> None:
    far = {"F13": "500公里"}
    found = comparison(form_grid("mof-2020", far), form_grid("mof-2020", {**far, "C23": "S107：新增里程。"}))
    assert [[f.code for f in part] for part in (found.mended, found.remaining, found.arisen)] == [["S107"], [], []]


def test_pairs_by_the_strictest_key_first_and_each_once() -> None:
    pairs = paired(["a1", "a2", "b1", "c"], ["a2", "b2", "a3", "d"], [lambda x: x, lambda x: x[0]])
    assert list(pairs) == [("a2", "a2"), ("b1", "b2"), ("a1", "a3"), (None, "d"), ("c", None)]
    assert list(paired(["x"], ["y"], [lambda _: None])) == [(None, "y"), ("x", None)]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The draft and the final of one form under other names, one form in both, one in each, one that cannot be read."""
    old, new = tmp_path / "旧", tmp_path / "新"
    old.mkdir()
    new.mkdir()
    shutil.copy(DRAFT, old / "甲.xlsx")
    shutil.copy(FINAL, new / "乙.xlsx")
    for folder in (old, new):
        shutil.copy(RETURNED / "临沧市人民政府办公室-2021.xlsx", folder / "丙.xlsx")
    shutil.copy(RETURNED / "上海市人民政府驻昆明办事处-2019.xlsx", old / "丁.xlsx")
    shutil.copy(RETURNED / "古美路街道办事处-2020.xlsx", new / "戊.xlsx")
    (new / "己.xlsx").write_bytes(b"")
    return old, new


def test_folders_are_paired_by_project_and_unit(folders: tuple[Path, Path]) -> None:
    old, new = folders
    answers: list[tuple[object, ...]] = []
    for one in differences(collect([old]), collect([new]), Options()):
        if isinstance(one, Pair):
            names = one.old.candidate.path.name, one.new.candidate.path.name
            answers.append((*names, len(one.comparison.differences)))
        elif isinstance(one, Alone):
            answers.append((one.submission.candidate.path.name, one.in_new))
        elif isinstance(one, NotCompared):
            answers.append((one.file.path.rpartition("/")[2], one.file.status))
    assert answers == [
        ("己.xlsx", "unreadable"),
        ("丙.xlsx", "丙.xlsx", 0),
        ("甲.xlsx", "乙.xlsx", 8),
        ("戊.xlsx", True),
        ("丁.xlsx", False),
    ]


def test_submissions_of_one_form_in_one_folder_are_told_by_file_name(tmp_path: Path) -> None:
    for name in ("旧", "新"):
        (tmp_path / name).mkdir()
        shutil.copy(FINAL, tmp_path / name / "b.xlsx")
    shutil.copy(DRAFT, tmp_path / "旧" / "a.xlsx")
    pair, alone = differences(collect([tmp_path / "旧"]), collect([tmp_path / "新"]), Options())
    assert isinstance(pair, Pair) and pair.same
    assert isinstance(alone, Alone) and (alone.submission.path, alone.in_new) == (f"{tmp_path}/旧/a.xlsx", False)


def test_two_files_belong_together_whatever_the_project_is_called_in_them() -> None:
    gumei, lincang = RETURNED / "古美路街道办事处-2020.xlsx", RETURNED / "临沧市人民政府办公室-2021.xlsx"
    (pair,) = differences(collect([gumei]), collect([lincang]), Options())
    assert isinstance(pair, Pair) and not pair.comparison.same


SOME = comparison(form_grid("mof-2020"), form_grid("mof-2020", {"C23": "有事项"})).differences


def test_d105_resubmitted_unchanged_after_errors(tmp_path: Path, capsys: Capture) -> None:
    for name, file in (("旧", DRAFT), ("新", DRAFT)):
        (tmp_path / name).mkdir()
        shutil.copy(file, tmp_path / name / "甲.xlsx")
    (pair,) = differences(collect([tmp_path / "旧"]), collect([tmp_path / "新"]), Options())
    assert isinstance(pair, Pair) and pair.resubmitted and not pair.same
    assert (pair.resubmitted.code, pair.resubmitted.at.address) == ("D105", "A1")
    assert pair.resubmitted.message() == f"与上次报送（{tmp_path}/旧/甲.xlsx）内容完全相同，上次有 2 项错误"
    assert replace(pair, comparison=replace(pair.comparison, differences=SOME)).resubmitted is None
    code, out, _ = run(capsys, "diff", tmp_path / "旧", tmp_path / "新")
    assert code == 1 and out.count("核实 D105 自评表!A1 与上次报送") == 1
    shutil.copy(FINAL, tmp_path / "旧" / "甲.xlsx")
    shutil.copy(FINAL, tmp_path / "新" / "甲.xlsx")
    (pair,) = differences(collect([tmp_path / "旧"]), collect([tmp_path / "新"]), Options())
    assert isinstance(pair, Pair) and pair.resubmitted is None and pair.same


def test_command(capsys: Capture, folders: tuple[Path, Path]) -> None:
    code, out, err = run(capsys, "diff", DRAFT, FINAL)
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert lines[0] == "农村公路养护补助 · 临江市公路事务中心 · 2025"
    assert "  自评表!F6 资金“年度资金总额”的全年执行数：“650.00” → “627.43”" in lines
    assert "  总分（重算）：99.5 → 99.36" in lines
    assert "  已解决 错误 S104 自评表!H15 “路面技术状况合格率”（15 分）没有填得分" in lines
    assert lines[-1] == "有改动 1  没有改动 0  只在新的里有 0  只在旧的里有 0  打不开 0"
    code, out, _ = run(capsys, "diff", *folders)
    assert code == 1
    assert out.splitlines()[-1] == "有改动 1  没有改动 1  只在新的里有 1  只在旧的里有 1  打不开 1"


def test_exit_codes(capsys: Capture, tmp_path: Path) -> None:
    code, out, _ = run(capsys, "diff", FINAL, FINAL, "--lang", "en")
    assert code == 0
    assert out.splitlines()[-1] == "changed 0  unchanged 1  only in the new one 0  only in the old one 0  unreadable 0"
    missing = tmp_path / "没有.xlsx"
    assert run(capsys, "diff", FINAL, missing) == (
        2,
        "",
        f"perfxl: 没有这个文件或文件夹：{missing}；请核对路径\n",
    )
    assert run(capsys, "diff", FINAL, RETURNED / "滨河区文化馆-空文件.xlsx")[0] == 1


def test_json(capsys: Capture, folders: tuple[Path, Path]) -> None:
    document = json.loads(run(capsys, "diff", *folders, "--format", "json")[1])
    assert {key: len(document[key]) for key in ("forms", "only_new", "only_old", "unreadable")} == {
        "forms": 2,
        "only_new": 1,
        "only_old": 1,
        "unreadable": 1,
    }
    form = document["forms"][1]
    assert (form["new"]["project"], form["new"]["year"]) == ("农村公路养护补助", 2025)
    assert form["differences"][0] == {
        "kind": "changed",
        "field": "资金“年度资金总额”的全年执行数",
        "place": "自评表!F6",
        "before": "650.00",
        "after": "627.43",
    }
    assert form["by_rule"] == {
        "old": {"rate": "1.0212", "total": "99.5", "grade": "优"},
        "new": {"rate": "0.9858", "total": "99.36", "grade": "优"},
    }
    assert [found["code"] for found in form["mended"]] == ["F103", "S104", "S105", "T105"]
    assert (form["remaining"], form["arisen"]) == ([], [])
