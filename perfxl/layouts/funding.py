"""The fund table and the goals of the forms that print a label left of each part."""

from __future__ import annotations

from perfxl.layouts import styles, validation
from perfxl.layouts.drawing import BUDGET_FIELDS, Drawing, fill
from perfxl.layouts.sheet import Box
from perfxl.scheme import FieldLayout
from perfxl.scoring import execution_rate, execution_rate_score

NOT_SCORED = "—"


def fund_table(drawing: Drawing) -> None:
    """年度资金总额 and its parts: amounts are typed, 执行率 and 得分 compute."""
    layout = drawing.scheme.layout
    header = drawing.take(1 + len(layout.funding_rows))
    spans = _spans(drawing, len(layout.funding_columns))
    sheet = drawing.sheet
    label = layout.funding_label.replace("（", "\n（")
    sheet.write(Box(header, 0, header + len(layout.funding_rows), 1), label, styles.LABEL)
    sheet.write(Box.cell(header, 2), None, styles.LABEL)
    for column, (left, right) in zip(layout.funding_columns, spans, strict=True):
        sheet.write(Box.line(header, left, right), column.label, styles.LABEL)
    if "max_score" not in {column.id for column in layout.funding_columns}:
        _weight_beside(drawing, header)
    for line, label in enumerate(layout.funding_rows):
        row = header + 1 + line
        sheet.write(Box.cell(row, 2), label, styles.LABEL if line == 0 else styles.PRINTED)
        boxes = {
            column.id: Box.line(row, left, right)
            for column, (left, right) in zip(layout.funding_columns, spans, strict=True)
        }
        for column in layout.funding_columns:
            if column.id in BUDGET_FIELDS:
                _amount(drawing, line, column, boxes[column.id])
        _results(drawing, line, boxes)
        sheet.least(row, 24)
    sheet.least(header, 24)


def _spans(drawing: Drawing, count: int) -> list[tuple[int, int]]:
    """A printed column for each, the last taking what is left."""
    spans = [(column, column) for column in range(3, 3 + count)]
    return [*spans[:-1], (spans[-1][0], drawing.last)]


def _weight_beside(drawing: Drawing, header: int) -> None:
    """分值 of 预算执行率, where the form prints no column for it."""
    assert drawing.scheme.execution is not None
    box = Box.cell(header + 1, drawing.width + 1)
    drawing.sheet.write(Box.cell(header, drawing.width + 1), "执行率分值", styles.HELPER_HEADER)
    drawing.sheet.write(box, drawing.scheme.execution.weight.value, styles.HELPER)
    drawing.places["execution_weight"] = box


def _amount(drawing: Drawing, line: int, column: FieldLayout, box: Box) -> None:
    unit = drawing.scheme.amount_unit
    value = drawing.amount(getattr(drawing.funding(line), column.id))
    drawing.sheet.write(box, value, {**styles.INPUT_AMOUNT, "num_format": styles.AMOUNT_FORMATS[unit]})
    drawing.validate(box, validation.amount(column.label, unit))
    if line == 0:
        drawing.places[column.id] = box
        if column.required:
            total = drawing.scheme.layout.funding_rows[0].rstrip("：")
            drawing.require(f"{total} {column.label}", box)
    else:
        parts = drawing.places.get(f"{column.id}_parts", box)
        drawing.places[f"{column.id}_parts"] = Box(parts.top, box.left, box.bottom, box.right)


def _results(drawing: Drawing, line: int, boxes: dict[str, Box]) -> None:
    rule = drawing.scheme.execution
    assert rule is not None, "a fund table belongs to a self-evaluation"
    amounts = {name: boxes[name] for name in BUDGET_FIELDS if name in boxes}
    sheet, places = drawing.sheet, drawing.places
    if line == 0:
        places |= {"execution_rate": boxes["execution_rate"], "execution_score": boxes["score"]}
        if "max_score" in boxes:
            places["execution_weight"] = boxes["max_score"]
            sheet.write(boxes["max_score"], rule.weight.value, styles.COMPUTED)
        weighted = {**amounts, "weight": places["execution_weight"]}
        inputs = (rule.denominator, "executed")
        points = ("PX_EXEC_SCORE", *inputs, "weight")
        sheet.compute(boxes["score"], execution_rate_score(rule), weighted, styles.COMPUTED, function=points)
        look = {**styles.COMPUTED, "num_format": "0.00%"}
        rate = ("PX_EXEC_RATE", *inputs)
        sheet.compute(boxes["execution_rate"], execution_rate(rule), amounts, look, function=rate)
    else:
        for name, mark in (("max_score", NOT_SCORED), ("execution_rate", None), ("score", NOT_SCORED)):
            if name in boxes:
                sheet.write(boxes[name], mark, styles.LABEL)


def goals(drawing: Drawing) -> None:
    """The goal texts side by side, each below its label."""
    layout = drawing.scheme.layout
    header = drawing.take(2)
    drawing.sheet.least(header, 20)
    drawing.sheet.least(header + 1, 84)
    drawing.sheet.write(Box(header, 0, header + 1, 0), styles.stacked(layout.goal_label), styles.LABEL)
    left = 1
    for number, goal in enumerate(layout.goals, start=1):
        right = _edge(drawing, number / len(layout.goals))
        drawing.sheet.write(Box.line(header, left, right), goal.label, styles.LABEL)
        fill(drawing, goal, Box.line(header + 1, left, right))
        left = right + 1


def _edge(drawing: Drawing, share: float) -> int:
    """The printed column that ends nearest to this share of the width."""
    widths = drawing.sheet.widths[: drawing.width]
    wanted = widths[0] + share * sum(widths[1:])
    return min(range(drawing.width), key=lambda column: abs(sum(widths[: column + 1]) - wanted))
