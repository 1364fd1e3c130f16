"""Workflow annotations for GitHub Actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from perfxl.across import SpotCheck
from perfxl.finding import Finding, Severity
from perfxl.reports.escaping import visible
from perfxl.reports.view import View
from perfxl.review import FileReview

_COMMANDS = {Severity.error: "error", Severity.query: "warning", Severity.info: "notice"}


class GithubReport:
    """One `::error file=…,title=…::message` per finding. A workbook has no lines: see the title."""

    def __init__(self, out: TextIO, view: View) -> None:
        self._out, self._view = out, view

    def add(self, file: FileReview) -> None:
        for finding in self._view.findings(file.findings):
            self._write(file.path, finding)

    def across(self, found: Sequence[SpotCheck]) -> None:
        for path, finding in self._view.across(found):
            self._write(path, finding)

    def _write(self, path: str, finding: Finding) -> None:
        lang = self._view.lang
        command = "notice" if finding.settled else _COMMANDS[finding.severity]
        title = " ".join(part for part in (finding.code, finding.name(lang), finding.at.in_file) if part)
        properties = f"file={_property(path)},title={_property(title)}"
        self._out.write(f"::{command} {properties}::{_data(finding.message(lang))}\n")

    def close(self) -> None:
        """Nothing comes after the last file."""


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
