"""Labels in words of their own: what tells their meaning, always with a question (L112), and what does not (L104)."""

from __future__ import annotations

import pytest

from benchmarks.reading.layouts import sample
from benchmarks.reading.truth import compare
from perfxl.form import SelfEvaluation
from perfxl.grid import Workbook
from perfxl.reading import read_forms
from perfxl.reading.labels import Kind, resembled
from tests.grids import form_grid


def evaluation(changes: dict[str, str]) -> SelfEvaluation:
    (form,) = read_forms(Workbook("表.xlsx", (form_grid("mof-2020", changes),)))
    assert isinstance(form, SelfEvaluation)
    return form


def asked(form: SelfEvaluation) -> list[str]:
    return [f"{one.at.address} {one.code} {one.numbers.get('word', '')}".rstrip() for one in form.problems]


def funds(form: SelfEvaluation) -> list[str]:
    total = form.funding.total
    amounts = (total.initial_budget, total.adjusted_budget, total.executed, total.max_score, total.rate, total.score)
    return [one.raw for one in amounts]


FUNDS = ["600.00", "636.50", "627.43", "10", "98.58%", "9.86"]


@pytest.mark.parametrize(
    ("place", "word"), [("E5", "全年预算数"), ("F5", "全年执行数"), ("G5", "分值"), ("H5", "执行率"), ("I5", "得分")]
)
def test_a_column_of_the_fund_table_is_told_by_the_rate(place: str, word: str) -> None:
    form = evaluation({place: "台账摘要"})
    assert funds(form) == FUNDS
    assert asked(form) == [f"{place} L112 {word}"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"D5": "台账摘要"}, ["D5 L104"]),
        ({"F5": "台账摘要", "H6": "97.58%"}, ["D5 L110", "F5 L104"]),
        ({"F5": "台账摘要", "H6": ""}, ["D5 L110", "F5 L104"]),
        ({"I5": "台账摘要", "I6": "9.5"}, ["I5 L104"]),
        ({"E5": "台账摘要", "D5": "统筹口径", "D6": "636.50"}, []),
    ],
)
def test_where_the_figures_do_not_tell_nothing_is_guessed(changes: dict[str, str], said: list[str]) -> None:
    form = evaluation(changes)
    assert not [one for one in asked(form) if "L112" in one]
    assert not said or asked(form) == said


@pytest.mark.parametrize(
    ("label", "kind", "word"),
    [
        ("项目具体名称", "fields", "项目名称"),
        ("项目执行单位", "fields", "项目单位"),
        ("全年实际执行数", "fields", "全年执行数"),
        ("偏差情况说明", "columns", "偏差原因分析及改进措施"),
        ("偏差率", "columns", None),
        ("台账摘要", "fields", None),
    ],
)
def test_a_word_more_or_a_telling_pair(label: str, kind: Kind, word: str | None) -> None:
    assert resembled(label, kind) == word


def test_an_indicator_called_as_a_field_does_not_end_a_column() -> None:
    """预算执行率 below 分数, whose points tell that they are weights."""
    form = evaluation({"G12": "统筹口径", "D14": "预算执行率"})
    assert [row.max_score.raw for row in form.indicators] == ["15", "15", "10", "10", "10", "10", "10", "10"]
    assert asked(form) == ["G12 L112 分值"]


def test_names_are_told_beside_level_2_alone() -> None:
    form = evaluation({"B12": "归口备忘", "D12": "乙类登记", "E12": "统筹口径"})
    assert [row.name for row in form.indicators][:2] == ["养护道路里程", "路面技术状况合格率"]
    assert [row.target.raw for row in form.indicators][:2] == ["≥320公里", "≥95%"]
    assert {row.level1.value for row in form.indicators} == {"产出指标", "效益指标", "满意度指标"}
    assert asked(form) == ["B12 L112 一级指标", "D12 L112 三级指标", "E12 L112 年度指标值"]


def test_a_total_in_words_of_its_own_is_wider_than_the_names() -> None:
    """A form without level columns, its total called 备查栏甲 and 自评等级 beside it."""
    one = sample("mixed", 20202)
    (form,) = read_forms(one.workbook)
    assert isinstance(form, SelfEvaluation)
    assert (form.total.raw, form.total_max.raw) == ("97.49", "100")
    assert compare(one.forms[0], form).wrong == 0
    assert "L112 总分" in [f"{one.code} {one.numbers.get('word')}" for one in form.problems]
