"""The commands with their arguments and options as plain data: for help, reference and completion.

The one place that looks into the objects that Typer builds; what it uses is the same in click and in Typer's copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from perfxl.finding import Language


class Parameter(NamedTuple):
    """An argument or option as it is typed. `help` is in both languages, `default` empty where there is none."""

    names: tuple[str, ...]
    """`--jobs`; empty for an argument."""
    metavar: str
    """What stands for the value; empty for a switch."""
    help: str
    default: str
    required: bool
    many: bool


class Command(NamedTuple):
    """`path` is how it is called, without `perfxl`; a group has `commands`. `help` is in both languages."""

    path: tuple[str, ...]
    help: str
    arguments: tuple[Parameter, ...]
    options: tuple[Parameter, ...]
    commands: Mapping[str, Command]

    def every(self) -> Iterator[Command]:
        """This command and all below it, as they are listed."""
        yield self
        for command in self.commands.values():
            yield from command.every()

    def called(self, words: Sequence[str]) -> Command:
        """The command that a command line names, as far as it names one."""
        command = self
        for word in words:
            command = command.commands.get(word, command)
        return command


@cache
def runnable(lang: Language, called: str = "") -> Any:
    """What runs a command line. Every command speaks `lang`; `--lang` itself has been taken out of the line.

    Where `called` names a command, the others are left out."""
    from typer.main import get_command

    from perfxl.commands.app import build_app

    root = get_command(build_app(called))
    _speak(root, lang)
    return root


def command_tree(root: Any) -> Command:
    """The commands of what `runnable` returns; hidden ones are left out."""
    return _command(root, ())


def _speak(command: Any, lang: Language) -> None:
    for parameter in command.params:
        if parameter.name == "lang":
            parameter.default = lang
    for below in getattr(command, "commands", {}).values():
        _speak(below, lang)


def _command(command: Any, path: tuple[str, ...]) -> Command:
    shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    below = {name: one for name, one in getattr(command, "commands", {}).items() if not one.hidden}
    return Command(
        path,
        command.help or "",
        tuple(_parameter(one) for one in shown if one.param_type_name == "argument"),
        tuple(_parameter(one) for one in shown if one.param_type_name == "option"),
        {name: _command(one, (*path, name)) for name, one in below.items()},
    )


def _parameter(parameter: Any) -> Parameter:
    is_argument = parameter.param_type_name == "argument"
    switch = bool(getattr(parameter, "is_flag", False))
    metavar = (parameter.metavar or parameter.name.upper()).rstrip(".…")
    default = parameter.default
    return Parameter(
        () if is_argument else tuple(parameter.opts),
        "" if switch else metavar,
        parameter.help or "",
        "" if switch or default in (None, "") or callable(default) else str(default),
        parameter.required,
        parameter.nargs == -1,
    )
