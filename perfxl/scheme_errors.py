"""What does not fit in a scheme file, in Chinese and English, with file, key and expectation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from tomllib import TOMLDecodeError
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from pydantic import ValidationError

_QUOTED = re.compile("'([^']*)'")
Place = tuple[int | str, ...]

Line = tuple[str, str]
"""One mistake in Chinese and in English."""

_NUMBER = ("应为数字", "must be a number")
_WHOLE = ("应为整数", "must be a whole number")
_SWITCH = ("应为 true 或 false", "must be true or false")
_TABLE = ("应为表，写作 {{ … }}", "must be a table, written {{ … }}")
EXPECTED: dict[str, Line] = {
    "greater_than_equal": ("应不小于 {ge}", "must not be less than {ge}"),
    "less_than_equal": ("应不大于 {le}", "must not be more than {le}"),
    "decimal_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "finite_number": ("应为有限的数字", "must be a finite number"),
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_parsing": _SWITCH,
    "bool_type": _SWITCH,
    "string_type": ("应为加引号的文字", "must be text in quotes"),
    "tuple_type": ("应为数组，写作 [ … ]", "must be an array, written [ … ]"),
    "dict_type": _TABLE,
    "dataclass_type": _TABLE,
}
"""By pydantic's name of the error."""
_UNKNOWN = "unexpected_keyword_argument"


class Misfit(ValueError):
    """What a validator of our own finds: lines that start with the key inside its table."""

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__("\n".join(zh for zh, _ in lines))
        self.lines = lines


def key_path(place: Place) -> Line:
    """A place as the owner of the file counts: `groups 第2项.points.value`, `groups[2].points.value`."""
    zh = en = ""
    for part in place:
        if isinstance(part, int):
            zh, en = f"{zh} 第{part + 1}项", f"{en}[{part + 1}]"
        else:
            zh, en = (f"{text}.{part}" if text else part for text in (zh, en))
    return zh, en


def misfits(name: str, error: ValidationError, whole: type[Any]) -> Iterator[Line]:
    """One line per mistake. A misspelt key is one mistake, though its right spelling is missing too.

    `whole` is the dataclass that the file should fit."""
    for where, (zh, en) in _found(error, whole):
        yield f"{name}: {where[0]}{zh}", f"{name}: {where[1]}{en}"


def _found(error: ValidationError, whole: type[Any]) -> Iterator[tuple[Line, Line]]:
    """Where, up to what is said of it, and that."""
    from difflib import get_close_matches

    details = error.errors(include_url=False)
    missing = {detail["loc"] for detail in details if detail["type"] == "missing"}
    meant: dict[Place, str] = {}
    for detail in details:
        if detail["type"] == _UNKNOWN:
            *parent, key = detail["loc"]
            absent = [str(place[-1]) for place in missing if place[:-1] == tuple(parent)]
            known = _keys_at(whole, tuple(parent))
            close = get_close_matches(str(key), absent, 1) or get_close_matches(str(key), known, 1)
            meant[detail["loc"]] = close[0] if close else ""
    explained = {(*place[:-1], key) for place, key in meant.items()}
    for detail in details:
        place, kind, context = detail["loc"], detail["type"], detail.get("ctx", {})
        if kind == "missing" and place in explained:
            continue
        at = key_path(place)
        where = (f"{at[0]}: ", f"{at[1]}: ") if place else ("", "")
        if kind == _UNKNOWN:
            yield where, _unknown_key(meant[place], _keys_at(whole, place[:-1]))
        elif kind == "value_error":
            inside = (f"{at[0]}.", f"{at[1]}.") if place else ("", "")
            yield from ((inside, line) for line in context["error"].lines)
        elif kind == "missing":
            yield where, ("缺少此键，请补上", "this key is missing, add it")
        else:
            if kind == "literal_error":
                known = _QUOTED.findall(context["expected"])
                zh, en = f"应为 {'、'.join(known)} 之一", f"must be one of {', '.join(known)}"
            elif kind in EXPECTED:
                zh, en = (text.format_map(context) for text in EXPECTED[kind])
            else:
                zh = en = detail["msg"]
            typed = _as_typed(detail["input"])
            yield where, (f"{zh}，现为 {typed[0]}", f"{en}, not {typed[1]}")


def _unknown_key(meant: str, known: Sequence[str]) -> Line:
    if meant:
        return f"没有这个键，是否应为 {meant}？", f"there is no such key; {meant} perhaps?"
    return f"没有这个键，可用的键：{'、'.join(known)}", f"there is no such key; use one of {', '.join(known)}"


def broken_toml(name: str, error: TOMLDecodeError) -> Line:
    """Where the TOML grammar is broken. The parser's own words are English and stay in brackets."""
    found = re.search(r"^(.*?) \(at line (\d+), column (\d+)\)$", str(error))
    if found:
        return (
            f"{name}: 第 {found[2]} 行第 {found[3]} 列不合 TOML 写法（{found[1]}）；请改正这一处",
            f"{name}: line {found[2]}, column {found[3]} is no TOML ({found[1]}); mend that place",
        )
    return f"{name}: 不合 TOML 写法（{error}）；请改正", f"{name}: this is no TOML ({error}); mend it"


def _keys_at(table: type[Any], place: Place) -> list[str]:
    """The keys that the table at `place` may have."""
    for part in place:
        kinds: dict[int | str, Any] = {field.name: field.type for field in fields(table)}
        table = _table_in(kinds.get(part)) or table
    return [field.name for field in fields(table)]


def _table_in(annotation: Any) -> type[Any] | None:
    """The dataclass inside `X`, `X | None`, `tuple[X, ...]` or `dict[str, X]`."""
    if isinstance(annotation, type) and is_dataclass(annotation):
        return annotation
    return next((found for part in get_args(annotation) if (found := _table_in(part))), None)


def _as_typed(value: object) -> Line:
    if isinstance(value, list):
        return "数组", "an array"
    if isinstance(value, dict):
        return "表", "a table"
    text = str(value).lower() if isinstance(value, bool) else f"“{value}”" if isinstance(value, str) else str(value)
    return text, text
