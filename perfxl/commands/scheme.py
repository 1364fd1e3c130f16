"""`perfxl scheme …`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.exit_codes import FINDINGS
from perfxl.commands.problems import UsageProblem

if TYPE_CHECKING:
    from perfxl.scheme import Scheme

app = typer.Typer(
    help="方案：每一版官方表的标签、分值、规则和依据。Editions of the official forms.", no_args_is_help=True
)


@app.command("list")
def list_schemes() -> None:
    """列出全部方案。All schemes."""
    from perfxl.reports.text import aligned
    from perfxl.scheme import builtin_schemes

    table = [[(scheme.id, ""), (_years(scheme), ""), (scheme.name, "")] for scheme in builtin_schemes().values()]
    for line in aligned(table):
        typer.echo("".join(text for text, _ in line).strip())


@app.command()
def show(
    name: str = typer.Argument(metavar="ID", help="方案编号或 .toml 文件。Id or file."),
) -> None:
    """一个方案的全部数字和依据。Every number of a scheme and where it comes from."""
    from perfxl.scheme_diff import flat

    scheme = _scheme(name)
    for source in scheme.sources.values():
        typer.echo(f"{'已核对' if source.confirmed else '未核对'}  {source.title}")
    typer.echo("")
    for key, text in flat(scheme.model_dump(exclude={"sources"})):
        typer.echo(f"{key} = {text}")


@app.command()
def check(
    files: list[Path] = typer.Argument(metavar="FILE", help="方案的 .toml 文件。Scheme files."),
) -> int:
    """检查方案文件。What does not fit in a scheme file."""
    from perfxl.scheme import check_file

    problems = [problem for file in files for problem in check_file(file)]
    for problem in problems:
        typer.echo(problem)
    if not problems:
        typer.echo("没有问题")
    return FINDINGS if problems else 0


@app.command()
def diff(
    a: str = typer.Argument(metavar="A", help="方案编号或 .toml 文件。Id or file."),
    b: str = typer.Argument(metavar="B", help="方案编号或 .toml 文件。Id or file."),
) -> None:
    """两个方案不同之处。Where two schemes differ."""
    from perfxl.scheme import differences

    left, right = _scheme(a), _scheme(b)
    changed = differences(left, right)
    for key, before, after in changed:
        typer.echo(f"{key}: {before} → {after}")
    if not changed:
        typer.echo("没有不同")


def _scheme(name: str) -> Scheme:
    from perfxl.commands import choices

    scheme = choices.scheme(name)
    if scheme is None:
        raise UsageProblem("缺少方案编号；可用的见 perfxl scheme list", "scheme missing; see perfxl scheme list")
    return scheme


def _years(scheme: Scheme) -> str:
    return f"{scheme.valid_from}–{scheme.valid_to or ''}"
