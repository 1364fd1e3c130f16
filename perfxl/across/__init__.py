"""What only several files together show: duplicates, pasted words, crowded scores; and which forms to spot-check first.

Files are looked at one by one; of each form its facts are kept, no texts. Findings come once all are known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from perfxl.across.facts import FormFacts, form_facts
from perfxl.across.rules import registered_rules
from perfxl.finding import Finding
from perfxl.review import FileReview

__all__ = ["Across", "FormFacts", "SpotCheck"]


@dataclass(frozen=True)
class SpotCheck:
    """A form that should be looked at, and why."""

    form: FormFacts
    own: tuple[Finding, ...]
    """Findings of its own file that are risks: the file's report has them too."""
    across: tuple[Finding, ...]
    """Findings that only the other files show."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (*self.own, *self.across)

    @property
    def weight(self) -> int:
        """A 核实 counts two, a 提示 one, each code once."""
        return sum({finding.code: int(finding.severity) for finding in self.findings}.values())


class Across:
    """Takes the files one by one. `suspended` codes are left out on top of those the forms' schemes suspend."""

    def __init__(self, suspended: frozenset[str] = frozenset()) -> None:
        self._suspended = suspended
        self._forms: list[FormFacts] = []

    def add(self, file: FileReview) -> None:
        self._forms.extend(form_facts(file))

    def spot_checks(self) -> list[SpotCheck]:
        """Forms with risks: the gravest first, the largest budget first among equals."""
        found: dict[int, list[Finding]] = {}
        for code, rule in registered_rules().items():
            if code not in self._suspended:
                for form, finding in rule(self._forms):
                    found.setdefault(id(form), []).extend(_by_scheme(form, finding))
        checks = (SpotCheck(form, form.risks, tuple(found.get(id(form), ()))) for form in self._forms)
        return sorted((one for one in checks if one.findings), key=_order)


def _by_scheme(form: FormFacts, finding: Finding) -> Iterable[Finding]:
    policy = form.scheme.checks
    if policy.suspended(finding.code) or finding.entry.suspended:
        return ()
    return (replace(finding, regraded=policy.severity(finding.code)),)


def _order(one: SpotCheck) -> tuple[int, Decimal, str, tuple[str, int]]:
    return -one.weight, -(one.form.budget or Decimal(0)), one.form.path, (one.form.at.sheet, one.form.at.row)
