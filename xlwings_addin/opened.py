"""The open workbook that a macro works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfxl.edit import Edit
from perfxl.grid import Workbook
from xlwings_addin.hosts import live

if TYPE_CHECKING:
    import xlwings as xw

    from perfxl.review import FileReview

MOST_LINES = 12
"""Lines of a list that a message shows."""


class Refused(Exception):
    """A macro that cannot do its work; the message is the sentence to show."""


@dataclass(frozen=True)
class Open:
    """The open workbook as one call gave it."""

    book: xw.Book
    data: bytes
    workbook: Workbook

    def apply(self, edits: tuple[Edit, ...], *, password: str | None = None) -> None:
        """Make the edits; where the person was stays in sight."""
        live.apply_live(self.book, edits, password=password, data=self.data)


def refuse_locked(review: FileReview) -> None:
    if review.seal and review.seal.seal and not review.seal.opened:
        raise Refused("表已锁定，没有改动；需要更正时请先按“解锁”")
