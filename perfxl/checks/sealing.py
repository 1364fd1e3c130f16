"""Family K: what the seal of a file says. One verdict per file, so these findings belong to the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfxl.finding import Finding, in_both
from perfxl.grid import CellRef, Workbook

if TYPE_CHECKING:
    from perfxl.seal import Change, Verdict
    from perfxl.signing import Register

_MARKS = ("perfxl.seal.", "perfxl.before.")
"""How the properties begin that a lock leaves: the seal, and how the sheets were protected before. Written out here:
a file without them must not wait until the seal's code is loaded."""
_NOTHING = "—"
_LONGEST = 60


def was_sealed(workbook: Workbook) -> bool:
    """Whether the file has a seal or shows that it had one."""
    return any(name.casefold().startswith(_MARKS) for name in workbook.properties)


def seal_findings(workbook: Workbook, verdict: Verdict, keys: Register | None) -> Iterator[Finding]:
    """The findings of a sealed file. `keys` None: nobody asked about signatures."""
    file = CellRef(workbook.file)
    if verdict.status == "missing":
        yield Finding("K103", file)
        return
    if verdict.status == "damaged":
        yield Finding("K102", file, numbers=in_both(reason=(verdict.reason, verdict.why("en"))))
    elif verdict.other_file:
        seal = verdict.seal
        assert seal is not None
        yield Finding(
            "K104", file, numbers={"unit": seal.head.unit or _NOTHING, "year": str(seal.head.year or _NOTHING)}
        )
    elif (opened := verdict.opened) is not None:
        numbers = {"by": opened.by or _NOTHING, "time": _said(opened.time), "reason": opened.reason or _NOTHING}
        yield Finding("K106", file, numbers=numbers)
    else:
        for change in verdict.changes:
            yield _changed(change, file)
    if verdict.signature == "invalid":
        yield Finding("K105", file)
    elif verdict.signature == "unknown" and keys is not None:
        yield Finding("K107", file)


def _changed(change: Change, file: CellRef) -> Finding:
    before, after = _short(change.before), _short(change.after)
    numbers = {"name": change.name, "before": before, "after": after}
    related = (change.other,) if change.other else ()
    return Finding("K101", change.at or file, reported=after, expected=before, numbers=numbers, related=related)


def _said(time: str) -> str:
    """`2026-03-02 09:30`, on the clock of whoever unlocked it."""
    return time[:16].replace("T", " ")


def _short(text: str) -> str:
    return (text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…") or _NOTHING
