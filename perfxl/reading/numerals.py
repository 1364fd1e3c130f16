"""How signs and figures are written: full-width forms, odd spaces, Chinese numerals."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS = str.maketrans(
    _FULL_WIDTH
    | {ord(sign): "-" for sign in "−﹣‐‑"}
    | {ord(sign): "~" for sign in "〜∼"}
    | {ord(sign): "≥" for sign in "≧⩾"}
    | {ord(sign): "≤" for sign in "≦⩽"}
    | {ord("═"): "=", ord("﹦"): "=", ord("﹥"): ">", ord("﹤"): "<", ord("﹪"): "%", ord("￥"): "¥"}
)


_TO_FOLD = re.compile(f"[ {re.escape(''.join(map(chr, _SIGNS)))}]")


def folded(text: str) -> str:
    """Plain signs for their full-width and look-alike forms, single spaces, no invisible characters.

    Unlike NFKC this leaves superscripts and foreign digits alone: `³8` and `٣٨` must not become numbers.
    """
    # To translate means to raise and catch an error for each character that stays as it is.
    if text.isprintable() and not _TO_FOLD.search(text):
        return text
    plain = " ".join(text.translate(_SIGNS).split())
    if plain.isprintable():
        return plain
    return " ".join("".join(c for c in plain if unicodedata.category(c) != "Cf").split())


_PLAIN = str.maketrans("〇壹贰貳叁參肆伍陆陸柒捌玖两兩拾佰仟萬億", "零一二二三三四五六六七八九二二十百千万亿")
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_DIGIT = "([一二三四五六七八九])"
_SECTION = re.compile(rf"(?:{_DIGIT}千)?(?:(零)?{_DIGIT}百)?(?:(零)?{_DIGIT}?十)?(?:(零)?{_DIGIT})?")

CHINESE_DIGITS = "零〇一二三四五六七八九十百千万亿两兩壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億"
"""Every character of a Chinese numeral, everyday and financial."""


def chinese_number(text: str) -> Decimal | None:
    """`十二` → 12, `叁拾捌万` → 380000. None for what is not a complete numeral, such as `一千二`."""
    plain = text.translate(_PLAIN)
    if plain == "零":
        return Decimal(0)
    total, leading = 0, True
    for sign, size in (("亿", 10**8), ("万", 10**4), ("", 1)):
        head, found, rest = plain.partition(sign) if sign else (plain, "", "")
        if sign and not found:
            continue
        if not head and not sign and not leading:
            break
        value = _section(head, leading)
        if value is None:
            return None
        total, plain, leading = total + value * size, rest, False
    return Decimal(total)


def _section(text: str, leading: bool) -> int | None:
    """A numeral below ten thousand. Skipped places need 零: `一千零二十`; a leading ten may stand alone: `十二`."""
    match = _SECTION.fullmatch(text)
    if not match or not text:
        return None
    thousand, zero100, hundred, zero10, ten, zero1, one = match.groups()
    has_ten = "十" in text
    if has_ten and ten is None and (thousand or hundred or zero10 or not leading):
        return None
    places = [
        (1000, thousand, None),
        (100, hundred, zero100),
        (10, (ten or "一") if has_ten else None, zero10),
        (1, one, zero1),
    ]
    value, expected, started = 0, 1000, not leading
    for size, digit, zero in places:
        if digit is None:
            continue
        skipped = started and expected != size
        if bool(zero) != skipped:
            return None
        value, expected, started = value + _DIGITS[digit] * size, size // 10, True
    return value


def positional(text: str) -> str | None:
    """`二〇二〇` → `2020`: digits one by one, as years are written."""
    plain = text.translate(_PLAIN)
    return "".join(str(_DIGITS[c]) for c in plain) if plain and all(c in _DIGITS for c in plain) else None
