"""What every report needs to know: language, the lowest severity shown; and how numbers are printed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from perfxl.across import SpotChecks
from perfxl.figures import half_up, money, percent, points
from perfxl.finding import Finding, Language, Severity
from perfxl.making import Taker


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

    def across(self, found: SpotChecks) -> Iterator[tuple[str, Finding]]:
        """What only several files together show, with the path it is about, in the order of the files."""
        for path, findings in found.across():
            yield from ((path, finding) for finding in self.findings(findings))

    def spot_checks(self, found: SpotChecks) -> SpotChecks:
        """Those with findings that are shown."""
        return found.shown(self.lowest, self.hidden)


class Report(Taker):
    """A report takes the files one by one, in order, then what they show together, and is finished by `close`.

    What it keeps of a file does not grow with their number: it is written or waits in a temporary file."""

    @abstractmethod
    def across(self, found: SpotChecks) -> None:
        """Once, after the last file: the forms to spot-check."""

    @abstractmethod
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
