"""Rows made elsewhere, put into the sheets of a workbook by XlsxWriter without being held in memory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import IO

from perfxl.making import Part
from perfxl.reports.summary_rows import LINK, NUMBER, ROW
from perfxl.reports.waiting import Waiting

_MOST_LINKS = 65000
"""Excel takes 65,530 per sheet."""
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OF_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = re.compile(r"xl/worksheets/sheet([0-9]+)\.xml")
_DIMENSION = re.compile(r'(?<=<dimension ref=")([A-Z]+[0-9]+:[A-Z]+)([0-9]+)')


class Rows:
    """The rows of one sheet below its head, as they come."""

    def __init__(self, first: int, styles: Mapping[str, int]) -> None:
        """`first` counts from 0."""
        self._first, self.next = first, first
        self._link, self._plain = str(styles["link"]), str(styles["wrapped"])
        self._rows, self._links, self._targets = Waiting(), Waiting(), Waiting()
        self._count = 0

    def add(self, part: Part) -> None:
        """What a Line has made."""
        row, *link = part
        self.next += 1
        place = str(self.next)
        linked = bool(link) and self._count < _MOST_LINKS
        row = row.replace(ROW, place).replace(NUMBER, str(self.next - self._first))
        self._rows.write(row.replace(LINK, self._link if linked else self._plain))
        if linked:
            self._count += 1
            ref, target, location = link
            there = f' location="{_attribute(location)}"' if location else ""
            self._links.write(f'<hyperlink ref="{ref.replace(ROW, place)}" r:id="rId{self._count}"{there}/>')
            self._targets.write(
                f'<Relationship Id="rId{self._count}" Type="{_OF_DOCUMENT}/hyperlink" Target="{_attribute(target)}"'
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

    def write_relations(self, out: IO[bytes]) -> None:
        out.write(f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_RELS}">'.encode())
        out.writelines(self._targets.blocks())
        out.write(b"</Relationships>")


def put_in(book: Path, rows: Mapping[int, Rows]) -> None:
    """Rewrite the workbook at `book` with the rows of its sheets, which are counted from 1."""
    bare = book.with_name(f"{book.name}.bare")
    book.replace(bare)
    try:
        with zipfile.ZipFile(bare) as before, zipfile.ZipFile(book, "w") as after:
            for name in before.namelist():
                number = _SHEET.fullmatch(name)
                with _part(after, name) as out:
                    if number and int(number[1]) in rows:
                        rows[int(number[1])].write_sheet(before.read(name).decode(), out)
                    else:
                        out.write(before.read(name))
            for place, one in rows.items():
                if one.has_links:
                    with _part(after, f"xl/worksheets/_rels/sheet{place}.xml.rels") as out:
                        one.write_relations(out)
    finally:
        bare.unlink(missing_ok=True)


def _part(book: zipfile.ZipFile, name: str) -> IO[bytes]:
    """A part to write, of a fixed date."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return book.open(entry, "w")


def _attribute(text: str) -> str:
    return escape(text, quote=False).replace('"', "&quot;")
