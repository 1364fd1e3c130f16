"""JSON as published by `perfxl schema`, and the same files as JSON Lines."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TextIO

from perfxl.across import SpotCheck
from perfxl.reports.contract import SCHEMA_VERSION, CheckModel, across_models, file_model, summary_model
from perfxl.reports.overview import Totals
from perfxl.reports.view import View
from perfxl.review import FileReview

_ACTING = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""Characters that a terminal or an editor obeys, and lone surrogates: JSON can say them in ASCII."""


class JsonReport:
    """One document. Files are written as they come; the summary closes it."""

    def __init__(self, out: TextIO, view: View) -> None:
        self._out, self._view = out, view
        self._totals = Totals()
        self._separator = "\n"
        self._across: list[object] = []
        out.write(f'{{"schema_version": {SCHEMA_VERSION}, "files": [')

    def add(self, file: FileReview) -> None:
        self._totals.add(file)
        self._out.write(self._separator + _dumped(file_model(file, self._view).model_dump()))
        self._separator = ",\n"

    def across(self, found: Sequence[SpotCheck]) -> None:
        self._across = [model.model_dump() for model in across_models(found, self._view)]

    def close(self) -> None:
        self._out.write(f'\n], "across": {_dumped(self._across)}')
        self._out.write(f', "summary": {_dumped(summary_model(self._totals).model_dump())}}}\n')


class JsonLinesReport:
    """One line per file: an item of `files`."""

    def __init__(self, out: TextIO, view: View) -> None:
        self._out, self._view = out, view

    def add(self, file: FileReview) -> None:
        self._out.write(_dumped(file_model(file, self._view).model_dump()) + "\n")

    def across(self, found: Sequence[SpotCheck]) -> None:
        """Left out: every line is a file."""

    def close(self) -> None:
        """Nothing comes after the last file."""


def json_schema() -> str:
    """The JSON Schema of `check --format json`, as text."""
    schema = CheckModel.model_json_schema()
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "perfxl check"} | schema
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _dumped(value: object) -> str:
    return _ACTING.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
