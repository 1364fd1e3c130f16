"""The application: every command by name."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer

_COMMANDS = {
    "check": "check.check",
    "score": "score.score",
    "diff": "diff.diff",
    "rollup": "rollup.rollup",
    "clean": "clean.clean",
    "report": "report.report",
    "notice": "notice.notice",
    "lock": "lock.lock",
    "unlock": "lock.unlock",
    "verify": "verify.verify",
    "receipt": "receipt.receipt",
    "explain": "explain.explain",
    "new": "new.new",
    "import": "importing.import_",
    "migrate": "migrating.migrate",
    "schema": "schema.schema",
    "completion": "shell_completion.completion",
}
"""Each command's function, as `module.name`. A module is loaded when a command of it is wanted."""
_GROUPS = {
    "scheme": "scheme.app",
    "template": "template.app",
    "key": "keys.app",
    "office": "office.office",
    "addin": "addin.addin",
}


def build_app(called: str = "") -> typer.Typer:
    """The application; texts in Chinese first. Where `called` names a command, that one alone: it starts the sooner."""
    app = typer.Typer(
        help="项目支出绩效自评表：下发模板、检查报送的表、核对评分。Official self-evaluation forms, checked.",
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_root)
    alone = called in _COMMANDS or called in _GROUPS
    for name, place in _COMMANDS.items():
        if not alone or name == called:
            app.command(name)(_loaded(place))
    for name, place in _GROUPS.items():
        if not alone or name == called:
            app.add_typer(_loaded(place), name=name)
    return app


def _loaded(place: str) -> Any:
    module, _, name = place.partition(".")
    return getattr(import_module(f"perfxl.commands.{module}"), name)


def _root(
    version: bool = typer.Option(False, "--version", help="显示版本。Show the version."),
    lang: str = typer.Option("zh", metavar="zh|en", help="语言；也可设 PERFXL_LANG。Language; or set PERFXL_LANG."),
) -> None:
    """项目支出绩效自评表：下发模板、检查报送的表、核对评分。Official self-evaluation forms, checked."""
    if version:
        from perfxl import __version__

        typer.echo(f"perfxl {__version__}")
        raise typer.Exit
