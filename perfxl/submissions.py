"""Two files or two folders as pairs of submissions of the same form."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from perfxl.batch import Candidate, Options
from perfxl.comparison import Comparison, compared
from perfxl.finding import Finding, Severity
from perfxl.form import Form
from perfxl.grid import CellRef, normalised
from perfxl.limits import Limits, check_here
from perfxl.pairing import Key, paired
from perfxl.review import FileReview, Review


def identity(form: Form) -> tuple[str, str, str] | None:
    """Kind, project and unit: what makes two forms the same form of two submissions. None without a project name."""
    project = normalised(form.project)
    return (type(form).__name__, project, normalised(form.unit)) if project else None


@dataclass(frozen=True, slots=True)
class Submission:
    """One form of one file, without its content: two folders of any size are paired."""

    candidate: Candidate
    number: int
    """Of the form in its file, from 0."""
    at: CellRef
    project: str
    unit: str
    year: int | None
    same: tuple[str, str, str] | None
    kind: str

    @property
    def path(self) -> str:
        return self.candidate.shown


@dataclass(frozen=True)
class Pair:
    """A form in both. The reviews for its totals by rule, the comparison for all else."""

    old: Submission
    new: Submission
    before: Review
    after: Review
    comparison: Comparison

    @property
    def resubmitted(self) -> Finding | None:
        """退回后原样重报: nothing was changed although there were errors. None otherwise."""
        errors = sum(finding.severity is Severity.error for finding in self.comparison.remaining)
        if self.comparison.differences or not errors or self.new.path == self.old.path:
            return None
        numbers = {"other": self.old.path, "errors": str(errors)}
        return Finding("D105", self.new.at, "项目名称", self.new.project, None, numbers)

    @property
    def same(self) -> bool:
        """Nothing is different, and nothing should be."""
        return self.comparison.same and self.resubmitted is None


@dataclass(frozen=True)
class Alone:
    """A form that only one of the two has."""

    submission: Submission
    in_new: bool


@dataclass(frozen=True)
class NotCompared:
    """A file without a form that could be read."""

    file: FileReview


_LIMITS = Limits()


def differences(
    old: Sequence[Candidate], new: Sequence[Candidate], options: Options, limits: Limits = _LIMITS
) -> Iterator[Pair | Alone | NotCompared]:
    """Files that cannot be compared, then every form once: the new ones in order, then those that are gone.

    Every file is read once to be paired and once to be compared: of thousands no more than two are in memory."""
    sides: list[list[Submission]] = []
    for candidates in (old, new):
        side: list[Submission] = []
        for candidate in candidates:
            file = check_here(candidate, options, limits)
            if file.status == "unreadable":
                yield NotCompared(file)
            side += [_submission(candidate, number, review.form) for number, review in enumerate(file.reviews)]
        sides.append(side)
    read = lru_cache(maxsize=2)(lambda candidate: check_here(candidate, options, limits))
    for before, after in paired(sides[0], sides[1], _keys(len(old) == len(new) == 1)):
        if before and after:
            files = [read(one.candidate) for one in (before, after)]
            lost = [file for file, one in zip(files, (before, after), strict=True) if len(file.reviews) <= one.number]
            yield from map(NotCompared, lost)  # changed since it was paired
            if not lost:
                first, second = (file.reviews[one.number] for file, one in zip(files, (before, after), strict=True))
                yield Pair(before, after, first, second, compared(first, second))
        elif only := after or before:
            yield Alone(only, after is not None)


def _submission(candidate: Candidate, number: int, form: Form) -> Submission:
    kind = type(form).__name__
    return Submission(candidate, number, form.at, form.project, form.unit, form.year.value, identity(form), kind)


def _keys(two_files: bool) -> list[Key[Submission]]:
    """Several submissions of one form in a folder are told by their file names, those of several years by the year."""

    def with_year(one: Submission) -> Hashable:
        return one.same and (*one.same, one.year)

    def with_file(one: Submission) -> Hashable:
        return one.same and (*one.same, one.year, one.candidate.path.name)

    keys: list[Key[Submission]] = [
        with_file,
        with_year,
        lambda one: one.same,
        lambda one: (one.kind, one.candidate.path.name, one.number),
    ]
    if two_files:
        # The user has said that they belong together, whatever became of the names in them.
        keys.append(lambda one: one.kind)
    return keys
