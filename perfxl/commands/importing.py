"""`perfxl import`, and what `perfxl migrate` shares with it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.exit_codes import CLEAN, FINDINGS
from perfxl.commands.problems import UsageProblem
from perfxl.commands.workbooks import TIMEOUT

if TYPE_CHECKING:
    from perfxl.finding import Language
    from perfxl.form import Form
    from perfxl.grid import Workbook
    from perfxl.importing import Leftover
    from perfxl.scheme import Scheme

_NO_FORM = (
    "没有自评表或绩效目标表；请确认文件里有填好的表",
    "there is neither a self-evaluation nor an objective form in it; see that it is a filled form",
)


def import_(
    files: list[Path] = typer.Argument(metavar="FILE…", help="任何表样的自评表或目标表。Forms of any layout."),
    to: Path = typer.Option(metavar="DIR", help="写到哪个文件夹。Where to write the official forms."),
    scheme: str | None = typer.Option(
        None, "--scheme", metavar="ID", help="官方表的方案；不写则按表判定。Scheme of the official form."
    ),
    force: bool = typer.Option(False, "--force", help="覆盖已有文件。Overwrite."),
    timeout: float = TIMEOUT,
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> int:
    """把别的表样填好的表转到官方表，并列出没有带入的内容。

    Carry filled forms of any layout over into the official one, and list what has no place there.

    退出码：0 全部带入；1 有未带入的内容，或有文件读不出表。Exit code 1: something was left over or unread.
    """
    from perfxl.commands import choices, outputs
    from perfxl.commands.workbooks import existing, unreadable
    from perfxl.limits import Limits, run_here
    from perfxl.reports.escaping import visible
    from perfxl.sources import UnreadableFile

    chosen, language = choices.scheme(scheme), choices.language(lang)
    code = CLEAN
    outputs.folder(to)
    for path in existing(files):
        shown = visible(path.as_posix())
        try:
            workbook, forms = run_here(partial(_read, path), Limits(seconds=timeout))
        except UnreadableFile as error:
            typer.echo(f"{shown}: {visible(unreadable(error, language))}", err=True)
            code = FINDINGS
            continue
        if not forms:
            typer.echo(f"{shown}: {_NO_FORM[language == 'en']}", err=True)
            code = FINDINGS
        for number, form in enumerate(forms, start=1):
            out = to / (f"{path.stem}.xlsx" if len(forms) == 1 else f"{path.stem}-{number}.xlsx")
            refuse_existing(out, force=force)
            if not _carry_over(workbook, form, chosen, out, language):
                code = FINDINGS
    return code


def _read(path: Path) -> tuple[Workbook, tuple[Form, ...]]:
    from perfxl.reading import read_forms
    from perfxl.sources import read_workbook

    workbook = read_workbook(path)
    return workbook, read_forms(workbook)


def _carry_over(workbook: Workbook, form: Form, chosen: Scheme | None, out: Path, lang: Language) -> bool:
    """Write one form and say what was left over. Whether nothing was."""
    from perfxl.carried import carried_explanations
    from perfxl.commands.outputs import written
    from perfxl.detection import detect_scheme
    from perfxl.editing import apply_edits
    from perfxl.form import ObjectiveForm
    from perfxl.importing import content_of, other_kind, recomputed
    from perfxl.layouts import write_form
    from perfxl.reading import read_forms
    from perfxl.sources import read_workbook

    scheme = chosen or detect_scheme(form)[0]
    if (scheme.kind == "objective") is not isinstance(form, ObjectiveForm):
        typer.echo(f"{_place(form)}: {other_kind(form, scheme)[lang == 'en']}", err=True)
        return False
    imported = content_of(form, scheme)
    with written(out) as temporary:
        write_form(scheme, temporary, imported.content)
        if explained := carried_explanations(workbook, form, read_workbook(temporary)):
            temporary.write_bytes(apply_edits(temporary.read_bytes(), explained))
        changed = [pair for again in read_forms(read_workbook(temporary)) for pair in recomputed(form, again)]
    say_where(form, out, scheme, len(imported.content.indicators), lang)
    say_what_was_lost(imported.leftovers, changed, lang)
    return not imported.leftovers


def refuse_existing(out: Path, *, force: bool) -> None:
    """UsageProblem for a file that would be overwritten unasked."""
    if out.exists() and not force:
        raise UsageProblem(f"{out} 已存在；覆盖请加 --force", f"{out} exists; overwrite it with --force")


def _place(form: Form) -> str:
    from perfxl.reports.escaping import visible

    return visible(f"{form.at.file} › {form.at.sheet} {form.project}".rstrip())


def say_where(form: Form, out: Path, scheme: Scheme, count: int, lang: Language) -> None:
    """The line of a form that was carried over; `count` is the number of its indicators."""
    from perfxl.reports.escaping import visible

    about = f"（{scheme.id}，指标 {count} 条）" if lang == "zh" else f" ({scheme.id}, {count} indicators)"
    typer.echo(f"{_place(form)} → {visible(out.as_posix())}{about}")


def say_what_was_lost(leftovers: Iterable[Leftover], changed: Iterable[tuple[Leftover, str]], lang: Language) -> None:
    """A line for each cell that found no place, and for each that the formulas show otherwise."""
    from perfxl.reports.escaping import visible

    begin, sign = ("未带入", "：") if lang == "zh" else ("not carried over:", ": ")
    for left in leftovers:
        said = " ".join(filter(None, (begin, left.at.in_file, f"{left.label}{sign}{left.text}")))
        typer.echo(visible(f"  {said}"))
    for left, value in changed:
        if lang == "zh":
            line = f"重算 {left.at.in_file} {left.label}：原填 {left.text}，公式为 {value or '空白'}"
        else:
            line = (
                f"recomputed: {left.at.in_file} {left.label}: was {left.text}, the formula gives {value or 'a blank'}"
            )
        typer.echo(visible(f"  {line}"))
