"""The reports: one module per output, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TextIO, cast

from perfxl.reports.view import Report, View

FORMATS = {
    "text": ("perfxl.reports.text", "TextReport"),
    "concise": ("perfxl.reports.concise", "ConciseReport"),
    "json": ("perfxl.reports.json", "JsonReport"),
    "jsonl": ("perfxl.reports.json", "JsonLinesReport"),
    "csv": ("perfxl.reports.csv", "CsvReport"),
    "github": ("perfxl.reports.github", "GithubReport"),
    "sarif": ("perfxl.reports.sarif", "SarifReport"),
    "junit": ("perfxl.reports.junit", "JunitReport"),
    "html": ("perfxl.reports.html", "HtmlReport"),
    "md": ("perfxl.reports.md", "MarkdownReport"),
}
"""What `check --format` takes, and where it is."""


def open_report(name: str, out: TextIO, view: View) -> Report:
    """A report of one of FORMATS that writes to `out`."""
    module, report = FORMATS[name]
    return cast(Report, getattr(import_module(module), report)(out, view))
