"""Styled lines: through rich on a terminal, as plain text everywhere else."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

Span = tuple[str, str]
"""Text and its rich style."""
Line = tuple[Span, ...]


class Printer:
    """Writes lines to `out`. rich is imported only for a terminal: it costs a tenth of a second."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._console = _console(out)

    @property
    def styled(self) -> bool:
        return self._console is not None

    def line(self, *spans: Span) -> None:
        self.lines([spans])

    def lines(self, lines: Iterable[Line] | str) -> None:
        """Lines, or where nothing is styled what `plain` has made of them."""
        if self._console is None:
            self._out.write(lines if isinstance(lines, str) else plain(lines))
            return
        from rich.text import Text

        for spans in lines:
            self._console.print(Text.assemble(*spans), soft_wrap=True)


def plain(lines: Iterable[Line]) -> str:
    return "".join(["".join([text for text, _ in spans]).rstrip() + "\n" for spans in lines])


def _console(out: TextIO) -> Console | None:
    if not out.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return None
    from rich.console import Console

    return Console(file=out, highlight=False, markup=False, emoji=False)
