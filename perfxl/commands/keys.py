"""`perfxl key …`, and keys as other commands read them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.problems import UsageProblem

if TYPE_CHECKING:
    from perfxl.finding import Language
    from perfxl.signing import PrivateKey, Register

PASSPHRASE = "PERFXL_PASSPHRASE"
LANG = typer.Option("zh", metavar="zh|en", help="语言。Language.")

app = typer.Typer(help="签名用的密钥。Keys that sign seals.", no_args_is_help=True)


@app.command()
def new(
    path: Path = typer.Argument(metavar="KEY", help="私钥写到哪里。Where to write the private key."),
    unit: str = typer.Option(..., metavar="NAME", help="单位名称，登记公钥用。The unit, for the register."),
    sm2: bool = typer.Option(False, "--sm2", help="国密 SM2；默认 Ed25519。SM2 instead of Ed25519."),
    passphrase: bool = typer.Option(
        False, "--passphrase", help=f"给私钥加口令，另问；也可设 {PASSPHRASE}。Ask for a passphrase."
    ),
    lang: str = LANG,
) -> None:
    """新建密钥：私钥只有本人可读，公钥的登记内容印在屏幕上。A new key; prints its entry for the register."""
    from perfxl.commands import choices
    from perfxl.os_errors import english_reason, reason
    from perfxl.signing import (
        KeyFileError,
        RegisteredKey,
        SigningUnavailable,
        generate,
        register_text,
        write_private_key,
    )

    words = _asked(choices.language(lang), new=True) if passphrase else ""
    try:
        key = generate("SM2" if sm2 else "Ed25519")
        write_private_key(path, key, words)
    except (KeyFileError, SigningUnavailable) as error:
        raise UsageProblem(error.zh, error.en) from error
    except FileExistsError as error:
        raise UsageProblem(
            f"{path} 已存在，不覆盖私钥；请换一个文件名",
            f"{path} exists, keys are not overwritten; choose another name",
        ) from error
    except OSError as error:
        raise UsageProblem(
            f"无法写入 {path}（{reason(error)}）；请换一个位置",
            f"cannot write {path} ({english_reason(error)}); choose another place",
        ) from error
    typer.echo(register_text([RegisteredKey(unit, key.public)]), nl=False)


@app.command()
def show(path: Path = typer.Argument(metavar="KEY", help="私钥文件。A private key."), lang: str = LANG) -> None:
    """一个私钥的公钥和指纹。The public key of a private key, and its fingerprint."""
    from perfxl.commands import choices

    key = private_key(path, choices.language(lang))
    typer.echo(f'algorithm = "{key.algorithm}"\npublic = "{key.public.text}"\nfingerprint = "{key.public.fingerprint}"')


def private_key(path: Path, lang: Language) -> PrivateKey:
    """The key in a file; a passphrase comes from the environment or is asked for. UsageProblem where it is no key."""
    from perfxl.signing import KeyFileError, SigningUnavailable, is_encrypted, read_private_key

    try:
        return read_private_key(path, _asked(lang) if is_encrypted(path) else "")
    except (KeyFileError, SigningUnavailable) as error:
        raise UsageProblem(error.zh, error.en) from error


def register(path: Path | None) -> Register | None:
    """The register of public keys; None where none is given. UsageProblem where it cannot be read."""
    if path is None:
        return None
    from perfxl.signing import KeyFileError, read_register

    try:
        return read_register(path)
    except KeyFileError as error:
        raise UsageProblem(error.zh, error.en) from error


def _asked(lang: Language, *, new: bool = False) -> str:
    prompt, again = ("口令", "再输入一次") if lang == "zh" else ("Passphrase", "Once more")
    return os.environ.get(PASSPHRASE) or str(
        typer.prompt(prompt, hide_input=True, confirmation_prompt=again if new else False)
    )
