"""The parts of the page that belong to one file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from perfxl.finding import Finding, Severity
from perfxl.form import SelfEvaluation
from perfxl.reports.escaping import html_text
from perfxl.reports.links import web_link
from perfxl.reports.overview import FormRow, rows
from perfxl.reports.scores import differs, grade_by_rule, score_lines, total_by_rule
from perfxl.reports.view import View, money_text, points_text, rate_text
from perfxl.reports.words import SEVERITIES, brackets, colon, seal_word, severity_word, word
from perfxl.review import FileReview, Review
from perfxl.scorecard import Scorecard, ScoreLine

NUMBER, PLAIN = "number", ""
ANCHOR = "\0"
"""Stands for the anchor of a file whose place among the others is not known yet. No text has it: see `visible`."""


def index_head(view: View) -> str:
    lang = view.lang
    keys = ("status", "department", "unit", "project", "year", "rate", "total", "recomputed", "grade")
    cells = [(word(key, lang), NUMBER if key in ("rate", "total", "recomputed") else PLAIN) for key in keys]
    cells += [(severity.label(lang), NUMBER) for severity in SEVERITIES]
    return _row([*cells, (word("file", lang), PLAIN)], "th")


def index_row(row: FormRow, anchor: str, view: View) -> str:
    status = f'<span class="status {row.status}">{word(row.status, view.lang)}</span>'
    cells = [
        f"<td>{status}</td>",
        *(_cell(text, "text") for text in (row.department, row.unit, row.project)),
        _cell(str(row.year or ""), "narrow"),
        *(_cell(text, NUMBER) for text in (rate_text(row.rate), points_text(row.total_reported))),
        _cell(points_text(row.total_computed), f"{NUMBER} differs" if _wrong_total(row) else NUMBER),
        _cell(row.grade, "narrow"),
        *(_cell(str(count or ""), NUMBER) for count in (row.errors, row.queries, row.infos)),
        f'<td class="text"><a href="#{anchor}">{html_text(row.path)}</a></td>',
    ]
    return f'<tr data-file="{anchor}">{"".join(cells)}</tr>\n'


def file_section(file: FileReview, anchor: str, view: View, folder: Path | None) -> str:
    lang = view.lang
    path = html_text(file.path)
    if folder is not None:
        path = f'<a href="{html_text(web_link(file.path, folder))}">{path}</a>'
    counts = "  ".join(f"{severity.label(lang)} {file.count(severity)}" for severity in SEVERITIES)
    parts = [
        f'<section class="panel file" id="{anchor}" data-status="{file.status}" tabindex="-1">'
        f'<header><h2>{path}</h2><span class="status {file.status}">{word(file.status, lang)}</span>'
        f'<span class="counts">{counts}</span></header>',
        _findings(file.file_findings, view),
    ]
    parts += [_form(review, row, view) for review, row in zip(file.reviews, rows(file), strict=False)]
    return "".join([*parts, "</section>\n"])


def _form(review: Review, row: FormRow, view: View) -> str:
    lang = view.lang
    found = _findings(review.findings, view)
    if not review.findings:
        found = f'<p class="none">{word("no_findings", lang)}</p>'
    scores = _score_table(review, review.scorecard, view) if review.scorecard else ""
    return f'<div class="form">{_facts(review, row, view)}{found}{scores}</div>'


def _facts(review: Review, row: FormRow, view: View) -> str:
    lang = view.lang
    kind = word("self_evaluation" if row.is_evaluation else "objective", lang)
    facts = [
        ("form", f"{row.sheet}{brackets(kind, lang)}"),
        ("project", row.project),
        ("unit", row.unit),
        ("department", row.department),
        ("year", str(row.year or "")),
        ("initial_budget", money_text(row.initial_budget)),
        ("adjusted_budget", money_text(row.adjusted_budget)),
        ("executed", money_text(row.executed)),
        ("rate", rate_text(row.rate)),
        ("scheme", f"{row.scheme} {review.scheme.name}"),
        ("seal", seal_word(row.seal, lang)),
    ]
    return _definitions(((word(key, lang), text) for key, text in facts if text), "facts")


def _definitions(pairs: Iterable[tuple[str, str]], name: str) -> str:
    items = (f"<div><dt>{html_text(term)}</dt><dd>{html_text(text)}</dd></div>" for term, text in pairs)
    return f'<dl class="{name}">{"".join(items)}</dl>'


def _findings(found: tuple[Finding, ...], view: View) -> str:
    items = [_finding(finding, view) for finding in view.ranked(found)]
    return f'<ol class="findings">{"".join(items)}</ol>' if items else ""


def _finding(finding: Finding, view: View) -> str:
    lang = view.lang
    severity = (Severity.info if finding.settled else finding.severity).name
    place = f' <span class="place">{html_text(finding.at.in_file)}</span>' if finding.at.sheet else ""
    message = finding.message(lang)
    numbers = [
        f"{word(key, lang)}{colon(lang)}{html_text(text)}"
        for key, text in (("reported", finding.reported), ("computed", finding.expected))
        if text and text not in message
    ]
    beside = [f'<span class="beside">{"　".join(numbers)}</span>'] if numbers else []
    mark = colon(lang)
    cure = f"{word('fix', lang)}{mark}{html_text(finding.fix(lang))}"
    rule = f"{word('source', lang)}{mark}{html_text(finding.entry.source)}　{html_text(finding.why(lang))}"
    beside += [f'<span class="fix">{cure}</span><span class="beside">{rule}</span>']
    return (
        f'<li class="{severity}" data-severity="{severity}" data-code="{finding.code}">'
        f'<span class="word">{severity_word(finding, lang)}</span> '
        f'<span class="code">{finding.code}</span> {html_text(finding.name(lang))}{place}'
        f'<span class="message">{html_text(message)}</span>{"".join(beside)}</li>'
    )


def _score_table(review: Review, card: Scorecard, view: View) -> str:
    lang = view.lang
    heads = ("indicator", "cell", "max_score", "reported", "computed", "derivation")
    head = _row([(word(key, lang), NUMBER if key in heads[2:5] else PLAIN) for key in heads], "th")
    body = [_score_row(line, view) for line in score_lines(card)]
    body += _sum_rows(review, card, view)
    return (
        f'<details open><summary>{word("score_table", lang)}</summary><div class="wide"><table>'
        f"<thead>{head}</thead><tbody>{''.join(body)}</tbody></table></div></details>"
    )


def _score_row(line: ScoreLine, view: View) -> str:
    reported = points_text(line.reported.value) or line.reported.raw.strip() or word("blank", view.lang)
    wrong = f"{NUMBER} differs" if differs(line) else NUMBER
    return _row(
        [
            (line.label, "text"),
            (line.reported.at.address, "cell"),
            (points_text(line.max_score.value) or "—", NUMBER),
            (reported, NUMBER),
            (points_text(line.computed) or "—", wrong),
            (line.derivation, "text"),
        ]
    )


def _sum_rows(review: Review, card: Scorecard, view: View) -> list[str]:
    assert isinstance(review.form, SelfEvaluation)
    lang = view.lang
    total, grade = review.form.total, review.form.grade
    sums = (
        (
            word("total", lang),
            total.at.address,
            points_text(total.value),
            total_by_rule(card, lang),
            card.total_derivation,
        ),
        (
            word("grade", lang),
            grade.at.address if grade else "",
            card.reported_grade or "",
            grade_by_rule(card, lang),
            "",
        ),
    )
    kinds = ("text", "cell", NUMBER, NUMBER, NUMBER, "text")
    return [_row([*zip((label, address, "", *rest), kinds, strict=True)], name="sum") for label, address, *rest in sums]


def _wrong_total(row: FormRow) -> bool:
    return row.total_reported is not None and row.total_computed not in (None, row.total_reported)


def _cell(text: str, kind: str, tag: str = "td") -> str:
    return f'<{tag} class="{kind}">{html_text(text)}</{tag}>' if kind else f"<{tag}>{html_text(text)}</{tag}>"


def _row(cells: Sequence[tuple[str, str]], tag: str = "td", name: str = "") -> str:
    start = f'<tr class="{name}">' if name else "<tr>"
    return f"{start}{''.join(_cell(text, kind, tag) for text, kind in cells)}</tr>\n"
