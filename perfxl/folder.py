"""A folder checked in workers, continued from its store: what is known is not checked again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from perfxl.batch import Candidate, Options, check_file, without_notes
from perfxl.limits import Limits, check_here
from perfxl.review import FileReview

if TYPE_CHECKING:
    from perfxl.review_data import ReviewData
    from perfxl.store import Store
    from perfxl.workers import Checked


class Folder:
    """`to_check` are the candidates that the store does not know as they are now."""

    def __init__(self, candidates: Sequence[Candidate], options: Options, store: Store | None = None) -> None:
        self._candidates, self._options, self._store = candidates, options, store
        self._known = [store is not None and not c.skipped and store.knows(c) for c in candidates]
        self.to_check = [c for c, known in zip(candidates, self._known, strict=True) if not (known or c.skipped)]

    def reviews(self, limits: Limits) -> Iterator[FileReview]:
        """One FileReview per candidate, in the given order."""
        checked = self._checked(self.to_check, limits)
        for candidate, known in zip(self._candidates, self._known, strict=True):
            if candidate.skipped:
                yield check_file(candidate, self._options)
            elif known:
                file = self._restored(candidate) or next(self._checked([candidate], limits))
                yield without_notes(candidate, file)
            else:
                yield without_notes(candidate, next(checked))

    def _checked(self, candidates: Sequence[Candidate], limits: Limits) -> Iterator[FileReview]:
        if len(candidates) == 1 and self._store is None:
            # Nothing else can suffer from this file, and it is told sooner than a worker has started.
            return iter([check_here(candidates[0], self._options, limits)])
        from perfxl.workers import check_in_workers

        return check_in_workers(candidates, self._options, limits, self._keep)

    def _keep(self, candidate: Candidate, checked: Checked) -> None:
        if self._store:
            self._store.put(candidate, checked)

    def _restored(self, candidate: Candidate) -> FileReview | None:
        """From the store; None where what it holds cannot be used."""
        from perfxl.review_data import DamagedReview

        assert self._store
        try:
            file = self._data.unpacked(self._store.review(candidate))
        except DamagedReview:
            return None
        return replace(file, path=candidate.shown)

    @cached_property
    def _data(self) -> ReviewData:
        from perfxl.review_data import ReviewData

        return ReviewData(self._options.scheme)
