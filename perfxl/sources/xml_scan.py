"""What every part that is scanned instead of parsed has in common: where it begins, and its character data."""

from __future__ import annotations

import re
import sys

_MOST_BYTES = 16 * 2**20
"""Larger parts are for expat, which never holds them twice."""

# Blanks where the indented files of gnumeric have them. A carriage return is never scanned: expat would change it.
SPACE = r"[ \t\n]*"
PRESERVE = r'(?: xml:space="(?:preserve|default)")?'

_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?:UTF|utf)-8[\"'])?"
    rb"(?: standalone=[\"'](?:yes|no)[\"'])? ?\?>)?[ \t\r\n]*<([A-Za-z]+)( [^<>]*[^<>/])>"
)
DEFAULT_NAMESPACE = re.compile(rb"\bxmlns\s*=")
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""No character of XML, or a carriage return."""
_REFERENCE = re.compile(r"&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});")
_NAMED = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}


class Unusual(Exception):
    """Not in the grammar: the part is to be parsed by expat."""


def cut(data: bytes, element: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands between the tags of the only `element`; the part without it, for a parser of everything else; the
    attributes of the root.

    `element` is the root or stands without attributes below it, both in the default namespace, which the parser of
    the rest has to check. Raises Unusual.
    """
    root = _START.match(data)
    if root is None or len(data) > _MOST_BYTES:
        raise Unusual
    start = root.end()
    if root[1] != element:
        tag = b"<%b>" % element
        start = data.find(tag, start) + len(tag)
        before = data[root.end() : start]
        declares = b"xmlns" in before and DEFAULT_NAMESPACE.search(before)
        if start < len(tag) or b"<!" in before or b"<?" in before or declares:
            raise Unusual
    end = data.rfind(b"</%b>" % element, start)
    if end < 0:
        raise Unusual
    return data[start:end], data[:start] + data[end:], root[2]


def decoded(data: bytes) -> str:
    """UTF-8 as text. Raises Unusual for what is none."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Unusual from error


def plain(text: str) -> str:
    """What character data says, its references resolved. Raises Unusual for what no XML can hold."""
    if text.isprintable() and "&" not in text and "]" not in text:
        return text
    if _NO_TEXT.search(text) or "]]>" in text:  # the end of a CDATA section that never began
        raise Unusual
    resolved, references = _REFERENCE.subn(_character, text)
    if references != text.count("&"):
        raise Unusual
    return resolved


def _character(reference: re.Match[str]) -> str:
    written = reference[0]
    if (character := _NAMED.get(written)) is not None:
        return character
    number = int(written[3:-1], 16) if written[2] == "x" else int(written[2:-1])
    character = chr(number) if number <= sys.maxunicode else ""
    if not character or (_NO_TEXT.search(character) and character != "\r"):
        raise Unusual
    return character
