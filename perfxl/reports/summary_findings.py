"""The sheet 问题清单 of the 汇总表: one row per finding, with a link to its cell."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from perfxl.finding import Finding
from perfxl.making import Part
from perfxl.reports.summary_rows import Line, row_height
from perfxl.reports.summary_tables import Column
from perfxl.reports.view import View
from perfxl.reports.words import severity_word

COLUMNS = (
    Column("文件", "File", 34),
    Column("表", "Sheet", 14),
    Column("单元格", "Cell", 8),
    Column("代码", "Code", 7),
    Column("级别", "Severity", 9),
    Column("名称", "Name", 18),
    Column("填报值", "As filled in", 20),
    Column("应为", "Should be", 20),
    Column("问题", "Message", 52),
    Column("怎么改", "How to mend", 44),
)
_WIDTHS = [COLUMNS[number].width for number in (0, 1, 6, 7, 8, 9)]
"""Of the columns whose texts may take several lines."""
_WRAPPED = ("wrapped", "wrapped")


def finding_row(view: View, folder: Path, styles: Mapping[str, int], path: str, finding: Finding) -> Part:
    lang, at = view.lang, finding.at
    message, fix = finding.message(lang), finding.fix(lang)
    told = (finding.reported, finding.expected, message, fix)
    line = Line(styles, row_height(zip((path, at.sheet, *told), _WIDTHS, strict=True)))
    line.values(0, (path, at.sheet), _WRAPPED)
    if at.address and at.column:  # a paragraph of a report has no column and no place in the workbook
        sheet = "" if at.words else at.sheet  # Only a workbook can be opened at a cell.
        line.link(2, at.address, path, folder, sheet, at.address)
    else:
        line.value(2, "", "wrapped")
    said = (finding.code, severity_word(finding, lang), finding.name(lang), *told)
    line.values(3, said, ("wrapped", finding.severity.name, "wrapped", *_WRAPPED, *_WRAPPED))
    return line.part
