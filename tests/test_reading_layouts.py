"""Layouts that no scheme prints: three published ones, and random departures with their truth."""

from __future__ import annotations

import pytest

from benchmarks.reading.layouts import sample
from benchmarks.reading.measuring import measure
from benchmarks.reading.plan import ALL
from perfxl.form import Indicator, SelfEvaluation
from perfxl.grid import Workbook
from perfxl.reading import read_forms
from tests.grids import form_grid, places, review_grids

EXECUTION_20 = """
D9 | 产出指标 | 数量指标 | 改造乡镇卫生院数量 | 12所 | 12所 |  | 20
D10 | 产出指标 | 质量指标 | 设备验收合格率 | ≥98% | 100% |  | 15
D11 | 效益指标 | 社会效益指标 | 门急诊人次增长率 | ≥5% | 4.6% |  | 13.8
D13 | 产出指标 | 时效指标 | 培训完成时间 | 2022年12月底前 | 2022年11月 |  | 15
D14 | 满意度指标 | 服务对象满意度指标 | 就诊群众满意度 | ≥90% | 92% |  | 15
"""

SPLIT_TARGET = """
D11 | 产出指标 | 数量指标 | 维修养护水库数量 | =40座 | 40座 | 20 | 20
D12 | 产出指标 | 质量指标 | 维修工程合格率 | ≥95% | 97% | 20 | 20
D13 | 产出指标 | 时效指标 | 汛前完成时间 | 5月底前 | 5月20日 | 10 | 10
D14 | 产出指标 | 成本指标 | 单座养护成本 | ≤20万元 | 18.64万元 | 10 | 10
D15 | 效益指标 | 社会效益指标 | 保障灌溉面积 | ≥3.2万亩 | 3.1万亩 | 20 | 19.38
D16 | 满意度指标 | 服务对象满意度指标 | 灌区群众满意度 | ≥90% | 93% | 10 | 10
"""

STARRED = """
D8 | 产出指标 | 数量指标 | 受益学校 |  |  | 20 | 20
D9 | 产出指标 | 数量指标 | 小学 | 26所 | 26所 |  |
D10 | 产出指标 | 数量指标 | 初中 | 8所 | 8所 |  |
D11 | 产出指标 | 质量指标 | 食材抽检合格率 |  |  | 30 | 29
D12 | 产出指标 | 质量指标 | 肉类 | 100% | 100% |  |
D13 | 产出指标 | 质量指标 | 蔬菜 | 100% | 98% |  |
D14 | 效益指标 | 社会效益指标 | 学生体质达标率 | ≥92% | 93% | 30 | 30
D15 | 满意度指标 | 服务对象满意度指标 | 家长满意度 | ≥90% | 95% | 10 | 10
"""

FIELDS = {
    "layouts/execution-20": """
C3 project_name 乡镇卫生院能力提升
C4 supervising_department 某县卫生健康局
F4 implementing_unit 某县乡镇卫生院管理中心
C5 project_continuity 持续性项目
F5 project_duration 常年性项目
A2 applicant_unit 某县卫生健康局
D2 filled_on 2023年2月20日
C16 deviation_note 受就诊淡季影响，门急诊人次增长略低于预期。
C17 measures 加强与村卫生室的转诊衔接，下一年度据此安排预算。
""",
    "layouts/split-target": """
C3 project_name 小型水库维修养护
C4 supervising_department 某市水利局
H4 implementing_unit 某市水库管理处
B9 expected_goal 完成四十座小型水库的日常维修养护，保证安全度汛和灌溉供水。
G9 actual_goal 四十座小型水库完成年度维修养护，安全度汛，灌溉供水没有中断。
""",
    "layouts/starred": """
C3 project_name 学生营养改善计划
C4 supervising_department 某县教育局
G4 implementing_unit 某县学生资助中心
""",
}

FUNDS = {
    "layouts/execution-20": "None 4000000 3910000 None 0.9775 19.55 | 98.35 None | 2022",
    "layouts/split-target": "8000000 7600000 7455600.00 None 0.981 None | 89.38 90 | 2023",
    "layouts/starred": "5200000 5200000 5096000 10 0.98 9.8 | 98.8 100 | 2024",
}

PROBLEMS: dict[str, list[str]] = {
    "layouts/execution-20": ["B8 L110"],
    "layouts/split-target": [],
    "layouts/starred": [],
}
"""The form with points for its goals only has no column 分值."""


def evaluation(name: str) -> SelfEvaluation:
    (form,) = read_forms(Workbook("表.xlsx", (form_grid(name),)))
    assert isinstance(form, SelfEvaluation)
    return form


