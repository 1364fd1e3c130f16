"""What the exit code of `perfxl check` says."""

from __future__ import annotations

from functools import partial

from perfxl.across import SpotChecks
from perfxl.batch import INTERNAL_ERROR
from perfxl.commands.exit_codes import CLEAN, FINDINGS, INTERNAL
from perfxl.finding import Severity
from perfxl.making import Part, Taker
from perfxl.review import FileReview


class Outcome(Taker):
    """`lowest` is the severity from which findings fail; None: none does."""

    def __init__(self, lowest: Severity | None) -> None:
        self._lowest = lowest
        self.exit_code = CLEAN
        self.maker = partial(_code, lowest)

    def put(self, part: Part) -> None:
        self.exit_code = max(self.exit_code, part, key=_GRAVITY.index)

    def across(self, found: SpotChecks) -> None:
        # The forms' own findings have been counted: none is left that fails.
        if self.exit_code == CLEAN and self._lowest is not None and len(found.shown(self._lowest, ())):
            self.exit_code = FINDINGS


_GRAVITY = (CLEAN, FINDINGS, INTERNAL)


def _code(lowest: Severity | None, file: FileReview) -> int:
    if any(finding.code == INTERNAL_ERROR for finding in file.file_findings):
        return INTERNAL
    return FINDINGS if lowest is not None and _fails(file, lowest) else CLEAN


def _fails(file: FileReview, lowest: Severity) -> bool:
    if file.status == "unreadable":
        return True
    return any(finding.severity >= lowest and not finding.settled for finding in file.findings)
