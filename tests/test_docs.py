"""The documents: generated pages are fresh, links lead somewhere, and every command shown does what is said.

A block ```console is run in a folder of its own per document (`workplace`): lines `$ perfxl …` one after the other,
each followed by lines that its output must have (`…` stands for what is left out). `# 退出码 1` (`# exit status 1`)
behind a command is the exit code, else 0. A block that starts with `# 不运行：` (`# not run:`) is not run, and counted.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import shutil
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest

from docs_build.pages import DOCS, PAGES
from perfxl.cli import main
from perfxl.commands.tree import command_tree, runnable
from perfxl.scheme_files import builtin_schemes

ROOT = Path(__file__).parent.parent
RETURNED = ROOT / "examples" / "returned"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")])
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
NOT_RUN = {
    "README.md": {"Windows": 1},
    "README.zh-CN.md": {"Windows": 1},
    "docs/填报人手册.md": {"要有窗口": 1},
    "docs/架构.md": {"开发用": 1},
    "docs/财政局指南.md": {"一直运行": 1, "要有 LibreOffice": 1},
    "docs/读表准确度.md": {"两个核要十几分钟": 1},
}
"""Blocks that no test runs, by the reason they give."""

BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXIT_CODE = re.compile(r"\s+# (?:退出码|exit status) (\d+)$")
UNRUN = re.compile(r"# (?:不运行：|not run: )(.+)")
COMMAND = re.compile(r"^\s*(\$|perfxl |make |pip |py |python|apt|\.venv|source )", re.MULTILINE)
SHOWN_AS_IT_IS = ("text", "json", "toml", "python", "vb")
"""Languages of blocks that hold no commands to type."""


@dataclass(frozen=True)
class Block:
    language: str
    text: str

    @property
    def reason(self) -> str:
        """Why it is not run; empty for one that is."""
        found = UNRUN.match(self.text)
        return found[1].strip() if found else ""


def blocks(document: Path) -> list[Block]:
    return [Block(language.strip(), text) for language, text in BLOCK.findall(document.read_text("utf-8"))]


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_what_is_generated_now(name: str) -> None:
    """`make docs` writes them again."""
    assert (DOCS / name).read_text("utf-8") == PAGES[name]()


# ---- links


@cache
def anchors(document: Path) -> frozenset[str]:
    """What `#…` can name: explicit anchors, and headings as GitHub spells them."""
    text = BLOCK.sub("", document.read_text("utf-8"))
    found = re.findall(r'<a id="([^"]+)">', text)
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        found.append(re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", plain)))
    return frozenset(found)


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_links_and_pictures_lead_somewhere(document: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "", BLOCK.sub("", document.read_text("utf-8")))
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        place = (document.parent / path).resolve() if path else document
        if not place.exists() or (anchor and (place.suffix != ".md" or anchor not in anchors(place))):
            lost.append(target)
    assert lost == []


def test_every_document_is_found_from_the_index() -> None:
    index = (DOCS / "README.md").read_text("utf-8")
    missing = [path.name for path in DOCS.glob("*.md") if path.name != "README.md" and f"({path.name})" not in index]
    assert missing == []
    assert "docs/README.md" in (ROOT / "README.md").read_text("utf-8")


# ---- commands


def test_commands_to_type_stand_in_console_blocks() -> None:
    """Else the tests below would not see them."""
    hidden = [
        f"{name}: {block.text.splitlines()[0]}"
        for name, document in zip(NAMES, DOCUMENTS, strict=True)
        for block in blocks(document)
        if block.language not in ("console", *SHOWN_AS_IT_IS) and COMMAND.search(block.text)
    ]
    assert hidden == []


def test_blocks_that_are_not_run_are_counted() -> None:
    counted = {
        name: dict(Counter(block.reason for block in blocks(document) if block.language == "console" and block.reason))
        for name, document in zip(NAMES, DOCUMENTS, strict=True)
    }
    assert {name: reasons for name, reasons in counted.items() if reasons} == NOT_RUN


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the documents suppose it: a form, a draft, an objective form, and what units have sent."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("*.py", "retyped"))
    shutil.copytree(RETURNED, tmp_path / "报送")
    objective = "上海市人民政府驻广州办事处-2020-绩效目标表.xlsx"
    copies = {
        "滨河区图书馆-2020.xlsx": ("自评表.xlsx", "这次/滨河区图书馆.xlsx"),
        "滨河区图书馆-2020-初稿.xlsx": ("初稿.xlsx", "上次/滨河区图书馆.xlsx"),
        objective: ("目标表.xlsx",),
    }
    for source, targets in copies.items():
        for target in targets:
            (tmp_path / target).parent.mkdir(exist_ok=True)
            shutil.copy(RETURNED / source, tmp_path / target)
    monkeypatch.chdir(tmp_path)
    assert executed("perfxl key new 单位.pem --unit 青山区水利局 > 公钥登记表.toml")[0] == 0
    Path("单位.pem").unlink()
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def steps(document: Path) -> Iterator[tuple[str, int, list[str]]]:
    """(command, exit code, lines of its output) of every block that is run."""
    for block in blocks(document):
        if block.language != "console" or block.reason:
            continue
        for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            command, *output = part.rstrip().split("\n")
            code = EXIT_CODE.search(command)
            yield command.partition("  # ")[0], int(code[1]) if code else 0, output


RUN_BY_CI = ("make demo", "make test")


@pytest.mark.parametrize("document", [path for path in DOCUMENTS if list(steps(path))], ids=lambda path: path.name)
def test_commands_do_what_the_document_says(document: Path, workplace: Path) -> None:
    for command, expected, shown in steps(document):
        if command in RUN_BY_CI:
            assert command in (ROOT / ".ci" / "run").read_text("utf-8")
            continue
        code, output = executed(command)
        assert code == expected, f"{command}\n{output}"
        absent = [line for line in shown if line.strip("… ") and line.strip() not in output]
        assert absent == [], f"{command}\n{output}"


def executed(command: str) -> tuple[int, str]:
    """One line `perfxl … [> FILE]`, in this process."""
    words = shlex.split(command)
    target = append = None
    if len(words) > 2 and words[-2] in (">", ">>"):
        append, target = words[-2] == ">>", words[-1]
        words = words[:-2]
    assert words[0] == "perfxl", f"the test can run perfxl only: {command}"
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words[1:])
    if target is not None:
        with Path(target).open("a" if append else "w", encoding="utf-8") as file:
            file.write(out.getvalue())
        return code, err.getvalue()
    return code, out.getvalue() + err.getvalue()


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_commands_in_the_text_exist_with_their_options(document: Path) -> None:
    root = command_tree(runnable("zh"))
    wrong = []
    for text in re.findall(r"(?<!`)`(perfxl [^`\n]+)`", BLOCK.sub("", document.read_text("utf-8"))):
        words = text.split()[1:]
        command = root.called(words)
        known = {"--lang", "--help", "-h"} | {name for option in command.options for name in option.names}
        unknown = [word for word in words if word.startswith("-") and word.partition("=")[0] not in known]
        names_none = not command.path and not (words[0].startswith("-") or words[0] in ("命令", "…"))
        if unknown or names_none:
            wrong.append(text)
    assert wrong == []


# ---- the guide for the owner of a policy


def test_an_editor_says_in_chinese_what_every_key_of_a_scheme_is_for() -> None:
    schema = json.loads((DOCS / "schema" / "scheme-v1.json").read_text("utf-8"))
    silent = [
        f"{model}.{key}"
        for model, described in (("Scheme", schema), *schema["$defs"].items())
        for key, value in described["properties"].items()
        if not re.search("[\u4e00-\u9fff]", value.get("description", ""))
    ]
    assert silent == []


def test_the_schema_for_editors_takes_every_scheme_and_names_a_misspelt_key() -> None:
    schema = json.loads((DOCS / "schema" / "scheme-v1.json").read_text("utf-8"))
    checker = jsonschema.Draft202012Validator(schema)
    files = sorted((ROOT / "perfxl" / "schemes").rglob("*.toml"))
    assert len(files) == len(builtin_schemes())
    for path in files:
        scheme = tomllib.loads(path.read_text("utf-8"))
        assert [error.message for error in checker.iter_errors(scheme)] == [], path
        scheme["full_scores"] = scheme.pop("full_score", None)
        assert [error.validator for error in checker.iter_errors(scheme)] == ["additionalProperties"], path
