"""A counter on stderr for a person who waits; silent where stderr is no terminal."""

from __future__ import annotations

import sys
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfxl.finding import Language

_WIDTH = 60
_EVERY = 0.1
"""Seconds between two lines."""
_LINES = 100
"""What the rate is taken from: ten seconds, for files that are known already go by much faster than the others."""


class Progress:
    def __init__(self, files: int, lang: Language = "zh") -> None:
        self._files, self._lang = files, lang
        self._done = 0
        self._times: deque[tuple[int, float]] = deque([(0, time.monotonic())], maxlen=_LINES)
        self._shown = sys.stderr.isatty() and files > 1

    def step(self) -> None:
        self._done += 1
        now = time.monotonic()
        if self._shown and (now - self._times[-1][1] >= _EVERY or self._done in (1, self._files)):
            self._times.append((self._done, now))
            before, since = self._times[0]
            text = progress_text(self._done, self._files, self._done - before, now - since, self._lang)
            print(f"\r{text:<{_WIDTH}}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Make room for other lines."""
        if self._shown:
            print(f"\r{'':<{_WIDTH * 2}}\r", end="", file=sys.stderr, flush=True)


def progress_text(done: int, files: int, lately: int, seconds: float, lang: Language = "zh") -> str:
    """`已检查 120/1000，每秒 60 个，约剩 15 秒`, where `lately` files took `seconds`; no rate within a second."""
    text = f"已检查 {done}/{files}" if lang == "zh" else f"checked {done}/{files}"
    if seconds < 1 or not lately:
        return text
    rate = lately / seconds
    left = round((files - done) / rate)
    if lang == "en":
        return f"{text}, {rate:.0f} a second, {f'{left // 60} min {left % 60} s' if left >= 60 else f'{left} s'} left"
    return f"{text}，每秒 {rate:.0f} 个，约剩 {f'{left // 60} 分 {left % 60} 秒' if left >= 60 else f'{left} 秒'}"
