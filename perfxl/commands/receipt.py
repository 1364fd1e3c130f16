"""`perfxl receipt`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import typer

from perfxl.commands.exit_codes import CLEAN, FINDINGS
from perfxl.commands.problems import UsageProblem
from perfxl.commands.workbooks import TIMEOUT

_NO_RECEIPT = (
    "，没有出回执；请给锁定提交后的原文件",
    ", so no receipt was written; name the file as it was locked for submission",
)


def receipt(
    file: Path = typer.Argument(metavar="FILE", help="收到的、锁定过的工作簿。A sealed workbook as received."),
    key: Path = typer.Option(..., metavar="KEY", help="接收方的私钥。The receiver's private key."),
    receiver: str = typer.Option(..., metavar="NAME", help="接收方名称。Who received it."),
    output: Path | None = typer.Option(None, metavar="JSON", help="默认 FILE.receipt.json。Where to write it."),
    keys: Path | None = typer.Option(None, metavar="REGISTER", help="公钥登记表（TOML）。Register of public keys."),
    timeout: float = TIMEOUT,
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> int:
    """出具回执：收到哪一份、何时、封签是否完好，并签名。A signed receipt for a sealed form.

    退出码：0 封签完好；1 有改动、封签缺失或损坏；2 用法有误。
    Exit code: 0 intact; 1 changed, missing or damaged; 2 usage.
    """
    from perfxl.commands import choices
    from perfxl.commands.keys import private_key, register
    from perfxl.commands.outputs import written
    from perfxl.commands.verify import verdict_of
    from perfxl.commands.workbooks import existing, now, unreadable
    from perfxl.limits import Limits, run_here
    from perfxl.reports.escaping import visible
    from perfxl.reports.words import seal_word, word
    from perfxl.seal.receipt import receipt_for
    from perfxl.signing import SigningUnavailable
    from perfxl.sources import UnreadableFile

    language = choices.language(lang)
    existing([file])
    known = register(keys)
    try:
        verdict = run_here(partial(verdict_of, file, None, known), Limits(seconds=timeout))
    except UnreadableFile as error:
        typer.echo(f"{visible(file.as_posix())}: {visible(unreadable(error, language))}", err=True)
        return FINDINGS
    if verdict.seal is None or verdict.status == "missing":
        said = f"{seal_word(verdict, language)}{_NO_RECEIPT[language == 'en']}"
        typer.echo(f"{visible(file.as_posix())}: {said}", err=True)
        return FINDINGS
    try:
        signed = receipt_for(
            verdict.seal, verdict.status, file=file.name, receiver=receiver, time=now(), key=private_key(key, language)
        )
    except SigningUnavailable as error:
        raise UsageProblem(error.zh, error.en) from error
    target = output or file.with_name(f"{file.name}.receipt.json")
    with written(target) as temporary:
        temporary.write_bytes(signed.json())
    said = f"{seal_word(verdict, language)}  {word('seal_code', language)} {signed.code}"
    typer.echo(f"{visible(target.as_posix())}: {said}")
    return CLEAN if verdict.status == "intact" else FINDINGS
