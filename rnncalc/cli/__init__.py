"""The command line: parse options, call the library, write, exit. No mathematics and no wording of solutions here.

Standard output is data, standard error is talk. Exit codes: 0 fine, 1 answers are wrong or the file expects other
values, 2 bad input or usage, 70 our bug, 130 interrupted.
"""

import sys
from typing import Annotated

import typer

from rnncalc.cli import checking, classes, files, grading, networks, solving, teaching, weights
from rnncalc.program import run

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Worked solutions of the exercises of recurrent neural networks: every step shown, every digit right.",
    epilog="Start with:  rnncalc solve vietai/exercise2",
)


def _version(asked: bool) -> None:
    if asked:
        from rnncalc import __version__

        typer.echo(f"rnncalc {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an internal error.")] = False,
    lang: Annotated[str, typer.Option("--lang", metavar="LANG", help="The language of the pages: en, vi.")] = "",
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


# In the order of `rnncalc --help`.
for command in (
    solving.solve,
    solving.train,
    solving.gradients,
    teaching.key,
    teaching.worksheet,
    checking.check,
    checking.answers,
    checking.mistakes,
    checking.lint,
    grading.grade,
    files.exercises,
    networks.cells,
    networks.params,
    networks.compare,
    networks.diagram,
    classes.variants,
    classes.export,
    files.new,
    weights.import_,
    weights.verify,
    files.schema,
):
    # `import` is a word of Python.
    app.command(command.__name__.rstrip("_"))(command)


def main() -> None:
    """The program `rnncalc`."""
    sys.exit(run(app))
