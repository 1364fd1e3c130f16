"""Reading forms from sheets: layouts met in the field, and what is no form."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from perfxl.detection import detect_scheme
from perfxl.form import Target
from perfxl.layouts.content import Content
from perfxl.layouts.workbook import write_form
from perfxl.reading import read_forms
from perfxl.reading.labels import resembled
from perfxl.scheme_files import builtin_schemes
from perfxl.sources import read_workbook
from tests.form_tables import (
    FOUR_DIMENSIONS,
    OBJECTIVE,
    TEN_NINETY,
    evaluation,
    forms,
    grid,
    named,
    objective,
    problems,
    rows,
    without,
)

D = Decimal


def test_a_ten_ninety_form() -> None:
    form = evaluation(TEN_NINETY)
    assert (form.project, form.department, form.unit) == ("农村公路养护", "某市交通局", "公路中心")
    assert form.year.value == 2025
    total, part = form.funding.total, form.funding.parts[0]
    amounts = (total.initial_budget, total.adjusted_budget, total.executed)
    assert [amount.value for amount in amounts] == [6000000, 6365000, 6274300]
    assert [place.value for place in (total.max_score, total.rate, total.score)] == [10, D("0.9858"), D("9.86")]
    assert (total.executed.raw, total.executed.at.address) == ("627.43", "F6")
    assert (part.label.value, part.max_score.raw, part.max_score.blank) == ("其中:财政拨款", "—", True)
    assert (form.funding.unit, form.funding.asks_initial, form.funding.previous_budget) == ("万元", True, None)
    assert form.fields["actual_goal"].at.address == "F9"
    assert rows(form) == [
        ("产出指标", "数量指标", "养护里程"),
        ("产出指标", "时效指标", "完成时间"),
        ("效益指标", "社会效益指标", "惠及村数"),
        ("满意度指标", "服务对象满意度指标", "群众满意度"),
    ]
    assert named(form, "养护里程").target.value == Target("number", "≥", D(320), unit="公里")
    assert named(form, "完成时间").target.value == Target("date", "≤", day=date(2025, 12, 31))
    assert named(form, "惠及村数").note.value == "两个村改线"
    assert named(form, "惠及村数").explanation.at.address == "B13"
    assert (form.total.value, form.total.at.address, form.total_max.value) == (D("98.36"), "H15", D(100))
    assert form.grade is None
    assert problems(form) == []
    assert form.labels >= {"项目名称", "年度资金总额", "项目资金(万元)", "预期目标", "绩效指标", "产出指标", "总分"}


def test_a_four_dimensions_form() -> None:
    form = evaluation(FOUR_DIMENSIONS)
    assert [(g.label.value, g.printed_points, len(g.rows)) for g in form.groups] == [
        ("投入与管理", D(36), 2),
        ("产出目标", D(64), 1),
    ]
    assert form.groups[1].label.raw == "产出目标（64分）"
    assert [row.name for row in form.indicators if row.execution] == ["预算执行率"]
    total = form.funding.total
    assert (total.label.at.address, total.adjusted_budget.value, total.rate.at.address) == ("A3", D(1040000), "D4")
    assert (total.score.blank, total.score.at.address, form.funding.asks_initial) == (True, "A3", False)
    assert form.funding.previous_budget and form.funding.previous_budget.value == 1160000
    assert form.grade and form.grade.value == "良好"
    assert (form.total.value, problems(form)) == (D(89), [])


def test_an_objective_form_and_its_displaced_row() -> None:
    form = objective(OBJECTIVE)
    assert (form.unit, form.year.value, form.fields["applicant_unit"].at.address) == ("某办事处", 2020, "A3")
    assert (form.funding.total.adjusted_budget.value, form.funding.unit) == (D(334680), "万元")
    assert form.funding.previous_budget and form.funding.previous_budget.value == 541200
    assert problems(form) == ["A10 L102"]
    row = named(form, "信息公开实现率")
    assert (row.level1.value, row.level2.value, row.at.address) == ("产出目标", "数量", "A10")
    assert (row.target.at.address, row.target.value) == ("C10", Target("number", "=", D(1), unit="%"))
    assert rows(form)[-1] == ("效果目标", "满意度", "上级评价")


def test_several_forms_below_one_another_with_and_without_title() -> None:
    second = TEN_NINETY.replace("农村公路养护", "桥梁维修")
    untitled = without(TEN_NINETY, "项目支出").replace("农村公路养护", "信号灯").replace("2025", "2024")
    found = forms(grid("\n".join([TEN_NINETY.strip(), "", second.strip(), "", untitled.strip()])))
    assert [(f.project, f.at.address, f.year.value, f.title.value) for f in found] == [
        ("农村公路养护", "A1", 2025, "项目支出绩效自评表"),
        ("桥梁维修", "A17", 2025, "项目支出绩效自评表"),
        ("信号灯", "A33", 2024, None),
    ]
    assert [len(f.indicators) for f in found] == [4, 4, 4]
    assert [problems(f) for f in found] == [[], [], []]


def test_sheets_hidden_sheets_and_our_own_guide() -> None:
    guide = grid(TEN_NINETY, "填表说明")
    hidden = grid(FOUR_DIMENSIONS, "Sheet2", hidden=True)
    report = grid("支出绩效评价报告\n该项目最终得分99分", "报告")
    found = forms(guide, grid(TEN_NINETY), hidden, report, scheme="mof/2020", template_version="1")
    assert [f.at.in_file for f in found] == ["自评表!A1", "Sheet2!A1"]
    assert [(f.scheme_id, f.template_version) for f in found] == [("mof/2020", "1")] * 2
    assert [text.at.in_file for text in found[0].surroundings] == ["报告!A1", "报告!A2"]


def test_notes_below_and_annex_line_above_are_surroundings() -> None:
    below = "\n\n注：执行率得分最高10分。\n填表人：张三  联系电话：8888"
    form = evaluation("附件1 | < | <\n" + TEN_NINETY.strip() + below)
    assert [text.raw for text in form.surroundings] == ["附件1", "注：执行率得分最高10分。"]
    assert (form.text("filled_by"), form.text("telephone")) == ("张三", "8888")


@pytest.mark.parametrize("id_", builtin_schemes())
def test_our_own_templates(id_: str, tmp_path: Path) -> None:
    """Nothing to report on a blank form, every label known, and the edition told by the labels alone."""
    scheme = builtin_schemes()[id_]
    layout = scheme.layout
    write_form(scheme, tmp_path / "blank.xlsx")
    write_form(scheme, tmp_path / "2022.xlsx", Content(year=2022))
    (empty,) = read_forms(read_workbook(tmp_path / "blank.xlsx"))
    (dated,) = read_forms(read_workbook(tmp_path / "2022.xlsx"))
    assert (problems(empty), problems(dated)) == ([], [])
    assert (empty.year.blank, dated.year.value) == (True, 2022)
    assert empty.year.at.in_file == dated.year.at.in_file
    assert {field.id for field in (*layout.header, *layout.goals, *layout.footer)} == empty.fields.keys()
    assert (empty.scheme_id, empty.template_version) == (id_, str(scheme.version))
    assert detect_scheme(replace(empty, scheme_id=""))[0] is scheme
    preset = [row.name for group in scheme.groups for row in group.preset]
    assert [row.name for row in empty.named_indicators] == preset
    assert [group.label.value for group in empty.groups] == [group.name for group in scheme.groups]
    texts = [text.raw for text in empty.surroundings]
    assert texts == list(layout.notes)


def test_an_annex_number_before_the_title() -> None:
    form = evaluation(TEN_NINETY.replace("项目支出绩效自评表 |", "附件2：项目支出绩效自评表 |"))
    assert (form.title.raw, form.at.address, form.year.value) == ("附件2：项目支出绩效自评表", "A1", 2025)


def test_an_indicator_named_like_a_title_begins_no_form() -> None:
    form = evaluation(TEN_NINETY.replace("惠及村数", "开展项目绩效自评"))
    assert len(form.indicators) == 4


NO_FORM = {
    "a report": "支出绩效评价报告\n一、基本情况\n附件：项目支出绩效自评表",
    "a summary": "序号 | 主管部门 | 项目名称 | 得分\n1 | 某局 | 某项目 | 98\n2 | 某局 | 另一项目 | 96",
    "a title alone": "项目支出绩效自评表",
    "nothing": "",
}


@pytest.mark.parametrize("table", NO_FORM.values(), ids=NO_FORM)
def test_what_is_no_form(table: str) -> None:
    assert forms(grid(table)) == ()


def test_levels_without_merges_hold_until_the_next_label() -> None:
    table = """
