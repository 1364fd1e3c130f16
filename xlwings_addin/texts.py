"""What the buttons and messages say, from texts.toml: Chinese and English."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_CONTROL = re.compile(r"<(\w*[bB]utton) id=\"(\w+)\"")


class Words(NamedTuple):
    chinese: str
    english: str


def ribbon_xml() -> str:
    return files("xlwings_addin").joinpath("ribbon.xml").read_text("utf-8")


def buttons(*, toggles: bool = True) -> list[str]:
    """The ids of the ribbon's buttons in their order."""
    return [name for kind, name in _CONTROL.findall(ribbon_xml()) if toggles or kind == "button"]


@cache
def texts() -> dict[str, Words]:
    """Every text by its id: `score.label`, `score.tip`, `next.needs`, `message.no_book`."""
    tables = tomllib.loads(files("xlwings_addin").joinpath("texts.toml").read_text("utf-8"))
    messages = {f"message.{name}": Words(*words) for name, words in tables.pop("message").items()}
    return {
        f"{name}.{kind}": Words(words, words) if kind == "needs" else Words(*words)
        for section in tables.values()
        for name, entry in section.items()
        for kind, words in entry.items()
    } | messages
