"""The indicator table, its total, and beside it the columns that help to fill it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from perfxl.expr import Value
from perfxl.layouts import styles, validation
from perfxl.layouts.drawing import BUDGET_FIELDS, Drawing
from perfxl.layouts.hints import Hint, hint_formula, hint_text, hints_for
from perfxl.layouts.plan import Block, Group, PlannedRow, planned_groups
from perfxl.layouts.sheet import Box
from perfxl.scheme import Scheme
from perfxl.scoring import (
    FORWARD,
    INVERSE,
    QUALITATIVE,
    capped_total,
    execution_rate_score,
    points_total,
    reference_score,
    stated_number,
)

KINDS = (FORWARD, INVERSE, QUALITATIVE)
KIND = "指标类型"
HELPERS = {
    "kind": (KIND, 11.0),
    "target_read": ("目标读数", 9.0),
    "actual_read": ("实际读数", 9.0),
    "reference": ("参考得分", 9.0),
    "hint": ("提示", 18.0),
}
"""Columns right of the print area, with their widths."""
READ = {"target": "年度指标值", "actual": "实际完成值"}
GROUP_MAX, GROUP_SCORE = "一级分值合计", "一级得分合计"


@dataclass(frozen=True)
class Table:
    """Where the indicator table came to stand."""

    header: int
    columns: Mapping[str, Box]
    """From the first indicator to the last, by column id; with kind, reference, hint where they are."""
    constants: Mapping[str, Decimal]
    """Numbers of the scheme that the hints use."""
    groups: tuple[tuple[Group, Box], ...]
    """With the place of the sum of the group's points."""
    required: tuple[tuple[Block, Box], ...]
    """Blocks that must have an indicator, with their name cells."""
    hints: tuple[Hint, ...]

    def at(self, column: str, row: int) -> Box:
        return Box.cell(row, self.columns[column].left)


def indicator_table(drawing: Drawing, left: int) -> Table:
    """The table from printed column `left`; labels left of it are the caller's."""
    groups = planned_groups(drawing.scheme, drawing.content)
    header = drawing.take(1 + sum(group.length for group in groups))
    columns = _columns(drawing, left, header + 1, drawing.row - 1)
    constants = _constants(drawing.scheme)
    _header(drawing, header, columns)
    places, required = [], []
    row = header + 1
    for group in groups:
        first = row
        for block in group.blocks:
            if block.required:
                required.append(
                    (block, Box(row, columns["level3"].left, row + len(block.rows) - 1, columns["level3"].left))
                )
            _level2(drawing, columns, row, block)
            for planned in block.rows:
                _row(drawing, columns, row, planned)
                row += 1
        _level1(drawing, columns, Box(first, columns["level1"].left, row - 1, columns["level1"].left), group)
        places.append((group, _group_sums(drawing, columns, first, row - 1)))
    _rules_of_columns(drawing, columns)
    for _, names in required:
        drawing.tint(Box.cell(names.top, names.left), f"COUNTA({names.absolute_range})=0")
    table = Table(header, columns, constants, tuple(places), tuple(required), hints_for({**columns, **constants}))
    _hints(drawing, table)
    return table


def _constants(scheme: Scheme) -> dict[str, Decimal]:
    """Where no full score is stated, 分值 may stay blank."""
    stated = {"full": scheme.full_score, "cap": scheme.indicators.cap if scheme.indicators else None}
    return {name: points.value for name, points in stated.items() if points}


def _columns(drawing: Drawing, left: int, first: int, last: int) -> dict[str, Box]:
    columns = {
        str(column.id): Box(first, left + index, last, left + index)
        for index, column in enumerate(drawing.scheme.layout.columns)
    }
    for index, name in enumerate(helpers(drawing.scheme), start=drawing.width + 1):
        columns[name] = Box(first, index, last, index)
    return columns


def helpers(scheme: Scheme) -> tuple[str, ...]:
    """The helping columns that the form has."""
    if not scheme.indicators:
        return ("hint",)
    return tuple(HELPERS) if scheme.indicators.proportional else ("reference", "hint")


