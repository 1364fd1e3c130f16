"""Live formulas, `IF(PX_ON,IFERROR(PX_…,native),native)`: computed by Python where the add-in is, else natively."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_LIVE = re.compile(r"\bPX_[A-Z]")
_TOKEN = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'|[(){},]|[^"\'(){},]+')


def is_live(formula: str) -> bool:
    """Whether the formula calls a function of the add-in, be it through a link such as `[1]!PX_SCORE`."""
    return _LIVE.search(_without_texts(formula)) is not None


def live_formula(function: str, arguments: Sequence[str], native: str) -> str:
    """The live formula of a cell, without `=`. `arguments` are addresses, empty for one that the form does not have."""
    given = ",".join(arguments).rstrip(",")
    return f"IF(PX_ON,IFERROR({function}({given}),{native}),{native})"


def native_formula(formula: str) -> str:
    """The native branch, `=…`; empty where the formula has none."""
    text = formula.removeprefix("=").strip()
    arguments = list(_arguments(text, "IF"))
    if len(arguments) != 3 or arguments[0].strip() != "PX_ON" or is_live(arguments[2]):
        return ""
    native = arguments[2].strip()
    return f"={native}" if native else ""


def _without_texts(formula: str) -> str:
    return "".join(token[0] for token in _TOKEN.finditer(formula) if token[0][0] != '"')


def _arguments(text: str, function: str) -> Iterator[str]:
    """The arguments of the one call that the whole text is; none where it is anything else."""
    head, bracket, rest = text.partition("(")
    if head.strip().upper() != function or not bracket or not rest.endswith(")"):
        return
    depth, argument, found = 0, "", []
    for token in (match[0] for match in _TOKEN.finditer(rest[:-1])):
        depth += token in "({"
        depth -= token in ")}"
        if depth < 0:
            return
        if token == "," and not depth:
            found.append(argument)
            argument = ""
        else:
            argument += token
    if not depth:
        yield from (*found, argument)
