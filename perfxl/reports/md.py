"""Markdown: a table of files, then the findings of each file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TextIO

from perfxl.across import SpotChecks
from perfxl.finding import Finding
from perfxl.making import Part
from perfxl.reports.escaping import markdown_text
from perfxl.reports.overview import FormRow, Totals, figures, rows
from perfxl.reports.text import totals_lines
from perfxl.reports.view import Report, View, points_text, rate_text
from perfxl.reports.waiting import Waiting
from perfxl.reports.words import SEVERITIES, severity_word, word
from perfxl.review import FileReview


class MarkdownReport(Report):
    def __init__(self, out: TextIO, view: View) -> None:
        self._out, self._view = out, view
        self.maker = partial(_part, view)
        self._totals = Totals()
        self._rows, self._sections = Waiting(), Waiting()

    def put(self, part: Part) -> None:
        sums, table, section = part
        self._totals.add(sums)
        self._rows.write(table)
        self._sections.write(section)

    def across(self, found: SpotChecks) -> None:
        findings = [((path,), finding) for path, finding in self._view.across(found)]
        if findings:
            self._sections.write(_section(self._view, word("across", self._view.lang), ["file"], findings))

    def close(self) -> None:
        lang = self._view.lang
        keys = ("status", "unit", "project", "rate", "total", "recomputed", "grade")
        head = [word(key, lang) for key in keys]
        head += [severity.label(lang) for severity in SEVERITIES] + [word("file", lang)]
        self._out.write(f"# perfxl {word('summary', lang)}\n\n")
        self._out.write("".join(f"{line}\n" for line in _table_head(head)))
        self._rows.pour(self._out)
        self._out.write("\n")
        self._out.writelines(f"- {markdown_text(line)}\n" for line in totals_lines(self._totals, self._view))
        self._sections.pour(self._out)


def _part(view: View, file: FileReview) -> Part:
    """Figures, lines of the table, the section about the file."""
    findings = view.ranked(file.findings)
    section = _section(view, file.path, [], [((), finding) for finding in findings]) if findings else ""
    return [figures(file), "".join(f"{_row(view, row)}\n" for row in rows(file)), section]


def _section(view: View, title: str, keys: list[str], findings: Sequence[tuple[tuple[str, ...], Finding]]) -> str:
    """A table of findings; `keys` are of columns before the usual ones."""
    lang = view.lang
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
    return "".join(f"{line}\n" for line in ("", *lines))


def _row(view: View, row: FormRow) -> str:
    cells = (
        word(row.status, view.lang),
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
