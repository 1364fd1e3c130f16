"""`perfxl` alone, `--help` and completion: every command, in the language of the user."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfxl.commands.help import help_page
from perfxl.commands.language import paragraphs
from perfxl.commands.shell_completion import candidates
from perfxl.commands.tree import command_tree, runnable
from perfxl.finding import Language, catalog
from perfxl.scheme_files import builtin_schemes
from perfxl.text_width import display_width
from tests.commands import ROOT, Capture, run

TREE = command_tree(runnable("zh"))
NAMES = [" ".join(one.path) for one in TREE.every()]
CHINESE = re.compile("[\u3400-\u9fff]")
PROPER_NAMES = re.compile("汇总表.xlsx")
"""What is called so in both languages."""


def texts() -> Iterator[tuple[str, str]]:
    for command in TREE.every():
        name = " ".join(("perfxl", *command.path))
        yield name, command.help
        for parameter in (*command.arguments, *command.options):
            yield f"{name} {' '.join(parameter.names) or parameter.metavar}", parameter.help


def test_every_help_is_there_in_both_languages_paragraph_by_paragraph() -> None:
    uneven = [name for name, text in texts() if len(paragraphs(text, "zh")) != len(paragraphs(text, "en"))]
    english = [name for name, text in texts() if CHINESE.search(PROPER_NAMES.sub("", " ".join(paragraphs(text, "en"))))]
    assert ([name for name, text in texts() if not text], uneven, english) == ([], [], [])


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("语言。Language.", ["语言。"], ["Language."]),
        ("甲。乙。One. Two.", ["甲。乙。"], ["One. Two."]),
        ("text json", ["text json"], ["text json"]),
        (
            "甲\n    乙。\n\n    One\n    two.\n\n    退出码：0。Exit code 0.",
            ["甲乙。", "退出码：0。"],
            ["One two.", "Exit code 0."],
        ),
        ("写入 a.txt。", ["写入 a.txt。"], []),
    ],
)
def test_a_help_text_holds_both_languages(text: str, zh: list[str], en: list[str]) -> None:
    assert (paragraphs(text, "zh"), paragraphs(text, "en")) == (zh, en)


@pytest.mark.parametrize("name", NAMES)
def test_help_of_every_command(capsys: Capture, name: str) -> None:
    path = name.split()
    for words in ([*path, "--help"], [*path, "-h", "--lang", "en"], ["--lang", "en", *path, "-h"]):
        lang: Language = "en" if "en" in words else "zh"
        code, out, err = run(capsys, *words)
        assert (code, err) == (0, "")
        command = command_tree(runnable(lang)).called(path)
        assert (command.path, out) == (tuple(path), help_page(command, lang))
        assert all(name in out for option in command.options for name in option.names)
        assert max(map(display_width, out.splitlines())) <= 104


def test_a_page_in_both_languages(capsys: Capture) -> None:
    assert run(capsys, "unlock", "--help")[1] == (
        "用法：perfxl unlock [选项] FILE\n\n"
        "  解锁以便更正：谁、何时、为何都记入文件，下次锁定接着记。\n\n"
        "参数\n  FILE  锁定的工作簿\n\n"
        "选项\n"
        "  --reason TEXT      解锁的原因，记入文件（必填）\n"
        "  --by NAME          解锁人，默认为登录名\n"
        "  --no-backup        不留 .bak\n"
        "  --timeout SECONDS  一个文件最多用时（默认 20）\n"
        "  --lang zh|en       语言（默认 zh）\n"
        "  -h, --help         显示这一页\n"
    )
    assert run(capsys, "unlock", "--help", "--lang=en")[1].startswith(
        "Usage: perfxl unlock [OPTIONS] FILE\n\n  Open a locked form for a correction.\n\nArguments\n"
    )


def test_help_wraps_to_the_terminal(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = run(capsys, "check", "--help")[1].splitlines()
    assert max(map(display_width, lines)) <= 62
    assert not [line for line in lines if line.lstrip()[:1] in ("。", "，", "；")]


def test_perfxl_alone_says_what_to_do_first(capsys: Capture) -> None:
    code, out, err = run(capsys)
    assert (code, out) == (2, "")
    assert [line.split("  ")[2].strip() for line in err.splitlines() if line.startswith("    perfxl")] == [
        "perfxl new mof/2020 自评表.xlsx",
        "perfxl score 自评表.xlsx --write",
        "perfxl lock 自评表.xlsx",
        "perfxl check 文件夹 --report 报告",
        "perfxl explain F102",
    ]
    assert not CHINESE.search(run(capsys, "--lang", "en")[2])


def test_the_first_steps_can_be_taken(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "new", "mof/2020", "自评表.xlsx")[0] == 0
    assert run(capsys, "score", "自评表.xlsx", "--write")[0] == 0
    assert run(capsys, "lock", "自评表.xlsx")[0] == 1  # a blank form
    assert run(capsys, "check", ".", "--report", "报告")[0] == 1
    assert run(capsys, "explain", "F102")[0] == 0


def test_the_language_comes_from_the_line_or_the_environment(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    zh, en = (
        "perfxl: 没有这个文件或文件夹：没有；请核对路径\n",
        "perfxl: no such file or folder: 没有; check the path\n",
    )
    monkeypatch.setenv("LANG", "en_US.UTF-8")  # computers of Chinese offices often have it
    assert run(capsys, "check", "没有") == (2, "", zh)
    assert run(capsys, "--lang", "en", "check", "没有") == (2, "", en)
    monkeypatch.setenv("PERFXL_LANG", "en")
    assert run(capsys, "check", "没有") == (2, "", en)
    assert run(capsys, "check", "没有", "--lang", "zh") == (2, "", zh)
    assert run(capsys, "explain", "F102")[1].startswith("F102 Execution points")
    monkeypatch.setenv("PERFXL_LANG", "de")
    assert run(capsys, "check", "没有") == (2, "", "perfxl: PERFXL_LANG 没有取值 de；可用：zh、en\n")
    assert run(capsys, "--lang") == (2, "", "perfxl: --lang 没有取值 （空）；可用：zh、en\n")


def test_commands_speak_english_throughout(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERFXL_LANG", "en")
    gumei = str(ROOT / "examples" / "returned" / "古美路街道办事处-2020.xlsx")
    code, out, err = run(capsys, "import", gumei, "--to", str(tmp_path))
    assert (code, err) == (1, "")
    words = [line.partition("2020绩效自评价!")[0] for line in out.splitlines()[1:]]
    assert (out.splitlines()[0].rpartition(" (")[2], set(words)) == (
        "shanghai/2020, 13 indicators)",
        {"  not carried over: ", "  recomputed: "},
    )
    assert run(capsys, "scheme", "show", "mof/2020")[1].startswith("not read  财预")
    assert run(capsys, "scheme", "diff", "mof/2020", "mof/2020") == (0, "no difference\n", "")
    scheme = str(ROOT / "perfxl" / "schemes" / "mof" / "2020.toml")
    assert run(capsys, "scheme", "check", scheme) == (0, "nothing to mend\n", "")
    assert run(capsys, "template", "check", "--dir", str(ROOT / "templates"))[1:] == (
        "the templates are what the schemes give\n",
        "",
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_command_takes_a_language(capsys: Capture, name: str) -> None:
    """--lang is understood even where a command has nothing to say in two languages."""
    said = f"perfxl: no such option: --qqq; see {' '.join(('perfxl', *name.split()))} --help\n"
    assert run(capsys, *name.split(), "--lang", "en", "--qqq") == (2, "", said)


def test_help_starts_soon() -> None:
    script = (
        "import sys; from perfxl.cli import main; main(['check', '--help']); "
        "print({'xlsxwriter', 'docx', 'lxml', 'xlwings', 'openpyxl'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=ROOT, check=True)
    assert done.stdout.decode().splitlines()[-1] == "set()"


def timed(*arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], capture_output=True, cwd=ROOT, check=True)
    return time.perf_counter() - started


def test_version_costs_little_more_than_python() -> None:
    bare = min(timed("-c", "pass") for _ in range(5))
    assert min(timed("-m", "perfxl", "--version") for _ in range(5)) < 2 * bare


# ---- completion


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sc", ["score", "schema", "scheme"]),
        ("scheme ", ["list", "show", "check", "copy", "diff"]),
        ("check --fa", ["--fail-on"]),
        ("check --format j", ["json", "jsonl", "junit"]),
        ("check a.xlsx --scheme linc", ["lincang/2021"]),
        ("new hub", ["hubei/2021"]),
        ("scheme show hub", ["hubei/2021"]),
        ("scheme diff hub", ["hubei/2021"]),
        ("explain X10", ["X101", "X102", "X104", "X105", "X106", "X107", "X108", "X109"]),
        ("check --select F,X101,Y10", ["F,X101,Y101", "F,X101,Y102", "F,X101,Y103"]),
        ("check --severity ", ["提示", "核实", "错误"]),
        ("check --lang ", ["zh", "en"]),
        ("completion ", ["bash", "zsh", "fish", "powershell"]),
        ("check ", []),  # a file: the shell knows
        ("check --report ", []),
        ("nix --", ["--version", "--lang", "--help"]),
    ],
)
def test_candidates(line: str, expected: list[str]) -> None:
    assert candidates(line.split(" "), TREE) == expected


def test_all_schemes_codes_and_commands_are_candidates() -> None:
    assert candidates(["new", ""], TREE) == list(builtin_schemes())
    assert candidates(["explain", ""], TREE) == list(catalog())
    assert candidates([""], TREE) == list(TREE.commands)
    for command in TREE.every():
        names = [name for option in command.options for name in option.names]
        assert candidates([*command.path, "--"], TREE) == [name for name in names if name[:2] == "--"] + ["--help"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs bash")
def test_bash_completes(tmp_path: Path) -> None:
    """A real bash reads the script, and what it offers after Tab is what the script found."""
    program = tmp_path / "perfxl"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m perfxl "$@"\n')
    program.chmod(0o755)
    lines = {
        "perfxl expl": "explain",
        "perfxl check --scheme linc": "lincang/2021",
        "perfxl check a --select F,Y101,Y10": "F,Y101,Y101 F,Y101,Y102 F,Y101,Y103",
        "perfxl explain F115 ": "",
    }
    script = """
        source <(perfxl completion bash)
        complete -p perfxl
        offered() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _perfxl; echo "${COMPREPLY[*]}"; }
    """
    script += "\n".join(f"offered {line if line[-1] != ' ' else line + chr(39) * 2}" for line in lines)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", script], capture_output=True, env=environment, cwd=tmp_path, check=True)
    first, *offered = done.stdout.decode().splitlines()
    assert (first, done.stderr.decode()) == ("complete -o default -F _perfxl perfxl", "")
    assert offered[:-1] == list(lines.values())[:-1]


@pytest.mark.parametrize("shell", ["zsh", "fish", "powershell"])
def test_scripts_of_other_shells_ask_the_same(capsys: Capture, shell: str) -> None:
    """Not run here, for want of the shells: only that they call what answers."""
    code, out, _ = run(capsys, "completion", shell)
    assert code == 0 and f"perfxl completion {shell} -- " in out
    mark = "=" if shell == "powershell" else ""
    assert run(capsys, "completion", shell, "--", f"{mark}expl") == (0, "explain\n", "")


def test_an_unknown_shell(capsys: Capture) -> None:
    assert run(capsys, "completion", "csh") == (
        2,
        "",
        "perfxl: SHELL 没有取值 csh；可用：bash、zsh、fish、powershell\n",
    )
