"""Names, flags and relationships that the parts of an OOXML package share, transitional or strict."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from perfxl.sources.errors import damaged
from perfxl.sources.package import Package
from perfxl.sources.xml_part import MAX_TEXT, Attributes, PartParser, remembered, text_too_long

_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_OFFICE_RELATIONSHIPS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_PACKAGE_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Relationship:
    """Where a part points. `kind` is the last word of the type, such as `worksheet`."""

    kind: str
    target: str
    external: bool


@cache
def main(local_name: str) -> frozenset[str]:
    """A SpreadsheetML element's name in both namespaces."""
    return frozenset(f"{namespace} {local_name}" for namespace in _MAIN)


def relationship_id(attributes: Attributes) -> str | None:
    """The value of `r:id`."""
    for namespace in _OFFICE_RELATIONSHIPS:
        if (value := attributes.get(f"{namespace} id")) is not None:
            return value
    return None


def truth(text: str) -> bool:
    """An XML Schema boolean."""
    if text in ("1", "true"):
        return True
    if text in ("0", "false"):
        return False
    raise damaged(f"开关值 {text[:20]} 有误", f"a setting is neither on nor off, {text[:20]}")


def count(text: str) -> int | None:
    """A whole number from 0 in ASCII digits, None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def plain_text(text: str) -> str:
    """`_x000D_` and the like decoded, within Excel's length for a cell; a lone surrogate becomes U+FFFD."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), text)
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if len(text) > MAX_TEXT:
        raise text_too_long()
    return text


def relationships(package: Package, part: str) -> Mapping[str, Relationship]:
    """A part's relationships by id, none where it has no such part; `""` is the package itself."""
    source = _relationships_part(part)
    return _relationships(package.read(source), source) if source in package else {}


@lru_cache(maxsize=64)
def _relationships_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


@remembered
def _relationships(data: bytes, source: str) -> Mapping[str, Relationship]:
    folder = posixpath.dirname(posixpath.dirname(source))
    found: dict[str, Relationship] = {}

    def relationship(attributes: Attributes) -> None:
        identifier = attributes.get("Id", "")
        if identifier in found:
            raise damaged(
                f"部件 {source} 中编号 {identifier[:20]} 重复",
                f"in part {source} the number {identifier[:20]} is given twice",
            )
        external = attributes.get("TargetMode") == "External"
        target = attributes.get("Target", "")
        if not external:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        found[identifier] = Relationship(attributes.get("Type", "").rpartition("/")[2], target, external)

    PartParser(
        source,
        frozenset({f"{_PACKAGE_RELATIONSHIPS} Relationships"}),
        starts={f"{_PACKAGE_RELATIONSHIPS} Relationship": relationship},
        texts={},
        ends={},
    ).parse(data)
    return found
