"""Parts that are no XML any more: an edit refuses with a sentence, or writes a workbook whose every part is sound."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from random import Random
from xml.parsers.expat import ParserCreate

from perfxl.edit import (
    AddSheet,
    ClearMarks,
    Edit,
    EditError,
    LockEveryCell,
    NewCell,
    ProtectSheet,
    ProtectStructure,
    SetFill,
    SetFooter,
    SetNote,
    SetProperty,
    SetValue,
)
from perfxl.editing import apply_edits, workbook_settings
from perfxl.sources import UnreadableFile
from tests.extent import cases
from tests.test_templates import TEMPLATES

TRIES = cases(75, 300)
GOOD = (TEMPLATES / "mof-2020-项目支出绩效自评表.xlsx").read_bytes()


def broken(random: Random) -> bytes:
    """One part with a stretch cut out, doubled, or overwritten."""
    source = zipfile.ZipFile(io.BytesIO(GOOD))
    name = random.choice([name for name in source.namelist() if name.endswith((".xml", ".rels"))])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.namelist():
            data = source.read(entry)
            if entry == name:
                start = random.randrange(len(data))
                end = min(len(data), start + random.choice((1, 3, 20, 400)))
                middle = random.choice((b"", data[start:end] * 2, b"<", b"&x;", b"</row>", b"<!DOCTYPE a []>"))
                data = data[:start] + middle + data[end:]
            archive.writestr(entry, data)
    return out.getvalue()


def test_broken_parts_are_refused_or_stay_whole() -> None:
    random = Random(5)
    edits: list[Edit] = [
        *(SetValue("自评表", 20, 4, Decimal(1)), SetNote("自评表", 13, 2, "注"), SetFill("自评表", 13, 2, "FFFFC7CE")),
        *(ClearMarks("自检"), LockEveryCell(), ProtectSheet("自检", True), ProtectStructure(True)),
        *(SetFooter("自评表", "&L码"), AddSheet("校验结果", ((NewCell("甲"),),)), SetProperty("perfxl.seal.1", "x")),
    ]
    outcomes = {"refused": 0, "written": 0}
    for _ in range(TRIES):
        data = broken(random)
        try:
            workbook_settings(data)
            edited = apply_edits(data, edits)
        except (EditError, UnreadableFile):
            outcomes["refused"] += 1
            continue
        outcomes["written"] += 1
        before, after = (zipfile.ZipFile(io.BytesIO(content)) for content in (data, edited))
        for name in after.namelist():
            if name.endswith((".xml", ".rels")) and (
                name not in before.namelist() or before.read(name) != after.read(name)
            ):
                ParserCreate().Parse(after.read(name), True)
    assert min(outcomes.values()) > TRIES // 15, outcomes
