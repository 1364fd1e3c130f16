"""Edits of one file beside openpyxl, in one run, turn by turn. Prints times and ratios, judges nothing.

    python -m benchmarks.edit_file [--rounds 15] [FILE…]

Two cells, protection, a new sheet and a document property, from file to file; and a lock with every cell locked.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Protection

from perfxl.edit import AddSheet, Edit, Look, NewCell, ProtectSheet, ProtectStructure, SetLocked, SetProperty, SetValue
from perfxl.editing import apply_edits, write_edited
from perfxl.sources import read_workbook


def edits_of(path: Path, *, lock: bool) -> tuple[str, list[tuple[int, int]], list[Edit]]:
    """The form's sheet, its first two constants that are no merged leftovers, and the edits."""
    grid = read_workbook(path).grids[0]
    places = [place for place, cell in sorted(grid.cells.items()) if cell.formula is None][:2]
    values = [SetValue(grid.sheet, row, column, Decimal("55.5")) for row, column in places]
    header = tuple(NewCell(word, Look(bold=True, fill="FFDDEBF7")) for word in ("编码", "位置", "说明"))
    sheet = AddSheet("校验结果", (header, (NewCell("F102"), NewCell("D6"), NewCell(None, Look(locked=False)))))
    all_locked: list[Edit] = [SetLocked(grid.sheet, True)] if lock else []
    protection: list[Edit] = [ProtectSheet(grid.sheet, True), ProtectStructure(True)]
    return grid.sheet, places, [*values, *all_locked, *protection, sheet, SetProperty("perfxl.seal", "x" * 200)]


def with_openpyxl(path: Path, out: Path, sheet: str, places: list[tuple[int, int]], *, lock: bool) -> None:
    book = openpyxl.load_workbook(path)
    form = book[sheet]
    for row, column in places:
        form.cell(row, column).value = 55.5
    if lock:
        for cells in form.iter_rows():
            for cell in cells:
                cell.protection = Protection(locked=True)
    form.protection.enable()
    results = book.create_sheet("校验结果")
    results.append(["编码", "位置", "说明"])
    results.append(["F102", "D6", None])
    properties: Any = book
    properties.custom_doc_props.append(StringProperty(name="perfxl.seal", value="x" * 200))
    book.save(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    files: list[Path] = given.files or sorted(Path("templates").glob("*.xlsx"))
    print(
        f"median of {given.rounds}, ms{'':30}{'in memory':>11}{'to disk':>9}{'openpyxl':>10}{'ratio':>7}{'to disk':>9}"
    )
    with TemporaryDirectory(dir=files[0].parent) as folder:
        out = Path(folder) / "out.xlsx"
        for lock in (False, True):
            for path in files:
                compare(path, out, given.rounds, lock=lock)


def compare(path: Path, out: Path, rounds: int, *, lock: bool) -> None:
    sheet, places, edits = edits_of(path, lock=lock)
    runs: list[Callable[[], object]] = [
        lambda: apply_edits(path.read_bytes(), edits),
        lambda: write_edited(path, edits, target=out, keep_backup=False),
        lambda: with_openpyxl(path, out, sheet, places, lock=lock),
    ]
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for taken, run in zip(times, runs, strict=True):
            out.unlink(missing_ok=True)
            start = time.perf_counter()
            run()
            taken.append((time.perf_counter() - start) * 1000)
    memory, disk, peer = (median(taken) for taken in times)
    name = f"{'lock' if lock else 'edit'} {path.stem[:30]}"
    print(f"{name:40}{memory:11.1f}{disk:9.1f}{peer:10.1f}{peer / memory:6.1f}×{peer / disk:8.1f}×")


if __name__ == "__main__":
    main()
