"""自检: what a clerk without macros must still mend, counted by native formulas, each line with its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name

from perfxl.expr import Value
from perfxl.layouts import conditions as ask
from perfxl.layouts import styles
from perfxl.layouts.conditions import Condition
from perfxl.layouts.drawing import BUDGET_FIELDS, Drawing
from perfxl.layouts.indicators import Table
from perfxl.layouts.sheet import Box, Sheet

NAME = "自检"
PASSED, TO_MEND, TO_EXPLAIN = "通过", "需改", "核实"
LAST_ROW = 1_048_576
_HEADER = ("要查的问题", "数量", "结果", "行号", "位置")
_FIRST = 6


@dataclass(frozen=True)
class Line:
    """One question about cells and whole ranges; with `by_row` the cells are columns, asked row by row."""

    text: str
    condition: Condition
    place: Box
    cells: Mapping[str, Box] = field(default_factory=dict)
    ranges: Mapping[str, Box] = field(default_factory=dict)
    constants: Mapping[str, Decimal] = field(default_factory=dict)
    by_row: bool = False
    query: bool = False


def self_check(drawing: Drawing, table: Table) -> None:
    """The sheet 自检, and its verdict beside the title of the form."""
    sheet = Sheet(drawing.sheet.book, NAME, (52, 8, 10, 10, 12))
    lines = list(_lines(drawing, table))
    last = _FIRST + len(lines)
    sheet.least(0, 26)
    sheet.least(_FIRST, 20)
    sheet.write(Box.line(0, 0, 4), "自检：交表前请把“需改”改完，对“核实”写明原因", styles.SHEET_TITLE)
    for column, label in enumerate(_HEADER):
        sheet.write(Box.cell(_FIRST, column), label, styles.TABLE_HEADER)
    for row, line in enumerate(lines, start=_FIRST + 1):
        _line(drawing, sheet, row, line)
    results = Box(_FIRST + 1, 2, last, 2)
    counted = {}
    for row, word in ((1, TO_MEND), (2, TO_EXPLAIN)):
        count = Decimal(sheet.column_values(results).count(word))
        counted[word] = count
        sheet.write(Box.cell(row, 0), f"{word}（项）", styles.PRINTED)
        sheet.say(Box.cell(row, 1), f'COUNTIF({results.absolute_range},"{word}")', count, styles.COMPUTED)
    _total_and_grade(drawing, sheet)
    look = {"type": "cell", "criteria": "==", "format": sheet.look(styles.TO_MEND)}
    sheet.raw.conditional_format(results.range, {**look, "value": f'"{TO_MEND}"'})
    sheet.raw.conditional_format(
        results.range, {**look, "value": f'"{TO_EXPLAIN}"', "format": sheet.look(styles.TO_FILL)}
    )
    sheet.finish()
    _verdict(drawing, sheet, counted)


def _verdict(drawing: Drawing, sheet: Sheet, counted: Mapping[str, Decimal]) -> None:
    box = Box.cell(0, drawing.width + 1)
    mend, explain = sheet.on(Box.cell(1, 1)), sheet.on(Box.cell(2, 1))
    formula = f'"{NAME}：{TO_MEND} "&{mend}&" 项，{TO_EXPLAIN} "&{explain}&" 项"'
    result = f"{NAME}：{TO_MEND} {counted[TO_MEND]} 项，{TO_EXPLAIN} {counted[TO_EXPLAIN]} 项"
    drawing.sheet.say(box, formula, result, styles.VERDICT)


def _total_and_grade(drawing: Drawing, sheet: Sheet) -> None:
    """What the form gives at the moment, repeated here."""
    labels = {"total": drawing.scheme.layout.total_label, "grade": "等级"}
    shown = [name for name in labels if name in drawing.places]
    for row, name in enumerate(shown, start=3):
        place = drawing.places[name]
        sheet.write(Box.cell(row, 0), labels[name], styles.PRINTED)
        sheet.say(Box.cell(row, 1), drawing.sheet.on(place.first), drawing.sheet.value(place), styles.COMPUTED)


def _line(drawing: Drawing, sheet: Sheet, row: int, line: Line) -> None:
    form = drawing.sheet
    sheet.write(Box.cell(row, 0), line.text, styles.PRINTED)
    addresses = {name: form.on(box if line.by_row else box.first) for name, box in line.cells.items()}
    addresses |= {name: form.on(box) for name, box in line.ranges.items()}
    addresses |= {name: str(number) for name, number in line.constants.items()}
    condition = line.condition
    question = (condition.each if line.by_row else condition.alone).format_map(addresses)
    rows = _rows_that_hold(drawing, line)
    count = f"SUMPRODUCT(1*{question})" if line.by_row else f"IF({question},1,0)"
    sheet.say(Box.cell(row, 1), count, Decimal(len(rows)), styles.COMPUTED)
    counted, word = Box.cell(row, 1).address, TO_EXPLAIN if line.query else TO_MEND
    sheet.say(Box.cell(row, 2), f'IF({counted}=0,"{PASSED}","{word}")', word if rows else PASSED, styles.COMPUTED)
    _jump(drawing, sheet, row, line, question, rows)


def _jump(drawing: Drawing, sheet: Sheet, row: int, line: Line, question: str, rows: list[int]) -> None:
    """The row to go to, by a formula that follows inserted rows, and a link to it."""
    form = drawing.sheet
    found: Decimal | None = Decimal(line.place.top + 1)
    number = f"ROW({form.on(line.place.first)})"
    if line.by_row:
        found = Decimal(rows[0] + 1) if rows else None
        first = f"{LAST_ROW}-SUMPRODUCT(MAX({question}*({LAST_ROW}-ROW({form.on(line.place)}))))"
        number = f'IF({Box.cell(row, 1).address}=0,"",{first})'
    sheet.say(Box.cell(row, 3), number, found, styles.COMPUTED)
    at, column = Box.cell(row, 3).address, xl_col_to_name(line.place.left)
    link = f'HYPERLINK("#\'{form.name}\'!{column}"&{at},"{column}"&{at})'
    sheet.say(Box.cell(row, 4), f'IF({at}="","",{link})', f"{column}{found}" if found else None, styles.LINK)


def _rows_that_hold(drawing: Drawing, line: Line) -> list[int]:
    """Rows of the form, from 0, in which the answer is yes; for a question about one place, that place's."""
    form = drawing.sheet
    values: dict[str, Value | tuple[Value, ...]] = dict(line.constants)
    if not line.by_row:
        values |= {name: form.value(box) for name, box in line.cells.items()}
        values |= {name: form.column_values(box) for name, box in line.ranges.items()}
        return [line.place.top] if line.condition.holds(values) else []
    rows = []
    for row in range(line.place.top, line.place.bottom + 1):
        values |= {name: form.value(Box.cell(row, box.left)) for name, box in line.cells.items()}
        if line.condition.holds(values):
            rows.append(row)
    return rows


