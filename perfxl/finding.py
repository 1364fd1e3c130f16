"""Findings and the catalogue that gives each code its words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from perfxl.grid import CellRef
from perfxl.problem import Clause
from perfxl.problem import Language as Language


class Severity(IntEnum):
    """提示 informs; 核实 must be explained by a 说明; 错误 must be mended."""

    info = 1
    query = 2
    error = 3

    def label(self, lang: Language = "zh") -> str:
        return _SEVERITY_LABELS[lang][self]


_SEVERITY_LABELS = {
    "zh": {Severity.info: "提示", Severity.query: "核实", Severity.error: "错误"},
    "en": {Severity.info: "info", Severity.query: "query", Severity.error: "error"},
}


class Finding(NamedTuple):
    """One mistake at one place. `numbers` fill the catalogue's message, in English `<name>_en` before `<name>`."""

    code: str
    at: CellRef
    field: str = ""
    """The form's own word for what stands there, e.g. 得分."""
    reported: str | None = None
    """As typed; None where the finding is not about one value."""
    expected: str | None = None
    numbers: Mapping[str, str] = {}
    related: tuple[CellRef, ...] = ()
    regraded: Severity | None = None
    """Set when a scheme grades this code otherwise than the catalogue."""
    settled: bool = False
    """True for a 核实 whose 说明 is written."""

    @property
    def entry(self) -> CatalogEntry:
        return catalog()[self.code]

    @property
    def severity(self) -> Severity:
        return self.regraded or self.entry.severity

    def name(self, lang: Language = "zh") -> str:
        return self.entry.words(lang).name

    def message(self, lang: Language = "zh") -> str:
        return self._filled(self.entry.words(lang).message, lang)

    def why(self, lang: Language = "zh") -> str:
        return self._filled(self.entry.words(lang).why, lang)

    def fix(self, lang: Language = "zh") -> str:
        return self._filled(self.entry.words(lang).fix, lang)

    def _filled(self, text: str, lang: Language) -> str:
        values = {"reported": self.reported or "", "expected": self.expected or "", "field": self.field}
        values |= self.numbers
        if lang == "en":
            values |= {name.removesuffix(_EN): said for name, said in self.numbers.items() if name.endswith(_EN)}
        return text.format_map(values)


_EN = "_en"


def in_both(**clauses: Clause) -> dict[str, str]:
    """`numbers` of a finding whose message needs words that differ in Chinese and in English."""
    chinese = {name: zh for name, (zh, _) in clauses.items()}
    return chinese | {name + _EN: en for name, (_, en) in clauses.items()}


class Words(NamedTuple):
    """What a person reads about a code, in one language. `message` has {named} places for numbers."""

    name: str
    message: str
    why: str
    fix: str


class CatalogEntry(NamedTuple):
    code: str
    severity: Severity
    zh: Words
    en: Words
    source: str
    """The rule's origin: a clause, a seed or general practice."""
    suspended: str = ""
    """Empty while active; otherwise since when and why."""
    risk: bool = False
    """True where a form with this finding should be among the first for a spot check (抽查)."""

    def words(self, lang: Language) -> Words:
        return self.zh if lang == "zh" else self.en


_CODE = re.compile(r"^\[([A-Z][0-9]{3})\]\n", re.MULTILINE)


class _Catalog(Mapping[str, CatalogEntry]):
    """Each entry is read when it is asked for: a file needs a few of them, and all take longer than its check."""

    def __init__(self, text: str) -> None:
        _, *parts = _CODE.split(text)
        self._texts = dict(zip(parts[::2], parts[1::2], strict=True))
        self._read: dict[str, CatalogEntry] = {}

    def __getitem__(self, code: str) -> CatalogEntry:
        if code not in self._read:
            raw = tomllib.loads(f"[{code}]\n{self._texts[code]}")[code]
            self._read[code] = CatalogEntry(
                code=code,
                severity=Severity[raw["severity"]],
                zh=Words(**raw["zh"]),
                en=Words(**raw["en"]),
                source=raw["source"],
                suspended=raw.get("suspended", ""),
                risk=raw.get("risk", False),
            )
        return self._read[code]

    def __contains__(self, code: object) -> bool:
        return code in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


@cache
def catalog() -> Mapping[str, CatalogEntry]:
    """All codes of catalog.toml. A code is a letter and three digits and is never reused."""
    return _Catalog(files("perfxl").joinpath("catalog.toml").read_text("utf-8"))
