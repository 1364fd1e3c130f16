"""`perfxl completion …`: the shell completes commands, options, schemes and codes.

The script that a shell reads calls this command again, with the words typed so far behind `--`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from perfxl.commands.tree import Command, Parameter

_SCRIPTS = {
    "bash": """\
_perfxl() {
    local IFS=$'\\n'
    COMPREPLY=($(perfxl completion bash -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _perfxl perfxl
""",
    "zsh": """\
#compdef perfxl
_perfxl() {
    local -a found
    found=("${(@f)$(perfxl completion zsh -- "${(@)words[2,$CURRENT]}" 2>/dev/null)}")
    if [[ -n "$found" ]]; then compadd -- $found; else _files; fi
}
compdef _perfxl perfxl
""",
    "fish": """\
function __perfxl_complete
    set -l typed (commandline -opc) (commandline -ct)
    perfxl completion fish -- $typed[2..] 2>/dev/null
end
complete -c perfxl -a "(__perfxl_complete)"
""",
    # Old versions drop an empty word on its way to a program, so each word goes with a mark in front.
    "powershell": """\
Register-ArgumentCompleter -Native -CommandName perfxl -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = $commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition }
    $typed = @($before | Select-Object -Skip 1 | ForEach-Object { "=$_" })
    if ($wordToComplete -eq '') { $typed += '=' }
    perfxl completion powershell -- @typed 2>$null | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
""",
}


def completion(
    shell: str = typer.Argument(metavar="SHELL", help="bash zsh fish powershell"),
    typed: list[str] | None = typer.Argument(None, hidden=True),
) -> None:
    """命令行按 Tab 补全：印出一段脚本，由命令行读入。The script that makes a shell complete our commands.

    bash：把 source <(perfxl completion bash) 写进 ~/.bashrc。
    For bash put source <(perfxl completion bash) into ~/.bashrc.
    """
    from perfxl.commands import choices

    script = _SCRIPTS[choices.one_of("SHELL", shell, _SCRIPTS)]
    if typed is None:
        typer.echo(script, nl=False)
        return
    from perfxl.commands.tree import command_tree, runnable

    words = [word.removeprefix("=") for word in typed] if shell == "powershell" else typed
    for candidate in candidates(words, command_tree(runnable("zh"))):
        typer.echo(candidate)


def candidates(words: Sequence[str], root: Command) -> list[str]:
    """What the last word can become; nothing where a file is wanted, which shells know themselves."""
    *before, current = words
    command = root.called(before)
    asking = [option for option in command.options if before and before[-1] in option.names and option.metavar]
    if asking:
        found = _values(asking, current)
    elif current.startswith("-"):
        found = [name for option in command.options for name in option.names] + ["--help"]
    else:
        found = [*command.commands, *_values(command.arguments, current)]
    return [candidate for candidate in dict.fromkeys(found) if candidate.startswith(current)]


def _values(parameters: Iterable[Parameter], current: str) -> list[str]:
    return [value for parameter in parameters for value in _values_of(parameter, current)]


def _values_of(parameter: Parameter, current: str) -> Iterable[str]:
    from perfxl.finding import Severity, catalog
    from perfxl.scheme_files import builtin_schemes

    match parameter.metavar:
        case "CODE":
            return catalog()
        case "CODES":
            whole = current.rpartition(",")[0]
            return [f"{whole},{code}" if whole else code for code in catalog()]
        case "ID" | "SCHEME":
            return builtin_schemes()
        case "LEVEL":
            return [severity.label() for severity in Severity]
        case "zh|en":
            return ("zh", "en")
        case _:  # A help that only lists words lists the values.
            return parameter.help.split() if parameter.help.isascii() else ()
