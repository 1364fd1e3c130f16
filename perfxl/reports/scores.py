"""评分底稿: every score of a form, reported beside computed, with its derivation on demand."""

from __future__ import annotations

from typing import TextIO

from perfxl.finding import Language
from perfxl.form import SelfEvaluation
from perfxl.reports.escaping import visible
from perfxl.reports.overview import rows
from perfxl.reports.printer import Printer, Span
from perfxl.reports.text import aligned, heading
from perfxl.reports.view import View, points_text, rate_text
from perfxl.reports.words import brackets, colon, word
from perfxl.review import FileReview, Review
from perfxl.scorecard import Scorecard, ScoreLine

DIFFERS = "bold red"
_LONGEST_LABEL = 24


def score_lines(card: Scorecard) -> tuple[ScoreLine, ...]:
    """The lines that add up to the total; 预算执行率 first where it stands in the fund table."""
    return card.lines if card.execution.indicator else (card.execution, *card.lines)


def differs(line: ScoreLine) -> bool:
    """Whether a score is filled in and the rule gives another."""
    return line.computed is not None and not line.reported.blank and not line.agrees


def print_scores(file: FileReview, out: TextIO, view: View, *, explain: bool) -> None:
    """One block per form; findings about the file where it has none."""
    printer = Printer(out)
    printer.line((visible(file.path), "bold"))
    for finding in file.file_findings:
        printer.line((f"  {finding.code} {visible(finding.message(view.lang))}", DIFFERS))
    for review, row in zip(file.reviews, rows(file), strict=False):
        for line in heading(row, view):
            printer.line(*line)
        if review.scorecard is None:
            printer.line((f"  {word('not_scored', view.lang)}", "dim"))
        else:
            _print_card(printer, review, review.scorecard, view, explain)
        printer.line()


def _print_card(printer: Printer, review: Review, card: Scorecard, view: View, explain: bool) -> None:
    lang = view.lang
    printer.line()
    labels = ("indicator", "cell", "max_score", "reported", "computed")
    lines = score_lines(card)
    table: list[list[Span]] = [[(word(label, lang), "dim") for label in labels]]
    table += [_cells(line, lang) for line in lines]
    head, *shown = aligned(table)
    printer.line(*head)
    for line, spans in zip(lines, shown, strict=True):
        printer.line(*spans)
        if explain:
            printer.line((f"      {visible(line.derivation)}", "dim"))
    printer.line()
    for label, text, derivation in _results(review, card, lang):
        printer.line((f"  {label}{colon(lang)}", "dim"), (text, "bold"))
        if explain and derivation:
            printer.line((f"      {visible(derivation)}", "dim"))


def _cells(line: ScoreLine, lang: Language) -> list[Span]:
    reported = points_text(line.reported.value) or visible(line.reported.raw.strip()) or word("blank", lang)
    computed = points_text(line.computed) or "—"
    return [
        (_short(visible(line.label)), ""),
        (line.reported.at.address, "cyan"),
        (points_text(line.max_score.value) or "—", ""),
        (reported, ""),
        (computed, DIFFERS if differs(line) else ""),
    ]


def _short(label: str) -> str:
    """A name that leaves room for the points on a line."""
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _results(review: Review, card: Scorecard, lang: Language) -> list[tuple[str, str, str]]:
    """Rate, total and grade: label, text, derivation."""
    assert isinstance(review.form, SelfEvaluation)
    blank = word("blank", lang)
    reported_grade = visible(card.reported_grade) if card.reported_grade else blank
    printed = points_text(review.form.total.value) or blank
    return [
        (word("rate", lang), rate_text(card.rate) or "—", card.rate_derivation),
        (word("total", lang), total_by_rule(card, lang), card.total_derivation),
        (f"{word('total', lang)}{brackets(word('reported', lang), lang)}", printed, ""),
        (word("grade", lang), grade_by_rule(card, lang), ""),
        (f"{word('grade', lang)}{brackets(word('reported', lang), lang)}", reported_grade, ""),
    ]


def total_by_rule(card: Scorecard, lang: Language) -> str:
    """`89（补满 96）` where a score is blank: a blank is never silently 0."""
    total = points_text(card.computed_total) or "—"
    if not card.missing or card.reported_sum is None:
        return total
    return total + _if_full(points_text(card.reported_sum + card.missing), lang)


def grade_by_rule(card: Scorecard, lang: Language) -> str:
    """`良好（补满 优秀）` where a blank score decides."""
    grade = card.computed_grade or "—"
    decided = card.grade_if_full in (None, card.computed_grade)
    return grade if decided else grade + _if_full(card.grade_if_full or "", lang)


def _if_full(text: str, lang: Language) -> str:
    return brackets(f"{word('if_full', lang)} {text}", lang)
