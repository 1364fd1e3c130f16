"""The sheet 按代码 of the 汇总表: how often each code was found, the most frequent first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from perfxl.finding import Finding, Severity, catalog
from perfxl.making import Part
from perfxl.reports.summary_rows import Line, Value, row_height
from perfxl.reports.summary_tables import Column, fill
from perfxl.reports.view import View
from perfxl.reports.words import SEVERITIES

COLUMNS = (
    Column("代码", "Code", 9, "word"),
    Column("级别", "Severity", 11, "word"),
    Column("名称", "Name", 28),
    Column("条数", "Findings", 11, "count"),
    Column("涉及文件数", "Files", 14, "count"),
    Column("怎么改", "How to mend", 60),
    Column("依据", "Source", 44),
)
NAME, COUNT = 2, 3
_NUMBER = re.compile(r"\{\w+\}")


def code_counts(findings: Iterable[Finding]) -> Part:
    """Code, severity and number of findings that are shown."""
    counts = Counter((finding.code, int(finding.severity)) for finding in findings)
    return [[code, severity, count] for (code, severity), count in counts.items()]


class Codes:
    """Everything is counted as it comes: there are no more codes than the catalogue has."""

    def __init__(self) -> None:
        self._found: Counter[str] = Counter()
        self._files: Counter[str] = Counter()
        self._severities: dict[str, set[int]] = {}
        self._last: dict[str, str] = {}

    def put(self, path: str, part: Part) -> None:
        """The `code_counts` of a file. What is told of one file must come in a row."""
        for code, severity, count in part:
            self._found[code] += count
            self._severities.setdefault(code, set()).add(severity)
            if self._last.get(code) != path:
                self._last[code] = path
                self._files[code] += 1

    def __len__(self) -> int:
        return len(self._found)

    def rows(self, view: View, styles: Mapping[str, int]) -> Iterator[Part]:
        for code, count in sorted(self._found.items(), key=lambda item: (-item[1], item[0])):
            yield self._row(view, styles, code, count)

    def _row(self, view: View, styles: Mapping[str, int], code: str, count: int) -> Part:
        lang, entry, severities = view.lang, catalog()[code], self._severities[code]
        words = entry.words(lang)
        levels = [severity.label(lang) for severity in SEVERITIES if severity in severities]
        # A cure has the numbers of one finding; here it stands for all.
        fix = _NUMBER.sub("…", words.fix)
        level = ("、" if lang == "zh" else ", ").join(levels)
        values: tuple[Value, ...] = (code, level, words.name, count, self._files[code], fix, entry.source)
        texts = ((words.name, COLUMNS[NAME]), (fix, COLUMNS[-2]), (entry.source, COLUMNS[-1]))
        line = Line(styles, row_height((text, column.width) for text, column in texts))
        gravest = COLUMNS[1]._replace(style=Severity(max(severities)).name)
        fill(line, (COLUMNS[0], gravest, *COLUMNS[2:]), values)
        return line.part
