"""Seeded changes of a good workbook at four depths: bytes, zip records, XML, what a cell holds."""

from __future__ import annotations

import re
import struct
from random import Random

from tests.hostile.form import GOOD, SHEET, TEXTS, workbook

DEPTHS = ("bytes", "zip", "xml", "cell")
_PARTS = [name for name in TEXTS if name not in ("xl/theme/theme1.xml", "docProps/app.xml", "docProps/core.xml")]
_RECORDS = [match.start() for match in re.finditer(rb"PK(\x01\x02|\x03\x04|\x05\x06)", GOOD)]
_INTERESTING = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
_TAG = re.compile(r"<[^<>]*>")
_VALUE = re.compile(r'="[^"]*"|>[^<>]+<')
_ODD = (
    "",
    "0",
    "-1",
    "1e999",
    "NaN",
    "99999999999",
    "A1",
    "XFD1048576",
    "&lt;",
    "&#0;",
    "]]>",
    "<a>",
    "\ufffe",
    "甲" * 40_000,
)
_CELL = re.compile(r'<c r="([A-I]\d+)"( s="\d+")?><v>([0-9.]+)</v></c>')


def mutated(depth: str, seed: int) -> bytes:
    """The good workbook with one to four changes of that depth. The same seed gives the same bytes."""
    chance = Random(f"{depth} {seed}")
    if depth == "bytes":
        return _bytes(chance)
    if depth == "zip":
        return _zip(chance)
    return _xml(chance)


def with_value(seed: int) -> tuple[bytes, str, str]:
    """The good workbook with another number in one cell; the cell's address and the number as written."""
    chance = Random(seed)
    cell = chance.choice(list(_CELL.finditer(TEXTS[SHEET])))
    number = chance.choice([f"{chance.uniform(0, 200):.2f}", str(chance.randrange(10**9)), f"-{chance.random():.15g}"])
    written = cell[0].replace(f"<v>{cell[3]}</v>", f"<v>{number}</v>")
    return workbook(**{SHEET: TEXTS[SHEET].replace(cell[0], written, 1)}), cell[1], number


def _bytes(chance: Random) -> bytes:
    data = bytearray(GOOD)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data))
        how = chance.randrange(5)
        if how == 0:
            data[place] ^= 1 << chance.randrange(8)
        elif how == 1:
            data[place : place + chance.randint(1, 64)] = b""
        elif how == 2:
            data[place:place] = chance.randbytes(chance.randint(1, 64))
        elif how == 3:
            other = chance.randrange(len(data))
            data[place : place + 32] = data[other : other + 32]
        else:
            del data[max(place, 40) :]
    return bytes(data)


def _zip(chance: Random) -> bytes:
    """Numbers in the records of the zip."""
    data = bytearray(GOOD)
    for _ in range(chance.randint(1, 3)):
        size, form = chance.choice(((2, "<H"), (4, "<L")))
        place = chance.choice(_RECORDS) + chance.randrange(4, 44)
        if place + size <= len(data):
            data[place : place + size] = struct.pack(form, chance.choice(_INTERESTING) & (256**size - 1))
    return bytes(data)


def _xml(chance: Random) -> bytes:
    """Tags dropped, doubled, swapped; attributes and texts replaced: in a package that is sound."""
    name = chance.choice(_PARTS)
    text = TEXTS[name]
    for _ in range(chance.randint(1, 4)):
        tags = list(_TAG.finditer(text))
        values = list(_VALUE.finditer(text))
        how = chance.randrange(5)
        if how == 0 and tags:
            tag = chance.choice(tags)
            text = text[: tag.start()] + text[tag.end() :]
        elif how == 1 and tags:
            tag = chance.choice(tags)
            text = text[: tag.end()] + tag[0] + text[tag.end() :]
        elif how == 2 and len(tags) > 1:
            one, other = sorted(chance.sample(tags, 2), key=lambda tag: tag.start())
            text = text[: one.start()] + other[0] + text[one.end() : other.start()] + one[0] + text[other.end() :]
        elif values:
            value = chance.choice(values)
            ends = ('="', '"') if value[0].startswith("=") else (">", "<")
            text = text[: value.start()] + ends[0] + chance.choice(_ODD) + ends[1] + text[value.end() :]
    return workbook(**{name: text.encode("utf-8", "replace")})
