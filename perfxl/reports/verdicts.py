"""The verdicts of `perfxl verify`: for a person, and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TextIO

from perfxl.finding import Finding, Language
from perfxl.reports.escaping import visible
from perfxl.reports.json_text import dumped
from perfxl.reports.printer import Printer
from perfxl.reports.verify_contract import VerifyModel, unverified_model, verified_model
from perfxl.reports.words import colon, seal_word, signature_word, with_cure, word
from perfxl.seal import Change, Verdict
from perfxl.seal.receipt import Received

_STYLES = {"intact": "green", "changed": "bold red", "missing": "yellow", "damaged": "bold red"}
_NOTHING = "—"


class VerdictReport(Protocol):
    """Takes the files one by one and is finished by `close`."""

    def add(self, path: str, verdict: Verdict, code_agrees: bool | None, received: Received | None = None) -> None:
        """`code_agrees`: whether the 封签码 typed in is that of the seal; None where none was."""

    def fail(self, path: str, finding: Finding) -> None:
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
        if why := verdict.why(lang):
            self._printer.line((f"  {visible(why)}", ""))
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

    def fail(self, path: str, finding: Finding) -> None:
        reason = visible(with_cure(finding, self._lang))
        self._printer.line((visible(path), "bold"), ("  ", ""), (reason, _STYLES["damaged"]))

    def close(self) -> None:
        for zh, en in self._caveats:
            self._printer.line()
            self._printer.line((zh if self._lang == "zh" else en, ""))


class VerdictJson:
    """One document for all files: a VerifyModel."""

    def __init__(self, out: TextIO, lang: Language) -> None:
        self._out, self._lang, self._document = out, lang, VerifyModel(files=[])

    def add(self, path: str, verdict: Verdict, code_agrees: bool | None, received: Received | None = None) -> None:
        self._document.files.append(verified_model(path, verdict, code_agrees, received, self._lang))

    def fail(self, path: str, finding: Finding) -> None:
        self._document.files.append(unverified_model(path, finding, self._lang))

    def close(self) -> None:
        self._out.write(dumped(self._document.model_dump(), indent=1) + "\n")


VERDICT_FORMATS: Mapping[str, Callable[[TextIO, Language], VerdictReport]] = {"text": VerdictText, "json": VerdictJson}


def _changed(change: Change, lang: Language) -> str:
    before, after = (text or _NOTHING for text in (change.before, change.after))
    return visible(f"{change.name}{colon(lang)}“{before}” → “{after}”")


def _received(received: Received, lang: Language) -> str:
    receipt = received.receipt
    facts = (signature_word(received.signature, lang), received.signed_by or receipt.receiver, receipt.time)
    return visible("  ".join((word("receipt_same" if received.same else "receipt_other", lang), *facts)))


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
