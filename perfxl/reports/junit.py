"""JUnit XML: a file is a suite, a finding a case; errors fail, 核实 and 提示 stand in cases that pass."""

from __future__ import annotations

from functools import partial
from typing import TextIO

from perfxl.across import SpotChecks
from perfxl.finding import Finding, Severity
from perfxl.making import Part
from perfxl.reports.escaping import html_text
from perfxl.reports.view import Report, View
from perfxl.reports.words import severity_word, word
from perfxl.review import FileReview


class JunitReport(Report):
    def __init__(self, out: TextIO, view: View) -> None:
        self._out, self._view = out, view
        self.maker = partial(_suite, view)
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="perfxl">\n')

    def put(self, part: Part) -> None:
        self._out.write(part)

    def across(self, found: SpotChecks) -> None:
        """A suite of its own: its cases name the file."""
        cases = [_case(self._view, html_text(path), "", finding) for path, finding in self._view.across(found)]
        if cases:
            name = word("across", self._view.lang)
            self._out.write(f'<testsuite name="{name}" tests="{len(cases)}" failures="0" errors="0" skipped="0">\n')
            self._out.writelines([*cases, "</testsuite>\n"])

    def close(self) -> None:
        self._out.write("</testsuites>\n")


def _suite(view: View, file: FileReview) -> str:
    findings = view.findings(file.findings)
    path = html_text(file.path)
    failures = sum(f.severity is Severity.error for f in findings) if file.status == "returned" else 0
    errors = len(findings) if file.status == "unreadable" else 0
    skipped = len(findings) if file.status == "skipped" else 0
    head = (
        f'<testsuite name="{path}" tests="{len(findings) or 1}" failures="{failures}" '
        f'errors="{errors}" skipped="{skipped}">\n'
    )
    cases = [_case(view, path, file.status, finding) for finding in findings]
    nothing = f'<testcase classname="{path}" name="{word("no_findings", view.lang)}"/>\n'
    return "".join([head, *(cases or [nothing]), "</testsuite>\n"])


def _case(view: View, path: str, status: str, finding: Finding) -> str:
    lang = view.lang
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
