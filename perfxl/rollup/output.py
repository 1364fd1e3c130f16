"""The roll-up for a person, and as JSON for the next level."""

from __future__ import annotations

import json
from typing import Any, TextIO

from perfxl.finding import Language
from perfxl.reports.contract import summed
from perfxl.reports.escaping import visible
from perfxl.reports.overview import Totals
from perfxl.reports.printer import Printer, Span
from perfxl.reports.text import aligned
from perfxl.reports.view import mean_text, money_text, rate_text
from perfxl.reports.words import colon, word
from perfxl.rollup import FormRecord, Rollup

SCHEMA_VERSION = 1
_HEAD = ("form", "returned", "budget_sum", "executed_sum", "rate", "mean", "weighted_mean", "grades", "department")


def print_rollup(rollup: Rollup, out: TextIO, lang: Language) -> None:
    """A line per 主管部门, the sums, and what was replaced."""
    printer = Printer(out)
    departments = list(rollup.departments())
    table: list[list[Span]] = [[(word(key, lang), "dim") for key in _HEAD]]
    table += [_cells(visible(name) or word("blank", lang), own, returned) for name, own, returned in departments]
    table.append(_cells(word("summary", lang), rollup.totals, sum(returned for _, _, returned in departments)))
    for line in aligned(table):
        printer.line(*line)
    if history := rollup.history:
        printer.line()
        printer.line((f"{word('replaced', lang)} {len(history)}", "bold"))
        for record in history:
            printer.line((f"  {_who(record)}{colon(lang)}{visible(record.path)}", ""))


def write_rollup(rollup: Rollup, out: TextIO, lang: Language) -> None:
    """`forms` and `history` are read back by the next level; amounts in 元, rates as shares of 1, as text."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "forms": [record.model_dump(mode="json") for record in rollup.forms],
        "history": [record.model_dump(mode="json") for record in rollup.history],
        "departments": [
            {"department": name, "returned": returned, **_sums(own)} for name, own, returned in rollup.departments()
        ],
        "summary": _sums(rollup.totals),
    }
    json.dump(document, out, ensure_ascii=False, indent=1)
    out.write("\n")


ROLLUP_FORMATS = {"text": print_rollup, "json": write_rollup}


def _cells(name: str, totals: Totals, returned: int) -> list[Span]:
    grades = " ".join(f"{visible(grade)} {count}" for grade, count in totals.ordered_grades)
    texts = (
        str(totals.forms),
        str(returned or ""),
        money_text(totals.adjusted_budget),
        money_text(totals.executed),
        rate_text(totals.rate),
        mean_text(totals.computed.plain),
        mean_text(totals.computed.weighted),
        grades,
        name,
    )
    return [(text, "") for text in texts]


def _who(record: FormRecord) -> str:
    return visible(" · ".join(filter(None, (record.project, record.unit, str(record.year or "")))))


def _sums(totals: Totals) -> dict[str, Any]:
    return {"forms": totals.forms, **summed(totals)}
