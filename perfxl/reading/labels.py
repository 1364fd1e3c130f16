"""The closed vocabulary of labels.toml: which words of a form name which field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Literal

from perfxl.grid import normalised
from perfxl.kept import Known

_LONGEST = 40
"""Characters of the longest label, spaces counted."""
_LONGEST_RESEMBLING = 16
_LONGEST_TITLE = 60
LONGEST_PAIRS = 400
"""Characters of the longest text that is looked through for labels with values."""
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|[0-9]{1,2}[.、])(?=\D)")
_TAIL = re.compile(
    r":|\((?:(?:金额)?(?:单位:)?(?:元|万元|亿元)|盖章|公章|签章|签字|%|分|[0-9]+(?:分|%)|[A-Z][0-9]?(?:/[A-Z][0-9]?)?(?:[*×]100%?)?|[0-9]+分[*×]执行率)\)"
)
_TITLE = re.compile(
    r".{0,40}(?:绩效(?:目标)?(?:自评价?|评价|目标)?.{0,4}(?:表|自评价|自评)|(?:项目|支出)自评表)(?:\([0-9]{4}年?度?\))?"
)
_NO_TITLE = re.compile(r"汇总|说明|报告|一览|要求|通知|填报|统计|[。；;]")


@dataclass(frozen=True)
class Vocabulary:
    """Label → id, one mapping per kind of place."""

    fields: Mapping[str, str]
    funding_columns: Mapping[str, str]
    funding_totals: Mapping[str, str]
    columns: Mapping[str, str]
    blocks: Mapping[str, frozenset[str]]
    totals: Mapping[str, str]
    own_sheets: Mapping[str, str]
    execution_names: Mapping[str, str]
    level_names: Mapping[str, str]
    ignored: Mapping[str, str]

    @cached_property
    def known(self) -> frozenset[str]:
        """Every label that can end a table: of fields and of blocks."""
        return self.all_blocks.union(self.fields)

    @cached_property
    def all_blocks(self) -> frozenset[str]:
        return frozenset().union(*self.blocks.values())

    @cached_property
    def words(self) -> frozenset[str]:
        """Every label that tells what a row is."""
        return self.known.union(self.funding_columns, self.funding_totals, self.columns, self.totals)


@cache
def vocabulary() -> Vocabulary:
    raw = tomllib.loads(files("perfxl.reading").joinpath("labels.toml").read_text("utf-8"))
    blocks = {kind: frozenset(map(label_key, words)) for kind, words in raw.pop("blocks").items()}
    tables = {
        name: {label_key(word): id_ for id_, words in table.items() for word in words} for name, table in raw.items()
    }
    return Vocabulary(blocks=blocks, **tables)


def _label_key(text: str) -> str:
    if len(text) > _LONGEST:
        return ""
    key = _NUMBERING.sub("", normalised(text).strip("*★☆"))
    while match := _last_tail(key):
        key = key[: match.start()]
    return key


label_key: Callable[[str], str] = Known(_label_key, 8192, _LONGEST).__getitem__
"""A label as it is compared. Empty for texts too long to be one."""


Kind = Literal["fields", "funding_columns", "funding_totals", "columns", "totals"]


@cache
def first_words(kind: Kind) -> Mapping[str, str]:
    """For each id the first of its spellings in labels.toml, which stands for all."""
    table: Mapping[str, str] = getattr(vocabulary(), kind)
    return {id_: word for word, id_ in reversed(list(table.items()))}


_LEAST_ALIKE = 0.5
_UNKNOWN_PAIR = 0.25
_CLEARLY = 0.05
"""By how much the best likeness must beat that to any word of another meaning."""


_TELLING = 8
"""Spellings of one meaning that share a character pair, for the pair to tell it."""

_STATEMENT = re.compile("未填|没有|大于|小于|高于|低于|不等于|不符|超过|不是|不足|越界")
"""What a label does not say: such a text tells of a problem, as the lines of 自检 do."""


@lru_cache(maxsize=4096)
def resembled(key: str, kind: Kind) -> str | None:
    """The known word of another spelling that a label comes closest to; None where none is near or two are.

    Closeness is the weighed share of character pairs in common, remarks in brackets left aside.
    """
    pairs = _pairs_of(re.sub(r"\(.*?\)", "", key))
    if _STATEMENT.search(key) or not pairs or any(char.isdigit() for char in key) or len(key) > _LONGEST_RESEMBLING:
        return None
    weights, words = _weighed(kind)
    if widened := _widened(key, words):
        return widened
    own = sum(weights.get(pair, _UNKNOWN_PAIR) for pair in pairs)
    best: dict[str, tuple[float, str]] = {}
    for word, (id_, others) in words.items():
        common = sum(weights[pair] for pair in pairs & others)
        likeness = 2 * common / (own + sum(weights[pair] for pair in others))
        best[id_] = max(best.get(id_, (0.0, "")), (likeness, word))
    first, second = (*sorted(best.values(), reverse=True), (0.0, ""))[:2]
    if first[0] >= _LEAST_ALIKE and first[0] - second[0] >= _CLEARLY:
        return first[1]
    return _told_by_a_pair(pairs, kind)


def _told_by_a_pair(pairs: frozenset[str], kind: Kind) -> str | None:
    """The known word with a character pair that many spellings of one meaning share and no other has: 偏差.

    Another pair of that meaning must be in the label too: 偏差情况说明, but not 偏差率.
    """
    weights, words = _weighed(kind)
    for word, (id_, own) in words.items():
        for pair in pairs & own:
            same = [others for known, others in words.values() if known == id_]
            spread = sum(pair in others for others in same)
            if weights[pair] == 1 and spread >= _TELLING and len(pairs & frozenset().union(*same)) > 1:
                return word
    return None


def _widened(key: str, words: Mapping[str, tuple[str, frozenset[str]]]) -> str | None:
    """The known word that has one more word in the middle of the label: 项目名称 of 项目具体名称; None for two."""
    found = {
        words[word][0]: word
        for middle in range(2, len(key) - 2)
        for end in range(middle + 2, len(key))
        if (word := key[:middle] + key[end:]) in words
    }
    return next(iter(found.values())) if len(found) == 1 else None


@cache
def _weighed(kind: Kind) -> tuple[Mapping[str, float], Mapping[str, tuple[str, frozenset[str]]]]:
    """Character pairs with their weights, less the more meanings share them; words with their meaning and pairs."""
    table: Mapping[str, str] = getattr(vocabulary(), kind)
    words = {word: (id_, _pairs_of(word)) for word, id_ in table.items()}
    meanings: dict[str, set[str]] = {}
    for id_, pairs in words.values():
        for pair in pairs:
            meanings.setdefault(pair, set()).add(id_)
    return {pair: 1 / len(ids) for pair, ids in meanings.items()}, words


def _pairs_of(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))


def inline_pairs(text: str) -> list[tuple[str, str]]:
    """`申报单位名称：某办事处` → label and value. Several pairs in one cell stand apart by wide spaces or lines."""
    if len(text) > LONGEST_PAIRS or ("：" not in text and ":" not in text):
        return []
    pairs: list[tuple[str, str]] = []
    for part in re.split(r"[ \t\u3000\xa0]{2,}|\n", text):
        label, sign, value = part.replace("：", ":").partition(":")
        if sign and value.strip() and label_key(label) in vocabulary().fields:
            pairs.append((label, value.strip()))
    return pairs


def _is_title(text: str) -> bool:
    if len(text) > _LONGEST_TITLE:
        return False
    key = normalised(text)
    return bool(_TITLE.fullmatch(key)) and not _NO_TITLE.search(key)


is_title: Callable[[str], bool] = Known(_is_title, 8192, _LONGEST_TITLE).__getitem__
"""Whether the text can be the title of a form: `2019年度财政项目绩效自评价`, `项目支出绩效自评表`."""


def _last_tail(key: str) -> re.Match[str] | None:
    """A colon or a unit in brackets at the end of the key, unless nothing would be left."""
    return next((match for match in _TAIL.finditer(key) if match.end() == len(key) and match.start()), None)
