"""`perfxl clean`."""

from __future__ import annotations

from pathlib import Path

import typer

from perfxl.commands.workbooks import TIMEOUT


def clean(
    files: list[Path] = typer.Argument(metavar="FILE", help="打过标记的工作簿。Workbooks marked by score --write."),
    no_backup: bool = typer.Option(False, "--no-backup", help="不留 .bak。Keep no .bak."),
    timeout: float = TIMEOUT,
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> int:
    """去掉校验并评分留下的全部标记：批注、底色、算出的数和“校验结果”表。Remove every mark of score --write."""
    from perfxl.commands import choices
    from perfxl.commands.workbooks import Changed, change_each
    from perfxl.markup import cleared

    def change(data: bytes, path: Path) -> Changed:
        return Changed(cleared(data, path.name), "已去掉标记", "marks removed")

    return change_each(files, change, keep_backup=not no_backup, timeout=timeout, lang=choices.language(lang))
