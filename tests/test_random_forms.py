"""Forms that are right by construction, written, read and reviewed; then the same with one thing wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfxl.form import Form, Indicator, Located, SelfEvaluation
from perfxl.grid import Cell, Grid, Workbook
from perfxl.layouts import Content, FundingContent, RowContent, write_form
from perfxl.review import FileReview, Review, review_workbook
from perfxl.scheme import builtin_schemes
from perfxl.sources import read_workbook
from tests.grids import cell, place, places, report_grid
from tests.random_forms import RandomForm, random_form
from tests.spreadsheets import recalculate

SCHEMES = tuple(builtin_schemes())
SEEDS = range(20)
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


@pytest.mark.acceptance
@pytest.mark.parametrize("seed", RECALCULATED)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_another_program_computes_the_same(scheme: str, seed: int, tmp_path: Path) -> None:
    filled = random_form(builtin_schemes()[scheme], seed)
    cached = written(filled, tmp_path)
    recalculated = recalculate(tmp_path / "表.xlsx", "libreoffice")
    for grid in cached.grids:
        found = recalculated[grid.sheet]
        for (row, column), cell in grid.cells.items():
            if cell.formula is None:
                continue
            address, value = grid.ref(row, column).address, found.get(grid.ref(row, column).address)
            if isinstance(cell.value, Decimal):
                assert isinstance(value, int | float), (grid.sheet, address, cell.value, value)
                assert abs(cell.value - Decimal(repr(value))) <= abs(cell.value) * Decimal("1e-12"), address
            else:
                assert (value or None) == (cell.value or None), (grid.sheet, address)


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


def _row(group: str, level2: str, name: str, target: Any, actual: Any, points: str, score: str, **more: Any) -> RowContent:
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
