"""The JSON of `perfxl verify`, version 1: null for blank, for what a seal does not say and for what was not asked."""

from __future__ import annotations

from typing import Literal

from perfxl.finding import Finding, Language
from perfxl.reports.contract import Contract, FindingModel, finding_models
from perfxl.seal import Change, Event, SignatureStatus, Verdict
from perfxl.seal.changes import ChangeKind
from perfxl.seal.receipt import Received


class ChangeModel(Contract):
    """What is not as it was sealed. `id` names the field within the seal, `place` is the cell now."""

    kind: ChangeKind
    id: str
    field: str
    place: str | None
    before: str | None
    after: str | None


class ReceivedModel(Contract):
    """The receipt that was given. `same`: it is for the form as it was sealed."""

    same: bool
    signature: SignatureStatus
    signed_by: str | None
    receiver: str
    time: str
    verdict: Literal["intact", "changed", "damaged"]


class VerifiedModel(Contract):
    """One file. `findings` say why it is unreadable, `reason` why its seal is damaged."""

    path: str
    status: Literal["intact", "changed", "missing", "damaged", "unreadable"]
    findings: list[FindingModel]
    reason: str | None = None
    open: bool = False
    other_file: bool = False
    signature: SignatureStatus = "none"
    signed_by: str | None = None
    code: str | None = None
    code_agrees: bool | None = None
    receipt: ReceivedModel | None = None
    digest: str | None = None
    submission: int | None = None
    time: str | None = None
    signer: str | None = None
    changes: list[ChangeModel] = []
    history: list[Event] = []
    caveat: str | None = None


class VerifyModel(Contract):
    schema_version: Literal[1] = 1
    files: list[VerifiedModel]


def verified_model(
    path: str, verdict: Verdict, code_agrees: bool | None, received: Received | None, lang: Language
) -> VerifiedModel:
    seal = verdict.seal
    return VerifiedModel(
        path=path,
        status=verdict.status,
        findings=[],
        reason=verdict.why(lang) or None,
        open=verdict.opened is not None,
        other_file=verdict.other_file,
        signature=verdict.signature,
        signed_by=verdict.signed_by or None,
        code=seal.code if seal else None,
        code_agrees=code_agrees,
        receipt=_received_model(received) if received else None,
        digest=seal.digest if seal else None,
        submission=seal.head.submission if seal else None,
        time=seal.head.time if seal else None,
        signer=seal.head.signer or None if seal else None,
        changes=[_change_model(change) for change in verdict.changes],
        history=list(seal.history) if seal else [],
        caveat=verdict.caveat[lang == "en"] if verdict.status != "missing" else None,
    )


def unverified_model(path: str, finding: Finding, lang: Language) -> VerifiedModel:
    """For a file that cannot be read."""
    return VerifiedModel(path=path, status="unreadable", findings=finding_models([finding], lang))


def _change_model(change: Change) -> ChangeModel:
    return ChangeModel(
        kind=change.kind,
        id=change.id,
        field=change.name,
        place=change.at.in_file if change.at else None,
        before=change.before or None,
        after=change.after or None,
    )


def _received_model(received: Received) -> ReceivedModel:
    receipt = received.receipt
    return ReceivedModel(
        same=received.same,
        signature=received.signature,
        signed_by=received.signed_by or None,
        receiver=receipt.receiver,
        time=receipt.time,
        verdict=receipt.verdict,
    )
