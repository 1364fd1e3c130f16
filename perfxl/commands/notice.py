"""`perfxl notice`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.exit_codes import CLEAN
from perfxl.commands.workbooks import TIMEOUT

if TYPE_CHECKING:
    from perfxl.edit import EditError
    from perfxl.finding import Language
    from perfxl.limits import Limits
    from perfxl.review import FileReview
    from perfxl.scheme import Scheme
    from perfxl.sources import UnreadableFile
    from perfxl.words.notice import Returned

FOLDER, LIST, LETTER = "退回", "退回清单.docx", "退回意见书.docx"


def notice(
    folder: Path = typer.Argument(metavar="DIR", help="放报送表的文件夹。The folder of submitted forms."),
    out: Path | None = typer.Option(None, metavar="DIR", help="默认 DIR/退回。Where to write."),
    issuer: str = typer.Option("", metavar="NAME", help="退回的单位，落款用。Who returns them."),
    number: str = typer.Option("", metavar="TEXT", help="发文字号；不写则留空。Document number."),
    deadline: str = typer.Option("", metavar="DATE", help="重新报送的期限，如 2026年3月31日。Until when."),
    scheme: str | None = typer.Option(None, metavar="ID", help="方案编号或 .toml 文件。Scheme to use."),
    pdf: bool = typer.Option(False, "--pdf", help="另存 PDF（要有 LibreOffice）。PDF as well."),
    timeout: float = TIMEOUT,
    lang: str = typer.Option("zh", metavar="zh|en", help="屏幕上的语言。Language on the screen."),
) -> int:
    """退回意见书：每个单位一份，附批注副本和退回清单。Return notices, one per unit, with annotated copies.

    只写退回的文件，即有错误的。打不开的文件没有单位可寄，在屏幕上列出。
    For returned files only, those with errors. Unreadable ones have no unit to write to and are listed.
    """
    from perfxl.batch import Options, collect
    from perfxl.commands import choices
    from perfxl.commands.words import beside, distinct, file_name, require_pdf, save, save_pdfs, to_folder
    from perfxl.limits import Limits, check_here
    from perfxl.reports.escaping import visible
    from perfxl.reports.words import brackets
    from perfxl.words.notice import Letterhead, covering_list, unit_of
    from perfxl.words.notice import notice as letter

    language = choices.language(lang)
    chosen = choices.scheme(scheme)
    to_folder(folder)
    require_pdf(pdf)
    target = out or folder / FOLDER
    units: dict[str, list[tuple[Path, FileReview]]] = {}
    limits = Limits(seconds=timeout)
    for candidate in collect([folder], leave_out=[target]):
        file = check_here(candidate, Options(chosen), limits)
        if file.status == "returned":
            units.setdefault(unit_of(file), []).append((candidate.path, file))
        elif file.status == "unreadable":
            said = "打不开，没有写意见书" if language == "zh" else "unreadable, no notice written"
            why = "；".join(finding.message(language) for finding in file.file_findings)
            typer.echo(f"{visible(file.path)}: {said}{brackets(visible(why), language)}", err=True)
    letterhead = Letterhead(issuer, number, deadline)
    notices: list[tuple[str, list[Returned]]] = []
    documents: list[Path] = []
    names = sorted(units)
    for unit, folder_name in zip(names, distinct(file_name(unit) or "未填单位" for unit in names), strict=True):
        place = target / folder_name
        files = _with_copies(units[unit], place, chosen, language, limits)
        documents.append(save(place / LETTER, letter(unit, files, letterhead)))
        notices.append((unit, files))
    if not notices:
        typer.echo("没有要退回的文件，没有写意见书" if language == "zh" else "nothing to return, no notice written")
        return CLEAN
    documents.append(save(target / LIST, covering_list(notices, letterhead)))
    if pdf:
        save_pdfs(beside(documents))
    count = sum(len(files) for _, files in notices)
    typer.echo(
        f"退回 {len(notices)} 个单位 {count} 个文件：{target.as_posix()}"
        if language == "zh"
        else f"returned: {count} files of {len(notices)} units: {target.as_posix()}"
    )
    return CLEAN


def _with_copies(
    files: list[tuple[Path, FileReview]], place: Path, scheme: Scheme | None, lang: Language, limits: Limits
) -> list[Returned]:
    """The files with their annotated copies written; without one where the workbook is locked."""
    from perfxl.commands.words import distinct, save
    from perfxl.edit import EditError
    from perfxl.limits import run_here
    from perfxl.reports.escaping import visible
    from perfxl.sources import UnreadableFile
    from perfxl.words.notice import Returned

    returned: list[Returned] = []
    names = distinct(f"{visible(path.stem)}-批注" for path, _ in files)
    for (path, review), name in zip(files, names, strict=True):
        copy = f"{name}.xlsx"
        try:
            data = run_here(partial(_annotated, path, scheme), limits)
        except (EditError, UnreadableFile) as error:
            typer.echo(f"{visible(path.as_posix())}: {visible(_no_copy(error, lang))}", err=True)
            returned.append(Returned(review))
            continue
        save(place / copy, data)
        returned.append(Returned(review, copy))
    return returned


def _no_copy(error: EditError | UnreadableFile, lang: Language) -> str:
    from perfxl.commands.workbooks import refusal

    why = refusal(error, lang)
    return f"没有批注副本：{why}" if lang == "zh" else f"no annotated copy: {why}"


def _annotated(path: Path, scheme: Scheme | None) -> bytes:
    from perfxl.markup import marked
    from perfxl.sources.raw_file import file_bytes

    return marked(file_bytes(path), path.name, scheme=scheme)[0]
