"""`perfxl office …`: LibreOffice with our menu."""

from __future__ import annotations

from pathlib import Path

import typer

from perfxl.commands.addin import PROFILE, said

office = typer.Typer(help="在 LibreOffice 里用绩效自评按钮。The buttons inside LibreOffice.", no_args_is_help=True)


@office.command()
def start(
    file: Path = typer.Argument(metavar="FILE", help="自评表。A form."),
    profile: Path | None = PROFILE,
) -> None:
    """用 LibreOffice 打开表，带菜单“绩效自评”。Open a form in LibreOffice with our menu."""
    from perfxl.commands.workbooks import existing

    existing([file])
    with said():
        from xlwings_addin.hosts import install as menu

        menu.start(file, profile)
