"""What `--help` prints: the commands and the options in groups, and of each what one would type."""

from collections.abc import Iterator, Mapping
from typing import Any

MOST_TOGETHER = 12
"""The options of a command stand in one list up to so many, and in groups beyond."""


def write_command(command: Any, context: Any, formatter: Any) -> None:
    """The page of one command."""
    parameters = command.get_params(context)
    arguments = [one for one in parameters if one.param_type_name == "argument"]
    options = [one for one in parameters if one.param_type_name == "option"]
    formatter.write_usage(context.command_path, " ".join(["[OPTIONS]", *map(_in_usage, arguments)]))
    command.format_help_text(context, formatter)
    _section(formatter, "Arguments", ((_name(one), _explained(one)) for one in arguments))
    for title, group in _grouped(options).items():
        _section(formatter, title, ((_spelt(one), _explained(one)) for one in group))


def write_program(program: Any, context: Any, formatter: Any, groups: Mapping[str, Mapping[str, str]]) -> None:
    """The page of the whole program, with its commands in groups."""
    formatter.write_usage(context.command_path, "[OPTIONS] COMMAND …")
    program.format_help_text(context, formatter)
    widest = max(len(name) for names in groups.values() for name in names)
    for title, names in groups.items():
        told = ((name.ljust(widest), program.commands[name].get_short_help_str(formatter.width)) for name in names)
        _section(formatter, title, told)
    options = program.get_params(context)
    _section(formatter, "Options", ((_spelt(one), _explained(one)) for one in options))
    program.format_epilog(context, formatter)


def _section(formatter: Any, title: str, rows: Iterator[tuple[str, str]]) -> None:
    if lines := list(rows):
        with formatter.section(title):
            formatter.write_dl(lines)


def _grouped(options: list[Any]) -> dict[str, list[Any]]:
    """The options by the group that each names."""
    if len(options) <= MOST_TOGETHER:
        return {"Options": options}
    found: dict[str, list[Any]] = {}
    for one in options:
        found.setdefault(getattr(one, "rich_help_panel", None) or "Options", []).append(one)
    return found


def _name(argument: Any) -> str:
    """What stands for the argument: `FILE`, `[CELL] FILE...`."""
    return str(argument.metavar or argument.name.upper())


def _in_usage(argument: Any) -> str:
    name = _name(argument)
    several = "..." if argument.nargs == -1 and not name.endswith("...") else ""
    return f"{name}{several}" if argument.required or name.startswith("[") else f"[{name}]{several}"


def _spelt(option: Any) -> str:
    """`-o, --output FILE`."""
    names = " / ".join(filter(None, (", ".join(option.opts), ", ".join(option.secondary_opts))))
    return names if option.is_flag else f"{names} {option.metavar or option.name.upper()}"


def _explained(parameter: Any) -> str:
    told, default = str(parameter.help or ""), parameter.default
    if parameter.param_type_name == "argument":
        return told
    if parameter.required:
        return f"{told} [required]"
    if parameter.is_flag or default in (None, "", ()):
        return told
    # A no-break space keeps the two words on one line.
    return f"{told} [default:\N{NO-BREAK SPACE}{getattr(default, 'value', default)}]"
