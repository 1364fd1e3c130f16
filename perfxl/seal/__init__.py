"""Sealing a filled form and telling afterwards whether it is still what was sealed.

Nothing here writes a file: `Seal.properties()` are the custom document properties to store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from perfxl.form import Form
from perfxl.grid import Workbook
from perfxl.problem import Language
from perfxl.scheme import Scheme
from perfxl.seal.changes import Change, changes_between
from perfxl.seal.content import Canonical, Line, canonical
from perfxl.seal.digest import Algorithm, default_algorithm, hex_digest, is_seal_code, same_code, seal_code
from perfxl.seal.history import LONGEST_WORDS, Event, History, broken_link, stamp, with_event
from perfxl.seal.record import (
    Head,
    Seal,
    SealDamaged,
    SealTooLarge,
    Signature,
    SignatureStatus,
    digest_of,
    has_seal,
    read_seal,
    seal_from_json,
)
from perfxl.seal.words import field_name
from perfxl.signing import PrivateKey, Register

__all__ = [
    "Algorithm",
    "Canonical",
    "Change",
    "Event",
    "Head",
    "History",
    "Line",
    "Seal",
    "SealDamaged",
    "SealTooLarge",
    "Signature",
    "SignatureStatus",
    "Status",
    "Verdict",
    "broken_link",
    "canonical",
    "changes_between",
    "field_name",
    "has_seal",
    "hex_digest",
    "is_seal_code",
    "read_seal",
    "same_code",
    "seal_code",
    "seal_form",
    "seal_from_json",
    "signed",
    "verify",
    "with_event",
]

Status = Literal["intact", "changed", "missing", "damaged"]

STATUS_WORDS: dict[Status, tuple[str, str]] = {
    "intact": ("完好", "intact"),
    "changed": ("有改动", "changed"),
    "missing": ("封签缺失", "seal missing"),
    "damaged": ("封签损坏", "seal damaged"),
}
SIGNATURE_WORDS: dict[SignatureStatus, tuple[str, str]] = {
    "none": ("没有签名", "no signature"),
    "valid": ("签名有效", "signature valid"),
    "invalid": ("签名无效", "signature invalid"),
    "unknown": ("签名未知", "signature unknown"),
}
"""In Chinese and English."""

UNSIGNED = (
    "没有有效签名的封签只能发现封签以后的改动，不能防止有人改表后重新封签：重要的表请与盖章纸质件上的封签码核对。",
    "Without a valid signature a seal shows changes made since it was set, but anyone can change the form and seal it "
    "again: where it matters, compare the seal code with the one on the stamped paper.",
)
"""What an unsigned seal does not protect against, in Chinese and English."""
SIGNED = (
    "签名只证明封签由持有该密钥的一方作出：不证明所填属实，密钥被盗用时也无从分辨，不具有电子签章的法律效力。",
    "A signature shows that the seal was made with that key: not that what was filled in is true, nor who used the "
    "key; it has no legal effect as an electronic signature.",
)

_FEWEST = 4


@dataclass(frozen=True)
class Verdict:
    """What a seal says about a workbook."""

    status: Status
    changes: tuple[Change, ...] = ()
    """Every difference; filled for a damaged seal too where its content could be read."""
    reason: str = ""
    """Why the seal is damaged, in Chinese."""
    seal: Seal | None = None
    signature: SignatureStatus = "none"
    signed_by: str = ""
    """The unit whose registered key signed; empty without a valid signature."""
    other_file: bool = False
    """True where hardly any field is the same: the seal was made for another form."""
    reason_en: str = ""
    """The reason in English; empty in a store that an older perfxl has written."""

    def why(self, lang: Language) -> str:
        """Why the seal is damaged; empty where it is not."""
        return self.reason_en or self.reason if lang == "en" else self.reason

    @property
    def word(self) -> str:
        """完好, 有改动, 封签缺失 or 封签损坏."""
        return STATUS_WORDS[self.status][0]

    @property
    def signature_word(self) -> str:
        return SIGNATURE_WORDS[self.signature][0]

    @property
    def opened(self) -> Event | None:
        """The unlock that is in force; None for a locked form."""
        return self.seal.history[-1] if self.seal and self.seal.open else None

    @property
    def caveat(self) -> tuple[str, str]:
        """What this verdict does not prove, in Chinese and English."""
        return SIGNED if self.signature == "valid" else UNSIGNED


def seal_form(
    workbook: Workbook,
    forms: Sequence[Form],
    *,
    scheme: Scheme,
    time: datetime,
    signer: str,
    reason: str = "",
    earlier: Seal | None = None,
) -> Seal:
    """Seal what the workbook holds now.

    `earlier` is the seal that was unlocked: the new one continues its history and counts one submission more.
    Raises ValueError for a workbook without form, for a time without offset, and where `earlier` was not unlocked
    or does not hold together.
    """
    if not forms:
        raise ValueError("没有可以封签的表")
    if earlier and (problem := earlier.problem()):
        raise ValueError(problem[0])
    content = canonical(workbook, forms)
    history = earlier.history if earlier else ()
    head = Head(
        algorithm=default_algorithm(),
        template=_words(workbook.properties.get("perfxl.scheme", "")),
        template_version=_words(workbook.properties.get("perfxl.template_version", "")),
        scheme=scheme.id,
        scheme_version=scheme.version,
        unit=_words(forms[0].unit),
        year=forms[0].year.value,
        submission=earlier.head.submission + 1 if earlier else 1,
        previous=earlier.digest if earlier else "",
        history=history[-1].hash if history else "",
        signer=_words(signer),
        time=stamp(time),
    )
    digest = digest_of(head, content.lines)
    events = with_event(history, "locked", digest=digest, by=head.signer, reason=_words(reason), time=time)
    return Seal(head=head, lines=content.lines, digest=digest, history=events)


def signed(seal: Seal, key: PrivateKey) -> Seal:
    """The seal with a signature of its digest. Raises SigningUnavailable where the key's library is missing."""
    value = key.sign(_message(seal))
    return seal.model_copy(
        update={"signature": Signature(algorithm=key.algorithm, key=key.public.fingerprint, value=value)}
    )


