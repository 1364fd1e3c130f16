"""The JSON Schema of a scheme file: an editor that reads it says in Chinese what each key is for."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from perfxl.scheme import Scheme

_MEANINGS = {
    "Scheme.id": "方案编号，地方/年度，如 qingshan/2026",
    "Scheme.name": "方案名称",
    "Scheme.kind": "自评表 self_evaluation，绩效目标表 objective",
    "Scheme.family": "10＋90 ten_ninety，四个维度 four_dimensions，绩效目标表 objective",
    "Scheme.version": "模板版本，改了表样就加一",
    "Scheme.amount_unit": "表上的金额单位",
    "Scheme.sources": "出处：编号 → 文件；每个数字引用其中一个",
    "Scheme.execution": "预算执行率怎么计分",
    "Scheme.groups": "一级指标，按表上的次序",
    "Scheme.indicators": "指标怎么计分",
    "Scheme.grades": "等级，从好到差；没有等级的表不写",
    "Scheme.report": "自评报告的提纲；不写用全国的",
    "Scheme.layout": "表样，照官方表的字写",
    "Source.title": "文件名称和文号",
    "ReportOutline.title": "报告的标题",
    "Layout.title": "表的标题；{year} 是年度",
    "Layout.indicators_label": "指标表左边的标签；没有指标表的为空",
    "Layout.columns": "指标表的列，按表上的次序",
    "Layout.total_label": "“总分”或“合计”；没有分值的表为空",
    "Layout.notes": "填表说明，一条一行",
    "ReportSection.id": "这一节的编号，小写字母开头；重写报告时靠它认出这一节",
    "ReportSection.level": "标题级别，1 到 4",
    "ReportSection.fields": "表上哪些栏的文字先填进空白处",
    "FieldLayout.id": "栏目，见 reading/labels.toml",
    "ColumnLayout.id": "哪一列",
    "GroupScheme.name": "一级指标的名称",
    "GroupScheme.points": "这一级的分值合计；由单位自定的不写",
    "GroupScheme.rows": "没有二级指标的表，空几行",
    "PresetIndicator.name": "指标名称",
    "PresetIndicator.level2": "属于哪个二级指标",
    "PresetIndicator.points": "分值，出处同一级指标",
    "Level2.name": "二级指标的名称",
    "Level2.required": "这一类指标必须有",
    "Grade.low": "这一等的最低分，含",
    "TotalCap.cap": "总分的上限",
    "IndicatorRules.cap": "单项分值的上限",
    "ExecutionBand.low": "这一档的最低分",
    "ExecutionBand.high": "这一档的最高分",
    "QualitativeBand.low": "这一档从分值的几成起，含",
    "QualitativeBand.high": "到几成，不含；1 含",
    "QualitativeBand.word": "这一档的说法，如 部分达成",
    "OverFulfilment.deduct": "扣几分",
    "ExecutionRule.rule": "按比例 proportional，分档 bands",
    "ExecutionRule.bands": "各档，从高到低；低于最低一档不得分",
    "Thresholds.over_fulfilment": "完成到指标值的几倍，要求说明",
    "value": "数值",
    "source": "出处的编号，sources 里登记过的",
    "confirmed": "有人看过原文为 true，没有为 false",
    "valid_from": "从哪个预算年度起",
    "valid_to": "到哪个预算年度为止；还在用的不写",
    "full_score": "满分；没有分值的绩效目标表不写",
    "total_caps": "执行率低时总分的上限",
    "thresholds": "从多少起要求说明",
    "checks": "停用一个代码，或改它的级别",
    "regrade": "改级别",
    "suspend": "停用",
    "code": "代码，如 F102",
    "since": "从何时起，如 2026-01-01",
    "reason": "为什么",
    "severity": "错误 error，核实 query，提示 info",
    "weight": "预算执行率的分值",
    "denominator": "分母：全年预算数 adjusted_budget，年初预算数 initial_budget",
    "inside_group": "这一行在哪个一级指标里；在资金表里的不写",
    "zero_below": "执行率低于多少不得分，1 为 100%",
    "low_rate": "执行率从多少起，含，1 为 100%",
    "high_rate": "到多少，不含；最高一档不写",
    "proportional": "定量指标按 完成值÷指标值 计分；false 为全部由填报人评定",
    "qualitative_bands": "定性指标的各档",
    "over_fulfilment": "超额完成过多时扣分",
    "from_ratio": "从指标值的几倍起",
    "level2": "二级指标",
    "preset": "表上印好的指标",
    "explanation": "指标解释",
    "scoring_rule": "评分规则",
    "execution": "这一行就是预算执行率",
    "rows": "空几行",
    "word": "等级的说法，如 优",
    "rate_below": "执行率低于多少时，1 为 100%",
    "budget_change": "预算调整或与上年相比，从几成起",
    "low_execution": "执行率低于多少",
    "label": "表上印的字",
    "kind": "填什么：文字、长文字、金额、比率、日期、选项、公式",
    "choices": "可选的值",
    "required": "必填",
    "wide": "占一整行",
    "section": "这一栏上面单独一行的标题",
    "width": "列宽，字符数",
    "year_line": "标题下面的年度行；标题里有年度的为空",
    "header": "表头各栏",
    "funding_label": "资金表左边的标签；没有资金表的为空",
    "funding_columns": "资金表的列",
    "funding_rows": "资金表的行，第一行是总额",
    "goal_label": "总体目标左边的标签",
    "goals": "总体目标各栏",
    "footer": "指标表下面各栏：等级、其他说明",
    "heading": "标题",
    "text": "由表写出的段落；花括号里的名称换成表上的内容",
    "parts": "表格和图",
    "gap": "只有单位能写的内容，写成提示；没有的为空",
    "lead": "第一个标题前的段落",
    "sections": "各节",
}
"""Model and key, or a key that means the same everywhere."""


def scheme_json_schema() -> str:
    """As text. What only a whole scheme shows, such as weights that do not sum up, is left to `check_file`."""
    said = TypeAdapter(Scheme).json_schema()
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema", **said}
    schema["title"] = "perfxl scheme"
    for model, described in (("Scheme", schema), *schema["$defs"].items()):
        for key, value in described["properties"].items():
            if meaning := _MEANINGS.get(f"{model}.{key}") or _MEANINGS.get(key):
                value["description"] = meaning
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
