"""A form as a converter's text, cells run together: what is read of it, and what is asked about."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.form import Indicator, SelfEvaluation
from perfxl.grid import Cell, Grid, Workbook
from perfxl.reading import read_forms
from perfxl.reading.pieces import runs_together
from perfxl.sources.text import read_text
from tests.extent import cases
from tests.grids import form_grid

ROWS = """
产出指标 | 数量指标 | 养护道路里程 | ≥320公里 | 320公里 | 15 15 |
产出指标 | 质量指标 | 路面技术状况合格率 | ≥95% | 96% | 15 15 |
产出指标 | 时效指标 | 养护任务完成时间 | 2025年12月底前 | 2025年11月 | 10 10 |
产出指标 | 成本指标 | 每公里养护成本 | ≤2万元 | 1.9万元 | 10 10 |
效益指标 | 社会效益指标 | 惠及行政村数量 | 40个 | 38个 | 10 9.5 | 两个村因改线推迟到下年，已列入下年计划。
效益指标 | 可持续影响指标 | 管养机制健全程度 | 健全并执行 | 已建立“县乡村 三级”管养机制并执行 | 20 20 |
满意度指标 | 服务对象满意度指标 | 沿线群众满意度 | ≥90% | 93% | 10 10 |
"""


def evaluation(changes: dict[str, str] | None = None) -> SelfEvaluation:
    (form,) = read_forms(Workbook("表.xlsx", (form_grid("layouts/flowed", changes),)))
    assert isinstance(form, SelfEvaluation)
    return form


def rows(form: SelfEvaluation) -> list[str]:
    return [
        f"{row.level1.value} | {row.level2.value} | {row.name} | {row.target.raw} | {row.actual.raw} | "
        f"{row.max_score.raw} {row.score.raw} | {row.note.raw}".rstrip()
        for row in form.indicators
    ]


def asked(form: SelfEvaluation) -> list[str]:
    return [f"{one.at.address} {one.code} {one.numbers.get('text', '')}".rstrip() for one in form.problems]


def test_every_cell_is_parted() -> None:
    form = evaluation()
    assert rows(form) == ROWS.strip().split("\n")
    assert (form.year.value, form.project, form.department, form.unit) == (
        2025,
        "农村公路养护补助",
        "某市交通运输局",
        "某市公路事务中心",
    )
    total = form.funding.total
    amounts = (total.initial_budget, total.adjusted_budget, total.executed, total.max_score, total.score)
    assert [str(one.value) for one in amounts] == ["6000000.00", "6365000.00", "6274300.00", "10", "9.86"]
    assert [part.label.raw for part in form.funding.parts] == ["其中：当年财政拨款", "其他资金"]
    assert form.text("expected_goal") == "完成县乡道路日常养护，及时修复损毁路面，保障群众安全便捷出行。"
    assert form.text("actual_goal").startswith("全年养护县乡道路")
    assert (str(form.total.value), str(form.total_max.value), form.text("grade")) == ("99.36", "100", "优")
    assert asked(form) == ["第1行 L116 —"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"A47": "健全并␣"}, "管养机制健全程度 健全并 执行 已建立“县乡村 三级”管养机制并执行"),
        ({"A37": "质量指标 路面技术状␣"}, "路面技术状 况合格率 ≥95% 96%"),
        ({"A43": "社会效益指标 惠及行政村数量 40个 10 9.5␣"}, "惠及行政村数量 40个"),
        ({"A13": "600.00 627.43 —␣"}, "其中：当年财政拨款 600.00 627.43 —"),
    ],
)
def test_a_row_with_more_than_one_way_is_named(changes: dict[str, str], said: str) -> None:
    assert asked(evaluation(changes)) == [f"第1行 L116 {said}"]


BLANK = "␣"
MARKED = {
    **{f"A{row}": f"{form_grid('layouts/flowed').text(row, 1)}{BLANK}{BLANK}" for row in (36, 39, 40, 41, 50, 51)},
    "A13": "600.00 636.50 627.43 —␣␣␣",
    "A14": "其他资金␣␣␣␣",
    "A15": "—␣␣␣",
    "A52": "总分 100 99.36␣␣",
    "A54": "其他需要说明的事项␣␣",
}
"""The lines as a converter gives them that ends each cell in a blank, an empty one too."""


def test_what_can_be_parted_in_one_way_only_is_not_asked_about() -> None:
    form = evaluation(MARKED)
    assert rows(form) == ROWS.strip().split("\n")
    assert form.funding == evaluation().funding
    assert asked(form) == []


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"A52": "总分 100 99.38␣␣"}, id="the scores do not add up"),
        pytest.param({"A52": "总分 99 99.36␣␣"}, id="the weights do not add up"),
        pytest.param({"A10": "年度资金总额 600.00 636.50 627.43 10 97.58% 9.86␣"}, id="the rate is another"),
        pytest.param({"A10": "年度资金总额 636.50 627.43 10 98.58% 9.86␣"}, id="an amount is missing"),
        pytest.param({"A43": "社会效益指标 惠及行政村 数量 40个 38个 10 9.5␣"}, id="a blank in a name"),
        pytest.param({"A43": "社会特色指标 惠及行政村数量 40个 38个 10 9.5␣"}, id="a level that is none"),
        pytest.param({"A45": "年，已列入 下年计划。␣"}, id="a blank in a note"),
        pytest.param({"A3": "项目名称 农村公路 养护补助␣"}, id="a blank in a value"),
        pytest.param({"A53": "自评等级 优 备查 无␣"}, id="a label in words of its own"),
        pytest.param({"A21": "路面，保障群众安全便捷 出行。␣"}, id="a blank in a goal"),
        pytest.param({f"A{row}": "" for row in (13, 14, 15, 36, 50)} | {"A51": MARKED["A51"]}, id="rows are missing"),
    ],
)
def test_what_nothing_bears_out_is_asked_about(changes: dict[str, str]) -> None:
    assert "L116" in [problem.code for problem in evaluation(MARKED | changes).problems]


def test_an_empty_cell_that_left_its_blank_is_no_question() -> None:
    form = evaluation(MARKED | {"A43": "社会效益指标 惠及行政村数量 40个␣␣10 9.5␣"})
    row = next(row for row in form.indicators if row.name == "惠及行政村数量")
    assert (row.target.raw, row.actual.raw, row.score.raw, asked(form)) == ("40个", "", "9.5", [])


def test_blanks_in_full_lines_tell_the_cell_that_they_stand_in() -> None:
    """健全并执行 in two cells of text: the first, too wide for a name, can only be the target."""
    lines = {
        "A38": "况合格率␣",
        "A46": "可持续影响指标 管养机制健␣",
        "A47": "全程度␣",
        "A48": "健全并执行␣",
    }
    assert "L116" in [problem.code for problem in evaluation(MARKED | lines).problems]


def test_a_line_of_as_many_blanks_as_cells_is_an_empty_row() -> None:
    lines = form_grid("layouts/flowed", MARKED)
    text = [lines.text(row, 1) for row in range(1, 55)]
    for blanks, found in ((5, []), (6, ["第41行 L103"]), (7, [])):
        changed = "\n".join([*text[:40], " " * blanks, *text[40:]])
        (form,) = read_forms(read_text(changed.encode(), "a.txt"))
        assert isinstance(form, SelfEvaluation)
        assert asked(form) == found
        assert rows(form) == ROWS.strip().split("\n")


def test_a_total_alone_is_the_score_and_a_row_without_points_is_named() -> None:
    form = evaluation({"A52": "总分 99.36␣"})
    assert (form.total.raw, form.total_max.raw) == ("99.36", "")
    form = evaluation({"A51": "满意度指标 服务对象满意度指标 沿线群众满意度 ≥90% 93%␣"})
    assert [one for one in asked(form) if "L116" in one] == [
        "第1行 L116 满意度指标 服务对象满意度指标 沿线群众满意度 ≥90% 93%"
    ]
    assert (form.total.raw, form.text("grade")) == ("99.36", "优")


def test_a_place_is_the_line_of_the_text() -> None:
    form = evaluation()
    assert [row.at.address for row in form.indicators][:2] == ["第35行", "第37行"]
    assert form.total.at.address == "第52行"


def test_other_texts_are_left_alone() -> None:
    """No labels side by side; lines that do not tell whether they go on; a sheet with columns."""

    def lines(*texts: str) -> Grid:
        return Grid("a.txt", "文本", {(row, 1): Cell(text) for row, text in enumerate(texts, start=1)})

    header = "一级指标 二级指标 三级指标 分值 得分"
    assert runs_together(lines(f"{header} ", "产出指标 数量指标 里程 15 15 "))
    assert not runs_together(lines("报告如下 ", "一级指标、二级指标、三级指标均已完成 "))
    assert not runs_together(lines(header, "产出指标 数量指标 里程 15 15"))
    assert not runs_together(form_grid("mof-2020"))
    assert not runs_together(lines())


LINES = [form_grid("layouts/flowed").text(row, 1) for row in range(1, 55)]


@settings(max_examples=cases(50, 150), deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 53), st.sampled_from(("gone", "twice", "cut", "joined", "figures"))), max_size=12)
)
def test_whatever_is_lacking_the_rest_is_read(changes: list[tuple[int, str]]) -> None:
    """Lines that are lost, doubled, cut or run together never raise, and what is inferred is always asked about."""
    lines = list(LINES)
    for place, change in changes:
        line = lines[place]
        lines[place] = {
            "gone": "",
            "twice": f"{line}\n{line}",
            "cut": line[: len(line) // 2],
            "joined": line.replace(" ", ""),
            "figures": "10 10 10 ",
        }[change]
    text = "\n".join(lines).encode()
    for form in read_forms(read_text(text, "a.txt")):
        inferred = any("第" in row.at.address and "列" not in row.at.address for row in form.indicators)
        assert not inferred or "L116" in [one.code for one in form.problems]


def test_quotations_that_are_never_closed_cost_nothing() -> None:
    lines = [*LINES, *["“内容没有空格" * 4, "内容没有空格 "] * 5_000]
    (grid,) = read_text("\n".join(lines).encode(), "a.txt").grids
    assert runs_together(grid)
    assert len(rows_of(grid)) == 7


def rows_of(grid: Grid) -> tuple[Indicator, ...]:
    return read_forms(Workbook("a.txt", (grid,)))[0].indicators
