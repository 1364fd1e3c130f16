"""JSON as published by `perfxl schema`, and the same files as JSON Lines."""

from __future__ import annotations

from functools import partial
from typing import TextIO

from perfxl.across import SpotChecks
from perfxl.making import Part
from perfxl.reports.contract import SCHEMA_VERSION, across_model, file_model, summary_model
from perfxl.reports.json_text import dumped
from perfxl.reports.overview import Totals, figures
from perfxl.reports.view import Report, View
from perfxl.review import FileReview


class JsonReport(Report):
    """One document. Files are written as they come; the summary closes it."""

    def __init__(self, out: TextIO, view: View) -> None:
        self._out, self._view = out, view
        self._totals = Totals()
        self._separator = "\n"
        self._all_files = False
        self.maker = partial(_item, view)
        out.write(f'{{"schema_version": {SCHEMA_VERSION}, "files": [')

    def put(self, part: Part) -> None:
        text, sums = part
        self._totals.add(sums)
        self._out.write(self._separator + text)
        self._separator = ",\n"

    def across(self, found: SpotChecks) -> None:
        self._end_of_files()
        separator = ""
        for path, finding in self._view.across(found):
            self._out.write(separator + dumped(across_model(path, finding, self._view).model_dump()))
            separator = ", "

    def close(self) -> None:
        self._end_of_files()
        self._out.write(f'], "summary": {dumped(summary_model(self._totals).model_dump())}}}\n')

    def _end_of_files(self) -> None:
        if not self._all_files:
            self._out.write('\n], "across": [')
        self._all_files = True


class JsonLinesReport(Report):
    """One line per file: an item of `files`."""

    def __init__(self, out: TextIO, view: View) -> None:
        self._out = out
        self.maker = partial(_line, view)

    def put(self, part: Part) -> None:
        self._out.write(part)

    def across(self, found: SpotChecks) -> None:
        """Left out: every line is a file."""

    def close(self) -> None:
        """Nothing comes after the last file."""


def _line(view: View, file: FileReview) -> str:
    return dumped(file_model(file, view).model_dump()) + "\n"


def _item(view: View, file: FileReview) -> Part:
    return [dumped(file_model(file, view).model_dump()), figures(file)]