项目支出绩效自评表（2023年度）
项目名称 | 培训 | |
年初预算数 | 全年预算数 | 全年执行数 | 执行率
5 | 5 | 5 | 100%
一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分
产出指标 | 数量指标 | 场次 | 3场 | 3场 | 30 | 30
 | | 人数 | 50人 | 50人 | 30 | 30
 | 质量指标 | 合格率 | 90% | 95% | 30 | 30
效益指标 | | 能力提升 | 提升 | 提升 | 10 | 10
合计 | | | | | 100 | 100
"""
    form = evaluation(table)
    assert rows(form) == [
        ("产出指标", "数量指标", "场次"),
        ("产出指标", "数量指标", "人数"),
        ("产出指标", "质量指标", "合格率"),
        ("效益指标", None, "能力提升"),
    ]
    assert (form.year.value, form.funding.total.executed.value, form.total.value) == (2023, D(5), D(100))
    assert problems(form) == []


def test_a_level_label_repeated_on_every_row_is_one_group() -> None:
    table = TEN_NINETY.replace("^ | ^ | 时效指标", "^ | 产出指标 | 时效指标")
    assert [(g.label.value, len(g.rows)) for g in evaluation(table).groups] == [
        ("产出指标", 2),
        ("效益指标", 1),
        ("满意度指标", 1),
    ]


PLACEHOLDERS = """
^ | ^ | 质量指标 | 指标1： | | | | |
^ | ^ | ^ | …… | | | | |
^ | ^ | ^ | — | | | 0 | |
^ | ^ | ^ | | | | | |
^ | ^ | 成本指标 | | | | | |
^ | ^ | ^ | 指标2：每公里成本 | ≤2万元 | 1.9万元 | 5 | 5 |"""


def test_placeholder_rows() -> None:
    head, sep, tail = TEN_NINETY.partition("\n^ | 效益指标")
    form = evaluation(head + PLACEHOLDERS + sep + tail)
    assert [row.at.address for row in form.indicators if row.placeholder] == ["D13", "D14", "D15", "D16", "D17"]
    assert named(form, "指标2：每公里成本").level3.value == "每公里成本"
    assert problems(form) == []


def test_a_placeholder_with_points_counts() -> None:
    form = evaluation(TEN_NINETY.replace("惠及村数", "指标1："))
    assert [row.placeholder for row in form.indicators] == [False] * 4


def test_an_empty_row_splits_the_table() -> None:
    lines = TEN_NINETY.strip().split("\n")
    split = ["^ | ^ | ^ | | | | | |", "^ | ^ | ^ | 养护桥梁 | 5座 | 5座 | 5 | 5 |"]
    inside = "\n".join([*lines[:11], *split, *lines[11:]])
    between = "\n".join([*lines[:12], "", "", *lines[12:]])
    assert problems(evaluation(inside)) == ["D12 L103"]
    assert [row.name for row in evaluation(inside).indicators][:2] == ["养护里程", "养护桥梁"]
    assert problems(evaluation(between)) == ["D13 L103"]
    assert len(evaluation(between).indicators) == 4


def test_empty_rows_before_the_total_are_no_finding() -> None:
    form = evaluation(TEN_NINETY.replace("总分 |", "\n\n总分 |"))
    assert (problems(form), form.total.value) == ([], D("98.36"))


def test_the_unit_of_a_line_above_the_table() -> None:
    table = FOUR_DIMENSIONS.replace("(元)", "").replace("绩效等级 |", "金额单位：万元\n绩效等级 |")
    form = evaluation(table)
    assert (form.funding.unit, form.funding.total.adjusted_budget.value) == ("万元", D(10400000000))


def test_a_line_between_table_and_total() -> None:
    form = evaluation(TEN_NINETY.replace("总分 |", "其他需要说明的事项 | < | 无 | < | < | < | < | < | <\n总分 |"))
    assert (form.text("other_notes"), form.total.at.address, problems(form)) == ("无", "H16", [])


def test_the_grade_beside_the_total() -> None:
    table = TEN_NINETY.replace("项目支出绩效自评表 | <", "项目支出绩效自评表 | < | <").replace(
        "100 | 98.36 |", "100 | 98.36 | 自评等级 | 优"
    )
    form = evaluation(table)
    assert form.grade and (form.grade.value, form.grade.at.address) == ("优", "J15")


def test_columns_beside_the_printed_form() -> None:
    extra = {(10, 10): "指标类型", (10, 11): "参考得分", (10, 12): "提示"}
    extra |= {(11, 10): "正向定量", (11, 11): "30", (3, 12): "请填写项目名称："}
    form = evaluation(TEN_NINETY, extra)
    assert (form.indicators[0].kind.value, form.indicators[1].kind.blank) == ("正向定量", True)
    assert (problems(form), form.surroundings) == ([], ())


def test_subtotals_and_repeated_headers_are_no_indicators() -> None:
    header = next(line for line in TEN_NINETY.split("\n") if line.startswith("绩效指标"))
    table = TEN_NINETY.replace("^ | 效益指标", f"{header}\n | 小计 | | | | | 50 | 50 |\n | 效益指标")
    form = evaluation(table)
    assert [row.name for row in form.indicators] == ["养护里程", "完成时间", "惠及村数", "群众满意度"]


def test_a_name_merged_over_two_rows_is_one_indicator() -> None:
    table = TEN_NINETY.replace("^ | 效益指标", "^ | ^ | ^ | ^ | ^ | ^ | ^ | ^ |\n^ | 效益指标")
    form = evaluation(table)
    assert [row.name for row in form.indicators] == ["养护里程", "完成时间", "惠及村数", "群众满意度"]


def test_a_sentence_about_a_column_is_not_its_label() -> None:
    """自检 printed below a form, in a PDF or a web page, is no part of it."""
    assert resembled("全年预算安排数", "fields") is not None or resembled("项目的名称", "fields") is not None
    for text in ("全年执行数大于全年预算数", "没有实际完成值的指标", "年度资金总额年初预算数未填写"):
        assert [resembled(text, kind) for kind in ("fields", "columns", "funding_columns")] == [None] * 3
