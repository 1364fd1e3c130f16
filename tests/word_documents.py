"""Word documents of the returned forms: what the tests of 退回意见书, 评分底稿 and 自评报告 share."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import docx

from perfxl.grid import Workbook
from perfxl.review import FileReview, review_workbook
from perfxl.sources import read_workbook
from perfxl.words.kept import written_sections
from perfxl.words.reading import read_blocks
from perfxl.words.report import Report, report
from tests.commands import RETURNED, ROOT

PUBLISHED = ROOT / "examples" / "retyped" / "lincang-2021-report.tsv"
SEEDS = {
    "gumei": ("古美路街道办事处-2020", 0),
    "kunming-2019": ("上海市人民政府驻昆明办事处-2019", 0),
    "kunming-2020-1": ("上海市人民政府驻昆明办事处-2020", 0),
    "kunming-2020-2": ("上海市人民政府驻昆明办事处-2020", 1),
    "lincang": ("临沧市人民政府办公室-2021", 0),
}


@cache
def workbook_of(name: str) -> Workbook:
    """The forms alone: a report that lies in the workbook is left out."""
    book = read_workbook(RETURNED / f"{name}.xlsx")
    return replace(book, grids=tuple(grid for grid in book.grids if grid.sheet != "自评报告"))


@cache
def reviewed(name: str) -> FileReview:
    return review_workbook(workbook_of(name), f"{name}.xlsx")


@cache
def report_of(seed: str, before: bytes | None = None) -> Report:
    name, index = SEEDS[seed]
    book = workbook_of(name)
    file = review_workbook(book, f"{name}.xlsx")
    return report(book, file, file.reviews[index], written_sections(read_blocks(before)) if before else {})


def published(tmp_path: Path, changed: dict[str, str]) -> Path:
    """The published report of 临沧 as .docx; `changed` are words to replace."""
    book = docx.Document()
    for line in PUBLISHED.read_text("utf-8").splitlines():
        text = line.split("\t")[1].replace("␣", " ")
        for before, after in changed.items():
            text = text.replace(before, after)
        book.add_paragraph(text)
    path = tmp_path / "自评报告.docx"
    book.save(str(path))
    return path
