"""The parts of the page that belong to one file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count
from pathlib import Path

from perfxl.finding import Language
from perfxl.reports.escaping import html_text
from perfxl.reports.html_form import form_tables
from perfxl.reports.html_marks import Listed, Marks, listed
from perfxl.reports.links import web_link
from perfxl.reports.overview import FormRow, rows
from perfxl.reports.view import View, money_text, points_text, rate_text
from perfxl.reports.words import SEVERITIES, brackets, colon, seal_word, severity_word, word
from perfxl.review import FileReview, Review

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
    grade = f' data-grade="{html_text(row.grade_computed)}"' if row.grade_computed else ""
    return f'<tr data-file="{anchor}"{grade}>{"".join(cells)}</tr>\n'


def file_section(file: FileReview, anchor: str, view: View, folder: Path | None) -> str:
    lang = view.lang
    path = html_text(file.path)
    if folder is not None:
        path = f'<a href="{html_text(web_link(file.path, folder))}">{path}</a>'
    counts = "  ".join(f"{severity.label(lang)} {file.count(severity)}" for severity in SEVERITIES)
    numbers = count()
    about_file = listed(view.ranked(file.file_findings), numbers)
    about_forms = [listed(view.ranked(review.findings), numbers) for review in file.reviews]
    marks = Marks(chain(about_file, *about_forms), anchor)
    tables = [form_tables(review, marks, lang) for review in file.reviews]
    parts = [
        f'<noscript><section class="panel file" id="{anchor}" data-status="{file.status}" tabindex="-1">'
        f'<header><h2>{path}</h2><span class="status {file.status}">{word(file.status, lang)}</span>'
        f'<span class="counts">{counts}</span></header>',
        _findings(about_file, marks, lang),
    ]
    for review, row, about_form, table in zip(file.reviews, rows(file), about_forms, tables, strict=False):
        found = _findings(about_form, marks, lang)
        if not review.findings:
            found = f'<p class="none">{word("no_findings", lang)}</p>'
        parts.append(f'<div class="form">{_facts(review, row, view)}{found}{table}</div>')
    return "".join([*parts, "</section></noscript>\n"])


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


def _findings(found: list[Listed], marks: Marks, lang: Language) -> str:
    items = [_finding(one, marks, lang) for one in found]
    return f'<ol class="findings">{"".join(items)}</ol>' if items else ""


def _finding(one: Listed, marks: Marks, lang: Language) -> str:
    severity, finding = one.severity, one.finding
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
        f'<li{marks.name(one)} class="{severity}" data-severity="{severity}" data-code="{finding.code}">'
        f'<span class="word">{severity_word(finding, lang)}</span> '
        f'<span class="code">{finding.code}</span> {html_text(finding.name(lang))}{marks.place(finding)}'
        f'<span class="message">{html_text(message)}</span>{"".join(beside)}</li>'
    )


def _wrong_total(row: FormRow) -> bool:
    return row.total_reported is not None and row.total_computed not in (None, row.total_reported)


def _cell(text: str, kind: str, tag: str = "td") -> str:
    return f'<{tag} class="{kind}">{html_text(text)}</{tag}>' if kind else f"<{tag}>{html_text(text)}</{tag}>"


def _row(cells: Sequence[tuple[str, str]], tag: str) -> str:
    return f"<tr>{''.join(_cell(text, kind, tag) for text, kind in cells)}</tr>\n"
