"""Reports reach their place complete or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUMMARY, PAGE, STORE = "汇总表.xlsx", "index.html", "perfxl.db"
"""What `check --report DIR` writes; the last is what an interrupted run goes on from."""

_TEMPORARY = ".perfxl-tmp-"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, which it replaces on leaving; removed where the block fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{_TEMPORARY}{os.getpid()}-{path.name}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
