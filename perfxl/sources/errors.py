"""The one exception of the sources: a file that cannot be read, as the finding to report."""

from __future__ import annotations


class UnreadableFile(Exception):
    """A file that gives no workbook. `code` is the finding's code in the catalogue, `numbers` its parameters.

    R101 damaged (`reason`), R102 encrypted, R103 not a workbook (`kind`), R105 over a limit (`limit`),
    R108 a scan or picture (`kind`), R109 an old document format (`kind`).
    """

    def __init__(self, code: str, **numbers: str) -> None:
        super().__init__(code, numbers)
        self.code = code
        self.numbers = numbers


def damaged(reason: str) -> UnreadableFile:
    """R101 打不开. The reason is a short clause in Chinese."""
    return UnreadableFile("R101", reason=reason)


def too_large(limit: str) -> UnreadableFile:
    """R105 过大或压缩异常. The limit is a clause with its number: `行号不超过 1,048,576`."""
    return UnreadableFile("R105", limit=limit)
