"""What a person can mend: an error that says what is wrong and what to do, in Chinese and in English."""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]
Clause = tuple[str, str]
"""Part of a sentence, in Chinese and in English."""


class Problem(Exception):
    """Two whole sentences, each with its own cure. `str` gives the Chinese one."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)  # both, for it is sent from process to process
        self.zh, self.en = zh, en

    def __str__(self) -> str:
        return self.zh

    def said(self, lang: Language) -> str:
        return self.zh if lang == "zh" else self.en
