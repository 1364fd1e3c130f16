"""Forms filled in our templates: good ones, and ones with the mistakes that clerks make. Units are made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from perfxl.layouts import Content, FundingContent, RowContent


def _row(
    group: str, level2: str, name: str, target: str, actual: str, points: str, score: str, **more: str
) -> RowContent:
    return RowContent(
        group=group,
        level2=level2,
        name=name,
        target=target,
        actual=actual,
        max_score=Decimal(points),
        score=Decimal(score) if score else None,
        **more,  # type: ignore[arg-type]
    )


def _funds(initial: str, adjusted: str, executed: str) -> FundingContent:
    return FundingContent(Decimal(initial), Decimal(adjusted), Decimal(executed))


ROADS = Content(
    year=2025,
    fields={
        "project_name": "农村公路养护补助",
        "supervising_department": "临江市交通运输局",
        "implementing_unit": "临江市公路事务中心",
        "expected_goal": "完成县乡道路日常养护，及时修复损毁路面，保障群众安全便捷出行。",
        "actual_goal": "全年养护县乡道路 320 公里，修复路面 12 处，没有发生养护责任事故。",
    },
    funding=(_funds("6000000", "6365000", "6274300"), _funds("6000000", "6365000", "6274300")),
    indicators=(
        _row("产出指标", "数量指标", "养护道路里程", "≥320公里", "320公里", "15", "15", kind="正向定量"),
        _row("产出指标", "质量指标", "路面技术状况合格率", "≥95%", "96%", "15", "15", kind="正向定量"),
        _row("产出指标", "时效指标", "养护任务完成时间", "2025年12月底前", "2025年11月", "10", "10", kind="定性"),
        _row("产出指标", "成本指标", "每公里养护成本", "≤2万元", "1.9万元", "10", "10", kind="反向定量"),
        _row("效益指标", "经济效益指标", "沿线运输成本下降比例", "≥3%", "3.2%", "10", "10", kind="正向定量"),
        _row("效益指标", "社会效益指标", "惠及行政村数量", "40个", "38个", "10", "9.5", kind="正向定量",
             note="两个村因改线推迟到下年，已列入下年计划。"),
        _row("效益指标", "可持续影响指标", "管养机制健全程度", "健全并执行", "已建立县乡村三级管养机制并执行",
             "10", "10", kind="定性"),
        _row("满意度指标", "服务对象满意度指标", "沿线群众满意度", "≥90%", "93%", "10", "10", kind="正向定量"),
    ),
)  # fmt: skip

LIBRARY_2020 = Content(
    year=2020,
    fields={
        "project_name": "社区图书馆运行经费",
        "supervising_department": "滨河区文化和旅游局",
        "implementing_unit": "滨河区图书馆",
        "expected_goal": "保障社区图书馆全年免费开放，丰富馆藏，组织阅读活动。",
        "actual_goal": "全年开放 340 天，新增图书两万册，举办读书会 60 场，接待读者 40 万人次。",
    },
    funding=(_funds("1000000", "1040000", "1027026.81"), _funds("1000000", "1040000", "1027026.81")),
    indicators=(
        _row("产出指标", "数量指标", "举办读书会场次", "≥60场", "60场", "15", "15", kind="正向定量"),
        _row("产出指标", "质量指标", "新书验收合格率", "=100%", "100%", "10", "10", kind="正向定量"),
        _row("产出指标", "时效指标", "新书上架天数", "≤20天", "18天", "15", "15", kind="反向定量"),
        _row("产出指标", "成本指标", "单册采购均价", "≤45元", "42.5元", "10", "10", kind="反向定量"),
        _row("效益指标", "社会效益指标", "到馆人次", "≥40万人次", "40万人次", "15", "15", kind="正向定量"),
        _row("效益指标", "可持续影响指标", "志愿服务机制", "建立并运行", "已建立志愿者名册并按月排班",
             "15", "15", kind="定性"),
        _row("满意度指标", "服务对象满意度指标", "读者满意度", "≥90%", "95%", "10", "10", kind="正向定量"),
    ),
)  # fmt: skip

LIAISON = Content(
    year=2021,
    fields={
        "project_name": "驻外招商联络经费",
        "supervising_department": "临江市人民政府办公室",
        "implementing_unit": "临江市人民政府办公室",
        "expected_goal": "做好驻外服务保障，加强沟通协调，推动招商项目落地，维护好联络渠道。",
        "actual_goal": "全年接待来访团组 40 批，对接企业 26 家，签约项目 3 个。",
    },
    funding=(_funds("500000", "500000", "500000"), _funds("500000", "500000", "500000")),
    indicators=(
        _row("产出指标", "数量指标", "接待来访团组批次", "≥40批", "40批", "20", "20", kind="正向定量"),
        _row("产出指标", "质量指标", "服务保障完成率", "100%", "100%", "30", "30", kind="正向定量"),
        _row("效益指标", "社会效益指标", "对接企业数量", "≥25家", "26家", "30", "30", kind="正向定量"),
        _row("满意度指标", "服务对象满意度指标", "来访团组满意度", "≥95%", "95%", "10", "10", kind="正向定量"),
    ),
)

OBJECTIVES = Content(
    year=2025,
    fields={
        "applicant_unit": "滨河区图书馆",
        "project_name": "社区图书馆运行经费",
        "project_category": "经常性专项业务费",
        "start_date": date(2025, 1, 1),
        "end_date": date(2025, 12, 31),
        "government_purchase": "否",
        "performance_type": "其他类",
        "overview": "保障社区图书馆全年免费开放。",
        "basis": "《公共图书馆法》及本区公共文化服务规划。",
        "necessity": "满足居民阅读需要。",
        "safeguards": "执行本馆财务管理制度和采购制度。",
        "plan": "全年开放，每月组织五场阅读活动。",
        "overall_goal": "全年开放 340 天，新增图书两万册。",
        "total_budget": Decimal(334680),
        "previous_budget": Decimal(330000),
        "previous_executed": Decimal(330000),
    },
    funding=(FundingContent(None, Decimal(334680), None),),
)


def _without_note(content: Content) -> Content:
    """一项扣分没有说明，一项得分没有填，执行数大于预算数。"""
    rows = list(content.indicators)
    rows[5] = replace(rows[5], note="")
    rows[1] = replace(rows[1], score=None)
    funds = (_funds("6000000", "6365000", "6500000"), _funds("6000000", "6365000", "6500000"))
    return replace(content, indicators=tuple(rows), funding=funds)


def _wrong_weights(content: Content) -> Content:
    """分值合计 95，得分与比例不符，完成情况照抄目标。"""
    rows = list(content.indicators)
    rows[0] = replace(rows[0], max_score=Decimal(10), score=Decimal(10))
    rows[6] = replace(rows[6], actual="81%", score=Decimal(10))
    fields = dict(content.fields) | {"actual_goal": content.fields["expected_goal"]}
    return replace(content, indicators=tuple(rows), fields=fields)


FILLED: dict[str, tuple[str, Content]] = {
    "临江市公路事务中心-2025.xlsx": ("mof/2020", ROADS),
    "临江市公路事务中心-2025-初稿.xlsx": ("mof/2020", _without_note(ROADS)),
    "滨河区图书馆-2020.xlsx": ("shanghai/2020-10-90", LIBRARY_2020),
    "滨河区图书馆-2020-初稿.xlsx": ("shanghai/2020-10-90", _wrong_weights(LIBRARY_2020)),
    "临江市政府办-2021.xlsx": ("lincang/2021", LIAISON),
}
