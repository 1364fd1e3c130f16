"""What only several files together show: duplicates, pasted words, crowded scores; and which forms to spot-check first.

Files are looked at one by one; the facts of each form wait in a database, no texts. Findings come once all are known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from perfxl.across.facts import FormFacts
from perfxl.across.rules import About, registered_rules
from perfxl.across.table import Facts, facts_part, text_of
from perfxl.finding import Finding, Severity, catalog
from perfxl.making import Part, Taker
from perfxl.scheme import Scheme

__all__ = ["Across", "FormFacts", "SpotCheck", "SpotChecks"]


@dataclass(frozen=True)
class SpotCheck:
    """A form that should be looked at, and why."""

    form: FormFacts
    file: int
    """Number of its file among those checked, from 1."""
    across: tuple[Finding, ...]
    """Findings that only the other files show."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The risks of its own file, which the file's report has too, and those that the other files show."""
        return (*self.form.risks, *self.across)

    @property
    def weight(self) -> int:
        """A 核实 counts two, a 提示 one, each code once."""
        return sum({finding.code: int(finding.severity) for finding in self.findings}.values())


class Across(Taker):
    """Takes the files one by one. `suspended` codes are left out on top of those the forms' schemes suspend.

    `given` is the scheme that forms are checked by where it does not come with perfxl."""

    def __init__(self, suspended: frozenset[str] = frozenset(), given: Scheme | None = None) -> None:
        self._suspended = suspended
        self._facts = Facts(given)
        self.maker = facts_part

    def put(self, part: Part) -> None:
        self._facts.put(part)

    def spot_checks(self) -> SpotChecks:
        """Forms with risks. Once, after the last file."""
        facts = self._facts
        rules = registered_rules() if facts.several else {}
        for code, rule in rules.items():
            if code not in self._suspended and not catalog()[code].suspended:
                facts.find(_judged(facts, code, rule(facts)))
        facts.all_found()
        return SpotChecks(facts)


class SpotChecks:
    """Forms with risks, as often as they are asked for; none is kept.

    `lowest` and `hidden` leave out forms whose findings are all below, or hidden; an index is asked, no form."""

    def __init__(self, facts: Facts, lowest: Severity = Severity.info, hidden: Collection[str] = ()) -> None:
        self._facts = facts
        marks = ", ".join("?" * len(hidden))
        self._shown = f"SELECT found_in FROM found WHERE severity >= ? AND code NOT IN ({marks})"
        self._values: tuple[int | str, ...] = (int(lowest), *sorted(hidden))

    def shown(self, lowest: Severity, hidden: Collection[str]) -> SpotChecks:
        return SpotChecks(self._facts, lowest, hidden)

    def __len__(self) -> int:
        ((count,),) = self._facts.rows(f"SELECT COUNT(DISTINCT found_in) FROM ({self._shown})", *self._values)
        return int(count)

    def __iter__(self) -> Iterator[SpotCheck]:
        """The gravest first, the largest budget first among equals."""
        query = f"""SELECT id, file FROM forms JOIN (
                SELECT found_in, SUM(severity) AS weight
                FROM (SELECT found_in, MAX(severity) AS severity FROM found GROUP BY found_in, code) GROUP BY found_in
            ) ON id = found_in WHERE id IN ({self._shown}) ORDER BY weight DESC, budget DESC, path, id"""
        for number, file in self._facts.rows(query, *self._values):
            yield SpotCheck(self._facts.form(number), file, self._facts.found(number))

    def across(self) -> Iterator[tuple[str, tuple[Finding, ...]]]:
        """Path and findings of the forms about which other files show something, in the order of the files."""
        # Findings are fetched form by form: put in order together they would take up megabytes.
        query = """SELECT path, id FROM forms
            WHERE id IN (SELECT found_in FROM found WHERE finding IS NOT NULL) ORDER BY path, id"""
        for path, number in self._facts.rows(query):
            yield text_of(path), self._facts.found(number)


def _judged(facts: Facts, code: str, found: Iterator[About]) -> Iterator[About]:
    """As the forms' schemes grade the code, without forms whose schemes suspend it."""
    for number, finding in found:
        policy = facts.scheme(number).checks
        if not policy.suspended(code):
            regraded = policy.severity(code)
            yield number, finding._replace(regraded=regraded) if regraded else finding
