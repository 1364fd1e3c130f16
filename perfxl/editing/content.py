"""What stands in a cell, as OOXML writes it."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isinf

from perfxl.edit import Constant, EditError
from perfxl.editing.xml import escaped
from perfxl.grid import CellError

MAX_TEXT = 32_767
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPECIAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_x")
"""Without any of these a text is written as it is."""
_UNWRITABLE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def cell_content(value: Constant | CellError, prefix: str, *, cached: bool, place: str) -> tuple[str, str | None]:
    """What stands in the cell, and its type."""
    if value is None or (value == "" and not cached):
        return "", None
    if isinstance(value, str):
        return _text_content(value, prefix, cached, place)
    if isinstance(value, bool):
        return f"<{prefix}v>{int(value)}</{prefix}v>", "b"
    if isinstance(value, Decimal):
        if not value.is_finite() or isinf(float(value)):
            raise EditError(
                f"{place} 的数值超出 Excel 的范围，未作修改；请核对这一行填写的数再试",
                f"the number for {place} is beyond what Excel takes, so nothing was changed; check the numbers of its"
                " row and try again",
            )
        plain = -20 < value.adjusted() < 20
        number = f"{value:f}" if plain else f"{value:.16E}"
        return f"<{prefix}v>{number}</{prefix}v>", None
    return f"<{prefix}v>{escaped(value.code)}</{prefix}v>", "e"


def _text_content(value: str, prefix: str, cached: bool, place: str) -> tuple[str, str]:
    if len(value) > MAX_TEXT:
        raise EditError(
            f"{place} 的文字超过 {MAX_TEXT:,} 字，未作修改；请缩短后再试",
            f"the text for {place} has more than {MAX_TEXT:,} characters, so nothing was changed; shorten it"
            " and try again",
        )
    text = cell_text(value)
    if cached:
        return f"<{prefix}v>{text}</{prefix}v>", "str"
    space = ' xml:space="preserve"' if value != value.strip() else ""
    return f"<{prefix}is><{prefix}t{space}>{text}</{prefix}t></{prefix}is>", "inlineStr"


def cell_text(text: str, *, escape_codes: bool = True) -> str:
    """Text as OOXML writes it: what XML cannot hold as `_xHHHH_`, and such a code that is meant literally too."""
    if not _SPECIAL.search(text):
        return text
    if _SURROGATE.search(text):
        raise EditError(
            "文字中有不完整的字符，未作修改；请重新输入这段文字再试",
            "the text has half a character in it, so nothing was changed; type it again and try again",
        )
    if escape_codes:
        text = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    elif _UNWRITABLE.search(text.replace("_x", "")):
        raise EditError(
            "公式中有控制字符，未作修改；请在 Excel 中重新输入该公式再试",
            "the formula has control characters in it, so nothing was changed; type it again in Excel and try again",
        )
    return escaped(text)
