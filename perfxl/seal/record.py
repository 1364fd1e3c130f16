"""The seal as it is kept in custom document properties: head, content, digest, signature, history."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from perfxl.problem import Clause
from perfxl.seal.content import Line
from perfxl.seal.digest import Algorithm, hex_digest, seal_code
from perfxl.seal.history import Digest, DigestOrNone, History, SealModel, Words, broken_link, with_event
from perfxl.signing import Register, SigningUnavailable

PREFIX = "perfxl.seal."
LONGEST_VALUE = 255
"""Characters of a custom property that every program keeps."""
MOST_PARTS = 4000
MOST_CONTENT = 8_000_000
"""Bytes of the unpacked seal."""

_FORMAT = "PXS1"
_PART = 220
_OTHER_HISTORY: Clause = ("锁定记录与封签不符", "its history does not fit the seal")
_NAME = re.compile(r"perfxl\.seal\.([1-9][0-9]{0,3})")
_VALUE = re.compile(r"PXS1:([1-9][0-9]{0,3})/([1-9][0-9]{0,3}):([0-9a-f]{16}):([A-Za-z0-9+/]{1,220}={0,2})")


class SealDamaged(ValueError):
    """There is a seal and it cannot be used. `zh` and `en` are a clause that says why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh, self.en = zh, en


class SealTooLarge(ValueError):
    """A seal does not go into the custom properties of a workbook: its content or its history is too long."""


class Head(SealModel):
    """What the content is sealed for; the first line of what is hashed."""

    format: Literal["perfxl.seal"] = "perfxl.seal"
    version: Literal[1] = 1
    algorithm: Algorithm
    template: Words
    """The scheme that the workbook says it was made for; empty for a workbook that is not ours."""
    template_version: Words
    scheme: Words
    scheme_version: int
    unit: Words
    year: int | None
    submission: Annotated[int, Field(ge=1, le=10_000)]
    """1 for the first time the form is locked."""
    previous: DigestOrNone
    """The digest of the seal before this one."""
    history: DigestOrNone
    """The hash of the last event before this seal."""
    signer: Words
    time: Words


SignatureStatus = Literal["none", "valid", "invalid", "unknown"]


class Signature(SealModel):
    """Of a seal's digest or of a receipt, by the key with this fingerprint."""

    algorithm: Literal["Ed25519", "SM2"]
    key: Annotated[str, StringConstraints(pattern=r"\A[0-9a-f]{32}\z")]
    value: Annotated[str, StringConstraints(pattern=r"\A[A-Za-z0-9+/]{1,400}={0,2}\z")]
    """Base 64."""

    def judged(self, message: bytes, time: str, keys: Register | None) -> tuple[SignatureStatus, str]:
        """Whether it signs the message, and the unit whose key it is by the register; the unit only where it does."""
        entry = keys.find(self.key) if keys else None
        if entry is None:
            return "unknown", ""
        try:
            good = entry.key.algorithm == self.algorithm and entry.key.verify(message, self.value)
        except SigningUnavailable:
            return "unknown", ""
        return ("valid", entry.unit) if good and entry.allows(time) else ("invalid", "")


_ID = (
    r"\A(?:[1-9][0-9]{0,4}/(?:title|year|total|total_max|field/[0-9a-z_+]{1,400}"
    r"|(?:row|fund|level1|level2)/[0-9]{5,7}/[0-9a-z_]{1,40})"
    r"|beside/[0-9]{2,5}/[0-9]{5,7}|sheet/[0-9]{2,5}|property/[0-9a-z_.]{1,40}"
    r"|explanation/[0-9A-Za-z]{0,40}/[0-9]{2,5}/[0-9A-Za-z]{0,40}\+{0,9999})\z"
)
_Id = Annotated[str, StringConstraints(pattern=_ID)]


