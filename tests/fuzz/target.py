"""What a reader may do with any bytes: refuse them with a code of the catalogue, or give a workbook that is checked."""

from __future__ import annotations

from pathlib import Path

from perfxl.finding import catalog
from perfxl.grid import Workbook
from perfxl.review import review_workbook
from perfxl.sources import UnreadableFile
from perfxl.sources.html import read_html
from perfxl.sources.ods import read_ods
from perfxl.sources.package import Package
from perfxl.sources.text import read_text
from perfxl.sources.xls import read_xls
from perfxl.sources.xlsx import read_xlsx
from perfxl.sources.xml_2003 import read_xml_2003
from tests.xlsx_packages import parts_of, zipped

CORPUS = Path(__file__).parent / "corpus"
_PARTS = parts_of(
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>43921</v></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>得分</t></is></c><c r="B2"><f>B1*2</f><v>87842</v></c></row>',
    '<mergeCells><mergeCell ref="A3:B4"/></mergeCells>',
)
_NAMES = sorted(_PARTS)


def _whole(data: bytes) -> Workbook:
    return read_xlsx(data, "a.xlsx")


def _part(data: bytes) -> Workbook:
    """A package in which the bytes are one part, the first byte telling which."""
    name = _NAMES[data[0] % len(_NAMES)] if data else _NAMES[0]
    return read_xlsx(zipped(_PARTS | {name: data[1:]}, compression=0), "a.xlsx")


_TARGETS = (
    _part,
    _whole,
    lambda data: read_html(data, "a.xls"),
    lambda data: read_xml_2003(data, "a.xls"),
    lambda data: read_text(data, "a.csv"),
    lambda data: read_xls(data, "a.xls"),
    lambda data: read_ods(Package(data), "a.ods"),
)


def read(data: bytes) -> Workbook | None:
    """What a reader makes of all but the first byte, which tells which reader; None where it refuses."""
    try:
        workbook = _TARGETS[data[0] % len(_TARGETS) if data else 0](data[1:])
    except UnreadableFile as error:
        assert error.code in catalog()
        assert catalog()[error.code].zh.message.format_map(error.numbers)
        return None
    for finding in review_workbook(workbook, "a.xlsx").findings:
        finding.message()
    return workbook
