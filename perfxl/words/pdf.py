"""PDF by LibreOffice, in a profile of its own: an open LibreOffice of the user is left alone."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from perfxl.problem import Problem

_SECONDS, _SECONDS_EACH = 120, 20


class PdfUnavailable(Problem):
    """No LibreOffice, or it could not convert."""


def soffice() -> str:
    """LibreOffice's program. Raises PdfUnavailable."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise PdfUnavailable(
            "没有找到 LibreOffice，不能转成 PDF；请安装后再用 --pdf，或在 Word、WPS 中另存为 PDF",
            "no PDF without LibreOffice; install it to use --pdf, or save as PDF in Word or WPS",
        )
    return program


def as_pdfs(paths: Sequence[Path]) -> list[bytes]:
    """Documents or workbooks as PDF, in their order, by one LibreOffice. Raises PdfUnavailable."""
    program = soffice()
    with tempfile.TemporaryDirectory() as folder:
        # Copies under plain names: the user's own may be ones that a command line cannot bear.
        sources = [Path(folder) / f"source{number}{path.suffix}" for number, path in enumerate(paths)]
        for path, source in zip(paths, sources, strict=True):
            source.write_bytes(path.read_bytes())
        profile = (Path(folder) / "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", folder]
        seconds = _SECONDS + _SECONDS_EACH * len(paths)
        try:
            subprocess.run([*command, *map(str, sources)], capture_output=True, timeout=seconds, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PdfUnavailable(
                "LibreOffice 没有完成转换；请再试一次，或在 Word、WPS 中另存为 PDF",
                "LibreOffice did not finish the PDF; try again, or save as PDF in Word or WPS",
            ) from error
        made = [source.with_suffix(".pdf") for source in sources]
        for path, pdf in zip(paths, made, strict=True):
            if not pdf.exists():
                raise PdfUnavailable(
                    f"LibreOffice 不能把 {path.name} 转成 PDF；请确认装有它的 Writer 和 Calc",
                    f"LibreOffice cannot make a PDF of {path.name}; see that its Writer and Calc are installed",
                )
        return [pdf.read_bytes() for pdf in made]
