"""What does not fit in a scheme file, said in Chinese with file, key and expectation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from difflib import get_close_matches
from tomllib import TOMLDecodeError
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

_QUOTED = re.compile("'([^']*)'")
Place = tuple[int | str, ...]

_EXPECTED = {
    "missing": "缺少此键",
    "greater_than_equal": "应不小于 {ge}",
    "less_than_equal": "应不大于 {le}",
    "decimal_parsing": "应为数字",
    "decimal_type": "应为数字",
    "finite_number": "应为有限的数字",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "string_type": "应为加引号的文字",
    "tuple_type": "应为数组，写作 [ … ]",
    "dict_type": "应为表，写作 {{ … }}",
    "model_type": "应为表，写作 {{ … }}",
}
"""By pydantic's name of the error."""


def key_path(place: Place) -> str:
    """A place as the owner of the file counts: `groups 第2项.points.value`."""
    text = ""
    for part in place:
        text += f" 第{part + 1}项" if isinstance(part, int) else f".{part}" if text else part
    return text


def misfits(name: str, error: ValidationError, model: type[BaseModel]) -> Iterator[str]:
    """One line per mistake. A misspelt key is one mistake, though its right spelling is missing too."""
    details = error.errors(include_url=False)
    missing = {detail["loc"] for detail in details if detail["type"] == "missing"}
    meant: dict[Place, str] = {}
    for detail in details:
        if detail["type"] == "extra_forbidden":
            *parent, key = detail["loc"]
            absent = [str(place[-1]) for place in missing if place[:-1] == tuple(parent)]
            known = list(_model_at(model, tuple(parent)).model_fields)
            close = get_close_matches(str(key), absent, 1) or get_close_matches(str(key), known, 1)
            meant[detail["loc"]] = close[0] if close else ""
    explained = {(*place[:-1], key) for place, key in meant.items()}
    for detail in details:
        place, kind, context = detail["loc"], detail["type"], detail.get("ctx", {})
        where = f"{name}: {key_path(place)}" if place else name
        if kind == "missing" and place in explained:
            continue
        if kind == "extra_forbidden":
            known = list(_model_at(model, place[:-1]).model_fields)
            hint = f"是否应为 {meant[place]}？" if meant[place] else f"可用的键：{'、'.join(known)}"
            yield f"{where}: 没有这个键，{hint}"
        elif kind == "value_error":
            yield from (_joined(name, place, line) for line in str(context["error"]).splitlines())
        elif kind == "missing":
            yield f"{where}: {_EXPECTED[kind]}"
        else:
            if kind == "literal_error":
                expected = f"应为 {'、'.join(_QUOTED.findall(context['expected']))} 之一"
            else:
                expected = _EXPECTED[kind].format_map(context) if kind in _EXPECTED else detail["msg"]
            yield f"{where}: {expected}，现为 {_as_typed(detail['input'])}"


def _joined(name: str, place: Place, line: str) -> str:
    """A line of a validator starts with the key inside its own table."""
    return f"{name}: {key_path(place)}.{line}" if place else f"{name}: {line}"


def broken_toml(name: str, error: TOMLDecodeError) -> str:
    """Where the TOML grammar is broken. The parser's own words are English and stay in brackets."""
    found = re.search(r"^(.*?) \(at line (\d+), column (\d+)\)$", str(error))
    if found:
        return f"{name}: 第 {found[2]} 行第 {found[3]} 列不合 TOML 写法（{found[1]}）"
    return f"{name}: 不合 TOML 写法（{error}）"


def _model_at(model: type[BaseModel], place: Place) -> type[BaseModel]:
    """The model that the table at `place` must fit."""
    for part in place:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside `X`, `X | None`, `tuple[X, ...]` or `dict[str, X]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _as_typed(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"“{value}”"
    if isinstance(value, int | Decimal):
        return str(value)
    return "数组" if isinstance(value, list) else "表" if isinstance(value, dict) else str(value)
