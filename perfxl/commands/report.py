"""`perfxl report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.exit_codes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perfxl.finding import Language
    from perfxl.scheme import Scheme
    from perfxl.words.kept import Written

SUFFIX = "-自评报告.docx"


def report(
    files: list[Path] = typer.Argument(metavar="FILE...", help="自评表。Self-evaluation forms."),
    out: Path | None = typer.Option(None, metavar="DIR", help="默认与表放在一起。Where to write."),
    scheme: str | None = typer.Option(None, metavar="ID", help="方案编号或 .toml 文件。Scheme to use."),
    pdf: bool = typer.Option(False, "--pdf", help="报告和表另存 PDF（要有 LibreOffice）。Report and form as PDF."),
    lang: str = typer.Option("zh", metavar="zh|en", help="屏幕上的语言。Language on the screen."),
) -> int:
    """支出绩效自评报告（.docx）：数字都取自表，文字留空待补。The report that goes with a form.

    表改了再运行一次：数字更新，已经写的文字保留，原文件另存 .bak。
    """
    from perfxl.commands import choices
    from perfxl.commands.words import require_pdf, save_pdf
    from perfxl.commands.workbooks import existing, unreadable
    from perfxl.reports.escaping import visible
    from perfxl.sources import UnreadableFile

    language, chosen = choices.language(lang), choices.scheme(scheme)
    existing(files)
    require_pdf(pdf)
    code = CLEAN
    for file in files:
        folder = out or file.parent
        try:
            done = _write(file, folder, chosen, language, pdf=pdf)
        except UnreadableFile as error:
            typer.echo(f"{visible(file.as_posix())}: {visible(unreadable(error, language))}", err=True)
            done = 0
        else:
            if not done:
                said = "没有自评表，不写报告" if language == "zh" else "no self-evaluation form, no report"
                typer.echo(f"{visible(file.as_posix())}: {said}", err=True)
        if not done:
            code = FINDINGS
        elif pdf:
            save_pdf(file, folder / f"{file.stem}.pdf")
    return code


def _write(file: Path, folder: Path, scheme: Scheme | None, lang: Language, *, pdf: bool) -> int:
    """A report per self-evaluation of the file; how many. Raises UnreadableFile."""
    from perfxl.commands.words import form_names, save
    from perfxl.reports.escaping import visible
    from perfxl.review import review_workbook
    from perfxl.sources import read_workbook
    from perfxl.words.report import report as compose

    workbook = read_workbook(file)
    reviewed = review_workbook(workbook, file.name, scheme=scheme)
    grids = {grid.sheet: grid for grid in workbook.grids}
    scored = [review for review in reviewed.reviews if review.scorecard]
    for review, name in zip(scored, form_names(file, len(scored)), strict=True):
        path = folder / f"{name}{SUFFIX}"
        written = _written(path)
        made = compose(reviewed, review, grids[review.form.at.sheet], written)
        if path.exists():
            path.replace(path.with_name(f"{path.name}.bak"))
        save(path, made.data, pdf=pdf)
        kept = sum(bool(section.texts) for section in written.values())
        said = f"待补 {made.gaps} 处，保留 {kept} 处" if lang == "zh" else f"{made.gaps} gaps, {kept} sections kept"
        typer.echo(f"{visible(path.as_posix())}: {said}")
        for text in made.lost:
            lost = "改过而没有保留" if lang == "zh" else "changed, not kept"
            typer.echo(f"  {lost}: {visible(text[:60])}", err=True)
    return len(scored)


def _written(path: Path) -> Mapping[str, Written]:
    """What stands in the report that is there already; nothing where there is none. Raises UnreadableFile.

    UsageProblem for a document without our marks: somebody else's is never overwritten."""
    from perfxl.commands.problems import UsageProblem
    from perfxl.sources.raw_file import file_bytes
    from perfxl.words.kept import written_sections
    from perfxl.words.reading import read_blocks

    if not path.exists():
        return {}
    sections = written_sections(read_blocks(file_bytes(path)))
    if not sections:
        raise UsageProblem(
            f"{path} 不是 perfxl 写的报告，没有覆盖；请用 --out 另选文件夹，或先改名",
            f"{path} is no report by perfxl and was left alone; choose another folder by --out, or rename it",
        )
    return sections
