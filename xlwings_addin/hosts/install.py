"""The menu 绩效自评 put into a person's LibreOffice, and LibreOffice started with a workbook."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from perfxl.problem import Problem
from xlwings_addin.hosts.libreoffice import OfficeMissing, office_program, office_python
from xlwings_addin.hosts.oxt import IDENTIFIER, build

COMMAND = (sys.executable, "-m", "xlwings_addin.hosts.macro")
"""Runs a macro in this very environment."""


class NotInstalled(Problem):
    """LibreOffice did not take the extension; LibreOffice's own words are in it."""


def install(profile: Path | None = None, command: Sequence[str] = COMMAND) -> None:
    """The menu from the next start on, over an older one. `profile` None is the person's own.

    Raises OfficeMissing, also where LibreOffice has no Python, and NotInstalled.
    """
    office_python()
    with tempfile.TemporaryDirectory(prefix="perfxl-") as folder:
        _unopkg(profile, "add", "--force", str(build_package(Path(folder), command)))


def build_package(directory: Path, command: Sequence[str] = COMMAND) -> Path:
    """Write perfxl.oxt, which runs this very environment. Returns the file."""
    path = directory / "perfxl.oxt"
    path.write_bytes(build(command))
    return path


def remove(profile: Path | None = None) -> None:
    """Raises OfficeMissing and NotInstalled."""
    _unopkg(profile, "remove", IDENTIFIER)


def is_installed(profile: Path | None = None) -> bool:
    """Whether the menu is in that LibreOffice. Raises OfficeMissing."""
    try:
        return IDENTIFIER in _unopkg(profile, "list")
    except NotInstalled:
        return False


def start(path: Path, profile: Path | None = None) -> subprocess.Popen[bytes]:
    """LibreOffice with the workbook in a window; it stays when we end. Raises OfficeMissing and NotInstalled."""
    if not is_installed(profile):
        install(profile)
    command = [office_program(), *_environment(profile), "--norestore", "--calc", str(path.resolve())]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def _unopkg(profile: Path | None, *arguments: str) -> str:
    """What it printed."""
    beside = Path(office_program()).resolve().with_name("unopkg")
    program = str(beside) if beside.exists() else shutil.which("unopkg")
    if program is None:
        raise OfficeMissing(
            "没有找到 LibreOffice 的 unopkg；请完整安装 LibreOffice 再试",
            "LibreOffice's unopkg is not there; install the whole of LibreOffice and try again",
        )
    action, *rest = arguments
    command = [program, action, *_environment(profile), *rest]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-300:]
        raise NotInstalled(
            f"LibreOffice 未接受扩展（{said}）；请先关闭 LibreOffice，用本人的账户（不用 root）再试",
            f"LibreOffice did not take the extension ({said}); close LibreOffice and try again under your own account,"
            " not as root",
        )
    return done.stdout


def _environment(profile: Path | None) -> list[str]:
    return [f"-env:UserInstallation={profile.resolve().as_uri()}"] if profile else []
