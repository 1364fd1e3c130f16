"""Every message of a command says what to do next, in both languages, and nothing in it is a program's own words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from perfxl.finding import catalog

PACKAGE = Path(__file__).parent.parent / "perfxl"
PASSED_ON = ("KeyFileError", "SigningUnavailable", "SchemeError", "PdfUnavailable", "StoreUnusable")
"""Our exceptions whose text reaches the user as it is. An EditError gets its cure from commands/workbooks.py."""
CURE = re.compile("请|应为|应不|可用：|可以")
WITHIN = {"cli.py", "batch.py"}
"""Where an error of our own is reported: its name is what a maintainer needs."""


@cache
def modules() -> dict[str, ast.Module]:
    return {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")}


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield f"{module}:{node.lineno}", node


def text_of(node: ast.expr) -> str | None:
    """A text of the source with {…} for what is filled in; None for what is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or "{…}" for part in node.values)
    return None


def test_every_usage_problem_ends_with_its_cure_in_both_languages() -> None:
    without, seen = [], 0
    for place, call in calls("UsageProblem"):
        texts = [text_of(argument) for argument in call.args]
        if None in texts or "unreadable" in ast.unparse(call):  # passed on; or with the cure of the catalogue
            continue
        seen += 1
        zh, en = (str(text) for text in texts)
        if "；" not in zh or ";" not in en or zh.endswith("；") or not re.search("[\u4e00-\u9fff]", zh):
            without.append(f"{place} {zh} | {en}")
    assert without == []
    assert seen > 25


@pytest.mark.parametrize("name", PASSED_ON)
def test_every_text_that_is_passed_on_has_its_cure(name: str) -> None:
    texts = {place: text_of(call.args[0]) for place, call in calls(name) if call.args}
    assert [f"{place} {text}" for place, text in texts.items() if text and not CURE.search(text)] == []
    assert texts


def test_no_words_of_the_system_or_of_a_library_in_a_message() -> None:
    """In a handler of a foreign exception, neither it nor its `strerror` goes into the text that is raised."""
    ours = {node.name for tree in modules().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    raw = []
    for module, tree in modules().items():
        for handler in (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)):
            caught = {node.id for node in ast.walk(handler.type or ast.Constant(None)) if isinstance(node, ast.Name)}
            if not handler.name or caught <= ours or module in WITHIN:
                continue
            for node in ast.walk(handler):
                if not isinstance(node, ast.FormattedValue):
                    continue
                shown = ast.unparse(node.value)
                if shown in (handler.name, f"{handler.name}.strerror", f"str({handler.name})"):
                    raw.append(f"{module}:{node.lineno}")
    assert raw == []


def test_only_messages_about_a_whole_file_go_without_numbers() -> None:
    """A place stands before the message; labels and numbers are its own. F111 says 0 in words of its own."""
    bare = [
        code
        for code, entry in catalog().items()
        if not any(name for _, name, _, _ in Formatter().parse(entry.zh.message))
    ]
    assert bare == ["R102", "R106", "R110", "F111", "K103", "K105", "K107"]


def test_a_cure_is_more_than_to_check_again() -> None:
    vague = re.compile("^(请)?(核对|检查)(后)?(改正|更正)?。$")
    assert [code for code, entry in catalog().items() if vague.match(entry.zh.fix)] == []
