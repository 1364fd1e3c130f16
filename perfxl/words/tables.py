"""Tables, from rows of texts to the elements of a document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from perfxl.reports.escaping import visible_lines
from perfxl.text_width import display_width
from perfxl.words import styles

Align = Literal["left", "center", "right"]
_LONG = 150
"""Characters from which a row may break across pages."""
_LEAST, _MOST = 4, 14
"""Characters that are not broken into lines."""
_UNBROKEN = re.compile("[!-~]+")
_CHARACTER, _MARGIN = 1.9, 2.4
"""Width of half a Chinese character in a table, and of a cell's two margins, in mm."""
_SHAPE = 2.0
"""How many times as wide as high a long text wants to be, its root."""
_TWIPS_PER_MM = 1440 / 25.4


@dataclass(frozen=True)
class TableCell:
    """A cell that is more than a text. `across` columns wide; `above` True: part of the merged cell above."""

    text: str = ""
    align: Align = "left"
    bold: bool = False
    fill: str = ""
    """RRGGBB; empty for none."""
    across: int = 1
    above: bool = False
    starts: bool = False
    """True where cells below belong to it."""
    follows: bool = False
    """True keeps the row on the page of the one above."""


Cells = Sequence[str | TableCell]


def fitting_widths(columns: Sequence[Sequence[str]], width: float) -> list[float]:
    """Widths in mm that make up `width`: numbers are not broken, and what is left goes to the longest texts."""
    needs = [_need(texts) for texts in columns]
    least = sum(low for low, _ in needs)
    more = [max(wanted - low, 0) for low, wanted in needs]
    if least >= width or not any(more):
        return [low * width / least for low, _ in needs]
    return [low + (width - least) * extra / sum(more) for (low, _), extra in zip(needs, more, strict=True)]


def _need(texts: Sequence[str]) -> tuple[float, float]:
    """Least and wanted width of a column in mm."""
    unbroken = max((len(run) for text in texts for run in _UNBROKEN.findall(text)), default=0)
    longest = max(map(display_width, texts), default=0)
    least = _MARGIN + _CHARACTER * min(max(unbroken, _LEAST), _MOST)
    return least, _MARGIN + _CHARACTER * _SHAPE * sqrt(longest)


def stacked(texts: Sequence[str], place: int, align: Align = "left", keys: Sequence[object] | None = None) -> TableCell:
    """The cell at a place of a column in which equal neighbours, or those with equal keys, are one cell."""
    known = texts if keys is None else keys
    above = place > 0 and known[place - 1] == known[place]
    below = place + 1 < len(known) and known[place + 1] == known[place]
    return TableCell(texts[place], align, above=above, starts=below and not above)


def table_element(rows: Sequence[Cells], widths: Sequence[float], head_rows: int, *, together: bool) -> Any:
    """A w:tbl of fixed widths in mm with all borders. `together`: rows that share a cell stay on one page."""
    table = OxmlElement("w:tbl")
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    twips = [round(width * _TWIPS_PER_MM) for width in widths]
    table.append(
        parse_xml(
            f'<w:tblPr {nsdecls("w")}><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:jc w:val="center"/>'
            f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
            '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        )
    )
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    table.append(parse_xml(f"<w:tblGrid {nsdecls('w')}>{columns}</w:tblGrid>"))
    filled = [[_cell(cell) for cell in cells] for cells in rows]
    for number, cells in enumerate(filled):
        below = filled[number + 1] if number + 1 < len(filled) else []
        joined = number < head_rows or any(cell.follows or (together and cell.above) for cell in below)
        table.append(_row(cells, twips, head=number < head_rows, joined=joined))
    return table


def _cell(cell: str | TableCell) -> TableCell:
    return TableCell(cell) if isinstance(cell, str) else cell


def _row(cells: Sequence[TableCell], twips: Sequence[int], *, head: bool, joined: bool) -> Any:
    row = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    if head or all(len(cell.text) < _LONG for cell in cells):
        properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    row.append(properties)
    column = 0
    for cell in cells:
        row.append(_cell_element(cell, sum(twips[column : column + cell.across]), head, joined))
        column += cell.across
    return row


def _cell_element(cell: TableCell, width: int, head: bool, joined: bool) -> Any:
    element = OxmlElement("w:tc")
    across = f'<w:gridSpan w:val="{cell.across}"/>' if cell.across > 1 else ""
    merge = "<w:vMerge/>" if cell.above else '<w:vMerge w:val="restart"/>' if cell.starts else ""
    fill = "D9D9D9" if head else cell.fill
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    element.append(
        parse_xml(
            f'<w:tcPr {nsdecls("w")}><w:tcW w:w="{width}" w:type="dxa"/>{across}{merge}{shade}'
            '<w:vAlign w:val="center"/></w:tcPr>'
        )
    )
    lines = [""] if cell.above else visible_lines(cell.text)
    align = "center" if head else cell.align
    for line in lines:
        element.append(_line(line, align, head, cell.bold, joined))
    return element


def _line(text: str, align: Align, head: bool, bold: bool, joined: bool) -> Any:
    paragraph = OxmlElement("w:p")
    properties = OxmlElement("w:pPr")
    style = OxmlElement("w:pStyle")
    style.set(qn("w:val"), styles.HEAD if head else styles.CELL)
    properties.append(style)
    if joined:
        properties.append(OxmlElement("w:keepNext"))
    if align != "left":
        justified = OxmlElement("w:jc")
        justified.set(qn("w:val"), align)
        properties.append(justified)
    paragraph.append(properties)
    if text:
        run = OxmlElement("w:r")
        if bold:
            run.append(parse_xml(f"<w:rPr {nsdecls('w')}><w:b/></w:rPr>"))
        content = OxmlElement("w:t")
        content.text = text
        content.set(qn("xml:space"), "preserve")
        run.append(content)
        paragraph.append(run)
    return paragraph
