"""What `perfxl diff` found: for a person, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TextIO

from perfxl.comparison import Difference
from perfxl.finding import Finding, Language, Severity
from perfxl.reports.diff_contract import DiffModel, not_compared_model, pair_model, submission_model
from perfxl.reports.escaping import visible
from perfxl.reports.json_text import dumped
from perfxl.reports.printer import Line, Printer
from perfxl.reports.text import SEVERITY_STYLES, STATUS_STYLES
from perfxl.reports.view import points_text, rate_text
from perfxl.reports.words import brackets, colon, severity_word, word
from perfxl.review import Review
from perfxl.submissions import Alone, NotCompared, Pair, Submission

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
    """One document: a DiffModel."""

    def __init__(self, out: TextIO, lang: Language) -> None:
        self._out, self._lang, self._document = out, lang, DiffModel()

    def add(self, one: Pair | Alone | NotCompared) -> None:
        document = self._document
        if isinstance(one, NotCompared):
            document.unreadable.append(not_compared_model(one.file, self._lang))
        elif isinstance(one, Alone):
            (document.only_new if one.in_new else document.only_old).append(submission_model(one.submission))
        else:
            document.forms.append(pair_model(one, self._lang))

    def close(self) -> None:
        self._out.write(dumped(self._document.model_dump(), indent=1) + "\n")


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
