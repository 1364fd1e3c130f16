"""The sheet 说明 of the 汇总表: what the sheets hold, how sums are made, what the words mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from perfxl import __version__
from perfxl.reports.escaping import visible
from perfxl.reports.summary_formats import Formats
from perfxl.reports.summary_print import A4, print_setup
from perfxl.reports.summary_rows import row_height
from perfxl.reports.view import View

_WIDTHS = (22, 110)
# Label, Chinese, English.
_SHEETS = (
    (
        "汇总",
        "一张表一行；没有表的文件也占一行。表后是合计、两种平均分和等级分布。绩效目标表的数不进合计。",
        "A row per form, and a row for a file without one; below them the sums, both means and the grades. Objective"
        " forms stay out of the sums.",
    ),
    (
        "问题清单",
        "一条问题一行，同一文件里错误在前；点“单元格”打开原文件。几份表之间的问题排在最后。",
        "A row per finding, errors of a file first; “Cell” opens the file there. What only several files together show"
        " comes last.",
    ),
    (
        "按单位",
        "一个主管部门的一个单位一行，按名称排列。表数、金额和得分只计自评表；错误、核实、提示的条数与“汇总”相同，"
        "不含没有表的文件和几份表之间的问题。一个文件里有几个单位的表，退回时各单位都计一次。",
        "A row per unit of a department, by name. Forms, amounts and scores are of self-evaluations; errors, queries"
        " and infos are those of 汇总, without files that have no form and without findings across files. A returned"
        " file with forms of several units counts for each.",
    ),
    (
        "按代码",
        "一个代码一行，最多的在前。条数与“问题清单”的行数相同，已说明的核实也计入。",
        "A row per code, the most frequent first. Findings are the rows of 问题清单, explained queries included.",
    ),
    (
        "指标明细",
        "一项指标一行，自评表和绩效目标表都在内。“单元格”是得分的位置，没有得分的表是指标名称的位置。",
        "A row per indicator of self-evaluations and objective forms. “Cell” is that of the score, or of the name in a"
        " form without scores.",
    ),
    (
        "不可读文件",
        "打不开的和跳过的文件，为什么，怎么办。",
        "Files that cannot be read or were skipped, why, and what to do.",
    ),
    (
        "抽查",
        "有可疑之处的表，风险值大的在前；列在这里不等于有错。",
        "Forms with risks, the gravest first; to be listed is no mistake.",
    ),
    (
        "图表",
        "等级分布、执行率与总分、最常见的问题、各级指标失分。",
        "Grades, execution rate and total, most frequent problems, points lost by level.",
    ),
)
_SUMS = (
    (
        "执行率",
        "Execution rate",
        "全年执行合计 ÷ 全年预算合计，不是各表执行率的平均。",
        "Σ executed ÷ Σ adjusted budget, never the mean of rates.",
    ),
    (
        "平均分",
        "Mean score",
        "重算总分之和 ÷ 表数；没有总分的表不计。",
        "Σ total by rule ÷ forms; forms without a total are left out.",
    ),
    (
        "按预算加权平均分",
        "Weighted mean",
        "Σ（重算总分 × 全年预算）÷ Σ 全年预算，只计有总分的表。",
        "Σ (total by rule × adjusted budget) ÷ Σ adjusted budget, of forms with a total.",
    ),
    (
        "重算",
        "By rule",
        "得分按方案的规则重算；规则不能计算的按填报数。",
        "Points by the rules of the scheme; as filled in where there is no rule.",
    ),
    ("失分", "Points lost", "分值减得分（重算），只计自评表。", "Weight less score by rule, of self-evaluations."),
)
_WORDS = (
    (
        "无错误",
        "No errors",
        "读得出，没有错误；可能有待说明的核实。",
        "Read, and without errors; there may be queries to explain.",
    ),
    ("退回", "Returned", "有一条以上错误，改正后重报。", "At least one error, to be mended and submitted again."),
    ("打不开", "Unreadable", "读不出表来，见“不可读文件”。", "No form could be read: see 不可读文件."),
    (
        "跳过",
        "Skipped",
        "不是报送的表，没有检查，见“不可读文件”。",
        "Not a submitted form, not checked: see 不可读文件.",
    ),
    ("错误", "Error", "必须改正。", "Must be mended."),
    (
        "核实",
        "Query",
        "改正，或写明原因；写了原因的标“已说明”。",
        "To be mended, or explained in writing; then it says “explained”.",
    ),
    ("提示", "Info", "供参考，不必处理。", "For information."),
)


def write_notes(
    sheet: Any, formats: Formats, view: View, schemes: Mapping[str, str], left_out: Mapping[str, int]
) -> None:
    """`schemes` are names by id; `left_out` is how many rows each sheet had no place for."""
    zh = view.lang == "zh"
    label, text = formats.label, formats.by_name("text")
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, "说明" if zh else "Notes", formats.title)
    for row, (name, said) in enumerate(_notes(view, schemes, left_out), start=1):
        sheet.set_row(row, row_height([(said, _WIDTHS[1])]))
        sheet.write_string(row, 0, visible(name), label)
        sheet.write_string(row, 1, visible(said), text)
    print_setup(sheet, 0, A4)


def _notes(view: View, schemes: Mapping[str, str], left_out: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    zh = view.lang == "zh"
    for name, count in left_out.items():
        yield name, f"放不下，有 {count:,} 行没有列出。" if zh else f"No place for {count:,} rows, which are left out."
    for name, *said in _SHEETS:
        yield name, said[0 if zh else 1]
    for chinese, english, *said in (*_SUMS, *_WORDS):
        yield (chinese, said[0]) if zh else (english, said[1])
    if view.hidden or view.lowest > 1:
        yield (
            ("未列出", "检查时选定不列的代码或级别，不在“问题清单”“按代码”里，仍计入各表的条数和状态。")
            if zh
            else (
                "Not listed",
                "Codes and severities that this check was told to leave out: they still count elsewhere.",
            )
        )
    for id_, name in sorted(schemes.items()):
        yield ("方案" if zh else "Scheme"), f"{id_} {name}"
    yield ("版本" if zh else "Version"), f"perfxl {__version__}"
