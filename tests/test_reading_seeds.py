"""The seven published forms, typed again as workbooks, and everything that is read from them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from perfxl.form import Form, Located, ObjectiveForm, SelfEvaluation
from perfxl.reading import read_forms
from perfxl.sources import read_workbook

RETURNED = Path(__file__).parents[1] / "examples" / "returned"
FILES = {
    "kunming-2019": "上海市人民政府驻昆明办事处-2019.xlsx",
    "kunming-2020": "上海市人民政府驻昆明办事处-2020.xlsx",
    "gumei-2020": "古美路街道办事处-2020.xlsx",
    "lincang-2021": "临沧市人民政府办公室-2021.xlsx",
    "guangzhou-2020": "上海市人民政府驻广州办事处-2020-绩效目标表.xlsx",
}

ROWS = {
    "kunming-2019-1": """
B15 | 投入与管理 | 资金使用的合规性 | 6 6
B16 | 投入与管理 | 预算执行率 | 8 8
B17 | 投入与管理 | 项目设立的规范性 | 5 5
B18 | 投入与管理 | 财务(资产)管理制度的健全性和执行的有效性 | 5 5
B19 | 投入与管理 | 绩效目标合理性 | 8 8
B20 | 投入与管理 | 项目管理制度的健全性和执行的有效性 | 4 4
B21 | 产出目标 | 完成工作任务数量 | 12 12
B22 | 产出目标 | 完成项目预期规模及要点要求 | 11 9
B23 | 产出目标 | 完成工作任务质量 | 11 11
B24 | 效果目标 | 服务对象满意度 | 4 3
B25 | 效果目标 | 课题转化成果率 | 3 3
B26 | 效果目标 | 社会效益和经济效益 | 8 6
B27 | 影响力目标 | 部门协助情况 | 8 4
B28 | 影响力目标 | 长效机制建立情况 | 7 5
""",
    "kunming-2020-1": """
D13 | 产出指标 | 服务各类沪滇扶贫协作和人才保障工作 | 15 15
D14 | 产出指标 | 项目质量可控性 | 20 20
D15 | 产出指标 | 支出标准合规性 | 15 15
D16 | 效益指标 | 贫困户增收 | 6 6
D17 | 效益指标 | 贫困户医疗、教育、住房条件提升 | 6 6
D18 | 效益指标 | 援滇项目长效管理、干部人才服务机制 | 6 5
D19 | 效益指标 | 人员配置情况 | 6 5
D20 | 效益指标 | 项目管理多方协同、干部人才密切配合 | 6 6
D21 | 满意度指标 | 服务对象满意 | 10 10
""",
    "kunming-2020-2": """
D36 | 产出指标 | 服务各级各类合作交流工作 | 20 20
D37 | 产出指标 | 高效及服务对象满意 | 15 15
D38 | 产出指标 | 支出标准合规性 | 15 15
D39 | 效益指标 | 促进沪滇扶贫协作更加紧密 | 6 6
D40 | 效益指标 | 不断完善管理制度 | 6 6
D41 | 效益指标 | 部门协作紧密 | 6 6
D42 | 效益指标 | 配套设施完备性 | 6 6
D44 | 效益指标 | 积极开展宣传展示 | 6 6
D45 | 满意度指标 | 服务对象满意 | 10 10
""",
    "gumei-2020-1": """
B13 | 投入与管理 | 财务（资产）管理制度健全性和执行的有效性 | 5 5
B14 | 投入与管理 | 项目设立的规范性 | 5 5
B15 | 投入与管理 | 绩效目标合理性 | 8 8
B16 | 投入与管理 | 预算执行率 | 8 8
B17 | 投入与管理 | 资金使用的合规性 | 6 6
B18 | 项目完成率 | 项目管理制度健全性和执行的有效性 | 4 2
B19 | 项目完成率 | 项目完成率 | 10 10
B20 | 项目完成率 | 项目完成合格率 | 10 10
B21 | 产出目标 | 项目完成及时率 | 14 14
B22 | 产出目标 | 受益人群覆盖率 | 8 8
B23 | 效果目标 | 政策知晓率 | 7
B24 | 效果目标 | 长效管理机制健全性 | 10 8
B25 | 影响力目标 | 受益人群满意度 | 5 5
""",
    "lincang-2021-1": """
