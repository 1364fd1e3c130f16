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
    from perfxl.scheme_files import builtin_schemes

    table = [[(scheme.id, ""), (_years(scheme), ""), (scheme.name, "")] for scheme in builtin_schemes().values()]
    for line in aligned(table):
        typer.echo("".join(text for text, _ in line).strip())


@app.command()
def show(
    name: str = typer.Argument(metavar="ID", help="方案编号或 .toml 文件。Id or file."),
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> None:
    """一个方案的全部数字和依据。Every number of a scheme and where it comes from."""
    from dataclasses import asdict

    from perfxl.commands import choices
    from perfxl.scheme_diff import flat

    words = ("未核对", "已核对") if choices.language(lang) == "zh" else ("not read", "read    ")
    scheme = _scheme(name)
    for source in scheme.sources.values():
        typer.echo(f"{words[source.confirmed]}  {source.title}")
    typer.echo("")
    for key, text in flat({key: value for key, value in asdict(scheme).items() if key != "sources"}):
        typer.echo(f"{key} = {text}")


@app.command()
def check(
    files: list[Path] = typer.Argument(metavar="FILE", help="方案的 .toml 文件。Scheme files."),
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> int:
    """检查方案文件。What does not fit in a scheme file."""
    from perfxl.commands import choices
    from perfxl.scheme_files import check_file

    language = choices.language(lang)
    nothing = "没有问题" if language == "zh" else "nothing to mend"
    problems = [problem for file in files for problem in check_file(file, language)]
    for problem in problems:
        typer.echo(problem)
    if not problems:
        typer.echo(nothing)
    return FINDINGS if problems else 0


@app.command()
def copy(
    name: str = typer.Argument(metavar="ID", help="方案编号。Id of the scheme."),
    out: Path = typer.Argument(metavar="OUT.toml", help="写到哪里。Where to write it."),
    force: bool = typer.Option(False, "--force", help="覆盖已有文件。Overwrite."),
) -> None:
    """一个方案的文件，连同注释，供改成本地的方案。The file of a scheme, to write another one from."""
    from perfxl.commands.outputs import written
    from perfxl.scheme_files import builtin_text

    if name.endswith(".toml"):
        raise UsageProblem(
            f"{name} 本来就是文件；请直接复制它", f"{name} is a file already; copy it as files are copied"
        )
    text = builtin_text(_scheme(name))
    if out.exists() and not force:
        raise UsageProblem(f"{out} 已存在；覆盖请加 --force", f"{out} exists; overwrite it with --force")
    with written(out) as temporary:
        temporary.write_text(text, "utf-8", newline="\n")
    typer.echo(out.as_posix())


@app.command()
def diff(
    a: str = typer.Argument(metavar="ID", help="方案编号或 .toml 文件。Id or file."),
    b: str = typer.Argument(metavar="ID", help="方案编号或 .toml 文件。Id or file."),
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> None:
    """两个方案不同之处。Where two schemes differ."""
    from perfxl.commands import choices
    from perfxl.scheme_diff import differences

    nothing = "没有不同" if choices.language(lang) == "zh" else "no difference"
    left, right = _scheme(a), _scheme(b)
    changed = differences(left, right)
    for key, before, after in changed:
        typer.echo(f"{key}: {before} → {after}")
    if not changed:
        typer.echo(nothing)


def _scheme(name: str) -> Scheme:
    from perfxl.commands import choices

    scheme = choices.scheme(name)
    if scheme is None:
        raise UsageProblem(
            "缺少方案编号；请写一个，可用的见 perfxl scheme list",
            "no scheme is named; choose one of perfxl scheme list",
        )
    return scheme


def _years(scheme: Scheme) -> str:
    return f"{scheme.valid_from}–{scheme.valid_to or ''}"
