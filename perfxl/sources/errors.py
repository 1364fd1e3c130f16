"""The one exception of the sources: a file that cannot be read, as the finding to report."""

from __future__ import annotations

from collections.abc import Mapping

from perfxl.finding import Finding, in_both
from perfxl.grid import CellRef
from perfxl.problem import Clause


class UnreadableFile(Exception):
    """A file that gives no workbook. `code` is the finding's code in the catalogue, `clauses` its parameters.

    R101 damaged (`reason`), R102 encrypted, R103 not a workbook (`kind`), R105 over a limit (`limit`),
    R108 a scan or picture (`kind`), R109 an old document format (`kind`).
    """

    def __init__(self, code: str, **clauses: Clause) -> None:
        super().__init__(code, clauses)
        self.code = code
        self.clauses = clauses

    @property
    def numbers(self) -> Mapping[str, str]:
        """The parameters in Chinese."""
        return {name: zh for name, (zh, _) in self.clauses.items()}

    def finding(self, at: CellRef) -> Finding:
        """What to report about the file at this place."""
        return Finding(self.code, at, numbers=in_both(**self.clauses))


def damaged(zh: str, en: str) -> UnreadableFile:
    """R101 打不开. The reason is a short clause in Chinese and in English."""
    return UnreadableFile("R101", reason=(zh, en))


def too_large(zh: str, en: str) -> UnreadableFile:
    """R105 过大或压缩异常. The limit is a clause with its number: `行号不超过 1,048,576`, in English too."""
    return UnreadableFile("R105", limit=(zh, en))
