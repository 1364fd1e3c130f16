"""A page on its own: no network, no other file. Filters with a little script, charts as inline SVG."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TextIO

from perfxl import __version__
from perfxl.across import SpotChecks
from perfxl.finding import catalog
from perfxl.making import Part
from perfxl.reports.escaping import html_text
from perfxl.reports.html_charts import Dot, bar_chart, column_chart, dot, dot_chart, rate_band, rate_columns
from perfxl.reports.html_sections import ANCHOR, file_section, index_head, index_row
from perfxl.reports.html_spot_checks import spot_check_table
from perfxl.reports.overview import LEVELS, Totals, figures, rows
from perfxl.reports.view import Report, View, mean_text, money_text, rate_text
from perfxl.reports.waiting import Waiting
from perfxl.reports.words import SEVERITIES, word
from perfxl.review import FileReview, Status

_STATUSES: tuple[Status, ...] = ("returned", "accepted", "unreadable", "skipped")
_WAITING = re.compile("@(index|sections)@")
_FREQUENT = 10
"""Codes in the chart of problems."""
_SLOT = re.compile("@([a-z-]+)@")


class HtmlReport(Report):
    """What is written of each file waits in temporary files until the sums that stand above it are known."""

    def __init__(self, out: TextIO, view: View, folder: Path | None = None) -> None:
        """With `folder`, where the page will lie, the files are linked."""
        self._out, self._view = out, view
        self.maker = partial(_part, view, folder)
        self._totals = Totals()
        self._rates: Counter[int] = Counter()
        self._dots: Counter[Dot] = Counter()
        self._codes: Counter[str] = Counter()
        self._index, self._sections = Waiting(), Waiting()
        self._spot_checks = ""

    def put(self, part: Part) -> None:
        sums, index, section, rates, dots, codes = part
        self._totals.add(sums)
        anchor = f"f{self._totals.files.total()}"
        self._index.write(index.replace(ANCHOR, anchor))
        self._sections.write(section.replace(ANCHOR, anchor))
        self._rates.update(rates)
        self._dots.update((rate, points) for rate, points in dots)
        self._codes.update(codes)

    def across(self, found: SpotChecks) -> None:
        self._spot_checks = spot_check_table(self._view.spot_checks(found), self._view)

    def close(self) -> None:
        page = files("perfxl.reports").joinpath("page.html").read_text("utf-8")
        slots = self._slots(page)
        waiting = {"index": self._index, "sections": self._sections}
        for place, text in enumerate(_WAITING.split(page)):
            if place % 2 == 0:
                self._out.write(_filled(text, slots))
                continue
            waiting[text].pour(self._out)

    def _slots(self, page: str) -> dict[str, str]:
        zh = self._view.lang == "zh"
        files_forms = (self._totals.files.total(), self._totals.forms)
        return {
            "lang": "zh-CN" if zh else "en",
            "script-hash": _script_hash(page),
            "title": "项目支出绩效自评检查报告" if zh else "Self-evaluation check report",
            "subtitle": ("{} 个文件，{} 张表" if zh else "{} files, {} forms").format(*files_forms),
            "skip": "跳到文件列表" if zh else "Skip to the files",
            "overview": self._overview(),
            "spot-checks": self._spot_checks,
            "filter": self._filter(),
            "partly": _partly(zh),
            "index-head": index_head(self._view),
            "version": f"perfxl {__version__}",
            "keys": "按 / 查找，j、k 逐个文件" if zh else "/ to search, j and k to step",
        }

    def _overview(self) -> str:
        totals, lang = self._totals, self._view.lang
        counts = [(word(status, lang), str(totals.files[status])) for status in _STATUSES]
        counts += [(severity.label(lang), str(totals.findings[severity])) for severity in SEVERITIES]
        money = []
        if totals.adjusted_budget:
            yuan = word("yuan", lang)
            money = [
                (f"{word('budget_sum', lang)} ({yuan})", money_text(totals.adjusted_budget)),
                (f"{word('executed_sum', lang)} ({yuan})", money_text(totals.executed)),
                (word("rate", lang), rate_text(totals.rate)),
            ]
        if totals.computed.count:
            money.append((word("mean", lang), mean_text(totals.computed.plain)))
            money.append((word("weighted_mean", lang), mean_text(totals.computed.weighted)))
        charts = column_chart(word("grades", lang), totals.ordered_grades)
        charts += column_chart(word("rate", lang), rate_columns(self._rates, lang))
        charts += dot_chart(word("rate_and_total", lang), self._dots, lang)
        charts += bar_chart(word("frequent", lang), self._frequent())
        charts += bar_chart(word("lost", lang), self._lost())
        figures = "".join(_figures(group) for group in (counts, money) if group)
        return f'<div class="panel">{figures}</div>' + (f'<div class="panel charts">{charts}</div>' if charts else "")

    def _frequent(self) -> list[tuple[str, Decimal, str]]:
        known = catalog()
        most = sorted(self._codes.items(), key=lambda item: (-item[1], item[0]))[:_FREQUENT]
        return [(f"{code} {known[code].words(self._view.lang).name}", Decimal(count), code) for code, count in most]

    def _lost(self) -> list[tuple[str, Decimal, str]]:
        own = 0 if self._view.lang == "zh" else 1
        return [(level[own], points, "") for level, points in zip(LEVELS, self._totals.lost, strict=True)]

    def _filter(self) -> str:
        lang, zh = self._view.lang, self._view.lang == "zh"
        find = "按单位、项目、文件、说明查找（按 / 键）" if zh else "unit, project, file, message (press /)"
        boxes = "".join(
            f'<label><input type="checkbox" value="{severity.name}" checked> {severity.label(lang)}</label>'
            for severity in SEVERITIES
        )
        known = catalog()
        codes = [(code, f"{code} {known[code].words(lang).name} ({self._codes[code]})") for code in sorted(self._codes)]
        statuses: list[tuple[str, str]] = [
            (status, word(status, lang)) for status in _STATUSES if self._totals.files[status]
        ]
        grades = [(html_text(grade), f"{grade} ({count})") for grade, count in self._totals.ordered_grades]
        everything = "全部" if zh else "all"
        unit = word("unit", lang)
        return (
            f'<form class="panel filter" role="search" hidden><input type="search" placeholder="{find}" '
            f'aria-label="{find}">{boxes}'
            f"{_select('code', word('code', lang), everything, codes)}"
            f"{_select('status', word('status', lang), everything, statuses)}"
            f"{_select('grade', word('grade', lang), everything, grades)}"
            f'<label>{unit} <input name="unit" list="units" autocomplete="off" placeholder="{everything}"></label>'
            '<datalist id="units"></datalist>'
            f'<span class="portions" hidden>{_button("previous", "‹", "上一批" if zh else "previous files")} '
            f'<span aria-live="polite"></span> {_button("next", "›", "下一批" if zh else "next files")}</span>'
            '<output aria-live="polite"></output></form>'
        )


def _part(view: View, folder: Path | None, file: FileReview) -> Part:
    """Figures, rows of the index and the section with ANCHOR for the file's place, bands of rates, dots, codes."""
    forms = list(rows(file))
    return [
        figures(file),
        "".join(index_row(row, ANCHOR, view) for row in forms),
        file_section(file, ANCHOR, view, folder),
        [rate_band(row.rate) for row in forms if row.rate is not None],
        [place for row in forms if (place := dot(row))],
        [finding.code for finding in view.findings(file.findings)],
    ]


