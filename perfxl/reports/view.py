"""What every report needs to know: language, the lowest severity shown; and how numbers are printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from perfxl.across import SpotCheck
from perfxl.figures import half_up, money, percent, points
from perfxl.finding import Finding, Language, Severity
from perfxl.review import FileReview


@dataclass(frozen=True)
class View:
    """How the reader wants a report."""

    lang: Language = "zh"
    lowest: Severity = Severity.info
    """Findings below are not shown. They still count in totals and for the status."""
    hidden: frozenset[str] = frozenset()
    """Codes that are not shown."""

    def findings(self, found: tuple[Finding, ...]) -> list[Finding]:
        return [f for f in found if f.severity >= self.lowest and f.code not in self.hidden]

    def ranked(self, found: tuple[Finding, ...]) -> list[Finding]:
        """For people: errors first, so that nothing drowns them; within a severity in the order of the sheet."""
        return sorted(self.findings(found), key=lambda finding: (finding.settled, -finding.severity))

    def across(self, found: Sequence[SpotCheck]) -> Iterator[tuple[str, Finding]]:
        """What only several files together show, with the path it is about, in the order of the files."""
        for one in sorted(found, key=lambda one: (one.form.path, one.form.at)):
            yield from ((one.form.path, finding) for finding in self.findings(one.across))

    def spot_checks(self, found: Sequence[SpotCheck]) -> list[SpotCheck]:
        """Those with findings that are shown, in their order."""
        return [one for one in found if self.findings(one.findings)]


class Report(Protocol):
    """A report takes the files one by one, in order, then what they show together, and is finished by `close`."""

    def add(self, file: FileReview) -> None: ...

    def across(self, found: Sequence[SpotCheck]) -> None:
        """Once, after the last file: the forms to spot-check, the first ones first."""

    def close(self) -> None: ...


def plain(value: Decimal | None) -> str | None:
    """For machines: `627430.69`, without exponent and trailing zeros; None stays None."""
    if value is None:
        return None
    text = points(value)
    return "0" if text == "-0" else text


def money_text(value: Decimal | None) -> str:
    """`627,430.69`, in 元; empty for None."""
    return "" if value is None else money(value)


def points_text(value: Decimal | None) -> str:
    """`9.86`, `89`; empty for None."""
    return "" if value is None else points(value)


def rate_text(value: Decimal | None) -> str:
    """`98.58%` for the share 0.9858; empty for None."""
    return "" if value is None else percent(value)


def mean_text(value: Decimal | None) -> str:
    """A mean of scores to two decimals; empty for None."""
    return "" if value is None else points(half_up(value, 2))
