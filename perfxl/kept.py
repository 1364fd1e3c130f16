"""What was made of an object, kept by which object it is: to hash a rule or an expression means to go through all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_MOST = 1024


def kept_by_identity(make: Callable[P, T]) -> Callable[P, T]:
    """`make`, called once for these very arguments, which are kept as well: for a few lasting objects."""
    known: dict[tuple[int, ...], tuple[tuple[object, ...], T]] = {}

    @wraps(make)
    def look(*arguments: P.args, **named: P.kwargs) -> T:
        assert not named, "only by position"
        key = tuple(map(id, arguments))
        found = known.get(key)
        if found is None:
            if len(known) == _MOST:
                known.clear()
            found = known[key] = arguments, make(*arguments, **named)
        return found[1]

    return look
