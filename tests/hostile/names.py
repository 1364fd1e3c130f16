"""Names that a folder can hold, and what is no plain file."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from tests.hostile.form import GOOD

NAMES: dict[str, bytes] = {
    "name-换\n行.xlsx": GOOD,
    "name-\x1b[31m红.xlsx": GOOD,
    "name-\u202exslx.exe.xlsx": GOOD,
    "name-=1+1.xlsx": GOOD,
    "name-<b>&amp;'\".xlsx": GOOD,
    "name-%s{0}$(id).xlsx": GOOD,
    "name- 前后有空格 .xlsx": GOOD,
    "name-caf\u00e9.xlsx": GOOD,
    "name-cafe\u0301.xlsx": GOOD,
    "name-" + "长" * 80 + ".xlsx": GOOD,
    "name-no-extension": GOOD,
    "name-upper.XLSX": GOOD,
    "name-as-xls.xls": GOOD,
    "name-as-et.et": GOOD,
    "name-as-csv.csv": GOOD,
    "name-as-pdf.pdf": GOOD,
    "~$name-owner.xlsx": bytes(165),
    ".~name-owner.xlsx": bytes(165),
    ".name-hidden.xlsx": GOOD,
    ".~lock.name.xlsx#": b",user,host,",
    "name-program.exe": b"MZ",
    "name-part.xlsx.crdownload": GOOD[:1000],
}


def special_entries(folder: Path) -> list[bytes]:
    """Make what is no plain file, or is named in bytes that are no text; the names made."""
    root = os.fsencode(folder)
    (folder / "dir-named.xlsx").mkdir()
    (folder / "dir-named.xlsx" / "inside.xlsx").write_bytes(GOOD)
    (folder / "dir-empty").mkdir()
    (folder / "link-to-good.xlsx").symlink_to(folder / "inside-none.xlsx")
    (folder / "link-loop.xlsx").symlink_to(folder / "link-loop.xlsx")
    (folder / "link-to-parent").symlink_to(folder.parent, target_is_directory=True)
    os.mkfifo(folder / "pipe.xlsx")
    with socket.socket(socket.AF_UNIX) as channel:
        here = Path.cwd()
        try:
            os.chdir(folder)  # The address of a socket is at most 108 bytes.
            channel.bind("socket.xlsx")
        finally:
            os.chdir(here)
    with (folder / "sparse-65-mb.xlsx").open("wb") as file:
        file.truncate(65 * 2**20)
    latin = b"not-utf-8-\xff\xfe.xlsx"
    Path(os.fsdecode(os.path.join(root, latin))).write_bytes(GOOD)  # noqa: PTH118
    return [
        *(b"dir-named.xlsx", b"dir-named.xlsx/inside.xlsx", b"link-to-good.xlsx", b"link-loop.xlsx", b"link-to-parent"),
        *(b"pipe.xlsx", b"socket.xlsx", b"sparse-65-mb.xlsx", latin),
    ]