def verify(workbook: Workbook, forms: Sequence[Form], keys: Register | None = None) -> Verdict:
    """Compare the workbook with the seal in its custom properties. Never raises on what the file holds."""
    try:
        seal = read_seal(workbook.properties)
    except SealDamaged as error:
        return Verdict("damaged", reason=error.zh, reason_en=error.en)
    return verify_seal(workbook, forms, seal, keys) if seal else Verdict("missing")


def verify_seal(workbook: Workbook, forms: Sequence[Form], seal: Seal, keys: Register | None = None) -> Verdict:
    """Compare the workbook with a seal from elsewhere, such as a `<file>.seal.json`."""
    now = canonical(workbook, forms)
    changes = changes_between(seal.content, now)
    reason, reason_en = seal.problem() or ("", "")
    status: Status = "damaged" if reason else "changed" if changes else "intact"
    signature, signer = seal.signature.judged(_message(seal), seal.head.time, keys) if seal.signature else ("none", "")
    other_file = _of_another_file(seal.content, now)
    return Verdict(status, changes, reason, seal, signature, signer, other_file, reason_en)


def _message(seal: Seal) -> bytes:
    """What is signed: the digest with its algorithm, and what it is the digest of."""
    return f"perfxl.seal.1\n{seal.head.algorithm}\n{seal.digest}\n".encode("ascii")


def _of_another_file(sealed: Sequence[Line], now: Canonical) -> bool:
    """True where of what a unit fills in less than a third is the same."""
    filled = {line for line in sealed if "/field/" in line.id or "/fund/" in line.id or "/row/" in line.id}
    filled = {line for line in filled if line.kind != "f"}
    return len(filled) >= _FEWEST and 3 * len(filled & set(now.lines)) < len(filled)


def _words(text: str) -> str:
    """As much of a text as the head of a seal takes."""
    return text[:LONGEST_WORDS].encode("utf-8", "replace").decode("utf-8")
