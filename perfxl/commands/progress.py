"""A counter on stderr for a person who waits; silent where stderr is no terminal."""

from __future__ import annotations

import sys

_WIDTH = 40


class Progress:
    def __init__(self, files: int) -> None:
        self._files = files
        self._done = 0
        self._shown = sys.stderr.isatty() and files > 1

    def step(self) -> None:
        self._done += 1
        if self._shown:
            text = f"已检查 {self._done}/{self._files}"
            print(f"\r{text:<{_WIDTH}}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Make room for other lines."""
        if self._shown:
            print(f"\r{'':<{_WIDTH * 2}}\r", end="", file=sys.stderr, flush=True)
