"""Coverage-guided fuzzing of the readers, by default from the kept corpus and into it.

    python -m tests.fuzz [MINUTES [FOLDER…]]

An input that raises anything but UnreadableFile, or takes more than ten seconds, is left as crash-… and ends the run.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["perfxl"]):
    from tests.fuzz.target import CORPUS, read


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 30
    options = [f"-max_total_time={minutes * 60:.0f}", "-timeout=10", "-rss_limit_mb=1024", "-max_len=20000"]
    atheris.Setup([sys.argv[0], *options, *(sys.argv[2:] or [str(CORPUS)])], lambda data: read(data) and None)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
