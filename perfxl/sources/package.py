"""A zip package read from memory without trust: what is inflated is counted, nothing is extracted."""

from __future__ import annotations

import io
import struct
import zlib
from functools import lru_cache
from urllib.parse import unquote
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from perfxl.sources.errors import UnreadableFile, damaged, too_large

MAX_ENTRIES = 10_000
"""A workbook with 500 sheets and a picture on each has about 2,500."""
MAX_INFLATED_BYTES = 200 * 2**20
"""All parts read from one package together; a million filled cells are about 50 MB."""
MAX_RATIO = 100
MAX_TAGS = 6_000_000
"""XML tags of all parts read, counted before any is parsed: a million filled cells have four million."""
FREE_OF_RATIO_BYTES = 2**20
"""Sheets of styled blanks pack 60:1. Under 1 MB even 1000:1 does no harm."""

_SMALL_PART = 8 * 2**10
"""Bytes, packed and not, up to which a part is remembered: relationships, styles and the list of sheets come again."""

_LOCAL_HEADER = struct.Struct("<6xH18xHH")


class Package:
    """The XML parts of a zip by name, matched as OPC does: without regard to case. Raises UnreadableFile only.

    `directory` is the archive for what it lists; it is closed.
    """

    def __init__(self, data: bytes) -> None:
        # Counted before zipfile builds an object for each: the count stored in the directory may lie. Most files are
        # too small for so many signatures of four bytes.
        if len(data) > 4 * MAX_ENTRIES and data.count(b"PK\x01\x02") > MAX_ENTRIES:
            raise too_large(
                f"压缩包内的文件不超过 {MAX_ENTRIES:,} 个", f"at most {MAX_ENTRIES:,} files inside the archive"
            )
        try:
            with ZipFile(io.BytesIO(data)) as archive:
                self.directory = archive
        except (BadZipFile, NotImplementedError, OSError, ValueError, OverflowError, struct.error) as error:
            raise damaged(
                "压缩包的目录缺失或损坏，文件可能不完整",
                "the archive's list of contents is missing or damaged, the file may be incomplete",
            ) from error
        self._data = data
        self._entries: dict[str, ZipInfo] = {}
        self._left = MAX_INFLATED_BYTES
        self._tags_left = MAX_TAGS
        self._uncounted: list[bytes] = []
        """Parts read whose tags are still to be counted."""
        for entry in self.directory.infolist():
            name = _key(entry.filename)
            if name in self._entries:
                raise damaged("压缩包内有重名的文件", "two files inside the archive have the same name")
            self._entries[name] = entry

    @property
    def names(self) -> list[str]:
        """The names of all entries in lower case with forward slashes."""
        return list(self._entries)

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._entries

    def read(self, name: str, *, parsed: bool = True, alike: bool = True) -> bytes:
        """The part's bytes, checked by length and CRC. R101 where missing or damaged, R105 for a bomb.

        What is not going to be parsed does not count among all parts together, only by itself. `alike` is false for a
        part that no two workbooks have in common."""
        entry = self._entries.get(_key(name)) or self._entries.get(_key(unquote(name)))
        if entry is None:
            raise damaged(f"缺少部件 {name}", f"part {name} is missing")
        if entry.flag_bits & 1:
            raise UnreadableFile("R102")
        packed = self._packed(entry, name)
        small = alike and max(entry.file_size, len(packed)) <= _SMALL_PART and entry.compress_type == ZIP_DEFLATED
        known = _small_part(packed, entry.file_size, entry.CRC) if small else None
        left = self._left if parsed else MAX_INFLATED_BYTES
        most = min(left, max(FREE_OF_RATIO_BYTES, MAX_RATIO * len(packed)))
        if known is not None:
            content, complete = known, True
        elif entry.compress_type == ZIP_STORED:
            content, complete = packed[: most + 1], True
        elif entry.compress_type == ZIP_DEFLATED:
            content, complete = _inflated(packed, most + 1, name)
        else:
            raise damaged(
                f"部件 {name} 的压缩方式不受支持", f"part {name} is compressed in a way that is not supported"
            )
        if len(content) > most:
            if most == left:
                raise too_large(
                    f"解压后不超过 {MAX_INFLATED_BYTES // 2**20} MB",
                    f"at most {MAX_INFLATED_BYTES // 2**20} MB once unpacked",
                )
            raise too_large(f"压缩比不超过 {MAX_RATIO}:1", f"compressed at most {MAX_RATIO}:1")
        if known is None and not (complete and len(content) == entry.file_size and zlib.crc32(content) == entry.CRC):
            raise damaged(f"部件 {name} 的内容损坏，校验不符", f"part {name} is damaged, its checksum does not fit")
        if not parsed:
            return content
        self._left -= len(content)
        self._uncounted.append(content)
        if MAX_INFLATED_BYTES - self._left > MAX_TAGS:  # with fewer bytes than that nobody needs to count
            self._tags_left -= sum(part.count(b"<") for part in self._uncounted)
            self._uncounted.clear()
        if self._tags_left < 0:
            raise too_large(f"XML 标签不超过 {MAX_TAGS:,} 个", f"at most {MAX_TAGS:,} XML tags")
        return content

    def _packed(self, entry: ZipInfo, name: str) -> bytes:
        """The compressed bytes behind the entry's local header."""
        start = entry.header_offset
        header = self._data[start : start + 30] if start >= 0 else b""
        if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
            raise damaged(
                f"部件 {name} 的位置有误，文件可能不完整",
                f"part {name} is not where it should be, the file may be incomplete",
            )
        flags, name_length, extra_length = _LOCAL_HEADER.unpack(header)
        local_name = self._data[start + 30 : start + 30 + name_length]
        encoding = "utf-8" if flags & 0x800 or local_name.isascii() else "cp437"
        if local_name.decode(encoding, "replace") != entry.orig_filename:
            # Readers that follow the local headers would see another part here.
            raise damaged(f"部件 {name} 在压缩包内有两个名称", f"part {name} has two names inside the archive")
        start += 30 + name_length + extra_length
        packed = self._data[start : start + entry.compress_size]
        if len(packed) != entry.compress_size:
            raise damaged(f"部件 {name} 不完整", f"part {name} is incomplete")
        return packed


@lru_cache(maxsize=256)
def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


@lru_cache(maxsize=512)
def _small_part(packed: bytes, size: int, checksum: int) -> bytes | None:
    """What is packed; None unless it has that size and checksum. Kept: the forms of a batch have the same."""
    try:
        content, complete = _unpacked(packed, size + 1)
    except zlib.error:
        return None
    return content if complete and len(content) == size and zlib.crc32(content) == checksum else None


def _inflated(packed: bytes, most: int, name: str) -> tuple[bytes, bool]:
    """As `_unpacked`. R101 where nothing can be unpacked."""
    try:
        return _unpacked(packed, most)
    except zlib.error as error:
        raise damaged(f"部件 {name} 无法解压", f"part {name} cannot be unpacked") from error


def _unpacked(packed: bytes, most: int) -> tuple[bytes, bool]:
    """At most `most` bytes, and whether the stream ended there with nothing behind it. Raises zlib.error."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    content = stream.decompress(packed, most)
    return content, stream.eof and not stream.unused_data
