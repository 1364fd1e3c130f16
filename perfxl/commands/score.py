"""`perfxl score`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.exit_codes import CLEAN, FINDINGS, INTERNAL
from perfxl.commands.problems import UsageProblem
from perfxl.commands.workbooks import TIMEOUT

if TYPE_CHECKING:
    from perfxl.review import FileReview


def score(
    file: Path = typer.Argument(metavar="FILE", help="一个工作簿。One workbook."),
    explain: bool = typer.Option(False, "--explain", help="写出每一行的推导。With the derivation of every line."),
    write: bool = typer.Option(
        False, "--write", help="写回文件：空着的得分、批注、“校验结果”表。Write scores, notes and a sheet of findings."
    ),
    no_backup: bool = typer.Option(False, "--no-backup", help="写回时不留 .bak。Keep no .bak when writing."),
    paper: Path | None = typer.Option(None, metavar="DIR", help="另写评分底稿（.docx），每张表一份。Word papers."),
    pdf: bool = typer.Option(False, "--pdf", help="评分底稿另存 PDF（要有 LibreOffice）。Papers as PDF too."),
    scheme: str | None = typer.Option(None, metavar="ID", help="方案编号或 .toml 文件。Scheme to use."),
    timeout: float = TIMEOUT,
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> int:
    """评分底稿：执行率、各项得分、总分、等级，填报与应为并列。Every score, reported and by rule."""
    from perfxl.batch import INTERNAL_ERROR, Candidate, Options
    from perfxl.commands import choices
    from perfxl.limits import Limits, check_here
    from perfxl.reports.scores import print_scores
    from perfxl.reports.view import View
    from perfxl.reports.words import SEVERITIES

    view = View(choices.language(lang))
    options = Options(choices.scheme(scheme))
    if not file.is_file():
        raise UsageProblem(f"没有这个文件：{file}；请核对路径", f"no such file: {file}; check the path")
    if write:
        from perfxl.commands.workbooks import Changed, change_each
        from perfxl.markup import marked

        def change(data: bytes, path: Path) -> Changed:
            after, markup = marked(data, path.name, scheme=options.scheme)
            counts = [markup.review.count(severity) for severity in SEVERITIES]
            return Changed(
                after,
                "已写回：算出 {} 格，错误 {} 项，核实 {} 项，提示 {} 项".format(len(markup.computed), *counts),
                "written: {} cells computed, {} errors, {} queries, {} infos".format(len(markup.computed), *counts),
            )

        return change_each([file], change, keep_backup=not no_backup, timeout=timeout, lang=view.lang)
    from perfxl.commands.words import require_pdf

    require_pdf(pdf)
    reviewed = check_here(Candidate(str(file)), options, Limits(seconds=timeout))
    print_scores(reviewed, sys.stdout, view, explain=explain)
    if paper is not None:
        _write_papers(reviewed, file, paper, pdf=pdf)
    if any(finding.code == INTERNAL_ERROR for finding in reviewed.file_findings):
        return INTERNAL
    return FINDINGS if reviewed.status == "unreadable" else CLEAN


def _write_papers(reviewed: FileReview, file: Path, folder: Path, *, pdf: bool) -> None:
    """One 评分底稿 per form that carries points."""
    from perfxl.commands.words import beside, form_names, save, save_pdfs
    from perfxl.reports.escaping import visible
    from perfxl.words.working_paper import working_paper

    scored = [review for review in reviewed.reviews if review.scorecard]
    papers = []
    for review, name in zip(scored, form_names(file, len(scored)), strict=True):
        papers.append(save(folder / f"{name}-评分底稿.docx", working_paper(review, file.name)))
        typer.echo(visible(papers[-1].as_posix()), err=True)
    if pdf:
        save_pdfs(beside(papers))
