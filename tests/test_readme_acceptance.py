"""The pictures of the READMEs: the page of `make demo` in Chromium, and a filled form as LibreOffice prints it.

PERFXL_WRITE_IMAGES=1 puts them into docs/images; else they are only made and looked over.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from perfxl.cli import main
from tests.test_guide_acceptance import IMAGES, LEAST_INK, ROOT, ink, pages, size
from tests.test_html_acceptance import chromium

pytestmark = pytest.mark.acceptance

FORM = "examples/returned/临江市公路事务中心-2025.xlsx"


def test_the_readmes_have_their_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    report, shot = tmp_path / "report", tmp_path / "report.png"
    assert main(["check", "examples/returned", "--report", str(report), "--exit-zero"]) == 0
    page = (report / "index.html").as_uri()
    chromium(tmp_path / "profile", "--window-size=1100,860", f"--screenshot={shot}", page)
    pictures = {"report": shot, "form": pages(Path(FORM).read_bytes(), tmp_path / "form")[0]}
    for name, picture in pictures.items():
        for readme in ("README.md", "README.zh-CN.md"):
            assert f"docs/images/{name}.png" in (ROOT / readme).read_text("utf-8")
        assert ink(picture) > LEAST_INK, name
        if os.environ.get("PERFXL_WRITE_IMAGES") == "1":
            shutil.copyfile(picture, IMAGES / f"{name}.png")
        assert size(IMAGES / f"{name}.png") == size(picture), name
