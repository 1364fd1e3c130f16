"""JUnit XML: a file is a suite, a finding a case; errors fail, 核实 and 提示 stand in cases that pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from perfxl.across import SpotCheck
from perfxl.finding import Finding, Severity
from perfxl.reports.escaping import html_text
from perfxl.reports.view import View
from perfxl.reports.words import severity_word, word
from perfxl.review import FileReview


class JunitReport:
    def __init__(self, out: TextIO, view: View) -> None:
        self._out, self._view = out, view
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="perfxl">\n')

    def add(self, file: FileReview) -> None:
        findings = self._view.findings(file.findings)
        path = html_text(file.path)
        failures = sum(f.severity is Severity.error for f in findings) if file.status == "returned" else 0
        errors = len(findings) if file.status == "unreadable" else 0
        skipped = len(findings) if file.status == "skipped" else 0
        self._out.write(
            f'<testsuite name="{path}" tests="{len(findings) or 1}" failures="{failures}" '
            f'errors="{errors}" skipped="{skipped}">\n'
        )
        if not findings:
            self._out.write(f'<testcase classname="{path}" name="{word("no_findings", self._view.lang)}"/>\n')
        for finding in findings:
            self._out.write(self._case(path, file.status, finding))
        self._out.write("</testsuite>\n")

    def across(self, found: Sequence[SpotCheck]) -> None:
        """A suite of its own: its cases name the file."""
        cases = [self._case(html_text(path), "", finding) for path, finding in self._view.across(found)]
        if cases:
            name = word("across", self._view.lang)
            self._out.write(f'<testsuite name="{name}" tests="{len(cases)}" failures="0" errors="0" skipped="0">\n')
            self._out.writelines([*cases, "</testsuite>\n"])

    def close(self) -> None:
        self._out.write("</testsuites>\n")

    def _case(self, path: str, status: str, finding: Finding) -> str:
        lang = self._view.lang
        place = f" {finding.at.in_file}" if finding.at.sheet else ""
        name = html_text(f"{finding.code} {finding.name(lang)}{place}")
        message = html_text(finding.message(lang))
        if status == "unreadable":
            body = f'<error message="{message}"/>'
        elif status == "skipped":
            body = f'<skipped message="{message}"/>'
        elif finding.severity is Severity.error:
            cure = html_text(finding.fix(lang))
            body = f'<failure message="{message}" type="{finding.code}">{cure}</failure>'
        else:
            body = f"<system-out>{html_text(severity_word(finding, lang))} {message}</system-out>"
        return f'<testcase classname="{path}" name="{name}">{body}</testcase>\n'
