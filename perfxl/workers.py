"""Files checked in processes of their own, each file with a clock and a memory limit.

Workers also make of each file what the reports say about it; this process never sees a form. A worker has a few paths
waiting in its pipe, so that it never idles; its answers come in that order. One that is over time is killed, one that
died is replaced, and its file is tried once more: somebody may have killed the process. What was waiting behind that
file goes to the next worker.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from array import array
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from struct import Struct
from tempfile import TemporaryFile
from typing import Any, Protocol

from perfxl.batch import Candidate, Options, check_file, died, over_time
from perfxl.limits import Limits, memory_limit
from perfxl.making import Maker, made
from perfxl.review import FileReview
from perfxl.review_data import DamagedReview, ReviewData
from perfxl.sources.errors import UnreadableFile
from perfxl.sources.raw_file import file_bytes

FORKS = sys.platform == "linux"
"""Where a worker is a fork it starts in milliseconds, with everything imported; elsewhere in a third of a second."""
_WAITING = 16
"""Paths in a worker's hands, at most: the one it checks and those in its pipe."""
_FEWEST = 2
_REST = 0.01
"""Seconds that this process leaves the processors to workers that have enough to do: answers taken together cost half
of what they cost one by one, when everything has gone from the processor's caches in between. A worker must not have to
wait meanwhile: its pipe holds some six answers with all that a report says."""
_AHEAD = 4000
"""Files checked while an earlier one takes its time."""
_IN_MEMORY = 64
"""Of the results that wait for an earlier one; some 10 KB each. The others wait in a temporary file."""
_SIZES = Struct("<BI")
"""Of the hash and of the packed review, which stand before the parts in an answer."""
_GRACE = 5.0
"""Seconds after which a worker ends by itself when its parent did not stop it."""


class Known(Protocol):
    """Results of earlier runs; can be sent to a worker process."""

    def kept(self, candidate: Candidate) -> Checked:
        """What is known of the file as it once was; an empty one where nothing is."""


class Keeper(Protocol):
    """Where results are kept."""

    @property
    def known(self) -> Known: ...

    def put(self, ended: Sequence[tuple[Candidate, Checked]]) -> None:
        """Told of the files as they end, in whatever order; not of those that were known, were stopped or died."""


@dataclass(frozen=True, slots=True)
class Checked:
    """`data` is the packed review, `content` the hash of the bytes it was made from; empty where they are unknown."""

    content: bytes = b""
    data: bytes = b""


def content_hash(candidate: Candidate) -> bytes:
    """Of the file's bytes; empty where they cannot be read."""
    try:
        with candidate.on_this_machine() as path:
            return sha256(file_bytes(path)).digest()
    except UnreadableFile:
        return b""


