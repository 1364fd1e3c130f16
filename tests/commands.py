"""What the tests of the command line share: a command run in this process, and returned workbooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfxl.cli import main

ROOT = Path(__file__).parent.parent
RETURNED = ROOT / "examples" / "returned"
GUMEI = RETURNED / "古美路街道办事处-2020.xlsx"
KUNMING = RETURNED / "上海市人民政府驻昆明办事处-2020.xlsx"
LINCANG = RETURNED / "临沧市人民政府办公室-2021.xlsx"
OBJECTIVE = RETURNED / "上海市人民政府驻广州办事处-2020-绩效目标表.xlsx"

Capture = pytest.CaptureFixture[str]


def run(capsys: Capture, *arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout, stderr of one command in this process."""
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err
