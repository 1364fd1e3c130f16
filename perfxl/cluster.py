"""The files of a folder checked on a Dask cluster, chunk by chunk, with the results of a run on this machine.

A task hands its chunk to a process of its own beside the Dask worker, which checks it in a worker that can be killed:
time and memory limits hold there too. The scheduler tries the chunk of a lost worker again elsewhere; a chunk that has
cost several workers is sent again file by file, and the file that does it has a row saying so.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from struct import Struct
from typing import IO, Any

from perfxl.batch import Candidate, died
from perfxl.making import made
from perfxl.problem import Problem
from perfxl.store import rules
from perfxl.workers import Ahead, Checked, Job, Keeper, check_in_workers

CHUNK = 64
"""Files: a second or two of work, some 2 MB of results."""
_FOR_EACH_WORKER = 3
"""Chunks under way for each Dask worker, so that none idles and few results wait here."""
_PATIENCE = "10s"
_SIZE = Struct("<Q")
_OTHER_VERSION = (
    "集群上的 perfxl 与这里的版本不同，结果会不同；请装成一样的",
    "the cluster has another version of perfxl, whose results differ; install the same one",
)
_here = threading.local()


class ClusterUnusable(Problem):
    """A cluster that cannot be reached or has another perfxl."""


@dataclass(frozen=True)
class Sent:
    """What was known of the files of a chunk, sent with it."""

    reviews: Mapping[str, Checked]

    def kept(self, candidate: Candidate) -> Checked:
        return self.reviews.get(candidate.name, Checked())


@dataclass(frozen=True)
class Chunk:
    """`rules` are ours: another perfxl would say something else. Relative names are of `folder`."""

    candidates: tuple[Candidate, ...]
    job: Job
    rules: bytes
    folder: str


Answers = list[tuple[Checked, bytes]]
"""For each candidate what to keep and what the makers have made."""


def check_on_cluster(
    candidates: Sequence[Candidate], job: Job, address: str, keeper: Keeper | None
) -> Generator[bytes]:
    """What the makers made of each candidate, in the given order. Raises ClusterUnusable."""
    import distributed

    connect: Any = distributed.Client
    try:
        client = connect(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterUnusable(
            f"连不上集群 {address}；请核对地址，并确认调度器已启动",
            f"cannot connect to the cluster {address}; check the address and that its scheduler runs",
        ) from error
    ahead = Ahead()
    try:
        done = _answers(client, candidates, job, keeper)
        for place in range(len(candidates)):
            while place not in ahead:
                number, (checked, result) = next(done)
                if keeper and checked.content:
                    keeper.put([(candidates[number], checked)])
                ahead.put(number, result)
            yield ahead.pop(place)
    finally:
        ahead.close()
        client.close()


def _answers(
    client: Any, candidates: Sequence[Candidate], job: Job, keeper: Keeper | None
) -> Iterator[tuple[int, tuple[Checked, bytes]]]:
    """The place of a candidate and the answer, chunk by chunk as they end."""
    import distributed

    ours, folder = rules(job.options), str(Path.cwd())
    starts = iter(range(0, len(candidates), CHUNK))
    places: dict[str, list[int]] = {}
    as_completed: Any = distributed.as_completed
    running = as_completed(loop=client.loop)

    def submit(wanted: list[int]) -> None:
        files = tuple(candidates[place] for place in wanted)
        known = Sent({one.name: keeper.known.kept(one) for one in files}) if keeper else None
        future = client.submit(check_chunk, Chunk(files, replace(job, known=known), ours, folder), pure=False)
        places[future.key] = wanted
        running.add(future)

    def submit_next(count: int) -> None:
        for start in islice(starts, count):
            submit(list(range(start, min(start + CHUNK, len(candidates)))))

    submit_next(_FOR_EACH_WORKER * max(len(client.scheduler_info(n_workers=-1)["workers"]), 1))
    for future in running:
        wanted = places.pop(future.key)
        try:
            yield from zip(wanted, future.result(), strict=True)
        except distributed.KilledWorker:
            if len(wanted) > 1:
                for place in wanted:
                    submit([place])
                continue
            (place,) = wanted
            file = died(candidates[place], None)
            yield place, (Checked(), made(file, candidates[place], job.makers))
        future.release()
        submit_next(1)


def check_chunk(chunk: Chunk) -> Answers:
    """On a Dask worker: have the chunk checked by the process beside it. Each thread has one."""
    if getattr(_here, "process", None) is None:
        _here.process = subprocess.Popen(
            [sys.executable, "-m", "perfxl.cluster"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    process: subprocess.Popen[bytes] = _here.process
    try:
        assert process.stdin and process.stdout
        _send(process.stdin, chunk)
        answers = _received(process.stdout)
    except BaseException:
        process.kill()
        process.wait()
        _here.process = None
        raise
    if isinstance(answers, ClusterUnusable):
        raise answers
    return list(answers)


def serve(commands: IO[bytes], answers: IO[bytes]) -> None:
    """The process beside a Dask worker: chunks come, answers go, until the worker is gone."""
    with suppress(EOFError, BrokenPipeError):
        while True:
            chunk: Chunk = _received(commands)
            if chunk.rules != rules(chunk.job.options):
                _send(answers, ClusterUnusable(*_OTHER_VERSION))
                continue
            if os.path.isdir(chunk.folder):  # noqa: PTH112 -- a place of another machine
                os.chdir(chunk.folder)
            _send(answers, _checked(chunk))


class _Kept:
    """Keeps what a worker tells until the chunk is done."""

    def __init__(self, known: Sent) -> None:
        self.known = known
        self.checked: dict[str, Checked] = {}

    def put(self, ended: Sequence[tuple[Candidate, Checked]]) -> None:
        self.checked |= {candidate.name: checked for candidate, checked in ended}


def _checked(chunk: Chunk) -> Answers:
    job = chunk.job
    keeper = _Kept(job.known) if isinstance(job.known, Sent) else None
    limits = replace(job.limits, jobs=1)
    results = list(check_in_workers(chunk.candidates, job.options, limits, job.makers, keeper))
    kept = keeper.checked if keeper else {}
    return [(kept.get(one.name, Checked()), result) for one, result in zip(chunk.candidates, results, strict=True)]


def _send(pipe: IO[bytes], value: object) -> None:
    data = pickle.dumps(value)
    pipe.write(_SIZE.pack(len(data)) + data)
    pipe.flush()


def _received(pipe: IO[bytes]) -> Any:
    """Between our own two processes. EOFError where the other is gone."""
    head = pipe.read(_SIZE.size)
    if len(head) < _SIZE.size:
        raise EOFError
    (size,) = _SIZE.unpack(head)
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)


if __name__ == "__main__":
    from perfxl import cluster

    # Whatever prints must not get between the answers.
    answering = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    cluster.serve(sys.stdin.buffer, answering)
