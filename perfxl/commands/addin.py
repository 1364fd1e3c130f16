"""`perfxl addin …`: the buttons built, put into Excel or LibreOffice, and looked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.exit_codes import CLEAN, FINDINGS
from perfxl.commands.problems import UsageProblem
from perfxl.problem import Problem

if TYPE_CHECKING:
    from xlwings_addin.machine import Machine

addin = typer.Typer(
    help="生成、装、查、卸绩效自评按钮。Build, install, look for, remove the buttons.", no_args_is_help=True
)

_LIBREOFFICE = typer.Option(False, "--libreoffice", help="LibreOffice 的菜单和工具栏。Menu and toolbar of LibreOffice.")
LANG = typer.Option("zh", metavar="zh|en", help="语言。Language.")
PROFILE = typer.Option(None, metavar="DIR", help="LibreOffice 配置文件夹，默认为本人的。Profile folder.")


@contextmanager
def said() -> Iterator[None]:
    """What stands in the way, as a sentence."""
    try:
        yield
    except ImportError as error:
        raise UsageProblem(
            "按钮所需的部分没有装；请运行 pip install 'perfxl[excel]'",
            "what the buttons need is not installed; run pip install 'perfxl[excel]'",
        ) from error
    except Problem as error:
        raise UsageProblem(error.zh, error.en) from error


@addin.command("build")
def build(
    out: Path = typer.Option(Path("build/addin"), "--out", metavar="DIR", help="写到哪个文件夹。Folder to write to."),
    libreoffice: bool = _LIBREOFFICE,
) -> None:
    """生成加载项 perfxl.xlam 和各方案带宏的表 .xlsm。Write the add-in and the forms with macros."""
    from perfxl.commands.outputs import folder

    with said():
        if libreoffice:
            from xlwings_addin.hosts import install as menu

            written = [menu.build_package(folder(out))]
        else:
            from xlwings_addin import build as building

            written = building.build(folder(out))
    for path in written:
        typer.echo(path)


@addin.command("install")
def install(libreoffice: bool = _LIBREOFFICE, profile: Path | None = PROFILE, lang: str = LANG) -> None:
    """装上按钮；重新启动 Excel 或 LibreOffice 后可见。Install the buttons."""
    with said():
        if libreoffice:
            from xlwings_addin.hosts import install as menu

            menu.install(profile)
            _say(
                lang,
                "已装上，重新启动 LibreOffice 后见菜单“绩效自评”",
                "installed; restart LibreOffice to see the menu",
            )
        else:
            from xlwings_addin import build as building
            from xlwings_addin import excel_setup

            excel_setup.install(_windows(), building.addin())
            _say(
                lang,
                "已装上，打开 Excel 后见选项卡“绩效自评”；不见时请执行 perfxl addin doctor",
                "installed; open Excel to see the tab. If it is not there, run perfxl addin doctor",
            )


@addin.command("remove")
def remove(libreoffice: bool = _LIBREOFFICE, profile: Path | None = PROFILE, lang: str = LANG) -> None:
    """卸下按钮。Remove the buttons."""
    with said():
        if libreoffice:
            from xlwings_addin.hosts import install as menu

            menu.remove(profile)
            _say(lang, "已卸下", "removed")
        else:
            from xlwings_addin import excel_setup

            if excel_setup.remove(_windows()):
                _say(lang, "已卸下", "removed")
            else:
                _say(lang, "本来没有装", "it was not installed")


@addin.command("status")
def status(libreoffice: bool = _LIBREOFFICE, profile: Path | None = PROFILE, lang: str = LANG) -> int:
    """按钮装了没有；没装时退出码为 1。Whether the buttons are installed."""
    with said():
        if libreoffice:
            from xlwings_addin.hosts import install as menu

            there = menu.is_installed(profile)
        else:
            from xlwings_addin import excel_setup

            there = excel_setup.is_installed(_windows())
    if there:
        _say(lang, "已装上", "installed")
    else:
        _say(lang, "没有装", "not installed")
    return CLEAN if there else FINDINGS


@addin.command("doctor")
def doctor() -> int:
    """Excel 里没有按钮、按了没有反应时，查明原因；结果可以贴进邮件。Why the buttons do not work in Excel."""
    with said():
        from xlwings_addin import build as building
        from xlwings_addin import excel_setup

        machine = _windows()
        found = excel_setup.doctor(machine, building.addin())
        typer.echo(excel_setup.report(machine, found))
    return FINDINGS if any(one.cure for one in found) else CLEAN


def _windows() -> Machine:
    from xlwings_addin.machine import this_machine

    machine = this_machine()
    if machine is None:
        raise UsageProblem(
            "Excel 加载项只能装在 Windows 上；LibreOffice 请加 --libreoffice",
            "the Excel add-in goes on Windows only; for LibreOffice add --libreoffice",
        )
    return machine


def _say(lang: str, zh: str, en: str) -> None:
    from perfxl.commands import choices

    typer.echo(zh if choices.language(lang) == "zh" else en)
