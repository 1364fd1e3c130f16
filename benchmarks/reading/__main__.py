"""Field recall, precision and wrong values per kind of file and per way of departing from the official layouts.

    python -m benchmarks.reading [--through all] [--forms 60] [--only MUTATION] [--misses 20] [--write PAGE]

recall      fields that stand on the form and are read as they stand
precision   fields read that stand there
wrong       fields read with another value, or where nothing stands, per field on the form
silent      those without a finding at their cell
unseen      fields not read that no finding names, per field on the form
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.reading.files import FILES
from benchmarks.reading.measuring import Measured, measure_in_parts
from benchmarks.reading.page import page
from benchmarks.reading.plan import ALL
from benchmarks.reading.truth import Tally

KINDS = ("memory", *FILES)
_FORMS = {"memory": 60, "xlsx": 30, "xls": 30, "html": 30, "docx": 30, "pdf": 15, "word-pdf": 15}
"""Samples of each mutation: about twenty minutes of one core, most of them LibreOffice's and the PDF reader's."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--through", choices=(*KINDS, "all"), action="append", help="kind of file in between")
    parser.add_argument("--forms", type=int, help="samples of each mutation")
    parser.add_argument("--only", choices=sorted(ALL), action="append", help="mutation")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--misses", type=int, default=0, help="how many kinds of misses of each mutation to print")
    parser.add_argument("--write", type=Path, help="page to write the tables to")
    arguments = parser.parse_args()
    kinds = arguments.through or ["memory"]
    results: dict[str, dict[str, Tally]] = {}
    with ProcessPoolExecutor() as workers:
        for kind in KINDS if "all" in kinds else kinds:
            forms = arguments.forms or _FORMS[kind]
            seeds = range(arguments.first, arguments.first + forms)
            measured = measure_in_parts(arguments.only or list(ALL), seeds, kind, workers)
            results[kind] = _told(kind, measured, arguments.misses)
    if arguments.write:
        command = f"python -m benchmarks.reading {shlex.join(sys.argv[1:])}"
        arguments.write.write_text(page(results, command, arguments.first), "utf-8")


def _told(kind: str, measured: Mapping[str, Measured], misses: int) -> dict[str, Tally]:
    """Counts per mutation, printed too."""
    print(f"{kind:20} {'fields':>7} {'recall':>8} {'precision':>9} {'wrong':>8} {'silent':>8} {'unseen':>8}")
    whole = Tally()
    for name, one in measured.items():
        whole.add(one.tally)
        print(_line(name, one.tally))
        kinds = Counter(_kind(line) for line in one.misses)
        for miss, count in kinds.most_common(misses):
            example = next(line for line in one.misses if _kind(line) == miss)
            print(f"      {count:5} {miss:50} {example[:150]}")
    print(_line("all", whole))
    print(f"{sum(one.seconds for one in measured.values()) / whole.forms * 1000:.2f} ms per form", flush=True)
    return {name: one.tally for name, one in measured.items()}


def _kind(line: str) -> str:
    """`WRONG row/score` of a line that tells of one row's."""
    verdict, path = line.partition(": ")[2].split()[:2]
    parts = path.rstrip(":").split("/")
    return f"{verdict} {parts[0]}/{parts[-1]}" if len(parts) > 1 else f"{verdict} {path}"


def _line(name: str, tally: Tally) -> str:
    return (
        f"{name:20} {tally.stated:7} {tally.recall:8.2%} {tally.precision:9.2%}"
        f" {tally.wrong_rate:8.3%} {tally.silent_rate:8.3%} {tally.unseen_rate:8.3%}"
    )


if __name__ == "__main__":
    main()
