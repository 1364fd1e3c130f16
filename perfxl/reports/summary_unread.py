"""The sheet 不可读文件 of the 汇总表: files that could not be read or were skipped, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from perfxl.making import Part
from perfxl.reports.summary_rows import Line, Value, row_height
from perfxl.reports.summary_tables import Column, fill
from perfxl.reports.view import View
from perfxl.reports.words import word
from perfxl.review import FileReview

COLUMNS = (
    Column("文件", "File", 50),
    Column("状态", "Status", 12),
    Column("代码", "Code", 9, "word"),
    Column("原因", "Reason", 60),
    Column("怎么办", "What to do", 60),
)


def unread_rows(view: View, folder: Path, styles: Mapping[str, int], file: FileReview) -> Iterator[Part]:
    """Whatever the view hides: that nothing is known of a file must be seen."""
    if file.status not in ("unreadable", "skipped"):
        return
    lang = view.lang
    for finding in file.file_findings:
        values: tuple[Value, ...] = (
            file.path,
            word(file.status, lang),
            finding.code,
            finding.message(lang),
            finding.fix(lang),
        )
        line = Line(styles, row_height((text, one.width) for text, one in zip(values, COLUMNS, strict=True)))
        line.link(0, file.path, file.path, folder, "", "")
        status = COLUMNS[1]._replace(style=file.status)
        fill(line, (status, *COLUMNS[2:]), values[1:], first=1)
        yield line.part
