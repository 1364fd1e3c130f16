"""A good form of each kind, one thing changed in it, and everything that must be found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from perfxl.finding import catalog
from perfxl.grid import Workbook
from perfxl.layouts import Content, FundingContent, RowContent
from perfxl.review import FileReview, review_workbook
from perfxl.scheme_files import builtin_schemes
from tests.filled_forms import BASES, COVERED, LATE, MOF, both, every_row, fields, funds, more, part, row, without
from tests.grids import places, report_grid, typed_over
from tests.random_forms import RandomForm
from tests.test_random_forms import written


@dataclass(frozen=True)
class Plant:
    """One mistake. `cells` are typed over the saved workbook, whose formulas keep their results."""

    code: str
    findings: tuple[str, ...]
    change: Callable[[Content], Content] = lambda content: content
    cells: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] | None = None
    report: Sequence[str] = ()
    scheme: str = "mof/2020"
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()


LENGTH, EXPERTS, QUALITY, TIME = "维修灌溉渠道长度", "聘请外部专家", "单元工程合格率", "全部任务完结时间"
COVERAGE, UPKEEP, CONTENT = "公共服务覆盖情况", "长效管护机制", "受益群众满意度"
PLANTS = (
    Plant("L101", ("C4 L101",), fields(supervising_department="")),
    Plant("L103", ("D14 L103",), more(RowContent("产出指标", "数量指标"), after=1)),
    Plant("L104", ("A1 L110", "A4 L104"), cells={"A4": "归口处室："}),
    Plant("L105", ("A1 L105",), properties={"perfxl.scheme": "mof/2020", "perfxl.template_version": "0"}),
    Plant("L106", ("A1 L106",), properties={}),
    Plant("L107", ("A1 L107",), properties={"perfxl.scheme": "mof/1999"}),
    Plant("L108", ("H14 L108",), cells={"H14": "满分"}),
    Plant("L109", ("H6 L109",), cells={"H6": "#REF!"}),
    Plant("L110", ("A1 L110",), cells={"A3": ""}),
    Plant("L112", ("A4 L112",), cells={"A4": "一级主管部门"}),
    Plant("L113", ("A1 L113",), hidden=True),
    Plant("L117", ("D14 L117",), hidden_rows=frozenset({14})),
    Plant("L114", ("E3 L114",), cells={"E3": "旧名称"}),
    Plant("L115", ("C4 L115",), cells={"C4": "ƒ'[台账.xlsx]单位'!$C$4→清河县水务局"}),
    Plant("F101", ("H6 F101",), cells={"H6": "98.57%"}),
    Plant("F102", ("I6 F102", "H28 T105"), cells={"I6": "9", "H28": "97.78"}),
    Plant("F103", ("F6 F103",), funds(1000000, 1050000, 1060000)),
    Plant("F104", ("F6 F104",), part(724001)),
    Plant("F105", ("E6 F105",), funds(900000, 1050000, 1034250)),
    Plant("F106", ("H6 F106",), funds(1000000, 1050000, 500000)),
    Plant("F107", ("D6 F107",), funds(None, 1050000, 1034250)),
    Plant("F108", ("E6 F108",), funds(500, 500, 490)),
    Plant("F109", ("G7 F109",), cells={"G7": "10"}),
    Plant("F110", ("F7 F110",), cells={"F7": "72.4"}),
    Plant("F111", ("E6 F111",), funds(1000000, 0, 0)),
    Plant("F112", ("E6 F112",), funds(1000000, 0, 50000)),
    Plant("F113", ("E6 F113",), cells={"E6": ""}),
    Plant(
        "F113",
        ("D6 F113", "E6 F113", "F6 F113"),
        lambda content: replace(content, funding=(FundingContent(), *content.funding[1:])),
    ),
    Plant("L111", ("H28 L111",), cells={"H28": "ƒSUM(H13:H27)"}),
    Plant("W101", ("B13 W102", "G28 W101"), row(QUALITY, max_score="5", score="5")),
    Plant(
        "W102",
        ("B13 W102", "B21 W102"),
        both(row(QUALITY, max_score="5", score="5"), row(COVERAGE, max_score="25", score="25")),
    ),
    Plant("W110", ("B13 W102", "G15 W110", "G28 W101"), row(QUALITY, max_score=None)),
    Plant("S101", ("H13 S101", "H28 T105"), row(LENGTH, score="9.5")),
    Plant("S102", ("H15 S102", "H28 T105"), row(QUALITY, score="8")),
    Plant("S103", ("H17 S103",), row(TIME, actual="2025年2月")),
    Plant("S104", ("H22 S104",), row(COVERAGE, score=None)),
    Plant("S105", ("H25 S105",), row(UPKEEP, note="")),
    Plant("S106", ("H22 S106",), row(COVERAGE, score="21")),
    Plant("S107", ("F13 S107",), row(LENGTH, actual="60公里", score="10", note="")),
    Plant("S108", ("H25 S108",), row(UPKEEP, score="7")),
    Plant("S109", ("H13 S109",), row(LENGTH, actual="38.2公里", score="10")),
    Plant("T101", ("H28 T101",), cells={"H28": "98"}),
    Plant("T102", ("C29 T102",), cells={"C29": "良"}),
    Plant("T103", ("C29 T103",), cells={"C29": ""}),
    Plant("T104", ("C29 T104",), cells={"C29": "优秀"}),
    Plant("T106", ("H28 T106",), cells={"H28": ""}),
    Plant("I102", ("F22 I102",), row(COVERAGE, actual="100%")),
    Plant("I103", ("D23 I103",), more(RowContent("效益指标", "社会效益指标", "指标2："))),
    Plant("I104", ("B13 I104",), both(without(TIME), row(QUALITY, max_score="20", score="20"))),
    Plant("I105", ("F15 I105",), row(QUALITY, actual="≥97%")),
    Plant("I106", ("E15 I106",), row(QUALITY, target="≧95%")),
    Plant("I107", ("K15 I107",), row(QUALITY, kind="反向定量", actual="95%")),
    Plant("I109", ("D14 I109",), row(EXPERTS, name=LENGTH)),
    Plant("I110", ("E25 I110",), row(UPKEEP, target=COVERED[0])),
    Plant(
        "I111",
        ("F22 I111",),
        both(row(COVERAGE, actual="运行记录完整可查"), row(UPKEEP, actual="突出困难得到有效缓解")),
    ),
    Plant("I112", ("D13 I112",), row(LENGTH, name="维修灌溉渠道、")),
    Plant("I113", ("F15 I113",), row(QUALITY, actual="")),
    Plant("X102", ("A1 X102",), report=("清河县中小学校舍维修经费支出绩效自评报告",)),
    Plant(
        "X105", ("H6 F106", "H6 X105"), both(funds(1000000, 1050000, 500000), every_row, row(LENGTH, actual="40公里"))
    ),
    Plant("X106", ("A1 X106",), report=("该项目绩效自评得分61分。",)),
    Plant("X107", ("A1 X107",), report=("该项目评价等级为“差”。",)),
    Plant("X108", ("A1 X108",), report=("预算执行率61.5%，执行较慢。",)),
    Plant("X109", ("A1 X109",), report=("全年预算数61.5万元，按进度拨付。",)),
    Plant("Y101", ("A1 Y101",), report=("2023年项目实施情况如下。",)),
    Plant("N101", ("F11 N101",), fields(actual_goal=str(MOF.fields["expected_goal"]))),
    Plant("N102", ("A1 N102",), report=("2024年农村饮水安全项目200万元，全部到位。",)),
    Plant("N103", ("I13 N103",), row(LENGTH, note="供货推后，已调整已调整施工组织。")),
    Plant("N104", ("F11 N104",), fields(actual_goal="主体部分通过验收<p>并投入使用。")),
    Plant("N105", ("F11 N105",), fields(actual_goal="（填写实际完成情况）")),
    Plant("N107", ("I13 N107",), row(LENGTH, note="监管帐户开立推后，已按周跟踪。")),
    Plant(
        "N108", ("B11 N108",), fields(expected_goal="依据清水发【2024】12号文件实施各项建设任务，保障群众基本需求。")
    ),
    Plant(
        "W104",
        ("G14 W104",),
        both(row(LENGTH, max_score="40", score="40"), row(QUALITY, max_score="10", score="10")),
        scheme="lincang/2021",
    ),
    Plant(
        "W109",
        ("G14 W109",),
        both(row(QUALITY, max_score="30", score="30"), without(CONTENT)),
        scheme="lincang/2021",
    ),
    Plant("F114", ("B4 F114",), fields(previous_budget=Decimal(400000)), scheme="shanghai/2019"),
    Plant("W103", ("A19 W103",), cells={"A19": "产出目标(35分)"}, scheme="shanghai/2019"),
    Plant("W108", ("A13 W108",), row("工程合格率", group="效果目标"), scheme="shanghai/2019"),
    Plant("I108", ("C19 I108",), row("维修渠道数量", explanation="反映产出质量。"), scheme="shanghai/2019"),
    Plant("Y102", ("B7 Y102",), fields(evaluated_on=date(2019, 11, 30)), scheme="shanghai/2019"),
    Plant("N106", ("B10 N106",), fields(problems="连续降雨影响了施工进度。"), scheme="shanghai/2019"),
    Plant("L102", ("C20 L102",), row("工程合格率", explanation="反映验收情况。（14分）"), scheme="shanghai/2020"),
    Plant(
        "S105",
        ("F16 S105",),
        both(funds(None, 500000, 440000), row("预算执行率", score="7.6")),
        scheme="shanghai/2020",
    ),
    Plant(
        "F102",
        ("F16 F102", "F30 T105"),
        both(funds(None, 500000, 440000), row("预算执行率", score="5.9", note=LATE)),
        scheme="shanghai/2020",
    ),
    Plant("", (), both(funds(None, 500000, 440000), row("预算执行率", score="6.2", note=LATE)), scheme="shanghai/2020"),
    Plant("F115", ("D4 F115",), fields(previous_rate=Decimal(0)), scheme="shanghai/2020"),
    Plant(
        "W105",
        ("E19 W105",),
        row("维修渠道数量", scoring_rule="①有计划；（5分）②完成。（14分）"),
        scheme="shanghai/2020",
    ),
    Plant(
        "W106",
        ("E16 W106",),
        cells={"E16": "①90%及以上得8分；②78%以上不到90%得6-8分；③70%以上不到80%得4-6分；④70%以下，不得分。"},
        scheme="shanghai/2020",
    ),
    Plant(
        "W107",
        ("E19 W107",),
        row("维修渠道数量", scoring_rule="按计划完成得20分，部分完成得分，未完成不得分。"),
        scheme="shanghai/2020",
    ),
    Plant("L102", ("B44 L102",), cells={"B44": "数据共享接口", "C44": "≥2个"}, scheme="shanghai/2020-objective"),
    Plant("I101", ("D31 I101",), row(QUALITY, target="好"), scheme="shanghai/2020-objective"),
    Plant(
        "X104",
        ("D32 X104",),
        more(RowContent("产出目标", "质量", "单元工程的合格率", target="=100%")),
        scheme="shanghai/2020-objective",
    ),
    Plant("Y103", ("B5 Y103",), fields(start_date=date(2024, 12, 1)), scheme="shanghai/2020-objective"),
)


@pytest.mark.parametrize("scheme", BASES)
def test_the_base_of_the_planted_mistakes_is_good(scheme: str, tmp_path: Path) -> None:
    assert places(_planted(Plant("", (), scheme=scheme), tmp_path)) == []


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.code}-{plant.scheme}")
def test_a_planted_mistake_gives_its_finding_and_what_it_entails(plant: Plant, tmp_path: Path) -> None:
    assert places(_planted(plant, tmp_path)) == list(plant.findings)


def test_every_code_of_a_form_is_planted() -> None:
    """Of those that a template can show: R is about files, T105 comes along with others."""
    entailed = {place.rpartition(" ")[2] for plant in PLANTS for place in plant.findings}
    # X101 takes two forms, L116 a text: tests/cases.
    assert {code for code in catalog() if code[0] not in "RKD"} - entailed == {"X101", "L116"}


def _planted(plant: Plant, folder: Path) -> FileReview:
    scheme = builtin_schemes()[plant.scheme]
    workbook = written(RandomForm(scheme, plant.change(BASES[plant.scheme]), None), folder)
    first, *others = workbook.grids
    grids = [replace(typed_over(first, plant.cells), hidden=plant.hidden, hidden_rows=plant.hidden_rows), *others]
    if plant.report:
        grids.append(report_grid(plant.report))
    properties = workbook.properties if plant.properties is None else plant.properties
    return review_workbook(Workbook(workbook.file, tuple(grids), properties), workbook.file)
