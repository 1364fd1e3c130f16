"""Forms in memory as files of a kind, read again: what a kind of file loses shows as a difference to `memory`."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.reading.layouts import Sample
from perfxl.grid import Cell, Grid, Merge, Workbook
from perfxl.sources import read_workbook

_WIDTH = 11
"""Characters of a column."""
_A4 = 9
BATCH = 100
"""Files that LibreOffice converts in one go: starting it takes as long as fifty conversions to .xls."""
_LONGEST = "900"
"""Seconds for a batch."""
_APART = "　　　　"


@dataclass(frozen=True)
class FileKind:
    """How a kind of file is made: what writes it, or what writes the file that LibreOffice saves as that kind."""

    title: str
    suffix: str
    write: Callable[[Sample, Path], None]
    written: str
    """The suffix of what is written; LibreOffice converts it where it is another."""
    filter: str = ""
    """LibreOffice's name for the way it saves."""


def _write_xlsx(sample: Sample, path: Path) -> None:
    """As an official form is printed: ruled, on as many landscape pages as it needs, each as wide as the form."""
    from xlsxwriter import Workbook as Book

    from perfxl.layouts.sheet import Sheet
    from perfxl.layouts.styles import NOTE_LINE, PRINTED

    book = Book(str(path), {"in_memory": True})
    for grid, frames in zip(sample.workbook.grids, sample.frames, strict=True):
        widest = max(grid.last_column, *(merge.right for merge in grid.merges), 1)
        sheet = Sheet(book, grid.sheet, (float(_WIDTH),) * widest)
        for row in range(1, grid.last_row + 1):
            for column in range(1, widest + 1):
                merge = grid.merge_at(row, column)
                ruled = _framed(frames, row, column)
                if (merge.top, merge.left) != (row, column) or not (ruled or not _blank(grid, merge)):
                    continue
                cell = grid.cell(row, column)
                look = PRINTED if ruled else {**NOTE_LINE, "text_wrap": merge.left < merge.right}
                _write(sheet, merge, cell, {**look, "num_format": cell.number_format})
        sheet.finish()
        sheet.raw.set_landscape()
        sheet.raw.set_paper(_A4)
        sheet.raw.fit_to_pages(1, 0)
    book.close()


def _write(sheet: object, merge: Merge, cell: Cell, look: Mapping[str, object]) -> None:
    from perfxl.layouts.sheet import Box

    box = Box(merge.top - 1, merge.left - 1, merge.bottom - 1, merge.right - 1)
    sheet.write(box, cell.value, look)  # type: ignore[attr-defined]


def _framed(frames: Sequence[Merge], row: int, column: int) -> bool:
    return any(one.top <= row <= one.bottom and one.left <= column <= one.right for one in frames)


def _blank(grid: Grid, merge: Merge) -> bool:
    return grid.cell(merge.top, merge.left).value is None and merge.top == merge.bottom and merge.left == merge.right


def _write_docx(sample: Sample, path: Path) -> None:
    """As a form in Word: its table between paragraphs, the lines above and below. What stands beside is left out."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.shared import Pt

    from tests.document_forms import add_table

    document = Document()
    document.styles["Normal"].font.size = Pt(9)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    for grid, frames in zip(sample.workbook.grids, sample.frames, strict=True):
        above = 0
        for frame in [*frames, None]:
            below = frame.top if frame else grid.last_row + 1
            for _, cells in (line for line in grid.rows() if above < line[0] < below):
                document.add_paragraph(_APART.join(cell.text for _, cell in cells))
            if frame:
                add_table(document, grid, frame).style = "Table Grid"
                above = frame.bottom
    document.save(str(path))


FILES: Mapping[str, FileKind] = {
    "xlsx": FileKind(".xlsx（XlsxWriter）", ".xlsx", _write_xlsx, ".xlsx"),
    "xls": FileKind(".xls（.xlsx 由 LibreOffice 另存）", ".xls", _write_xlsx, ".xlsx", "xls:MS Excel 97"),
    "html": FileKind(".html（.xlsx 由 LibreOffice 另存）", ".html", _write_xlsx, ".xlsx", "html:HTML (StarCalc)"),
    "docx": FileKind(".docx（python-docx，表格带合并单元格）", ".docx", _write_docx, ".docx"),
    "pdf": FileKind(".pdf（.xlsx 由 LibreOffice 打印）", ".pdf", _write_xlsx, ".xlsx", "pdf:calc_pdf_Export"),
    "word-pdf": FileKind(".pdf（.docx 由 LibreOffice 打印）", ".pdf", _write_docx, ".docx", "pdf:writer_pdf_Export"),
}
"""By name on the command line; `memory` besides them is no file."""


def through(kind: str, samples: Sequence[Sample]) -> Iterator[Workbook]:
    """Each sample's workbook as read from a file of that kind; `memory` is the workbook itself."""
    if kind == "memory":
        yield from (one.workbook for one in samples)
        return
    for start in range(0, len(samples), BATCH):
        with TemporaryDirectory() as folder:
            for path in written(FILES[kind], samples[start : start + BATCH], Path(folder)):
                yield read_workbook(path)


def written(kind: FileKind, samples: Sequence[Sample], folder: Path) -> list[Path]:
    """The samples as files of that kind in the folder."""
    paths = [folder / f"{number}{kind.written}" for number, _ in enumerate(samples, start=1)]
    for sample, path in zip(samples, paths, strict=True):
        kind.write(sample, path)
    if kind.filter:
        _convert(paths, kind.filter, folder)
    return [path.with_suffix(kind.suffix) for path in paths]


def _convert(paths: Sequence[Path], filter_name: str, folder: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        raise RuntimeError("LibreOffice is not installed")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    # `timeout` ends the program that soffice starts, too.
    command = ["timeout", _LONGEST, soffice, profile, "--headless", "--convert-to", filter_name]
    subprocess.run([*command, "--outdir", str(folder), *map(str, paths)], capture_output=True, check=True)
