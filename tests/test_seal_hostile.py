"""Hostile seals: whatever stands in the properties, there is a verdict."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from hashlib import sha256
from random import Random
from typing import Any

import pytest

from perfxl.seal import SealDamaged, read_seal
from tests.sealed_forms import filled, sealed, verdict


def _packed(payload: bytes) -> dict[str, str]:
    """Properties around any bytes, with a check that fits."""
    return _split(base64.b64encode(zlib.compress(payload, 9)).decode())


def _split(data: str) -> dict[str, str]:
    check = sha256(data.encode()).hexdigest()[:16]
    parts = [data[start : start + 220] for start in range(0, len(data), 220)] or [""]
    return {f"perfxl.seal.{n}": f"PXS1:{n}/{len(parts)}:{check}:{part}" for n, part in enumerate(parts, 1)}


def _altered(change: Callable[[dict[str, Any]], object]) -> dict[str, str]:
    raw = json.loads(sealed(filled("mof/2020")).payload())
    change(raw)
    return _packed(json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode())


def _hostile() -> dict[str, dict[str, Any]]:
    properties = sealed(filled("mof/2020")).properties()
    other = sealed(filled("hubei/2021")).properties()
    payload = sealed(filled("mof/2020")).payload()
    bomb = base64.b64encode(zlib.compress(b"\0" * 30_000_000, 9)).decode()
    return {
        "empty": {"perfxl.seal.1": ""},
        "no value": {"perfxl.seal.1": None},
        "a number": {"perfxl.seal.1": 7},
        "another name": {"perfxl.seal.x": "x"},
        "other case": {name.upper(): value for name, value in properties.items()},
        "case twin": {**properties, "Perfxl.Seal.1": properties["perfxl.seal.1"]},
        "zero": {"perfxl.seal.0": properties["perfxl.seal.1"]},
        "one missing": dict([*properties.items()][:-1]),
        "one more": {**properties, f"perfxl.seal.{len(properties) + 1}": properties["perfxl.seal.1"]},
        "two seals": {**properties, **dict([*other.items()][: len(properties) // 2])},
        "second behind": {
            **properties,
            **{f"perfxl.seal.{len(properties) + n}": v for n, v in enumerate(other.values(), 1)},
        },
        "swapped parts": {**properties, "perfxl.seal.1": properties["perfxl.seal.2"]},
        "many": {f"perfxl.seal.{n}": "PXS1:1/1:0:A" for n in range(1, 6000)},
        "long": {"perfxl.seal.1": "A" * 10_000_000},
        "no base 64": _split("===="),
        "no zlib": _split(base64.b64encode(b"hello").decode()),
        "torn zlib": _split(base64.b64encode(zlib.compress(payload)[:-9]).decode()),
        "more behind": _split(base64.b64encode(zlib.compress(payload) + b"x").decode()),
        "bomb": _split(bomb),
        "no json": _packed(b"hello"),
        "no utf-8": _packed(b"\xff\xfe"),
        "deep": _packed(b"[" * 1_000_000),
        "deep inside": _packed(b'{"head":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}"),
        "a list": _packed(b"[]"),
        "null": _packed(b"null"),
        "nan": _packed(b'{"head":NaN}'),
        "a huge number": _packed(b'{"head":' + b"9" * 100_000 + b"}"),
        "surrogates": _packed(payload.replace("甲单位".encode(), b"\\ud800")),
        "a key twice": _packed(payload[:-1] + b',"signature":null}'),
        "spaces": _packed(payload + b" "),
        "unknown key": _altered(lambda raw: raw.update(more=1)),
        "no lines": _altered(lambda raw: raw.pop("lines")),
        "lines of numbers": _altered(lambda raw: raw.update(lines=[1, 2])),
        "short line": _altered(lambda raw: raw["lines"].append(["z", "s"])),
        "wrong kind": _altered(lambda raw: raw["lines"][0].__setitem__(1, "z")),
        "strange id": _altered(lambda raw: raw["lines"][0].__setitem__(0, "=1+1")),
        "id twice": _altered(lambda raw: raw["lines"].insert(0, raw["lines"][0])),
        "unsorted": _altered(lambda raw: raw["lines"].reverse()),
        "year of text": _altered(lambda raw: raw["head"].update(year="2020")),
        "true for a number": _altered(lambda raw: raw["head"].update(submission=True)),
        "other version": _altered(lambda raw: raw["head"].update(version=2)),
        "other algorithm": _altered(lambda raw: raw["head"].update(algorithm="MD5")),
        "digest": _altered(lambda raw: raw.update(digest="0" * 64)),
        "digest of text": _altered(lambda raw: raw.update(digest="x")),
        "value": _altered(lambda raw: raw["lines"][0].__setitem__(2, "别的")),
        "unit": _altered(lambda raw: raw["head"].update(unit="别的单位")),
        "history of text": _altered(lambda raw: raw.update(history="x")),
        "no history": _altered(lambda raw: raw.update(history=[])),
        "signature of text": _altered(lambda raw: raw.update(signature="x")),
    }


def test_hostile_seals_get_a_verdict() -> None:
    workbook = filled("mof/2020")
    found = {name: verdict(workbook, properties) for name, properties in _hostile().items()}
    assert {name: v.word for name, v in found.items() if v.word != "封签损坏" or not v.reason} == {}


def test_any_flipped_sign_in_a_property_is_damage() -> None:
    workbook = filled("mof/2020")
    properties = sealed(workbook).properties()
    random = Random(11)
    for _ in range(300):
        name = random.choice([*properties])
        value = properties[name]
        place = random.randrange(len(value))
        sign = random.choice([sign for sign in "Aa0=:/\n\0中" if sign != value[place]])
        with pytest.raises(SealDamaged):
            read_seal({**properties, name: value[:place] + sign + value[place + 1 :]})
