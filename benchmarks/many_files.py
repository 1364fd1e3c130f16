"""`perfxl check` with one worker and with more, at two sizes of folder. Prints times, ratios and peak memory.

    python -m benchmarks.many_files [--files 1000 10000] [--jobs 1 2]

The larger folders hold the workbooks of the smallest again and again.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.check_folder import Runs, check_command


def filled(folder: Path, files: int, originals: list[Path]) -> Path:
    folder.mkdir()
    for number in range(files):
        original = originals[number % len(originals)]
        shutil.copy(original, folder / f"{number:05}{original.suffix}")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    build = Path("build")
    build.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=build) as temporary:
        work = Path(temporary)
        small = min(given.files)
        subprocess.run([sys.executable, "-m", "benchmarks.forms", str(work / "forms"), str(small)], check=True)
        originals = sorted((work / "forms").iterdir())
        print(f"{'files':>8}{'jobs':>6}{'wall s':>9}{'ms/file':>9}{'× first':>9}{'again s':>9}{'peak MB':>9}")
        for files in given.files:
            folder = filled(work / f"{files}", files, originals)
            first = 0.0
            for jobs in given.jobs:
                report = work / f"report-{files}-{jobs}"
                command = (*check_command(folder, report), "--jobs", str(jobs))
                runs = Runs()
                runs.add(command)
                runs.add(command)  # everything is in the store now
                wall, again = runs.wall
                first = first or wall
                print(
                    f"{files:8}{jobs:6}{wall:9.2f}{wall / files * 1000:9.2f}{first / wall:9.2f}"
                    f"{again:9.2f}{runs.peak:9.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
