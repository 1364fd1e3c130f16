"""The pictures of docs/填表人指南.md, made from a form that is marked and one that is locked.

PERFXL_WRITE_IMAGES=1 puts them into docs/images; else they are only made and looked over.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from perfxl.editing import apply_edits
from perfxl.locking import lock
from perfxl.markup import marked
from tests.spreadsheets import installed

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parent.parent
RETURNED = ROOT / "examples" / "returned"
IMAGES = ROOT / "docs" / "images"
GUIDE = ROOT / "docs" / "填表人指南.md"
LEAST_INK = 0.01
"""The share of a page's bytes that are not paper: a blank page has none."""


def test_the_guide_has_its_pictures(tmp_path: Path) -> None:
    draft, good = RETURNED / "滨河区图书馆-2020-初稿.xlsx", RETURNED / "滨河区图书馆-2020.xlsx"
    with_marks, _ = marked(draft.read_bytes(), draft.name)
    time = datetime(2021, 3, 5, 9, 30, tzinfo=UTC)
    locked = lock(good.read_bytes(), good.name, time=time, signer="张三")
    pictures = {
        "marked": pages(with_marks, tmp_path / "marked")[0],
        "results": pages(with_marks, tmp_path / "results")[-1],
        "locked": pages(apply_edits(good.read_bytes(), locked.edits), tmp_path / "locked")[0],
    }
    assert locked.seal.code in text(tmp_path / "locked" / "表.pdf")
    guide = GUIDE.read_text("utf-8")
    for name, picture in pictures.items():
        assert f"images/{name}.png" in guide
        assert ink(picture) > LEAST_INK, name
        if os.environ.get("PERFXL_WRITE_IMAGES") == "1":
            shutil.copyfile(picture, IMAGES / f"{name}.png")
        assert size(IMAGES / f"{name}.png") == size(picture), name


def pages(data: bytes, folder: Path) -> list[Path]:
    """Every page as LibreOffice prints it."""
    folder.mkdir()
    path = folder / "表.xlsx"
    path.write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    office = [installed("soffice"), profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path)]
    subprocess.run(office, capture_output=True, timeout=300, check=True)
    paint = [installed("pdftoppm"), "-r", "70", "-png", str(folder / "表.pdf"), str(folder / "page")]
    subprocess.run(paint, capture_output=True, timeout=120, check=True)
    return sorted(folder.glob("page*.png"))


def text(pdf: Path) -> str:
    return subprocess.run([installed("pdftotext"), str(pdf), "-"], capture_output=True, check=True).stdout.decode()


def size(png: Path) -> tuple[int, int]:
    width, height = struct.unpack(">2L", png.read_bytes()[16:24])
    return width, height


def ink(png: Path) -> float:
    """The share of filtered bytes that differ from the one before: paper alone gives nearly none."""
    data, place, packed = png.read_bytes(), 8, b""
    while place < len(data):
        (length,) = struct.unpack(">L", data[place : place + 4])
        if data[place + 4 : place + 8] == b"IDAT":
            packed += data[place + 8 : place + 8 + length]
        place += length + 12
    raw = zlib.decompress(packed)
    return sum(one != 0 and one != 0xFF for one in raw) / len(raw)
