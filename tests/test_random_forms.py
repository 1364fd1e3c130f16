"""Forms that are right by construction, written, read and reviewed; then the same with one thing wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from perfxl.finding import catalog
from perfxl.form import Form, Indicator, Located, SelfEvaluation
from perfxl.grid import Cell, Grid, Workbook
from perfxl.layouts import Content, FundingContent, RowContent, write_form
from perfxl.review import FileReview, Review, review_workbook
from perfxl.scheme_files import builtin_schemes
from perfxl.sources import read_workbook
from tests.extent import fast_first
from tests.grids import cell, place, places, report_grid
from tests.random_forms import RandomForm, random_form
from tests.spreadsheets import Sheets, recalculate_all

SCHEMES = tuple(builtin_schemes())
SEEDS = fast_first(range(30), 3)
RECALCULATED = range(3)


def written(form: RandomForm, folder: Path) -> Workbook:
    path = folder / "表.xlsx"
    write_form(form.scheme, path, form.content)
    return read_workbook(path)


def only_review(file: FileReview) -> Review:
    assert len(file.reviews) == 1
    return file.reviews[0]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_good_form_has_no_finding_and_reads_back(scheme: str, seed: int, tmp_path: Path) -> None:
    filled = random_form(builtin_schemes()[scheme], seed)
    workbook = written(filled, tmp_path)
    review = review_workbook(workbook, "表.xlsx")
    assert [f"{place} {f.message()}" for place, f in zip(places(review), review.findings, strict=True)] == []
    assert_read_back(filled, only_review(review).form)
    assert_computed(filled, only_review(review))
    assert self_check(workbook) == Decimal(0)


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], tuple[Workbook, Sheets]]:
    """By scheme and seed: the form as written, and what LibreOffice makes of it."""
    folder = tmp_path_factory.mktemp("recalculated")
    paths: dict[tuple[str, int], Path] = {}
    for scheme, seed in product(SCHEMES, RECALCULATED):
        paths[scheme, seed] = folder / f"{len(paths)}.xlsx"
        filled = random_form(builtin_schemes()[scheme], seed)
        write_form(filled.scheme, paths[scheme, seed], filled.content)
    values = recalculate_all(list(paths.values()), "libreoffice")
    return {key: (read_workbook(path), values[path]) for key, path in paths.items()}


@pytest.mark.acceptance
@pytest.mark.parametrize("seed", RECALCULATED)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_another_program_computes_the_same(
    scheme: str, seed: int, recalculated: dict[tuple[str, int], tuple[Workbook, Sheets]]
) -> None:
    filled = random_form(builtin_schemes()[scheme], seed)
    saved, values = recalculated[scheme, seed]
    assert [f"{grid.sheet}!{place}" for grid in saved.grids for place in _differing(grid, values[grid.sheet])] == []
    again = Workbook(saved.file, tuple(_with(grid, values[grid.sheet]) for grid in saved.grids), saved.properties)
    review = review_workbook(again, "表.xlsx")
    assert places(review) == []
    assert_computed(filled, only_review(review))


def _differing(grid: Grid, values: Mapping[str, object]) -> list[str]:
    """Formulas whose saved result is not the recalculated one: `D6: 9.85, 无法计算`."""
    found = []
    for at, saved in grid.cells.items():
        address = grid.ref(*at).address
        value = values.get(address)
        if isinstance(saved.value, Decimal) and isinstance(value, int | float):
            same = abs(saved.value - Decimal(repr(value))) <= abs(saved.value) * Decimal("1e-12")
        else:
            same = (value or None) == (saved.value or None)
        if saved.formula is not None and not same:
            found.append(f"{address}: {saved.value}, {value}")
    return found


def _with(grid: Grid, values: Mapping[str, object]) -> Grid:
    """The sheet with the recalculated results in its formula cells."""
    cells = dict(grid.cells)
    for at, saved in grid.cells.items():
        value = values.get(grid.ref(*at).address)
        if saved.formula is not None:
            number = isinstance(value, int | float)
            cells[at] = saved._replace(value=Decimal(f"{value:.15g}") if number else str(value) if value else None)
    return replace(grid, cells=cells)


def assert_read_back(filled: RandomForm, form: Form) -> None:
    content = filled.content
    assert (form.scheme_id, form.year.value) == (filled.scheme.id, content.year)
    for name, value in content.fields.items():
        if isinstance(value, str) and value:
            assert (name, form.text(name)) == (name, value)
        elif isinstance(value, date):
            assert (name, form.text(name)) == (name, value.isoformat())
    assert form.project == content.fields["project_name"]
    rows = [form.funding.total, *form.funding.parts]
    asked = {field.id for field in (*filled.scheme.layout.header, *filled.scheme.layout.funding_columns)}
    for name in ("initial_budget", "adjusted_budget", "executed"):
        if name in asked:
            stated = [getattr(line, name) for line in content.funding]
            assert [getattr(row, name).value for row in rows[: len(stated)]] == stated
    assert [_meant(filled, row) for row in content.indicators] == [_read(row) for row in form.named_indicators]


def _meant(filled: RandomForm, row: RowContent) -> tuple[str, ...]:
    """What the row must read as: level 1 and 2, name, target, actual, points, note, kind."""
    columns = {column.id for column in filled.scheme.layout.columns}
    preset = {preset.name: preset for group in filled.scheme.groups for preset in group.preset}.get(row.name)
    points = row.max_score if preset is None or preset.points is None else preset.points
    return (
        row.group,
        row.level2 if "level2" in columns else "",
        row.name,
        _shown(row.target, row.percent),
        _shown(row.actual, row.percent),
        "" if points is None else f"{points.normalize():f}",
        "" if row.score is None else f"{row.score.normalize():f}",
        row.note,
        row.kind,
    )


def _shown(value: str | Decimal, percent: bool) -> str:
    if isinstance(value, str):
        return value
    return f"{(value * 100).normalize():f}%" if percent else f"{value.normalize():f}"


def _read(row: Indicator) -> tuple[str, ...]:
    return (
        row.level1.value or "",
        row.level2.value or "",
        row.name,
        row.target.raw,
        row.actual.raw,
        _points(row.max_score),
        _points(row.score),
        row.note.raw,
        row.kind.raw,
    )


def _points(cell: Located[Decimal]) -> str:
    return "" if cell.value is None else f"{cell.value.normalize():f}"


def assert_computed(filled: RandomForm, review: Review) -> None:
    """The results saved in the cells, the scorecard, and the arithmetic of this test agree."""
    outcome, form, card = filled.outcome, review.form, review.scorecard
    if outcome is None:
        assert card is None
        return
    assert isinstance(form, SelfEvaluation) and card is not None
    funding = form.funding.total
    printed = card.execution.reported.value
    if filled.scheme.execution and filled.scheme.execution.inside_group is None:
        assert printed == outcome.execution_score
    grade = form.grade.raw if form.grade else ""
    assert (funding.rate.value, form.total.value, grade) == (outcome.rate, outcome.total, outcome.grade)
    assert (card.rate, card.execution.computed) == (outcome.rate, outcome.execution_score)
    assert (card.reported_sum, card.computed_total) == (outcome.total, outcome.total)
    assert (card.reported_sum_grade or "", card.computed_grade or "") == (outcome.grade, outcome.grade)


def self_check(workbook: Workbook) -> object:
    """The number of 需改 that the sheet 自检 counts."""
    grid = next(grid for grid in workbook.grids if grid.sheet == "自检")
    return grid.cell(2, 2).value


# Planted mistakes: a good form of each kind, one thing changed in it, and everything that must be found.


def _row(
    group: str, level2: str, name: str, target: Any, actual: Any, points: str, score: str, **more: Any
) -> RowContent:
    return RowContent(
        group, level2, name, target=target, actual=actual, max_score=Decimal(points), score=Decimal(score), **more
    )


LATE = "供货单位交货推后，已签补充协议。"
KEPT = ("管护责任落实到人，运行记录完整可查", "管护合同均已签订，台账按月更新")
COVERED = ("群众反映的突出困难得到有效缓解", "走访显示困难明显减少，投诉量持续下降")
MOF = Content(
    2024,
    {
        "project_name": "2024年农村饮水安全项目",
        "supervising_department": "清河县水利局",
        "implementing_unit": "清河县灌区管理所",
        "expected_goal": "按计划实施各项建设任务，保障群众基本需求，发挥财政资金的使用效益。",
        "actual_goal": "主体部分通过验收并投入使用，相关台账已归档。",
    },
    (
        FundingContent(Decimal(1000000), Decimal(1050000), Decimal(1034250)),
        FundingContent(Decimal(700000), Decimal(735000), Decimal(724000)),
        FundingContent(Decimal(300000), Decimal(315000), Decimal(310250)),
    ),
    (
        _row("产出指标", "数量指标", "维修灌溉渠道长度", "≥40公里", "39.1公里", "10", "9.78", note=LATE),
        _row("产出指标", "数量指标", "聘请外部专家", "3-5名", "4名", "10", "10"),
        _row("产出指标", "质量指标", "单元工程合格率", "≥95%", "97%", "10", "10", kind="正向定量"),
        _row("产出指标", "时效指标", "全部任务完结时间", "2024年12月底前", "2024年11月", "10", "10"),
        _row("产出指标", "成本指标", "每公里造价", "≤30万元", "28万元", "10", "10"),
        _row("效益指标", "社会效益指标", "公共服务覆盖情况", *COVERED, "20", "20"),
        _row("效益指标", "可持续影响指标", "长效管护机制", KEPT[0], "达成", "10", "9", note=LATE),
        _row("满意度指标", "服务对象满意度指标", "受益群众满意度", "≥90%", "93%", "10", "10"),
    ),
)
PRESETS = {
    scheme: tuple(
        RowContent(group.name, name=preset.name, score=preset.points, execution=preset.execution)
        for group in builtin_schemes()[scheme].groups
        for preset in group.preset
    )
    for scheme in ("shanghai/2019", "shanghai/2020")
}
BUREAU = {
    "project_name": "农村饮水安全项目",
    "budget_unit": "清河县水利局",
    "recurring": "否",
    "annual_goal": "按计划实施各项建设任务，保障群众基本需求，发挥财政资金的使用效益。",
    "achievements": "主体部分通过验收并投入使用，相关台账已归档。",
    "problems": "个别台账登记不够细致。",
    "measures": "明确专人按月核对台账。",
}
DIMENSIONS = (
    _row("产出目标", "", "维修渠道数量", "", "", "20", "20", explanation="反映维修渠道的长度。"),
    _row("产出目标", "", "工程合格率", "", "", "14", "14", explanation="反映单元工程验收情况。"),
    _row("效果目标", "", "惠及群众", "", "", "15", "13", explanation="反映受益范围。", note=LATE),
    _row("影响力目标", "", "管护机制", "", "", "15", "15", explanation="反映长效管护情况。"),
)
SHANGHAI_2019 = Content(
    2019,
    {**BUREAU, "evaluated_on": date(2020, 3, 31), "previous_budget": Decimal(480000)},
    (FundingContent(None, Decimal(500000), Decimal(480000)),),
    (*PRESETS["shanghai/2019"], *DIMENSIONS),
)
SHANGHAI_2020 = Content(
    2024,
    {**BUREAU, "evaluated_on": date(2025, 3, 31), "previous_rate": Decimal("0.97")},
    (FundingContent(None, Decimal(500000), Decimal(480000)),),
    (
        *PRESETS["shanghai/2020"],
        replace(DIMENSIONS[0], scoring_rule="①有书面计划；（5分）②按计划完成。（15分）"),
        *DIMENSIONS[1:],
    ),
)
LINCANG = replace(
    MOF,
    indicators=(
        _row("产出指标", "数量指标", "维修灌溉渠道长度", "≥40公里", "41公里", "30", "30"),
        _row("产出指标", "质量指标", "单元工程合格率", "≥95%", "97%", "20", "20"),
        _row("效益指标", "社会效益指标", "公共服务覆盖情况", *COVERED, "30", "30"),
        _row("满意度指标", "服务对象满意度指标", "受益群众满意度", "≥90%", "93%", "10", "10"),
    ),
)
OBJECTIVE = Content(
    2024,
    {
        "applicant_unit": "清河县水利局",
        "project_name": "农村饮水安全项目",
        "project_category": "其他一次性项目",
        "start_date": date(2024, 3, 1),
        "end_date": date(2024, 11, 30),
        "government_purchase": "否",
        **dict.fromkeys(("overview", "basis", "necessity"), "按规划改造老旧管网，保障群众用水。"),
        **dict.fromkeys(("safeguards", "plan", "overall_goal"), "分三批施工，逐批验收，年底前全部通水。"),
        "total_budget": Decimal(500000),
        "previous_budget": Decimal(480000),
        "previous_executed": Decimal(470000),
    },
    (FundingContent(None, Decimal(500000), None),),
    (
        RowContent("产出目标", "数量", "维修灌溉渠道长度", target="≥40公里"),
        RowContent("产出目标", "质量", "单元工程合格率", target="≥95%"),
        RowContent("效果目标", "满意度", "受益群众满意度", target="≥90%"),
    ),
)
BASES = {
    "mof/2020": MOF,
    "lincang/2021": LINCANG,
    "shanghai/2019": SHANGHAI_2019,
    "shanghai/2020": SHANGHAI_2020,
    "shanghai/2020-objective": OBJECTIVE,
}


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


def fields(**texts: str | Decimal | date) -> Callable[[Content], Content]:
    return lambda content: replace(content, fields={**content.fields, **texts})


def funds(initial: int | None, adjusted: int | None, executed: int | None) -> Callable[[Content], Content]:
    """One line without parts."""
    amounts = (None if amount is None else Decimal(amount) for amount in (initial, adjusted, executed))
    return lambda content: replace(content, funding=(FundingContent(*amounts),))


def part(executed: int, **amounts: int) -> Callable[[Content], Content]:
    """The first part differs."""

    def change(content: Content) -> Content:
        total, first, *rest = content.funding
        changed = replace(first, executed=Decimal(executed), **{k: Decimal(v) for k, v in amounts.items()})
        return replace(content, funding=(total, changed, *rest))

    return change


def row(name: str, /, **changes: Any) -> Callable[[Content], Content]:
    """One indicator differs. Numbers are given as text."""
    typed: dict[str, Any] = {
        k: Decimal(v) if k in ("max_score", "score") and v is not None else v for k, v in changes.items()
    }
    return lambda content: replace(
        content, indicators=tuple(replace(r, **typed) if r.name == name else r for r in content.indicators)
    )


def every_row(content: Content) -> Content:
    """All points full, nothing explained."""
    return replace(content, indicators=tuple(replace(r, score=r.max_score, note="") for r in content.indicators))


def more(*added: RowContent, after: int = 99) -> Callable[[Content], Content]:
    def change(content: Content) -> Content:
        rows = content.indicators
        return replace(content, indicators=(*rows[:after], *added, *rows[after:]))

    return change


def without(name: str) -> Callable[[Content], Content]:
    return lambda content: replace(content, indicators=tuple(r for r in content.indicators if r.name != name))


def both(*changes: Callable[[Content], Content]) -> Callable[[Content], Content]:
    def change(content: Content) -> Content:
        for one in changes:
            content = one(content)
        return content

    return change


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
    grids = [replace(_typed_over(first, plant.cells), hidden=plant.hidden, hidden_rows=plant.hidden_rows), *others]
    if plant.report:
        grids.append(report_grid(plant.report))
    properties = workbook.properties if plant.properties is None else plant.properties
    return review_workbook(Workbook(workbook.file, tuple(grids), properties), workbook.file)


def _typed_over(grid: Grid, texts: Mapping[str, str]) -> Grid:
    cells: dict[tuple[int, int], Cell] = dict(grid.cells)
    for address, text in texts.items():
        cells.pop(place(address), None)
        typed = cell(text)
        if typed is not None:
            cells[place(address)] = typed
    return replace(grid, cells=cells)
