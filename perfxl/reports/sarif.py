"""SARIF 2.1.0, with the whole catalogue as rules."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, TextIO
from urllib.parse import quote

from perfxl import __version__
from perfxl.across import SpotChecks
from perfxl.finding import CatalogEntry, Finding, Language, Severity, catalog
from perfxl.making import Part
from perfxl.reports.escaping import visible
from perfxl.reports.view import Report, View
from perfxl.review import FileReview

_LEVELS = {Severity.error: "error", Severity.query: "warning", Severity.info: "note"}
_BEFORE_A_RESULT = " " * 4
"""Indentation of an item of `results`: results are written as they come."""


class SarifReport(Report):
    """One run. A cell is a logical location within its file; SARIF regions are for lines of text."""

    def __init__(self, out: TextIO, view: View) -> None:
        self._out, self._view = out, view
        self._separator = ""
        self.maker = partial(_results, view)
        run = {"tool": {"driver": _driver(view.lang)}, "columnKind": "unicodeCodePoints", "results": []}
        document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
        before, self._after = _dumped(document).rsplit("[]", 1)
        out.write(before + "[")

    def put(self, part: Part) -> None:
        for result in part:
            self._out.write(self._separator + result)
            self._separator = ","

    def across(self, found: SpotChecks) -> None:
        for path, finding in self._view.across(found):
            self.put([_result(self._view, path, finding)])

    def close(self) -> None:
        end = f"\n{_BEFORE_A_RESULT[:-1]}" if self._separator else ""
        self._out.write(f"{end}]{self._after}\n")


def _results(view: View, file: FileReview) -> list[str]:
    return [_result(view, file.path, finding) for finding in view.findings(file.findings)]


def _result(view: View, path: str, finding: Finding) -> str:
    artifact: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": quote(path)}}}
    if finding.at.sheet:
        artifact["logicalLocations"] = _logical(visible(finding.at.in_file))
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": list(catalog()).index(finding.code),
        "level": "note" if finding.settled else _LEVELS[finding.severity],
        "message": {"text": visible(finding.message(view.lang))},
        "locations": [artifact],
    }
    if finding.settled:
        result["suppressions"] = [{"kind": "inSource", "justification": "已有说明"}]
    return f"\n{_dumped(result)}".replace("\n", f"\n{_BEFORE_A_RESULT}")


def _driver(lang: Language) -> dict[str, Any]:
    return {
        "name": "perfxl",
        "version": __version__,
        "language": "zh-CN" if lang == "zh" else "en",
        "rules": [_rule(entry, lang) for entry in catalog().values()],
    }


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _logical(place: str) -> list[dict[str, str]]:
    return [{"fullyQualifiedName": place, "kind": "member"}]


def _rule(entry: CatalogEntry, lang: Language) -> dict[str, Any]:
    words = entry.words(lang)
    return {
        "id": entry.code,
        "name": words.name,
        "shortDescription": {"text": words.name},
        "fullDescription": {"text": words.why},
        "help": {"text": f"{words.fix} ({entry.source})"},
        "defaultConfiguration": {"level": _LEVELS[entry.severity]},
    }
