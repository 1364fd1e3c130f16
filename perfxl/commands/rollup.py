"""`perfxl rollup`."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import typer

from perfxl.commands.exit_codes import CLEAN
from perfxl.commands.problems import UsageProblem

_MEMORY = 2**32
"""For one input: all that a lower level has. Ten thousand forms as JSON take 0.7 GB."""


def rollup(
    paths: list[Path] = typer.Argument(
        metavar="PATH", help="下级的 汇总表.xlsx、perfxl.db，或 check、rollup 的 JSON、JSONL。From lower levels."
    ),
    format: str = typer.Option("text", metavar="FORMAT", help="text json"),
    output: Path | None = typer.Option(None, metavar="FILE", help="写入文件而不是屏幕。Write there, not to stdout."),
    report: Path | None = typer.Option(
        None, metavar="DIR", help="另写 汇总表.xlsx，上一级可以再汇总。Also write a summary workbook."
    ),
    timeout: float = typer.Option(300, min=0.1, metavar="SECONDS", help="一份输入最多用时。Longest for one input."),
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> int:
    """汇总下级检查过的自评表：同一张表只计一次，后报的替换先报的。Roll up what lower levels have checked.

    先后：都有封签的看提交次数，否则看这里给出的次序。执行率为 Σ执行数 ÷ Σ预算数，平均分有简单和按预算加权两种。
    Of two versions the later counts: by submission number where both are sealed, else by the order given here.
    """
    from perfxl.commands import choices, outputs
    from perfxl.grid import CellRef
    from perfxl.limits import Limits, run_here
    from perfxl.rollup import Rollup
    from perfxl.rollup.inputs import Unusable, read_into
    from perfxl.rollup.output import ROLLUP_FORMATS
    from perfxl.sources import UnreadableFile

    language = choices.language(lang)
    write = ROLLUP_FORMATS[choices.one_of("--format", format, ROLLUP_FORMATS)]
    rolled, limits = Rollup(), Limits(seconds=timeout, memory=_MEMORY)
    for path in paths:
        if not path.is_file():
            raise UsageProblem(f"没有这个文件：{path}；请核对路径", f"no such file: {path}; check the path")
        try:
            run_here(partial(read_into, rolled, path), limits)
        except UnreadableFile as error:
            found = error.finding(CellRef(path.name))
            raise _unusable(path, found.message("zh"), found.message("en")) from error
        except Unusable as error:
            raise _unusable(path, str(error), error.en) from error
    with ExitStack() as stack:
        write(rolled, sys.stdout if output is None else outputs.text_file(stack, output), language)
    if report is not None:
        from perfxl.rollup.workbook import write_workbook

        with outputs.told(report):
            write_workbook(rolled, report, language)
    return CLEAN


def _unusable(path: Path, zh: str, en: str) -> UsageProblem:
    return UsageProblem(
        f"{path} 不能汇总：{zh}；请给 汇总表.xlsx 或 check --format json 的结果",
        f"{path} cannot be rolled up: {en}; give a 汇总表.xlsx or the output of check --format json",
    )
