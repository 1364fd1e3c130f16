"""PDF by LibreOffice, in a profile of its own: an open LibreOffice of the user is left alone."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

_SECONDS = 180


class PdfUnavailable(Exception):
    """No LibreOffice, or it could not convert. The message says what to do, in Chinese."""


def soffice() -> str:
    """LibreOffice's program. Raises PdfUnavailable."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise PdfUnavailable("没有找到 LibreOffice，不能转成 PDF；请安装后再用 --pdf，或在 Word、WPS 中另存为 PDF")
    return program


def as_pdf(path: Path) -> bytes:
    """A document or workbook as PDF. Raises PdfUnavailable."""
    program = soffice()
    with tempfile.TemporaryDirectory() as folder:
        # A copy under a plain name: the user's own may be one that a command line cannot bear.
        source = Path(folder) / f"source{path.suffix}"
        source.write_bytes(path.read_bytes())
        profile = (Path(folder) / "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf"]
        try:
            subprocess.run(
                [*command, "--outdir", folder, str(source)], capture_output=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PdfUnavailable(f"LibreOffice 没有完成转换：{path.name}") from error
        made = source.with_suffix(".pdf")
        if not made.exists():
            raise PdfUnavailable(
                f"LibreOffice 不能转换 {path.name}；请确认装有 Writer 和 Calc（libreoffice-writer、libreoffice-calc）"
            )
        return made.read_bytes()
