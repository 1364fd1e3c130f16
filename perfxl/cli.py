"""The entry of the command: answers --version at once, turns every failure into one sentence and an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from perfxl.commands.exit_codes import CLEAN, FINDINGS, INTERNAL, INTERRUPTED, USAGE


def process() -> int:
    """`main` as all that this process does. What others may want of Python in their own process is switched off: an
    eighth of the time of a check of one file."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # they are looked for in every package installed
    gc.set_threshold(100_000)  # a start makes 60,000 objects that stay, and hardly a cycle
    code = main()
    gc.freeze()  # Python would look for cycles once more before it ends
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Nothing is raised."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given == ["--version"]:
        from perfxl import __version__

        print(f"perfxl {__version__}")
        return CLEAN
    _prepare_streams()
    try:
        return _run(given)
    except KeyboardInterrupt:
        return _said("已中断，可重新运行", "interrupted; run again", given, INTERRUPTED)
    except BrokenPipeError:
        # The reader (head, less) has gone: nobody is left to tell. Python must not complain at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINDINGS
    except Exception as error:
        if os.environ.get("PERFXL_TRACEBACK"):
            raise
        what = f"{type(error).__name__} {error}"
        return _said(
            f"perfxl 自身出错（{what}），请把这一行发给维护人员；设 PERFXL_TRACEBACK=1 可看详情",
            f"perfxl failed ({what}); please report this line. PERFXL_TRACEBACK=1 shows more",
            given,
            INTERNAL,
        )


def _run(given: list[str]) -> int:
    from perfxl.commands.help import first_steps, help_page, wants_help
    from perfxl.commands.language import spoken
    from perfxl.commands.problems import UsageProblem, lacks_command, usage_sentence

    try:
        lang, words = spoken(given)
        if not words:
            # Not 0: a script whose arguments got lost must not take this for "no findings".
            print(first_steps(lang), end="", file=sys.stderr)
            return USAGE
        from perfxl.commands.tree import command_tree, runnable

        root = runnable(lang, words[0])
        if wants_help(words):
            print(help_page(command_tree(root).called(words), lang), end="")
            return CLEAN
        code: int | None = root(args=words, prog_name="perfxl", standalone_mode=False)
    except UsageProblem as problem:
        return _said(problem.zh, problem.en, given, USAGE)
    except Exception as error:
        called = command_tree(root).called(words)
        if lacks_command(error):
            print(help_page(called, lang), end="", file=sys.stderr)
            return USAGE
        sentence = usage_sentence(error, " ".join(("perfxl", *called.path)))
        if sentence is None:
            raise
        return _said(*sentence, given, USAGE)
    if code == INTERRUPTED:  # Typer has caught the interruption
        raise KeyboardInterrupt
    return code or CLEAN


def _said(zh: str, en: str, given: Sequence[str], code: int) -> int:
    from perfxl.commands.language import spoken
    from perfxl.commands.problems import UsageProblem
    from perfxl.reports.escaping import visible

    try:
        text = en if spoken(given)[0] == "en" else zh
    except UsageProblem:
        text = zh
    sys.stdout.flush()
    print(f"perfxl: {visible(text)}", file=sys.stderr)
    return code


def _prepare_streams() -> None:
    """UTF-8 on Windows whatever its code page; nowhere does a character that cannot be written end the run."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            encoding = "utf-8" if sys.platform == "win32" else None
            reconfigure(encoding=encoding, errors="backslashreplace")
