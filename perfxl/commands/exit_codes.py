"""Exit codes, as documented in `perfxl check --help`."""

from __future__ import annotations

CLEAN = 0
"""Nothing at or above --fail-on."""
FINDINGS = 1
"""Findings, unreadable files included."""
USAGE = 2
"""Usage or configuration."""
INTERNAL = 3
"""An error of our own; the file has a row that says so."""
INTERRUPTED = 130
