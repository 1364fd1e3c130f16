"""`perfxl diff`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.exit_codes import CLEAN, FINDINGS
from perfxl.commands.workbooks import TIMEOUT

if TYPE_CHECKING:
    from perfxl.batch import Candidate


def diff(
    old: Path = typer.Argument(metavar="OLD", help="前一次报送的文件或文件夹。The submission before."),
    new: Path = typer.Argument(metavar="NEW", help="后一次报送的文件或文件夹。The submission after."),
    scheme: str | None = typer.Option(None, metavar="ID", help="方案编号或 .toml 文件。Scheme to use."),
    select: str | None = typer.Option(None, metavar="CODES", help="只比这些代码的问题。Only these findings."),
    ignore: str | None = typer.Option(None, metavar="CODES", help="不比这些代码的问题。All but these findings."),
    format: str = typer.Option("text", metavar="FORMAT", help="text json"),
    timeout: float = TIMEOUT,
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> int:
    """两次报送有哪些不同：按栏目和指标比，不按单元格；问题改了哪些、还有哪些。What two submissions differ in.

    退出码：0 没有不同；1 有不同或有打不开的文件；2 用法有误。
    Exit code: 0 no difference; 1 differences or unreadable files; 2 usage.
    """
    from perfxl.batch import Options
    from perfxl.commands import choices
    from perfxl.limits import Limits
    from perfxl.reports.differences import DIFFERENCES_FORMATS
    from perfxl.submissions import Pair, differences

    language = choices.language(lang)
    report = DIFFERENCES_FORMATS[choices.one_of("--format", format, DIFFERENCES_FORMATS)](sys.stdout, language)
    options = Options(choices.scheme(scheme), choices.left_out(select, ignore))
    sides = [_candidates(path) for path in (old, new)]
    code = CLEAN
    for one in differences(sides[0], sides[1], options, Limits(seconds=timeout)):
        report.add(one)
        if not (isinstance(one, Pair) and one.same):
            code = FINDINGS
    report.close()
    return code


def _candidates(path: Path) -> list[Candidate]:
    from perfxl.batch import collect
    from perfxl.commands.workbooks import present

    present([path])
    return [candidate for candidate in collect([path]) if not candidate.skipped]
