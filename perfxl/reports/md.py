"""Markdown: a table of files, then the findings of each file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from perfxl.across import SpotCheck
from perfxl.finding import Finding
from perfxl.reports.escaping import markdown_text
from perfxl.reports.overview import FormRow, Totals, rows
from perfxl.reports.text import totals_lines
from perfxl.reports.view import View, points_text, rate_text
from perfxl.reports.words import SEVERITIES, severity_word, word
from perfxl.review import FileReview


class MarkdownReport:
    def __init__(self, out: TextIO, view: View) -> None:
        self._out, self._view = out, view
        self._totals = Totals()
        self._rows: list[str] = []
        self._sections: list[str] = []

    def add(self, file: FileReview) -> None:
        self._totals.add(file)
        self._rows += [self._row(row) for row in rows(file)]
        findings = self._view.ranked(file.findings)
        if not findings:
            return
        self._section(file.path, [], [((), finding) for finding in findings])

    def across(self, found: Sequence[SpotCheck]) -> None:
        findings = [((path,), finding) for path, finding in self._view.across(found)]
        if findings:
            self._section(word("across", self._view.lang), ["file"], findings)

    def _section(self, title: str, keys: list[str], findings: Sequence[tuple[tuple[str, ...], Finding]]) -> None:
        """A table of findings; `keys` are of columns before the usual ones."""
        lang = self._view.lang
        keys = [*keys, "severity", "code", "cell", "message", "fix"]
        lines = [f"## {markdown_text(title)}", "", *_table_head([word(key, lang) for key in keys])]
        for before, finding in findings:
            cells = (
                *before,
                severity_word(finding, lang),
                finding.code,
                finding.at.in_file,
                finding.message(lang),
                finding.fix(lang),
            )
            lines.append(_table_row([markdown_text(cell) for cell in cells]))
        self._sections.append("\n".join(lines) + "\n")

    def close(self) -> None:
        lang = self._view.lang
        keys = ("status", "unit", "project", "rate", "total", "recomputed", "grade")
        head = [word(key, lang) for key in keys]
        head += [severity.label(lang) for severity in SEVERITIES] + [word("file", lang)]
        self._out.write(f"# perfxl {word('summary', lang)}\n\n")
        self._out.write("\n".join([*_table_head(head), *self._rows]) + "\n\n")
        self._out.writelines(f"- {markdown_text(line)}\n" for line in totals_lines(self._totals, self._view))
        self._out.writelines(f"\n{section}" for section in self._sections)

    def _row(self, row: FormRow) -> str:
        cells = (
            word(row.status, self._view.lang),
            row.unit,
            row.project,
            rate_text(row.rate),
            points_text(row.total_reported),
            points_text(row.total_computed),
            row.grade,
            str(row.errors),
            str(row.queries),
            str(row.infos),
            row.path,
        )
        return _table_row([markdown_text(cell) for cell in cells])


def _table_head(labels: list[str]) -> list[str]:
    return [_table_row(labels), _table_row(["---"] * len(labels))]


def _table_row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
