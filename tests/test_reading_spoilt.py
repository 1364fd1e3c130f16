"""Reading spoilt forms: errors, missing and odd labels, damaged sheets; no sheet raises."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.grid import Cell, CellValue, Grid, Merge
from tests.extent import cases
from tests.form_tables import (
    FOUR_DIMENSIONS,
    OBJECTIVE,
    TEN_NINETY,
    Changes,
    evaluation,
    forms,
    grid,
    problems,
    rows,
    without,
)


def test_errors_and_words_in_number_cells_are_reported_once() -> None:
    form = evaluation(
        TEN_NINETY,
        {(6, 6): "38O000", (6, 8): "#DIV/0!", (11, 8): "优", (12, 5): "#REF!", (13, 4): "#NAME?", (15, 8): "约98"},
    )
    assert problems(form) == ["F6 L108", "H6 L109", "H11 L108", "E12 L109", "D13 L109", "H15 L108"]
    assert (form.problems[0].field, form.problems[0].reported) == ("全年执行数", "38O000")
    assert (form.problems[1].field, form.problems[1].reported) == ("执行率", "#DIV/0!")
    assert form.funding.total.rate.unreadable
    assert form.total.unreadable


def test_a_formula_of_ours_that_shows_no_result_is_no_second_finding() -> None:
    sheet = grid(TEN_NINETY)
    cells = dict(sheet.cells) | {(6, 8): Cell("无法计算", "=H6"), (15, 8): Cell("无法计算")}
    (form,) = forms(Grid("表.xlsx", "自评表", cells, sheet.merges))
    assert problems(form) == ["H15 L108"]
    assert (form.funding.total.rate.unreadable, form.funding.total.rate.raw) == (True, "无法计算")


def test_one_error_in_a_header_amount_is_one_finding() -> None:
    assert problems(evaluation(FOUR_DIMENSIONS, {(3, 2): "#VALUE!"})) == ["B3 L109"]


MISSING = [
    (without(TEN_NINETY, "项目名称"), "A1 项目名称"),
    (without(TEN_NINETY, "总分"), "A1 总分"),
    (TEN_NINETY.replace("分值 | 得分 | 偏差", "分值 | | 偏差"), "B10 得分"),
    (TEN_NINETY.replace("分值 | 得分 | 偏差", " | 得分 | 偏差"), "B10 分值"),
    (without(FOUR_DIMENSIONS, "当年", "预算执行数"), "A1 项目资金"),
    (TEN_NINETY.replace("全年执行数", ""), "D5 全年执行数"),
    (without(OBJECTIVE, "项目名称"), "A1 项目名称"),
]


@pytest.mark.parametrize(("table", "missing"), MISSING, ids=[missing for _, missing in MISSING])
def test_missing_labels(table: str, missing: str) -> None:
    (form,) = forms(grid(table))
    found = [p for p in form.problems if p.code != "L102"]
    assert [(p.code, f"{p.at.address} {p.numbers['label']}") for p in found] == [("L110", missing)]


def test_a_form_whose_table_is_gone() -> None:
    form = evaluation("\n".join(TEN_NINETY.strip().split("\n")[:9]))
    assert ([p.numbers["label"] for p in form.problems], form.indicators, form.total.value) == (["绩效指标"], (), None)


def test_unknown_labels() -> None:
    table = FOUR_DIMENSIONS.replace(
        "绩效等级 |", "牵头处室: | 一处 | 自定义栏目: | | < | <\n内控编号 | | < | < | < | <\n绩效等级 |"
    )
    form = evaluation(table)
    assert [(p.at.address, p.code, p.numbers["label"]) for p in form.problems] == [
        ("A5", "L104", "牵头处室:"),
        ("C5", "L104", "自定义栏目:"),
        ("A6", "L104", "内控编号"),
    ]


def test_blank_values_have_their_places() -> None:
    form = evaluation(FOUR_DIMENSIONS, {(2, 4): "", (5, 2): "", (4, 4): "", (9, 5): ""})
    assert form.fields["budget_unit"].at.address == "D2"
    assert form.grade and form.grade.blank and form.grade.at.address == "B5"
    assert (form.funding.total.rate.at.address, form.funding.total.rate.blank) == ("D4", True)
    assert (form.indicators[2].score.at.address, form.indicators[2].score.blank) == ("E9", True)


@pytest.mark.parametrize("table", [TEN_NINETY, FOUR_DIMENSIONS], ids=["10+90", "four dimensions"])
def test_a_sheet_that_lost_its_merges_reads_the_same(table: str) -> None:
    merged, bare = evaluation(table), evaluation(table.replace("<", "").replace("^", ""))
    assert {id_: field.raw for id_, field in bare.fields.items()} == {id_: f.raw for id_, f in merged.fields.items()}
    assert rows(bare) == rows(merged)
    assert (bare.funding, bare.total, bare.labels) == (merged.funding, merged.total, merged.labels)
    assert problems(bare) == []


def test_a_blank_value_is_not_taken_from_the_next_label() -> None:
    form = evaluation(FOUR_DIMENSIONS.replace("信息化 | 预算单位 |", " | 牵头处室 |"))
    assert (form.fields["project_name"].blank, form.fields["project_name"].at.address) == (True, "B2")


def test_labels_in_odd_spelling() -> None:
    table = (
        TEN_NINETY.replace("项目名称", "项 目⏎名　称：")
        .replace("主管部门", "*主管部门")
        .replace("实施单位", "一、实施单位")
        .replace("全年预算数", "全年⏎预算数（A）")
        .replace("执行率 |", "执行率（B/A）|")
        .replace("三级指标", "三 级 指 标")
    )
    form = evaluation(table)
    assert (form.project, form.department, form.unit) == ("农村公路养护", "某市交通局", "公路中心")
    assert (form.funding.total.adjusted_budget.value, form.funding.total.rate.value) == (
        Decimal(6365000),
        Decimal("0.9858"),
    )
    assert problems(form) == []


def test_overlapping_merges_of_a_damaged_file_end() -> None:
    cells = {(1, 1): Cell("项目支出绩效自评表"), (3, 3): Cell("项目名称"), (3, 6): Cell("x")}
    merges = (Merge(3, 3, 3, 6), Merge(2, 2, 3, 4))
    assert forms(Grid("表.xlsx", "表", cells, merges)) == ()
    assert forms(Grid("表.xlsx", "表", cells, merges[::-1])) == ()


def test_a_level_label_merged_to_the_end_of_the_sheet_costs_nothing() -> None:
    sheet = grid(without(TEN_NINETY, "总分"), changes={(1048576, 1): "x"})
    merges = (*(m for m in sheet.merges if m.top != 14), Merge(14, 2, 1048576, 2))
    (form,) = forms(Grid("表.xlsx", "自评表", sheet.cells, merges))
    assert [row.name for row in form.named_indicators] == ["养护里程", "完成时间", "惠及村数", "群众满意度"]
    assert len(form.indicators) < 300


def test_a_stray_far_cell_costs_nothing() -> None:
    form = evaluation(TEN_NINETY, {(1048576, 16384): "x", (11, 16384): "y"})
    assert (len(form.indicators), form.total.value) == (4, Decimal("98.36"))


WORDS = [
    *("项目支出绩效自评表", "（2025年度）", "项目名称", "主管部门：", "项目资金（万元）", "年初预算数"),
    *("全年预算数", "全年执行数", "分值", "得分", "执行率", "年度资金总额"),
    *("年度总体目标", "预期目标", "实际完成情况", "一级指标", "二级指标", "三级指标"),
    *("指标值", "指标名称", "权重", "产出指标", "投入与管理(36分)", "指标1："),
    *("……", "总分", "小计", "自评等级", "申报单位名称：某办", "注：无"),
    *("优"),
]
_values: st.SearchStrategy[CellValue] = st.one_of(
    st.sampled_from(WORDS), st.decimals(0, 100, places=2), st.text(max_size=5)
)
_places = st.tuples(st.integers(1, 14), st.integers(1, 8))
_sizes = st.tuples(st.integers(0, 5), st.integers(0, 5))
_merges = st.builds(lambda at, size: Merge(at[0], at[1], at[0] + size[0], at[1] + size[1]), _places, _sizes)
_changes = st.dictionaries(
    st.tuples(st.integers(1, 16), st.integers(1, 10)), st.sampled_from(["", "#REF!", *WORDS]), max_size=4
)


@settings(max_examples=cases(60, 200), deadline=None)
@given(st.dictionaries(_places, _values, max_size=70), st.lists(_merges, max_size=5))
def test_no_sheet_raises(values: dict[tuple[int, int], CellValue], merges: list[Merge]) -> None:
    sheet = Grid("表.xlsx", "表", {place: Cell(value) for place, value in values.items()}, tuple(merges))
    for form in forms(sheet):
        assert form.at.row
        assert all(row.at.row for row in form.indicators)


@settings(max_examples=cases(60, 200), deadline=None)
@given(st.sampled_from([TEN_NINETY, FOUR_DIMENSIONS, OBJECTIVE]), _changes)
def test_no_spoilt_form_raises(table: str, changes: Changes) -> None:
    for form in forms(grid(table, changes=changes)):
        assert form.at.row
