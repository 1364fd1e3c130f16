"""Marking and locking one file beside an openpyxl load and save of it, paired in one run.

`edits` is the patching alone, reading back what was written included; `whole` reads, scores, checks and seals as well.
python -m benchmarks.edit_file [FILE…]
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from statistics import median

import openpyxl

from perfxl.edit import Edit
from perfxl.editing import apply_edits, notes_by
from perfxl.locking import LockRefused, lock
from perfxl.markup import AUTHOR, marked, markup
from perfxl.sources.xlsx import read_xlsx

RETURNED = Path("examples/returned")
TIME = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=sorted(RETURNED.glob("*[0-9稿].xlsx")))
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    print(f"median of {given.rounds}, ms{'':24}{'edits':>7}{'whole':>7}{'openpyxl':>10}{'÷ edits':>9}{'÷ whole':>9}")
    for path in given.files:
        if not path.name.startswith("~"):
            compare(path, given.rounds)


def compare(path: Path, rounds: int) -> None:
    data, name = path.read_bytes(), path.name
    marks = markup(read_xlsx(data, name), name, notes_by(data, AUTHOR)).edits
    report(f"mark {path.stem}", data, marks, lambda: marked(data, name), rounds)
    try:
        edits = lock(data, name, time=TIME).edits
    except LockRefused:
        return
    report(f"lock {path.stem}", data, edits, lambda: apply_edits(data, lock(data, name, time=TIME).edits), rounds)


def report(name: str, data: bytes, edits: Sequence[Edit], whole: Callable[[], object], rounds: int) -> None:
    runs: list[Callable[[], object]] = [lambda: apply_edits(data, edits), whole, lambda: with_openpyxl(data)]
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for taken, run in zip(times, runs, strict=True):
            gc.collect()  # So that nobody pays for what the run before left behind.
            start = time.perf_counter()
            run()
            taken.append((time.perf_counter() - start) * 1000)
    alone, all_of_it, peer = (median(taken) for taken in times)
    print(f"{name:32.32}{alone:12.1f}{all_of_it:7.1f}{peer:10.1f}{peer / alone:8.1f}×{peer / all_of_it:8.1f}×")


def with_openpyxl(data: bytes) -> bytes:
    out = BytesIO()
    openpyxl.load_workbook(BytesIO(data)).save(out)
    return out.getvalue()


if __name__ == "__main__":
    main()
