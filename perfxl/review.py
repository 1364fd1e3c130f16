"""Read, score, check → Review: what the form says, what the rules say, and whether it is accepted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from perfxl.checks import Context, run_checks
from perfxl.checks.notes import settled
from perfxl.checks.sealing import seal_findings, was_sealed
from perfxl.detection import detect_scheme
from perfxl.finding import Finding, Severity, in_both
from perfxl.form import Form, Located, SelfEvaluation
from perfxl.grid import CellRef, Workbook
from perfxl.reading import read_forms, sheets_without_forms
from perfxl.reading.explanations import SHEET as EXPLAINED_SHEET
from perfxl.reading.explanations import Explanation, read_explanations
from perfxl.scheme import Scheme
from perfxl.scorecard import Scorecard, score_form

if TYPE_CHECKING:
    from perfxl.seal import Verdict
    from perfxl.signing import Register

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
    seal: Verdict | None = None
    """None for a file that was never sealed."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (*self.file_findings, *(finding for review in self.reviews for finding in review.findings))

    def count(self, severity: Severity) -> int:
        """Findings of that severity; a 核实 whose 说明 is written no longer counts."""
        return sum(f.severity is severity and not f.settled for f in self.findings)


def unread_sheets() -> Set[str]:
    """Names of sheets in which a review looks for nothing: `read_workbook` can pass over them."""
    return sheets_without_forms() - {EXPLAINED_SHEET}


def review_workbook(
    workbook: Workbook,
    path: str,
    *,
    scheme: Scheme | None = None,
    suspended: frozenset[str] = frozenset(),
    keys: Register | None = None,
    beside: tuple[Located[str], ...] = (),
) -> FileReview:
    """Review every form of a workbook. `scheme` overrides what the file or its labels say.

    `suspended` codes are left out of the result on top of those the scheme suspends. `keys` are the public keys that
    signatures are checked with; without them a signature is unknown. `beside` are the paragraphs of a report that
    goes with the form in a file of its own."""
    forms = read_forms(workbook)
    if beside:
        forms = tuple(replace(form, surroundings=(*form.surroundings, *beside)) for form in forms)
    if not forms:
        nothing = Finding("R106", CellRef(workbook.file))
        return FileReview(path, "unreadable", (), (nothing,))
    explanations = read_explanations(workbook)
    reviews = tuple(_review_form(form, scheme, suspended, forms, explanations) for form in forms)
    verdict = _seal_verdict(workbook, forms, keys)
    about_seal = seal_findings(workbook, verdict, keys) if verdict else ()
    about_itself = _about_itself(workbook)
    about_file = tuple(f for f in (*about_itself, *about_seal) if f.code not in suspended and not f.entry.suspended)
    found = (*about_file, *(f for review in reviews for f in review.findings))
    returned = any(f.severity is Severity.error for f in found)
    return FileReview(path, "returned" if returned else "accepted", reviews, about_file, verdict)


def _about_itself(workbook: Workbook) -> Iterator[Finding]:
    if workbook.misnamed is not None:
        extension, kind = workbook.misnamed
        yield Finding("R104", CellRef(workbook.file), numbers=in_both(extension=extension, kind=kind))
    if workbook.macros and "perfxl.scheme" not in workbook.properties:
        # Our own forms come with macros as well, and name their scheme.
        yield Finding("R110", CellRef(workbook.file))


def _seal_verdict(workbook: Workbook, forms: Sequence[Form], keys: Register | None) -> Verdict | None:
    if not was_sealed(workbook):
        return None
    from perfxl.seal import verify

    return verify(workbook, forms, keys)


def _review_form(
    form: Form,
    given: Scheme | None,
    suspended: frozenset[str],
    siblings: Sequence[Form],
    explanations: Sequence[Explanation],
) -> Review:
    scheme, detected = (given, ()) if given else detect_scheme(form)
    scorecard = score_form(form, scheme) if isinstance(form, SelfEvaluation) else None
    context = Context(form, scheme, scorecard, tuple(siblings))
    found = (*form.problems, *detected, *run_checks(context))
    active = (
        _judged(_regraded(f, scheme.checks.severity(f.code)), form, explanations)
        for f in found
        if f.code not in suspended and not scheme.checks.suspended(f.code) and not f.entry.suspended
    )
    return Review(form, scheme, scorecard, tuple(sorted(active, key=lambda f: (f.at, f.code))))


def _regraded(finding: Finding, severity: Severity | None) -> Finding:
    return finding if severity is finding.regraded else finding._replace(regraded=severity)


def _judged(finding: Finding, form: Form, explanations: Sequence[Explanation]) -> Finding:
    return finding._replace(settled=True) if settled(form, finding, explanations) else finding
