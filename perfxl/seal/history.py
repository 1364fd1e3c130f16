"""Who locked and unlocked a workbook, when and why: events chained by their digests."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from perfxl.problem import Clause
from perfxl.seal.digest import Algorithm, default_algorithm, hex_digest

Digest = Annotated[str, StringConstraints(pattern=r"\A[0-9a-f]{64}\z")]
DigestOrNone = Annotated[str, StringConstraints(pattern=r"\A(?:[0-9a-f]{64})?\z")]
"""Empty for the first of a chain."""
LONGEST_WORDS = 1000
Words = Annotated[str, StringConstraints(max_length=LONGEST_WORDS)]


class SealModel(BaseModel):
    """Nothing unknown, nothing converted: a seal comes from a file that anyone can write to."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Event(SealModel):
    """One line of the history. `hash` covers all else, the event before included."""

    kind: Literal["locked", "unlocked"]
    algorithm: Algorithm
    digest: Digest
    """Of the seal that was set or opened."""
    by: Words
    reason: Words
    time: Words
    """ISO 8601, with the offset from UTC."""
    previous: DigestOrNone
    hash: Digest


History = tuple[Event, ...]


def with_event(
    history: History, kind: Literal["locked", "unlocked"], *, digest: str, by: str, reason: str, time: datetime
) -> History:
    """The history with one event more. Raises ValueError where it does not follow: locked twice, unlocked unlocked."""
    event = Event(
        kind=kind,
        algorithm=default_algorithm(),
        digest=digest,
        by=by,
        reason=reason,
        time=stamp(time),
        previous=history[-1].hash if history else "",
        hash="0" * 64,
    )
    longer = (*history, event.model_copy(update={"hash": _hash(event)}))
    if problem := broken_link(longer):
        raise ValueError(problem[0])
    return longer


def broken_link(history: History) -> Clause | None:
    """What is wrong with the chain, naming the first bad event; None where it holds.

    Unsigned, a chain does not stop someone who rewrites all of it from the altered event on.
    """
    before: Event | None = None
    for number, event in enumerate(history, start=1):
        if event.hash != _hash(event):
            return f"第 {number} 条锁定记录的内容被改动", f"entry {number} of its history was altered"
        if event.previous != (before.hash if before else ""):
            return (
                f"第 {number} 条锁定记录与前一条不相接",
                f"entry {number} of its history does not follow the one before",
            )
        if (event.kind == "unlocked") != (before is not None and before.kind == "locked"):
            return f"第 {number} 条锁定记录的次序有误", f"entry {number} of its history is out of order"
        if event.kind == "unlocked" and before and event.digest != before.digest:
            return (
                f"第 {number} 条锁定记录解锁的不是前一条的封签",
                f"entry {number} of its history unlocks another seal",
            )
        before = event
    return None


def stamp(time: datetime) -> str:
    """ISO 8601 to the second. Raises ValueError for a time without offset."""
    if time.tzinfo is None:
        raise ValueError("time needs an offset from UTC")
    return time.isoformat(timespec="seconds")


def _hash(event: Event) -> str:
    content = event.model_dump_json(exclude={"hash"})
    return hex_digest(event.algorithm, f"perfxl.event.1\n{content}".encode())
