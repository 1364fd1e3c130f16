"""Packages of npm that tests use, at fixed versions."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.spreadsheets import installed

_OPTIONS = ("--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000")


def fetched(package: str, folder: Path) -> Path:
    """The folder node_modules with a package `name@version`. Without npm as without any program; skips where npm
    reaches nobody."""
    npm = installed("npm")
    try:
        command = [npm, "install", "--prefix", str(folder), *_OPTIONS, package]
        subprocess.run(command, capture_output=True, timeout=90, check=True)
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"npm did not fetch {package}: {type(error).__name__}")
    return folder / "node_modules"
