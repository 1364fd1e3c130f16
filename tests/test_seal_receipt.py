"""Receipts: signed for one seal, good for no other, and hostile ones get a sentence."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from perfxl.seal.receipt import MOST_BYTES, Receipt, ReceiptError, compared, receipt_for, receipt_from_json
from perfxl.signing import PrivateKey, PublicKey, Register, RegisteredKey, generate
from tests.sealed_forms import filled, sealed

TIME = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
SEAL = sealed(filled("mof/2020"))
OTHER = sealed(filled("shanghai/2019"), "shanghai/2019")


@pytest.fixture(scope="module", params=["Ed25519", "SM2"])
def key(request: pytest.FixtureRequest) -> PrivateKey:
    return generate(request.param)


def receipt(key: PrivateKey) -> Receipt:
    return receipt_for(SEAL, "intact", file="表.xlsx", receiver="青山区财政局", time=TIME, key=key)


def register(key: PublicKey) -> Register:
    return Register((RegisteredKey("青山区财政局", key),))


def test_a_receipt_is_for_its_seal_and_its_key_alone(key: PrivateKey) -> None:
    issued = receipt(key)
    given = receipt_from_json(issued.json())
    assert given == issued
    assert given.code == SEAL.code
    known = register(key.public)
    assert (compared(given, SEAL, known).same, compared(given, OTHER, known).same) == (True, False)
    assert not compared(given, None, known).same
    assert given.signature_status(known) == ("valid", "青山区财政局")
    assert given.signature_status(None) == given.signature_status(Register()) == ("unknown", "")
    assert given.signature_status(register(generate(key.algorithm).public)) == ("unknown", "")
    assert given.model_copy(update={"signature": None}).signature_status(known) == ("none", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("digest", OTHER.digest),
        ("algorithm", "SHA-256" if SEAL.head.algorithm == "SM3" else "SM3"),
        ("unit", "别的单位"),
        ("year", 1999),
        ("submission", 2),
        ("verdict", "changed"),
        ("file", "别的.xlsx"),
        ("receiver", "别的局"),
        ("time", "2026-03-04T08:00:00+00:00"),
    ],
)
def test_every_changed_word_of_a_receipt_spoils_its_signature(key: PrivateKey, field: str, value: object) -> None:
    changed = receipt(key).model_copy(update={field: value})
    assert changed.signature_status(register(key.public)) == ("invalid", "")


@pytest.mark.parametrize(
    "change",
    [
        {"format": "perfxl.seal"},
        {"version": 2},
        {"version": "1"},
        {"digest": "00"},
        {"digest": None},
        {"verdict": "fine"},
        {"unit": "长" * 1001},
        {"submission": 0},
        {"extra": 1},
        {"signature": {"algorithm": "RSA", "key": "0" * 32, "value": "AA=="}},
        {"year": 1e400},
    ],
)
def test_what_is_no_receipt_is_refused(change: dict[str, Any]) -> None:
    content = json.loads(receipt(generate()).json())
    with pytest.raises(ReceiptError, match="不是回执的格式"):
        receipt_from_json(json.dumps({**content, **change}).encode())


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff\xfe", b"[" * 90_000, b'{"digest":' * 9_000, b"1e999"])
def test_bytes_that_are_no_receipt_are_refused(data: bytes) -> None:
    with pytest.raises(ReceiptError):
        receipt_from_json(data)


def test_a_receipt_of_absurd_size_is_not_read() -> None:
    with pytest.raises(ReceiptError, match="过大"):
        receipt_from_json(b" " * (MOST_BYTES + 1))
