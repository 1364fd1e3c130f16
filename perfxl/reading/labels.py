"""The closed vocabulary of labels.toml: which words of a form name which field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from perfxl.grid import normalised

_LONGEST = 40
"""Characters of the longest label, spaces counted."""
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|[0-9]{1,2}[.、])(?=\D)")
_TAIL = re.compile(
    r":|\((?:(?:金额)?(?:单位:)?(?:元|万元|亿元)|盖章|公章|签章|签字|%|分|[0-9]+(?:分|%)|[A-Z](?:/[A-Z])?(?:[*×]100%?)?|[0-9]+分[*×]执行率)\)"
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

    @cached_property
    def known(self) -> frozenset[str]:
        """Every label that can end a table: of fields and of blocks."""
        return frozenset(self.fields).union(*self.blocks.values())


@cache
def vocabulary() -> Vocabulary:
    raw = tomllib.loads(files("perfxl.reading").joinpath("labels.toml").read_text("utf-8"))
    blocks = {kind: frozenset(map(label_key, words)) for kind, words in raw.pop("blocks").items()}
    tables = {
        name: {label_key(word): id_ for id_, words in table.items() for word in words} for name, table in raw.items()
    }
    return Vocabulary(blocks=blocks, **tables)


def label_key(text: str) -> str:
    """A label as it is compared. Empty for texts too long to be one."""
    return _key(text) if len(text) <= _LONGEST else ""


@lru_cache(maxsize=8192)
def _key(text: str) -> str:
    key = _NUMBERING.sub("", normalised(text).strip("*★☆"))
    while match := _last_tail(key):
        key = key[: match.start()]
    return key


def inline_pairs(text: str) -> list[tuple[str, str]]:
    """`申报单位名称：某办事处` → label and value. Several pairs in one cell stand apart by wide spaces or lines."""
    if len(text) > 400 or ("：" not in text and ":" not in text):
        return []
    pairs: list[tuple[str, str]] = []
    for part in re.split(r"[ \t\u3000\xa0]{2,}|\n", text):
        label, sign, value = part.replace("：", ":").partition(":")
        if sign and value.strip() and label_key(label) in vocabulary().fields:
            pairs.append((label, value.strip()))
    return pairs


def is_title(text: str) -> bool:
    """Whether the text can be the title of a form: `2019年度财政项目绩效自评价`, `项目支出绩效自评表`."""
    return len(text) <= 60 and _is_title(text)


@lru_cache(maxsize=8192)
def _is_title(text: str) -> bool:
    key = normalised(text)
    return bool(_TITLE.fullmatch(key)) and not _NO_TITLE.search(key)


def _last_tail(key: str) -> re.Match[str] | None:
    """A colon or a unit in brackets at the end of the key, unless nothing would be left."""
    return next((match for match in _TAIL.finditer(key) if match.end() == len(key) and match.start()), None)
