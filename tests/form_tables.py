"""Forms written as tables of words, and what is read of them."""

from __future__ import annotations

from perfxl.form import Form, Indicator, ObjectiveForm, SelfEvaluation
from perfxl.grid import Grid, Merge, Workbook
from perfxl.reading import read_forms
from tests.grids import cell

TEN_NINETY = """
项目支出绩效自评表 | < | < | < | < | < | < | < | <
（2025年度） | < | < | < | < | < | < | < | <
项目名称 | < | 农村公路养护 | < | < | < | < | < | <
主管部门 | < | 某市交通局 | < | < | 实施单位 | 公路中心 | < | <
项目资金（万元） | < | | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
^ | < | 年度资金总额 | 600 | 636.5 | 627.43 | 10 | 98.58% | 9.86
^ | < | 其中：财政拨款 | 600 | 636.5 | 627.43 | — | |
年度总体目标 | 预期目标 | < | < | < | 实际完成情况 | < | < | <
^ | 养护三百二十公里 | < | < | < | 全部完成 | < | < | <
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
^ | 产出指标 | 数量指标 | 养护里程 | ≥320公里 | 320公里 | 30 | 30 |
^ | ^ | 时效指标 | 完成时间 | 12月底前 | 2025年11月 | 20 | 20 |
^ | 效益指标 | 社会效益指标 | 惠及村数 | 40个 | 38个 | 30 | 28.5 | 两个村改线
^ | 满意度指标 | 服务对象满意度指标 | 群众满意度 | ≥90% | 93% | 10 | 10 |
总分 | < | < | < | < | < | 100 | 98.36 |
"""

FOUR_DIMENSIONS = """
2024年度财政项目绩效自评价 | < | < | < | < | <
项目名称 | 信息化 | 预算单位 | 某办 | < | <
当年预算数(元) | 1,040,000.00 | 上年预算金额(元) | 1,160,000.00 | < | <
预算执行数(元) | 1,027,026.81 | 预算执行率(%) | 98.75% | < | <
绩效等级 | 良好 | < | < | < | <
一级指标 | 指标名称 | 指标解释 | 权重 | 自评分 | 备注
投入与管理(36分) | 预算执行率 | 执行进度 | 8 | 8 |
^ | 目标合理性 | 是否合理 | 28 | 28 |
产出目标（64分） | 任务数量 | 完成数量 | 64 | 53 | 延期
合计 | < | < | 100 | 89 |
"""

OBJECTIVE = """
财政项目支出绩效目标表 | < | < | <
(2020年度) | < | < | <
申报单位名称：某办事处 | < | < | <
项目名称： | 业务费 | 项目类别： | 经常性
项目当年预算（万元）： | 33.468 | 同名项目上年预算额（元）： | 541,200
2020年绩效目标 | < | < | <
一级目标 | 二级目标 | 三级目标 | 指标目标值
产出目标 | 数量 | 任务完成率 | =100%
^ | ^ | 活动场次 | 不少于3次
信息公开实现率 | | =100% |
效果目标 | 满意度 | 上级评价 | 满意
"""


Changes = dict[tuple[int, int], str]


def grid(table: str, name: str = "自评表", changes: Changes | None = None, hidden: bool = False) -> Grid:
    """One line per row, cells apart by |; < belongs to the cell on the left, ^ to the one above."""
    rows = [[text.strip() for text in line.split("|")] for line in table.strip("\n").split("\n")]
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for row, texts in enumerate(rows, 1):
        for column, text in enumerate(texts, 1):
            source = {"<": (row, column - 1), "^": (row - 1, column)}.get(text)
            owner[row, column] = owner[source] if source else (row, column)
    spans: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for place, first in owner.items():
        spans.setdefault(first, []).append(place)
    blocks = ((first, max(places)) for first, places in spans.items() if len(places) > 1)
    merges = tuple(Merge(top, left, bottom, right) for (top, left), (bottom, right) in blocks)
    words = {first: rows[first[0] - 1][first[1] - 1] for first in spans} | (changes or {})
    cells = {place: value for place, text in words.items() if (value := cell(text.replace("⏎", "\n")))}
    return Grid("表.xlsx", name, cells, merges, hidden)


def forms(*grids: Grid, **properties: str) -> tuple[Form, ...]:
    names = {f"perfxl.{name}": value for name, value in properties.items()}
    return read_forms(Workbook("表.xlsx", grids, names))


def evaluation(table: str, changes: Changes | None = None) -> SelfEvaluation:
    (form,) = forms(grid(table, changes=changes))
    assert isinstance(form, SelfEvaluation)
    return form


def objective(table: str) -> ObjectiveForm:
    (form,) = forms(grid(table))
    assert isinstance(form, ObjectiveForm)
    return form


def problems(form: Form) -> list[str]:
    return [f"{problem.at.address} {problem.code}" for problem in form.problems]


def rows(form: Form) -> list[tuple[str | None, str | None, str]]:
    return [(row.level1.value, row.level2.value, row.name) for row in form.indicators]


def without(table: str, *words: str) -> str:
    """The table without the lines that begin with one of the words."""
    return "\n".join(line for line in table.split("\n") if not line.startswith(words))


def named(form: Form, name: str) -> Indicator:
    return next(row for row in form.indicators if row.name == name)
