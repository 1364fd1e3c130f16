"""`perfxl report`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.exit_codes import CLEAN, FINDINGS
from perfxl.commands.workbooks import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perfxl.finding import Language
    from perfxl.grid import Workbook
    from perfxl.scheme import Scheme
    from perfxl.words.kept import Written
    from perfxl.words.report import Report

SUFFIX = "-自评报告.docx"
_NO_FORM = (
    "没有自评表，不写报告；请给填好的自评表",
    "there is no self-evaluation in it, so no report is written; name a filled one",
)


def report(
    files: list[Path] = typer.Argument(metavar="FILE...", help="自评表。Self-evaluation forms."),
    out: Path | None = typer.Option(None, metavar="DIR", help="默认与表放在一起。Where to write."),
    scheme: str | None = typer.Option(None, metavar="ID", help="方案编号或 .toml 文件。Scheme to use."),
    pdf: bool = typer.Option(False, "--pdf", help="报告和表另存 PDF（要有 LibreOffice）。Report and form as PDF."),
    timeout: float = TIMEOUT,
    lang: str = typer.Option("zh", metavar="zh|en", help="屏幕上的语言。Language on the screen."),
) -> int:
    """支出绩效自评报告（.docx）：数字都取自表，文字留空待补。The report that goes with a form.

    表改了再运行一次：数字更新，已经写的文字保留，原文件另存 .bak。
    Run it again once the form has changed: numbers are renewed, what was written stays, a .bak is kept.
    """
    from perfxl.commands import choices
    from perfxl.commands.words import beside, require_pdf, save_pdfs
    from perfxl.commands.workbooks import existing, unreadable
    from perfxl.edit import EditError
    from perfxl.limits import Limits, run_here
    from perfxl.sources import UnreadableFile

    language, chosen = choices.language(lang), choices.scheme(scheme)
    _distinct(existing(files), out)
    require_pdf(pdf)
    code = CLEAN
    for file in files:
        folder = out or file.parent
        done: list[Path] = []
        try:
            workbook, documents = run_here(partial(_composed, file, folder, chosen), Limits(seconds=timeout))
            done = _write(workbook, documents, chosen, language)
        except UnreadableFile as error:
            _complain(file, unreadable(error, language))
        except EditError as error:
            _complain(file, error.said(language))
        else:
            if not done:
                _complain(file, _NO_FORM[language == "en"])
        if not done:
            code = FINDINGS
        elif pdf:
            save_pdfs({**beside(done), file: folder / f"{file.stem}.pdf"})
    return code


def _distinct(files: list[Path], out: Path | None) -> None:
    """UsageProblem where two files of one name would have their reports in one folder."""
    from perfxl.commands.problems import UsageProblem

    places = [((out or file.parent) / file.stem).as_posix().casefold() for file in files]
    for place, file in zip(places, files, strict=True):
        if places.count(place) > 1:
            raise UsageProblem(
                f"有几个文件都叫 {file.name}，报告会互相覆盖；请分几次运行，--out 各指定一个文件夹",
                f"several files are named {file.name}: reports would replace each other; run them apart, with --out",
            )


def _complain(file: Path, reason: str) -> None:
    from perfxl.reports.escaping import visible

    typer.echo(f"{visible(file.as_posix())}: {visible(reason)}", err=True)


@dataclass(frozen=True)
class _Document:
    """A report to write. `before` is what it replaces, None where nothing is there; `kept` counts its own sections."""

    path: Path
    before: bytes | None
    made: Report
    kept: int


def _composed(file: Path, folder: Path, scheme: Scheme | None) -> tuple[Workbook, list[_Document]]:
    """A report per self-evaluation of the file. Raises UnreadableFile and EditError."""
    from perfxl.commands.words import form_names
    from perfxl.review import review_workbook
    from perfxl.sources import read_workbook
    from perfxl.sources.raw_file import file_bytes
    from perfxl.words.report import report as compose

    workbook = read_workbook(file)
    reviewed = review_workbook(workbook, file.name, scheme=scheme)
    scored = [review for review in reviewed.reviews if review.scorecard]
    documents = []
    for review, name in zip(scored, form_names(file, len(scored)), strict=True):
        path = folder / f"{name}{SUFFIX}"
        before = file_bytes(path) if path.exists() else None
        written = _written(path, before) if before is not None else {}
        kept = sum(bool(section.texts) for section in written.values())
        documents.append(_Document(path, before, compose(workbook, reviewed, review, written), kept))
    return workbook, documents


def _write(workbook: Workbook, documents: list[_Document], scheme: Scheme | None, lang: Language) -> list[Path]:
    """Where the reports are now. Raises UnreadableFile and EditError."""
    from perfxl.commands.words import save
    from perfxl.editing import replaced

    for one in documents:
        if one.before is None:
            save(one.path, one.made.data)
        else:
            replaced(one.path, one.before, one.made.data, one.path, keep_backup=True)
        _tell(one.path, one.made, one.kept, lang)
        if len(documents) == 1:
            _tell_contradictions(workbook, one.path, scheme, lang)
    return [one.path for one in documents]


def _tell(path: Path, made: Report, kept: int, lang: Language) -> None:
    from perfxl.reports.escaping import visible

    said = f"待补 {made.gaps} 处，保留 {kept} 处" if lang == "zh" else f"{made.gaps} gaps, {kept} sections kept"
    typer.echo(f"{visible(path.as_posix())}: {said}")
    for text in made.lost:
        lost = "改过而没有保留" if lang == "zh" else "changed, not kept"
        typer.echo(f"  {lost}: {visible(text[:60])}", err=True)


def _tell_contradictions(workbook: Workbook, path: Path, scheme: Scheme | None, lang: Language) -> None:
    """Where the words that the clerk wrote disagree with the form."""
    from perfxl.reports.escaping import visible
    from perfxl.review import review_workbook
    from perfxl.words.reading import paragraphs_of

    for finding in review_workbook(workbook, path.name, scheme=scheme, beside=paragraphs_of(path)).findings:
        if finding.at.file == path.name:
            place = f"{finding.severity.label(lang)} {finding.code} {finding.at.in_file}"
            typer.echo(f"  {place} {visible(finding.message(lang))}", err=True)


def _written(path: Path, before: bytes) -> Mapping[str, Written]:
    """What stands in the report that is there already. Raises UnreadableFile.

    UsageProblem for a document without our marks: somebody else's is never overwritten."""
    from perfxl.commands.problems import UsageProblem
    from perfxl.words.kept import written_sections
    from perfxl.words.reading import read_blocks

    sections = written_sections(read_blocks(before))
    if not sections:
        raise UsageProblem(
            f"{path} 不是 perfxl 写的报告，没有覆盖；请用 --out 另选文件夹，或先改名",
            f"{path} is no report by perfxl and was left alone; choose another folder by --out, or rename it",
        )
    return sections
