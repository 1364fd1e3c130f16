"""The JSON of `perfxl check`, version 1: amounts in 元, points, shares of 1 as decimal strings; null for blank."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from perfxl.figures import half_up
from perfxl.finding import Finding, Language, Severity
from perfxl.form import FundingRow, Indicator, Located, SelfEvaluation, Target
from perfxl.reports.overview import Totals
from perfxl.reports.view import View, mean_text, plain
from perfxl.reports.words import SEVERITIES
from perfxl.review import FileReview, Review
from perfxl.scorecard import Scorecard, ScoreLine

if TYPE_CHECKING:
    from perfxl.seal import Verdict

SCHEMA_VERSION = 1


class Contract(BaseModel):
    """What a command says to programs: nothing beyond what is declared."""

    model_config = ConfigDict(extra="forbid")


class FundingModel(Contract):
    """The total row of the fund table. Points for 预算执行率 as filled in and by rule."""

    initial_budget: str | None
    adjusted_budget: str | None
    executed: str | None
    rate_reported: str | None
    rate_computed: str | None
    max_score: str | None
    score_reported: str | None
    score_computed: str | None


class IndicatorModel(Contract):
    """One row of the indicator table that counts. `score_computed` is null where the clerk judges."""

    level1: str | None
    level2: str | None
    level3: str | None
    target: str | None
    actual: str | None
    max_score: str | None
    score_reported: str | None
    score_computed: str | None
    note: str | None
    cell: str


class FormModel(Contract):
    """`place` is the first part of the scheme's id, e.g. shanghai."""

    kind: Literal["self_evaluation", "objective"]
    scheme: str
    place: str
    project: str | None
    unit: str | None
    department: str | None
    year: int | None
    funding: FundingModel
    indicators: list[IndicatorModel]
    total_reported: str | None
    total_computed: str | None
    grade_reported: str | None
    grade_computed: str | None


class FindingModel(Contract):
    """`place` is the cell within its file, e.g. `自评表!D6`; empty for the whole file."""

    code: str
    name: str
    severity: Literal["error", "query", "info"]
    place: str
    field: str
    message: str
    reported: str | None
    expected: str | None


class AcrossModel(FindingModel):
    """A finding that only several files together show. `path` is the file it is about."""

    path: str


class SealModel(Contract):
    """`open` after an unlock. `code` and `submission` are null where the seal is missing or damaged."""

    status: Literal["intact", "changed", "missing", "damaged"]
    open: bool
    signature: Literal["none", "valid", "invalid", "unknown"]
    code: str | None
    submission: int | None


class FileModel(Contract):
    """`seal` is null for a file that was never sealed."""

    path: str
    status: Literal["accepted", "returned", "unreadable", "skipped"]
    seal: SealModel | None
    forms: list[FormModel]
    findings: list[FindingModel]


class _CountsModel(Contract):
    files: int
    forms: int
    accepted: int
    returned: int
    unreadable: int
    skipped: int
    errors: int
    queries: int
    infos: int


class SumsModel(Contract):
    """Sums over self-evaluations; `rate` is Σ executed ÷ Σ budget, `grades` counts grades by rule."""

    initial_budget: str
    adjusted_budget: str
    executed: str
    rate: str | None
    mean_score: str | None
    weighted_score: str | None
    grades: dict[str, int]


class SummaryModel(SumsModel, _CountsModel):
    """Sums over the self-evaluations; `rate` is Σ executed ÷ Σ budget, `grades` counts grades by rule."""


class CheckModel(Contract):
    schema_version: Literal[1]
    files: list[FileModel]
    across: list[AcrossModel] = []
    summary: SummaryModel


_SEVERITIES: dict[Severity, Literal["error", "query", "info"]] = {
    Severity.error: "error",
    Severity.query: "query",
    Severity.info: "info",
}


def file_model(file: FileReview, view: View) -> FileModel:
    return FileModel(
        path=file.path,
        status=file.status,
        seal=_seal_model(file.seal) if file.seal else None,
        forms=[_form_model(review) for review in file.reviews],
        findings=finding_models(view.findings(file.findings), view.lang),
    )


