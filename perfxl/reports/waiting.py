"""Text that cannot be written yet, because of what stands above it: it waits in a temporary file."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, TextIO

_IN_MEMORY = 2**16
"""Bytes. Texts are small and many; a file is slow to take each by itself."""
_AT_A_TIME = 2**16
"""Bytes."""


class Waiting:
    def __init__(self) -> None:
        self._texts: list[bytes] = []
        self._size = 0
        self._file: IO[bytes] | None = None

    def write(self, text: str) -> None:
        self.write_encoded(text.encode("utf-8", "surrogatepass"))

    def write_encoded(self, text: bytes) -> None:
        """In UTF-8, with lone surrogates as they are."""
        self._texts.append(text)
        self._size += len(text)
        if self._size > _IN_MEMORY:
            if self._file is None:
                self._file = TemporaryFile()  # noqa: SIM115 -- closed once it is poured out
            self._file.write(self._rest())

    def blocks(self) -> Iterator[bytes]:
        """Everything, as `write_encoded` takes it. Once."""
        if self._file is not None:
            with self._file as file:
                file.seek(0)
                while block := file.read(_AT_A_TIME):
                    yield block
        yield self._rest()

    def pour(self, out: TextIO) -> None:
        """Everything into `out`. Once."""
        decoder = getincrementaldecoder("utf-8")("surrogatepass")
        for block in self.blocks():
            out.write(decoder.decode(block))

    def lines(self) -> Iterator[str]:
        """Line by line, from the first; whole lines must have been written. Once."""
        before = b""
        for block in self.blocks():
            *whole, before = (before + block).split(b"\n")
            yield from (line.decode("utf-8", "surrogatepass") + "\n" for line in whole)

    def _rest(self) -> bytes:
        """What has not gone to the file."""
        data = b"".join(self._texts)
        self._texts, self._size = [], 0
        return data
