"""`--help` in the user's language, and what `perfxl` alone says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from perfxl.commands.language import paragraphs
from perfxl.text_width import display_width

if TYPE_CHECKING:
    from perfxl.commands.tree import Command, Parameter
    from perfxl.finding import Language

HELP = ("-h", "--help")
_WORDS = {
    "usage": ("用法：", "Usage: "),
    "some_option": ("[选项]", "[OPTIONS]"),
    "some_command": ("命令", "COMMAND"),
    "arguments": ("参数", "Arguments"),
    "options": ("选项", "Options"),
    "commands": ("命令", "Commands"),
    "required": ("（必填）", " (required)"),
    "default": ("（默认 {}）", " (default {})"),
    "help": ("显示这一页", "Show this page"),
}
_WIDEST = 100
_UNIT = r"(?s:[^\W\u3000-\uffef]+\S*?(?=[\s\u3000-\uffef]|$)|.)"
"""What is not broken between lines: a word, or one character of Chinese."""
_NEVER_FIRST = "。，、；：？）”》"

_FIRST_STEPS = {
    "zh": """\
perfxl：项目支出绩效自评表的填报和检查

  填表的人
    perfxl new mof/2020 自评表.xlsx         要一份空白官方表；别的地方和年度见 perfxl scheme list
    perfxl score 自评表.xlsx --write        校验并评分：问题标在格内，列在“校验结果”表
    perfxl lock 自评表.xlsx                 没有问题了，锁定提交

  审核的人
    perfxl check 文件夹 --report 报告       检查收到的全部表，写出汇总表和网页
    perfxl explain F102                     看不懂的代码，问它

  全部命令：perfxl --help        English: perfxl --lang en
""",
    "en": """\
perfxl: official self-evaluation forms, filled and checked

  who fills in a form
    perfxl new mof/2020 form.xlsx           a blank official form; other places and years: perfxl scheme list
    perfxl score form.xlsx --write          score it; findings are marked in the cells and listed on a sheet
    perfxl lock form.xlsx                   nothing left to mend: lock it for submission

  who reviews the forms
    perfxl check FOLDER --report REPORT     check all that came in; writes a summary workbook and a page
    perfxl explain F102                     what a code means

  all commands: perfxl --help --lang en
""",
}


def first_steps(lang: Language) -> str:
    """What to do first, for a clerk and for a reviewer."""
    return _FIRST_STEPS[lang]


def wants_help(given: Sequence[str]) -> bool:
    """Whether a command line asks for help; what stands after `--` is data."""
    before = list(given[: given.index("--")]) if "--" in given else given
    return any(word in HELP for word in before)


def help_page(command: Command, lang: Language) -> str:
    """A command's page."""
    width = min(shutil.get_terminal_size((_WIDEST, 24)).columns, _WIDEST)
    parts = [[_word("usage", lang) + usage(command, lang)]]
    parts += [_wrapped(text, width, "  ") for text in paragraphs(command.help, lang)]
    arguments = [(one.metavar + "…" * one.many, described(one, lang)) for one in command.arguments]
    options = [(spelling(one), described(one, lang)) for one in command.options]
    commands = [(name, summary(one, lang)) for name, one in command.commands.items()]
    options.append((", ".join(HELP), _word("help", lang)))
    for title, rows in (("arguments", arguments), ("options", options), ("commands", commands)):
        if rows:
            parts.append([_word(title, lang), *_table(rows, width)])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def usage(command: Command, lang: Language) -> str:
    """`perfxl lock [选项] FILE…`."""
    words = ["perfxl", *command.path, _word("some_option", lang)]
    words += [one.metavar + "…" * one.many for one in command.arguments]
    return " ".join(words + [_word("some_command", lang)] * bool(command.commands))


def spelling(option: Parameter) -> str:
    """`--scheme ID`."""
    return " ".join((", ".join(option.names), *([option.metavar] if option.metavar else [])))


def described(parameter: Parameter, lang: Language) -> str:
    """What an argument or option is, whether it has to be there, and its default."""
    text = " ".join(paragraphs(parameter.help, lang)).rstrip("。.")
    if parameter.required and parameter.names:
        text += _word("required", lang)
    return text + (_word("default", lang).format(parameter.default) if parameter.default else "")


def summary(command: Command, lang: Language) -> str:
    """The first sentence of its help."""
    first = next(iter(paragraphs(command.help, lang)), "")
    return re.split(r"。|\. ", first)[0].rstrip(".")


def _word(key: str, lang: Language) -> str:
    return _WORDS[key][lang == "en"]


def _table(rows: Sequence[tuple[str, str]], width: int) -> Iterator[str]:
    left = min(max(display_width(name) for name, _ in rows), 24)
    indent = " " * (left + 4)
    for name, text in rows:
        head, *rest = _wrapped(text, width, indent)
        if display_width(name) > left:
            yield f"  {name}"
            yield head
        else:
            yield f"  {name}{' ' * (left - display_width(name))}  {head.lstrip()}"
        yield from rest


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    lines, line = [], ""
    for unit in re.findall(_UNIT, text):
        if line and unit not in _NEVER_FIRST and display_width(indent + line + unit) > width:
            lines.append(line.rstrip())
            line = ""
        line += unit if line else unit.lstrip()
    return [indent + one for one in (*lines, line)]
