"""What the streams of a PDF hold, looked at before pdfminer, which believes what a PDF says of its sizes."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator

from perfxl.sources.errors import damaged, too_large

MAX_INFLATED_BYTES = 200 * 2**20
"""All streams of a file together, pictures too."""
MAX_STREAMS = 50_000
MAX_CODES = 5_000_000
"""Codes that the character maps of all fonts name."""
_LAYERS = 4
_FIRST_PIECE = 1 << 10
"""Bytes of a packed stream that are tried first; each further piece is twice as long."""

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_RANGES_END = re.compile(rb"end(?:bf|cid)range")
_COMMENT = re.compile(rb"%[^\r\n]*|\s(?=[0-9A-Fa-f\s]*>)")
_PAIR = re.compile(rb"<([0-9A-Fa-f]{1,64})>\s*(?=<([0-9A-Fa-f]{1,64})>)")
_RANGE = re.compile(rb"<([0-9A-Fa-f]{1,64})>\s*<([0-9A-Fa-f]{1,64})>\s*(?:<[^>]*>|\[[^\]]*\]|[0-9]+)")
_PRINTABLE = re.compile(rb"[\s!-~]{8}")
_LZW = re.compile(rb"/(?:L|#4[Cc])(?:Z|#5[Aa])(?:W|#57)")


def check_streams(data: bytes) -> None:
    """R105 where streams inflate beyond the limit or a character map is endless, before pdfminer decodes any.

    Streams are inflated wherever the word stands and as far as they go: what the file says of their ends may lie.
    """
    if _LZW.search(data):
        raise damaged(
            "PDF 使用了过时的压缩方式（LZW），请重新另存",
            "the PDF is compressed in an outdated way (LZW), save it anew",
        )
    left = MAX_INFLATED_BYTES
    codes = MAX_CODES
    for content in _contents(data):
        if content is not data:
            left -= len(content)
        if left < 0:
            raise too_large(
                f"解压后不超过 {MAX_INFLATED_BYTES // 2**20} MB",
                f"at most {MAX_INFLATED_BYTES // 2**20} MB once unpacked",
            )
        codes -= _codes(content)
        if codes < 0:
            raise too_large(f"字符映射不超过 {MAX_CODES:,} 个", f"at most {MAX_CODES:,} character codes")


def _codes(content: bytes) -> int:
    """How many codes the ranges of a character map name; more than any may where one is wider than two bytes."""
    count = 0
    for section in _RANGES_END.split(content)[:-1]:
        tokens = _COMMENT.sub(b"", section[max(section.rfind(b"begin"), section.rfind(b"end"), 0) :])
        for first, last in _PAIR.findall(tokens):
            if len(first) == len(last) > 4 and int(last, 16) - int(first, 16) > 0xFFFF:
                return MAX_CODES + 1
        for first, last in _RANGE.findall(tokens):
            count += max(0, int(last, 16) - int(first, 16) + 1) if len(first) == len(last) else 0
    return count


def _contents(data: bytes) -> Iterator[bytes]:
    """The file itself, and what its streams hold with every layer of their packing."""
    yield data
    text = _Text(data)
    for number, start in enumerate(_STREAM.finditer(data)):
        if number == MAX_STREAMS:
            raise too_large(
                f"PDF 内的数据流不超过 {MAX_STREAMS:,} 个", f"at most {MAX_STREAMS:,} data streams in a PDF"
            )
        content = _inflated(memoryview(data)[start.end() :]) or text.after(start.end())
        layers = 0
        while content:
            yield content
            layers += 1
            if layers > _LAYERS:
                raise damaged("PDF 的内容压缩层数过多", "the PDF's content is compressed too many times over")
            content = _inflated(memoryview(content)) or _Text(content).after(0)


def _inflated(packed: memoryview) -> bytes:
    """What a zlib stream gives, at most one byte more than the limit; nothing where it is none."""
    if len(packed) < 2 or packed[0] & 15 != 8 or (packed[0] << 8 | packed[1]) % 31:
        return b""
    stream = zlib.decompressobj()
    content = bytearray()
    place, piece = 0, _FIRST_PIECE
    try:
        while not stream.eof and place < len(packed) and len(content) <= MAX_INFLATED_BYTES:
            content += stream.decompress(packed[place : place + piece], MAX_INFLATED_BYTES + 1 - len(content))
            place, piece = place + piece, 2 * piece
    except zlib.error:
        pass  # pdfminer takes what comes before the damage
    return bytes(content)


class _Text:
    """Streams written as hexadecimal digits or in ASCII 85; what is looked at for them together is limited."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._ends = dict.fromkeys((b">", b"~>"), -1)
        self._unread = 4 * len(data)

    def after(self, place: int) -> bytes:
        """What the text from here stands for; nothing where it is none."""
        if not _PRINTABLE.match(self._data, place):
            return b""
        for end, decoded in ((b">", _from_hex), (b"~>", base64.a85decode)):
            if (text := self._until(end, place)) is not None:
                try:
                    return decoded(text)
                except ValueError:
                    continue
        return b""

    def _until(self, end: bytes, place: int) -> bytes | None:
        if 0 <= self._ends[end] < place or self._ends[end] == -1:
            found = self._data.find(end, place)
            self._ends[end] = len(self._data) if found < 0 else found
        if self._ends[end] == len(self._data):
            return None
        self._unread -= self._ends[end] - place
        if self._unread < 0:
            raise damaged("PDF 的内容互相重叠", "parts of the PDF overlap")
        return self._data[place : self._ends[end]].removeprefix(b"<~")


def _from_hex(digits: bytes) -> bytes:
    return bytes.fromhex(digits.decode("ascii"))
