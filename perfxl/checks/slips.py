"""Slips of the pen that a text shows by itself, whatever form it stands in."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

_DOUBLED = re.compile(r"([\u4e00-\u9fff][\u4e00-\u9fff，、“”]{1,30}?)\1")
_HTML = re.compile(r"</?(?:p|br|div|span|table|t[rdh]|b|i|u|font|strong|em|[uo]l|li|h\d)\b[^>]*>|&(?:nbsp|lt|gt|amp);")
_INSTRUCTION = re.compile(r"\s*[（(]?(?:请|此处|在此)(?:填写|填报|描述|概述|简述|说明)|\s*[（(](?:填写|简述|概述)")
_DOCUMENT_YEAR = re.compile(r"[【\[［(（]((?:19|20)\d\d)[】\]］)）](?=\s*\d+\s*号)")
_SHORT = 200
"""Characters of a text up to which it is remembered what it shows."""


class Slips(NamedTuple):
    doubled: tuple[str, ...]
    """Words written twice over: `用于用于`."""
    tags: tuple[str, ...]
    """Of HTML, each once."""
    instruction: bool
    """Whether it is what the form tells to fill in."""
    misspelt: tuple[tuple[str, str], ...]
    """What stands there, and how it is written."""
    years: tuple[tuple[str, str], ...]
    """The first year of a document number in other brackets than 〔〕, with them and without; or nothing."""


_NONE = Slips((), (), False, (), ())


def slips_in(text: str) -> Slips | None:
    """None where there are none."""
    return _of_short(text) if len(text) <= _SHORT else _slips(text)


def _slips(text: str) -> Slips | None:
    # Each pattern is tried only where a text has what it cannot do without.
    year = _DOCUMENT_YEAR.search(text) if "号" in text else None
    slips = Slips(
        tuple(match[0] for match in _DOUBLED.finditer(text)) if len(text) - len(set(text)) > 1 else (),
        tuple(dict.fromkeys(_HTML.findall(text))) if "<" in text or "&" in text else (),
        _INSTRUCTION.match(text) is not None,
        _misspelt(text) if _any_typo().search(text) else (),
        ((year[0], year[1]),) if year else (),
    )
    return None if slips == _NONE else slips


_of_short = lru_cache(maxsize=4096)(_slips)
"""Kept: names and rules come again in the forms of a batch."""


def _misspelt(text: str) -> tuple[tuple[str, str], ...]:
    found = ((re.search(wrong, text), right) for wrong, right in _typos())
    return tuple((match[0], right) for match, right in found if match)


@cache
def _typos() -> tuple[tuple[str, str], ...]:
    raw = tomllib.loads(files("perfxl.checks").joinpath("typos.toml").read_text("utf-8"))
    return tuple((entry["wrong"], entry["right"]) for entry in raw["typo"])


@cache
def _any_typo() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{wrong})" for wrong, _ in _typos()))
