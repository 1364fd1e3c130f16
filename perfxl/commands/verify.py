"""`perfxl verify`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.exit_codes import CLEAN, FINDINGS, INTERNAL
from perfxl.commands.problems import UsageProblem
from perfxl.commands.workbooks import TIMEOUT

if TYPE_CHECKING:
    from perfxl.seal import Seal, Verdict
    from perfxl.seal.receipt import Receipt
    from perfxl.signing import Register


def verify(
    paths: list[Path] = typer.Argument(metavar="PATH", help="文件或文件夹。Files or folders."),
    keys: Path | None = typer.Option(None, metavar="REGISTER", help="公钥登记表（TOML）。Register of public keys."),
    code: str | None = typer.Option(None, metavar="CODE", help="盖章纸质件上的封签码。Seal code on the stamped paper."),
    seal: Path | None = typer.Option(None, metavar="JSON", help="另存的 .seal.json。A seal kept apart."),
    receipt: Path | None = typer.Option(None, metavar="JSON", help="接收方的回执。A receipt to compare with."),
    format: str = typer.Option("text", metavar="FORMAT", help="text json"),
    timeout: float = TIMEOUT,
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> int:
    """验证封签：锁定以后有没有改动，逐处列出改前改后。Whether sealed forms are still what was sealed.

    退出码：0 全部完好；1 有改动、封签缺失或损坏、签名无效、打不开的文件；2 用法有误；3 内部错误（该文件有一行说明）。
    Exit code: 0 all intact; 1 changes, missing or damaged seals, invalid signatures, unreadable files; 2 usage; 3 a
    failure of perfxl (the file has a line that says so).
    """
    from perfxl.batch import collect, failed
    from perfxl.commands import choices
    from perfxl.commands.keys import register
    from perfxl.commands.workbooks import present
    from perfxl.grid import CellRef
    from perfxl.limits import Limits, run_here
    from perfxl.reports.verdicts import VERDICT_FORMATS
    from perfxl.seal import same_code
    from perfxl.seal.receipt import compared
    from perfxl.sources import UnreadableFile

    language = choices.language(lang)
    report = VERDICT_FORMATS[choices.one_of("--format", format, VERDICT_FORMATS)](sys.stdout, language)
    known, apart, given = register(keys), _seal(seal), _receipt(receipt)
    present(paths)
    result = CLEAN
    for candidate in collect(paths):
        if candidate.skipped or candidate.maybe_note:
            continue
        try:
            verdict = run_here(partial(verdict_of, candidate.path, apart, known), Limits(seconds=timeout))
        except UnreadableFile as error:
            report.fail(candidate.shown, error.finding(CellRef(candidate.path.name)))
            result = max(result, FINDINGS)
            continue
        except Exception as error:  # our own mistake costs this file its verdict, not the others theirs
            report.fail(candidate.shown, *failed(candidate, error).file_findings)
            result = INTERNAL
            continue
        agrees = None if code is None else bool(verdict.seal and same_code(code, verdict.seal.digest))
        received = compared(given, verdict.seal, known) if given else None
        report.add(candidate.shown, verdict, agrees, received)
        bad_receipt = received is not None and not (received.same and received.signature in ("valid", "unknown"))
        if verdict.status != "intact" or verdict.signature == "invalid" or agrees is False or bad_receipt:
            result = max(result, FINDINGS)
    report.close()
    return result


def verdict_of(path: Path, apart: Seal | None, keys: Register | None) -> Verdict:
    from perfxl.reading import read_forms
    from perfxl.seal import verify as verify_workbook
    from perfxl.seal import verify_seal
    from perfxl.sources import read_workbook

    workbook = read_workbook(path)
    forms = read_forms(workbook)
    return verify_seal(workbook, forms, apart, keys) if apart else verify_workbook(workbook, forms, keys)


def _seal(path: Path | None) -> Seal | None:
    from perfxl.seal import SealDamaged, seal_from_json

    if path is None:
        return None
    try:
        return seal_from_json(path.read_bytes())
    except OSError as error:
        raise _not_opened(path, error) from error
    except SealDamaged as error:
        raise UsageProblem(
            f"{path} 不是可用的封签（{error.zh}）；请给 perfxl lock --json 写的 .seal.json",
            f"{path} is no usable seal ({error.en}); give the .seal.json of perfxl lock --json",
        ) from error


def _receipt(path: Path | None) -> Receipt | None:
    from perfxl.seal.receipt import ReceiptError, receipt_from_json

    if path is None:
        return None
    try:
        return receipt_from_json(path.read_bytes())
    except OSError as error:
        raise _not_opened(path, error) from error
    except ReceiptError as error:
        raise UsageProblem(
            f"{path} 不是可用的回执（{error.zh}）；请给 perfxl receipt 写的 .receipt.json",
            f"{path} is no usable receipt ({error.en}); give the .receipt.json of perfxl receipt",
        ) from error


def _not_opened(path: Path, error: OSError) -> UsageProblem:
    from perfxl.os_errors import english_reason, reason

    return UsageProblem(
        f"打不开 {path}（{reason(error)}）；请核对路径", f"cannot open {path} ({english_reason(error)}); check the path"
    )
