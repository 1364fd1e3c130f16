"""The report for a person at a terminal: per file a heading and its findings, then the folder as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial
from typing import TextIO

from perfxl.across import SpotChecks
from perfxl.finding import Finding, Severity
from perfxl.making import Part
from perfxl.reports.escaping import visible
from perfxl.reports.overview import FormRow, Totals, figures, rows
from perfxl.reports.printer import Line, Printer, Span, plain
from perfxl.reports.view import Report, View, mean_text, money_text, points_text, rate_text
from perfxl.reports.waiting import Waiting
from perfxl.reports.words import SEVERITIES, brackets, colon, seal_word, severity_word, word
from perfxl.review import FileReview, Status
from perfxl.text_width import display_width

SEVERITY_STYLES = {Severity.error: "bold red", Severity.query: "yellow", Severity.info: "cyan"}
STATUS_STYLES: dict[Status, str] = {
    "accepted": "green",
    "returned": "bold red",
    "unreadable": "bold red",
    "skipped": "dim",
}


class TextReport(Report):
    """Prints each file as it comes; the lines of the table below them wait."""

    def __init__(self, out: TextIO, view: View) -> None:
        self._printer = Printer(out)
        self._view = view
        self.maker = partial(_part, view, self._printer.styled)
        self._totals = Totals()
        self._table = Waiting()
        self._widths = _widths([_head(view)])

    def put(self, part: Part) -> None:
        sums, lines, table, widths = part
        self._totals.add(sums)
        self._printer.lines(lines)
        self._widths = list(map(max, self._widths, widths))
        self._table.write(table)

    def across(self, found: SpotChecks) -> None:
        last = ""
        for path, finding in self._view.across(found):
            if not last:
                self._printer.line((word("across", self._view.lang), "bold"))
            if path != last:
                self._printer.line((f"  {visible(path)}", "bold"))
                last = path
            self._printer.line(("  ", ""), *_finding_line(finding, self._view))
        if last:
            self._printer.line()

    def close(self) -> None:
        lang = self._view.lang
        self._printer.line((word("summary", lang), "bold"))
        self._printer.line(*_aligned(_head(self._view), self._widths))
        for row in self._table.lines():
            self._printer.line(*_aligned(json.loads(row), self._widths))
        self._printer.line()
        for text in totals_lines(self._totals, self._view):
            self._printer.line((text, ""))


def _part(view: View, styled: bool, file: FileReview) -> Part:
    """Figures, what is printed of the file, its lines of the table, how wide these are."""
    forms = list(rows(file))
    lines = _file_lines(view, file, forms)
    table = [_cells(row, view) for row in forms]
    waiting = "".join([f"{json.dumps(row)}\n" for row in table])
    return [figures(file), lines if styled else plain(lines), waiting, _widths(table)]


def _file_lines(view: View, file: FileReview, table: list[FormRow]) -> list[Line]:
    lang = view.lang
    lines: list[Line] = [
        ((visible(file.path), "bold"), ("  ", ""), (word(file.status, lang), STATUS_STYLES[file.status]))
    ]
    explained: set[str] = set()
    lines += _finding_lines(view, file.file_findings, explained)
    for review, row in zip(file.reviews, table, strict=False):
        lines += heading(row, view)
        lines += _finding_lines(view, review.findings, explained)
    if file.status == "accepted" and not file.findings:
        lines.append((("  " + word("no_findings", lang), "green"),))
    return [*lines, ()]


def _finding_lines(view: View, found: tuple[Finding, ...], explained: set[str]) -> list[Line]:
    """A line each, and one more where a code comes for the first time."""
    lines: list[Line] = []
    for finding in view.ranked(found):
        lines.append(_finding_line(finding, view))
        if finding.code not in explained:
            explained.add(finding.code)
            lines.append(((f"       {_cure(finding, view)}", "dim"),))
    return lines


def heading(row: FormRow, view: View) -> list[Line]:
    """Who and what a form is, and its totals, reported and by rule."""
    lang = view.lang
    kind = word("self_evaluation" if row.is_evaluation else "objective", lang)
    sheet = "" if row.sheet == kind else brackets(visible(row.sheet), lang)
    year = str(row.year) if row.year else word("blank", lang)
    who = [
        kind + sheet,
        f"{word('scheme', lang)} {visible(row.scheme)}",
        f"{word('year', lang)} {year}",
        *([f"{word('seal', lang)} {seal_word(row.seal, lang)}"] if row.seal else []),
    ]
    names = [
        f"{word(key, lang)}{colon(lang)}{visible(text)}"
        for key, text in (("project", row.project), ("unit", row.unit), ("department", row.department))
        if text
    ]
    lines: list[Line] = [((f"  {' · '.join(who)}", ""),), ((f"  {'  '.join(names)}", ""),)]
    money = [
        f"{word(key, lang)} {money_text(amount)}"
        for key, amount in (("adjusted_budget", row.adjusted_budget), ("executed", row.executed))
        if amount is not None
    ]
    if row.rate is not None:
        money.append(f"{word('rate', lang)} {rate_text(row.rate)}")
    if row.is_evaluation:
        money.append(total_text(row, view))
    if row.grade_reported or row.grade_computed:
        money.append(grade_text(row, view))
    if money:
        lines.append(((f"  {'  '.join(money)}", ""),))
    return lines


def total_text(row: FormRow, view: View) -> str:
    """`总分 99（重算 100）`."""
    reported = points_text(row.total_reported) or word("blank", view.lang)
    computed = points_text(row.total_computed)
    same = row.total_reported == row.total_computed or not computed
    beside = "" if same else brackets(f"{word('recomputed', view.lang)} {computed}", view.lang)
    return f"{word('total', view.lang)} {reported}{beside}"


def grade_text(row: FormRow, view: View) -> str:
    """`等级 良（重算 优）`."""
    reported = visible(row.grade_reported) or word("blank", view.lang)
    same = row.grade_reported == row.grade_computed or not row.grade_computed
    beside = "" if same else brackets(f"{word('recomputed', view.lang)} {row.grade_computed}", view.lang)
    return f"{word('grade', view.lang)} {reported}{beside}"


def _finding_line(finding: Finding, view: View) -> Line:
    place = visible(finding.at.in_file)
    return (
        ("  ", ""),
        (severity_word(finding, view.lang), SEVERITY_STYLES[finding.severity]),
        (f" {finding.code} ", "bold"),
        (f"{place} " if place else "", "cyan"),
        (visible(finding.message(view.lang)), ""),
    )


def _cure(finding: Finding, view: View) -> str:
    mark = colon(view.lang)
    source = f"{word('source', view.lang)}{mark}{finding.entry.source}"
    return visible(f"{source}  {word('fix', view.lang)}{mark}{finding.fix(view.lang)}")


def _head(view: View) -> list[Span]:
    lang = view.lang
    labels = ["status", "total", "recomputed", "grade"]
    texts = [word(label, lang) for label in labels]
    texts += [severity.label(lang) for severity in SEVERITIES]
    return [(text, "dim") for text in (*texts, word("file", lang))]


def _cells(row: FormRow, view: View) -> list[Span]:
    sheet = f" › {visible(row.sheet)}" if row.sheet else ""
    return [
        (word(row.status, view.lang), STATUS_STYLES[row.status]),
        (points_text(row.total_reported), ""),
        (points_text(row.total_computed), ""),
        (visible(row.grade), ""),
        (str(row.errors or ""), SEVERITY_STYLES[Severity.error]),
        (str(row.queries or ""), SEVERITY_STYLES[Severity.query]),
        (str(row.infos or ""), SEVERITY_STYLES[Severity.info]),
        (visible(row.path) + sheet, ""),
    ]


def totals_lines(totals: Totals, view: View) -> list[str]:
    """Three plain sentences: how many, how much, how good."""
    lang = view.lang
    statuses: tuple[Status, ...] = ("accepted", "returned", "unreadable", "skipped")
    counts = [f"{word('file', lang)} {totals.files.total()}"]
    counts += [f"{word(status, lang)} {totals.files[status]}" for status in statuses]
    counts += [f"{severity.label(lang)} {totals.findings[severity]}" for severity in SEVERITIES]
    lines = ["  ".join(counts)]
    if totals.adjusted_budget:
        yuan = word("yuan", lang)
        lines.append(
            f"{word('budget_sum', lang)} {money_text(totals.adjusted_budget)} {yuan}  "
            f"{word('executed_sum', lang)} {money_text(totals.executed)} {yuan}  "
            f"{word('rate', lang)} {rate_text(totals.rate)}"
        )
    if totals.computed.plain is not None:
        means = [f"{word('mean', lang)} {mean_text(totals.computed.plain)}"]
        if totals.computed.weighted is not None:
            means.append(f"{word('weighted_mean', lang)} {mean_text(totals.computed.weighted)}")
        grades = "  ".join(f"{grade} {count}" for grade, count in totals.ordered_grades)
        lines.append("  ".join([*means, f"{word('grades', lang)}{colon(lang)}{grades}"] if grades else means))
    return lines


def aligned(table: list[list[Span]]) -> list[Line]:
    """Columns side by side, two spaces apart; the last column is not padded."""
    widths = _widths(table)
    return [_aligned(row, widths) for row in table]


def _widths(table: Iterable[list[Span]]) -> list[int]:
    columns = zip(*([text for text, _ in row] for row in table), strict=True)
    return [max(map(display_width, column)) for column in columns]


def _aligned(row: list[Span], widths: list[int]) -> Line:
    *padded, last = row
    spans = [
        (text + " " * (width - display_width(text) + 2), style)
        for (text, style), width in zip(padded, widths, strict=False)
    ]
    return (("  ", ""), *spans, last)
