"""The styles part under edit: formats are appended, no index that is in use changes."""

from __future__ import annotations

import re

from perfxl.edit import EditError, Look
from perfxl.editing.xml import (
    Element,
    attributes,
    children,
    root_of,
    set_attribute,
    tag_attributes,
    with_attribute,
    with_child,
    with_last,
)
from perfxl.refusals import misshapen, own_error

_ORDER = (
    *("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles"),
    *("colors", "extLst"),
)
_MAX_STYLES = 65_490
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PROTECTION = re.compile(r"<([^\s/>]*\bprotection)\b([^>]*?)(?:/>|>\s*</\1\s*>)")
_ARGB = re.compile(r"[0-9A-Fa-f]{8}")
_TRUE = ("1", "true")

BLANK_STYLES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
)


class Styles:
    """The text of a styles part and what is appended to it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._sections: tuple[str, dict[str, Element]] = ("", {})
        self._new: dict[str, list[str]] = {}
        self._prefix = root_of(text).prefix
        self._lists: dict[str, list[str]] = {}
        self._looks: dict[tuple[Look, bool], int] = {}
        self._variants: dict[tuple[int, bool], int] = {}

    @property
    def text(self) -> str:
        """The part with all that was appended."""
        x, text = self._prefix, self._text
        places = {name: section for name in self._new if (section := self._section(name))}
        for name, section in sorted(places.items(), key=lambda item: item[1].start, reverse=True):
            text = with_last(text, section, "".join(self._new.pop(name)))
            if "count" in attributes(text, section):
                text = set_attribute(text, section, "count", str(len(self._lists[name])))
        for name, raws in self._new.items():
            xml = f'<{x}{name} count="{len(raws)}">{"".join(raws)}</{x}{name}>'
            text = with_child(text, root_of(text), xml, name, _ORDER)
        self._new.clear()
        self._text = text
        return text

    def locked(self, style: int, locked: bool) -> int:
        """The same format with this lock: the one that is there already, or a new one."""
        if (known := self._variants.get((style, locked))) is not None:
            return known
        formats = self._list("cellXfs")
        if not 0 <= style < len(formats):
            raise misshapen("文件的样式编号有误", "a style number in the file is wrong")
        raw = formats[style]
        index = style
        if _lock(raw)[0] != locked:
            wanted = (_likeness(raw), locked, _lock(raw)[1])
            index = next(
                (i for i, other in enumerate(formats) if (_likeness(other), *_lock(other)) == wanted),
                -1,
            )
            if index < 0:
                index = self._append("cellXfs", _with_lock(raw, locked))
        self._variants[style, locked] = index
        return index

    def lock_all(self) -> None:
        """Every cell format locks its cells."""
        text = self.text
        section = self._section("cellXfs")
        for element in reversed(children(text, section) if section else []):
            raw = text[element.start : element.end]
            if not _lock(raw)[0]:
                text = text[: element.start] + _with_lock(raw, True) + text[element.end :]
        self._text = text
        self._lists.clear()
        self._variants.clear()
        self._looks.clear()

    def is_locked(self, style: int) -> bool:
        """Whether cells of this format are locked on a protected sheet."""
        formats = self._list("cellXfs")
        return not 0 <= style < len(formats) or _lock(formats[style])[0]

    def dxf(self, argb: str, *, bold: bool, italic: bool) -> int:
        """A conditional format that fills."""
        colour = _colour(argb)
        x = self._prefix
        emphasis = (f"<{x}b/>" if bold else "") + (f"<{x}i/>" if italic else "")
        font = f"<{x}font>{emphasis}</{x}font>" if emphasis else ""
        return self._append(
            "dxfs",
            f'<{x}dxf>{font}<{x}fill><{x}patternFill patternType="solid"><{x}fgColor rgb="{colour}"/>'
            f'<{x}bgColor rgb="{colour}"/></{x}patternFill></{x}fill></{x}dxf>',
        )

    def look(self, look: Look, *, quoted: bool) -> int:
        """A cell format; `quoted` for text that would else become a formula when typed again."""
        if (look, quoted) not in self._looks:
            self._looks[look, quoted] = self._new_look(look, quoted)
        return self._looks[look, quoted]

    def _new_look(self, look: Look, quoted: bool) -> int:
        x = self._prefix
        base = self._list("fonts")
        name = re.search(r"<[^>]*\bname\s[^>]*/>", base[0]) if base else None
        bold, underline = f"<{x}b/>" if look.bold else "", f"<{x}u/>" if look.underline else ""
        colour = f'<{x}color rgb="{_colour(look.colour)}"/>' if look.colour else ""
        size = f'<{x}sz val="{look.size}"/>'
        font = self._append("fonts", f"<{x}font>{bold}{underline}{size}{colour}{name[0] if name else ''}</{x}font>")
        fill = border = 0
        if look.fill:
            fill = self._append(
                "fills",
                f'<{x}fill><{x}patternFill patternType="solid"><{x}fgColor rgb="{_colour(look.fill)}"/>'
                f'<{x}bgColor indexed="64"/></{x}patternFill></{x}fill>',
            )
        if look.border:
            sides = "".join(
                f'<{x}{side} style="thin"><{x}color rgb="FFBFBFBF"/></{x}{side}>'
                for side in ("left", "right", "top", "bottom")
            )
            border = self._append("borders", f"<{x}border>{sides}<{x}diagonal/></{x}border>")
        wrap = ' wrapText="1"' if look.wrap else ""
        quote = ' quotePrefix="1"' if quoted else ""
        horizontal = ' horizontal="center"' if look.centred else ""
        return self._append(
            "cellXfs",
            f'<{x}xf numFmtId="0" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" applyFont="1"'
            f'{quote} applyFill="1" applyBorder="1" applyAlignment="1" applyProtection="1">'
            f'<{x}alignment{horizontal} vertical="center"{wrap}/><{x}protection locked="{int(look.locked)}"/></{x}xf>',
        )

    def _section(self, name: str) -> Element | None:
        if self._sections[0] is not self._text:
            found = children(self._text, root_of(self._text))
            self._sections = (self._text, {element.name: element for element in reversed(found)})
        return self._sections[1].get(self._prefix + name)

    def _list(self, name: str) -> list[str]:
        if name not in self._lists:
            section = self._section(name)
            found = children(self._text, section) if section else []
            self._lists[name] = [self._text[element.start : element.end] for element in found]
        return self._lists[name]

    def _append(self, name: str, raw: str) -> int:
        """The index of `raw` in the section, put at its end where it is not there yet."""
        known = self._list(name)
        if raw in known:
            return known.index(raw)
        if len(known) >= _MAX_STYLES:
            raise EditError(
                "文件的单元格格式已到 Excel 的上限，未作修改；请用“修复格式”或 perfxl import 转到新的官方表再试",
                "the file has as many cell formats as Excel allows, so nothing was changed; carry it over into a fresh"
                " form by perfxl import and try again",
            )
        self._new.setdefault(name, []).append(raw)
        known.append(raw)
        return len(known) - 1


def _colour(argb: str) -> str:
    if not _ARGB.fullmatch(argb):
        raise own_error(
            f"颜色 {argb[:20]} 不是八位十六进制数", f"the colour {argb[:20]} is not eight hexadecimal digits"
        )
    return argb.upper()


def _lock(raw: str) -> tuple[bool, bool]:
    """Locked, hidden."""
    found = _PROTECTION.search(raw)
    values = tag_attributes(found[0]) if found else {}
    return values.get("locked", "1") in _TRUE, values.get("hidden", "0") in _TRUE


def _likeness(raw: str) -> tuple[object, ...]:
    """What two formats share that differ in protection alone."""
    bare = _PROTECTION.sub("", raw)
    opening, _, inner = bare.partition(">")
    values = tag_attributes(opening.removesuffix("/"))
    values.pop("applyProtection", None)
    return frozenset(values.items()), re.sub(r"</[^\s>]*xf\s*>$", "", inner).strip()


def _with_lock(raw: str, locked: bool) -> str:
    found = _PROTECTION.search(raw)
    if found is not None:
        tag = with_attribute(found[0][: found[0].index(">") + 1], "locked", str(int(locked)))
        raw = raw[: found.start()] + tag + found[0][found[0].index(">") + 1 :] + raw[found.end() :]
    else:
        xf = root_of(raw)
        xml = f'<{xf.prefix}protection locked="{int(locked)}"/>'
        raw = with_child(raw, xf, xml, "protection", ("alignment", "protection", "extLst"))
    xf = root_of(raw)
    return with_attribute(raw[: xf.inner], "applyProtection", "1") + raw[xf.inner :]