def check_in_workers(
    candidates: Sequence[Candidate], options: Options, limits: Limits, makers: Sequence[Maker], keeper: Keeper | None
) -> Generator[bytes]:
    """What the makers made of each candidate, in the given order."""
    pool = _Pool(candidates, Job(options, limits, tuple(makers), keeper.known if keeper else None), keeper)
    try:
        for place in range(len(candidates)):
            yield pool.result(place)
    finally:
        pool.close()


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is told when it starts. Without `known` nothing is kept."""

    options: Options
    limits: Limits
    makers: tuple[Maker, ...]
    known: Known | None


class Ahead:
    """Results that came before their turn."""

    def __init__(self) -> None:
        self._here: dict[int, bytes] = {}
        self._there: dict[int, tuple[int, int]] = {}
        self._file = TemporaryFile()  # noqa: SIM115 -- closed with the pool

    def __contains__(self, place: int) -> bool:
        return place in self._here or place in self._there

    def put(self, place: int, result: bytes) -> None:
        if len(self._here) < _IN_MEMORY:
            self._here[place] = result
            return
        start = self._file.seek(0, os.SEEK_END)
        self._file.write(result)
        self._there[place] = start, len(result)

    def pop(self, place: int) -> bytes:
        if place in self._here:
            return self._here.pop(place)
        start, size = self._there.pop(place)
        self._file.seek(start)
        result = self._file.read(size)
        if not self._there:
            self._file.seek(0)
            self._file.truncate()
        return result

    def close(self) -> None:
        self._file.close()


class _Worker:
    """A process, the pipe to it, and the places of the candidates in its hands."""

    def __init__(self, candidates: Sequence[Candidate], data: ReviewData, job: Job, others: Iterable[_Worker]) -> None:
        context: Any = get_context("fork" if FORKS else "spawn")
        self.connection, theirs = context.Pipe()
        # A fork has our ends of all pipes. It must close them, or nobody notices that we are gone.
        inherited = [self.connection, *(other.connection for other in others)] if FORKS else []
        ready = data if FORKS else None
        self.process = context.Process(target=_work, args=(theirs, inherited, candidates, ready, job), daemon=True)
        self.process.start()
        theirs.close()
        self.places: deque[int] = deque()
        self.since = time.monotonic()

    def ask(self, places: Sequence[int]) -> None:
        if not self.places:
            self.since = time.monotonic()
        self.places.extend(places)
        with suppress(BrokenPipeError, ConnectionResetError):  # listening will find it dead
            self.connection.send_bytes(array("Q", places).tobytes())

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


class _Pool:
    def __init__(self, candidates: Sequence[Candidate], job: Job, keeper: Keeper | None) -> None:
        self._data = ReviewData(job.options.scheme)
        if keeper:
            self._data.prepare()
        self._candidates, self._job, self._keeper = candidates, job, keeper
        self._again: deque[int] = deque()
        self._next = 0
        self._tried: set[int] = set()
        self._results = Ahead()
        self._workers: list[_Worker] = []
        for _ in range(min(job.limits.jobs, len(candidates))):
            self._start()

    def result(self, place: int) -> bytes:
        """Of the candidate at that place. Places are asked for in order."""
        while place not in self._results:
            for worker in self._workers:
                self._feed(worker, place + _AHEAD)
            if all(len(worker.places) == _WAITING for worker in self._workers):
                time.sleep(_REST)
            self._listen()
            self._stop_those_over_time()
        return self._results.pop(place)

    def close(self) -> None:
        for worker in self._workers:
            worker.stop()
        self._workers.clear()
        self._results.close()

    def _start(self) -> None:
        self._workers.append(_Worker(self._candidates, self._data, self._job, self._workers))

    @property
    def _most(self) -> int:
        """Paths in a worker's hands: fewer when few are left, or one would be busy while the others have nothing."""
        left = len(self._candidates) - self._next
        return max(_FEWEST, min(_WAITING, left // (4 * len(self._workers))))

    def _feed(self, worker: _Worker, end: int) -> None:
        room = self._most - len(worker.places)
        if room > 0 and (places := list(islice(self._next_places(end), room))):
            worker.ask(places)

    def _next_places(self, end: int) -> Iterator[int]:
        while self._again:
            yield self._again.popleft()
        while self._next < min(end, len(self._candidates)):
            self._next += 1
            yield self._next - 1

    def _listen(self) -> None:
        """Wait for answers, at most until the first deadline, and take all there are."""
        busy = [worker.since for worker in self._workers if worker.places]
        left = min(busy) + self._job.limits.seconds - time.monotonic() if busy else 0.0
        ended: list[tuple[Candidate, Checked]] = []
        while ready := wait([worker.connection for worker in self._workers], max(left, 0.0)):
            for worker in [worker for worker in self._workers if worker.connection in ready]:
                try:
                    ended.append(self._take(worker, worker.connection.recv_bytes()))
                except (EOFError, OSError):
                    self._bury(worker)
            left = 0.0
        if self._keeper and (to_keep := [one for one in ended if one[1].content]):
            self._keeper.put(to_keep)

    def _take(self, worker: _Worker, answer: bytes) -> tuple[Candidate, Checked]:
        place = worker.places.popleft()
        worker.since = time.monotonic()
        checked, result = _told(answer)
        self._results.put(place, result)
        return self._candidates[place], checked

    def _give_up(self, place: int, file: FileReview) -> None:
        self._results.put(place, made(file, self._candidates[place], self._job.makers))

    def _stop_those_over_time(self) -> None:
        latest = time.monotonic() - self._job.limits.seconds
        for worker in [w for w in self._workers if w.places and w.since < latest]:
            if worker.connection.poll():
                continue  # it has answered while we were writing reports
            place = worker.places.popleft()
            self._give_up(place, over_time(self._candidates[place], self._job.limits.seconds))
            self._replace(worker)

    def _bury(self, worker: _Worker) -> None:
        worker.process.join()
        if worker.places:
            place = worker.places[0]
            if place in self._tried:
                worker.places.popleft()
                self._give_up(place, died(self._candidates[place], worker.process.exitcode))
            self._tried.add(place)
        self._replace(worker)

    def _replace(self, worker: _Worker) -> None:
        self._again.extendleft(reversed(worker.places))
        worker.stop()
        self._workers.remove(worker)
        self._start()


def _work(
    connection: Connection,
    inherited: Sequence[Connection],
    candidates: Sequence[Candidate],
    data: ReviewData | None,
    job: Job,
) -> None:
    """The life of a worker: places of candidates come, answers go, until the pipe ends."""
    for end in inherited:
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which ends us
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    data = data or ReviewData(job.options.scheme)
    gc.freeze()
    gc.set_threshold(100_000)  # a check makes thousands of objects and hardly a cycle
    try:
        with memory_limit(job.limits.memory):
            while True:
                for place in array("Q", connection.recv_bytes()):
                    _stop_after(job.limits.seconds + _GRACE)
                    checked, result = answer_about(candidates[place], job, data)
                    _stop_after(0)
                    connection.send_bytes(_telling(checked, result))
    except (EOFError, OSError):
        return  # our parent is gone
    except Exception:
        os._exit(1)  # the file has a row that says so; a traceback would stand amid the report


def answer_about(candidate: Candidate, job: Job, data: ReviewData) -> tuple[Checked, bytes]:
    """What to keep, which is nothing for a file that is as it was known, and what the makers make of the file."""
    # Before it is read: a file that changes meanwhile is checked again next time.
    content = content_hash(candidate) if job.known else b""
    if job.known and content:
        before = job.known.kept(candidate)
        if before.content == content:
            with suppress(DamagedReview):
                file = replace(data.unpacked(before.data), path=candidate.shown)
                return Checked(), made(file, candidate, job.makers)
    file = check_file(candidate, job.options)
    return Checked(content, data.packed(file) if content else b""), made(file, candidate, job.makers)


def _telling(checked: Checked, result: bytes) -> bytes:
    return _SIZES.pack(len(checked.content), len(checked.data)) + checked.content + checked.data + result


def _told(answer: bytes) -> tuple[Checked, bytes]:
    content, data = _SIZES.unpack_from(answer)
    start = _SIZES.size
    checked = Checked(answer[start : start + content], answer[start + content : start + content + data])
    return checked, answer[start + content + data :]


def _stop_after(seconds: float) -> None:
    """The system ends this process then; 0 calls it off. For a worker that hangs when nobody is left to stop it."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
