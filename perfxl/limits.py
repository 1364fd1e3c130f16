"""How long a file may take and how much memory, and the check of one file under these limits."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from perfxl.batch import Candidate, Options, check_file, over_time
from perfxl.review import FileReview
from perfxl.sources.errors import UnreadableFile, too_large

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` and `memory` (bytes of address space, POSIX only) are for one file."""

    jobs: int = 1
    seconds: float = 20
    memory: int = 2**30


class _OverTime(BaseException):
    """No Exception: those are findings about a file."""


def available_processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def check_here(candidate: Candidate, options: Options, limits: Limits) -> FileReview:
    """Check one file in this process, as `run_here` runs it."""
    try:
        return run_here(lambda: check_file(candidate, options), limits)
    except UnreadableFile:
        return over_time(candidate, limits.seconds)


def run_here(work: Callable[[], T], limits: Limits) -> T:
    """What `work` makes of one file, in this process, from its main thread. R105 where it takes too long or too much.

    On Windows nothing but Ctrl+C stops it."""
    if sys.platform == "win32":
        return work()

    def stop(*_: object) -> None:
        raise _OverTime

    before = signal.signal(signal.SIGALRM, stop)
    try:
        # Again every second: Python drops an exception that falls into a destructor or a callback of the collector.
        signal.setitimer(signal.ITIMER_REAL, limits.seconds, 1)
        with memory_limit(limits.memory):
            return work()
    except _OverTime:
        raise too_large(f"用时不超过 {limits.seconds:g} 秒", f"at most {limits.seconds:g} seconds") from None
    except MemoryError:
        raise too_large("占用的内存不超过限度", "it takes more memory than is allowed") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


_LEAST_ROOM = 2**29
"""What a file may always take: a process of a large program, forked, can have a gigabyte of addresses to begin with."""


def _addresses() -> int:
    """Bytes of address space that this process has now; 0 where Linux does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


@contextmanager
def memory_limit(most: int) -> Iterator[None]:
    """By address space on POSIX. Windows would need a Job Object, which is not set up: there only time is limited."""
    if sys.platform == "win32":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    most = max(most, _addresses() + _LEAST_ROOM)
    lowest = min(limit for limit in (most, *before) if limit != resource.RLIM_INFINITY)
    with suppress(OSError, ValueError):  # macOS refuses
        resource.setrlimit(resource.RLIMIT_AS, (lowest, before[1]))
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, before)