def across_model(path: str, finding: Finding, view: View) -> AcrossModel:
    return AcrossModel(path=path, **finding_model(finding, view.lang).model_dump())


def _seal_model(verdict: Verdict) -> SealModel:
    seal = verdict.seal
    return SealModel(
        status=verdict.status,
        open=verdict.opened is not None,
        signature=verdict.signature,
        code=seal.code if seal else None,
        submission=seal.head.submission if seal else None,
    )


def summary_model(totals: Totals) -> SummaryModel:
    errors, queries, infos = (totals.findings[severity] for severity in SEVERITIES)
    return SummaryModel(
        files=totals.files.total(),
        forms=totals.forms,
        accepted=totals.files["accepted"],
        returned=totals.files["returned"],
        unreadable=totals.files["unreadable"],
        skipped=totals.files["skipped"],
        errors=errors,
        queries=queries,
        infos=infos,
        **summed(totals),
    )


def summed(totals: Totals) -> dict[str, Any]:
    """Sums, rate, both means of the totals by rule, and grades by rule."""
    return {
        "initial_budget": plain(totals.initial_budget) or "0",
        "adjusted_budget": plain(totals.adjusted_budget) or "0",
        "executed": plain(totals.executed) or "0",
        "rate": plain(totals.rate and half_up(totals.rate, 4)),
        "mean_score": mean_text(totals.computed.plain) or None,
        "weighted_score": mean_text(totals.computed.weighted) or None,
        "grades": dict(totals.ordered_grades),
    }


def finding_models(findings: Iterable[Finding], lang: Language) -> list[FindingModel]:
    return [finding_model(finding, lang) for finding in findings]


def finding_model(finding: Finding, lang: Language) -> FindingModel:
    return FindingModel(
        code=finding.code,
        name=finding.name(lang),
        # A 核实 whose 说明 is written no longer asks for anything.
        severity="info" if finding.settled else _SEVERITIES[finding.severity],
        place=finding.at.in_file,
        field=finding.field,
        message=finding.message(lang),
        reported=finding.reported or None,
        expected=finding.expected or None,
    )


def _form_model(review: Review) -> FormModel:
    form, card = review.form, review.scorecard
    lines = {line.indicator.at: line for line in card.lines if line.indicator is not None} if card else {}
    evaluation = form if isinstance(form, SelfEvaluation) else None
    return FormModel(
        kind=review.scheme.kind,
        scheme=review.scheme.id,
        place=review.scheme.place,
        project=form.project or None,
        unit=form.unit or None,
        department=form.department or None,
        year=form.year.value,
        funding=_funding_model(form.funding.total, card),
        indicators=[_indicator_model(row, lines.get(row.at)) for row in form.named_indicators],
        total_reported=plain(evaluation.total.value) if evaluation else None,
        total_computed=plain(card.computed_total) if card else None,
        grade_reported=card.reported_grade if card else None,
        grade_computed=card.computed_grade if card else None,
    )


def _funding_model(total: FundingRow, card: Scorecard | None) -> FundingModel:
    execution = card.execution if card else None
    return FundingModel(
        initial_budget=plain(total.initial_budget.value),
        adjusted_budget=plain(total.adjusted_budget.value),
        executed=plain(total.executed.value),
        rate_reported=plain(total.rate.value),
        rate_computed=plain(card.rate) if card else None,
        max_score=plain(execution.max_score.value) if execution else None,
        score_reported=plain(execution.reported.value) if execution else None,
        score_computed=plain(execution.computed) if execution else None,
    )


def _indicator_model(row: Indicator, line: ScoreLine | None) -> IndicatorModel:
    return IndicatorModel(
        level1=_text(row.level1),
        level2=_text(row.level2),
        level3=_text(row.level3),
        target=_text(row.target),
        actual=_text(row.actual),
        max_score=plain(row.max_score.value),
        score_reported=plain(row.score.value),
        score_computed=plain(line.computed) if line else None,
        note=_text(row.note),
        cell=row.at.in_file,
    )


def _text(located: Located[str] | Located[Target]) -> str | None:
    return located.raw.strip() or None
