"""Looks at a folder again and again; acts when something has arrived and has been written to its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from perfxl.batch import Candidate

_EVERY = 2.0
"""Seconds. A file that keeps its size and time from one look to the next is complete."""

State = dict[str, tuple[int, int]]


def whenever_changed(
    candidates: Callable[[], Sequence[Candidate]], act: Callable[[], object], every: float = _EVERY
) -> NoReturn:
    """Call `act` once there are files, and again whenever files came, went or changed and none is still growing.

    Ends by Ctrl+C."""
    acted: State | None = None
    before = _state(candidates())
    while True:
        now = _state(candidates())
        if now and now == before and now != acted:
            act()
            acted = now
        before = now
        time.sleep(every)


def _state(candidates: Sequence[Candidate]) -> State:
    """Size and time of every file that is read."""
    state: State = {}
    for candidate in candidates:
        try:
            status = candidate.path.lstat()
        except OSError:
            continue
        if not candidate.skipped:
            state[candidate.shown] = (status.st_size, status.st_mtime_ns)
    return state
