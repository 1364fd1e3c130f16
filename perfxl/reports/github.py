"""Workflow annotations for GitHub Actions."""

from __future__ import annotations

from functools import partial
from typing import TextIO

from perfxl.across import SpotChecks
from perfxl.finding import Finding, Severity
from perfxl.making import Part
from perfxl.reports.escaping import visible
from perfxl.reports.view import Report, View
from perfxl.review import FileReview

_COMMANDS = {Severity.error: "error", Severity.query: "warning", Severity.info: "notice"}


class GithubReport(Report):
    """One `::error file=…,title=…::message` per finding. A workbook has no lines: see the title."""

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
    lang = view.lang
    command = "notice" if finding.settled else _COMMANDS[finding.severity]
    title = " ".join(part for part in (finding.code, finding.name(lang), finding.at.in_file) if part)
    properties = f"file={_property(path)},title={_property(title)}"
    return f"::{command} {properties}::{_data(finding.message(lang))}\n"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
