"""What is made of a file where it is checked, so that the process that puts the reports together sees no form.

A maker turns a FileReview into plain values: the lines of a report about this file, its figures. It runs in a worker,
or in this process for a file that is skipped or alone. A taker has a maker and takes in what it has made, in order.
"""

from __future__ import annotations

import marshal
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from perfxl.batch import Candidate, failed
from perfxl.review import FileReview

Part = Any
"""Texts, bytes, numbers, None, lists of such."""
Maker = Callable[[FileReview], Part]
"""Can be sent to a worker process; says the same whatever the order of files."""

_FORMAT = 4
"""Of marshal, which every Python from 3.4 on reads: a cluster may have another one than we. It takes a fifth of the
time of JSON, for a section of a page is full of quotes. Only our own processes are read."""


class Taker(ABC):
    """Takes in the files one by one, in order: their parts, as its maker makes them."""

    maker: Maker

    def add(self, file: FileReview) -> None:
        self.put(self.maker(file))

    @abstractmethod
    def put(self, part: Part) -> None:
        """A part that the maker has made."""


def made(file: FileReview, candidate: Candidate, makers: Sequence[Maker]) -> bytes:
    """Every maker's part of a file. A maker that fails costs this file its findings, not the run."""
    try:
        parts = [make(file) for make in makers]
    except Exception as error:
        broken = failed(candidate, error)
        parts = [make(broken) for make in makers]
    return marshal.dumps(parts, _FORMAT)


def parts_of(data: bytes) -> list[Part]:
    """What `made` has written."""
    parts: list[Part] = marshal.loads(data)
    return parts


def put_all(
    takers: Sequence[Taker], files: Iterator[list[Part]], before_each: Callable[[], object] = lambda: None
) -> Iterator[None]:
    """Every file's parts into the takers; one step for each file."""
    for parts in files:
        before_each()
        for taker, part in zip(takers, parts, strict=True):
            taker.put(part)
        yield