def helper_widths(scheme: Scheme) -> tuple[float, ...]:
    """Widths right of the print area: a gap, the helping columns, and the sums per level 1."""
    sums = [12.0 for column in scheme.layout.columns if column.id in ("max_score", "score")]
    return (2.0, *(HELPERS[name][1] for name in helpers(scheme)), *sums)


def _header(drawing: Drawing, row: int, columns: Mapping[str, Box]) -> None:
    sheet = drawing.sheet
    for layout in drawing.scheme.layout.columns:
        sheet.write(Box.cell(row, columns[layout.id].left), layout.label, styles.LABEL)
    for name, (label, _) in HELPERS.items():
        if name in columns:
            sheet.write(Box.cell(row, columns[name].left), label, styles.HELPER_HEADER)
    for offset, (name, label) in enumerate((("max_score", GROUP_MAX), ("score", GROUP_SCORE)), start=1):
        if name in columns:
            sheet.write(Box.cell(row, columns["hint"].left + offset), label, styles.HELPER_HEADER)
    sheet.least(row, 30)


def _level1(drawing: Drawing, columns: Mapping[str, Box], box: Box, group: Group) -> None:
    points = group.points if drawing.scheme.family == "four_dimensions" else None
    text = f"{group.name}\n({points.value}分)" if points else group.name
    drawing.sheet.write(box, text, styles.LABEL)


def _level2(drawing: Drawing, columns: Mapping[str, Box], row: int, block: Block) -> None:
    if "level2" not in columns:
        return
    left = columns["level2"].left
    if block.name:
        drawing.sheet.write(Box(row, left, row + len(block.rows) - 1, left), block.name, styles.LABEL)
    else:
        for line in range(len(block.rows)):
            drawing.sheet.write(Box.cell(row + line, left), None, styles.INPUT_CENTRED)


def _row(drawing: Drawing, columns: Mapping[str, Box], row: int, planned: PlannedRow) -> None:
    sheet, content, preset = drawing.sheet, planned.content, planned.preset
    cells = {name: Box.cell(row, column.left) for name, column in columns.items()}
    sheet.write(Box.cell(row, drawing.width), None, styles.STRUT)
    sheet.least(row, styles.STRUT_POINTS)
    sheet.fit(row)
    printed = {
        "level3": bool(preset),
        "explanation": bool(preset and preset.explanation),
        "scoring_rule": bool(preset and preset.scoring_rule),
    }
    for name, text in (
        ("level3", content.name),
        ("explanation", content.explanation),
        ("scoring_rule", content.scoring_rule),
        ("note", content.note),
    ):
        if name in cells:
            sheet.write(cells[name], text, styles.PRINTED if printed.get(name) else styles.INPUT)
    for name, value in (("target", content.target), ("actual", content.actual)):
        if name in cells:
            look = styles.INPUT_CENTRED
            if isinstance(value, Decimal):
                shown = styles.percent_format(f"{value:f}") if content.percent else "General"
                look = {**look, "num_format": shown}
            sheet.write(cells[name], value, look)
    if "max_score" in cells:
        fixed = preset is not None and preset.points is not None
        sheet.write(cells["max_score"], content.max_score, styles.COMPUTED if fixed else styles.INPUT_POINTS)
    if "score" in cells:
        sheet.write(cells["score"], content.score, styles.INPUT_POINTS)
    if "kind" in cells:
        sheet.write(cells["kind"], content.kind, styles.HELPER_INPUT)
    if "reference" in cells:
        _reference(drawing, cells, content.execution)


def _reference(drawing: Drawing, cells: Mapping[str, Box], execution: bool) -> None:
    names = {"weight": cells["max_score"]}
    rule, rules = drawing.scheme.execution, drawing.scheme.indicators
    if execution and rule:
        names |= {name: drawing.places[name] for name in BUDGET_FIELDS if name in drawing.places}
        points = ("PX_EXEC_SCORE", rule.denominator, "executed", "weight")
        drawing.sheet.compute(cells["reference"], execution_rate_score(rule), names, styles.HELPER, function=points)
    elif "kind" in cells and rules:
        names |= {"kind": cells["kind"], "target": cells["target_read"], "actual": cells["actual_read"]}
        for name, label in READ.items():
            stated = {"kind": cells["kind"], name: cells[name]}
            drawing.sheet.compute(cells[f"{name}_read"], stated_number(name, label), stated, styles.HELPER)
        score = ("PX_SCORE", "kind", "target", "actual", "weight")
        drawing.sheet.compute(cells["reference"], reference_score(rules), names, styles.HELPER, function=score)
    else:
        drawing.sheet.write(cells["reference"], None, styles.HELPER)


