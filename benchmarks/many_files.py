"""`perfxl check` with one worker and with more, at two sizes of folder. Prints times, ratios and peak memory.

    python -m benchmarks.many_files [--files 1000 10000] [--jobs 1 2] [--originals 300]

The folders hold the same forms again and again, each copy for a unit and a project of its own; one form in four is an
example with real mistakes. What the parent does alone limits how much faster two workers are: its processor time and
memory are told apart from the workers'. With one worker two processes run already: `× one` compares with a single
process that did the work of both, which would take the processor time of that run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.check_folder import check_command
from benchmarks.forms import EXAMPLES, make_copies

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass
class Seen:
    """Seconds, and the parent's largest resident set in MB. Linux only: the rest has no /proc."""

    wall: float = 0.0
    parent: float = 0.0
    workers: float = 0.0
    peak: float = 0.0


def watched(command: tuple[str, ...]) -> Seen:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seen, own = Seen(), Path(f"/proc/{process.pid}")
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        fields = (own / "stat").read_text().rpartition(")")[2].split()
        seen.parent = (int(fields[11]) + int(fields[12])) / _TICKS or seen.parent
        if "VmHWM:" in (told := (own / "status").read_text()):
            seen.peak = int(told.partition("VmHWM:")[2].split()[0]) / 1024
        time.sleep(0.02)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    seen.wall = time.perf_counter() - start
    seen.workers = usage.ru_utime + usage.ru_stime - seen.parent
    return seen


def originals(folder: Path, files: int) -> list[Path]:
    """Three forms without mistakes, then an example with some."""
    subprocess.run([sys.executable, "-m", "benchmarks.forms", str(folder), str(files)], check=True)
    examples = [path for path in sorted(EXAMPLES.glob("*.xlsx")) if zipfile.is_zipfile(path)]
    chosen: list[Path] = []
    for number, form in enumerate(sorted(folder.iterdir())):
        chosen.append(form)
        if number % 3 == 2:
            chosen.append(examples[number // 3 % len(examples)])
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--originals", type=int, default=300)
    given = parser.parse_args()
    build = Path("build")
    build.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=build) as temporary:
        work = Path(temporary)
        chosen = originals(work / "forms", given.originals)
        heads = f"{'wall s':>9}{'× first':>9}{'× one':>9}{'ms a file: parent':>19}{'workers':>9}{'parent MB':>11}"
        print(f"{'':24}{heads}")
        for files in given.files:
            folder = work / f"{files}"
            make_copies(folder, files, chosen)
            first = one = 0.0
            for jobs in given.jobs:
                command = (*check_command(folder, work / f"report-{files}-{jobs}"), "--jobs", str(jobs))
                for turn in ("first", "known"):  # the second time everything is in the store
                    seen = watched(command)
                    first, one = first or seen.wall, one or seen.parent + seen.workers
                    times = f"{seen.wall:9.2f}{first / seen.wall:9.2f}{one / seen.wall:9.2f}"
                    print(
                        f"{files:6} files {jobs:2} jobs {turn}{times}"
                        f"{seen.parent / files * 1000:19.2f}{seen.workers / files * 1000:9.2f}{seen.peak:11.1f}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
