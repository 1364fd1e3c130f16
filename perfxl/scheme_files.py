"""Schemes in their files: those that come with perfxl, and a place's own."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import combinations
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from perfxl.os_errors import english_reason, reason
from perfxl.problem import Language, Problem
from perfxl.scheme import ReportOutline, Scheme
from perfxl.scheme_errors import broken_toml, misfits


class SchemeError(Problem):
    """A scheme that does not fit. A line per mistake names file, key and what was expected."""


def load_scheme(path: Path) -> Scheme:
    """Read one scheme file. Raises SchemeError, which names file, key and what was expected."""
    try:
        return validated(_parse(path.read_text("utf-8"), path.name), path.name)
    except FileNotFoundError as error:
        raise SchemeError(
            f"{path.name}: 没有这个文件；请核对路径", f"{path.name}: no such file; check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise SchemeError(
            f"{path.name}: 不是 UTF-8 编码的文本；请另存为 UTF-8", f"{path.name}: not text in UTF-8; save it as UTF-8"
        ) from error
    except OSError as error:
        raise SchemeError(
            f"{path.name}: 无法读取（{reason(error)}）；请核对路径和权限",
            f"{path.name}: cannot be read ({english_reason(error)}); check the path and the rights",
        ) from error


def validated(data: Any, name: str) -> Scheme:
    """The scheme of a file of that name, as tomllib gives it. Raises SchemeError."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(Scheme).validate_python(data)
    except ValidationError as error:
        zh, en = zip(*misfits(name, error, Scheme), strict=True)
        raise SchemeError("\n".join(zh), "\n".join(en)) from error


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise SchemeError(*broken_toml(name, error)) from error


@cache
def _maker(kind: Any) -> Callable[[Any], Any]:
    """Makes what is annotated so, of a value as tomllib gives it.

    For our own files: the tests validate them, and hold what is made here against what pydantic makes."""
    if isinstance(kind, type) and is_dataclass(kind):
        kinds: dict[str, Any] = {field.name: field.type for field in fields(kind)}
        makers = {name: _maker(one) for name, one in kinds.items()}
        return lambda table: kind(**{key: makers[key](item) for key, item in table.items()})
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType, Annotated):
        return _maker(args[0])
    if origin is tuple:
        make = _maker(args[0])
        return lambda items: tuple(map(make, items))
    if origin is dict:
        make = _maker(args[1])
        return lambda table: {key: make(item) for key, item in table.items()}
    return Decimal if kind is Decimal else lambda value: value


class _Builtin(Mapping[str, Scheme]):
    """By id, which is the file's path. Each is read when it is asked for: a form that names its own needs no other."""

    def __init__(self, root: Traversable) -> None:
        self._read: dict[str, Scheme] = {}
        self._files: dict[str, Traversable] = {}
        for place in sorted(root.iterdir(), key=lambda entry: entry.name):
            if place.is_dir():
                for file in sorted(place.iterdir(), key=lambda entry: entry.name):
                    if file.name.endswith(".toml"):
                        self._files[f"{place.name}/{file.name.removesuffix('.toml')}"] = file

    def __getitem__(self, id_: str) -> Scheme:
        if id_ not in self._read:
            self._read[id_] = _maker(Scheme)(_parse(self.text(id_), f"{id_}.toml"))
        return self._read[id_]

    def __contains__(self, id_: object) -> bool:
        return id_ in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def text(self, id_: str) -> str:
        return self._files[id_].read_text("utf-8")


@cache
def _builtin() -> _Builtin:
    return _Builtin(files("perfxl").joinpath("schemes"))


def builtin_schemes() -> Mapping[str, Scheme]:
    """All schemes that come with perfxl, by id, in a stable order."""
    return _builtin()


def builtin_text(scheme: Scheme) -> str:
    """The file of a built-in scheme as it is written, comments and all."""
    return _builtin().text(scheme.id)


NATIONAL = "mof/2020"
"""The scheme whose outline holds where a place has none of its own."""


def report_outline(scheme: Scheme) -> ReportOutline:
    """The outline of the 自评报告 for a form of that scheme."""
    outline = scheme.report or builtin_schemes()[NATIONAL].report
    assert outline is not None, "the national scheme has an outline"
    return outline


def scheme_named(name: str) -> Scheme:
    """A built-in scheme by id, or one from a .toml file. Raises SchemeError with the ids that exist."""
    if name.endswith(".toml"):
        return load_scheme(Path(name))
    try:
        return builtin_schemes()[name]
    except KeyError:
        known = list(builtin_schemes())
        raise SchemeError(
            f"没有方案 {name}；可用：{'、'.join(known)}", f"there is no scheme {name}; use one of {', '.join(known)}"
        ) from None


def check_file(path: Path, lang: Language = "zh") -> list[str]:
    """Everything that does not fit in one scheme file, and where it collides with a built-in scheme."""
    try:
        scheme = load_scheme(path)
    except SchemeError as error:
        return error.said(lang).splitlines()
    said = ("没有数字引用这个来源", "no number names this source")[lang == "en"]
    problems = [f"{path.name}: sources.{key}: {said}" for key in scheme.unused_sources]
    for other in builtin_schemes().values():
        if other.id != scheme.id and overlapping([other, scheme]):
            overlap = (
                f"适用年度与方案 {other.id} 重叠，同地同类每年应只有一个方案",
                f"its years overlap those of {other.id}; a place should have one scheme of a kind each year",
            )
            problems.append(f"{path.name}: valid_from: {overlap[lang == 'en']}")
    return problems


def overlapping(schemes: Iterable[Scheme]) -> list[tuple[str, str]]:
    """The ids of schemes of one place, family and kind that are valid in the same budget year."""
    return [
        (a.id, b.id)
        for a, b in combinations(schemes, 2)
        if (a.place, a.family, a.kind) == (b.place, b.family, b.kind)
        and (a.valid_in(b.valid_from) or b.valid_in(a.valid_from))
    ]
