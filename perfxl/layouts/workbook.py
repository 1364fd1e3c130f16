"""A form as a workbook: the form itself, 填表说明 and 自检."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from xlsxwriter import Workbook

from perfxl.layouts import four_dimensions, objective, styles, ten_ninety
from perfxl.layouts.content import BLANK_CONTENT, Content
from perfxl.layouts.drawing import Drawing, names_of_inputs
from perfxl.layouts.guide import guide
from perfxl.layouts.indicators import Table, helper_widths
from perfxl.layouts.selfcheck import self_check
from perfxl.layouts.sheet import Box, Sheet
from perfxl.scheme import Scheme

SHEETS = 3
"""Of every form: the form itself, 填表说明 and 自检."""
SHEET_NAMES = {"self_evaluation": "自评表", "objective": "绩效目标表"}
_FAMILIES = {"ten_ninety": ten_ninety, "four_dimensions": four_dimensions, "objective": objective}
_CREATED = datetime(2024, 1, 1, tzinfo=UTC)
_A4 = 9
_WIDEST_PORTRAIT = 125
"""Characters; a wider form is printed in landscape."""
_ALLOWED = (
    "format_columns",
    "format_rows",
    "insert_rows",
    "autofilter",
    "select_locked_cells",
    "select_unlocked_cells",
)


def write_form(scheme: Scheme, path: Path, content: Content | None = None, macros: bytes | None = None) -> None:
    """Write the official form, blank or filled, with formulas and their results.

    `macros` is the VBA project of a form that computes live: its formulas call the add-in's functions while `PX_ON`
    is true. Its document modules are `ThisWorkbook` and `Sheet1` to `Sheet3`.
    """
    content = content or BLANK_CONTENT
    book = Workbook(str(path), {"in_memory": True, "default_format_properties": dict(styles.DEFAULT)})
    book.set_properties({"title": scheme.name, "author": "perfxl", "created": _CREATED})
    book.set_custom_property("perfxl.scheme", scheme.id)
    book.set_custom_property("perfxl.template_version", str(scheme.version))
    family = _FAMILIES[scheme.family]
    widths = family.widths(scheme)
    sheet = Sheet(book, SHEET_NAMES[scheme.kind], (*widths, *helper_widths(scheme)), live=macros is not None)
    drawing = Drawing(sheet, scheme, content, width=len(widths))
    table = family.draw(drawing)
    _notes(drawing)
    guide(book, scheme)
    self_check(drawing, table)
    sheet.finish()
    _print_setup(drawing, table)
    for other in book.worksheets():
        other.protect("", dict.fromkeys(_ALLOWED, True))
        other.hide_gridlines(2)
    if macros is not None:
        _with_macros(book, macros)
    book.define_name("PX_SCHEME", f'="{scheme.id}"')
    for name, box in names_of_inputs(drawing).items():
        book.define_name(name, f"={sheet.on(box)}")
    book.close()


def _with_macros(book: Workbook, project: bytes) -> None:
    book.add_vba_project(BytesIO(project), is_stream=True)
    book.set_vba_name("ThisWorkbook")
    for number, sheet in enumerate(book.worksheets(), 1):
        sheet.set_vba_name(f"Sheet{number}")
    book.define_name("PX_ON", "=FALSE")


def _notes(drawing: Drawing) -> None:
    """The lines printed below the form."""
    for text in drawing.scheme.layout.notes:
        box = Box.line(drawing.take(), 0, drawing.last)
        drawing.sheet.least(box.top, 15)
        drawing.sheet.write(box, text, styles.NOTE_LINE)


def _print_setup(drawing: Drawing, table: Table) -> None:
    raw = drawing.sheet.raw
    raw.print_area(0, 0, drawing.row - 1, drawing.last)
    raw.repeat_rows(table.header)
    if sum(drawing.sheet.widths[: drawing.width]) > _WIDEST_PORTRAIT:
        raw.set_landscape()
    for page in drawing.sheet.book.worksheets():
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.center_horizontally()
        page.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.6)
        page.set_footer("&C第 &P 页 共 &N 页")
    first = next(iter(drawing.required.values()))
    raw.set_selection(first.top, first.left, first.top, first.left)
