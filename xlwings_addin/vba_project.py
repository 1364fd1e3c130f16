"""Writes a vbaProject.bin from sources ([MS-OVBA]): no compiled code in it, so every program compiles it on loading."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from xlwings_addin.compound_file import compound_file

PROJECT_ID = "{7C7B6D0E-5A0E-4B8C-9D0F-3E2A1C6B5D41}"
"""Fixed, so that the same sources give the same bytes."""
_CHUNK = 4096
_LONGEST_LINE = 1023
_CODE_PAGE = 1252
_REFERENCES = (
    (
        "stdole",
        r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation",
    ),
    (
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.8#0#C:\Program Files\Common Files\Microsoft Shared"
        r"\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)
"""Office for IRibbonUI and IRibbonControl; VBA and Excel itself need no naming."""
_DOCUMENT_CLASSES = {
    "workbook": "0{00020819-0000-0000-C000-000000000046}",
    "sheet": "0{00020820-0000-0000-C000-000000000046}",
}
_CLASS = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"

Kind = Literal["module", "class", "workbook", "sheet"]


@dataclass(frozen=True)
class Module:
    """A module by the name it has in the project; `source` is what a person would type, without attributes."""

    name: str
    kind: Kind
    source: str


def vba_project(name: str, modules: Sequence[Module]) -> bytes:
    """The project. Raises ValueError for a source that is not ASCII or has a line that the editor would cut."""
    streams = {module.name: compressed(_text(module).encode("ascii")) for module in modules}
    return compound_file(
        {
            "VBA": {
                "dir": compressed(b"".join(_directory(name, modules))),
                "_VBA_PROJECT": b"\xcc\x61\xff\xff\0\0\0",
                **streams,
            },
            "PROJECT": _project(name, modules).encode("ascii"),
            "PROJECTwm": b"".join(
                module.name.encode() + b"\0" + module.name.encode("utf-16-le") + b"\0\0" for module in modules
            )
            + b"\0\0",
        }
    )


def _text(module: Module) -> str:
    """The source with its attributes and Windows line ends."""
    lines = [*_attributes(module), *module.source.splitlines()]
    for number, line in enumerate(lines, 1):
        if not line.isascii():
            raise ValueError(f"{module.name} line {number}: VBA sources are ASCII only")
        if len(line) > _LONGEST_LINE:
            raise ValueError(f"{module.name} line {number}: longer than {_LONGEST_LINE}")
    return "\r\n".join(lines) + "\r\n"


def _attributes(module: Module) -> Iterator[str]:
    yield f'Attribute VB_Name = "{module.name}"'
    if module.kind == "module":
        return
    base = _DOCUMENT_CLASSES.get(module.kind, _CLASS)
    document = module.kind in _DOCUMENT_CLASSES
    yield f'Attribute VB_Base = "{base}"'
    for attribute, value in (
        ("GlobalNameSpace", False),
        ("Creatable", False),
        ("PredeclaredId", document),
        ("Exposed", document),
        ("TemplateDerived", False),
        ("Customizable", document),
    ):
        yield f"Attribute VB_{attribute} = {value}"


def exported_source(text: str) -> str:
    """What a module holds, from a file that the VBA editor exported: without the header and its attributes."""
    lines = text.splitlines()
    if lines and lines[0].startswith("VERSION"):
        lines = lines[lines.index("END") + 1 :]
    return "\n".join(line for line in lines if not re.match(r"Attribute VB_", line))


def _directory(name: str, modules: Sequence[Module]) -> Iterator[bytes]:
    """The records of the stream `dir`."""
    yield _number(0x01, 1)  # 32-bit Windows, which 64-bit programs take as well.
    yield _number(0x02, 0x409)
    yield _number(0x14, 0x409)
    yield _record(0x03, struct.pack("<H", _CODE_PAGE))
    yield _record(0x04, name.encode())
    yield _record(0x05, b"") + _record(0x40, b"")
    yield _record(0x06, b"") + _record(0x3D, b"")
    yield _number(0x07, 0)
    yield _number(0x08, 0)
    yield struct.pack("<HIIH", 0x09, 4, 1, 0)
    yield _record(0x0C, b"") + _record(0x3C, b"")
    for reference, library in _REFERENCES:
        yield _both(0x16, 0x3E, reference)
        yield _record(0x0D, struct.pack("<I", len(library)) + library.encode() + b"\0" * 6)
    yield _record(0x0F, struct.pack("<H", len(modules)))
    yield _record(0x13, b"\xff\xff")
    for module in modules:
        yield _both(0x19, 0x47, module.name)
        yield _both(0x1A, 0x32, module.name)
        yield _record(0x1C, b"") + _record(0x48, b"")
        yield _number(0x31, 0)
        yield _number(0x1E, 0)
        yield _record(0x2C, b"\xff\xff")
        yield _record(0x21 if module.kind == "module" else 0x22, b"")
        yield _record(0x2B, b"")
    yield _record(0x10, b"")


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HI", kind, len(content)) + content


def _number(kind: int, value: int) -> bytes:
    return _record(kind, struct.pack("<I", value))


def _both(kind: int, unicode_kind: int, text: str) -> bytes:
    return _record(kind, text.encode()) + _record(unicode_kind, text.encode("utf-16-le"))


def _project(name: str, modules: Sequence[Module]) -> str:
    """The stream PROJECT: the modules, and a project that is neither locked nor hidden."""
    words = {"workbook": "Document", "sheet": "Document", "module": "Module", "class": "Class"}
    listed = [
        f"{words[module.kind]}={module.name}{'/&H00000000' if words[module.kind] == 'Document' else ''}"
        for module in modules
    ]
    lines = [
        f'ID="{PROJECT_ID}"',
        *listed,
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{encrypted(bytes(4), PROJECT_ID, 0x5D)}"',
        f'DPB="{encrypted(bytes(1), PROJECT_ID, 0x5D)}"',
        f'GC="{encrypted(bytes([0xFF]), PROJECT_ID, 0x5D)}"',
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
        "",
    ]
    return "\r\n".join(lines)


def encrypted(data: bytes, project_id: str, seed: int) -> str:
    """The protection fields of PROJECT as [MS-OVBA] 2.4.3.2 hides them."""
    key = sum(project_id.encode()) & 0xFF
    out = [seed, seed ^ 2, seed ^ key]
    plain, last, before = key, out[2], out[1]
    for byte in (*bytes((seed & 6) // 2), *struct.pack("<I", len(data)), *data):
        hidden = byte ^ ((before + plain) & 0xFF)
        out.append(hidden)
        plain, last, before = byte, hidden, last
    return bytes(out).hex().upper()


def compressed(data: bytes) -> bytes:
    """[MS-OVBA] 2.4.1: chunks of 4,096 bytes, each of literals and of copies from what came before in it."""
    out = bytearray(b"\x01")
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        tokens = _tokens(chunk)
        if len(tokens) > _CHUNK:
            tokens = chunk.ljust(_CHUNK, b"\0")
            out += struct.pack("<H", 0x3000 | (len(tokens) - 1)) + tokens
        else:
            out += struct.pack("<H", 0xB000 | (len(tokens) - 1)) + tokens
    return bytes(out)


def _tokens(chunk: bytes) -> bytes:
    out = bytearray()
    seen: dict[bytes, list[int]] = {}
    place = 0
    while place < len(chunk):
        flags, group = 0, bytearray()
        for bit in range(8):
            if place >= len(chunk):
                break
            offset_bits = max(4, (place - 1).bit_length()) if place else 4
            longest = (0xFFFF >> offset_bits) + 3
            length, start = _match(chunk, place, seen.get(chunk[place : place + 3], ()), longest)
            if length < 3:
                length = 1
                group.append(chunk[place])
            else:
                flags |= 1 << bit
                group += struct.pack("<H", ((place - start - 1) << (16 - offset_bits)) | (length - 3))
            for passed in range(place, place + length):
                seen.setdefault(chunk[passed : passed + 3], []).append(passed)
            place += length
        out.append(flags)
        out += group
    return bytes(out)


def _match(chunk: bytes, place: int, candidates: Sequence[int], longest: int) -> tuple[int, int]:
    """The longest repetition at `place` and where it was before; the nearest among equals."""
    best, at = 0, 0
    most = min(longest, len(chunk) - place)
    for start in reversed(candidates):
        length = 0
        while length < most and chunk[start + length] == chunk[place + length]:
            length += 1
        if length > best:
            best, at = length, start
            if best == most:
                break
    return best, at
