"""`perfxl office …` and `perfxl addin …`: the buttons inside LibreOffice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import typer

from perfxl.commands.exit_codes import CLEAN, FINDINGS
from perfxl.commands.problems import UsageProblem

office = typer.Typer(help="在 LibreOffice 里用绩效自评按钮。The buttons inside LibreOffice.", no_args_is_help=True)
addin = typer.Typer(help="装、查、卸绩效自评按钮。Install, look for, remove the buttons.", no_args_is_help=True)

_LIBREOFFICE = typer.Option(False, "--libreoffice", help="LibreOffice 的菜单和工具栏。Menu and toolbar of LibreOffice.")
_PROFILE = typer.Option(None, metavar="DIR", help="LibreOffice 配置文件夹，默认为本人的。Profile folder.")


@office.command()
def start(
    file: Path = typer.Argument(metavar="FILE", help="自评表。A form."),
    profile: Path | None = _PROFILE,
) -> None:
    """用 LibreOffice 打开表，带菜单“绩效自评”。Open a form in LibreOffice with our menu."""
    from perfxl.commands.workbooks import existing

    existing([file])
    with _said():
        from xlwings_addin.hosts import install as menu

        menu.start(file, profile)


@addin.command("build")
def build(
    out: Path = typer.Option(Path("build/addin"), "--out", metavar="DIR", help="写到哪个文件夹。Folder to write to."),
    libreoffice: bool = _LIBREOFFICE,
) -> None:
    """生成加载项 perfxl.xlam 和各方案带宏的表 .xlsm。Write the add-in and the forms with macros."""
    with _said():
        if libreoffice:
            from xlwings_addin.hosts import install as menu

            out.mkdir(parents=True, exist_ok=True)
            written = [menu.build_package(out)]
        else:
            from xlwings_addin import build as building

            written = building.build(out)
    for path in written:
        typer.echo(path)


@addin.command("install")
def install(libreoffice: bool = _LIBREOFFICE, profile: Path | None = _PROFILE) -> None:
    """装上按钮；重新启动 LibreOffice 后可见。Install the buttons."""
    _only_libreoffice(libreoffice)
    _done(lambda menu: menu.install(profile), "已装上，重新启动 LibreOffice 后见菜单“绩效自评”")


@addin.command("remove")
def remove(libreoffice: bool = _LIBREOFFICE, profile: Path | None = _PROFILE) -> None:
    """卸下按钮。Remove the buttons."""
    _only_libreoffice(libreoffice)
    _done(lambda menu: menu.remove(profile), "已卸下")


@addin.command("status")
def status(libreoffice: bool = _LIBREOFFICE, profile: Path | None = _PROFILE) -> int:
    """按钮装了没有；没装时退出码为 1。Whether the buttons are installed."""
    _only_libreoffice(libreoffice)
    with _said():
        from xlwings_addin.hosts import install as menu

        there = menu.is_installed(profile)
    typer.echo("已装上" if there else "没有装")
    return CLEAN if there else FINDINGS


def _only_libreoffice(asked: bool) -> None:
    if not asked:
        raise UsageProblem("Excel 加载项还没有做完；LibreOffice 请加 --libreoffice", "add --libreoffice")


def _done(action: Callable[[ModuleType], None], said: str) -> None:
    with _said():
        from xlwings_addin.hosts import install as menu

        action(menu)
    typer.echo(said)


@contextmanager
def _said() -> Iterator[None]:
    """What stands in the way, as a sentence."""
    try:
        yield
    except ImportError as error:
        raise UsageProblem(
            "按钮需要另装：pip install 'perfxl[excel]'", "the buttons need: pip install 'perfxl[excel]'"
        ) from error
    except RuntimeError as error:
        raise UsageProblem(str(error), str(error)) from error
