"""What the tests of hostile workbooks share: a good one to spoil, and how it must be refused."""

from __future__ import annotations

import re
import struct
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from perfxl.grid import CellRef
from perfxl.sources import UnreadableFile, read_workbook
from tests.xlsx_packages import parts_of, zipped

CHINESE = re.compile("[\u4e00-\u9fff]")
OWN_WORDS = re.compile("自评表|昨天|一|表")
"""What the files of these tests say themselves: names of sheets, contents of cells."""
SOON = 3.0
"""Seconds of the processor; the slowest of these takes under one."""

GOOD = parts_of(
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>43921</v></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>说明</t></is></c><c r="B2"><f>B1*2</f><v>87842</v></c></row>',
    '<mergeCells><mergeCell ref="A3:B4"/></mergeCells>',
)


def refused(path: Path) -> tuple[str, Mapping[str, str]]:
    started = time.process_time()
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(path)
    assert time.process_time() - started < SOON
    english = caught.value.finding(CellRef("")).message("en")
    assert not CHINESE.search(OWN_WORDS.sub("", english)), english
    return caught.value.code, caught.value.numbers


def refused_content(tmp_path: Path, content: bytes) -> tuple[str, Mapping[str, str]]:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    return refused(path)


def refused_parts(tmp_path: Path, parts: Mapping[str, str | bytes]) -> tuple[str, str]:
    """The code and its one parameter."""
    code, numbers = refused_content(tmp_path, zipped(parts))
    (number,) = numbers.values()
    return code, number


def ole(*streams: str) -> bytes:
    """A compound file's header and a directory with the streams' names, which is all that is looked at."""
    entries = b""
    for name in ("Root Entry", *streams):
        coded = name.encode("utf-16-le")
        entries += coded.ljust(64, b"\0") + struct.pack("<HB", len(coded) + 2, 2) + bytes(61)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries
