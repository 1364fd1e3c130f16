"""A form being drawn: the sheet, what it is drawn from, and where everything came to stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from perfxl.layouts import styles, validation
from perfxl.layouts.content import BLANK_FUNDING, Content, FundingContent
from perfxl.layouts.sheet import Box, Constant, Sheet
from perfxl.scheme import FieldLayout, Scheme
from perfxl.scoring import execution_rate, grade

UNITS = {"元": 1, "万元": 10_000}
FIELD_POINTS, LONG_TEXT_POINTS = 27, 52
BUDGET_FIELDS = ("initial_budget", "adjusted_budget", "executed")


@dataclass
class Drawing:
    """`width` counts the printed columns; everything right of them is a help that is not printed."""

    sheet: Sheet
    scheme: Scheme
    content: Content
    width: int
    row: int = 0
    """The next free row."""
    places: dict[str, Box] = field(default_factory=dict)
    """By field id; also year, execution_score, max_total, total."""
    required: dict[str, Box] = field(default_factory=dict)
    """Cells that must be filled, by their label."""

    @property
    def last(self) -> int:
        return self.width - 1

    def take(self, rows: int = 1) -> int:
        """The next row; the following ones are free after it."""
        first, self.row = self.row, self.row + rows
        return first

    def amount(self, yuan: Decimal | None) -> Decimal | None:
        """An amount in 元 in the form's unit."""
        return None if yuan is None else yuan / UNITS[self.scheme.amount_unit]

    def funding(self, line: int) -> FundingContent:
        return self.content.funding[line] if line < len(self.content.funding) else BLANK_FUNDING

    def require(self, label: str, box: Box) -> None:
        """Tint the cell until it is filled, and have 自检 ask for it."""
        self.required[label] = box
        self.tint(box, f"LEN(TRIM({box.absolute}))=0")

    def tint(self, box: Box, formula: str, look: styles.Look = styles.TO_FILL) -> None:
        rule = {"type": "formula", "criteria": f"={formula}", "format": self.sheet.look(look)}
        self.sheet.raw.conditional_format(box.range, rule)

    def validate(self, box: Box, rule: validation.Rule) -> None:
        self.sheet.raw.data_validation(box.range, dict(rule))


def title(drawing: Drawing) -> None:
    """The title and the year line. The year is typed as a number into the line that shows it."""
    sheet, layout = drawing.sheet, drawing.scheme.layout
    for text, look, points in ((layout.title, styles.TITLE, 34), (layout.year_line, styles.YEAR_LINE, 20)):
        if text:
            box = Box.line(drawing.take(), 0, drawing.last)
            sheet.least(box.top, points)
            if "{year}" in text:
                _year(drawing, box, text, look)
            else:
                sheet.write(box, text, look)


def _year(drawing: Drawing, box: Box, text: str, look: styles.Look) -> None:
    before, _, after = text.partition("{year}")
    shown = "".join(f'"{part}"' if part else "" for part in (before, "\0", after)).replace('"\0"', "0")
    year = drawing.content.year
    value: Constant = f"{before}    {after}" if year is None else Decimal(year)
    drawing.sheet.write(box, value, {**look, "locked": False, "num_format": shown})
    drawing.places["year"] = box
    drawing.tint(box, f"NOT(ISNUMBER({box.absolute}))")
    drawing.validate(box, validation.year())


def year_in(drawing: Drawing, text: str) -> tuple[str, str]:
    """A formula that puts the year into a text with {year}, and its result."""
    before, _, after = text.partition("{year}")
    year = drawing.places["year"].absolute
    formula = f'"{before}"&IF(ISNUMBER({year}),{year},"    ")&"{after}"'
    return formula, text.replace("{year}", str(drawing.content.year or "    "))


@dataclass(frozen=True, slots=True)
class Halves:
    """Columns of a line of fields: label and value, twice. Each pair is (first, last) column."""

    label: tuple[int, int]
    value: tuple[int, int]
    second_label: tuple[int, int]
    second_value: tuple[int, int]


