"""Which of two lists belong together: by the strictest key first, then by looser ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
Key = Callable[[T], Hashable | None]
"""What two things that belong together have in common; None for a thing that has nothing to be told by."""


def paired(old: Sequence[T], new: Sequence[T], keys: Sequence[Key[T]]) -> Iterator[tuple[T | None, T | None]]:
    """Everything once: pairs and new ones in the order of `new`, then the old ones that have no partner.

    Several with the same key are paired in their order."""
    mates: dict[int, int] = {}
    taken: set[int] = set()
    for key in keys:
        waiting: dict[Hashable, list[int]] = {}
        for place, item in enumerate(old):
            if place not in taken and (known := key(item)) is not None:
                waiting.setdefault(known, []).append(place)
        for place, item in enumerate(new):
            if place not in mates and (found := waiting.get(key(item))):
                mates[place] = found.pop(0)
                taken.add(mates[place])
    for place, item in enumerate(new):
        yield (old[mates[place]] if place in mates else None), item
    for place, item in enumerate(old):
        if place not in taken:
            yield item, None