def _figures(pairs: list[tuple[str, str]]) -> str:
    items = "".join(f"<div><dt>{html_text(term)}</dt><dd>{html_text(text)}</dd></div>" for term, text in pairs)
    return f'<dl class="figures">{items}</dl>'


def _select(name: str, label: str, everything: str, options: list[tuple[str, str]]) -> str:
    items = "".join(f'<option value="{value}">{html_text(text)}</option>' for value, text in options)
    return f'<label>{label} <select name="{name}"><option value="">{everything}</option>{items}</select></label>'


def _button(name: str, sign: str, said: str) -> str:
    return f'<button type="button" name="{name}" aria-label="{said}" title="{said}">{sign}</button>'


def _partly(zh: bool) -> str:
    """What a print says that is not of everything."""
    said = (
        "只打印了第 {} 个文件；筛选后再打印其余的。" if zh else "Only files {} are printed; filter to print the rest."
    )
    return f'<p class="partly" hidden>{said.format("<b></b>")}</p>'


def _filled(template: str, slots: Mapping[str, str]) -> str:
    """The template with its @slots@, in one pass: what is filled in is never looked at again."""
    return _SLOT.sub(lambda match: slots[match[1]], template)


def _script_hash(page: str) -> str:
    """Of the only script that the page's policy lets run."""
    script = page.partition("<script>")[2].partition("</script>")[0]
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
