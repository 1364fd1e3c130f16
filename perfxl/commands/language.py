"""In which language perfxl speaks: `--lang`, else PERFXL_LANG, else Chinese.

The locale is not asked: computers of Chinese offices often run under C or en_US."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from perfxl.commands.problems import UsageProblem

if TYPE_CHECKING:
    from perfxl.finding import Language

VARIABLE = "PERFXL_LANG"
OPTION = "--lang"


def spoken(given: Sequence[str]) -> tuple[Language, list[str]]:
    """The language of a command line, and its words without `--lang`. UsageProblem for a language we do not speak."""
    name, wanted = VARIABLE, os.environ.get(VARIABLE, "") or "zh"
    rest: list[str] = []
    words = iter(given)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == OPTION or word.startswith(f"{OPTION}="):
            name, wanted = OPTION, word[len(OPTION) + 1 :] or next(words, "")
        else:
            rest.append(word)
    if wanted not in ("zh", "en"):
        raise UsageProblem(
            f"{name} 没有取值 {wanted or '（空）'}；可用：zh、en", f"{name} has no value {wanted}; use zh or en"
        )
    return ("en" if wanted == "en" else "zh"), rest


def paragraphs(text: str, lang: Language) -> list[str]:
    """A help text in one language. Each paragraph is written `中文。English.`, or one paragraph after the other.

    A text without Chinese, such as a list of values, is the same in both."""
    both = [_halves(paragraph) for paragraph in re.split(r"\n\s*\n", text.strip())]
    if not any(zh for zh, _ in both):
        return [en for _, en in both]
    return [said for zh, en in both if (said := zh if lang == "zh" else en)]


def _halves(paragraph: str) -> tuple[str, str]:
    line = re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n\s*(?=[\u3000-\u9fff\uff00-\uffef])", "", paragraph)
    line = " ".join(line.split())
    end = line.rfind("。") + 1
    if end:
        return line[:end], line[end:].strip()
    return (line, "") if re.search("[\u3400-\u9fff]", line) else ("", line)
