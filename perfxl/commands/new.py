"""`perfxl new`."""

from __future__ import annotations

from pathlib import Path

import typer

from perfxl.commands.problems import UsageProblem


def new(
    scheme: str = typer.Argument(metavar="SCHEME", help="方案编号，见 perfxl scheme list。Id of the scheme."),
    out: Path = typer.Argument(metavar="OUT.xlsx", help="写到哪里。Where to write the form."),
    source: Path | None = typer.Option(
        None, "--from", metavar="OBJECTIVE.xlsx", help="从绩效目标表带入项目、预算、指标。Prefill from it."
    ),
    force: bool = typer.Option(False, "--force", help="覆盖已有文件。Overwrite."),
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> None:
    """一份空白表，或按绩效目标表预填的表。A blank form, or one prefilled from the objective form."""
    from perfxl.commands import choices
    from perfxl.commands.outputs import written
    from perfxl.commands.prefill import objective_form
    from perfxl.layouts import write_form
    from perfxl.layouts.content import BLANK_CONTENT
    from perfxl.prefilling import prefilled

    chosen = choices.scheme(scheme)
    assert chosen is not None
    if out.suffix.lower() != ".xlsx":
        raise UsageProblem(f"{out} 应以 .xlsx 结尾；请改文件名", f"{out} must end in .xlsx; change its name")
    if out.exists() and not force:
        raise UsageProblem(f"{out} 已存在；覆盖请加 --force", f"{out} exists; overwrite it with --force")
    content = BLANK_CONTENT if source is None else prefilled(chosen, objective_form(source, choices.language(lang)))
    with written(out) as temporary:
        write_form(chosen, temporary, content)
    typer.echo(out.as_posix())
