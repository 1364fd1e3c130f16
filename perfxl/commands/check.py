"""`perfxl check`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.exit_codes import CLEAN, FINDINGS
from perfxl.commands.problems import UsageProblem
from perfxl.commands.workbooks import TIMEOUT

if TYPE_CHECKING:
    from perfxl.batch import Candidate, Options
    from perfxl.finding import Language, Severity
    from perfxl.folder import Folder
    from perfxl.form import Located
    from perfxl.limits import Limits
    from perfxl.reports.view import Report
    from perfxl.store import Store

NEVER = "never"
_TIMES = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


def check(
    paths: list[Path] = typer.Argument(metavar="PATH", help="文件或文件夹。Files or folders."),
    scheme: str | None = typer.Option(
        None, metavar="ID", help="方案编号或 .toml 文件，不按表判定。Id or .toml file of the scheme."
    ),
    format: str = typer.Option("text", metavar="FORMAT", help="text concise json jsonl csv github sarif junit html md"),
    output: Path | None = typer.Option(None, metavar="FILE", help="写入文件而不是屏幕。Write there, not to stdout."),
    report: Path | None = typer.Option(
        None, metavar="DIR", help="另写 汇总表.xlsx 和 index.html。Also write 汇总表.xlsx and index.html."
    ),
    select: str | None = typer.Option(None, metavar="CODES", help="只查这些代码，如 F,S101。Only these codes."),
    ignore: str | None = typer.Option(None, metavar="CODES", help="不查这些代码。All but these codes."),
    severity: str = typer.Option(
        "提示", metavar="LEVEL", help="最低显示级别：错误 核实 提示。Lowest shown: error query info."
    ),
    fail_on: str = typer.Option("错误", metavar="LEVEL", help="何级起退出码为 1；never 从不。Exit 1 from there."),
    words: Path | None = typer.Option(None, metavar="DOCX", help="与这一份表核对的自评报告。Report to check with it."),
    keys: Path | None = typer.Option(None, metavar="REGISTER", help="公钥登记表。Public keys to check signatures."),
    jobs: int = typer.Option(0, min=0, metavar="N", help="几个文件同时查；0 用全部处理器。Files at a time."),
    timeout: float = TIMEOUT,
    db: Path | None = typer.Option(
        None, metavar="FILE", help="结果库，中断后接着查；有 --report 时默认在其中。Store to resume from."
    ),
    since: datetime | None = typer.Option(
        None, metavar="TIME", formats=list(_TIMES), help="只查此后修改过的文件。Only files modified since."
    ),
    watch: bool = typer.Option(False, "--watch", help="一直查新到的文件，按 Ctrl+C 结束。Keep checking what arrives."),
    cluster: str | None = typer.Option(
        None, metavar="ADDRESS", help="在 Dask 集群上查，如 tcp://主机:8786。On a Dask cluster."
    ),
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
    exit_zero: bool = typer.Option(False, "--exit-zero", help="有问题也以 0 退出。Exit 0 in spite of findings."),
) -> int:
    """检查报送的自评表和绩效目标表。Check submitted forms.

    退出码：0 没有错误；1 有错误或打不开的文件；2 用法有误；3 内部错误（该文件有一行说明）；130 中断。
    Exit code: 0 no errors; 1 errors or unreadable files; 2 usage; 3 a failure of perfxl (the file has a line that says
    so); 130 interrupted.
    """
    from perfxl.batch import Options
    from perfxl.commands import choices, outputs
    from perfxl.commands.keys import register
    from perfxl.folder import Folder
    from perfxl.limits import Limits, available_processors
    from perfxl.reports import FORMATS
    from perfxl.reports.files import STORE
    from perfxl.reports.view import View

    left_out = choices.left_out(select, ignore)
    view = View(choices.language(lang), choices.severity("--severity", severity), left_out)
    lowest = None if fail_on == NEVER else choices.severity("--fail-on", fail_on)
    name = choices.one_of("--format", format, FORMATS)
    beside = _report_text(words, lambda: _candidates(paths, report, None, None), timeout)
    options = Options(choices.scheme(scheme), left_out, register(keys), beside)
    limits = Limits(jobs or available_processors(), timeout)
    # A result kept there would not know that the report was another one.
    store_path = None if words else db or (report / STORE if report else None)
    if watch and store_path is None:
        raise UsageProblem(
            "--watch 没有结果库会每次从头检查；请加 --report 或 --db",
            "--watch without a store would check everything each time; add --report or --db",
        )

    def once() -> int:
        candidates = _candidates(paths, report, store_path, since)
        with _cluster(cluster), _store(store_path, options) as store, ExitStack() as stack:
            reports = [outputs.main_report(stack, name, output, view)]
            if report is not None:
                reports += outputs.folder_reports(stack, report, view)
            folder = Folder(candidates, options, store, cluster)
            return _run(folder, options, limits, len(candidates), reports, lowest, view.lang)

    if watch:
        from perfxl.commands import watching

        watching.whenever_changed(lambda: _arrived(paths, report, store_path, output), once)
    code = once()
    if report is not None:
        _where_to_look(report, view.lang)
    return CLEAN if exit_zero and code == FINDINGS else code


def _arrived(paths: list[Path], report: Path | None, store: Path | None, output: Path | None) -> list[Candidate]:
    """What --watch looks at: everything but our own output. Nothing has arrived yet in an empty folder."""
    found = _found([path for path in paths if path.exists()], report, store)
    return [c for c in found if output is None or c.path.absolute() != output.absolute()]


def _found(paths: list[Path], report: Path | None, store: Path | None) -> list[Candidate]:
    from perfxl.batch import collect
    from perfxl.remote import RemoteUnusable

    try:
        found = collect(paths, leave_out=[report] if report else [])
    except RemoteUnusable as error:
        names = "、".join(map(str, paths))
        raise UsageProblem(
            f"{names} 读不出来；请核对地址，并确认装有读取它的软件包、有访问权限",
            f"cannot list {names}; check the address, that the package for it is installed, and the access rights",
        ) from error
    if store is not None:
        from perfxl.store import own_files

        own = own_files(store)
        found = [candidate for candidate in found if candidate.key not in own]
    return found


@contextmanager
def _cluster(address: str | None) -> Iterator[None]:
    """UsageProblem where the cluster at that address cannot be used."""
    if address is None:
        yield
        return
    try:
        from perfxl.cluster import ClusterUnusable

        try:
            yield
        except ClusterUnusable as error:
            raise UsageProblem(error.zh, error.en) from error
    except ModuleNotFoundError as error:
        raise UsageProblem(
            f"--cluster 需要 {error.name}；请运行 pip install 'perfxl[cluster]'",
            f"--cluster needs {error.name}; run pip install 'perfxl[cluster]'",
        ) from error


@contextmanager
def _store(path: Path | None, options: Options) -> Iterator[Store | None]:
    """The store; None where there is no path. UsageProblem where it cannot be used."""
    if path is None:
        yield None
        return
    from perfxl.store import Store, StoreUnusable, rules

    try:
        with Store(path, rules(options)) as store:
            yield store
    except StoreUnusable as error:
        raise UsageProblem(error.zh, error.en) from error


def _candidates(paths: list[Path], report: Path | None, store: Path | None, since: datetime | None) -> list[Candidate]:
    from perfxl.batch import not_since
    from perfxl.commands.workbooks import present
    from perfxl.remote import url_of

    present([path for path in paths if not url_of(path)])
    candidates = _found(paths, report, store)
    if not candidates:
        names = "、".join(map(str, paths))
        raise UsageProblem(
            f"{names} 里没有文件；请指定放报送表的文件夹", f"no files in {names}; name the folder of forms"
        )
    return not_since(candidates, since) if since else candidates


def _report_text(
    report: Path | None, candidates: Callable[[], list[Candidate]], timeout: float
) -> tuple[Located[str], ...]:
    """The paragraphs of the report of --words; nothing where none is given."""
    if report is None:
        return ()
    from perfxl.commands.workbooks import existing, unreadable
    from perfxl.limits import Limits, run_here
    from perfxl.sources import UnreadableFile
    from perfxl.words.reading import paragraphs_of

    if len(candidates()) > 1:
        raise UsageProblem(
            "--words 只能与一份表核对；请只指定这份报告所附的表", "--words goes with one form; name that one"
        )
    existing([report])
    try:
        return run_here(partial(paragraphs_of, report), Limits(seconds=timeout))
    except UnreadableFile as error:
        if error.code == "R103":
            raise UsageProblem(
                f"{report} 不是 .docx 的报告；请用 --words 指定自评报告",
                f"{report} is no .docx; name the report by --words",
            ) from error
        raise UsageProblem(f"{report}: {unreadable(error, 'zh')}", f"{report}: {unreadable(error, 'en')}") from error


def _run(
    folder: Folder,
    options: Options,
    limits: Limits,
    files: int,
    reports: list[Report],
    lowest: Severity | None,
    lang: Language,
) -> int:
    """Check every candidate into every report; the exit code without --exit-zero."""
    from perfxl.across import Across
    from perfxl.commands.outcome import Outcome
    from perfxl.commands.progress import Progress
    from perfxl.making import put_all

    across, outcome = Across(options.suspended, options.scheme), Outcome(lowest)
    takers = [*reports, across, outcome]
    parts = folder.parts([taker.maker for taker in takers], limits)
    progress = Progress(files, lang)
    for _ in put_all(takers, parts, before_each=progress.clear):
        progress.step()
    progress.clear()
    found = across.spot_checks()
    for report in reports:
        report.across(found)
        report.close()
    outcome.across(found)
    return outcome.exit_code


def _where_to_look(folder: Path, lang: Language) -> None:
    from perfxl.reports.files import PAGE, SUMMARY

    sys.stdout.flush()
    page, summary = folder / PAGE, folder / SUMMARY
    said = f"报告：{page}\n汇总表：{summary}" if lang == "zh" else f"Report: {page}\nSummary: {summary}"
    print(said, file=sys.stderr)