def _lines(drawing: Drawing, table: Table) -> Iterator[Line]:
    yield from _required(drawing, table)
    yield from _funds(drawing)
    for hint in table.hints:
        cells = {name: box for name, box in table.columns.items() if name in hint.condition.names}
        place = table.columns[hint.place]
        yield Line(
            hint.question,
            hint.condition,
            place,
            cells,
            constants=table.constants,
            by_row=True,
            query=hint.query,
        )
    yield from _points(drawing, table)


def _required(drawing: Drawing, table: Table) -> Iterator[Line]:
    year = drawing.places["year"]
    yield Line("年度未填写", ask.no_number("year"), year, {"year": year})
    for label, box in drawing.required.items():
        yield Line(f"{label}未填写", ask.blank("cell"), box, {"cell": box})
    for block, names in table.required:
        yield Line(f"{block.name}一项也没有", ask.nothing_in("names"), names, ranges={"names": names})


def _funds(drawing: Drawing) -> Iterator[Line]:
    places, layout = drawing.places, drawing.scheme.layout
    labels = {column.id: column.label.rstrip("：:") for column in (*layout.header, *layout.funding_columns)}
    rule = drawing.scheme.execution
    if rule:
        budget, executed = places[rule.denominator], places["executed"]
        name, cells = labels[rule.denominator], {"budget": budget, "executed": executed}
        yield Line(f"{name}为 0，无法计算执行率", ask.zero("budget"), budget, cells, query=True)
        yield Line(f"{labels['executed']}大于{name}", ask.less("budget", "executed"), executed, cells)
    for name in BUDGET_FIELDS:
        if parts := places.get(f"{name}_parts"):
            text = f"{labels[name]}的各项之和不等于{layout.funding_rows[0].rstrip('：')}"
            wrong = ask.sum_differs("parts", "total")
            yield Line(text, wrong, places[name], {"total": places[name]}, {"parts": parts})


def _points(drawing: Drawing, table: Table) -> Iterator[Line]:
    full = drawing.scheme.full_score
    if full and "max_total" in drawing.places:
        place = drawing.places["max_total"]
        wrong = ask.no_number("sum") | ask.unequal("sum", "full")
        text = f"分值合计不等于 {full.value}"
        yield Line(text, wrong, place, {"sum": place}, constants={"full": full.value})
    if "note" not in table.columns and (note := drawing.places.get("deviation_note")):
        # The points of the indicators alone: those of the execution rate have a threshold of their own.
        ranges = {"scores": table.columns["score"], "points": table.columns["max_score"]}
        lost = ask.sum_less("scores", "points") & ask.blank("note")
        yield Line("扣了分而没有写明原因", lost, note, {"note": note}, ranges)
    fixed = drawing.scheme.family == "four_dimensions"
    for group, place in table.groups:
        if group.points and "max_score" in table.columns:
            points, wrong = group.points.value, ask.unequal("sum", "points")
            text = f"{group.name}的分值合计不是 {points}"
            yield Line(text, wrong, place, {"sum": place}, constants={"points": points}, query=not fixed)
