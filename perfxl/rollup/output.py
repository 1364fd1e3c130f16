"""The roll-up for a person, and as JSON for the next level."""

from __future__ import annotations

from typing import TextIO

from perfxl.finding import Language
from perfxl.reports.escaping import visible
from perfxl.reports.json_text import dumped
from perfxl.reports.overview import Totals
from perfxl.reports.printer import Printer, Span
from perfxl.reports.text import aligned
from perfxl.reports.view import mean_text, money_text, rate_text
from perfxl.reports.words import colon, word
from perfxl.rollup import FormRecord, Rollup
from perfxl.rollup.contract import rollup_model

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
    """`lang` changes nothing: no words of ours are in it."""
    out.write(dumped(rollup_model(rollup).model_dump(mode="json"), indent=1) + "\n")


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
