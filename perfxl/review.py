"""Read, score, check → Review: what the form says, what the rules say, and whether it is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from perfxl.checks import Context, run_checks
from perfxl.checks.notes import settled
from perfxl.detection import detect_scheme
from perfxl.finding import Finding, Severity
from perfxl.form import Form, SelfEvaluation
from perfxl.grid import CellRef, Workbook
from perfxl.reading import read_forms
from perfxl.scheme import Scheme
from perfxl.scorecard import Scorecard, score_form

Status = Literal["accepted", "returned", "unreadable", "skipped"]


@dataclass(frozen=True)
class Review:
    """One form with its score and findings. `scorecard` is None for objective forms."""

    form: Form
    scheme: Scheme
    scorecard: Scorecard | None
    findings: tuple[Finding, ...]
    """In the order of the sheet, active codes only."""


@dataclass(frozen=True)
class FileReview:
    """One path: its reviews, and the findings that belong to the file as a whole."""

    path: str
    status: Status
    reviews: tuple[Review, ...] = ()
    file_findings: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (*self.file_findings, *(finding for review in self.reviews for finding in review.findings))

    def count(self, severity: Severity) -> int:
        """Findings of that severity; a 核实 whose 说明 is written no longer counts."""
        return sum(f.severity is severity and not f.settled for f in self.findings)


def review_workbook(
    workbook: Workbook, path: str, *, scheme: Scheme | None = None, suspended: frozenset[str] = frozenset()
) -> FileReview:
    """Review every form of a workbook. `scheme` overrides what the file or its labels say.

    `suspended` codes are left out of the result on top of those the scheme suspends."""
    forms = read_forms(workbook)
    if not forms:
        nothing = Finding("R106", CellRef(workbook.file))
        return FileReview(path, "unreadable", (), (nothing,))
    reviews = tuple(_review_form(form, scheme, suspended, forms) for form in forms)
    returned = any(f.severity is Severity.error for review in reviews for f in review.findings)
    return FileReview(path, "returned" if returned else "accepted", reviews)


def _review_form(form: Form, given: Scheme | None, suspended: frozenset[str], siblings: Sequence[Form]) -> Review:
    scheme, detected = (given, ()) if given else detect_scheme(form)
    scorecard = score_form(form, scheme) if isinstance(form, SelfEvaluation) else None
    context = Context(form, scheme, scorecard, tuple(siblings))
    found = (*form.problems, *detected, *run_checks(context))
    active = (
        _judged(replace(f, regraded=scheme.checks.severity(f.code)), form)
        for f in found
        if f.code not in suspended and not scheme.checks.suspended(f.code) and not f.entry.suspended
    )
    return Review(form, scheme, scorecard, tuple(sorted(active, key=lambda f: (f.at, f.code))))


def _judged(finding: Finding, form: Form) -> Finding:
    return replace(finding, settled=True) if settled(form, finding) else finding
