"""Every message of a command says what to do next, in both languages, and nothing in it is a program's own words."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TypeGuard

from perfxl.finding import catalog
from perfxl.scheme_errors import EXPECTED

ROOT = Path(__file__).parent.parent
OTHER_PYTHON = "uno_side"
"""What runs under LibreOffice's Python sends a name, and libreoffice.py has the words."""
MAKERS = {"misshapen", "own_error"}
"""Of an EditError: they put the cure behind what they are given."""
CLAUSE_MAKERS = {"damaged", "too_large", "BadValue", "_bad", "SealDamaged", "ReceiptError", "_over_limit"}
"""Of the clause that goes into the message of a finding, by its Chinese and its English."""
CLAUSES = tuple(f"perfxl/{room}" for room in ("sources/", "seal/", "words/", "batch.py", "limits.py", "remote.py"))
"""Where such clauses are written."""
WITHIN = {"perfxl/cli.py", "perfxl/batch.py", "xlwings_addin/ribbon.py"}
"""Where an error of our own is reported: its name is what a maintainer needs."""
CHINESE = re.compile("[\u4e00-\u9fff]")
NAMES = re.compile("汇总表|“[^”]*”")
"""What stays Chinese in an English sentence."""


@cache
def modules(*, other_python: bool = False) -> dict[str, ast.Module]:
    paths = [path for package in ("perfxl", "xlwings_addin") for path in (ROOT / package).rglob("*.py")]
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in paths
        if (OTHER_PYTHON in path.parts) is other_python
    }


@cache
def problems() -> frozenset[str]:
    """Our exceptions for the person in front: `Problem` and what stands on it."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found, before = {"Problem"}, set[str]()
    while found != before:
        before = found
        found = found | {name for name, of in bases.items() if of & found}
    return frozenset(found)


def calls(names: Collection[str], *, other_python: bool = False) -> Iterator[tuple[str, ast.Call]]:
    return (found for name in names for found in _calls(other_python).get(name, ()))


@cache
def _calls(other_python: bool) -> dict[str, list[tuple[str, ast.Call]]]:
    """By the name that is called, with module and line."""
    found: dict[str, list[tuple[str, ast.Call]]] = {}
    for module, tree in modules(other_python=other_python).items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                found.setdefault(node.func.id, []).append((f"{module}:{node.lineno}", node))
    return found


def text_of(node: ast.expr) -> str | None:
    """A text of the source with {…} for what is filled in; None for what is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or "{…}" for part in node.values)
    return None


def sentences(place: str, call: ast.Call) -> list[tuple[str, str]]:
    """The pairs of sentences that a call may give: its first two arguments, or those behind a starred name."""
    first = call.args[0] if call.args else None
    if not isinstance(first, ast.Starred):
        return [pair(call.args)]
    tree = modules()[place.partition(":")[0]]
    if isinstance(first.value, ast.Name):
        name = first.value.id
        constants = (node for node in tree.body if isinstance(node, ast.Assign))
        return [pair(one.value.elts) for one in constants if ast.unparse(one.targets[0]) == name and is_pair(one.value)]
    assert isinstance(first.value, ast.Call)
    name = ast.unparse(first.value.func)
    makers = (
        node
        for one in modules().values()
        for node in one.body
        if isinstance(node, ast.FunctionDef) and node.name == name
    )
    returns = (node.value for maker in makers for node in ast.walk(maker) if isinstance(node, ast.Return))
    return [pair(value.elts) for value in returns if value is not None and is_pair(value)]


def is_pair(node: ast.expr) -> TypeGuard[ast.Tuple]:
    return isinstance(node, ast.Tuple) and len(node.elts) == 2


def pair(nodes: Sequence[ast.expr]) -> tuple[str, str]:
    """Empty where one is no text."""
    zh, en = ([text_of(node) for node in nodes] + [None, None])[:2]
    return zh or "", en or ""


def passes_on(call: ast.Call) -> bool:
    """`X(error.zh, error.en)`, a cure of the catalogue, lines about a scheme: looked at where they come from."""
    given = ast.unparse(call)
    return any(words in given for words in ("error.zh, error.en", "unreadable(error", "'\\n'.join(zh)"))


