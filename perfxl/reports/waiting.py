"""Text that cannot be written yet, because of what stands above it: it waits in a temporary file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import TextIO

_IN_MEMORY = 2**16


class Waiting:
    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(  # noqa: SIM115 -- closed once it is poured out
            _IN_MEMORY, "w+", encoding="utf-8", errors="surrogatepass", newline="\n"
        )
        self.write = self._file.write

    def pour(self, out: TextIO) -> None:
        """Everything into `out`. Once."""
        with self._file:
            self._file.seek(0)
            shutil.copyfileobj(self._file, out)

    def lines(self) -> Iterator[str]:
        """Line by line, from the first. Once."""
        with self._file:
            self._file.seek(0)
            yield from self._file
