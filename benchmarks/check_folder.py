"""`perfxl check` of a folder beside its peers, in one run, turn by turn. Prints times and ratios, judges nothing.
All on one processor.

Twice: with all that --report writes, and as text alone, which still is more than the peers' row per file.

    python -m benchmarks.check_folder [--files 1000] [--rounds 2]

The workbooks are filled templates of every scheme, as XlsxWriter saves them. The slower peers take minutes; one whose
package is not installed is left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.peers import PEERS, left_out

PERFXL = (sys.executable, "-m", "perfxl")
START_ROUNDS = 15
WORDS = {
    "perfxl": "perfxl check --report",
    "perfxl-text": "perfxl check, findings and sums as text",
    "openpyxl": "openpyxl data_only, summary",
    "openpyxl-twice": "openpyxl values and formulas, summary",
    "pandas": "pandas.read_excel, summary",
    "calamine": "python-calamine, values only",
    "expat": "zipfile + expat, no handlers",
}


@dataclass
class Runs:
    """Wall and processor seconds of one contender, a round each; `peak` is the largest resident set in MB."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    peak: float = 0.0

    def add(self, command: tuple[str, ...]) -> None:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=_on_one_processor
        )
        _, status, usage = os.wait4(process.pid, 0)
        self.wall.append(time.perf_counter() - start)
        self.processor.append(usage.ru_utime + usage.ru_stime)
        self.peak = max(self.peak, usage.ru_maxrss / (1 if sys.platform != "darwin" else 1024) / 1024)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")


def _on_one_processor() -> None:
    """The peers are one process; and two processors that share a core would slow each other."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def check_command(folder: Path, report: Path) -> tuple[str, ...]:
    return (*PERFXL, "check", str(folder), "--format", "concise", "--report", str(report), "--exit-zero")


def peer_command(name: str, folder: Path, out: Path) -> tuple[str, ...]:
    return (sys.executable, "-m", "benchmarks.peers", name, str(folder), str(out))


def compare(folder: Path, work: Path, files: int, rounds: int) -> None:
    commands = {
        "perfxl": check_command(folder, work / "report"),  # away between the rounds, or all would be known
        "perfxl-text": (*PERFXL, "check", str(folder), "--output", str(work / "all.txt"), "--exit-zero"),
    }
    for name, peer in PEERS.items():
        if peer.missing:
            print(left_out(name), file=sys.stderr)
        else:
            commands[name] = peer_command(name, folder, work / f"{name}.xlsx")
    runs = {name: Runs() for name in commands}
    for turn in range(rounds):
        for name, command in commands.items():
            print(f"round {turn + 1}: {WORDS[name]} …", file=sys.stderr, flush=True)
            runs[name].add(command)
        shutil.rmtree(work / "report")
    print(f"{files} files, best of {rounds}; × is by processor time, which other work on the machine disturbs least")
    print(f"{'':40}{'wall s':>9}{'ms/file':>9}{'cpu s':>9}{'× report':>10}{'× text':>9}{'× expat':>9}{'peak MB':>9}")
    report, text, floor = (min(runs[name].processor) for name in ("perfxl", "perfxl-text", "expat"))
    for name, run in runs.items():
        wall, processor = min(run.wall), min(run.processor)
        print(
            f"{WORDS[name]:40}{wall:9.2f}{wall / files * 1000:9.2f}{processor:9.2f}"
            f"{processor / report:10.2f}{processor / text:9.2f}{processor / floor:9.2f}{run.peak:9.0f}"
        )


def starts(one: Path) -> None:
    """Start times, turn by turn."""
    commands = {
        "python -c pass": (sys.executable, "-c", "pass"),
        "perfxl --version": (*PERFXL, "--version"),
        "perfxl check ONE": (*PERFXL, "check", str(one), "--exit-zero"),
    }
    runs = {name: Runs() for name in commands}
    for _ in range(START_ROUNDS):
        for name, command in commands.items():
            runs[name].add(command)
    base = median(runs["python -c pass"].wall)
    print(f"\nstart, median of {START_ROUNDS}")
    for name, run in runs.items():
        print(f"{name:40}{median(run.wall) * 1000:7.0f} ms{median(run.wall) / base:8.2f} × python")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    build = Path("build")
    build.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=build) as temporary:
        work = Path(temporary)
        folder = work / "forms"
        print(f"writing {given.files} workbooks …", file=sys.stderr, flush=True)
        # In a process of its own: a child's peak memory counts what its parent held when it was started.
        subprocess.run([sys.executable, "-m", "benchmarks.forms", str(folder), str(given.files)], check=True)
        compare(folder, work, given.files, given.rounds)
        starts(next(folder.iterdir()))


if __name__ == "__main__":
    main()
