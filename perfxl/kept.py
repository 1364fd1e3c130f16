"""What is made once: of an object, kept by which object it is, for to hash a rule or an expression means to go through
all; and what is made when it is asked for."""

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
