"""Writes a compound file ([MS-CFB] version 3), the container of a vbaProject.bin; the same bytes each time."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

_SECTOR = 512
_MINI = 64
_CUTOFF = 4096
"""Shorter streams lie in the mini stream."""
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NONE = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_ENTRIES = _SECTOR // 4
_IN_HEADER = 109
"""Sectors of the allocation table that the header itself can name: files to 6.8 MB."""
_HEADER = struct.Struct("<8s16x5H6x9I")
_DIRECTORY = struct.Struct("<64sH2B3I16xI16xIQ")

Tree = Mapping[str, "bytes | Tree"]


@dataclass
class _Entry:
    name: str
    kind: int
    content: bytes = b""
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    colour: int = _BLACK
    start: int = _END
    size: int = 0


@dataclass
class _Sectors:
    """Content cut into sectors of one size, with the chain of each."""

    size: int
    content: bytearray = field(default_factory=bytearray)
    chains: list[int] = field(default_factory=list)

    def put(self, content: bytes, mark: int | None = None) -> int:
        """The first sector of the content; `mark` stands in the chain instead of the next sector."""
        if not content:
            return _END
        first = len(self.chains)
        count = -(-len(content) // self.size)
        self.content += content.ljust(count * self.size, b"\0")
        following = range(first + 1, first + count)
        self.chains += [*following, _END] if mark is None else [mark] * count
        return first


def compound_file(tree: Tree) -> bytes:
    """The file with these storages (mappings) and streams (bytes)."""
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0].child = _add(entries, tree)
    sectors, mini = _Sectors(_SECTOR), _Sectors(_MINI)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.content)
            entry.start = (mini if entry.size < _CUTOFF else sectors).put(entry.content)
    entries[0].start, entries[0].size = sectors.put(bytes(mini.content)), len(mini.content)
    mini_table = sectors.put(_table(mini.chains))
    mini_sectors = -(-len(mini.chains) // _ENTRIES)
    directory = b"".join(map(_written, entries))
    empty = _written(_Entry("", 0, start=0))
    directory += empty * (-len(entries) % (_SECTOR // _DIRECTORY.size))
    first_directory = sectors.put(directory)
    count = 0
    while count * _ENTRIES < len(sectors.chains) + count:
        count += 1
    if count > _IN_HEADER:
        raise ValueError("too large for a compound file without a second table")
    first_table = len(sectors.chains)
    sectors.put(b"\0" * count * _SECTOR, _FAT)
    table = _table(sectors.chains)
    sectors.content[first_table * _SECTOR :] = table
    header = _HEADER.pack(
        bytes.fromhex("D0CF11E0A1B11AE1"),
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, count, first_directory, 0, _CUTOFF, mini_table, mini_sectors, _END, 0),
    )
    tables = [*range(first_table, first_table + count), *[_FREE] * (_IN_HEADER - count)]
    return header + struct.pack(f"<{_IN_HEADER}I", *tables) + bytes(sectors.content)


def _table(chains: list[int]) -> bytes:
    filled = [*chains, *[_FREE] * (-len(chains) % _ENTRIES)]
    return struct.pack(f"<{len(filled)}I", *filled)


def _add(entries: list[_Entry], tree: Tree) -> int:
    """The directory entries of a storage's members. Returns the root of their tree."""
    numbers: list[int] = []
    for name in sorted(tree, key=lambda name: (len(name.encode("utf-16-le")), name.upper())):
        member = tree[name]
        entry = _Entry(name, _STREAM, member) if isinstance(member, bytes) else _Entry(name, _STORAGE, start=0)
        numbers.append(len(entries))
        entries.append(entry)
        if not isinstance(member, bytes):
            entry.child = _add(entries, member)
    return _balanced(entries, numbers, 1, len(numbers).bit_length())


def _balanced(entries: list[_Entry], numbers: list[int], depth: int, deepest: int) -> int:
    """A search tree over sorted names: red where the last level is not full, black elsewhere."""
    if not numbers:
        return _NONE
    middle = len(numbers) // 2
    entry = entries[numbers[middle]]
    entry.colour = _RED if depth == deepest and depth > 1 else _BLACK
    entry.left = _balanced(entries, numbers[:middle], depth + 1, deepest)
    entry.right = _balanced(entries, numbers[middle + 1 :], depth + 1, deepest)
    return numbers[middle]


def _written(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    if len(name) > 62:
        raise ValueError(f"{entry.name}: at most 31 characters")
    length = len(name) + 2 if name else 0
    links = (entry.left, entry.right, entry.child)
    return _DIRECTORY.pack(name, length, entry.kind, entry.colour, *links, 0, entry.start, entry.size)
