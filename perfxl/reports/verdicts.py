"""The verdicts of `perfxl verify`: for a person, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TextIO

from perfxl.finding import Language
from perfxl.reports.escaping import visible
from perfxl.reports.printer import Printer
from perfxl.reports.words import colon, seal_word, signature_word, word
from perfxl.seal import Change, Verdict
from perfxl.seal.receipt import Received

SCHEMA_VERSION = 1
_STYLES = {"intact": "green", "changed": "bold red", "missing": "yellow", "damaged": "bold red"}
_NOTHING = "—"


class VerdictReport(Protocol):
    """Takes the files one by one and is finished by `close`."""

    def add(self, path: str, verdict: Verdict, code_agrees: bool | None, received: Received | None = None) -> None:
        """`code_agrees`: whether the 封签码 typed in is that of the seal; None where none was."""

    def fail(self, path: str, reason: str) -> None:
        """A file that cannot be read."""

    def close(self) -> None: ...


class VerdictText:
    """Prints each file as it comes, and in the end what the verdicts do not prove."""

    def __init__(self, out: TextIO, lang: Language) -> None:
        self._printer = Printer(out)
        self._lang = lang
        self._caveats: dict[tuple[str, str], None] = {}

    def add(self, path: str, verdict: Verdict, code_agrees: bool | None, received: Received | None = None) -> None:
        lang = self._lang
        said = seal_word(verdict, lang)
        self._printer.line((visible(path), "bold"), ("  ", ""), (said, _STYLES[verdict.status]))
        if verdict.reason:
            self._printer.line((f"  {visible(verdict.reason)}", ""))
        if verdict.other_file:
            self._printer.line((f"  {word('other_seal', lang)}", _STYLES["changed"]))
        if code_agrees is not None:
            agrees = word("code_agrees" if code_agrees else "code_differs", lang)
            self._printer.line((f"  {agrees}", _STYLES["intact" if code_agrees else "changed"]))
        if received is not None:
            self._printer.line((f"  {_received(received, lang)}", _STYLES["intact" if received.same else "changed"]))
        for change in verdict.changes:
            self._printer.line(
                (f"  {change.at.in_file if change.at else _NOTHING} ", "cyan"), (_changed(change, lang), "")
            )
        if verdict.seal:
            self._printer.line((f"  {_head(verdict, lang)}", "dim"))
            for event in verdict.seal.history if len(verdict.seal.history) > 1 else ():
                texts = (word(event.kind, lang), event.time, event.by, event.reason)
                self._printer.line((f"    {visible('  '.join(filter(None, texts)))}", "dim"))
        if verdict.status != "missing":
            self._caveats[verdict.caveat] = None

    def fail(self, path: str, reason: str) -> None:
        self._printer.line((visible(path), "bold"), ("  ", ""), (visible(reason), _STYLES["damaged"]))

    def close(self) -> None:
        for zh, en in self._caveats:
            self._printer.line()
            self._printer.line((zh if self._lang == "zh" else en, ""))


class VerdictJson:
    """One document for all files. `status` as in the Verdict, or `unreadable`."""

    def __init__(self, out: TextIO, lang: Language) -> None:
        self._out = out
        self._lang = lang
        self._files: list[dict[str, Any]] = []

    def add(self, path: str, verdict: Verdict, code_agrees: bool | None, received: Received | None = None) -> None:
        seal = verdict.seal
        self._files.append(
            {
                "path": path,
                "status": verdict.status,
                "open": verdict.opened is not None,
                "other_file": verdict.other_file,
                "reason": verdict.reason,
                "signature": verdict.signature,
                "signed_by": verdict.signed_by,
                "code": seal.code if seal else None,
                "code_agrees": code_agrees,
                "receipt": _receipt_facts(received) if received else None,
                "digest": seal.digest if seal else None,
                "submission": seal.head.submission if seal else None,
                "time": seal.head.time if seal else None,
                "signer": seal.head.signer if seal else None,
                "changes": [
                    {
                        "kind": change.kind,
                        "field": change.id,
                        "name": change.name,
                        "place": change.at.in_file if change.at else None,
                        "before": change.before,
                        "after": change.after,
                    }
                    for change in verdict.changes
                ],
                "history": [event.model_dump() for event in seal.history] if seal else [],
                "caveat": verdict.caveat[0 if self._lang == "zh" else 1],
            }
        )

    def fail(self, path: str, reason: str) -> None:
        self._files.append({"path": path, "status": "unreadable", "reason": reason})

    def close(self) -> None:
        json.dump({"schema_version": SCHEMA_VERSION, "files": self._files}, self._out, ensure_ascii=False, indent=1)
        self._out.write("\n")


VERDICT_FORMATS: Mapping[str, Callable[[TextIO, Language], VerdictReport]] = {"text": VerdictText, "json": VerdictJson}


def _changed(change: Change, lang: Language) -> str:
    before, after = (text or _NOTHING for text in (change.before, change.after))
    return visible(f"{change.name}{colon(lang)}“{before}” → “{after}”")


def _received(received: Received, lang: Language) -> str:
    receipt = received.receipt
    facts = (signature_word(received.signature, lang), received.signed_by or receipt.receiver, receipt.time)
    return visible("  ".join((word("receipt_same" if received.same else "receipt_other", lang), *facts)))


def _receipt_facts(received: Received) -> dict[str, Any]:
    receipt = received.receipt
    return {
        "same": received.same,
        "signature": received.signature,
        "signed_by": received.signed_by,
        "receiver": receipt.receiver,
        "time": receipt.time,
        "verdict": receipt.verdict,
    }


def _head(verdict: Verdict, lang: Language) -> str:
    assert verdict.seal is not None
    head = verdict.seal.head
    pairs = (
        ("seal_code", verdict.seal.code),
        ("submission", str(head.submission)),
        ("unit", head.unit),
        ("year", str(head.year or "")),
        ("signer", head.signer),
        ("time", head.time),
        ("signed_by", verdict.signed_by),
    )
    return visible("  ".join(f"{word(key, lang)}{colon(lang)}{text}" for key, text in pairs if text))
