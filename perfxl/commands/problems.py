"""What a user can do wrong on the command line, as one sentence with the cure, in both languages."""

from __future__ import annotations

import re

_UNKNOWN_COMMAND = re.compile(r"No such command '?([^'.]*)")


class UsageProblem(Exception):
    """Ends the command with exit code 2."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


def help_text(error: Exception) -> str | None:
    """The help that stands for a missing command; None for any other exception."""
    if type(error).__name__ != "NoArgsIsHelpError":
        return None
    return str(getattr(error, "format_message", lambda: "")())


def usage_sentence(error: Exception) -> tuple[str, str] | None:
    """The sentence for an error of the argument parser; None for any other exception.

    Typer raises click's exceptions, and newer versions their own copies: they are told by name."""
    if not hasattr(error, "format_message"):
        return None
    en = " ".join(str(error.format_message()).split())
    name = type(error).__name__
    option = str(getattr(error, "option_name", "") or "")
    if name == "NoSuchOption":
        return f"没有选项 {option}；可用的选项见 --help", en
    if name == "BadOptionUsage":
        return f"选项 {option} 缺少取值；用法见 --help", en
    if name == "MissingParameter":
        parameter = getattr(error, "param", None)
        missing = getattr(parameter, "metavar", None) or getattr(parameter, "name", None) or ""
        return f"缺少参数 {str(missing).upper()}；用法见 --help", en
    if unknown := _UNKNOWN_COMMAND.match(en):
        return f"没有命令 {unknown[1]}；可用的命令见 --help", en
    return f"命令行有误：{en}；用法见 --help", en
