"""The command line: parse options, call the library, write, exit. No mathematics and no wording of solutions here.

Standard output is data, standard error is talk. Exit codes: 0 fine, 1 answers are wrong or the file expects other
values, 2 bad input or usage, 70 our bug, 130 interrupted.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from rnncalc.cli.program import run

# The module of each command, in the order of `rnncalc --help`.
COMMANDS = {
    "solve": "solving",
    "train": "solving",
    "gradients": "solving",
    "key": "teaching",
    "worksheet": "teaching",
    "check": "checking",
    "answers": "checking",
    "mistakes": "checking",
    "lint": "checking",
    "grade": "grading",
    "exercises": "files",
    "cells": "networks",
    "params": "networks",
    "compare": "networks",
    "diagram": "networks",
    "variants": "classes",
    "export": "classes",
    "new": "files",
    "import": "weights",
    "verify": "weights",
    "schema": "files",
}


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
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help="Worked solutions of the exercises of recurrent neural networks: every step shown, every digit right.",
        epilog="Start with:  rnncalc solve vietai/exercise2",
    )
    app.callback()(_root)
    asked = next((word for word in words if not word.startswith("-")), "")
    for name in [asked] if asked in COMMANDS else COMMANDS:
        module = import_module(f"{__name__}.{COMMANDS[name]}")
        # `import` is a word of Python.
        app.command(name)(getattr(module, f"{name}_" if name == "import" else name))
    return app


def main() -> None:
    """The program `rnncalc`."""
    sys.exit(run(application(sys.argv[1:])))
