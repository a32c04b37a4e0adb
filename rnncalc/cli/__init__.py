"""The command line: parse options, call the library, write, exit. No mathematics and no wording of solutions here.

Standard output is data, standard error is talk. Exit codes: 0 fine, 1 answers are wrong or the file expects other
values, 2 bad input or usage, 70 our bug, 130 interrupted.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
import typer.core

from rnncalc.cli.program import run

# The module of each command, in the groups and in the order of `rnncalc --help`.
GROUPS = {
    "Solve": {"solve": "solving", "train": "solving", "gradients": "solving", "verify": "weights"},
    "Look up": {
        "exercises": "files",
        "cells": "networks",
        "compare": "networks",
        "params": "networks",
        "diagram": "networks",
    },
    "Write exercises": {"new": "files", "import": "weights", "lint": "checking", "schema": "files"},
    "Hand them out": {"worksheet": "teaching", "key": "teaching", "variants": "classes", "export": "classes"},
    "Check answers": {"answers": "checking", "check": "checking", "mistakes": "checking", "grade": "grading"},
}
COMMANDS = {name: module for group in GROUPS.values() for name, module in group.items()}


class _Command(typer.core.TyperCommand):
    def format_help(self, ctx: Any, formatter: Any) -> None:
        from rnncalc.cli.helping import write_command

        write_command(self, ctx, formatter)


class _Program(typer.core.TyperGroup):
    def format_help(self, ctx: Any, formatter: Any) -> None:
        from rnncalc.cli.helping import write_program

        write_program(self, ctx, formatter, GROUPS)


def _version(asked: bool) -> None:
    if asked:
        from rnncalc import __version__

        typer.echo(f"rnncalc {__version__}")
        raise typer.Exit


def _root(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an internal error.")] = False,
    lang: Annotated[str, typer.Option("--lang", metavar="LANG", help="The language of the pages: en, vi.")] = "",
    decimal_comma: Annotated[
        bool, typer.Option("--decimal-comma", help="Commas, `0,73`, in the numbers of pages and of answers.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def application(words: Sequence[str] = ()) -> typer.Typer:
    """The program with the command that the words begin with, and with all of them where they begin with none: Typer
    takes a millisecond to make a command, which a short run would notice twenty times."""
    app = typer.Typer(
        cls=_Program,
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help="Worked solutions of the exercises of recurrent neural networks: every step shown, every digit right.",
        epilog="Start with:  rnncalc solve vietai/exercise2",
    )
    app.callback()(_root)
    asked = next((word for word in words if not word.startswith("-") or word == "--help"), "")
    for name in [asked] if asked in COMMANDS else COMMANDS:
        module = import_module(f"{__name__}.{COMMANDS[name]}")
        # `import` is a word of Python.
        app.command(name, cls=_Command)(getattr(module, f"{name}_" if name == "import" else name))
    return app


def main() -> None:
    """The program `rnncalc`."""
    sys.exit(run(application(sys.argv[1:])))
