"""`perfxl explain`."""

from __future__ import annotations

import re

import typer

from perfxl.commands.problems import UsageProblem

_NUMBER = re.compile(r"\{\w+\}")
"""A place for a number in a message."""


def explain(
    code: str = typer.Argument(metavar="CODE", help="代码，如 F102。A code."),
    lang: str = typer.Option("zh", metavar="zh|en", help="语言。Language."),
) -> None:
    """一个代码是什么、为什么、怎么改、依据、源码位置。What a code means and where it comes from."""
    from perfxl.commands import choices
    from perfxl.finding import catalog
    from perfxl.reports.words import colon, word

    language = choices.language(lang)
    entry = catalog().get(code.strip().upper())
    if entry is None:
        close = _close(code.strip().upper(), list(catalog()))
        raise UsageProblem(
            f"没有代码 {code}；相近的有 {'、'.join(close)}", f"no code {code}; close ones: {', '.join(close)}"
        )
    words = entry.words(language)
    typer.echo(f"{entry.code} {words.name}  {entry.severity.label(language)}")
    texts = [("message", words.message), ("why", words.why), ("fix", words.fix), ("source", entry.source)]
    facts = [(key, _NUMBER.sub("…", text)) for key, text in texts]
    if entry.suspended:
        facts.append(("suspended", entry.suspended))
    facts.append(("code_at", source_place(entry.code)))
    for key, text in facts:
        typer.echo(f"  {word(key, language)}{colon(language)}{text}")


def source_place(code: str) -> str:
    """`perfxl/checks/funds.py:31` of the check; for codes of the reader, where the code is written first."""
    import inspect
    from pathlib import Path

    import perfxl
    from perfxl.checks import registered_checks

    package = Path(perfxl.__file__).parent
    function = registered_checks().get(code)
    if function is not None:
        function = inspect.unwrap(function)
        file = Path(inspect.getsourcefile(function) or "")
        return f"{_in_package(file, package)}:{inspect.getsourcelines(function)[1]}"
    literal = re.compile(f'"{code}"')
    for path in sorted(package.rglob("*.py")):
        for line, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if literal.search(text):
                return f"{_in_package(path, package)}:{line}"
    return "—"


def _in_package(path: object, package: object) -> str:
    from pathlib import PurePath

    return PurePath(str(path)).relative_to(PurePath(str(package)).parent).as_posix()


def _close(code: str, known: list[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(code, known, 3, 0) or known[:3]
