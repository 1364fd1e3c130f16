"""What the installer asks a PC: folders, registry, processes. Tests put a pretended PC in its place."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Protocol

Hive = str
"""`HKCU`, `HKLM` or `HKCR`."""


class Machine(Protocol):
    """A Windows PC. A registry value or folder that is not there is None."""

    python: Path
    """The interpreter that runs us."""
    home: Path
    """%USERPROFILE%."""
    roaming: Path
    """%APPDATA%."""

    def value(self, hive: Hive, key: str, name: str = "") -> str | int | None:
        """A registry value; the key's own where `name` is empty."""

    def values(self, hive: Hive, key: str) -> dict[str, str | int]:
        """All values of a key."""

    def running(self, program: str) -> bool:
        """Whether a process of that name, such as `EXCEL.EXE`, runs."""

    def has_module(self, name: str) -> bool:
        """Whether the interpreter can import it."""


class Windows:
    """This PC. Untried: no Windows was at hand."""

    def __init__(self) -> None:
        import os

        self.python = Path(sys.executable)
        self.home = Path(os.environ["USERPROFILE"])
        self.roaming = Path(os.environ["APPDATA"])

    def value(self, hive: Hive, key: str, name: str = "") -> str | int | None:
        return self.values(hive, key).get(name)

    def values(self, hive: Hive, key: str) -> dict[str, str | int]:
        import winreg

        roots = {
            "HKCU": winreg.HKEY_CURRENT_USER,  # type: ignore[attr-defined]
            "HKLM": winreg.HKEY_LOCAL_MACHINE,  # type: ignore[attr-defined]
            "HKCR": winreg.HKEY_CLASSES_ROOT,  # type: ignore[attr-defined]
        }
        found: dict[str, str | int] = {}
        try:
            with winreg.OpenKey(roots[hive], key) as opened:  # type: ignore[attr-defined]
                for number in range(winreg.QueryInfoKey(opened)[1]):  # type: ignore[attr-defined]
                    name, content, _ = winreg.EnumValue(opened, number)  # type: ignore[attr-defined]
                    found[name] = content if isinstance(content, int) else str(content)
        except OSError:
            return found
        return found

    def running(self, program: str) -> bool:
        import subprocess

        listed = subprocess.run(
            ["tasklist", "/FI", f"IMAGENAME eq {program}", "/NH"], capture_output=True, text=True, check=False
        )
        return program.lower() in listed.stdout.lower()

    def has_module(self, name: str) -> bool:
        from importlib.util import find_spec

        return find_spec(name) is not None


def this_machine() -> Machine | None:
    """None where this is no Windows."""
    return Windows() if sys.platform == "win32" else None
