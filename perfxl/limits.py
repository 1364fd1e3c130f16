"""How long a file may take and how much memory, and the check of one file under these limits."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from perfxl.batch import Candidate, Options, check_file, over_time
from perfxl.review import FileReview


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
    """Check one file in this process, from its main thread. On Windows nothing but Ctrl+C stops it."""
    if sys.platform == "win32":
        return check_file(candidate, options)

    def stop(*_: object) -> None:
        raise _OverTime

    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, limits.seconds)
        with memory_limit(limits.memory):
            return check_file(candidate, options)
    except _OverTime:
        return over_time(candidate, limits.seconds)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def memory_limit(most: int) -> Iterator[None]:
    """By address space on POSIX. Windows would need a Job Object, which is not set up: there only time is limited."""
    if sys.platform == "win32":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    lowest = min(limit for limit in (most, *before) if limit != resource.RLIM_INFINITY)
    with suppress(OSError, ValueError):  # macOS refuses
        resource.setrlimit(resource.RLIMIT_AS, (lowest, before[1]))
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, before)
