"""The one error that is meant for the person; libreoffice.py, on the other side, has its words."""

from __future__ import annotations


class Refused(Exception):
    """A request that cannot be met; the workbook is as it was. `why` is a name of libreoffice.py, `about` what it is
    about: a sheet, a cell, a file."""

    def __init__(self, why: str, about: str = "") -> None:
        super().__init__(why, about)
        self.why, self.about = why, about
