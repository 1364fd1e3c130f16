"""Opens the reports of `check` and sees that files are written whole."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from perfxl.commands.problems import UsageProblem
from perfxl.os_errors import english_reason, reason
from perfxl.reports import open_report
from perfxl.reports.files import PAGE, SUMMARY, replacing
from perfxl.reports.view import Report, View


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """A temporary path that replaces `path` in the end. UsageProblem where that cannot be written."""
    with told(path), replacing(path) as temporary:
        yield temporary


def folder(path: Path) -> Path:
    """The folder to write into, made where there is none. UsageProblem where that cannot be."""
    with told(path):
        path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def told(path: Path) -> Iterator[None]:
    """UsageProblem where `path` cannot be written."""
    try:
        yield
    except PermissionError as error:
        raise UsageProblem(
            f"无法写入 {path}：没有权限，或文件正被打开；请先在 Excel 或 WPS 中关闭，没有打开的请换一个位置",
            f"cannot write {path}: no permission, or it is open; close it in Excel or WPS first, or choose another"
            " place",
        ) from error
    except OSError as error:
        raise UsageProblem(
            f"无法写入 {path}（{reason(error)}）；请换一个位置",
            f"cannot write {path} ({english_reason(error)}); choose another place",
        ) from error


def main_report(stack: ExitStack, name: str, output: Path | None, view: View) -> Report:
    """The report of --format, on stdout or in the file of --output."""
    return open_report(name, sys.stdout if output is None else text_file(stack, output), view)


def folder_reports(stack: ExitStack, folder: Path, view: View) -> list[Report]:
    """The reports of --report."""
    from perfxl.reports.html import HtmlReport
    from perfxl.reports.summary import SummaryReport

    workbook = stack.enter_context(written(folder / SUMMARY))
    page = text_file(stack, folder / PAGE)
    return [SummaryReport(workbook, folder, view), HtmlReport(page, view, folder)]


def text_file(stack: ExitStack, path: Path) -> TextIO:
    """Replaces `path` when the stack is closed."""
    temporary = stack.enter_context(written(path))
    return stack.enter_context(temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="\n"))
