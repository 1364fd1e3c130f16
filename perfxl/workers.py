"""Files checked in processes of their own, each file with a clock and a memory limit.

A worker has a few paths waiting in its pipe, so that it never idles; its answers come in that order. One that is over
time is killed, one that died is replaced, and its file is tried once more: somebody may have killed the process. What
was waiting behind that file goes to the next worker.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from perfxl.batch import Candidate, Options, check_file, died, over_time
from perfxl.limits import Limits, memory_limit
from perfxl.review import FileReview
from perfxl.review_data import ReviewData
from perfxl.sources.errors import UnreadableFile
from perfxl.sources.raw_file import file_bytes

FORKS = sys.platform == "linux"
"""Where a worker is a fork it starts in milliseconds, with everything imported; elsewhere in a third of a second."""
_WAITING = 4
"""Paths in a worker's hands: the one it checks and those in its pipe."""
_AHEAD = 1000
"""Results kept for later while an earlier file takes its time; some 12 KB each."""
_GRACE = 5.0
"""Seconds after which a worker ends by itself when its parent did not stop it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """`data` is the packed review, `content` the hash of the bytes it was made from; empty where they are unknown."""

    content: bytes
    data: bytes


Ended = Callable[[Candidate, Checked], None]


def content_hash(path: Path) -> bytes:
    """Of the file's bytes; empty where they cannot be read."""
    try:
        return sha256(file_bytes(path)).digest()
    except UnreadableFile:
        return b""


def check_in_workers(
    candidates: Sequence[Candidate], options: Options, limits: Limits, ended: Ended
) -> Iterator[FileReview]:
    """One FileReview per candidate, in the given order.

    `ended` hears of each file as it ends, in whatever order; not of those that were stopped or whose worker died."""
    pool = _Pool(candidates, options, limits, ended)
    try:
        for place in range(len(candidates)):
            result = pool.result(place)
            yield pool.data.unpacked(result) if isinstance(result, bytes) else result
    finally:
        pool.close()


class _Worker:
    """A process, the pipe to it, and the places of the candidates in its hands."""

    def __init__(self, data: ReviewData, options: Options, limits: Limits, others: Iterable[_Worker]) -> None:
        context: Any = get_context("fork" if FORKS else "spawn")
        self.connection, theirs = context.Pipe()
        # A fork has our ends of all pipes. It must close them, or nobody notices that we are gone.
        inherited = [self.connection, *(other.connection for other in others)] if FORKS else []
        ready = data if FORKS else None
        self.process = context.Process(target=_work, args=(theirs, inherited, ready, options, limits), daemon=True)
        self.process.start()
        theirs.close()
        self.places: deque[int] = deque()
        self.since = time.monotonic()

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


class _Pool:
    def __init__(self, candidates: Sequence[Candidate], options: Options, limits: Limits, ended: Ended) -> None:
        self.data = ReviewData(options.scheme)
        self._candidates, self._options, self._limits, self._ended = candidates, options, limits, ended
        self._again: deque[int] = deque()
        self._next = 0
        self._tried: set[int] = set()
        self._results: dict[int, bytes | FileReview] = {}
        self._workers: list[_Worker] = []
        for _ in range(min(limits.jobs, len(candidates))):
            self._start()

    def result(self, place: int) -> bytes | FileReview:
        """Of the candidate at that place. Places are asked for in order."""
        while place not in self._results:
            for worker in self._workers:
                self._feed(worker, place + _AHEAD)
            self._listen()
            self._stop_those_over_time()
        return self._results.pop(place)

    def close(self) -> None:
        for worker in self._workers:
            worker.stop()
        self._workers.clear()

    def _start(self) -> None:
        self._workers.append(_Worker(self.data, self._options, self._limits, self._workers))

    def _feed(self, worker: _Worker, end: int) -> None:
        while len(worker.places) < _WAITING:
            if self._again:
                place = self._again.popleft()
            elif self._next < min(end, len(self._candidates)):
                place, self._next = self._next, self._next + 1
            else:
                return
            if not worker.places:
                worker.since = time.monotonic()
            worker.places.append(place)
            with suppress(BrokenPipeError, ConnectionResetError):  # listening will find it dead
                worker.connection.send(self._candidates[place].name)

    def _listen(self) -> None:
        """Wait for answers, at most until the first deadline."""
        by_connection = {worker.connection: worker for worker in self._workers}
        busy = [worker.since for worker in self._workers if worker.places]
        left = min(busy) + self._limits.seconds - time.monotonic() if busy else 0.0
        for connection in wait(list(by_connection), max(left, 0.0)):
            worker = by_connection[connection]
            try:
                self._take(worker, worker.connection.recv_bytes())
            except (EOFError, OSError):
                self._bury(worker)

    def _take(self, worker: _Worker, answer: bytes) -> None:
        place = worker.places.popleft()
        worker.since = time.monotonic()
        size = answer[0]
        checked = Checked(answer[1 : 1 + size], answer[1 + size :])
        self._results[place] = checked.data
        self._ended(self._candidates[place], checked)

    def _stop_those_over_time(self) -> None:
        latest = time.monotonic() - self._limits.seconds
        for worker in [w for w in self._workers if w.places and w.since < latest]:
            if worker.connection.poll():
                continue  # it has answered while we were writing reports
            place = worker.places.popleft()
            self._results[place] = over_time(self._candidates[place], self._limits.seconds)
            self._replace(worker)

    def _bury(self, worker: _Worker) -> None:
        worker.process.join()
        if worker.places:
            place = worker.places[0]
            if place in self._tried:
                worker.places.popleft()
                self._results[place] = died(self._candidates[place], worker.process.exitcode)
            self._tried.add(place)
        self._replace(worker)

    def _replace(self, worker: _Worker) -> None:
        self._again.extendleft(reversed(worker.places))
        worker.stop()
        self._workers.remove(worker)
        self._start()


def _work(
    connection: Connection, inherited: Sequence[Connection], data: ReviewData | None, options: Options, limits: Limits
) -> None:
    """The life of a worker: paths come, answers go, until the pipe ends."""
    for end in inherited:
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which ends us
    data = data or ReviewData(options.scheme)
    gc.freeze()
    try:
        with memory_limit(limits.memory):
            while True:
                candidate = Candidate(connection.recv())
                _stop_after(limits.seconds + _GRACE)
                # Before it is read: a file that changes meanwhile is checked again next time.
                content = content_hash(candidate.path)
                packed = data.packed(check_file(candidate, options))
                _stop_after(0)
                connection.send_bytes(bytes([len(content)]) + content + packed)
    except (EOFError, OSError):
        return  # our parent is gone
    except Exception:
        os._exit(1)  # the file has a row that says so; a traceback would stand amid the report


def _stop_after(seconds: float) -> None:
    """The system ends this process then; 0 calls it off. For a worker that hangs when nobody is left to stop it."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
