"""A sheet of official paper, GB/T 9704—2012, to be written from the top down."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from perfxl.reports.escaping import visible_lines
from perfxl.words import styles
from perfxl.words.chart import add_chart
from perfxl.words.tables import Cells, table_element

_WIDTH, _HEIGHT = Mm(210), Mm(297)
_TOP, _BOTTOM, _LEFT, _RIGHT = Mm(37), Mm(35), Mm(28), Mm(26)
_FOOTER = Mm(25)
TEXT_WIDTH = 156
"""Of the 版心, in mm."""
WIDE_TEXT = 225
"""The same across a page on its side."""
_DATE = datetime(2020, 1, 1)  # noqa: DTZ001 - a fixed date: the same forms give the same bytes
_LONGEST_TITLE = 250
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


class Paper:
    """A document that grows from the top. What it is given is data: nothing in it becomes markup."""

    def __init__(self, title: str) -> None:
        self._document = Document()
        self._body = self._document.element.body
        self._marks = 0
        _drop_leftovers(self._document)
        styles.set_styles(self._document)
        _set_page(self._document.sections[0])
        self._document.settings.odd_and_even_pages_header_footer = True
        _page_numbers(self._document.sections[0])
        properties = self._document.core_properties
        properties.title, properties.author, properties.last_modified_by = _line(title)[:_LONGEST_TITLE], "", ""
        properties.comments, properties.language = "", "zh-CN"
        properties.created = properties.modified = _DATE

    def title(self, text: str) -> None:
        self.paragraph(text, styles.TITLE)

    def heading(self, level: int, text: str, mark: str = "") -> None:
        """Level 1 to 4; the number comes from the style. `mark` is a bookmark on the heading."""
        self.paragraph(text, styles.HEADINGS[level - 1], mark)

    def body(self, text: str) -> None:
        self.paragraph(text, styles.BODY)

    def blank(self) -> None:
        self.paragraph("", styles.LEFT)

    def paragraph(self, text: str, style: str, mark: str = "") -> Any:
        """One paragraph; line breaks in the text stay. `mark` is the name of a bookmark on it."""
        paragraph = self._document.add_paragraph(style=style)
        for number, line in enumerate(visible_lines(text)):
            if number:
                paragraph.add_run().add_break()
            if line:
                paragraph.add_run(line)
        if mark:
            self._marks += 1
            for tag, name in (("w:bookmarkStart", mark), ("w:bookmarkEnd", "")):
                bound = OxmlElement(tag)
                bound.set(qn("w:id"), str(self._marks))
                if name:
                    bound.set(qn("w:name"), name)
                paragraph._p.append(bound)
        return paragraph

    def marked(self, text: str, style: str, pattern: re.Pattern[str]) -> None:
        """A paragraph in which what fits the pattern stands out as a place to fill in."""
        paragraph = self._document.add_paragraph(style=style)
        place = 0
        for match in pattern.finditer(text):
            paragraph.add_run(_line(text[place : match.start()]))
            paragraph.add_run(_line(match[0])).font.color.rgb = styles.GAP_COLOUR
            place = match.end()
        paragraph.add_run(_line(text[place:]))

    def table(
        self, rows: Sequence[Cells], widths: Sequence[float], head_rows: int = 1, *, together: bool = False
    ) -> None:
        """Widths in mm. The head rows stand again on every page. `together`: merged rows stay on one page."""
        self._body.insert(len(self._body) - 1, table_element(rows, widths, head_rows, together=together))
        # Two tables in a row would become one.
        self._document.add_paragraph(style=styles.CELL).paragraph_format.line_spacing = Pt(6)

    def chart(self, chart: bytes, width: float, height: float, description: str) -> None:
        """A native chart of its own XML; width and height in mm; the description is for who cannot see it."""
        add_chart(self._document, chart, Mm(width), Mm(height), description)

    def turn(self, *, wide: bool) -> None:
        """A new page; on its side where `wide`."""
        section = self._document.add_section()
        _set_page(section)
        if wide:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = _HEIGHT, _WIDTH
            section.top_margin, section.bottom_margin = _LEFT, _RIGHT
            section.left_margin, section.right_margin = Mm(36), Mm(36)
            section.footer_distance = Mm(15)

    def signature(self, unit: str, date: str, *, seal: bool = False) -> None:
        """署名 and 成文日期, four characters from the right; room for the seal."""
        for text in (f"{unit}{'（盖章）' if seal else ''}", date):
            paragraph = self.paragraph(text, styles.RIGHT)
            paragraph.paragraph_format.right_indent = Pt(4 * 16)
            paragraph.paragraph_format.keep_with_next = text != date

    def data(self) -> bytes:
        """The .docx: the same calls give the same bytes."""
        packed = io.BytesIO()
        self._document.save(packed)
        steady = io.BytesIO()
        with ZipFile(packed) as before, ZipFile(steady, "w", ZIP_DEFLATED) as after:
            for name in sorted(before.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
                entry = ZipInfo(name, _ZIP_DATE)
                entry.compress_type = ZIP_DEFLATED
                after.writestr(entry, before.read(name))
        return steady.getvalue()


def _line(text: str) -> str:
    return " ".join(visible_lines(text))


def _drop_leftovers(document: Any) -> None:
    """The library's thumbnail and the parts that only its own template needs."""
    package = document.part.package
    for rels, kind in (
        (package.rels, "/thumbnail"),
        (document.part.rels, "/stylesWithEffects"),
        (document.part.rels, "/customXml"),
    ):
        for key in [key for key, rel in rels.items() if rel.reltype.endswith(kind)]:
            del rels[key]


def _set_page(section: Any) -> None:
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = _WIDTH, _HEIGHT
    section.top_margin, section.bottom_margin = _TOP, _BOTTOM
    section.left_margin, section.right_margin = _LEFT, _RIGHT
    section.header_distance, section.footer_distance = Mm(15), _FOOTER
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    pitch = round(styles.LINE_PITCH * 20)
    properties.append(parse_xml(f'<w:docGrid {nsdecls("w")} w:type="lines" w:linePitch="{pitch}"/>'))


def _page_numbers(section: Any) -> None:
    """— 1 —: right on odd pages, left on even ones, one character from the edge."""
    for footer, align in ((section.footer, 2), (section.even_page_footer, 0)):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = styles.NUMBER
        paragraph.alignment = align
        indent = paragraph.paragraph_format
        indent.left_indent = indent.right_indent = Pt(14)
        paragraph.add_run("— ")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        run = OxmlElement("w:r")
        text = OxmlElement("w:t")
        text.text = "1"
        run.append(text)
        field.append(run)
        paragraph._p.append(field)
        paragraph.add_run(" —")
