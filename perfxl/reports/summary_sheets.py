"""Rows made elsewhere, put into the sheets of a workbook by XlsxWriter without being held in memory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import IO, Any

from perfxl.making import Part
from perfxl.reports.summary_rows import LINK, NUMBER, ROW
from perfxl.reports.waiting import Waiting

_ROW, _NUMBER, _LINK = (mark.encode() for mark in (ROW, NUMBER, LINK))
_MOST_LINKS = 65000
"""Excel takes 65,530 per sheet."""
MOST_ROWS = 1_048_000
"""Excel takes 1,048,576 per sheet; sums and grades stand below some."""
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_NO_RELATIONS = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_RELS}"></Relationships>'
)
_END_OF_RELATIONS = "</Relationships>"
_OF_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = re.compile(r"xl/worksheets/sheet([0-9]+)\.xml")
_DIMENSION = re.compile(r'(?<=<dimension ref=")([A-Z]+[0-9]+:[A-Z]+)([0-9]+)')


class Rows:
    """The rows of one sheet below its head, as they come."""

    def __init__(self, first: int, styles: Mapping[str, int]) -> None:
        """`first` counts from 0."""
        self._first, self.next = first, first
        self.left_out = 0
        """Rows for which the sheet had no place."""
        self._link, self._plain = (b"%d" % styles[name] for name in ("link", "wrapped"))
        self._rows, self._links, self._targets = Waiting(), Waiting(), Waiting()
        self._count = 0

    def add(self, part: Part) -> None:
        """What a Line has made."""
        if self.next >= MOST_ROWS:
            self.left_out += 1
            return
        row, *link = part
        self.next += 1
        place = str(self.next)
        linked = bool(link) and self._count < _MOST_LINKS
        row = row.replace(_ROW, place.encode()).replace(_NUMBER, b"%d" % (self.next - self._first))
        self._rows.write_encoded(row.replace(_LINK, self._link if linked else self._plain))
        if linked:
            self._count += 1
            ref, target, location = link
            there = f' location="{_attribute(location)}"' if location else ""
            self._links.write(f'<hyperlink ref="{ref.replace(ROW, place)}" r:id="link{self._count}"{there}/>')
            self._targets.write(
                f'<Relationship Id="link{self._count}" Type="{_OF_DOCUMENT}/hyperlink" Target="{_attribute(target)}"'
                ' TargetMode="External"/>'
            )

    def write_sheet(self, sheet: str, out: IO[bytes]) -> None:
        """The sheet as XlsxWriter has written it, with these rows and their links."""
        sheet = _DIMENSION.sub(lambda match: f"{match[1]}{max(int(match[2]), self.next)}", sheet, count=1)
        below = sheet.find(f'<row r="{self.next + 1}"')  # the sums
        split = below if below >= 0 else sheet.index("</sheetData>")
        after = sheet.index("<pageMargins")
        out.write(sheet[:split].encode())
        out.writelines(self._rows.blocks())
        out.write(sheet[split:after].encode())
        if self._count:
            out.write(b"<hyperlinks>")
            out.writelines(self._links.blocks())
            out.write(b"</hyperlinks>")
        out.write(sheet[after:].encode())

    @property
    def has_links(self) -> bool:
        return self._count > 0

    def write_relations(self, before: str, out: IO[bytes]) -> None:
        """`before` are the relations that XlsxWriter has written, `rId1` of a table."""
        out.write(before.removesuffix(_END_OF_RELATIONS).encode())
        out.writelines(self._targets.blocks())
        out.write(_END_OF_RELATIONS.encode())


class _Cells(dict[int, dict[int, Any]]):
    def __missing__(self, row: int) -> dict[int, Any]:
        return {}


def forget_empty_rows(sheet: Any) -> None:
    """Once XlsxWriter has all that it writes of the sheet: it would remember each row from the head to the sums."""
    sheet.table = _Cells(sheet.table)


def put_in(book: Path, rows: Mapping[int, Rows]) -> None:
    """Rewrite the workbook at `book` with the rows of its sheets, which are counted from 1."""
    bare = book.with_name(f"{book.name}.bare")
    book.replace(bare)
    relations = {_relations(place): one for place, one in rows.items() if one.has_links}
    try:
        with zipfile.ZipFile(bare) as before, _package(book) as after:
            names = before.namelist()
            for name in names:
                number = _SHEET.fullmatch(name)
                with after.open(name, "w") as out:
                    if number and int(number[1]) in rows:
                        rows[int(number[1])].write_sheet(before.read(name).decode(), out)
                    elif name in relations:
                        relations[name].write_relations(before.read(name).decode(), out)
                    else:
                        out.write(before.read(name))
            for name in sorted(relations.keys() - names):
                with after.open(name, "w") as out:
                    relations[name].write_relations(_NO_RELATIONS, out)
    finally:
        bare.unlink(missing_ok=True)


def _package(book: Path) -> zipfile.ZipFile:
    """To write; its parts are of a fixed date. The most compression would take three times as long for a fifth less."""
    return zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED, compresslevel=1)


def _relations(place: int) -> str:
    return f"xl/worksheets/_rels/sheet{place}.xml.rels"


def _attribute(text: str) -> str:
    return escape(text, quote=False).replace('"', "&quot;")