D15 | 产出指标 | (blank) | *
D16 | 产出指标 | 指标2： | *
D17 | 产出指标 | …… | *
D18 | 产出指标 | 重点服务保障市委、市政府及相关部门赴京汇报工作。 | 30 30
D19 | 产出指标 | 指标2： | *
D20 | 产出指标 | …… | *
D21 | 产出指标 | 指标1： | *
D22 | 产出指标 | 指标2： | *
D23 | 产出指标 | …… | *
D24 | 产出指标 | (blank) | *
D25 | 产出指标 | 指标2： | *
D26 | 产出指标 | …… | *
D27 | 效益指标 | 指标1： | *
D28 | 效益指标 | 指标2： | *
D29 | 效益指标 | …… | *
D30 | 效益指标 | 加强与国家各部委沟通协调，积极争取对临沧各项事业 | 30 30
D31 | 效益指标 | 指标2： | *
D32 | 效益指标 | …… | *
D33 | 效益指标 | 指标1： | *
D34 | 效益指标 | 指标2： | *
D35 | 效益指标 | …… | *
D36 | 效益指标 | 指标1： | *
D37 | 效益指标 | 指标2： | *
D38 | 效益指标 | …… | *
D39 | 满意度指标 | 市委市政府以及市级部门和县区收集、传递和反馈有关 | 30 29
D40 | 满意度指标 | 指标2： | *
D41 | 满意度指标 | …… | *
""",
    "guangzhou-2020-1": """
C20 | 投入与管理 | 预算执行率 | > 95%
C21 | 投入与管理 | 预算资金到位率 | =100%
C22 | 投入与管理 | 资金使用规范性 | 规范
C23 | 投入与管理 | 项目管理制度健全性 | 健全
C24 | 投入与管理 | 财务管理制度健全性 | 健全
C25 | 投入与管理 | 人员满意度 | 满意
C26 | 投入与管理 | 预算编制合理性 | 合理
C27 | 投入与管理 | 项目计划完成率(%) | > 95%
C28 | 投入与管理 | 财务监控有效性 | 有效
C29 | 投入与管理 | 固定资产管理情况 | 好
A30 | 投入与管理 | 信息公开实现率 | =100%
C31 | 产出目标 | 支持项目进度计划完成率 | =100%
C32 | 产出目标 | 项目质量可控性 | 可控
C33 | 产出目标 | 长效机制 | 健全
C34 | 效果目标 | 保障服务 | 满意
C35 | 效果目标 | 借鉴启示 | 良好
C36 | 效果目标 | 上级评价 | 满意
C37 | 影响力目标 | 人员配置情况 | 项目单位有人员分工机制，人员配置能有效完成项目
C38 | 影响力目标 | 聘请驻地专家；驻地党校专家；商协会专家，广州办 | 各3-5名
C39 | 影响力目标 | 大湾区研究院；广州市协作办党委；广州、深圳协作办 | 良好
C40 | 影响力目标 | 省水利厅、重庆市水利厅、湖北省宜昌市三峡工委、上 | 课题送达所列单位
""",
    "guangzhou-2020-2": """
