"""Text from workbooks and file names is data: every report passes it through here first."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_HIDDEN = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
"""Control, format (bidi, zero width), lone surrogate, unassigned, line and paragraph separators."""
_BREAK_IN_XML = "_x000D_"
_LINE_BREAK = re.compile(r"\r\n|\r|\n|_x000D_\n?")
_MARKUP = re.compile("[&<>\"']")
_MARKDOWN = re.compile(r"([\\`*_\[\]|~@$^]|:(?=//)|(?<=www)\.)", re.IGNORECASE)


def visible(text: str) -> str:
    """One line in which nothing acts: ↵ for line breaks; control, bidi, invisible characters as `\\u202e`."""
    if text.isprintable() and (text.isascii() or _BREAK_IN_XML not in text):
        return text
    text = _LINE_BREAK.sub("↵", text)
    return text if text.isprintable() else "".join(map(_shown, text))


def visible_lines(text: str) -> list[str]:
    """For a document that has lines of its own: `visible`, with the line breaks left out between the parts."""
    return [visible(line.replace("\t", " ")) for line in _LINE_BREAK.sub("\n", text).split("\n")]


@lru_cache(maxsize=256)
def html_text(text: str) -> str:
    """For an HTML or XML text or a quoted attribute. Labels, names and remedies come again in the next line."""
    import html

    return html.escape(visible(text), quote=True)


def html_texts(texts: list[str]) -> list[str]:
    """`html_text` of each. One look at all of them tells mostly that they can stay as they are."""
    whole = "".join(texts)
    plain = whole.isprintable() and not _MARKUP.search(whole) and _BREAK_IN_XML not in whole
    return texts if plain else [*map(html_text, texts)]


def markdown_text(text: str) -> str:
    """For a Markdown table cell or paragraph: nothing becomes markup, a link or HTML."""
    escaped = _MARKDOWN.sub(r"\\\1", visible(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _HIDDEN:
        return character
    point = ord(character)
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