def clauses() -> Iterator[tuple[str, tuple[str, str]]]:
    """What stands in Chinese and in English as a pair: two arguments side by side, or a tuple."""
    for module, tree in modules().items():
        if not module.startswith(CLAUSES):
            continue
        for node in ast.walk(tree):
            nodes: list[ast.expr] = []
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in CLAUSE_MAKERS:
                nodes = [] if any(isinstance(arg, ast.Starred) for arg in node.args) else node.args
            elif isinstance(node, ast.Tuple) and is_pair(node) and all(text_of(one) for one in node.elts):
                nodes = node.elts
            if nodes and CHINESE.search(pair(nodes)[0]):
                yield f"{module}:{nodes[0].lineno}", pair(nodes)


def both(zh: str, en: str) -> bool:
    return bool(CHINESE.search(zh)) and bool(en) and not CHINESE.search(NAMES.sub("", en))


def test_every_problem_has_its_cure_in_both_languages() -> None:
    """What is wrong; what to do about it."""
    wrong, seen = [], Counter[str]()
    for place, call in calls(problems()):
        name = ast.unparse(call.func)
        if passes_on(call):
            continue
        found = sentences(place, call)
        wrong += [f"{place} no text"] if not found else []
        for zh, en in found:
            seen[name] += 1
            cured = re.search("；.*(请|可用：|可以|可写|相近的有)", zh) and re.search(";.*[a-z]", en)
            if not both(zh, en) or not cured:
                wrong.append(f"{place} {zh} | {en}")
    assert wrong == []
    assert seen["UsageProblem"] > 30 and seen["EditError"] > 25
    assert seen.keys() >= problems() - {"Problem"} - {"RemoteUnusable"}


def test_every_edit_that_is_refused_says_that_nothing_was_changed() -> None:
    wrong = []
    for place, call in calls(MAKERS | {"EditError"}):
        zh, en = pair(call.args)
        said = "未作修改" in zh and "so nothing was" in en
        if ast.unparse(call.func) in MAKERS:
            said = both(zh, en) and "；" not in zh and ";" not in en
        if not said:
            wrong.append(f"{place} {zh} | {en}")
    assert wrong == []


def test_every_clause_that_fills_a_message_has_its_english() -> None:
    found = list(clauses())
    assert [f"{place} {zh} | {en}" for place, (zh, en) in found if not both(zh, en)] == []
    assert [f"{place} {zh} | {en}" for place, (zh, en) in found if filled(zh) != filled(en)] == []
    assert len(found) > 170


def filled(text: str) -> Counter[str]:
    return Counter(re.findall("[0-9]+|{…}", text))


def test_what_libreoffice_refuses_has_its_words_on_our_side() -> None:
    from xlwings_addin.hosts.libreoffice import REFUSALS

    sent = {pair(call.args)[0] for _, call in calls({"Refused"}, other_python=True)}
    assert sent == REFUSALS.keys()
    for why, refusal in REFUSALS.items():
        error = refusal("Sheet1")
        assert both(error.zh, error.en) and "；请" in error.zh and ";" in error.en, why


def test_every_refusal_of_a_button_says_what_to_do() -> None:
    """In Chinese, as all that the buttons say."""
    texts = {place: text_of(call.args[0]) for place, call in calls({"Refused"})}
    own = {place: text for place, text in texts.items() if text and not text.endswith("{…}")}
    assert [f"{place} {text}" for place, text in own.items() if "；" not in text or "请" not in text] == []
    assert len(own) > 12


def test_every_line_about_a_scheme_is_in_both_languages() -> None:
    lines = [
        node.value
        for node in ast.walk(modules()["perfxl/scheme_fit.py"])
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple)
    ]
    assert [ast.unparse(line) for line in lines if not both(*pair(line.elts))] == []
    assert len(lines) > 12
    assert [line for line in EXPECTED.values() if not both(*line)] == []


def test_a_command_shows_a_problem_in_the_language_of_the_person() -> None:
    """Never by `str`, which is Chinese."""
    wrong = []
    for module, tree in modules().items():
        for handler in (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)):
            caught = {node.id for node in ast.walk(handler.type or ast.Constant(None)) if isinstance(node, ast.Name)}
            if not module.startswith("perfxl/commands") or not handler.name or not caught & problems():
                continue
            shown = {f"str({handler.name})", f"{{{handler.name}}}"}
            wrong += [f"{module}:{node.lineno}" for node in handler.body if any(s in ast.unparse(node) for s in shown)]
    assert wrong == []


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
