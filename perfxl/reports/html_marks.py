"""What links a finding in the list with its cell in the form, both ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from perfxl.finding import Finding, Severity
from perfxl.grid import CellRef
from perfxl.reports.escaping import html_text, html_texts


class Listed(NamedTuple):
    """A finding in the list of its file."""

    number: int
    """Among those of the file."""
    finding: Finding
    severity: str
    """A 核实 whose 说明 is written looks like a 提示."""


def listed(found: Iterable[Finding], numbers: Iterator[int]) -> list[Listed]:
    """With the numbers that come next."""
    return [
        Listed(number, finding, (Severity.info if finding.settled else finding.severity).name)
        for finding, number in zip(found, numbers, strict=False)
    ]


class Marks:
    """The cells of a file that findings are about. A cell is marked where it is shown first."""

    def __init__(self, findings: Iterable[Listed], anchor: str) -> None:
        """`anchor` is the file's; those of its cells and findings begin with it."""
        self._anchor = anchor
        self._waiting: dict[tuple[object, ...], list[Listed]] = {}
        self._cells: dict[tuple[object, ...], str] = {}
        self._linked: set[int] = set()
        for one in findings:
            for at in dict.fromkeys((one.finding.at, *one.finding.related)):
                if at.row:
                    self._waiting.setdefault(_place(at), []).append(one)

    def wait_for(self, at: CellRef) -> bool:
        """Whether a finding is about a cell that is not shown yet."""
        return _place(at) in self._waiting

    def cells(self, places: Iterable[CellRef | None], texts: list[str], attributes: Iterable[str]) -> str:
        """Cells of a table's row, with a link to each finding about them.

        `places` are the form's cells, None for what is not in the form; `attributes` are those of HTML."""
        waiting, shown = self._waiting, html_texts(texts)
        if not waiting:
            return "".join([f"<td{more}>{text}</td>" for text, more in zip(shown, attributes, strict=True)])
        cells = []
        for at, text, more in zip(places, shown, attributes, strict=True):
            if at and (found := waiting.pop(_place(at), None)):
                cells.append(self._marked(at, text, more, found))
            else:
                cells.append(f"<td{more}>{text}</td>")
        return "".join(cells)

    def _marked(self, at: CellRef, shown: str, attributes: str, found: list[Listed]) -> str:
        name = self._cells[_place(at)] = f"{self._anchor}c{len(self._cells)}"
        self._linked.update(one.number for one in found)
        marks = "".join(map(self._mark, found))
        return f'<td id="{name}" data-found="{found[0].severity}"{attributes}>{shown}{marks}</td>'

    def _mark(self, one: Listed) -> str:
        link = f"#{self._anchor}p{one.number}"
        return f' <a class="mark {one.severity}" href="{link}">{one.finding.code}</a>'

    def name(self, one: Listed) -> str:
        """The anchor of a finding as an attribute; empty where no cell links to it."""
        return f' id="{self._anchor}p{one.number}"' if one.number in self._linked else ""

    def place(self, finding: Finding) -> str:
        """Where the finding is; a link where that cell is shown. Empty for a finding about the whole file."""
        at = finding.at
        if not at.sheet:
            return ""
        cell = self._cells.get(_place(at))
        text = html_text(at.in_file)
        return f' <a class="place" href="#{cell}">{text}</a>' if cell else f' <span class="place">{text}</span>'


def _place(at: CellRef) -> tuple[object, ...]:
    """Sheet, row and column: the words of a document's place are sometimes left out."""
    return at[1:4]
