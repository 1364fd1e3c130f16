"""A table with a row per finding, for a spreadsheet or a script; a form without any has a row too."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TextIO

from perfxl.across import SpotChecks
from perfxl.finding import Finding
from perfxl.making import Part
from perfxl.reports.escaping import visible
from perfxl.reports.overview import FormRow, rows
from perfxl.reports.view import Report, View
from perfxl.reports.words import severity_word, word
from perfxl.review import FileReview

_FORM = ("file", "status", "department", "unit", "project", "year")
_FINDING = ("form", "cell", "code", "severity", "name", "reported", "computed", "message", "fix")
_BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes Chinese for the system's own encoding."""
_FORMULA = re.compile(r"[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"[-+]?[0-9][0-9,]*(?:\.[0-9]+)?%?")


class CsvReport(Report):
    def __init__(self, out: TextIO, view: View) -> None:
        self._out, self._view = out, view
        self.maker = partial(_lines, view)
        out.write(_BYTE_ORDER_MARK + _written([[word(key, view.lang) for key in (*_FORM, *_FINDING)]]))

    def put(self, part: Part) -> None:
        self._out.write(part)

    def across(self, found: SpotChecks) -> None:
        for path, finding in self._view.across(found):
            about = [path, *[""] * (len(_FORM) - 1)]
            self._out.write(_written([about + _cells(finding, self._view)]))

    def close(self) -> None:
        """Nothing comes after the last file."""


def _lines(view: View, file: FileReview) -> str:
    return _written(_rows(view, file))


def _rows(view: View, file: FileReview) -> Iterator[list[str]]:
    """What is about the file stands with its first form."""
    about_file = file.file_findings
    of_forms = [review.findings for review in file.reviews] or [()]
    for row, findings in zip(rows(file), of_forms, strict=True):
        shown = view.ranked((*about_file, *findings))
        about_file = ()
        for cells in [_cells(finding, view) for finding in shown] or [[""] * len(_FINDING)]:
            yield _about(row, view) + cells


def _about(row: FormRow, view: View) -> list[str]:
    year = str(row.year or "")
    return [row.path, word(row.status, view.lang), row.department, row.unit, row.project, year]


def _cells(finding: Finding, view: View) -> list[str]:
    lang, at = view.lang, finding.at
    numbers = [finding.reported or "", finding.expected or ""]
    words = [finding.code, severity_word(finding, lang), finding.name(lang)]
    return [at.sheet, at.address, *words, *numbers, finding.message(lang), finding.fix(lang)]


def _written(table: Iterator[list[str]] | Sequence[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_inert(text) for text in row] for row in table)
    return out.getvalue()


def _inert(text: str) -> str:
    """Nothing that a spreadsheet would compute: an apostrophe before what is no number and begins like a formula."""
    shown = visible(text)
    return f"'{shown}" if _FORMULA.match(shown.lstrip()) and not _NUMBER.fullmatch(shown) else shown
