"""回执: the bureau's signed word that it received a sealed form, when, and in what state."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from perfxl.seal.digest import seal_code
from perfxl.seal.history import Digest, SealModel, Words, stamp
from perfxl.seal.record import Seal, Signature, SignatureStatus
from perfxl.signing import PrivateKey, Register

MOST_BYTES = 100_000


class ReceiptError(ValueError):
    """A file that is no receipt. `zh` and `en` are a clause that says why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh, self.en = zh, en


class Receipt(SealModel):
    """What was received. Everything but `signature` is signed."""

    format: Literal["perfxl.receipt"] = "perfxl.receipt"
    version: Literal[1] = 1
    digest: Digest
    algorithm: Literal["SM3", "SHA-256"]
    unit: Words
    year: int | None
    submission: Annotated[int, Field(ge=1, le=10_000)]
    verdict: Literal["intact", "changed", "damaged"]
    file: Words
    receiver: Words
    time: Words
    """ISO 8601, with the offset from UTC."""
    signature: Signature | None = None

    @property
    def code(self) -> str:
        """The 封签码 of what was received."""
        return seal_code(self.digest)

    def json(self) -> bytes:  # type: ignore[override]
        """The content of `<file>.receipt.json`."""
        return json.dumps(self.model_dump(), ensure_ascii=False, indent=1).encode() + b"\n"

    def signature_status(self, keys: Register | None) -> tuple[SignatureStatus, str]:
        """Whether the signature is good, and whose it is by the register."""
        return self.signature.judged(_message(self), self.time, keys) if self.signature else ("none", "")


@dataclass(frozen=True)
class Received:
    """A receipt beside a form. `same`: the receipt is for the form as it was sealed."""

    receipt: Receipt
    same: bool
    signature: SignatureStatus
    signed_by: str


def compared(receipt: Receipt, seal: Seal | None, keys: Register | None) -> Received:
    """Whether the receipt is for this seal, and whether its signature is good."""
    return Received(receipt, seal is not None and seal.digest == receipt.digest, *receipt.signature_status(keys))


def receipt_for(
    seal: Seal,
    verdict: Literal["intact", "changed", "damaged"],
    *,
    file: str,
    receiver: str,
    time: datetime,
    key: PrivateKey,
) -> Receipt:
    """A signed receipt. Raises ValueError for a time without offset, SigningUnavailable without the key's library."""
    head = seal.head
    receipt = Receipt(
        digest=seal.digest,
        algorithm=head.algorithm,
        unit=head.unit,
        year=head.year,
        submission=head.submission,
        verdict=verdict,
        file=file[-1000:],
        receiver=receiver[:1000],
        time=stamp(time),
    )
    value = key.sign(_message(receipt))
    signature = Signature(algorithm=key.algorithm, key=key.public.fingerprint, value=value)
    return receipt.model_copy(update={"signature": signature})


def receipt_from_json(data: bytes) -> Receipt:
    """Raises ReceiptError."""
    if len(data) > MOST_BYTES:
        raise ReceiptError("回执文件过大", "the file is too large")
    try:
        return Receipt.model_validate_json(data)
    except ValidationError as error:
        raise ReceiptError("不是回执的格式", "it is not written as a receipt is") from error


def _message(receipt: Receipt) -> bytes:
    content = receipt.model_dump(exclude={"signature"})
    return b"perfxl.receipt.1\n" + json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
