"""Styled lines: through rich on a terminal, as plain text everywhere else."""

from __future__ import annotations

import os
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

    def line(self, *spans: Span) -> None:
        if self._console is None:
            self._out.write("".join([text for text, _ in spans]).rstrip() + "\n")
            return
        from rich.text import Text

        self._console.print(Text.assemble(*spans), soft_wrap=True)


def _console(out: TextIO) -> Console | None:
    if not out.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return None
    from rich.console import Console

    return Console(file=out, highlight=False, markup=False, emoji=False)
