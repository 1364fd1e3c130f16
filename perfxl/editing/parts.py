"""The parts of a package under edit: read when first needed, with their relationships and content types."""

from __future__ import annotations

import posixpath
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from perfxl.editing.xml import (
    UTF_8,
    Element,
    Encoding,
    attributes,
    children,
    decoded,
    elements,
    quoted,
    require_well_formed,
    root_of,
    with_last,
    without_element,
)
from perfxl.editing.zip import rewritten
from perfxl.refusals import misshapen
from perfxl.sources.package import Package

_TYPES = "[Content_Types].xml"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Pointer(NamedTuple):
    """A relationship: `kind` is the last word of its type, `target` the part's name, or as written when external."""

    id: str
    kind: str
    target: str
    external: bool
    element: Element


class Parts:
    """The package's parts by name, matched as OPC does. UnreadableFile where the package is damaged."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._package = Package(data)
        self._spelled = {key: key for key in self._package.names}
        self._texts: dict[str, str] = {}
        self._encodings: dict[str, Encoding] = {}
        self._original: dict[str, bytes] = {}
        self._added: dict[str, None] = {}
        self._removed: set[str] = set()
        self._pointers: dict[str, tuple[str, list[Pointer]]] = {}

    def __contains__(self, name: str) -> bool:
        return self._found(name) is not None

    def _found(self, name: str) -> str | None:
        key = _key(name)
        if not self._stands(key) and "%" in name:
            key = _key(unquote(name))
        return key if self._stands(key) else None

    def _stands(self, key: str) -> bool:
        return (key in self._spelled and key not in self._removed) or key in self._added

    @property
    def names(self) -> list[str]:
        """All parts' names, lower case."""
        kept = (key for key in self._spelled if key not in self._removed)
        return [*kept, *(key for key in self._added if key not in self._spelled)]

    def text(self, name: str) -> str:
        """The part as it now stands."""
        key = self._found(name)
        if key is None:
            raise misshapen(f"文件缺少部件 {name}", f"the part {name} is missing in the file")
        if key not in self._texts:
            data = self._read(key)
            self._texts[key], self._encodings[key] = decoded(data, name)
        return self._texts[key]

    def _read(self, key: str) -> bytes:
        """The part as it came."""
        if key not in self._original:
            self._original[key] = self._package.read(key)
        return self._original[key]

    def require_sound(self) -> None:
        """EditError for a part that was read and is no XML. What is written is checked anyway: this tells why an edit
        came to grief."""
        for key, data in self._original.items():
            if not key.endswith(".vml"):
                # Excel itself wrote VML that is no XML.
                require_well_formed(data, self._spelled[key])

    def mentions(self, name: str, word: str) -> bool:
        """Whether an ASCII word stands in the part, in any encoding; without the cost of parsing it."""
        key = self._found(name)
        if key is None or key in self._texts:
            return key is not None and word in self._texts[key]
        data = self._read(key)
        return any(word.encode(encoding) in data for encoding in ("ascii", "utf-16-le", "utf-16-be"))

    def put(self, name: str, text: str) -> None:
        """Another text for a part that has been read."""
        key = self._found(name)
        assert key is not None
        self._texts[key] = text

    def add(self, name: str, text: str, content_type: str) -> None:
        """A new part with its content type."""
        key = _key(name)
        self._spelled.setdefault(key, name)
        self._added[key] = None
        self._texts[key] = text
        self._encodings[key] = UTF_8
        types = self.text(_TYPES)
        root = root_of(types)
        if name.endswith(".vml"):
            there = "vml" in types.lower() and any(
                attributes(types, found).get("Extension", "").lower() == "vml" for found in children(types, root)
            )
            if not there:
                first = next(elements(types, root.inner, root.close), None)
                place = first.start if first else root.inner
                xml = f'<{root.prefix}Default Extension="vml" ContentType="{content_type}"/>'
                self.put(_TYPES, types[:place] + xml + types[place:])
            return
        xml = f'<{root.prefix}Override PartName="/{quoted(name)}" ContentType="{content_type}"/>'
        self.put(_TYPES, with_last(types, root, xml))

    def remove(self, name: str) -> None:
        """The part, its relationships and its content type; pointers to it are the caller's."""
        key = self._found(name)
        if key is None:
            return
        types = self.text(_TYPES)
        for found in children(types, root_of(types)):
            if _key(attributes(types, found).get("PartName", "")) in (key, _key(unquote(key))):
                self.put(_TYPES, without_element(types, found))
                break
        self._drop(key)
        self._drop(_key(_relationships_name(key)))
        if key.endswith(".vml") and not any(other.endswith(".vml") for other in self.names):
            types = self.text(_TYPES)
            for found in children(types, root_of(types)):
                if attributes(types, found).get("Extension", "").lower() == "vml":
                    self.put(_TYPES, without_element(types, found))
                    break

    def _drop(self, key: str) -> None:
        self._texts.pop(key, None)
        if key in self._added:
            del self._added[key]
        elif key in self._spelled:
            self._removed.add(key)

    def free_name(self, pattern: str) -> str:
        """A name that no part has, `{}` in the pattern counted up from 1."""
        number = 1
        while _key(pattern.format(number)) in self._spelled:
            number += 1
        return pattern.format(number)

    def pointers(self, part: str) -> list[Pointer]:
        """Where a part points; `""` is the package itself."""
        source = _relationships_name(part)
        if source not in self:
            return []
        text = self.text(source)
        known = self._pointers.get(source)
        if known is not None and known[0] is text:
            return known[1]
        folder = posixpath.dirname(part)
        found: list[Pointer] = []
        for element in children(text, root_of(text)):
            values = attributes(text, element)
            external = values.get("TargetMode") == "External"
            target = values.get("Target", "")
            if not external:
                target = _resolved(folder, target)
            kind = values.get("Type", "").rpartition("/")[2]
            found.append(Pointer(values.get("Id", ""), kind, target, external, element))
        self._pointers[source] = (text, found)
        return found

    def pointer(self, part: str, *kinds: str) -> Pointer | None:
        """The first internal pointer of these kinds."""
        return next((p for p in self.pointers(part) if p.kind in kinds and not p.external), None)

    def point(self, part: str, target: str, kind: str) -> str:
        """A new pointer from part to part; `kind` is the whole type. Returns its id."""
        source = _relationships_name(part)
        if source not in self:
            self._spelled.setdefault(_key(source), source)
            self._added[_key(source)] = None
            self._encodings[_key(source)] = UTF_8
            self._texts[_key(source)] = f'{DECLARATION}<Relationships xmlns="{_RELATIONSHIPS}"></Relationships>'
        pointers = self.pointers(part)
        ids = {pointer.id.lower() for pointer in pointers}
        number = len(ids) + 1
        while f"rid{number}" in ids:
            number += 1
        text = self.text(source)
        root = root_of(text)
        relative = posixpath.relpath(f"/{target}", f"/{posixpath.dirname(part)}")
        xml = f'<{root.prefix}Relationship Id="rId{number}" Type="{kind}" Target="{quoted(relative)}"/>'
        self.put(source, with_last(text, root, xml))
        if not root.empty:
            element = Element(f"{root.prefix}Relationship", root.close, *[root.close + len(xml)] * 3)
            pointers = [*pointers, Pointer(f"rId{number}", kind.rpartition("/")[2], target, False, element)]
            self._pointers[source] = (self.text(source), pointers)
        return f"rId{number}"

    def unpoint(self, part: str, pointer: Pointer) -> None:
        """Remove a pointer, and the relationships part with its last one."""
        source = _relationships_name(part)
        text = without_element(self.text(source), pointer.element)
        self.put(source, text)
        if not children(text, root_of(text)):
            self._drop(_key(source))

    def reachable(self) -> set[str]:
        """The parts that can be reached from the package by pointers, as keys."""
        seen: set[str] = set()
        waiting = [""]
        while waiting:
            for pointer in self.pointers(waiting.pop()):
                key = None if pointer.external else self._found(pointer.target)
                if key is not None and key not in seen:
                    seen.add(key)
                    waiting.append(key)
        return seen

    def remove_unreachable(self, before: set[str]) -> None:
        """The parts that nothing points to any more."""
        for key in sorted(before - self.reachable()):
            self.remove(key)

    def packed(self) -> bytes:
        """The package with the changes; the same bytes where nothing changed."""
        changed: dict[str, bytes] = {}
        added: dict[str, bytes] = {}
        for key, text in self._texts.items():
            name = self._spelled[key]
            content = self._encodings[key].bytes(text)
            if key in self._added:
                added[name] = content
            elif content != self._original[key]:
                changed[name] = content
        for name, content in (changed | added).items():
            if not name.endswith(".vml"):
                require_well_formed(content, name)
        removed = frozenset(self._removed)
        if not changed and not added and not removed:
            return self._data
        return rewritten(self._data, self._package.directory, changed, removed, added)


@lru_cache(maxsize=1024)
def _resolved(folder: str, target: str) -> str:
    """The part's name for a target as it is written in a relationship of a part in that folder."""
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


@lru_cache(maxsize=1024)
def _relationships_name(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
