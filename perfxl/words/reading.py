"""A Word document as plain paragraphs and tables. Read without trust, as every file that comes from outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree.ElementTree import Element, ParseError, fromstring

from perfxl.form import Located
from perfxl.grid import CellRef
from perfxl.sources.errors import damaged
from perfxl.sources.kind import Kind, kind_of, refuse, zip_kind
from perfxl.sources.package import Package
from perfxl.sources.raw_file import file_bytes

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PICTURES = {f"{_W}drawing", f"{_W}pict", f"{_W}object"}
_DOCUMENT, _STYLES = "word/document.xml", "word/styles.xml"


@dataclass(frozen=True)
class Block:
    """A paragraph, or a table with its rows. `style` is the style's name in lower case, empty for the default."""

    kind: Literal["paragraph", "table"]
    text: str
    """A table has a line per row, its cells apart by tabs."""
    style: str = ""
    marks: tuple[str, ...] = ()
    """Names of the bookmarks that start here."""
    picture: bool = False


def read_blocks(data: bytes) -> list[Block]:
    """The body from the top down. Raises UnreadableFile."""
    kind = kind_of(data)
    if kind is not Kind.ZIP:
        raise refuse(kind)
    package = Package(data)
    if _DOCUMENT not in package:
        raise refuse(zip_kind(package.names))
    root = _tree(package.read(_DOCUMENT))
    names = _style_names(_tree(package.read(_STYLES))) if _STYLES in package else {}
    body = root.find(f"{_W}body")
    if body is None:
        raise damaged("文档没有正文", "the document has no body")
    return list(_blocks(body, names))


def paragraphs_of(path: Path) -> tuple[Located[str], ...]:
    """Every paragraph with words in it, its number as the row; tables left out: the form is checked as a form."""
    found = []
    for number, block in enumerate(read_blocks(file_bytes(path)), start=1):
        text = block.text.strip()
        if block.kind == "paragraph" and text:
            found.append(Located(text, CellRef(path.name, "正文段落", number), block.text))
    return tuple(found)


def _tree(content: bytes) -> Element:
    if b"<!DOCTYPE" in content.replace(b"\0", b""):
        raise damaged("文档含有 DTD", "the document has a DTD, which no form needs")
    try:
        return fromstring(content)
    except ParseError as error:
        raise damaged("文档的 XML 损坏", "the document's XML is damaged") from error


def _style_names(root: Element) -> dict[str, str]:
    """Id → name: programs rename the ids, hardly ever the names."""
    names = {}
    for style in root.iter(f"{_W}style"):
        name = style.find(f"{_W}name")
        if name is not None:
            names[style.get(f"{_W}styleId", "")] = name.get(f"{_W}val", "").lower()
    return names


def _blocks(parent: Element, names: dict[str, str]) -> Iterator[Block]:
    for child in parent:
        if child.tag == f"{_W}p":
            yield _paragraph(child, names)
        elif child.tag == f"{_W}tbl":
            rows = ("\t".join(map(_cell_text, row.iter(f"{_W}tc"))) for row in child.iter(f"{_W}tr"))
            yield Block("table", "\n".join(rows))
        elif child.tag == f"{_W}sdt":
            content = child.find(f"{_W}sdtContent")
            if content is not None:
                yield from _blocks(content, names)


def _paragraph(element: Element, names: dict[str, str]) -> Block:
    style = element.find(f"{_W}pPr/{_W}pStyle")
    named = names.get(style.get(f"{_W}val", ""), "") if style is not None else ""
    marks = tuple(mark.get(f"{_W}name", "") for mark in element.iter(f"{_W}bookmarkStart"))
    picture = any(node.tag in _PICTURES for node in element.iter())
    return Block("paragraph", _text(element), named, marks, picture)


def _text(element: Element) -> str:
    """What is to be read there: deleted text and field codes left out."""
    pieces = []
    for run in element.iter(f"{_W}r"):
        for node in run:
            if node.tag == f"{_W}t":
                pieces.append(node.text or "")
            else:
                pieces.append({f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n"}.get(node.tag, ""))
    return "".join(pieces)


def _cell_text(cell: Element) -> str:
    return "⏎".join(_text(paragraph) for paragraph in cell.iter(f"{_W}p")).replace("\n", "⏎")
