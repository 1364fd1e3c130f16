"""`perfxl template …`."""

from __future__ import annotations

from pathlib import Path

import typer

from perfxl.commands.exit_codes import FINDINGS

app = typer.Typer(help="官方空白表的生成和核对。The blank official forms.", no_args_is_help=True)
TEMPLATES = Path("templates")


@app.command()
def build(
    out: Path = typer.Option(TEMPLATES, metavar="DIR", help="写到哪里。Where to write them."),
) -> None:
    """按方案生成全部空白表。Write the blank form of every scheme."""
    from perfxl.commands.outputs import folder
    from perfxl.layouts import build_templates

    for path in build_templates(folder(out)):
        typer.echo(path.as_posix())


@app.command()
def check(
    folder: Path = typer.Option(TEMPLATES, "--dir", metavar="DIR", help="空白表在哪里。Where they are."),
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> int:
    """核对空白表是否与方案一致。Whether the templates are what the code writes."""
    from perfxl.commands import choices
    from perfxl.layouts import stale_templates

    chinese = choices.language(lang) == "zh"
    stale = list(stale_templates(folder))
    for name in stale:
        said = (
            "与方案不一致，请运行 perfxl template build" if chinese else "not what the scheme gives; run template build"
        )
        typer.echo(f"{name}: {said}")
    if not stale:
        typer.echo("空白表与方案一致" if chinese else "the templates are what the schemes give")
    return FINDINGS if stale else 0
