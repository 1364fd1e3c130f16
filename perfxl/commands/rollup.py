"""`perfxl rollup`."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import typer

from perfxl.commands.exit_codes import CLEAN
from perfxl.commands.problems import UsageProblem


def rollup(
    paths: list[Path] = typer.Argument(
        metavar="PATH", help="下级的 汇总表.xlsx、perfxl.db，或 check、rollup 的 JSON、JSONL。From lower levels."
    ),
    format: str = typer.Option("text", metavar="FORMAT", help="text json"),
    output: Path | None = typer.Option(None, metavar="FILE", help="写入文件而不是屏幕。Write there, not to stdout."),
    report: Path | None = typer.Option(
        None, metavar="DIR", help="另写 汇总表.xlsx，上一级可以再汇总。Also write a summary workbook."
    ),
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> int:
    """汇总下级检查过的自评表：同一张表只计一次，后报的替换先报的。Roll up what lower levels have checked.

    先后：都有封签的看提交次数，否则看这里给出的次序。执行率为 Σ执行数 ÷ Σ预算数，平均分有简单和按预算加权两种。
    Of two versions the later counts: by submission number where both are sealed, else by the order given here.
    """
    from perfxl.commands import choices, outputs
    from perfxl.rollup import Rollup
    from perfxl.rollup.inputs import Unusable, read_into
    from perfxl.rollup.output import ROLLUP_FORMATS

    language = choices.language(lang)
    write = ROLLUP_FORMATS[choices.one_of("--format", format, ROLLUP_FORMATS)]
    rolled = Rollup()
    for path in paths:
        if not path.is_file():
            raise UsageProblem(f"没有这个文件：{path}；请核对路径", f"no such file: {path}; check the path")
        try:
            read_into(rolled, path)
        except Unusable as error:
            raise UsageProblem(
                f"{path} 不能汇总：{error}；请给 汇总表.xlsx 或 check --format json 的结果",
                f"{path} cannot be rolled up: {error.en}; give a 汇总表.xlsx or the output of check --format json",
            ) from error
    with ExitStack() as stack:
        write(rolled, sys.stdout if output is None else outputs.text_file(stack, output), language)
    if report is not None:
        from perfxl.rollup.workbook import write_workbook

        with outputs.told(report):
            write_workbook(rolled, report, language)
    return CLEAN
