"""The custom document properties of an OLE file, as [MS-OLEPS] stores them."""

from __future__ import annotations

import struct
from collections.abc import Mapping

STREAM = "\x05DocumentSummaryInformation"
_USER_DEFINED = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")
_DICTIONARY, _CODEPAGE = 0, 1
_UTF_16 = 1200
_I2, _I4, _LPSTR, _LPWSTR = 2, 3, 30, 31


def read_properties(stream: bytes) -> Mapping[str, str]:
    """Texts and whole numbers by name. None for a damaged set: what counts is in the sheets."""
    try:
        (sets,) = struct.unpack_from("<I", stream, 24)
        for number in range(min(sets, 2)):
            identifier, offset = struct.unpack_from("<16sI", stream, 28 + 20 * number)
            if identifier == _USER_DEFINED:
                return _section(stream[offset:])
    except (struct.error, LookupError, UnicodeDecodeError):
        return {}
    return {}


def _section(section: bytes) -> dict[str, str]:
    (count,) = struct.unpack_from("<I", section, 4)
    offsets = dict(struct.unpack_from("<II", section, 8 + 8 * number) for number in range(min(count, len(section))))
    codepage = struct.unpack_from("<H", section, offsets[_CODEPAGE] + 4)[0] if _CODEPAGE in offsets else 1252
    found: dict[str, str] = {}
    for identifier, name in _names(section, offsets[_DICTIONARY], codepage):
        value = _value(section, offsets[identifier], codepage)
        if value is not None:
            found[name] = value
    return found


def _names(section: bytes, at: int, codepage: int) -> list[tuple[int, str]]:
    (count,) = struct.unpack_from("<I", section, at)
    at += 4
    names: list[tuple[int, str]] = []
    for _ in range(min(count, len(section))):
        identifier, length = struct.unpack_from("<II", section, at)
        size = 2 * length if codepage == _UTF_16 else length
        names.append((identifier, _text(section[at + 8 : at + 8 + size], codepage)))
        at += 8 + (size + (-size % 4 if codepage == _UTF_16 else 0))
    return names


def _value(section: bytes, at: int, codepage: int) -> str | None:
    kind, length = struct.unpack_from("<II", section, at)
    if kind == _LPSTR:
        return _text(section[at + 8 : at + 8 + length], codepage)
    if kind == _LPWSTR:
        return _text(section[at + 8 : at + 8 + 2 * length], _UTF_16)
    if kind in (_I2, _I4):
        return str(struct.unpack_from("<h" if kind == _I2 else "<i", section, at + 4)[0])
    return None


def _text(data: bytes, codepage: int) -> str:
    encoding = {_UTF_16: "utf-16-le", 65001: "utf-8", 936: "gbk"}.get(codepage, f"cp{codepage}")
    return data.decode(encoding).partition("\0")[0]
