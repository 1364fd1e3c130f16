"""Write `returned/` again: the published forms, forms in our templates, broken files, and LibreOffice's copies.

    python -m examples.build

Without LibreOffice the copies stay as they are, and it says so.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from examples import retyped
from examples.filled import FILLED
from perfxl.layouts import write_form
from perfxl.scheme_files import builtin_schemes

RESAVED = retyped.RETURNED / "LibreOffice另存"


def write_broken(folder: Path) -> None:
    """Files as they come by mail: empty, cut off, a page named .xls, an owner file, a note."""
    whole = (folder / next(iter(FILLED))).read_bytes()
    (folder / "滨河区文化馆-空文件.xlsx").write_bytes(b"")
    (folder / "滨河区体育馆-下载不完整.xlsx").write_bytes(whole[: len(whole) * 2 // 3])
    page = "<html><body><table><tr><td>项目支出绩效自评表</td></tr></table></body></html>"
    (folder / "滨河区档案馆-网页另存.xls").write_text(page, encoding="utf-8")
    (folder / "~$滨河区图书馆-2020.xlsx").write_bytes(b"\x06clerk" + bytes(50))
    (folder / "报送说明.txt").write_text("2025 年度自评表一份。\n", encoding="utf-8")


def resave(folder: Path, target: Path) -> None:
    """The published forms saved again by LibreOffice, as a unit without Excel would send them."""
    names = [workbook.name for workbook in sorted(folder.glob("*.xlsx")) if workbook.name not in FILLED]
    published = [name for name in names if not name.startswith(("~", "滨河"))]
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                *("soffice", f"-env:UserInstallation=file://{profile}", "--headless"),
                *("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(target)),
                *(str(folder / name) for name in published),
            ],
            check=True,
            capture_output=True,
        )


def main() -> None:
    retyped.main()
    for name, (scheme, content) in FILLED.items():
        write_form(builtin_schemes()[scheme], retyped.RETURNED / name, content)
    write_broken(retyped.RETURNED)
    if shutil.which("soffice"):
        resave(retyped.RETURNED, RESAVED)
    else:
        print("没有 LibreOffice，另存的副本没有重做", file=sys.stderr)


if __name__ == "__main__":
    main()