def fields(drawing: Drawing, layouts: tuple[FieldLayout, ...], halves: Halves) -> None:
    """Labelled inputs, two to a line where they fit."""
    rest = list(layouts)
    while rest:
        first = rest.pop(0)
        if first.section:
            heading(drawing, first.section)
        row = drawing.take()
        drawing.sheet.least(row, LONG_TEXT_POINTS if first.kind == "long_text" else FIELD_POINTS)
        paired = rest and not any(f.wide or f.kind == "long_text" for f in (first, rest[0]))
        if paired and not rest[0].section:
            _field(drawing, first, Box.line(row, *halves.label), Box.line(row, *halves.value))
            second = rest.pop(0)
            _field(drawing, second, Box.line(row, *halves.second_label), Box.line(row, *halves.second_value))
        else:
            value = Box.line(row, halves.value[0], drawing.last)
            _field(drawing, first, Box.line(row, *halves.label), value)


def heading(drawing: Drawing, text: str) -> None:
    """A heading on a line of its own."""
    box = Box.line(drawing.take(), 0, drawing.last)
    drawing.sheet.least(box.top, 24)
    if "{year}" in text:
        drawing.sheet.say(box, *year_in(drawing, text), styles.SECTION)
    else:
        drawing.sheet.write(box, text, styles.SECTION)


def _field(drawing: Drawing, layout: FieldLayout, label: Box, value: Box) -> None:
    drawing.sheet.write(label, layout.label, styles.LABEL)
    fill(drawing, layout, value)


def fill(drawing: Drawing, layout: FieldLayout, box: Box) -> None:
    """The input cell of a field. A computed one is only placed: `compute_fields` writes it at the end."""
    drawing.places[layout.id] = box
    if layout.kind == "computed":
        return
    unit = drawing.scheme.amount_unit
    look, rule = {
        "text": (styles.INPUT, None),
        "long_text": (styles.INPUT_LONG, None),
        "amount": (
            {**styles.INPUT_AMOUNT, "num_format": styles.AMOUNT_FORMATS[unit]},
            validation.amount(_name(layout), unit),
        ),
        "rate": (styles.INPUT_RATE, validation.rate(_name(layout))),
        "date": (styles.INPUT_DATE, validation.day(_name(layout))),
        "choice": (styles.INPUT_CENTRED, validation.choice(_name(layout), layout.choices)),
    }[layout.kind]
    drawing.sheet.write(box, _constant(drawing, layout), look)
    if rule:
        drawing.validate(box, rule)
    if layout.required:
        drawing.require(_name(layout), box)


def _name(layout: FieldLayout) -> str:
    """The label without the colon, short enough for the title of a message."""
    return layout.label.rstrip("：:").replace("\n", "")[:26]


def _constant(drawing: Drawing, layout: FieldLayout) -> str | Decimal | date | None:
    if layout.id in BUDGET_FIELDS:
        return drawing.amount(getattr(drawing.funding(0), layout.id))
    value = drawing.content.fields.get(layout.id)
    return drawing.amount(value) if layout.kind == "amount" and isinstance(value, Decimal) else value


def compute_fields(drawing: Drawing, layouts: tuple[FieldLayout, ...]) -> None:
    """The computed fields among `layouts`: 预算执行率 and 等级."""
    places, rule = drawing.places, drawing.scheme.execution
    for layout in layouts:
        if layout.kind == "computed" and layout.id == "execution_rate" and rule:
            names = {name: places[name] for name in BUDGET_FIELDS if name in places}
            look = {**styles.COMPUTED, "num_format": "0.00%"}
            function = ("PX_EXEC_RATE", rule.denominator, "executed")
            drawing.sheet.compute(places[layout.id], execution_rate(rule), names, look, function=function)
        elif layout.kind == "computed" and layout.id == "grade":
            names = {"total": places["total"]}
            words = grade(drawing.scheme.grades)
            drawing.sheet.compute(places[layout.id], words, names, styles.COMPUTED, function=("PX_GRADE", "total"))


def names_of_inputs(drawing: Drawing) -> Mapping[str, Box]:
    """ASCII names for the main cells."""
    return {f"px_{name}": box for name, box in sorted(drawing.places.items())}
