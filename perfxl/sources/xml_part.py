"""One pass over an XML part with expat: no DTD, bounded nesting and text, namespaces resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial, wraps
from typing import TypeVar
from xml.parsers.expat import ExpatError, ParserCreate

from perfxl.sources.errors import UnreadableFile, damaged, too_large

MAX_NESTING = 64
"""SpreadsheetML nests about ten deep, with extension lists some twenty."""
MAX_TEXT = 32_767
"""Excel's limit for the text of a cell."""
MAX_NAMES = 5_000
"""Different names of elements and attributes in a part; SpreadsheetML has some 1,500. Expat keeps each one."""
MAX_REMEMBERED_BYTES = 64 * 2**10
_MAX_RAW_TEXT = 7 * MAX_TEXT
"""The same with every character escaped as `_xHHHH_`."""

# OOXML names UTF-8 and UTF-16; expat reads these too. Any other would be looked up among Python's codecs.
_ENCODINGS = {"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii", "iso-8859-1"}

Attributes = dict[str, str]
T = TypeVar("T")


class PartParser:
    """Calls `starts[name](attributes)`, `texts[name](text)` and `ends[name]()`, in document order.

    A name is the namespace, a blank and the local name; attributes without prefix have only the local name.
    An element in `texts` may be in `starts` too, but not in `ends`. `inserts` are elements within a text that stand
    for characters, such as a tab.
    """

    def __init__(
        self,
        part: str,
        roots: frozenset[str],
        starts: Mapping[str, Callable[[Attributes], None]],
        texts: Mapping[str, Callable[[str], None]],
        ends: Mapping[str, Callable[[], None]],
        inserts: Mapping[str, Callable[[Attributes], str]] | None = None,
    ) -> None:
        self.part = part
        self._roots = roots
        self._starts = starts
        self._texts = texts
        self._ends = ends
        self._inserts = inserts or {}

    def parse(self, data: bytes) -> None:
        """Raises UnreadableFile R101 for XML that is damaged or foreign, R105 over a limit."""
        names: dict[str, str] = {}
        parser = ParserCreate(namespace_separator=" ", intern=names)
        parser.buffer_text = True
        pieces: list[str] = []
        depth = 1
        length = 0
        inside = False

        def begin_text(_: Attributes) -> None:
            nonlocal inside, length
            inside = True
            length = 0
            pieces.clear()

        def begin_text_after(started: Callable[[Attributes], None], attributes: Attributes) -> None:
            started(attributes)
            begin_text(attributes)

        def insert(characters_of: Callable[[Attributes], str], attributes: Attributes) -> None:
            characters(characters_of(attributes))

        starts = dict(self._starts)
        starts.update({name: partial(insert, characters_of) for name, characters_of in self._inserts.items()})
        for name in self._texts:
            starts[name] = partial(begin_text_after, starts[name]) if name in starts else begin_text
        start_of = starts.get
        text_of, end_of = self._texts.get, self._ends.get

        def root(name: str, attributes: Attributes) -> None:
            if name not in self._roots:
                raise damaged(
                    f"部件 {self.part} 的内容不是所称的类型", f"part {self.part} is not what the file says it is"
                )
            parser.StartElementHandler = start
            parser.EndElementHandler = end

        # Called for every element, wanted or not: each line here costs the whole reader some per cent.
        def start(name: str, attributes: Attributes) -> None:
            nonlocal depth
            depth += 1
            if depth > MAX_NESTING:
                raise too_large(f"XML 嵌套不超过 {MAX_NESTING} 层", f"XML is nested at most {MAX_NESTING} deep")
            if (called := start_of(name)) is not None:
                called(attributes)
            elif len(names) > MAX_NAMES:
                raise too_large(f"XML 名称不超过 {MAX_NAMES:,} 种", f"at most {MAX_NAMES:,} different XML names")

        def end(name: str) -> None:
            nonlocal depth, inside
            depth -= 1
            if inside:
                if (called_with := text_of(name)) is not None:
                    inside = False
                    called_with("".join(pieces))
            elif (called := end_of(name)) is not None:
                called()

        def characters(text: str) -> None:
            nonlocal length
            if inside:
                length += len(text)
                if length > _MAX_RAW_TEXT:
                    raise text_too_long()
                pieces.append(text)

        parser.StartElementHandler = root
        parser.CharacterDataHandler = characters
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.XmlDeclHandler = self._check_encoding
        try:
            parser.Parse(data, True)
        except ExpatError as error:
            raise damaged(f"部件 {self.part} 不是完整的 XML", f"part {self.part} is not complete XML") from error

    def _refuse_doctype(self, *_: object) -> None:
        raise damaged(f"部件 {self.part} 含有 DTD 声明", f"part {self.part} has a DTD, which no form needs")

    def _check_encoding(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise damaged(f"部件 {self.part} 的编码不受支持", f"part {self.part} has an encoding that is not supported")


def without(data: bytes, tags: re.Pattern[bytes]) -> bytes:
    """The part without these tags, which saves a third of the time. `tags` may match whole, well-formed tags only.

    Left as it is where a comment, CDATA section or processing instruction could hold the same bytes as text.
    """
    return data if b"<!" in data or data.count(b"<?") > 1 else tags.sub(b"", data)


def remembered(read: Callable[[bytes, str], T]) -> Callable[[bytes, str], T]:
    """`read(data, part)` with what the last few small parts held kept. Nobody may change what is returned.

    For parts that differ little between workbooks: the forms of a batch come from one template.
    """
    kept = lru_cache(maxsize=64)(read)
    return wraps(read)(lambda data, part: (kept if len(data) <= MAX_REMEMBERED_BYTES else read)(data, part))


def text_too_long() -> UnreadableFile:
    """R105 for a text no cell can hold."""
    return too_large(f"单元格文字不超过 {MAX_TEXT:,} 字", f"at most {MAX_TEXT:,} characters in a cell")
