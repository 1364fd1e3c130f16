"""One row of the indicator table out of loose values, scored and checked as the batch does it."""

from __future__ import annotations

from decimal import Decimal

from perfxl.checks import Context, run_checks
from perfxl.finding import Finding
from perfxl.form import Funding, FundingRow, Group, Indicator, Located, SelfEvaluation
from perfxl.grid import Cell, CellRef, CellValue
from perfxl.reading.cells import CellReader, blank
from perfxl.scheme import Scheme
from perfxl.scorecard import score_form

_ELSEWHERE = CellRef("", "")
_ROW = 1
_COLUMNS = {"level3": "指标", "kind": "指标类型", "target": "年度指标值", "actual": "实际完成值"} | {
    "max_score": "分值",
    "score": "得分",
    "note": "备注",
}


def derivation(scheme: Scheme, values: dict[str, CellValue]) -> str:
    """评分底稿 of the row: the arithmetic with its numbers, or why there is none."""
    form, _ = form_of(values)
    return score_form(form, scheme).lines[0].derivation


def findings(scheme: Scheme, values: dict[str, CellValue]) -> list[Finding]:
    """What the reader and the checks report at the row's own cells, the gravest first."""
    form, problems = form_of(values)
    context = Context(form, scheme, score_form(form, scheme))
    found = [*problems, *(finding for finding in run_checks(context) if finding.at.row == _ROW)]
    return sorted(found, key=lambda finding: (-finding.severity, finding.at.column, finding.code))


def form_of(values: dict[str, CellValue]) -> tuple[SelfEvaluation, tuple[Finding, ...]]:
    """A form with this row alone, and what could not be read in it. `values` by the ids of `_COLUMNS`."""
    reader = CellReader()
    places = {name: CellRef("", "", _ROW, number) for number, name in enumerate(_COLUMNS, 1)}
    cells = {name: Cell(values.get(name)) for name in _COLUMNS}

    def text(name: str) -> Located[str]:
        return reader.text(cells[name], places[name], _COLUMNS[name])

    name = text("level3")
    empty: Located[str] = blank(name.at)
    row = Indicator(
        level1=empty,
        level2=empty,
        level3=name,
        explanation=empty,
        scoring_rule=empty,
        kind=text("kind"),
        target=reader.measure(cells["target"], places["target"], _COLUMNS["target"], None),
        actual=reader.measure(cells["actual"], places["actual"], _COLUMNS["actual"], None),
        max_score=reader.points(cells["max_score"], places["max_score"], _COLUMNS["max_score"]),
        score=reader.points(cells["score"], places["score"], _COLUMNS["score"]),
        note=text("note"),
    )
    words: Located[str] = blank(_ELSEWHERE)
    number: Located[Decimal] = blank(_ELSEWHERE)
    form = SelfEvaluation(
        at=_ELSEWHERE,
        title=words,
        year=blank(_ELSEWHERE),
        fields={},
        groups=(Group(words, None, (row,)),),
        funding=Funding(FundingRow(words, number, number, number, number, number, number)),
        total=number,
        total_max=number,
    )
    return form, reader.problems
