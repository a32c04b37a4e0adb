"""The program round the commands: every error is drawn here, and becomes an exit code."""

import os
import sys
from enum import IntEnum, StrEnum
from errno import ENOSPC
from io import TextIOWrapper
from typing import Any

import typer

from rnncalc.errors import Problem, RnncalcError, UsageError, did_you_mean, draw
from rnncalc.languages import decimal_commas, names, speaking
from rnncalc.output import unwritable


class Exit(IntEnum):
    OK = 0
    DISAGREES = 1
    BAD_INPUT = 2
    BUG = 70
    INTERRUPTED = 130


def run(app: typer.Typer) -> int:
    """Run the commands on the arguments of the program, and give its exit code."""
    # A stream that the caller has closed (`rnncalc … >&-`) is None.
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    # `--debug`, `--lang` and `--decimal-comma` are understood behind the command too, where one adds them to a line.
    debug, commas = "--debug" in sys.argv, "--decimal-comma" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument not in ("--debug", "--decimal-comma")]
    try:
        with speaking(_language(arguments)), decimal_commas(commas):
            return _command(app)(arguments, prog_name="rnncalc", standalone_mode=False) or Exit.OK
    except RnncalcError as error:
        _say(draw(error.problems))
        return Exit.BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        return Exit.INTERRUPTED
    except Exception as error:
        if hasattr(error, "format_message"):
            _say(_usage(error))
            return Exit.BAD_INPUT
        # The pages of `--help` are written by Typer.
        if isinstance(error, OSError) and error.errno == ENOSPC and error.filename is None:
            _say(draw(unwritable(error).problems))
            return Exit.BAD_INPUT
        if debug:
            raise
        _say(_bug(error))
        return Exit.BUG


def _language(arguments: list[str]) -> str:
    """The language asked for, taken out of the arguments; the last one if there are several."""
    wanted = ""
    while place := next((n for n, word in enumerate(arguments, 1) if word.partition("=")[0] == "--lang"), 0):
        word = arguments.pop(place - 1)
        _option, equals, wanted = word.partition("=")
        if not equals:
            wanted = arguments.pop(place - 1) if place <= len(arguments) else ""
        if not wanted:
            raise UsageError(Problem("`--lang` names no language", None, f"known: {', '.join(names())}"))
        if wanted not in names():
            hint = did_you_mean(wanted, names(), f"known: {', '.join(names())}")
            raise UsageError(Problem(f"there is no language `{wanted}`", None, hint))
    return wanted


def _command(app: typer.Typer) -> Any:
    """The commands, ready to run.

    Typer (0.29) builds a pydantic validator for every option, used or not, which doubles the time of a short run:
    values that have their type already are let through without one.
    """
    group = typer.main.get_command(app)
    for command in (group, *getattr(group, "commands", {}).values()):
        for parameter in command.get_params(typer.Context(command)):
            if getattr(parameter, "_runtime_param", False) is None:
                parameter._runtime_param = _LetThrough()
    return group


class _LetThrough:
    """Takes the place of Typer's validator until a value needs one."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        wanted = param.type_descriptor.annotation
        if value is None or wanted in (str, list[str]):
            return value
        if isinstance(wanted, type) and issubclass(wanted, StrEnum) and value in list(wanted):
            return wanted(value)
        param._runtime_param = None
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


def _say(text: str) -> None:
    """To standard error, if anybody still reads it."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _usage(error: Any) -> str:
    """What Typer says of a command line, as our other errors look."""
    what = str(error.format_message()).replace("Value error, ", "").replace(": Input should", ": it should").rstrip(".")
    if "\n" in what:
        return what
    path = error.ctx.command_path if error.ctx else "rnncalc"
    return draw([Problem(what[:1].lower() + what[1:], None, f"`{path} --help` shows how it is used")])


def _bug(error: Exception) -> str:
    problem = Problem(
        f"this is a mistake in rnncalc, not in your file: {type(error).__name__}: {error}",
        hint="run it again as `rnncalc --debug …` and report what it prints, with the exercise",
    )
    return draw([problem])
