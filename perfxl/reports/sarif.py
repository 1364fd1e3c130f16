"""SARIF 2.1.0, with the whole catalogue as rules."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TextIO
from urllib.parse import quote

from perfxl import __version__
from perfxl.across import SpotCheck
from perfxl.finding import CatalogEntry, Finding, Language, Severity, catalog
from perfxl.reports.escaping import visible
from perfxl.reports.view import View
from perfxl.review import FileReview

_LEVELS = {Severity.error: "error", Severity.query: "warning", Severity.info: "note"}


class SarifReport:
    """One run. A cell is a logical location within its file; SARIF regions are for lines of text."""

    def __init__(self, out: TextIO, view: View) -> None:
        self._out, self._view = out, view
        self._places = {code: place for place, code in enumerate(catalog())}
        self._results: list[dict[str, Any]] = []

    def add(self, file: FileReview) -> None:
        self._results += [self._result(file.path, finding) for finding in self._view.findings(file.findings)]

    def across(self, found: Sequence[SpotCheck]) -> None:
        self._results += [self._result(path, finding) for path, finding in self._view.across(found)]

    def close(self) -> None:
        lang = self._view.lang
        driver = {
            "name": "perfxl",
            "version": __version__,
            "language": "zh-CN" if lang == "zh" else "en",
            "rules": [_rule(entry, lang) for entry in catalog().values()],
        }
        run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": self._results}
        document = {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [run],
        }
        json.dump(document, self._out, ensure_ascii=False, indent=1)
        self._out.write("\n")

    def _result(self, path: str, finding: Finding) -> dict[str, Any]:
        artifact = {"physicalLocation": {"artifactLocation": {"uri": quote(path)}}}
        if finding.at.sheet:
            artifact["logicalLocations"] = _logical(visible(finding.at.in_file))  # type: ignore[assignment]
        result: dict[str, Any] = {
            "ruleId": finding.code,
            "ruleIndex": self._places[finding.code],
            "level": "note" if finding.settled else _LEVELS[finding.severity],
            "message": {"text": visible(finding.message(self._view.lang))},
            "locations": [artifact],
        }
        if finding.settled:
            result["suppressions"] = [{"kind": "inSource", "justification": "已有说明"}]
        return result


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