class Seal(SealModel):
    """A sealed form. `lines` are the sealed content itself, so that every change can be named."""

    head: Head
    lines: tuple[tuple[_Id, Literal["n", "s", "b", "e", "f"], str], ...]
    digest: Digest
    history: History
    signature: Signature | None = None

    @property
    def content(self) -> tuple[Line, ...]:
        return tuple(Line(*line) for line in self.lines)

    @property
    def code(self) -> str:
        """The 封签码."""
        return seal_code(self.digest)

    @property
    def open(self) -> bool:
        """True after an unlock: the seal tells what was submitted, the form is being corrected."""
        return self.history[-1].kind == "unlocked" if self.history else False

    def problem(self) -> Clause | None:
        """Why the seal does not hold together; None where it does."""
        if self.digest != digest_of(self.head, self.content):
            return "封签内的内容与摘要不符", "its content does not fit its digest"
        if problem := broken_link(self.history):
            return problem
        locks = [index for index, event in enumerate(self.history) if event.kind == "locked"]
        if not locks or self.history[locks[-1]].digest != self.digest:
            return _OTHER_HISTORY
        before = self.history[: locks[-1]]
        last = before[-1].hash if before else ""
        previous = self.history[locks[-2]].digest if len(locks) > 1 else ""
        if (self.head.history, self.head.previous) != (last, previous):
            return _OTHER_HISTORY
        return None

    def properties(self) -> dict[str, str]:
        """Custom document properties `perfxl.seal.1`, … Raises SealTooLarge."""
        payload = self.payload()
        data = base64.b64encode(zlib.compress(payload, 9)).decode("ascii")
        parts = [data[start : start + _PART] for start in range(0, len(data), _PART)]
        if len(payload) > MOST_CONTENT or len(parts) > MOST_PARTS:
            raise SealTooLarge
        check = _check(data)
        return {
            f"{PREFIX}{number}": f"{_FORMAT}:{number}/{len(parts)}:{check}:{part}"
            for number, part in enumerate(parts, start=1)
        }

    def payload(self) -> bytes:
        """The seal as JSON: the content of `<file>.seal.json`."""
        return json.dumps(self.model_dump(), ensure_ascii=False, separators=(",", ":")).encode()

    def unlocked(self, *, by: str, reason: str, time: datetime) -> Seal:
        """The seal with the event in its history. Raises ValueError where it is open already."""
        longer = with_event(self.history, "unlocked", digest=self.digest, by=by, reason=reason, time=time)
        return self.model_copy(update={"history": longer})


def digest_of(head: Head, content: tuple[Line, ...]) -> str:
    """Over the head line and one JSON line per field."""
    first = json.dumps(head.model_dump(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hex_digest(head.algorithm, "\n".join((first, *(line.json() for line in content))).encode())


def has_seal(properties: Mapping[str, str]) -> bool:
    return any(str(name).casefold().startswith(PREFIX) for name in properties)


def read_seal(properties: Mapping[str, str]) -> Seal | None:
    """The seal in a workbook's custom properties; None where there is none. Raises SealDamaged, nothing else.

    Whether the seal holds together is asked with `Seal.problem`.
    """
    named = {name: value for name, value in properties.items() if str(name).casefold().startswith(PREFIX)}
    return _from_payload(_unpacked(_joined(named))) if named else None


def seal_from_json(payload: bytes) -> Seal:
    """The seal in a `<file>.seal.json`. Raises SealDamaged."""
    if len(payload) > MOST_CONTENT:
        raise SealDamaged("封签内容过大", "it is too large")
    return _from_payload(payload)


def _joined(named: Mapping[str, Any]) -> str:
    if len(named) > MOST_PARTS:
        raise SealDamaged("封签的段数过多", "it has too many pieces")
    parts: dict[int, str] = {}
    kinds: set[tuple[str, str]] = set()
    for name, value in named.items():
        place = _NAME.fullmatch(str(name))
        match = _VALUE.fullmatch(value) if isinstance(value, str) and len(value) <= LONGEST_VALUE else None
        if place is None or match is None or place[1] != match[1]:
            raise SealDamaged(
                f"封签的一段（{str(name)[:30]}）不是封签的格式",
                f"the piece {str(name)[:30]} is not written as a seal is",
            )
        parts[int(place[1])] = match[4]
        kinds.add((match[2], match[3]))
    if len(kinds) != 1:
        raise SealDamaged("文件里有两个封签的段", "the file has pieces of two seals")
    count, check = kinds.pop()
    if sorted(parts) != list(range(1, int(count) + 1)):
        raise SealDamaged(f"封签共 {count} 段，现有 {len(parts)} 段", f"{len(parts)} of its {count} pieces are there")
    data = "".join(parts[number] for number in sorted(parts))
    if _check(data) != check:
        raise SealDamaged("封签的校验值不符", "its checksum does not fit")
    return data


def _unpacked(data: str) -> bytes:
    try:
        packed = base64.b64decode(data, validate=True)
        unpacking = zlib.decompressobj()
        payload = unpacking.decompress(packed, MOST_CONTENT + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise SealDamaged("封签无法解压", "it cannot be unpacked") from error
    if len(payload) > MOST_CONTENT:
        raise SealDamaged("封签内容过大", "it is too large")
    if not unpacking.eof or unpacking.unused_data:
        raise SealDamaged("封签无法解压", "it cannot be unpacked")
    return payload


def _from_payload(payload: bytes) -> Seal:
    try:
        seal = Seal.model_validate_json(payload)
        same = seal.payload() == payload
    except (ValidationError, ValueError, RecursionError) as error:
        raise SealDamaged("封签的内容不是封签的格式", "its content is not written as a seal is") from error
    ids = [line[0] for line in seal.lines]
    # One way of writing only: keys given twice and other spellings have no place to hide in.
    if not same or any(a >= b for a, b in zip(ids, ids[1:], strict=False)):
        raise SealDamaged("封签的内容不是封签的格式", "its content is not written as a seal is")
    return seal


def _check(data: str) -> str:
    return sha256(data.encode("ascii")).hexdigest()[:16]
