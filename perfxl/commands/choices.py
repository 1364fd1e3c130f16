"""Values of options, read from what a user types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from perfxl.commands.problems import UsageProblem
from perfxl.finding import Language, Severity, catalog
from perfxl.scheme import Scheme

_SEVERITIES = {severity.label(lang): severity for lang in ("zh", "en") for severity in Severity} | {
    severity.name: severity for severity in Severity
}
READING = "R"
"""The family about files: a file that cannot be read always has its row."""


def language(text: str) -> Language:
    if text == "zh":
        return "zh"
    if text == "en":
        return "en"
    raise _not_one_of("--lang", text, ("zh", "en"))


def severity(option: str, text: str) -> Severity:
    """错误, 核实, 提示 or error, query, info."""
    try:
        return _SEVERITIES[text]
    except KeyError:
        raise _not_one_of(option, text, _SEVERITIES) from None


def one_of(option: str, text: str, known: Mapping[str, object]) -> str:
    if text not in known:
        raise _not_one_of(option, text, known)
    return text


def codes(option: str, text: str) -> frozenset[str]:
    """The codes of a comma list of codes and prefixes: `F`, `S1`, `T102`."""
    found: set[str] = set()
    for part in (part.strip().upper() for part in text.replace("，", ",").split(",")):
        matching = {code for code in catalog() if part and code.startswith(part)}
        if not matching:
            raise UsageProblem(
                f"{option}：没有代码 {part or '（空）'}；可写代码或开头字母，如 F102 或 F，多个用逗号隔开",
                f"{option}: no code {part or '(empty)'}; give codes or prefixes such as F102 or F, separated by commas",
            )
        found |= matching
    return frozenset(found)


def left_out(select: str | None, ignore: str | None) -> frozenset[str]:
    """The codes that --select and --ignore leave out. --select never leaves out the family R."""
    everything = frozenset(catalog())
    selected = everything if select is None else codes("--select", select)
    unselected = {code for code in everything - selected if not code.startswith(READING)}
    return frozenset(unselected) | (frozenset() if ignore is None else codes("--ignore", ignore))


def scheme(text: str | None) -> Scheme | None:
    """A built-in scheme by id, or one of a .toml file; None where none is asked for."""
    from perfxl.scheme_files import SchemeError, scheme_named

    if text is None:
        return None
    try:
        return scheme_named(text)
    except SchemeError as error:
        raise UsageProblem(error.zh, error.en) from error


def _not_one_of(option: str, text: str, known: Iterable[str]) -> UsageProblem:
    names = list(dict.fromkeys(known))
    return UsageProblem(
        f"{option} 没有取值 {text}；可用：{'、'.join(names)}",
        f"{option} has no value {text}; use one of {', '.join(names)}",
    )
