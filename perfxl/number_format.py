"""Number formats: what a person sees of a number, and which numbers are shares of 1 or dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cached_property, lru_cache

from perfxl.figures import half_up

# Enough for every number a workbook can hold (1E308) at every width a format can ask for (30 decimals).
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
_MOST_DECIMALS = 30
_LARGEST_EXPONENT = 330

_TOKEN = re.compile(
    r"""
      "(?P<quoted>[^"]*)"
    | [\\!](?P<escaped>.)
    | (?P<padding>[_*].)
    | \[(?P<bracket>[^\]]*)\]
    | (?P<general>General|G/通用格式|@)
    | (?P<exponent>E[+-]0+)
    | (?P<date>[ymdhs]+|AM/PM|A/P|上午/下午|aaaa?)
    | (?P<digit>[0#?])
    | (?P<point>\.)
    | (?P<comma>,)
    | (?P<percent>%)
    | (?P<section>;)
    | (?P<literal>[-+$()：:^&'~{}<>= ]|[^\x00-\x7f])
    | (?P<unknown>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CURRENCY = re.compile(r"\$([^-]*)(?:-.*)?", re.DOTALL)
_COLOUR = re.compile(
    r"black|blue|cyan|green|magenta|red|white|yellow|color ?\d+"
    r"|黑色|蓝色|蓝绿色|青色|绿色|洋红色|洋红|红色|白色|黄色|颜色 ?\d+",
    re.IGNORECASE,
)


_GENERAL = (("general", "General"),)
_GENERAL_WIDTH = 11
_PLAIN = re.compile(r"(#,##)?0(?:\.(0+)(#*))?(%?)")


@dataclass(frozen=True)
class _Section:
    """One of the parts between semicolons, as (kind, text) tokens; where not `known`, General is shown."""

    tokens: tuple[tuple[str, str], ...]

    def has(self, kind: str) -> bool:
        return any(token == kind for token, _ in self.tokens)

    @cached_property
    def plain(self) -> tuple[bool, int, int, bool] | None:
        """Of `#,##0.00`, `0.0##`, `0.0%` and the like whether digits are grouped, the decimals, how many of these are
        shown only where they are no zeros, and whether it is a percentage; None for other formats."""
        written = _PLAIN.fullmatch("".join([text for _, text in self.tokens]))
        if written is None or self.has("literal"):
            return None
        grouped, always, sometimes, percent = written.groups("")
        return grouped != "", len(always + sometimes), len(sometimes), percent != ""

    @cached_property
    def known(self) -> bool:
        kinds = [kind for kind, _ in self.tokens]
        whole = kinds[: kinds.index("point")] if "point" in kinds else kinds
        return (
            not {"unknown", "date"}.intersection(kinds)
            and kinds.count("point") <= 1
            and kinds.count("exponent") <= 1
            and kinds.count("digit") <= _MOST_DECIMALS
            # Engineering notation (##0.0E+0) moves the exponent in steps; nobody types it in these forms.
            and ("exponent" not in kinds or whole.count("digit") == 1)
            and not ("general" in kinds and "digit" in kinds)
        )


@lru_cache(maxsize=8192)
def shown_number(value: Decimal, number_format: str) -> str:
    """What a person sees: `98.58%`, `¥1,040,000.00`; General where the format is not known.

    Rounded half up. Padding, fill characters and outer spaces are left out. A format with an empty section
    shows nothing (`0;-0;` hides zeros): a blank text does not mean a blank cell.
    """
    if not value.is_finite() or (value and abs(value.adjusted()) > _LARGEST_EXPONENT):
        return _general(value)
    sections = _numeric_sections(number_format)
    negative = value < 0
    if negative and len(sections) > 1:
        section, sign = sections[1], ""
    elif not value and len(sections) > 2:
        section, sign = sections[2], ""
    else:
        section, sign = sections[0], "-" if negative else ""
    if not section.known:
        return _general(value)
    if section.plain is not None:
        grouped, decimals, sometimes, percent = section.plain
        rounded = half_up(value.copy_abs().scaleb(2, _EXACT) if percent else value.copy_abs(), decimals)
        text = f"{rounded:{',' if grouped else ''}f}"
        if sometimes:
            text = text[:-sometimes] + text[-sometimes:].rstrip("0")
        return f"{sign}{text}{'%' if percent else ''}"
    if section.tokens == _GENERAL:
        return sign + _general(value.copy_abs())
    return sign + _shown(value.copy_abs(), section.tokens).strip()


@lru_cache(maxsize=1024)
def is_percent(number_format: str) -> bool:
    """Whether the number is shown as a percentage, so that a share of 1 is meant."""
    return any(section.has("percent") for section in _numeric_sections(number_format))


@lru_cache(maxsize=1024)
def is_date(number_format: str) -> bool:
    """Whether the number is shown as a date or a time of day."""
    return any(section.has("date") for section in _numeric_sections(number_format))


def from_serial(serial: Decimal, epoch_1904: bool) -> datetime | None:
    """The date of a serial number, to the millisecond; None for a serial that no date has.

    Refused in both epochs: 0 and below, and after 9999-12-31. In the 1900 epoch also a time of day alone
    (below 1) and 60, the 29th of February 1900 that Excel keeps for Lotus 1-2-3's sake and no calendar has.
    """
    if not serial.is_finite() or serial <= 0 or serial >= 2958466:
        return None
    day = int(serial)
    if epoch_1904:
        first = date(1904, 1, 1)
    else:
        if day in (0, 60):
            return None
        first = date(1899, 12, 31) if day < 60 else date(1899, 12, 30)
    milliseconds = int(((serial - day) * 86_400_000).to_integral_value(ROUND_HALF_UP))
    try:
        return datetime.combine(first, time()) + timedelta(days=day, milliseconds=milliseconds)
    except OverflowError:
        return None


@lru_cache(maxsize=1024)
def _numeric_sections(number_format: str) -> tuple[_Section, ...]:
    """The sections for numbers: positive, negative, zero. The one for text (the fourth or with @) is not."""
    sections: list[list[tuple[str, str]]] = [[]]
    for match in _TOKEN.finditer(number_format):
        kind = match.lastgroup or "unknown"
        text = match[kind]
        if kind == "section":
            sections.append([])
        elif kind == "bracket":
            sections[-1].append(_bracket(text))
        elif kind in ("quoted", "escaped", "literal"):
            sections[-1].append(("literal", text))
        elif kind != "padding":
            sections[-1].append((kind, text))
    if len(sections) > 1 and ("general", "@") in sections[-1]:
        sections.pop()
    return tuple(_Section(tuple(tokens)) for tokens in sections[:3])


def _bracket(text: str) -> tuple[str, str]:
    if currency := _CURRENCY.fullmatch(text):
        return "literal", currency[1]
    # Conditions and [DBNum1] change the text; a colour does not.
    return ("literal", "") if _COLOUR.fullmatch(text) else ("unknown", text)


def _shown(value: Decimal, tokens: tuple[tuple[str, str], ...]) -> str:
    kinds = [kind for kind, _ in tokens]
    if "digit" not in kinds:
        value = _EXACT.scaleb(value, 2 * kinds.count("percent"))
        shown = {"general": _general(value), "percent": "%"}
        return "".join(text if kind == "literal" else shown.get(kind, "") for kind, text in tokens)
    last_digit = len(kinds) - 1 - kinds[::-1].index("digit")
    point = kinds.index("point") if "point" in kinds else last_digit + 1
    # A comma after the last digit place divides by a thousand; one between digit places groups.
    trailing = 0
    for kind in kinds[_last(kinds, "digit", point) + 1 :]:
        if kind == "comma":
            trailing += 1
        elif kind not in ("point", "digit"):
            break
    grouped = "comma" in kinds[: _last(kinds, "digit", point)]
    value = _EXACT.scaleb(value, 2 * kinds.count("percent") - 3 * trailing)
    exponent = ""
    if "exponent" in kinds:
        value, exponent = _mantissa(value, kinds[point:].count("digit"), tokens[kinds.index("exponent")][1])
    decimals = kinds[point:].count("digit")
    rounded = half_up(value, decimals)
    whole, _, fraction = f"{rounded:f}".partition(".")
    before = _whole_part("" if whole == "0" else whole, tokens[:point], grouped)
    after = _fraction_part(fraction, tokens[point:], exponent)
    return before + after


def _last(kinds: list[str], kind: str, end: int) -> int:
    """The last place of `kind` before `end`, or -1."""
    return max((place for place in range(end) if kinds[place] == kind), default=-1)


def _whole_part(digits: str, tokens: tuple[tuple[str, str], ...], grouped: bool) -> str:
    """Digits filled in from the right; the leftmost place takes all that are left."""
    places = sum(kind == "digit" for kind, _ in tokens)
    shown: list[str] = []
    count = 0

    def put(digit: str) -> None:
        nonlocal count
        if grouped and count and count % 3 == 0:
            shown.append(",")
        shown.append(digit)
        count += 1

    for kind, text in reversed(tokens):
        if kind == "digit":
            places -= 1
            if digits:
                put(digits[-1])
                digits = digits[:-1]
            elif text == "0":
                put("0")
            elif text == "?":
                shown.append(" ")
            if not places:
                for digit in reversed(digits):
                    put(digit)
                digits = ""
        elif kind == "percent":
            shown.append("%")
        elif kind == "literal":
            shown.append(text)
    # A format such as `.00` has no place for the whole part; Excel shows it before the point all the same.
    return "".join(reversed(shown)) if not digits else "".join(reversed(shown)) + digits


def _fraction_part(digits: str, tokens: tuple[tuple[str, str], ...], exponent: str) -> str:
    places = [text for kind, text in tokens if kind == "digit"]
    kept = len(digits)
    while kept and digits[kept - 1] == "0" and places[kept - 1] != "0":
        kept -= 1
    shown: list[str] = []
    place = 0
    for kind, text in tokens:
        if kind == "digit":
            if place < kept:
                shown.append(digits[place])
            elif text == "?":
                shown.append(" ")
            place += 1
        elif kind == "exponent":
            shown.append(exponent)
        elif kind == "percent":
            shown.append("%")
        elif kind in ("literal", "point"):
            shown.append(text)
    return "".join(shown)


def _mantissa(value: Decimal, decimals: int, pattern: str) -> tuple[Decimal, str]:
    """1234.5 for `0.00E+00` → 1.2345 and `E+03`. Settled after rounding: 9.999 becomes 1.00E+01."""
    power = value.adjusted() if value else 0
    mantissa = _EXACT.scaleb(value, -power)
    if half_up(mantissa, decimals) >= 10:
        power += 1
        mantissa = _EXACT.scaleb(mantissa, -1)
    sign = "-" if power < 0 else "+" if "+" in pattern else ""
    return mantissa, f"E{sign}{abs(power):0{len(pattern) - 2}d}"


def _general(value: Decimal) -> str:
    """At most eleven characters beside the sign, as in a wide column of Excel: 0.985764933, 1234567.891."""
    if not value.is_finite():
        return str(value)
    if not value:
        return "0"
    text = str(value)
    if len(text) <= _GENERAL_WIDTH and "E" not in text:
        return text.rstrip("0").rstrip(".") if "." in text else text
    power = value.adjusted()
    if -10 <= power <= 10:
        decimals = max(0, 9 - max(power, 0))
        rounded = half_up(value, decimals)
        if power >= -4 or rounded == value:
            text = f"{rounded:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, exponent = _mantissa(value.copy_abs(), 5, "E+00")
    text = f"{half_up(mantissa, 5):f}".rstrip("0").rstrip(".")
    return ("-" if value < 0 else "") + text + exponent


def date_serial(moment: datetime) -> Decimal:
    """The 1900 serial, to the second, of a date in either epoch."""
    days = moment.replace(tzinfo=None) - datetime(1899, 12, 30)  # noqa: DTZ001
    if days < timedelta(days=61):
        days -= timedelta(days=1)
    seconds = days.days * 86_400 + days.seconds + (days.microseconds >= 500_000)
    return Decimal(seconds) / 86_400
