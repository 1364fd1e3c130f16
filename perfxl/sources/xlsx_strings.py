"""The shared strings of a workbook, and its custom document properties."""

from __future__ import annotations

import re
from collections.abc import Mapping

from perfxl.sources.errors import UnreadableFile, damaged, too_large
from perfxl.sources.ooxml import main, plain_text
from perfxl.sources.xlsx_scan import scanned_strings
from perfxl.sources.xml_part import Attributes, PartParser, remembered, without
from perfxl.sources.xml_scan import Unusual, cut

MAX_STRINGS = 1_000_000
"""As many as cells are kept."""

# Fonts of runs and phonetic settings: two thirds of the tags where LibreOffice split Chinese from digits.
_FONTS = re.compile(
    rb'<rPr>(?:<[A-Za-z]+(?: [A-Za-z]+="[^"<&]*"){0,8}/>){0,20}</rPr>|<phoneticPr(?: [A-Za-z]+="[^"<&]*"){0,4}/>'
)

_COUNTS = re.compile(
    rb' xmlns="http://schemas\.openxmlformats\.org/spreadsheetml/2006/main"'
    rb'(?: count="[0-9]{1,9}")?(?: uniqueCount="[0-9]{1,9}")?'
)
"""What the root says as a rule, with other numbers in each file."""

_PROPERTIES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
    "http://purl.oclc.org/ooxml/officeDocument/customProperties",
)
_TYPES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes",
    "http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes",
)
_SCALARS = (
    *("lpwstr", "lpstr", "bstr", "i1", "i2", "i4", "i8", "int", "ui1", "ui2", "ui4", "ui8", "uint"),
    *("r4", "r8", "decimal", "filetime", "date", "cy", "error"),
)


def read_strings(data: bytes, part: str) -> list[str]:
    """The strings in order: runs of rich text joined, phonetic guides left out. Raises UnreadableFile."""
    try:
        items, rest, attributes = cut(data, b"sst")
        strings = scanned_strings(items)
        if len(strings) <= MAX_STRINGS:
            alone = _COUNTS.fullmatch(attributes) and rest.endswith(b"</sst>")
            return strings if alone else strings + _beside_items(rest, part)
    except (Unusual, UnreadableFile):
        pass
    return _parsed(without(data, _FONTS), part)


def _parsed(data: bytes, part: str) -> list[str]:
    strings: list[str] = []
    runs: list[str] = []
    phonetic = False

    def item(_: Attributes) -> None:
        runs.clear()

    def guide(_: Attributes) -> None:
        nonlocal phonetic
        phonetic = True

    def guide_ended() -> None:
        nonlocal phonetic
        phonetic = False

    def run(text: str) -> None:
        if not phonetic:
            runs.append(text)

    def item_ended() -> None:
        if len(strings) >= MAX_STRINGS:
            raise too_large(f"共享文字不超过 {MAX_STRINGS:,} 条", f"at most {MAX_STRINGS:,} shared texts")
        strings.append(plain_text("".join(runs)))

    PartParser(
        part,
        main("sst"),
        starts={**dict.fromkeys(main("si"), item), **dict.fromkeys(main("rPh"), guide)},
        texts=dict.fromkeys(main("t"), run),
        ends={**dict.fromkeys(main("si"), item_ended), **dict.fromkeys(main("rPh"), guide_ended)},
    ).parse(data)
    return strings


_beside_items = remembered(_parsed)
"""Strings in what is left of the part without its items: none, as a rule."""


@remembered
def read_properties(data: bytes, part: str) -> Mapping[str, str]:
    """Custom document properties by name: flags as `true` or `false`, all else as the text that stands there."""
    properties: dict[str, str] = {}
    name = ""

    def property_(attributes: Attributes) -> None:
        nonlocal name
        name = attributes.get("name", "")
        if name in properties:
            raise damaged("自定义文档属性重名", "two custom document properties have the same name")
        properties[name] = ""

    def value(text: str) -> None:
        if name in properties:
            properties[name] = text

    def flag(text: str) -> None:
        value({"1": "true", "0": "false"}.get(text, text))

    PartParser(
        part,
        frozenset(f"{namespace} Properties" for namespace in _PROPERTIES),
        starts=dict.fromkeys((f"{namespace} property" for namespace in _PROPERTIES), property_),
        texts={
            **{f"{namespace} {scalar}": value for namespace in _TYPES for scalar in _SCALARS},
            **{f"{namespace} bool": flag for namespace in _TYPES},
        },
        ends={},
    ).parse(data)
    return properties
