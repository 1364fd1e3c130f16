"""Filled workbooks for the benchmarks.

python -m benchmarks.forms FOLDER 1000
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Sequence
from html import escape
from itertools import cycle, islice
from pathlib import Path

from perfxl.batch import Candidate, Options, check_file
from perfxl.layouts import write_form
from perfxl.scheme_files import builtin_schemes
from tests.random_forms import random_form

EXAMPLES = Path("examples/returned")
"""Their mistakes are those of real forms."""
_STRINGS = "xl/sharedStrings.xml"


def make_forms(folder: Path, files: int) -> None:
    """Filled templates of every scheme in turn, as XlsxWriter saves them; the same for the same number."""
    folder.mkdir(parents=True, exist_ok=True)
    schemes = list(builtin_schemes().values())
    for number in range(files):
        scheme = schemes[number % len(schemes)]
        write_form(scheme, folder / f"{number:05}.xlsx", random_form(scheme, number).content)


def make_copies(folder: Path, files: int, originals: Sequence[Path]) -> None:
    """The originals again and again, each copy for a unit and a project of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {original: _names(original) for original in originals}
    for number, original in enumerate(islice(cycle(originals), files)):
        with (
            zipfile.ZipFile(original) as before,
            zipfile.ZipFile(folder / f"{number:05}.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as after,
        ):
            for entry in before.infolist():
                content = before.read(entry)
                if entry.filename == _STRINGS:
                    text = content.decode()
                    for name in names[original]:
                        text = text.replace(f">{name}<", f">{name}{number}<")
                    content = text.encode()
                after.writestr(entry, content)


def _names(original: Path) -> set[str]:
    """What units and projects are called in the strings of a workbook."""
    reviews = check_file(Candidate(str(original)), Options()).reviews
    return {escape(name, quote=False) for one in reviews for name in (one.form.unit, one.form.project) if name}


if __name__ == "__main__":
    make_forms(Path(sys.argv[1]), int(sys.argv[2]))
