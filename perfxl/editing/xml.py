"""XML as text with places: elements are found by offset, and what is not edited keeps its very characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from xml.parsers.expat import ExpatError, ParserCreate

from perfxl.refusals import misshapen

# Python before 3.11.5, as Debian 12 has it, matches no possessive group of several alternatives (gh-106052).
TAG = re.compile(
    r"<(?:!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>"
    r"|(/?)([^\s/>!?]++)((?:[^\"'/>]++|\"[^\"]*+\"|'[^']*+'|/(?!>))*)(/?)>)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"\s+([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(r"&(#x[0-9A-Fa-f]+|#[0-9]+|[a-z]+);")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")


class Element(NamedTuple):
    """An element by its offsets: `start`, `inner` behind the start tag, `close` before the end tag, `end`."""

    name: str
    start: int
    inner: int
    close: int
    end: int

    @property
    def local(self) -> str:
        return self.name.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """With its colon, or empty."""
        return self.name[: -len(self.local)]

    @property
    def empty(self) -> bool:
        """Written as one tag, `<a/>`."""
        return self.close == self.end


def _plain(text: str) -> bool:
    """Without comments and CDATA. A lone character is found ten times faster than two."""
    return "!" not in text or "<!" not in text


def elements(text: str, start: int, end: int) -> Iterator[Element]:
    """The elements from `start` to `end` on the same level."""
    jump = _plain(text)
    place = start
    while (tag := TAG.search(text, place, end)) is not None:
        place = tag.end()
        name = tag[2]
        if name is None:
            continue
        if tag[4]:
            yield Element(name, tag.start(), place, place, place)
            continue
        close = text.find(f"</{name}>", place, end) if jump else -1
        if close >= 0 and text.find(f"<{name}", place, close) < 0:
            after = close + len(name) + 3
        else:
            close, after = _end_of(text, place, end)
        yield Element(name, tag.start(), place, close, after)
        place = after


def _end_of(text: str, place: int, end: int) -> tuple[int, int]:
    depth = 1
    for tag in TAG.finditer(text, place, end):
        if tag[2] is None or tag[4]:
            continue
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.start(), tag.end()
    raise misshapen("文件的 XML 不完整", "the XML of the file is incomplete")


def root_of(text: str) -> Element:
    """The root element of a well-formed part."""
    if _plain(text) and (close := text.rfind("</")) >= 0:
        tag = TAG.search(text)
        while tag and not tag[2]:
            tag = TAG.search(text, tag.end())
        if tag and not tag[4]:
            return Element(tag[2], tag.start(), tag.end(), close, text.index(">", close) + 1)
    return next(elements(text, 0, len(text)))


def children(text: str, parent: Element) -> list[Element]:
    return list(elements(text, parent.inner, parent.close))


def child(text: str, parent: Element, local: str) -> Element | None:
    """The first child of that name with its parent's prefix."""
    name = parent.prefix + local
    return next((found for found in elements(text, parent.inner, parent.close) if found.name == name), None)


def attributes(text: str, element: Element) -> dict[str, str]:
    """The element's attributes by name with prefix, unescaped."""
    return tag_attributes(text[element.start : element.inner])


def tag_attributes(tag: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(tag)
    if "&" not in tag:
        return {name: double or single for name, double, single in found}
    return {name: unescaped(double or single) for name, double, single in found}


def with_attribute(tag: str, name: str, value: str | None) -> str:
    """The start tag with the attribute set, or without it for None; all else stays as it is written."""
    for found in _ATTRIBUTE.finditer(tag):
        if found[1] == name:
            written = "" if value is None else f' {name}="{quoted(value)}"'
            return tag[: found.start()] + written + tag[found.end() :]
    if value is None:
        return tag
    end = len(tag) - (2 if tag.endswith("/>") else 1)
    return f'{tag[:end].rstrip()} {name}="{quoted(value)}"{tag[end:]}'


def set_attribute(text: str, element: Element, name: str, value: str | None) -> str:
    """The whole text with the element's attribute set or removed."""
    return (
        text[: element.start] + with_attribute(text[element.start : element.inner], name, value) + text[element.inner :]
    )


def without_element(text: str, element: Element) -> str:
    return text[: element.start] + text[element.end :]


def with_last(text: str, parent: Element, xml: str) -> str:
    """The text with `xml` as the parent's last child."""
    if parent.empty:
        tag = text[parent.start : parent.end]
        return f"{text[: parent.start]}{tag[:-2].rstrip()}>{xml}</{parent.name}>{text[parent.end :]}"
    return text[: parent.close] + xml + text[parent.close :]


def with_child(text: str, parent: Element, xml: str, local: str, order: Sequence[str]) -> str:
    """The text with `xml`, a child named `local`, behind the last of those the schema puts before or beside it."""
    before = set(order[: order.index(local) + 1])
    if parent.empty:
        return with_last(text, parent, xml)
    place = parent.inner
    for found in elements(text, parent.inner, parent.close):
        if found.local in before and found.prefix == parent.prefix:
            place = found.end
    return text[:place] + xml + text[place:]


def namespaces(text: str, element: Element) -> dict[str, str]:
    """Prefix with colon (empty for the default) → namespace, as declared on the element."""
    return {
        name[6:] + ":" if ":" in name else "": value
        for name, value in attributes(text, element).items()
        if name == "xmlns" or name.startswith("xmlns:")
    }


def quoted(text: str) -> str:
    """Text for an attribute in double quotes."""
    return escaped(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def escaped(text: str) -> str:
    """Text for the content of an element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if name.startswith("#x"):
        return chr(int(name[2:], 16))
    return chr(int(name[1:])) if name.startswith("#") else _NAMED.get(name, found[0])


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a part is written: its byte order mark and codec."""

    mark: bytes
    codec: str

    def bytes(self, text: str) -> bytes:
        return self.mark + text.encode(self.codec, "xmlcharrefreplace")


UTF_8 = Encoding(b"", "utf-8")


def decoded(data: bytes, part: str) -> tuple[str, Encoding]:
    """The part as text, and how to write it again byte for byte."""
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            encoding = Encoding(mark, codec)
            break
    else:
        declared = _DECLARED.match(data)
        encoding = Encoding(b"", declared[1].decode().lower() if declared else "utf-8")
    try:
        text = data[len(encoding.mark) :].decode(encoding.codec)
    except (LookupError, UnicodeDecodeError) as error:
        raise misshapen(f"部件 {part} 的编码不受支持", f"the encoding of the part {part} is not supported") from error
    return text, encoding


def require_well_formed(data: bytes, part: str) -> None:
    """EditError for XML that is broken or has a DTD."""

    def refuse(*_: object) -> None:
        raise misshapen(f"部件 {part} 含有 DTD 声明", f"the part {part} declares a DTD")

    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except ExpatError as error:
        raise misshapen(f"部件 {part} 不是完整的 XML", f"the part {part} is not complete XML") from error
