"""`perfxl lock` and `perfxl unlock`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfxl.commands.workbooks import TIMEOUT

if TYPE_CHECKING:
    from perfxl.signing import PrivateKey


def lock(
    files: list[Path] = typer.Argument(metavar="FILE", help="填好的工作簿。Filled workbooks."),
    password: str = typer.Option("", metavar="TEXT", help="工作表保护密码，只防误改。Guards against slips only."),
    key: Path | None = typer.Option(None, metavar="KEY", help="签名私钥，见 perfxl key new。Private key to sign with."),
    signer: str = typer.Option("", metavar="NAME", help="锁定人，默认为单位名称。Who locks; the unit by default."),
    scheme: str | None = typer.Option(None, metavar="ID", help="方案编号或 .toml 文件。Scheme to use."),
    json: bool = typer.Option(False, "--json", help="另写 FILE.seal.json。Write the seal beside the file as well."),
    no_backup: bool = typer.Option(False, "--no-backup", help="不留 .bak。Keep no .bak."),
    timeout: float = TIMEOUT,
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> int:
    """锁定提交：没有错误、核实都已说明才能锁定；封签码印在页脚。Lock and seal a form for submission."""
    from perfxl import locking
    from perfxl.commands import choices
    from perfxl.commands.keys import private_key
    from perfxl.commands.workbooks import Changed, change_each, now
    from perfxl.editing import apply_edits

    chosen = choices.scheme(scheme)
    signing: PrivateKey | None = private_key(key, choices.language(lang)) if key else None

    def change(data: bytes, path: Path) -> Changed:
        locked = locking.lock(data, path.name, time=now(), signer=signer, password=password, key=signing, scheme=chosen)
        beside = ((path.with_name(f"{path.name}.seal.json"), locked.seal.payload()),) if json else ()
        code, number = locked.seal.code, locked.seal.head.submission
        return Changed(
            apply_edits(data, locked.edits),
            f"已锁定，第 {number} 次提交，封签码 {code}",
            f"locked, submission {number}, seal code {code}",
            beside,
        )

    return change_each(files, change, keep_backup=not no_backup, timeout=timeout, lang=choices.language(lang))


def unlock(
    file: Path = typer.Argument(metavar="FILE", help="锁定的工作簿。A locked workbook."),
    reason: str = typer.Option(..., metavar="TEXT", help="解锁的原因，记入文件。Why; kept in the file."),
    by: str = typer.Option("", metavar="NAME", help="解锁人，默认为登录名。Who; the login name by default."),
    no_backup: bool = typer.Option(False, "--no-backup", help="不留 .bak。Keep no .bak."),
    timeout: float = TIMEOUT,
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> int:
    """解锁以便更正：谁、何时、为何都记入文件，下次锁定接着记。Open a locked form for a correction."""
    from getpass import getuser

    from perfxl import locking
    from perfxl.commands import choices
    from perfxl.commands.problems import UsageProblem
    from perfxl.commands.workbooks import Changed, change_each, now
    from perfxl.editing import apply_edits

    if not reason.strip():
        raise UsageProblem("--reason 是空的；请写明解锁的原因", "--reason is empty; say why the form is unlocked")

    def change(data: bytes, path: Path) -> Changed:
        opened = locking.unlock(data, path.name, time=now(), by=by or getuser(), reason=reason.strip())
        after = apply_edits(data, opened.edits)
        if opened.seal is None:
            return Changed(after, "已解锁；原封签不能接续，已去掉", "unlocked; its seal was damaged and is removed")
        if opened.verdict.changes:
            count = len(opened.verdict.changes)
            return Changed(
                after,
                f"已解锁；锁定以后已有 {count} 处改动，请逐处核对，改好后请重新锁定",
                f"unlocked; {count} places had been changed since it was locked, check them and lock it again once it"
                " is corrected",
            )
        return Changed(after, "已解锁，改好后请重新锁定", "unlocked; lock it again once it is corrected")

    return change_each([file], change, keep_backup=not no_backup, timeout=timeout, lang=choices.language(lang))
