"""How much a test takes: a few cases in the fast suite, all in the acceptance run, the long numbers where asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pytest

LONG = os.environ.get("PERFXL_LONG") == "1"
ACCEPTANCE = os.environ.get("PERFXL_REQUIRE_ACCEPTANCE") == "1"


def cases(fast: int, acceptance: int, long: int | None = None) -> int:
    """A number for this run. `long` None: PERFXL_LONG=1 takes that of the acceptance run."""
    if LONG:
        return acceptance if long is None else long
    return acceptance if ACCEPTANCE else fast


def fast_first(values: Iterable[Any], fast: int) -> list[Any]:
    """Parameters of a test: those after the first `fast` belong to the acceptance run."""
    return [value if n < fast else pytest.param(value, marks=pytest.mark.acceptance) for n, value in enumerate(values)]
