"""Zips that are damaged, lie, or are made to exhaust."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib

from tests.hostile.form import GOOD, POINTERS, SHEET, TEXTS, workbook
from tests.xlsx_packages import zipped

_ROOT = "_rels/.rels"


def _with(name: str | zipfile.ZipInfo, content: str | bytes = "x") -> bytes:
    """The form with one more entry, under whatever name."""
    stream = io.BytesIO(GOOD)
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        archive.writestr(name, content)
    return stream.getvalue()


def _many(count: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(count):
            archive.writestr(str(number), b"")
    return stream.getvalue()


def _directory(name: str) -> int:
    """Where the entry's record in the directory starts."""
    return GOOD.rindex(b"PK\x01\x02", 0, GOOD.rindex(name.encode()))


def _patched(place: int, content: bytes) -> bytes:
    return GOOD[:place] + content + GOOD[place + len(content) :]


def _record(offset: int, number: int, size: str = "<L") -> bytes:
    return _patched(_directory(SHEET) + offset, struct.pack(size, number))


def _end(offset: int, number: int, size: str = "<L") -> bytes:
    return _patched(GOOD.rindex(b"PK\x05\x06") + offset, struct.pack(size, number))


def _with_password() -> bytes:
    content, place = bytearray(GOOD), -1
    while (place := content.find(b"PK\x01\x02", place + 1)) >= 0:
        content[place + 8] |= 1
    return bytes(content)


def _lying_length() -> bytes:
    """The directory gives the length and checksum of the first half of the sheet."""
    half = TEXTS[SHEET].encode()[:2000]
    place = _directory(SHEET)
    content = bytearray(GOOD)
    content[place + 16 : place + 20] = struct.pack("<L", zlib.crc32(half))
    content[place + 24 : place + 28] = struct.pack("<L", len(half))
    return bytes(content)


def _link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("xl/link")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return entry


def _false_end() -> bytes:
    """A comment that holds another end record, of an empty zip."""
    stream = io.BytesIO(GOOD)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.comment = b"PK\x05\x06" + bytes(16) + struct.pack("<H", 0)
    return stream.getvalue()


def _streamed() -> bytes:
    """Lengths behind the content, as programs write that cannot go back."""

    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise OSError

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in TEXTS.items():
            archive.writestr(name, text)
    return stream.getvalue()


_BOMB = TEXTS[SHEET].replace("<sheetData>", "<sheetData>" + " " * 30_000_000)

PACKAGES: dict[str, bytes] = {
    "empty.xlsx": b"",
    "zeros.xlsx": bytes(20_000),
    "head-only.xlsx": b"PK\x03\x04",
    **{f"cut-{percent:02}.xlsx": GOOD[: len(GOOD) * percent // 100] for percent in range(10, 100, 10)},
    "cut-last-byte.xlsx": GOOD[:-1],
    "cut-before-directory.xlsx": GOOD[: GOOD.index(b"PK\x01\x02")],
    "head-zeroed.xlsx": bytes(4) + GOOD[4:],
    "middle-zeroed.xlsx": _patched(2000, bytes(3000)),
    "tail-zeroed.xlsx": GOOD[:-600] + bytes(600),
    "garbage-before.xlsx": b"garbage" * 10 + GOOD,
    "garbage-behind.xlsx": GOOD + b"garbage" * 10,
    "twice-itself.xlsx": GOOD + GOOD,
    "line-ends-changed.xlsx": GOOD.replace(b"\n", b"\r\n"),
    "as-text.xlsx": GOOD.decode("latin-1").encode(),
    "byte-changed.xlsx": _patched(1500, bytes([GOOD[1500] ^ 255])),
    "checksum-wrong.xlsx": _record(16, 12345),
    "length-wrong.xlsx": _record(24, 10),
    "length-huge.xlsx": _record(24, 0xFFFFFFF0),
    "packed-length-wrong.xlsx": _record(20, 10),
    "packed-length-huge.xlsx": _record(20, 0x7FFFFFFF),
    "offset-behind-the-end.xlsx": _record(42, 0x7FFFFFFF),
    "offset-of-another.xlsx": _record(42, 0),
    "method-unknown.xlsx": _record(10, 99, "<H"),
    "length-lies.xlsx": _lying_length(),
    "entries-fewer.xlsx": _end(10, 2, "<H"),
    "entries-more.xlsx": _end(10, 60_000, "<H"),
    "directory-at-zero.xlsx": _end(16, 0),
    "directory-behind-the-end.xlsx": _end(16, 0x7FFFFFFF),
    "directory-size-wrong.xlsx": _end(12, 5),
    "zip64-without-record.xlsx": _end(16, 0xFFFFFFFF),
    "comment-length-wrong.xlsx": _end(20, 500, "<H"),
    "false-end-in-comment.xlsx": _false_end(),
    "password.xlsx": _with_password(),
    "bzip2.xlsx": zipped(TEXTS, zipfile.ZIP_BZIP2),
    "lzma.xlsx": zipped(TEXTS, zipfile.ZIP_LZMA),
    "stored.xlsx": zipped(TEXTS, zipfile.ZIP_STORED),
    "streamed.xlsx": _streamed(),
    "twin.xlsx": _with(SHEET, TEXTS[SHEET].replace(">10<", ">20<")),
    "twin-by-case.xlsx": _with(SHEET.upper(), TEXTS[SHEET]),
    "twin-by-slash.xlsx": _with("/" + SHEET, TEXTS[SHEET]),
    "twin-by-backslash.xlsx": _with(SHEET.replace("/", "\\"), TEXTS[SHEET]),
    "local-name-differs.xlsx": GOOD.replace(SHEET.encode(), SHEET.replace("sheet1", "sheet9").encode(), 1),
    "name-climbs.xlsx": _with("../../../perfxl-hostile"),
    "name-absolute.xlsx": _with("/perfxl-hostile"),
    "name-with-drive.xlsx": _with("C:\\Windows\\perfxl-hostile"),
    "name-of-device.xlsx": _with("xl/CON"),
    "name-with-bidi.xlsx": _with("xl/\u202eslx.xml"),
    "name-in-gbk.xlsx": _with("xl/aaaa.xml").replace(b"aaaa", "说明".encode("gbk")),
    "name-with-nul.xlsx": _with("xl/aaaa.xml").replace(b"aaaa", b"a\0aa"),
    "name-very-long.xlsx": _with("xl/" + "a" * 60_000),
    "link-entry.xlsx": _with(_link(), "/etc/passwd"),
    "folder-entries.xlsx": _with("xl/worksheets/"),
    "workbook-inside.xlsx": _with("xl/embeddings/book.xlsx", GOOD),
    "entries-20000.xlsx": _many(20_000),
    "bomb.xlsx": workbook(**{SHEET: _BOMB}),
    "bomb-elsewhere.xlsx": _with("xl/media/image1.png", bytes(80_000_000)),
    "bomb-of-pointers.xlsx": workbook(**{POINTERS: TEXTS[POINTERS] + " " * 30_000_000}),
    "no-root-pointers.xlsx": workbook(**{_ROOT: None}),
}
