"""Filled workbooks for the benchmarks.

python -m benchmarks.forms FOLDER 1000
"""

from __future__ import annotations

import sys
from pathlib import Path

from perfxl.layouts import write_form
from perfxl.scheme import builtin_schemes
from tests.random_forms import random_form


def make_forms(folder: Path, files: int) -> None:
    """Filled templates of every scheme in turn, as XlsxWriter saves them; the same for the same number."""
    folder.mkdir(parents=True, exist_ok=True)
    schemes = list(builtin_schemes().values())
    for number in range(files):
        scheme = schemes[number % len(schemes)]
        write_form(scheme, folder / f"{number:05}.xlsx", random_form(scheme, number).content)


if __name__ == "__main__":
    make_forms(Path(sys.argv[1]), int(sys.argv[2]))
