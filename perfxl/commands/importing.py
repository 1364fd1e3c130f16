"""`perfxl import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.exit_codes import CLEAN, FINDINGS
from perfxl.commands.problems import UsageProblem

if TYPE_CHECKING:
    from perfxl.form import Form
    from perfxl.scheme import Scheme


def import_(
    files: list[Path] = typer.Argument(metavar="FILE…", help="任何表样的自评表或目标表。Forms of any layout."),
    to: Path = typer.Option(metavar="DIR", help="写到哪个文件夹。Where to write the official forms."),
    scheme: str | None = typer.Option(
        None, "--scheme", metavar="ID", help="官方表的方案；不写则按表判定。Scheme of the official form."
    ),
    force: bool = typer.Option(False, "--force", help="覆盖已有文件。Overwrite."),
) -> int:
    """把别的表样填好的表转到官方表，并列出没有带入的内容。

    Carry filled forms of any layout over into the official one, and list what has no place there.

    退出码：0 全部带入；1 有未带入的内容，或有文件读不出表。Exit code 1: something was left over or unread.
    """
    from perfxl.commands import choices
    from perfxl.commands.workbooks import existing, unreadable
    from perfxl.reading import read_forms
    from perfxl.reports.escaping import visible
    from perfxl.sources import UnreadableFile, read_workbook

    chosen = choices.scheme(scheme)
    code = CLEAN
    to.mkdir(parents=True, exist_ok=True)
    for path in existing(files):
        shown = visible(path.as_posix())
        try:
            forms = read_forms(read_workbook(path))
        except UnreadableFile as error:
            typer.echo(f"{shown}: {visible(unreadable(error, 'zh'))}", err=True)
            code = FINDINGS
            continue
        if not forms:
            typer.echo(f"{shown}: 没有自评表或目标表", err=True)
            code = FINDINGS
        for number, form in enumerate(forms, start=1):
            out = to / (f"{path.stem}.xlsx" if len(forms) == 1 else f"{path.stem}-{number}.xlsx")
            if out.exists() and not force:
                raise UsageProblem(f"{out} 已存在；覆盖请加 --force", f"{out} exists; overwrite it with --force")
            if not _carry_over(form, chosen, out):
                code = FINDINGS
    return code


def _carry_over(form: Form, chosen: Scheme | None, out: Path) -> bool:
    """Write one form and say what was left over. Whether nothing was."""
    from perfxl.commands.outputs import written
    from perfxl.detection import detect_scheme
    from perfxl.form import ObjectiveForm
    from perfxl.importing import content_of, recomputed
    from perfxl.layouts import write_form
    from perfxl.reading import read_forms
    from perfxl.reports.escaping import visible
    from perfxl.sources import read_workbook

    scheme = chosen or detect_scheme(form)[0]
    place = visible(f"{form.at.file} › {form.at.sheet} {form.project}".rstrip())
    if (scheme.kind == "objective") is not isinstance(form, ObjectiveForm):
        typer.echo(f"{place}: 与方案 {scheme.id} 不是同一种表，没有转", err=True)
        return False
    imported = content_of(form, scheme)
    with written(out) as temporary:
        write_form(scheme, temporary, imported.content)
        changed = [pair for again in read_forms(read_workbook(temporary)) for pair in recomputed(form, again)]
    typer.echo(f"{place} → {visible(out.as_posix())}（{scheme.id}，指标 {len(imported.content.indicators)} 条）")
    for left in imported.leftovers:
        typer.echo(visible(f"  未带入 {left.at.in_file} {left.label}：{left.text}"))
    for left, value in changed:
        typer.echo(visible(f"  重算 {left.at.in_file} {left.label}：原填 {left.text}，公式为 {value or '空白'}"))
    return not imported.leftovers
