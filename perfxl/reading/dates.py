"""Years and dates as forms write them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

from perfxl.reading.numerals import CHINESE_DIGITS, chinese_number, folded, positional

_YEAR = r"(?:19|20)[0-9]{2}"
_YEAR_ALONE = re.compile(_YEAR)
_YEAR_IN_TEXT = re.compile(rf"(?<![0-9])(?<![0-9][-~—至])({_YEAR})(?=年)")
_CHINESE_YEAR = re.compile(r"(?<![零〇一二三四五六七八九])([零〇一二三四五六七八九]{4})(?=年)")
_ORDINAL = re.compile(rf"([{CHINESE_DIGITS}]{{1,3}})(?=[月日号])")
_DATE = re.compile(
    rf"""
    (?P<by>不晚于|不迟于|不超过|≤|<=)? (?:截至|截止|于|在)?
    (?:
        (?P<y1>{_YEAR})年(?P<m1>[0-9]{{1,2}})月份?(?:(?P<d1>[0-9]{{1,2}})[日号])?
      | (?P<y2>{_YEAR})(?P<sep>[-/.])(?P<m2>[0-9]{{1,2}})(?P=sep)(?P<d2>[0-9]{{1,2}})
        (?:[ ][0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?)?
      | (?P<y3>{_YEAR})[-/](?P<m3>[0-9]{{1,2}})
      | (?P<m4>[0-9]{{1,2}})月份?(?:(?P<d4>[0-9]{{1,2}})[日号])?
      | (?P<y5>{_YEAR})年度?
      | (?:当年|本年|年)(?=[底末])
    )
    (?P<end>[底末])? (?P<before>之前|以前|前|内|以内)? (?:完成)?
    """,
    re.VERBOSE,
)
_COMPACT = re.compile(rf"({_YEAR})([0-9]{{2}})([0-9]{{2}})")
_ENDS = "0123456789年度月份日号底末前内成"
"""Every date ends in one of these."""
_BESIDE_WORDS = re.compile(r"(?<![0-9]) | (?![0-9])")
_SIGN = re.compile(r"[年月/-]|\..+\.")
"""Every date has one of these or two points, apart from a compact one."""


class Deadline(NamedTuple):
    """The last day that a text allows, and whether it says `前` or the like."""

    day: date
    by: bool


def parse_year(text: str) -> int | None:
    """The budget year in a title or year line. None where there is none or more than one."""
    plain = folded(text).replace(" ", "")
    if _YEAR_ALONE.fullmatch(plain):
        return int(plain)
    found = set(_YEAR_IN_TEXT.findall(plain))
    found |= {year for word in _CHINESE_YEAR.findall(plain) if (year := positional(word))}
    years = [int(year) for year in found if _YEAR_ALONE.fullmatch(year)]
    return years[0] if len(years) == 1 else None


def parse_deadline(text: str, year: int | None = None) -> Deadline | None:
    """`2023年12月` → 2023-12-31, `12月底前` → the end of December of `year`. None for what is no date."""
    return _deadline(folded(text), year)


def _deadline(plain: str, year: int | None) -> Deadline | None:
    plain = plain.rstrip("。; ")
    if plain[-1:] not in _ENDS or not _SIGN.search(plain):
        return None
    if " " in plain:
        plain = _BESIDE_WORDS.sub("", plain)
    match = _DATE.fullmatch(_arabic(plain))
    if not match:
        return None
    month = match["m1"] or match["m2"] or match["m3"] or match["m4"]
    day = match["d1"] or match["d2"] or match["d4"]
    printed = match["y1"] or match["y2"] or match["y3"] or match["y5"]
    in_year = int(printed) if printed else year
    if in_year is None or (day and match["end"]):
        return None
    last = _day(in_year, int(month or 12), int(day) if day else None)
    return Deadline(last, bool(match["by"] or match["before"])) if last else None


def parse_date(text: str, year: int | None = None) -> date | None:
    """A date such as `2020-3-31`, `2020/7/16`, `20200331` or `二〇二〇年三月`; a month means its last day."""
    plain = folded(text)
    if match := _COMPACT.fullmatch(plain):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    deadline = _deadline(plain, year)
    return deadline.day if deadline else None


def _arabic(text: str) -> str:
    """Chinese years, months and days in figures."""
    with_year = _CHINESE_YEAR.sub(lambda match: positional(match[1]) or match[1], text)
    return _ORDINAL.sub(lambda match: f"{chinese_number(match[1]) or match[1]}", with_year)


def _day(year: int, month: int, day: int | None) -> date | None:
    """The day, or the month's last day; None where the calendar has no such day."""
    if not 1 <= month <= 12 or not 1 <= (day or 1) <= monthrange(year, month)[1]:
        return None
    return date(year, month, day or monthrange(year, month)[1])
