"""命令参考.md: every command, from what the command line itself knows."""

from __future__ import annotations

from collections.abc import Iterator

from perfxl.commands.help import described, spelling, summary, usage
from perfxl.commands.language import paragraphs
from perfxl.commands.tree import Command, command_tree, runnable
from perfxl.reports.escaping import markdown_text

_HEAD = """# 命令参考

与 `perfxl 命令 --help` 相同的内容。加 `--lang en` 得英文；`perfxl completion bash` 让命令行按 Tab 补全。

退出码：0 没有错误，1 有错误或没有做成，2 用法有误，3 perfxl 自身出错，130 中断。
`perfxl` 后面什么都不写时说先做什么，退出码为 2：脚本的参数丢了，不会被当成“没有错误”。

| 环境变量 | 用处 |
|---|---|
| `PERFXL_LANG` | `zh` 或 `en`；不设为中文，与系统的语言无关 |
| `PERFXL_PASSPHRASE` | 私钥的口令，不设时询问 |
| `PERFXL_TRACEBACK` | 设为 1，perfxl 自身出错时显示详情 |
| `NO_COLOR` | 设了就不用颜色 |

| 命令 | 做什么 |
|---|---|
"""


def reference_page() -> str:
    root = command_tree(runnable("zh"))
    commands = [command for command in root.every() if command.path and not command.commands]
    rows = [f"| [perfxl {_name(one)}](#{anchor(one)}) | {markdown_text(summary(one, 'zh'))} |" for one in commands]
    return "\n\n".join([_HEAD + "\n".join(rows), *("\n".join(_section(one)) for one in commands)]) + "\n"


def anchor(command: Command) -> str:
    return "-".join(command.path)


def _name(command: Command) -> str:
    return " ".join(command.path)


def _section(command: Command) -> Iterator[str]:
    yield f'<a id="{anchor(command)}"></a>\n\n## perfxl {_name(command)}\n'
    yield f"```text\n{usage(command, 'zh')}\n```\n"
    for paragraph in paragraphs(command.help, "zh"):
        yield f"{markdown_text(paragraph)}\n"
    rows = [(one.metavar + "…" * one.many, described(one, "zh")) for one in command.arguments]
    rows += [(spelling(one), described(one, "zh")) for one in command.options]
    if rows:
        yield "| 参数、选项 | 说明 |\n|---|---|"
        for name, text in rows:
            yield f"| `{name.replace('|', chr(92) + '|')}` | {markdown_text(text)} |"
