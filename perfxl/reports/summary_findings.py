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


def finding_row(view: View, folder: Path, styles: Mapping[str, int], path: str, finding: Finding) -> Part:
    lang, at = view.lang, finding.at
    message, fix = finding.message(lang), finding.fix(lang)
    wide = ((path, 0), (at.sheet, 1), (finding.reported or "", 6), (finding.expected or "", 7), (message, 8), (fix, 9))
    line = Line(styles, row_height(([text], COLUMNS[column].width) for text, column in wide))
    line.text(0, path, "wrapped")
    line.text(1, at.sheet, "wrapped")
    if at.address and at.column:  # a paragraph of a report has no column and no place in the workbook
        sheet = "" if at.words else at.sheet  # Only a workbook can be opened at a cell.
        line.link(2, at.address, path, folder, sheet, at.address)
    else:
        line.text(2, "", "wrapped")
    texts = (
        finding.code,
        severity_word(finding, lang),
        finding.name(lang),
        finding.reported or "",
        finding.expected or "",
        message,
        fix,
    )
    for column, text in enumerate(texts, start=3):
        line.text(column, text, finding.severity.name if column == 4 else "wrapped")
    return line.part
