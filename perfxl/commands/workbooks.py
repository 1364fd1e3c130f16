"""Workbooks that a command changes: read, changed in memory, and each replaced as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from perfxl.commands.exit_codes import CLEAN, FINDINGS
from perfxl.commands.problems import UsageProblem

if TYPE_CHECKING:
    from perfxl.finding import Language
    from perfxl.problem import Problem
    from perfxl.sources import UnreadableFile


class Changed(NamedTuple):
    """The new bytes of a file, and what was done in Chinese and English. `beside` is written once the file is."""

    data: bytes
    zh: str
    en: str
    beside: tuple[tuple[Path, bytes], ...] = ()


_HOW: dict[Language, str] = {"zh": "  怎么改见 perfxl explain 代码", "en": "  perfxl explain CODE says how"}

Change = Callable[[bytes, Path], Changed]

TIMEOUT = typer.Option(20, min=0.1, metavar="SECONDS", help="一个文件最多用时。Longest for one file.")


def present(paths: Iterable[Path]) -> None:
    """UsageProblem for a path that is neither file nor folder."""
    for path in paths:
        if not path.exists():
            raise UsageProblem(
                f"没有这个文件或文件夹：{path}；请核对路径", f"no such file or folder: {path}; check the path"
            )


def existing(paths: list[Path]) -> list[Path]:
    """UsageProblem for a path that is no file."""
    for path in paths:
        if not path.is_file():
            raise UsageProblem(f"没有这个文件：{path}；请核对路径", f"no such file: {path}; check the path")
    return paths


def change_each(paths: list[Path], change: Change, *, keep_backup: bool, timeout: float, lang: Language) -> int:
    """Change every file and say for each what was done, or why it stayed as it was. The exit code."""
    from perfxl.commands.outputs import written
    from perfxl.edit import EditError
    from perfxl.editing import replaced
    from perfxl.limits import Limits, run_here
    from perfxl.locking import LockRefused
    from perfxl.reports.escaping import visible
    from perfxl.sources import UnreadableFile
    from perfxl.sources.raw_file import file_bytes

    code = CLEAN
    for path in existing(paths):
        shown = visible(path.as_posix())
        try:
            before = file_bytes(path)
            done = run_here(partial(change, before, path), Limits(seconds=timeout))
            replaced(path, before, done.data, path, keep_backup)
            for other, data in done.beside:
                with written(other) as temporary:
                    temporary.write_bytes(data)
        except (EditError, LockRefused, UnreadableFile) as error:
            typer.echo(f"{shown}: {refusal(error, lang)}", err=True)
            code = FINDINGS
        else:
            typer.echo(f"{shown}: {done.zh if lang == 'zh' else done.en}")
    return code


def refusal(error: Problem | UnreadableFile, lang: Language) -> str:
    """Why a file stayed as it was; what stands against a lock, line by line."""
    from perfxl.locking import LockRefused
    from perfxl.reports.escaping import visible
    from perfxl.reports.words import severity_word
    from perfxl.sources import UnreadableFile

    if isinstance(error, UnreadableFile):
        return visible(unreadable(error, lang))
    lines = [visible(error.said(lang))]
    if isinstance(error, LockRefused):
        for found in error.findings:
            place = f"{severity_word(found, lang)} {found.code} {found.at.in_file}"
            lines.append(f"  {visible(place)} {visible(found.message(lang))}")
        if error.findings:
            lines.append(_HOW[lang])
    return "\n".join(lines)


def unreadable(error: UnreadableFile, lang: Language) -> str:
    """Why a file cannot be read, and the cure."""
    from perfxl.grid import CellRef
    from perfxl.reports.words import with_cure

    return with_cure(error.finding(CellRef("")), lang)


def now() -> datetime:
    """The time with its offset from UTC."""
    return datetime.now().astimezone()
