"""One form of each kind, filled in by hand with nothing wrong, and changes to what is filled in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from perfxl.layouts import Content, FundingContent, RowContent
from perfxl.scheme_files import builtin_schemes


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
