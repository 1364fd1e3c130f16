"""A FileReview as bytes and back, between processes and in the store.

JSON by the annotations of our own classes: bytes from a foreign hand can tell a wrong result or fail; they name no
class and call nothing. For a form of 242 values 0.4 ms to pack, 0.8 ms to unpack, 8 KB; pydantic took 0.56 and 0.70
ms and 49 KB.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from functools import cached_property
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from perfxl.form import Indicator, Located
from perfxl.grid import CellRef
from perfxl.kept import Late
from perfxl.review import FileReview
from perfxl.scheme import Scheme
from perfxl.scheme_files import builtin_schemes

_GIVEN = "*"
_MOST_ROWS, _MOST_COLUMNS, _MOST_DIGITS = 2**20, 2**14, 400
_ROW, _SHEET = 15, 36
"""Bits below the row and below the sheet's number in a place."""
_NO_PLACE = -1
"""In no workbook, but in a text with as many columns: such a review is refused when it is read."""
_written = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class DamagedReview(ValueError):
    """Bytes that give no FileReview."""


_Step = Callable[[Any], Any]


class _Way(NamedTuple):
    """To what JSON has and back; the way back refuses what is of another kind. `to` is None where JSON has it."""

    to: _Step | None
    back: _Step


class _Places(dict[CellRef, Any]):
    """One number for each place, for JSON takes time for each, and a list with its words where it has such."""

    def __init__(self) -> None:
        self.sheets: dict[tuple[str, str], int] = {}
        """A place in each, without row and column."""

    def __missing__(self, ref: CellRef) -> int | list[int | str]:
        file, sheet, row, column, words = ref
        if row > _MOST_ROWS or column > _MOST_COLUMNS:
            return _NO_PLACE
        place = self.sheets.setdefault((file, sheet), len(self.sheets) << _SHEET) | row << _ROW | column
        found: int | list[int | str] = [place, words] if words else place
        self[ref] = found
        return found


class ReviewData:
    """Packs and unpacks. Schemes are named, not packed; `given` is the one that does not come with perfxl."""

    def __init__(self, given: Scheme | None = None) -> None:
        self._given = given
        self._places = _Places()
        self._rows: dict[int, int] = {}
        """Numbers of the indicators met, by identity: a score line has that of the form."""
        self._sheets_read: list[tuple[str, str]] = []
        self._places_read: dict[int, CellRef] = {}
        self._rows_read: list[Indicator] = []
        self._own: dict[Any, Callable[[], _Way]] = {
            CellRef: lambda: _Way(self._places.__getitem__, self._place_back),
            Indicator: self._indicator,
            Scheme: lambda: _Way(self._scheme, self._scheme_back),
        }
        self._ways: dict[Any, _Way] = {}

    @cached_property
    def _whole(self) -> _Way:
        """Made when it is first needed: it loads the seals, and a run that keeps nothing packs nothing."""
        return self._way(FileReview)

    def prepare(self) -> None:
        """Whatever the first review would have to wait for, so that processes that are forked have it."""
        self._whole  # noqa: B018

    def packed(self, file: FileReview) -> bytes:
        self._places.clear()
        self._places.sheets.clear()
        self._rows = {}
        row = cast(_Step, self._whole.to)(file)
        return _written([list(self._places.sheets), row]).encode("utf-8", "surrogatepass")

    def unpacked(self, data: bytes) -> FileReview:
        """Raises DamagedReview, nothing else."""
        try:
            sheets, row = json.loads(data.decode("utf-8", "surrogatepass"))
            self._sheets_read = [(_text(file), _text(sheet)) for file, sheet in sheets]
            self._places_read, self._rows_read = {}, []
            file: FileReview = self._whole.back(row)
            for finding in file.findings:
                finding.message()  # a code or number that is missing must not end a report
        except Exception as error:  # what wrong values raise is open-ended
            raise DamagedReview(repr(error)) from error
        return file

    def _way(self, kind: Any, types: Mapping[Any, Any] | None = None) -> _Way:
        """For what is annotated so; `types` says what the type variables stand for."""
        types = types or {}
        kind = types.get(kind, kind) if isinstance(kind, TypeVar) else kind
        if get_args(kind) and _names(get_origin(kind)):
            origin = get_origin(kind)
            return self._record(origin, dict(zip(origin.__parameters__, get_args(kind), strict=True)))
        if get_args(kind):
            return self._compound(get_origin(kind), get_args(kind), types)
        if kind not in self._ways:
            self._ways[kind] = self._own.get(kind, lambda: self._plain(kind))()
        return self._ways[kind]

    def _plain(self, kind: Any) -> _Way:
        from pydantic import BaseModel  # the seals load it, too; a run that keeps nothing does without

        if _names(kind):
            return self._record(kind, {})
        if issubclass(kind, BaseModel):
            return _Way(lambda model: model.model_dump_json(), kind.model_validate_json)
        if issubclass(kind, IntEnum):
            return _Way(int, kind)
        return _PLAIN[kind]

    def _compound(self, origin: Any, args: tuple[Any, ...], types: Mapping[Any, Any]) -> _Way:
        if origin is Literal:
            return _Way(None, {value: value for value in args}.__getitem__)
        if origin in (Union, UnionType):
            return self._union([arg for arg in args if arg is not NoneType], NoneType in args, types)
        if origin is tuple and args[-1] is not ...:
            return _fixed([self._way(arg, types) for arg in args])
        of = self._way(args[-1] if issubclass(origin, Mapping) else args[0], types)
        if issubclass(origin, Mapping):
            return _mapping(of)
        return _many(origin, of)

    def _union(self, kinds: list[Any], none: bool, types: Mapping[Any, Any]) -> _Way:
        """One kind, or records that are told apart by name."""
        if len(kinds) == 1:
            way = self._way(kinds[0], types)
        else:
            ways = {kind.__name__: self._way(kind, types) for kind in kinds}
            way = _Way(
                lambda value: [type(value).__name__, ways[type(value).__name__].to(value)],  # type: ignore[misc]
                lambda pair: ways[pair[0]].back(pair[1]),
            )
        to, back = way
        if not none:
            return way
        return _Way(
            (lambda value: None if value is None else to(value)) if to else None,
            lambda value: None if value is None else back(value),
        )

    def _record(self, cls: Any, types: Mapping[Any, Any]) -> _Way:
        if cls is Located:
            (of,) = types.values()
            return _located(self._way(of), self._way(CellRef))
        hints = get_type_hints(cls, localns=_names_of_reviews() if cls is FileReview else None)
        names = _names(cls)
        ways = [self._way(hints[name], types) for name in names]
        values = iter if issubclass(cls, tuple) else attrgetter(*names)
        to = [(number, way.to) for number, way in enumerate(ways) if way.to]
        backs = [way.back for way in ways]

        def pack(instance: Any) -> list[Any]:
            row = list(values(instance))
            for number, one in to:
                row[number] = one(row[number])
            return row

        def unpack(row: list[Any]) -> Any:
            if len(row) > len(names):
                raise DamagedReview(f"no {cls.__name__}: {len(row)} values")
            # An older perfxl knew fewer fields; what came since has a default.
            return cls(**{name: back(value) for name, back, value in zip(names, backs, row, strict=False)})

        return _Way(pack, unpack)

    def _place_back(self, value: Any) -> CellRef:
        if isinstance(value, list):
            place, words = value
            return self._place_back(place)._replace(words=_text(words))
        if value not in self._places_read:
            row, column = value >> _ROW & (1 << _SHEET - _ROW) - 1, value & (1 << _ROW) - 1
            if type(value) is not int or value < 0 or row > _MOST_ROWS or column > _MOST_COLUMNS:
                raise DamagedReview(f"no cell: {value}")
            file, sheet = self._sheets_read[value >> _SHEET]
            self._places_read[value] = CellRef(file, sheet, row, column)
        return self._places_read[value]

    def _indicator(self) -> _Way:
        to, back = self._record(Indicator, {})

        def pack(row: Indicator) -> Any:
            if id(row) in self._rows:
                return self._rows[id(row)]
            self._rows[id(row)] = len(self._rows)
            return to(row)  # type: ignore[misc]

        def unpack(value: Any) -> Indicator:
            if type(value) is int:
                return self._rows_read[value]
            self._rows_read.append(back(value))
            return self._rows_read[-1]

        return _Way(pack, unpack)

    def _scheme(self, scheme: Scheme) -> str:
        return _GIVEN if scheme is self._given else scheme.id

    def _scheme_back(self, name: str) -> Scheme:
        scheme = self._given if name == _GIVEN else builtin_schemes().get(name)
        if scheme is None:
            raise DamagedReview(f"no scheme {name}")
        return scheme


