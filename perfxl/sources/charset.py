"""The characters of a text file, by one strict rule and no guessing."""

from __future__ import annotations

from perfxl.sources.errors import damaged

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def decoded(data: bytes) -> str:
    """By its byte order mark, else UTF-8 where that fits, else GB18030. R101 where none does."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], (encoding,))
    return _strict(data, ("utf-8", "gb18030"))


def _strict(data: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise damaged(
        "文字编码有误，不是完整的 UTF-8、UTF-16 或 GB18030 文字", "the text is not complete UTF-8, UTF-16 or GB18030"
    )
