"""The JSON of `perfxl diff`, version 1: values as typed, points, rates as shares of 1; null for blank."""

from __future__ import annotations

from typing import Literal

from perfxl.comparison import Difference
from perfxl.finding import Language
from perfxl.reports.contract import Contract, FindingModel, finding_model, finding_models
from perfxl.reports.view import plain
from perfxl.review import FileReview, Review
from perfxl.submissions import Pair, Submission


class SubmissionModel(Contract):
    """One form of one file; `place` is its first cell."""

    path: str
    place: str
    project: str | None
    unit: str | None
    year: int | None


class DifferenceModel(Contract):
    """`place` is in the new form; for what is gone, in the old one."""

    kind: Literal["changed", "added", "removed", "renamed"]
    field: str
    place: str
    before: str | None
    after: str | None


class ResultsModel(Contract):
    """Rate, total and grade by rule."""

    rate: str | None
    total: str | None
    grade: str | None


class ByRuleModel(Contract):
    """Null for a form that carries no points."""

    old: ResultsModel | None
    new: ResultsModel | None


class PairModel(Contract):
    """A form in both. `resubmitted`: it came back as it was although there were errors."""

    old: SubmissionModel
    new: SubmissionModel
    differences: list[DifferenceModel]
    by_rule: ByRuleModel
    mended: list[FindingModel]
    remaining: list[FindingModel]
    arisen: list[FindingModel]
    resubmitted: FindingModel | None


class NotComparedModel(Contract):
    """A file without a form that could be read, and why."""

    path: str
    findings: list[FindingModel]


class DiffModel(Contract):
    schema_version: Literal[1] = 1
    forms: list[PairModel] = []
    only_new: list[SubmissionModel] = []
    only_old: list[SubmissionModel] = []
    unreadable: list[NotComparedModel] = []


def pair_model(pair: Pair, lang: Language) -> PairModel:
    found = pair.comparison
    return PairModel(
        old=submission_model(pair.old),
        new=submission_model(pair.new),
        differences=[_difference_model(difference) for difference in found.differences],
        by_rule=ByRuleModel(old=_results_model(pair.before), new=_results_model(pair.after)),
        mended=finding_models(found.mended, lang),
        remaining=finding_models(found.remaining, lang),
        arisen=finding_models(found.arisen, lang),
        resubmitted=finding_model(pair.resubmitted, lang) if pair.resubmitted else None,
    )


def submission_model(one: Submission) -> SubmissionModel:
    return SubmissionModel(
        path=one.path, place=one.at.in_file, project=one.project or None, unit=one.unit or None, year=one.year
    )


def not_compared_model(file: FileReview, lang: Language) -> NotComparedModel:
    return NotComparedModel(path=file.path, findings=finding_models(file.file_findings, lang))


def _difference_model(difference: Difference) -> DifferenceModel:
    return DifferenceModel(
        kind=difference.kind,
        field=difference.name,
        place=difference.at.in_file,
        before=difference.before or None,
        after=difference.after or None,
    )


def _results_model(review: Review) -> ResultsModel | None:
    card = review.scorecard
    if card is None:
        return None
    return ResultsModel(rate=plain(card.rate), total=plain(card.computed_total), grade=card.computed_grade)
