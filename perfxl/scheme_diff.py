"""A scheme as a flat list of keys, so that two editions can be laid side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise

from perfxl.scheme import Scheme

NAMES = ("id", "name", "word", "code")
"""What an item of a list is called by, first match wins."""


def flat(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """(key, text) for every number and word below `value`; keys that are not set are left out.

    Items of a list are called by name where their names differ, so that an inserted row shifts no others."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from flat(item, f"{key}.{name}" if key else name)
    elif isinstance(value, tuple) and value and isinstance(value[0], dict):
        names = [next((item[name] for name in NAMES if name in item), "") for item in value]
        by_name = all(names) and len(set(names)) == len(names)
        for position, (name, item) in enumerate(zip(names, value, strict=True), start=1):
            yield from flat(item, f"{key}.{name}" if by_name else f"{key} 第{position}项")
    elif isinstance(value, tuple):
        if value:
            yield key, "、".join(value)
    elif value not in (None, ""):
        yield key, str(value).lower() if isinstance(value, bool) else str(value)


def differences(a: Scheme, b: Scheme) -> list[tuple[str, str, str]]:
    """(key, value in `a`, value in `b`) wherever the two differ; `—` where one of them lacks the key."""
    left, right = dict(flat(asdict(a))), dict(flat(asdict(b)))
    keys = list(left)
    for before, key in pairwise(("", *right)):
        if key not in left:
            keys.insert(keys.index(before) + 1 if before else 0, key)
    return [(key, left.get(key, "—"), right.get(key, "—")) for key in keys if left.get(key) != right.get(key)]