def _group_sums(drawing: Drawing, columns: Mapping[str, Box], first: int, last: int) -> Box:
    """The sums of the group's points, beside its first row. Returns the place of the sum of 分值."""
    at = columns["hint"].left
    for offset, name in enumerate(("max_score", "score"), start=1):
        if name in columns:
            points = Box(first, columns[name].left, last, columns[name].left)
            box = Box.cell(first, at + offset)
            drawing.sheet.compute(box, points_total("points"), {}, styles.HELPER, {"points": points})
    return Box.cell(first, at + 1)


def _rules_of_columns(drawing: Drawing, columns: Mapping[str, Box]) -> None:
    labels = {column.id: column.label for column in drawing.scheme.layout.columns}
    full = drawing.scheme.full_score
    if "max_score" in columns:
        most = full.value if full else None
        drawing.validate(columns["max_score"], validation.points(labels["max_score"], most))
    if "score" in columns:
        most_cell = Box.cell(columns["max_score"].top, columns["max_score"].left).address
        rule = validation.score(labels["score"], labels["max_score"], most_cell)
        drawing.validate(columns["score"], rule)
    if "kind" in columns:
        drawing.validate(columns["kind"], validation.choice(KIND, KINDS))
    name = Box.cell(columns["level3"].top, columns["level3"].left).address
    for column in ("target", "actual", "max_score", "score"):
        if column in columns and (column != "max_score" or full):
            box = columns[column]
            cell = Box.cell(box.top, box.left).address
            drawing.tint(box, f"AND(LEN(TRIM(${name}))>0,LEN(TRIM({cell}))=0)")


def _hints(drawing: Drawing, table: Table) -> None:
    for row in range(table.header + 1, table.columns["level3"].bottom + 1):
        boxes = {name: table.at(name, row) for name in table.columns}
        addresses = {name: box.address for name, box in boxes.items()}
        addresses |= {name: str(number) for name, number in table.constants.items()}
        values: dict[str, Value] = {name: drawing.sheet.value(box) for name, box in boxes.items()}
        values |= table.constants
        result = hint_text(table.hints, values)
        drawing.sheet.say(boxes["hint"], hint_formula(table.hints, addresses), result, styles.HINT)


def total_row(drawing: Drawing, table: Table) -> None:
    """总分: the sums of 分值 and 得分, the execution points outside the table included."""
    sheet, layout, places = drawing.sheet, drawing.scheme.layout, drawing.places
    row = drawing.take()
    sheet.least(row, 24)
    first = min(box.left for name, box in table.columns.items() if name in ("max_score", "score"))
    sheet.write(Box.line(row, 0, first - 1), layout.total_label, styles.LABEL)
    for column in range(first, drawing.width):
        sheet.write(Box.cell(row, column), None, styles.LABEL)
    for points, outside, name in (
        ("max_score", "execution_weight", "max_total"),
        ("score", "execution_score", "total"),
    ):
        places[name] = Box.cell(row, table.columns[points].left)
        ranges = {"points": table.columns[points]}
        if outside in places:
            ranges = {"execution": places[outside].first, **ranges}
        total, cells = points_total(*ranges), {}
        if name == "total" and drawing.scheme.total_caps:
            total = capped_total(total, drawing.scheme.total_caps)
            cells = {"rate": places["execution_rate"]}
        function = ("PX_TOTAL", "points", "execution", "rate") if name == "total" else ()
        sheet.compute(places[name], total, cells, {**styles.COMPUTED, "bold": True}, ranges, function)


def side_label(drawing: Drawing, table: Table) -> None:
    """绩效指标, in the first column along the whole table."""
    box = Box(table.header, 0, table.columns["level3"].bottom, 0)
    drawing.sheet.write(box, styles.stacked(drawing.scheme.layout.indicators_label), styles.LABEL)
