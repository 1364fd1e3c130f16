"""The application: every command by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from perfxl.commands import (
    addin,
    check,
    clean,
    diff,
    explain,
    importing,
    keys,
    lock,
    migrating,
    new,
    notice,
    office,
    receipt,
    report,
    rollup,
    schema,
    scheme,
    score,
    shell_completion,
    template,
    verify,
)

_COMMANDS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("check", check.check),
    ("score", score.score),
    ("diff", diff.diff),
    ("rollup", rollup.rollup),
    ("clean", clean.clean),
    ("report", report.report),
    ("notice", notice.notice),
    ("lock", lock.lock),
    ("unlock", lock.unlock),
    ("verify", verify.verify),
    ("receipt", receipt.receipt),
    ("explain", explain.explain),
    ("new", new.new),
    ("import", importing.import_),
    ("migrate", migrating.migrate),
    ("schema", schema.schema),
    ("completion", shell_completion.completion),
)


def build_app() -> typer.Typer:
    """The application; texts in Chinese first."""
    app = typer.Typer(
        help="项目支出绩效自评表：下发模板、检查报送的表、核对评分。Official self-evaluation forms, checked.",
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_root)
    for name, function in _COMMANDS:
        app.command(name)(function)
    app.add_typer(scheme.app, name="scheme")
    app.add_typer(template.app, name="template")
    app.add_typer(keys.app, name="key")
    app.add_typer(office.office, name="office")
    app.add_typer(addin.addin, name="addin")
    return app


def _root(
    version: bool = typer.Option(False, "--version", help="显示版本。Show the version."),
    lang: str = typer.Option("zh", metavar="zh|en", help="语言；也可设 PERFXL_LANG。Language; or set PERFXL_LANG."),
) -> None:
    """项目支出绩效自评表：下发模板、检查报送的表、核对评分。Official self-evaluation forms, checked."""
    if version:
        from perfxl import __version__

        typer.echo(f"perfxl {__version__}")
        raise typer.Exit