def _names_of_reviews() -> dict[str, Any]:
    """What a FileReview is annotated with and its module does not load."""
    from perfxl.seal import Verdict

    return {"Verdict": Verdict}


def _names(cls: Any) -> tuple[str, ...]:
    """The fields of a record, a dataclass or a named tuple; empty for any other class."""
    return tuple(field.name for field in fields(cls)) if is_dataclass(cls) else getattr(cls, "_fields", ())


def _located(value_way: _Way, place_way: _Way) -> _Way:
    """Nine of ten objects are Located: for these no loop, and no raw text that says the same as the value. A blank one
    is its place alone."""
    to_value, to_place = value_way.to, cast(_Step, place_way.to)

    def pack(located: Located[Any]) -> Any:
        value, at, raw = located
        place = to_place(at)
        if value is None:
            return [None, place, raw] if raw else place if type(place) is int else [None, place]
        if to_value:
            value = to_value(value)
        return [value, place] if raw == value else [value, place, raw]

    def unpack(row: Any) -> Any:
        if type(row) is int:
            return Located(None, place_way.back(row), "")
        value, at, raw = row if len(row) == 3 else (*row, row[0] or "")
        return Located(None if value is None else value_way.back(value), place_way.back(at), _text(raw))

    return _Way(pack, unpack)


def _checked(kind: type[Any]) -> _Way:
    def back(value: Any) -> Any:
        if type(value) is not kind:
            raise DamagedReview(f"no {kind.__name__}: {value!r}")
        return value

    return _Way(None, back)


def _decimal(text: str) -> Decimal:
    value = Decimal(_text(text))
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        raise DamagedReview(f"no amount: {text}")
    return value


_text = _checked(str).back
_PLAIN: Mapping[Any, _Way] = {
    **{kind: _checked(kind) for kind in (str, int, bool)},
    Late: _checked(str),
    Decimal: _Way(str, _decimal),
    date: _Way(date.isoformat, date.fromisoformat),
}


def _fixed(ways: list[_Way]) -> _Way:
    tos, backs = [way.to or (lambda value: value) for way in ways], [way.back for way in ways]
    return _Way(
        lambda values: [to(value) for to, value in zip(tos, values, strict=True)],
        lambda values: tuple([back(value) for back, value in zip(backs, values, strict=True)]),
    )


def _many(kind: Callable[[list[Any]], Any], way: _Way) -> _Way:
    to, back = way
    return _Way(
        (lambda values: [to(value) for value in values]) if to else list,
        lambda values: kind([back(value) for value in values]),
    )


def _mapping(way: _Way) -> _Way:
    to, back = way
    return _Way(
        (lambda found: {key: to(value) for key, value in found.items()}) if to else dict,
        lambda found: {key: back(value) for key, value in found.items()},
    )
