"""What a user can do wrong on the command line, as one sentence with the cure, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from perfxl.problem import Problem

_UNKNOWN_COMMAND = re.compile(r"No such command '?([^'.]*)")
_EXTRA = re.compile(r"unexpected extra arguments?(?:\(s\))? \((.*)\)")
_LIMIT = re.compile(r"(?:greater than or equal to |range x>=)([\d.]+)")


class UsageProblem(Problem):
    """Ends the command with exit code 2."""


def lacks_command(error: Exception) -> bool:
    """Whether a group of commands was called without one of them."""
    return type(error).__name__ == "NoArgsIsHelpError"


def usage_sentence(error: Exception, command: str) -> tuple[str, str] | None:
    """The sentence for an error of the argument parser in the line of `command`; None for any other exception.

    Typer raises click's exceptions, and newer versions their own copies: they are told by name."""
    if not hasattr(error, "format_message"):
        return None
    said = " ".join(str(error.format_message()).split()).rstrip(".?")
    return (
        f"{_in_chinese(error, said)}；用法见 {command} --help",
        f"{said[:1].lower()}{said[1:]}; see {command} --help",
    )


def _in_chinese(error: Exception, said: str) -> str:
    name = type(error).__name__
    parameter = getattr(error, "param", None)
    option = str(getattr(error, "option_name", "") or "")
    if name == "NoSuchOption":
        return f"没有选项 {option}{_perhaps(option, getattr(error, 'possibilities', None) or ())}"
    if name == "BadOptionUsage":
        return f"选项 {option} 后面不跟值" if "does not take" in said else f"选项 {option} 缺少取值"
    if name == "MissingParameter":
        return f"缺少{_spelling(parameter)}"
    if name == "BadParameter":
        return f"{_spelling(parameter)} 的取值不对：{_expected(said)}"
    if unknown := _UNKNOWN_COMMAND.match(said):
        commands = getattr(getattr(getattr(error, "ctx", None), "command", None), "commands", {})
        return f"没有命令 {unknown[1]}{_perhaps(unknown[1], commands)}"
    if extra := _EXTRA.search(said):
        return f"多了参数 {extra[1]}"
    return f"命令行有误：{said}"


def _spelling(parameter: Any) -> str:
    """`参数 FILE` or `选项 --reason`."""
    if getattr(parameter, "param_type_name", "") == "option":
        return f"选项 {parameter.opts[-1]}"
    return f"参数 {str(getattr(parameter, 'metavar', None) or getattr(parameter, 'name', None) or '').upper()}"


def _expected(said: str) -> str:
    """What a value should have been; as the parser says it where we do not know the words."""
    if "integer" in said or "valid int" in said:
        return "应为整数"
    if "number" in said or "float" in said:
        return "应为数字"
    if limit := _LIMIT.search(said):
        return f"应不小于 {limit[1]}"
    if "does not match the format" in said:
        return "应为日期，如 2026-03-31 或 2026-03-31T09:30"
    return said.rpartition(": ")[2]


def _perhaps(typed: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(typed, list(known), 1)
    return f"，是不是 {close[0]}" if close else ""
