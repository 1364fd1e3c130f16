"""One line per finding, for grep and for editors: `path:sheet!cell: code severity message`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from perfxl.across import SpotCheck
from perfxl.finding import Finding
from perfxl.reports.escaping import visible
from perfxl.reports.view import View
from perfxl.reports.words import severity_word
from perfxl.review import FileReview


class ConciseReport:
    def __init__(self, out: TextIO, view: View) -> None:
        self._out, self._view = out, view

    def add(self, file: FileReview) -> None:
        for finding in self._view.findings(file.findings):
            self._write(file.path, finding)

    def across(self, found: Sequence[SpotCheck]) -> None:
        for path, finding in self._view.across(found):
            self._write(path, finding)

    def _write(self, path: str, finding: Finding) -> None:
        place = ":".join(visible(part) for part in (path, finding.at.in_file) if part)
        severity = severity_word(finding, self._view.lang)
        message = visible(finding.message(self._view.lang))
        self._out.write(f"{place}: {finding.code} {severity} {message}\n")

    def close(self) -> None:
        """Nothing comes after the last file."""
