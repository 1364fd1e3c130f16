"""A folder checked in workers, continued from its store: what is known is not checked again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from perfxl.batch import Candidate, Options, check_file
from perfxl.limits import Limits, check_here
from perfxl.making import Maker, Part, made, parts_of

if TYPE_CHECKING:
    from perfxl.store import Store


class Folder:
    """With the address of a Dask scheduler as `cluster` the files are checked there."""

    def __init__(
        self, candidates: Sequence[Candidate], options: Options, store: Store | None = None, cluster: str | None = None
    ) -> None:
        self._candidates, self._options, self._store, self._cluster = candidates, options, store, cluster

    def parts(self, makers: Sequence[Maker], limits: Limits) -> Iterator[list[Part]]:
        """What the makers make of each candidate, in the given order."""
        to_read = [candidate for candidate in self._candidates if not candidate.skipped]
        of_read: Iterator[bytes]
        if self._cluster:
            from perfxl.cluster import check_on_cluster
            from perfxl.workers import Job

            job = Job(self._options, limits, tuple(makers), None)
            of_read = check_on_cluster(to_read, job, self._cluster, self._store)
        elif len(to_read) == 1 and self._store is None:
            # Nothing else can suffer from this file, and it is told sooner than a worker has started.
            of_read = (made(check_here(one, self._options, limits), one, makers) for one in to_read)
        else:
            from perfxl.workers import check_in_workers

            of_read = check_in_workers(to_read, self._options, limits, makers, self._store)
        for candidate in self._candidates:
            if candidate.skipped:
                yield parts_of(made(check_file(candidate, self._options), candidate, makers))
            else:
                yield parts_of(next(of_read))
