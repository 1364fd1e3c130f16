"""The catalogue: codes in order, and complete words in both languages. A test lists all offenders."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from string import Formatter
from typing import Any

from perfxl.finding import Severity, catalog

FAMILIES = "RLFWSTIXYNKD"
"""The order of the head comment of catalog.toml; K (lock and seal) and D (several files) come last."""
TEXTS = ("name", "message", "why", "fix")
LANGUAGES = ("zh", "en")

# Read without catalog(), which lends an entry its Chinese words where English ones are missing.
RAW: dict[str, dict[str, Any]] = tomllib.loads(files("perfxl").joinpath("catalog.toml").read_text(encoding="utf-8"))


def texts() -> Iterator[tuple[str, str, str]]:
    """(place, kind, text) of every text there is, e.g. ("F102.en.message", "message", …)."""
    for code, entry in RAW.items():
        for lang in LANGUAGES:
            for kind, text in entry.get(lang, {}).items():
                yield f"{code}.{lang}.{kind}", kind, text


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_a_code_is_a_letter_and_three_digits() -> None:
    assert [code for code in RAW if not re.fullmatch(f"[{FAMILIES}][0-9]{{3}}", code)] == []


def test_codes_stand_in_catalogue_order() -> None:
    assert list(RAW) == sorted(RAW, key=lambda code: (FAMILIES.index(code[0]), code))


def test_an_entry_has_its_keys_and_no_others() -> None:
    required = {"severity", "source", *LANGUAGES}
    assert [code for code, entry in RAW.items() if entry.keys() - {"suspended", "risk"} != required] == []


def test_both_languages_have_all_texts() -> None:
    incomplete = [
        f"{code}.{lang}"
        for code, entry in RAW.items()
        for lang in LANGUAGES
        if entry.get(lang, {}).keys() != set(TEXTS)
    ]
    assert incomplete == []
    assert [place for place, _, text in texts() if not text or text != text.strip()] == []


def test_severities_are_known() -> None:
    assert [code for code, entry in RAW.items() if entry["severity"] not in Severity.__members__] == []


def test_sources_and_suspensions_are_not_empty() -> None:
    assert [code for code, entry in RAW.items() if not entry["source"].strip()] == []
    assert [code for code, entry in RAW.items() if not entry.get("suspended", "active").strip()] == []


def test_both_languages_have_the_same_placeholders() -> None:
    differing = [
        f"{code}.{kind}"
        for code, entry in RAW.items()
        for kind in TEXTS
        if placeholders(entry["zh"][kind]) != placeholders(entry["en"][kind])
    ]
    assert differing == []


def test_placeholders_are_plain_names() -> None:
    """`{}`, `{a.b}` and `{a:>9}` are not filled from the numbers of a finding."""
    plain = re.compile(r"[a-z][a-z0-9_]*")
    odd = [
        place
        for place, _, text in texts()
        for _, name, form, conversion in Formatter().parse(text)
        if name is not None and (not plain.fullmatch(name) or form or conversion)
    ]
    assert odd == []


def test_a_name_has_no_placeholders() -> None:
    assert [place for place, kind, text in texts() if kind == "name" and placeholders(text)] == []


def test_an_english_name_fits_a_table_column() -> None:
    assert [code for code, entry in RAW.items() if len(entry["en"]["name"]) > 50] == []


def test_names_and_messages_end_without_a_full_stop() -> None:
    ending = ("。", "．", ".")
    assert [place for place, kind, text in texts() if kind in ("name", "message") and text.endswith(ending)] == []


def test_why_and_fix_are_sentences() -> None:
    full_stop = {"zh": "。", "en": "."}
    unfinished = [
        f"{code}.{lang}.{kind}"
        for code, entry in RAW.items()
        for lang in LANGUAGES
        for kind in ("why", "fix")
        if not entry[lang][kind].endswith(full_stop[lang])
    ]
    assert unfinished == []


def test_no_exclamation_marks() -> None:
    assert [place for place, _, text in texts() if "!" in text or "！" in text] == []


def test_english_uses_english_punctuation() -> None:
    """Labels of the form stand in Chinese, sentences around them do not."""
    assert [place for place, _, text in texts() if ".en." in place and re.search("[，。；：（）、？]", text)] == []


def test_catalog_gives_the_words_of_the_file() -> None:
    assert list(catalog()) == list(RAW)
    for code, entry in catalog().items():
        assert (entry.code, entry.severity.name, entry.source) == (
            code,
            RAW[code]["severity"],
            RAW[code]["source"],
        )
        assert entry.words("zh").message == RAW[code]["zh"]["message"]
        assert entry.words("en").message == RAW[code]["en"]["message"]
