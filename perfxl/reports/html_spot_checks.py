"""The part of the page about the forms to spot-check."""

from __future__ import annotations

from itertools import islice

from perfxl.across import SpotCheck, SpotChecks
from perfxl.reports.escaping import html_text
from perfxl.reports.view import View, money_text, points_text, rate_text
from perfxl.reports.words import word

MOST = 50
"""Rows on the page; the 汇总表 has them all."""
_NUMBER = ' class="number"'
_HEAD = (
    ("unit", ""),
    ("project", ""),
    ("adjusted_budget", _NUMBER),
    ("rate", _NUMBER),
    ("total", _NUMBER),
    ("grade", ""),
    ("weight", _NUMBER),
    ("risks", ""),
    ("file", ""),
)


def spot_check_table(found: SpotChecks, view: View) -> str:
    """A panel that is folded up; empty without risks."""
    count = len(found)
    if not count:
        return ""
    body = "".join(_row(one, view) for one in islice(found, MOST))
    lang = view.lang
    head = "".join(f"<th{kind}>{word(key, lang)}</th>" for key, kind in _HEAD)
    more = count - MOST
    rest = f"其余 {more} 份见汇总表" if lang == "zh" else f"{more} more in the summary workbook"
    note = f"<p>{rest}</p>" if more > 0 else ""
    return (
        f'<details class="panel" id="spot-checks"><summary>{word("spot_checks", lang)} {count}</summary>'
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>{note}</details>'
    )


def _row(one: SpotCheck, view: View) -> str:
    form = one.form
    texts = (form.unit, form.project)
    numbers = (money_text(form.budget), rate_text(form.rate), points_text(form.total))
    risks = "".join(
        f'<li><span class="code">{f.code}</span> {html_text(f.name(view.lang))}'
        f'<span class="message">{html_text(f.message(view.lang))}</span></li>'
        for f in view.ranked(one.findings)
    )
    cells = [f'<td class="text">{html_text(text)}</td>' for text in texts]
    cells += [f"<td{_NUMBER}>{text}</td>" for text in numbers]
    cells += [f'<td class="narrow">{html_text(form.grade)}</td>', f"<td{_NUMBER}>{one.weight}</td>"]
    cells.append(f'<td class="text"><ul class="risks">{risks}</ul></td>')
    cells.append(f'<td class="text"><a href="#f{one.file}">{html_text(form.path)}</a></td>')
    return f"<tr>{''.join(cells)}</tr>\n"
