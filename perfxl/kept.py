"""What is made once: of a text or the like; of an object, kept by which object it is, for to hash a rule or an
expression means to go through all; and what is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

_MOST = 1024


class Known(dict[K, T]):
    """What `read` makes of a text, kept where that is short by `length`, until there are too many of them.

    In place of `lru_cache` where there is one look for each cell: it costs half."""

    def __init__(self, read: Callable[[K], T], most: int, longest: int, length: Callable[[Any], int] = len) -> None:
        super().__init__()
        self._read, self._most, self._longest, self._length = read, most, longest, length

    def __missing__(self, written: K) -> T:
        value = self._read(written)
        if self._length(written) <= self._longest:
            if len(self) == self._most:
                self.clear()
            self[written] = value
        return value


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


def once(make: Callable[[], T]) -> Callable[[], T]:
    """`make`, called when it is first asked; `functools.cache` takes as long as some things that are made."""
    made: list[T] = []

    def look() -> T:
        if not made:
            made.append(make())
        return made[0]

    return look


class Late:
    """A field of a dataclass: a text, or what makes it, which is called when the text is first asked for."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> str:
        if instance is None:
            raise AttributeError  # which tells dataclass that there is no default
        text: str | Callable[[], str] = instance.__dict__[self._name]
        if not isinstance(text, str):
            text = instance.__dict__[self._name] = text()
        return text

    def __set__(self, instance: object, value: str | Callable[[], str]) -> None:
        instance.__dict__[self._name] = value
