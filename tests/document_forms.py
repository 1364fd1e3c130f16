"""A form's sheet written as other kinds of file: the texts a person sees, at the same places, with the same merges."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from html import escape

import docx
import xlwt
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.table import Table

from perfxl.grid import Grid, Merge, Workbook
from perfxl.review import review_workbook
from perfxl.sources import read_workbook

__all__ = [
    "FORMS",
    "add_table",
    "as_docx",
    "as_html",
    "as_tabs",
    "as_xls",
    "as_xml_2003",
    "findings",
    "places",
    "read_workbook",
    "shown_cells",
]

FORMS = ("mof-2020", "shanghai-2019", "shanghai-2020", "lincang-2021", "shanghai-2020-objective")
"""Of tests/forms: one of each kind."""

_TWIP = 635
"""Of the units in which python-docx measures."""


def blocks(grid: Grid, row: int) -> Iterator[tuple[int, Merge]]:
    """The cells that begin in a row, each with what it covers."""
    for column in range(1, grid.last_column + 1):
        merge = grid.merge_at(row, column)
        if (merge.top, merge.left) == (row, column):
            yield column, merge


def as_html(grid: Grid) -> str:
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td rowspan={merge.bottom - row + 1} colspan={merge.right - column + 1}>{_lines(grid, row, column)}"
            for column, merge in blocks(grid, row)
        )
        for row in range(1, grid.last_row + 1)
    )
    return f"<html><head><title>x</title></head><body><table>{rows}</table></body></html>"


def _lines(grid: Grid, row: int, column: int) -> str:
    return escape(grid.text(row, column)).replace("\n", "<br>")


def as_tabs(grid: Grid) -> str:
    return "".join(
        "\t".join(_field(grid.text(row, column)) for column in range(1, grid.last_column + 1)) + "\r\n"
        for row in range(1, grid.last_row + 1)
    )


def _field(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if "\n" in text or '"' in text else text


def as_xml_2003(grid: Grid) -> str:
    """Every value as text; numbers are in the tests by themselves."""
    rows = "".join(
        f'<Row ss:Index="{row}">'
        + "".join(
            f'<Cell ss:Index="{column}" ss:MergeDown="{merge.bottom - row}" ss:MergeAcross="{merge.right - column}">'
            f'<Data ss:Type="String">{escape(grid.text(row, column)).replace(chr(10), "&#10;")}</Data></Cell>'
            for column, merge in blocks(grid, row)
        )
        + "</Row>"
        for row in range(1, grid.last_row + 1)
    )
    return (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="{grid.sheet}"><Table>{rows}</Table></Worksheet></Workbook>'
    )


def as_docx(grid: Grid, before: bytes | None = None) -> bytes:
    """The sheet as a table, in a document of its own or behind what another holds."""
    made = docx.Document(io.BytesIO(before) if before else None)
    add_table(made, grid, Merge(1, 1, grid.last_row, grid.last_column))
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def add_table(document: Document, grid: Grid, frame: Merge) -> Table:
    """A part of the sheet as a table at the document's end."""
    # As XML: python-docx takes half a second to merge the cells of one form.
    table: Table = document.add_table(0, frame.right - frame.left + 1)
    width = int(table.columns[0].width or 0) // _TWIP
    for row in range(frame.top, frame.bottom + 1):
        cells = "".join(
            _word_cell(grid, row, merge, width)
            for column in range(frame.left, frame.right + 1)
            if (merge := grid.merge_at(row, column)).left == column
        )
        table._tbl.append(parse_xml(f"<w:tr {nsdecls('w')}>{cells}</w:tr>"))
    return table


def _word_cell(grid: Grid, row: int, merge: Merge, width: int) -> str:
    """A cell of a row, or the part of one that goes on in it from the row above."""
    wide, down = merge.right - merge.left + 1, merge.bottom > merge.top
    look = f'<w:tcW w:type="dxa" w:w="{width * wide}"/>'
    look += f'<w:gridSpan w:val="{wide}"/>' if wide > 1 else ""
    look += ('<w:vMerge w:val="restart"/>' if merge.top == row else "<w:vMerge/>") if down else ""
    lines = escape(grid.text(row, merge.left)).split("\n") if merge.top == row else [""]
    text = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return f"<w:tc><w:tcPr>{look}</w:tcPr><w:p><w:r>{text}</w:r></w:p></w:tc>"


def shown_cells(grid: Grid) -> dict[tuple[int, int], str]:
    """What stands where, for comparing sheets of different kinds: text without outer blanks."""
    return {place: text for place, cell in grid.cells.items() if (text := cell.text.strip())}


def places(grid: Grid) -> dict[str, str]:
    """The texts by the places that a person is told."""
    return {grid.ref(*place).in_file: cell.text for place, cell in sorted(grid.cells.items())}


def findings(workbook: Workbook) -> list[tuple[int, int, str]]:
    """Row, column and code of every finding, in order of the review."""
    review = review_workbook(workbook, workbook.file)
    return [(finding.at.row, finding.at.column, finding.code) for finding in review.findings]


def as_xls(grid: Grid) -> bytes:
    """Values with their number formats."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(grid.sheet)
    styles: dict[str, xlwt.XFStyle] = {}
    for row in range(1, grid.last_row + 1):
        for column, merge in blocks(grid, row):
            cell = grid.cell(row, column)
            style = styles.setdefault(cell.number_format, xlwt.easyxf(num_format_str=cell.number_format))
            value = float(cell.value) if isinstance(cell.value, Decimal) else cell.value
            if (merge.bottom, merge.right) != (row, column):
                sheet.write_merge(row - 1, merge.bottom - 1, column - 1, merge.right - 1, value, style)
            elif value is not None:
                sheet.write(row - 1, column - 1, value, style)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