@pytest.mark.parametrize(
    ("name", "rows"),
    [("layouts/execution-20", EXECUTION_20), ("layouts/split-target", SPLIT_TARGET), ("layouts/starred", STARRED)],
)
def test_a_published_layout(name: str, rows: str) -> None:
    form = evaluation(name)
    assert [_line(row) for row in form.indicators] == [line.rstrip() for line in rows.strip().split("\n")]
    fields = [f"{one.at.address} {id_} {one.value}" for id_, one in form.fields.items() if not one.blank]
    assert sorted(fields) == sorted(FIELDS[name].strip().split("\n"))
    total = form.funding.total
    amounts = (total.initial_budget, total.adjusted_budget, total.executed, total.max_score, total.rate, total.score)
    funds = " ".join(_plain(amount.value) for amount in amounts)
    assert f"{funds} | {_plain(form.total.value)} {_plain(form.total_max.value)} | {form.year.value}" == FUNDS[name]
    assert [f"{one.at.address} {one.code}" for one in form.problems] == PROBLEMS[name]


def test_the_parts_of_a_starred_row_need_no_points_of_their_own() -> None:
    form = evaluation("layouts/starred")
    assert [row.level3.value for row in form.indicators if row.part] == ["小学", "初中", "肉类", "蔬菜"]
    assert places(review_grids(form_grid("layouts/starred"), scheme="mof/2020")) == ["B8 I104"]


@pytest.mark.parametrize("mutation", ALL)
def test_a_departure_from_the_official_layout(mutation: str) -> None:
    """Few forms each, always the same; `python -m benchmarks.reading` measures many."""
    tally = measure([sample(mutation, seed) for seed in range(4)])[mutation].tally
    unknown = mutation in ("words not listed", "words invented", "mixed")
    assert tally.recall >= (0.9 if unknown else 1)
    assert (tally.silent, tally.wrong) == (0, 0)


def _line(row: Indicator) -> str:
    levels = (row.level1.value, row.level2.value, row.level3.value)
    figures = (row.target.raw, row.actual.raw, row.max_score.raw, row.score.raw)
    return f"{row.at.address} | {' | '.join([*map(str, levels), *figures])}".rstrip()


def _plain(value: object) -> str:
    return str(value)


# ---- points behind names, where there is no column 分值


def weights(changes: dict[str, str]) -> tuple[list[str], list[str]]:
    (form,) = read_forms(Workbook("表.xlsx", (form_grid("layouts/execution-20", changes),)))
    rows = [f"{row.name} {_plain(row.max_score.value)} {row.max_score.at.address}" for row in form.indicators]
    return rows, [f"{one.at.address} {one.code}" for one in form.problems]


def test_points_behind_the_names_of_indicators() -> None:
    names = ("改造乡镇卫生院数量（20分）", "设备验收合格率(15 分)", "门急诊人次增长率（15分）")
    goals = {f"D{row}": name for row, name in zip((9, 10, 11), names, strict=True)}
    assert weights({**goals, "D13": "培训完成时间（15分）", "D14": "就诊群众满意度（１５分）"}) == (
        [
            "改造乡镇卫生院数量 20 D9",
            "设备验收合格率 15 D10",
            "门急诊人次增长率 15 D11",
            "培训完成时间 15 D13",
            "就诊群众满意度 15 D14",
        ],
        [],
    )


def test_points_behind_the_labels_of_level_2_count_for_a_single_indicator() -> None:
    labels = ("数量指标（20分）", "质量指标（15分）", "社会效益指标（15分）", "时效指标（15分）", "满意度指标（15分）")
    rows, problems = weights({f"C{row}": label for row, label in zip((9, 10, 11, 13, 14), labels, strict=True)})
    assert [row.partition(" ")[2] for row in rows] == ["20 C9", "15 C10", "15 C11", "15 C13", "15 C14"]
    assert problems == []


def test_a_number_in_brackets_that_is_no_weight() -> None:
    """A count, a mark that is aimed at, and points of one indicator alone; the column 分值 is still missed."""
    rows, problems = weights(
        {"D9": "改造乡镇卫生院数量（12）", "D10": "设备评分（满分100分）", "D14": "满意度（90分）"}
    )
    assert [row for row in rows if " None " not in row] == []
    assert [row.split(" ")[0] for row in rows][::4] == ["改造乡镇卫生院数量（12）", "满意度（90分）"]
    assert problems == ["B8 L110"]
