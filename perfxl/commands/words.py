"""What the commands that write Word documents share: names of files, and PDF beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from perfxl.commands.problems import UsageProblem

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]+')
_LONGEST_NAME = 60
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def to_folder(folder: Path) -> None:
    """UsageProblem for a path that is no folder."""
    if not folder.is_dir():
        raise UsageProblem(f"没有这个文件夹：{folder}；请核对路径", f"no such folder: {folder}; check the path")


def file_name(text: str) -> str:
    """A text as part of a file name on any system; empty where nothing is left."""
    from perfxl.reports.escaping import visible

    name = _NOT_IN_NAMES.sub("_", visible("".join(text.split())))[:_LONGEST_NAME].strip("._ ")
    return f"_{name}" if _RESERVED.fullmatch(name) else name


def distinct(names: Iterable[str]) -> list[str]:
    """The names, those that were there before with a number behind; case does not tell two apart."""
    taken: set[str] = set()
    found: list[str] = []
    for base in names:
        name, number = base, 1
        while name.casefold() in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name.casefold())
        found.append(name)
    return found


def form_names(file: Path, count: int) -> list[str]:
    """What to call the documents about the forms of a workbook: its own name, numbered where it has several."""
    return [file.stem if count == 1 else f"{file.stem}-{number}" for number in range(1, count + 1)]


def require_pdf(wanted: bool) -> None:
    """UsageProblem before anything is written where PDF is asked for and LibreOffice is not there."""
    from perfxl.words.pdf import PdfUnavailable, soffice

    if wanted:
        try:
            soffice()
        except PdfUnavailable as error:
            raise UsageProblem(error.zh, error.en) from error


def save(path: Path, data: bytes) -> Path:
    """Write a document; its path."""
    from perfxl.commands.outputs import written

    with written(path) as temporary:
        temporary.write_bytes(data)
    return path


def save_pdfs(targets: Mapping[Path, Path]) -> None:
    """Document or workbook → where its PDF goes, all by one LibreOffice. UsageProblem where that fails."""
    from perfxl.words.pdf import PdfUnavailable, as_pdfs

    try:
        made = as_pdfs(list(targets)) if targets else []
    except PdfUnavailable as error:
        raise UsageProblem(error.zh, error.en) from error
    for target, data in zip(targets.values(), made, strict=True):
        save(target, data)


def beside(paths: Iterable[Path]) -> dict[Path, Path]:
    """Every document's PDF with its own name, in its own folder."""
    return {path: path.with_suffix(".pdf") for path in paths}
