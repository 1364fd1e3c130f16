"""`perfxl migrate`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.exit_codes import CLEAN, FINDINGS
from perfxl.commands.problems import UsageProblem
from perfxl.commands.workbooks import TIMEOUT

if TYPE_CHECKING:
    from perfxl.finding import Language
    from perfxl.migrating import Migration
    from perfxl.scheme import Scheme


def migrate(
    files: list[Path] = typer.Argument(metavar="FILE…", help="用旧版模板填的表。Forms on an older template."),
    to: Path | None = typer.Option(
        None,
        metavar="DIR",
        help="写到哪个文件夹；不写则在原文件旁，名为 X-迁移.xlsx。Where to; beside the file by default.",
    ),
    scheme: str | None = typer.Option(
        None, "--scheme", metavar="ID", help="转到哪个方案；不写则为文件写明的方案。The scheme of the file by default."
    ),
    force: bool = typer.Option(False, "--force", help="覆盖已有文件。Overwrite."),
    timeout: float = TIMEOUT,
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> int:
    """把旧版模板填的表转到现行模板：数值、说明和锁定记录都带过去，原文件不动。

    Carry forms on an older template over to the current one, with their values, explanations and history; the file
    itself stays as it is. A locked form has to be unlocked first. What the new form has no place for is listed.

    退出码：0 全部带入或已是现行模板；1 有未带入的内容，或有文件不能迁移；2 用法有误。

    Exit code: 0 all carried over or current already; 1 something left over or a file that cannot be carried; 2 usage.
    """
    from perfxl.commands import choices
    from perfxl.commands.workbooks import existing, unreadable
    from perfxl.edit import EditError
    from perfxl.limits import Limits, run_here
    from perfxl.locking import LockRefused
    from perfxl.migrating import MigrationRefused
    from perfxl.reports.escaping import visible
    from perfxl.sources import UnreadableFile

    chosen, language = choices.scheme(scheme), choices.language(lang)
    code = CLEAN
    for path, out in _outputs(existing(files), to, force=force):
        shown = visible(path.as_posix())
        try:
            plan = run_here(partial(_plan, path, chosen), Limits(seconds=timeout))
            if not plan.needed:
                typer.echo(f"{shown}: {_current(plan, language)}")
            elif not _carry_over(plan, path, out, language):
                code = FINDINGS
        except UnreadableFile as error:
            typer.echo(f"{shown}: {visible(unreadable(error, language))}", err=True)
            code = FINDINGS
        except (MigrationRefused, LockRefused, EditError) as error:
            typer.echo(f"{shown}: {visible(error.said(language))}", err=True)
            code = FINDINGS
    return code


def _outputs(files: list[Path], to: Path | None, *, force: bool) -> list[tuple[Path, Path]]:
    """Each file with where it goes. UsageProblem, before anything is written, for places that are taken."""
    from perfxl.commands.importing import refuse_existing

    pairs = [(path, to / f"{path.stem}.xlsx" if to else path.with_name(f"{path.stem}-迁移.xlsx")) for path in files]
    taken = {path.resolve() for path in files}
    for _, out in pairs:
        if out.resolve() in taken:
            raise UsageProblem(
                f"{out} 是另一个文件的去处或原文件；请用 --to 换一个文件夹，或分几次迁移",
                f"{out} is one of the files or another one goes there; choose another folder with --to",
            )
        taken.add(out.resolve())
        refuse_existing(out, force=force)
    return pairs


def _plan(path: Path, scheme: Scheme | None) -> Migration:
    from perfxl.migrating import migration
    from perfxl.sources import read_workbook

    return migration(read_workbook(path), scheme)


def _carry_over(plan: Migration, path: Path, out: Path, lang: Language) -> bool:
    """Write one form and say what became of it. Whether nothing was left over."""
    from perfxl.commands.importing import say_what_was_lost, say_where
    from perfxl.commands.outputs import written
    from perfxl.migrating import objects_in, write_migrated

    with written(out) as temporary:
        done = write_migrated(plan, temporary)
    lost = (*done.leftovers, *objects_in(path))
    say_where(plan.form, out, plan.scheme, done.indicators, lang)
    kept = [
        (f"说明 {done.explanations} 条", f"{done.explanations} explanations") if done.explanations else None,
        (f"锁定记录 {len(plan.seal.history)} 条", f"{len(plan.seal.history)} events of its history")
        if plan.seal
        else None,
    ]
    said = [words[lang == "en"] for words in kept if words]
    if said:
        typer.echo(f"  带入 {'，'.join(said)}" if lang == "zh" else f"  carried over: {', '.join(said)}")
    say_what_was_lost(lost, done.recomputed, lang)
    return not lost


def _current(plan: Migration, lang: Language) -> str:
    id_, version = plan.scheme.id, plan.scheme.version
    if lang == "zh":
        return f"已是现行模板，没有改写（{id_}，第 {version} 版）"
    return f"on the current template already, nothing written ({id_}, version {version})"
