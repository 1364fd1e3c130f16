"""One line per finding, for grep and for editors: `path:sheet!cell: code severity message`."""

from __future__ import annotations

from functools import partial
from typing import TextIO

from perfxl.across import SpotChecks
from perfxl.finding import Finding
from perfxl.making import Part
from perfxl.reports.escaping import visible
from perfxl.reports.view import Report, View
from perfxl.reports.words import severity_word
from perfxl.review import FileReview


class ConciseReport(Report):
    def __init__(self, out: TextIO, view: View) -> None:
        self._out, self._view = out, view
        self.maker = partial(_lines, view)

    def put(self, part: Part) -> None:
        self._out.write(part)

    def across(self, found: SpotChecks) -> None:
        for path, finding in self._view.across(found):
            self._out.write(_line(self._view, path, finding))

    def close(self) -> None:
        """Nothing comes after the last file."""


def _lines(view: View, file: FileReview) -> str:
    return "".join(_line(view, file.path, finding) for finding in view.findings(file.findings))


def _line(view: View, path: str, finding: Finding) -> str:
    place = ":".join(visible(part) for part in (path, finding.at.in_file) if part)
    severity = severity_word(finding, view.lang)
    message = visible(finding.message(view.lang))
    return f"{place}: {finding.code} {severity} {message}\n"
