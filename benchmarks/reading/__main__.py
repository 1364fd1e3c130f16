"""Field recall, precision and wrong values per way of departing from the official layouts.

    python -m benchmarks.reading [--forms 100] [--only MUTATION] [--misses 20] [--through xlsx]

recall      fields that stand on the form and are read as they stand
precision   fields read that stand there
wrong       fields read with another value, or where nothing stands, per field on the form
silent      those without a finding at their cell
unseen      fields not read that no finding names, per field on the form
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

from benchmarks.reading.files import WRITERS, through
from benchmarks.reading.layouts import Sample, sample
from benchmarks.reading.plan import ALL
from benchmarks.reading.truth import Tally, compare
from perfxl.reading import read_forms


def measure(one: Sample, misses: list[str] | None = None, kind: str = "memory") -> tuple[Tally, float]:
    """What was read of one workbook as a file of that kind, and the seconds that the reader took."""
    workbook = through(kind, one.workbook)
    start = time.perf_counter()
    forms = read_forms(workbook)
    took = time.perf_counter() - start
    tally = Tally()
    for number, truth in enumerate(one.forms):
        form = forms[number] if len(forms) == len(one.forms) else None
        tally.add(compare(truth, form, misses))
    return tally, took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--forms", type=int, default=100)
    parser.add_argument("--only", choices=sorted(ALL), action="append")
    parser.add_argument("--misses", type=int, default=0, help="how many misses of each mutation to print")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--through", choices=("memory", *WRITERS), default="memory", help="kind of file in between")
    arguments = parser.parse_args()
    whole, seconds = Tally(), 0.0
    print(f"{'mutation':20} {'fields':>7} {'recall':>8} {'precision':>9} {'wrong':>8} {'silent':>8} {'unseen':>8}")
    for name in arguments.only or ALL:
        tally, misses = Tally(), []
        for seed in range(arguments.first, arguments.first + arguments.forms):
            found: list[str] = []
            one, took = measure(sample(name, seed), found, arguments.through)
            tally.add(one)
            seconds += took
            misses += [f"{seed}: {line}" for line in found]
        whole.add(tally)
        print(_line(name, tally))
        kinds = Counter(_kind(line) for line in misses)
        for kind, count in kinds.most_common(arguments.misses):
            example = next(line for line in misses if _kind(line) == kind)
            print(f"      {count:5} {kind:50} {example[:150]}")
    print(_line("all", whole))
    print(f"{seconds / whole.forms * 1000:.2f} ms per form")


def _kind(line: str) -> str:
    _, verdict, path = line.split(":")[0:1] + line.split()[1:3]
    parts = path.rstrip(":").split("/")
    return f"{verdict} {parts[0]}/{parts[-1]}" if len(parts) > 1 else f"{verdict} {path}"


def _line(name: str, tally: Tally) -> str:
    stated = tally.stated or 1
    return (
        f"{name:20} {tally.stated:7} {tally.recall:8.2%} {tally.precision:9.2%}"
        f" {tally.wrong / stated:8.3%} {tally.silent / stated:8.3%} {tally.unseen / stated:8.3%}"
    )


if __name__ == "__main__":
    main()
