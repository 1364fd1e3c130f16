"""`perfxl import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.exit_codes import CLEAN, FINDINGS
from perfxl.commands.problems import UsageProblem

if TYPE_CHECKING:
    from perfxl.finding import Language
    from perfxl.form import Form
    from perfxl.scheme import Scheme


def import_(
    files: list[Path] = typer.Argument(metavar="FILE…", help="任何表样的自评表或目标表。Forms of any layout."),
    to: Path = typer.Option(metavar="DIR", help="写到哪个文件夹。Where to write the official forms."),
    scheme: str | None = typer.Option(
        None, "--scheme", metavar="ID", help="官方表的方案；不写则按表判定。Scheme of the official form."
    ),
    force: bool = typer.Option(False, "--force", help="覆盖已有文件。Overwrite."),
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
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

    chosen, language = choices.scheme(scheme), choices.language(lang)
    code = CLEAN
    to.mkdir(parents=True, exist_ok=True)
    for path in existing(files):
        shown = visible(path.as_posix())
        try:
            forms = read_forms(read_workbook(path))
        except UnreadableFile as error:
            typer.echo(f"{shown}: {visible(unreadable(error, language))}", err=True)
            code = FINDINGS
            continue
        if not forms:
            said = "没有自评表或目标表" if language == "zh" else "neither a self-evaluation nor an objective form"
            typer.echo(f"{shown}: {said}", err=True)
            code = FINDINGS
        for number, form in enumerate(forms, start=1):
            out = to / (f"{path.stem}.xlsx" if len(forms) == 1 else f"{path.stem}-{number}.xlsx")
            if out.exists() and not force:
                raise UsageProblem(f"{out} 已存在；覆盖请加 --force", f"{out} exists; overwrite it with --force")
            if not _carry_over(form, chosen, out, language):
                code = FINDINGS
    return code


def _carry_over(form: Form, chosen: Scheme | None, out: Path, lang: Language) -> bool:
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
        zh, en = f"与方案 {scheme.id} 不是同一种表，没有转", f"another kind of form than scheme {scheme.id}, left out"
        typer.echo(f"{place}: {zh if lang == 'zh' else en}", err=True)
        return False
    imported = content_of(form, scheme)
    with written(out) as temporary:
        write_form(scheme, temporary, imported.content)
        changed = [pair for again in read_forms(read_workbook(temporary)) for pair in recomputed(form, again)]
    count = len(imported.content.indicators)
    zh, en = f"（{scheme.id}，指标 {count} 条）", f" ({scheme.id}, {count} indicators)"
    typer.echo(f"{place} → {visible(out.as_posix())}{zh if lang == 'zh' else en}")
    for left in imported.leftovers:
        zh, en = f"未带入 {left.at.in_file} {left.label}：", f"left over {left.at.in_file} {left.label}: "
        typer.echo(visible(f"  {zh if lang == 'zh' else en}{left.text}"))
    for left, value in changed:
        zh = f"重算 {left.at.in_file} {left.label}：原填 {left.text}，公式为 {value or '空白'}"
        en = f"computed anew {left.at.in_file} {left.label}: was {left.text}, the formula gives {value or 'a blank'}"
        typer.echo(visible(f"  {zh if lang == 'zh' else en}"))
    return not imported.leftovers
