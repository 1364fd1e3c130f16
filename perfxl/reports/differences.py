"""What `perfxl diff` found: for a person, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TextIO

from perfxl.comparison import Difference
from perfxl.finding import Finding, Language, Severity
from perfxl.reports.escaping import visible
from perfxl.reports.printer import Line, Printer
from perfxl.reports.text import SEVERITY_STYLES, STATUS_STYLES
from perfxl.reports.view import plain, points_text, rate_text
from perfxl.reports.words import brackets, colon, severity_word, word
from perfxl.review import Review
from perfxl.submissions import Alone, NotCompared, Pair, Submission

SCHEMA_VERSION = 1
_NOTHING = "—"
_STYLES = {"changed": "", "added": "green", "removed": "red", "renamed": ""}
_ANSWERS = ("differing", "unchanged", "only_new", "only_old", "unreadable")


class DifferencesReport(Protocol):
    """Takes the pairs one by one and is finished by `close`."""

    def add(self, one: Pair | Alone | NotCompared) -> None: ...

    def close(self) -> None: ...


class DifferencesText:
    """Prints each form as it comes, and counts them in the end."""

    def __init__(self, out: TextIO, lang: Language) -> None:
        self._printer, self._lang = Printer(out), lang
        self._counts: Counter[str] = Counter()

    def add(self, one: Pair | Alone | NotCompared) -> None:
        lang = self._lang
        if isinstance(one, NotCompared):
            self._counts["unreadable"] += 1
            unreadable = (word("unreadable", lang), STATUS_STYLES["unreadable"])
            self._printer.line((visible(one.file.path), "bold"), ("  ", ""), unreadable)
            for finding in one.file.file_findings:
                self._printer.line(*_finding("", finding, lang))
        elif isinstance(one, Alone):
            answer = "only_new" if one.in_new else "only_old"
            self._counts[answer] += 1
            self._printer.line((_who(one.submission), "bold"), ("  ", ""), (word(answer, lang), "yellow"))
            self._printer.line((f"  {visible(one.submission.path)}", "dim"))
        else:
            self._pair(one)
        self._printer.line()

    def _pair(self, pair: Pair) -> None:
        lang, found = self._lang, pair.comparison
        self._counts["unchanged" if found.same else "differing"] += 1
        self._printer.line((_who(pair.new), "bold"))
        for key, one in (("old", pair.old), ("new", pair.new)):
            self._printer.line((f"  {word(key, lang)}{colon(lang)}{visible(one.path)}", "dim"))
        if not found.differences:
            self._printer.line((f"  {word('same_form', lang)}", "green"))
        for difference in found.differences:
            self._printer.line(*_difference(difference, lang))
        if pair.resubmitted:
            self._printer.line(*_finding("", pair.resubmitted, lang))
        for key, before, after in _by_rule(pair.before, pair.after):
            label = f"{word(key, lang)}{brackets(word('recomputed', lang), lang)}"
            self._printer.line((f"  {label}{colon(lang)}{before} → {after}", "bold"))
        asking = [finding for finding in found.remaining if finding.severity > Severity.info]
        for key, findings in (("mended", found.mended), ("remaining", asking), ("arisen", found.arisen)):
            for finding in findings:
                self._printer.line(*_finding(f"{word(key, lang)} ", finding, lang))

    def close(self) -> None:
        said = (f"{word(answer, self._lang)} {self._counts[answer]}" for answer in _ANSWERS)
        self._printer.line(("  ".join(said), ""))


class DifferencesJson:
    """One document. Values as typed; totals by rule in points, rates as shares of 1."""

    def __init__(self, out: TextIO, lang: Language) -> None:
        self._out, self._lang = out, lang
        self._lists: dict[str, list[dict[str, Any]]] = {"forms": [], "only_new": [], "only_old": [], "unreadable": []}

    def add(self, one: Pair | Alone | NotCompared) -> None:
        if isinstance(one, NotCompared):
            reasons = [finding.message(self._lang) for finding in one.file.file_findings]
            self._lists["unreadable"].append({"path": one.file.path, "reasons": reasons})
        elif isinstance(one, Alone):
            self._lists["only_new" if one.in_new else "only_old"].append(_facts(one.submission))
        else:
            found = one.comparison
            self._lists["forms"].append(
                {
                    "old": _facts(one.old),
                    "new": _facts(one.new),
                    "differences": [
                        {
                            "kind": difference.kind,
                            "field": difference.name,
                            "place": difference.at.in_file,
                            "before": difference.before,
                            "after": difference.after,
                        }
                        for difference in found.differences
                    ],
                    "by_rule": {"old": _results(one.before), "new": _results(one.after)},
                    "mended": _codes(found.mended, self._lang),
                    "remaining": _codes(found.remaining, self._lang),
                    "arisen": _codes(found.arisen, self._lang),
                    "resubmitted": _codes([one.resubmitted] if one.resubmitted else [], self._lang),
                }
            )

    def close(self) -> None:
        json.dump({"schema_version": SCHEMA_VERSION, **self._lists}, self._out, ensure_ascii=False, indent=1)
        self._out.write("\n")


DIFFERENCES_FORMATS: Mapping[str, Callable[[TextIO, Language], DifferencesReport]] = {
    "text": DifferencesText,
    "json": DifferencesJson,
}


def _who(one: Submission) -> str:
    texts = (one.project or one.at.in_file, one.unit, str(one.year or ""))
    return visible(" · ".join(filter(None, texts)))


def _difference(difference: Difference, lang: Language) -> Line:
    place = (f"  {difference.at.in_file} ", "cyan")
    before, after = (visible(text) or _NOTHING for text in (difference.before, difference.after))
    if difference.kind in ("added", "removed"):
        said = f"{word(difference.kind, lang)} {visible(difference.name)}{colon(lang)}"
        return place, (said + (after if difference.kind == "added" else before), _STYLES[difference.kind])
    return place, (f"{visible(difference.name)}{colon(lang)}“{before}” → “{after}”", _STYLES[difference.kind])


def _finding(lead: str, finding: Finding, lang: Language) -> Line:
    severity = (severity_word(finding, lang), SEVERITY_STYLES[finding.severity])
    place = (f"{visible(finding.at.in_file)} " if finding.at.in_file else "", "cyan")
    return (f"  {lead}", "dim"), severity, (f" {finding.code} ", "bold"), place, (visible(finding.message(lang)), "")


def _by_rule(old: Review, new: Review) -> Iterator[tuple[str, str, str]]:
    """Rate, total and grade by rule, where they have changed."""
    if old.scorecard and new.scorecard:
        before, after = old.scorecard, new.scorecard
        results = (
            ("rate", rate_text(before.rate), rate_text(after.rate)),
            ("total", points_text(before.computed_total), points_text(after.computed_total)),
            ("grade", visible(before.computed_grade or ""), visible(after.computed_grade or "")),
        )
        for key, was, now in results:
            if was != now:
                yield key, was or _NOTHING, now or _NOTHING


def _facts(one: Submission) -> dict[str, Any]:
    return {
        "path": one.path,
        "place": one.at.in_file,
        "project": one.project or None,
        "unit": one.unit or None,
        "year": one.year,
    }


def _results(review: Review) -> dict[str, str | None] | None:
    card = review.scorecard
    if card is None:
        return None
    return {"rate": plain(card.rate), "total": plain(card.computed_total), "grade": card.computed_grade}


def _codes(findings: Sequence[Finding], lang: Language) -> list[dict[str, str]]:
    return [{"code": f.code, "place": f.at.in_file, "message": f.message(lang)} for f in findings]
