"""What a 评分规则 says by itself about points, whatever row it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

POINTS_IN_RULE = re.compile(r"[（(]\s*(\d+(?:\.\d+)?)\s*分\s*[)）]")
# `在78%以上不到90%得6-8分`, `90%及以上上得8分`, `70%以下，不得分`
_BAND = re.compile(r"(\d+(?:\.\d+)?)[%％](?:及?以上上?|（含）|\(含\))(?:不到(\d+(?:\.\d+)?)[%％])?")
_BELOW = re.compile(r"(\d+(?:\.\d+)?)[%％]以下")
_POINTLESS = re.compile(r"[^，,；;。（(]{2,20}得分(?=[，,；;。])")
_POINTED = re.compile(r"得\s*\d+(?:\.\d+)?\s*(?:[-－~～]\s*\d+(?:\.\d+)?)?\s*分")
_SHORT = 200
"""Characters of a rule up to which it is remembered what it says."""


class Rule(NamedTuple):
    stated: Decimal | None
    """The sum of its points, `（N分）`; None where it states none."""
    uneven: tuple[tuple[str, str], ...]
    """Neighbouring bands that overlap or leave a gap between them."""
    pointless: tuple[str, ...]
    """Cases that earn points without saying how many, in a rule that says so of others."""


_NOTHING = Rule(None, (), ())


def rule_in(text: str) -> Rule | None:
    """None where it says nothing of the kind."""
    return _of_short(text) if len(text) <= _SHORT else _rule(text)


def _rule(text: str) -> Rule | None:
    stated = [Decimal(value) for value in POINTS_IN_RULE.findall(text)] if "分" in text else []
    # Without that word nothing can be pointless.
    pointless = _POINTLESS.findall(text) if "得分" in text and _POINTED.search(text) else []
    rule = Rule(
        sum(stated, Decimal(0)) if stated else None,
        tuple(_uneven(text)) if "%" in text or "％" in text else (),
        tuple(case for case in pointless if not case.endswith(("不得分", "不予得分"))),
    )
    return None if rule == _NOTHING else rule


_of_short = lru_cache(maxsize=4096)(_rule)
"""Kept: rules come again in the forms of a batch."""


def _uneven(text: str) -> Iterator[tuple[str, str]]:
    bands = [
        (Decimal(low), Decimal(high) if high else None, f"{low}%以上" + (f"不到{high}%" if high else ""))
        for low, high in _BAND.findall(text)
    ]
    if len(bands) > 1:
        bands += [(Decimal(-1), Decimal(v), f"{v}%以下") for v in _BELOW.findall(text)]
        for (low, _, first), (_, high, second) in pairwise(sorted(bands, key=lambda b: -b[0])):
            if high != low:
                yield first, second