C61 | 投入与管理 | 预算执行率 | > 95%
C62 | 投入与管理 | 预算资金到位率 | =100%
C63 | 投入与管理 | 资金使用规范性 | 规范
C64 | 投入与管理 | 项目管理制度健全性 | 健全
C65 | 投入与管理 | 财务管理制度健全性 | 健全
C66 | 投入与管理 | 人员满意度 | 满意
C67 | 投入与管理 | 预算编制合理性 | 合理
C68 | 投入与管理 | 项目计划完成率(%) | > 95%
C69 | 投入与管理 | 财务监控有效性 | 有效
C70 | 投入与管理 | 固定资产管理情况 | 好
A71 | 投入与管理 | 信息公开实现率 | =100%
C72 | 产出目标 | 支持项目进度计划完成率 | =100%
C73 | 产出目标 | 项目质量可控性 | 可控
C74 | 产出目标 | 长效机制 | 健全
C75 | 效果目标 | 沪粤两地经济合作往来 | 两地经济合作交流成果显著
C76 | 效果目标 | 合作交流工作支撑作用 | 支撑作用明显
C77 | 效果目标 | 服务对象满意度 | >90%
C78 | 影响力目标 | 人员配置情况 | 项目单位有人员分工机制，人员配置能有效完成项目
C79 | 影响力目标 | 办事处人员配备 | 健全
C80 | 影响力目标 | 与广东省接待办、深圳市接待办及部分地级市接待办共 | 协作良好
""",
}


HEADS = {
    "kunming-2019-1": ("合作交流工作业务费", "上海市人民政府驻昆明办事处", "", 2019),
    "kunming-2020-1": ("合作交流工作业务费", "上海市人民政府驻昆明办事处", "上海市人民政府合作交流办公室", 2020),
    "kunming-2020-2": ("合作交流专项工作经费", "上海市人民政府驻昆明办事处", "上海市人民政府合作交流办公室", 2020),
    "gumei-2020-1": (
        "(党建办) 组团式服务联系群众专项",
        "上海市闵行区人民政府古美路街道办事处",
        "",
        2020,
    ),
    "lincang-2021-1": ("驻京联络处2021工作经费", "临沧市人民政府办公室", "临沧市人民政府办公室", 2021),
    "guangzhou-2020-1": ("合作交流工作业务费", "上海市人民政府驻广州办事处", "", 2020),
    "guangzhou-2020-2": ("合作交流专项工作经费", "上海市人民政府驻广州办事处", "", 2020),
}

FUNDS = {
    "kunming-2019-1": "None 1040000 1027026.81 None 0.9875 None",
    "kunming-2020-1": "826500 636500 627430.69 10 0.9858 9.86",
    "kunming-2020-2": "380000 380000 129025.8 10 0.3396 3.4",
    "gumei-2020-1": "None 242400 242400 None 1 None",
    "lincang-2021-1": "None 500000 500000 10 1 10",
    "guangzhou-2020-1": "None 334680 None None None None",
    "guangzhou-2020-2": "None 130000 None None None None",
}
"""年初预算, 全年预算, 全年执行 in 元, 分值, 执行率, 得分 of the total row."""

PARTS = {
    "kunming-2020-1": [
        "其中:当年财政拨款 826500 636500 627430.69",
        "上年结转资金 None None None",
        "其他资金 None None None",
    ],
    "kunming-2020-2": [
        "其中:当年财政拨款 380000 380000 129025.8",
        "上年结转资金 None None None",
        "其他资金 None None None",
    ],
    "lincang-2021-1": [
        "其中:当年本级财力安排 None 500000 500000",
        "当年上级专款 None None None",
        "结余结转资金 None None None",
        "其他资金 None None None",
    ],
}

PREVIOUS = {
    "kunming-2019-1": "1160000 - -",
    "gumei-2020-1": "- - 0",
    "guangzhou-2020-1": "541200 541200 -",
    "guangzhou-2020-2": "130000 130000 -",
}
"""上年预算, 上年执行, 上年完成率; - where the form does not ask."""

TOTALS = {
    "kunming-2019-1": "G29 89 100 B9 良好",
    "kunming-2020-1": "H22 97.86 100",
    "kunming-2020-2": "H46 93.4 100",
    "gumei-2020-1": "F26 96 100 B8 优",
    "lincang-2021-1": "H43 99 100 J43 优",
}

GROUPS = {
    "kunming-2019-1": "投入与管理 36 产出目标 34 效果目标 15 影响力目标 15",
    "gumei-2020-1": "投入与管理 36 项目完成率 14 产出目标 34 效果目标 15 影响力目标 15",
}

PROBLEMS = {"kunming-2020-2": ["D43 L103"], "guangzhou-2020-1": ["A30 L102"], "guangzhou-2020-2": ["A71 L102"]}


def _forms() -> dict[str, Form]:
    return {
        f"{key}-{place}": form
        for key, name in FILES.items()
        for place, form in enumerate(read_forms(read_workbook(RETURNED / name)), 1)
    }


SEEDS = _forms()
seeds = pytest.mark.parametrize(("key", "form"), SEEDS.items(), ids=SEEDS)


def _value(located: Located[Decimal] | None) -> str:
    if located is None:
        return "-"
    return "None" if located.value is None else f"{located.value.normalize():f}"


def test_seven_forms() -> None:
    assert list(SEEDS) == list(ROWS)
    assert [key for key, form in SEEDS.items() if isinstance(form, ObjectiveForm)] == [
        "guangzhou-2020-1",
        "guangzhou-2020-2",
    ]


@seeds
def test_head(key: str, form: Form) -> None:
    assert (form.project, form.unit, form.department, form.year.value) == HEADS[key]


@seeds
def test_funding(key: str, form: Form) -> None:
    funding, total = form.funding, form.funding.total
    places = (total.initial_budget, total.adjusted_budget, total.executed, total.max_score, total.rate, total.score)
    assert " ".join(map(_value, places)) == FUNDS[key]
    parts = [
        f"{part.label.value} " + " ".join(map(_value, (part.initial_budget, part.adjusted_budget, part.executed)))
        for part in funding.parts
    ]
    assert parts == PARTS.get(key, [])
    previous = (funding.previous_budget, funding.previous_executed, funding.previous_rate)
    assert " ".join(map(_value, previous)) == PREVIOUS.get(key, "- - -")
    assert funding.unit == ("万元" if key == "lincang-2021-1" else "元")
    assert funding.asks_initial == (key in PARTS)


@seeds
def test_rows(key: str, form: Form) -> None:
    found = []
    for row in form.indicators:
        points = f"{row.max_score.raw.strip()} {row.score.raw.strip()}".strip()
        last = "*" if row.placeholder else points or row.target.raw[:24]
        found.append(f"{row.at.address} | {row.level1.value} | {row.name[:24] or '(blank)'} | {last}")
    assert found == ROWS[key].strip().split("\n")


@seeds
def test_totals_and_grade(key: str, form: Form) -> None:
    if isinstance(form, SelfEvaluation):
        found = f"{form.total.at.address} {_value(form.total)} {_value(form.total_max)}"
        found += f" {form.grade.at.address} {form.grade.value}" if form.grade else ""
        assert found == TOTALS[key]
    else:
        assert key not in TOTALS


@seeds
def test_printed_points_of_the_groups(key: str, form: Form) -> None:
    found = [f"{group.label.value} {group.printed_points}" for group in form.groups if group.printed_points]
    assert " ".join(found) == GROUPS.get(key, "")


@seeds
def test_execution_row(key: str, form: Form) -> None:
    inside = key in ("kunming-2019-1", "gumei-2020-1")
    assert [row.name for row in form.indicators if row.execution] == (["预算执行率"] if inside else [])


@seeds
def test_problems(key: str, form: Form) -> None:
    assert [f"{problem.at.address} {problem.code}" for problem in form.problems] == PROBLEMS.get(key, [])


def test_the_report_and_the_notes_are_surroundings() -> None:
    places = [text.at.in_file for text in SEEDS["lincang-2021-1"].surroundings]
    assert places == [*(f"自评报告!A{row}" for row in range(1, 38)), "项目支出绩效自评表!A1", "项目支出绩效自评表!A45"]
    notes = [text.at.address for text in SEEDS["gumei-2020-1"].surroundings]
    assert notes == ["A27", "A28", "A29"]
    assert SEEDS["kunming-2019-1"].surroundings == SEEDS["guangzhou-2020-1"].surroundings == ()


@pytest.mark.parametrize("name", FILES.values())
def test_the_same_after_libreoffice_has_saved_it(name: str) -> None:
    saved = RETURNED / "LibreOffice另存" / name
    assert read_forms(read_workbook(saved)) == read_forms(read_workbook(RETURNED / name))
