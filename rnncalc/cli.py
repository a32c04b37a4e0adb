"""The command line: parse options, call the library, write, exit. No mathematics and no wording of solutions here.

Standard output is data, standard error is talk. Exit codes: 0 fine, 1 the file expects other values, 2 bad input or
usage, 70 our bug, 130 interrupted.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from rnncalc import output as streams
from rnncalc.errors import Problem, RnncalcError, UsageError
from rnncalc.program import Exit, run


class DetailLevel(StrEnum):
    answers = "answers"
    steps = "steps"
    full = "full"


class ColourChoice(StrEnum):
    auto = "auto"
    always = "always"
    never = "never"


app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Worked solutions of the exercises of recurrent neural networks: every step shown, every digit right.",
    epilog="Start with:  rnncalc solve vietai/exercise2",
)

_FILES = "Exercise files, shipped exercises by name, or `-`; a cell may stand first: `lstm a.yaml`."
_FILE = "An exercise file, a shipped exercise by name, or `-`."
_DIGITS = "Decimals or significant digits, whichever shows more [default: 4]."
_FORMAT = "terminal or markdown; by default what the ending of the output file says."
_SUBJECT = "A cell of the library, an exercise file, a shipped exercise by name, or `-`."
Input = Annotated[int | None, typer.Option("--input", min=1, metavar="D", help="Entries of an input, d.")]
Hidden = Annotated[int | None, typer.Option("--hidden", min=1, metavar="H", help="Entries of a state, h.")]
Size = Annotated[list[str] | None, typer.Option("--size", metavar="K=N", help="Another size by its letter: `k=5`.")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to FILE, whole or not at all.")
]


def _version(asked: bool) -> None:
    if asked:
        from rnncalc import __version__

        typer.echo(f"rnncalc {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an internal error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
def solve(
    what: Annotated[
        list[str],
        typer.Argument(metavar="[CELL] FILE...", help=_FILES),
    ],
    detail: Annotated[DetailLevel, typer.Option(help="How much of the working out to show.")] = DetailLevel.steps,
    digits: Annotated[int | None, typer.Option(min=1, max=1000, help=_DIGITS)] = None,
    significant: Annotated[int | None, typer.Option(min=1, max=1000, help="So many significant digits.")] = None,
    last: Annotated[int | None, typer.Option(min=1, help="Show only the last N time steps.", metavar="N")] = None,
    float64: Annotated[bool, typer.Option("--float64", help="Quick arithmetic, last digits not certain.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object (a list for several files).")] = False,
    format: Annotated[str | None, typer.Option(help=_FORMAT)] = None,
    output: Output = None,
    color: Annotated[ColourChoice, typer.Option(help="Colour: on a terminal, always or never.")] = ColourChoice.auto,
) -> None:
    """Solve exercises step by step."""
    from rnncalc.api import solve as work_out
    from rnncalc.solving import Disagreement

    name = _format("json" if as_json else None, format, output)
    precision = _precision(digits, significant, name == "json")
    write = _writer(name, detail.value, output, color.value)
    cell, files = _cell_and_files(what)
    _spare_the_exercises(files, output)
    solutions: list[Any] = []
    problems: list[Problem] = []
    for file in files:
        try:
            exercise = _exercise(file, cell)
            with _progress() as progress:
                solution = work_out(exercise, precision=precision, last=last, float64=float64, progress=progress)
            solutions.append(solution)
        except RnncalcError as error:
            problems.extend(error.problems)
    if solutions:
        streams.write(write(solutions), output)
    if problems:
        raise RnncalcError(*problems)
    wrong = any(isinstance(remark, Disagreement) for solution in solutions for remark in solution.remarks)
    raise typer.Exit(Exit.DISAGREES if wrong else Exit.OK)


@app.command()
def train(
    file: Annotated[str, typer.Argument(metavar="FILE", help=_FILE)],
    detail: Annotated[DetailLevel, typer.Option(help="How much of the working out to show.")] = DetailLevel.steps,
    digits: Annotated[int | None, typer.Option(min=1, max=1000, help=_DIGITS)] = None,
    last: Annotated[int | None, typer.Option(min=1, help="Show only the last N time steps.", metavar="N")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    format: Annotated[str | None, typer.Option(help=_FORMAT)] = None,
    output: Output = None,
    color: Annotated[ColourChoice, typer.Option(help="Colour: on a terminal, always or never.")] = ColourChoice.auto,
) -> None:
    """Train a network: gradient, norm, scale, new weights, loss before and after."""
    from rnncalc.api import solve as work_out
    from rnncalc.solving import Disagreement

    name = _format("json" if as_json else None, format, output)
    write = _writer(name, detail.value, output, color.value)
    _spare_the_exercises([file], output)
    exercise = _exercise(file, None)
    if exercise.training is None:
        hint = "add `train: {rate: 0.1}` to it; `rnncalc solve` works out a network that is not trained"
        raise UsageError(Problem(f"`{file}` does not say how to train", None, hint))
    precision = _precision(digits, None, name == "json")
    with _progress() as progress:
        solution = work_out(exercise, precision=precision, last=last, progress=progress)
    streams.write(write([solution]), output)
    wrong = any(isinstance(remark, Disagreement) for remark in solution.remarks)
    raise typer.Exit(Exit.DISAGREES if wrong else Exit.OK)


@app.command()
def exercises(
    name: Annotated[str | None, typer.Argument(help="Print this exercise.")] = None,
    output: Output = None,
) -> None:
    """List the exercises that come with rnncalc, or print one."""
    from rnncalc import library

    if name is None:
        streams.write("\n".join(library.names()), output)
    else:
        streams.write(library.text(name), output)


@app.command()
def cells(
    name: Annotated[str | None, typer.Argument(help="Show this cell.")] = None,
    color: Annotated[ColourChoice, typer.Option(help="Colour: on a terminal, always or never.")] = ColourChoice.auto,
    output: Output = None,
) -> None:
    """List the networks of the library, or show one: equations, shapes, reference."""
    from rnncalc.cell import cell_names, find_cell, library_cell
    from rnncalc.handbook import cell_list, cell_page

    page = cell_list(map(library_cell, cell_names())) if name is None else cell_page(find_cell(name))
    _write_page(page, "terminal", color.value, output)


@app.command()
def params(
    what: Annotated[str, typer.Argument(metavar="NETWORK", help=_SUBJECT)],
    input: Input = None,
    hidden: Hidden = None,
    size: Size = None,
    format: Annotated[str | None, typer.Option(help=_FORMAT)] = None,
    color: Annotated[ColourChoice, typer.Option(help="Colour: on a terminal, always or never.")] = ColourChoice.auto,
    output: Output = None,
) -> None:
    """Count the parameters of a network: shape and product of each, and the total."""
    from rnncalc.handbook import check_sizes, described, parameter_page

    _spare_the_exercises([what], output)
    sizes = _sizes(input, hidden, size)
    network = described(_subject(what), sizes)
    check_sizes(sizes, [network])
    _write_page(parameter_page(network), format, color.value, output)


@app.command()
def compare(
    what: Annotated[list[str], typer.Argument(metavar="NETWORK", help=_SUBJECT)],
    input: Input = None,
    hidden: Hidden = None,
    size: Size = None,
    biases: Annotated[int | None, typer.Option(min=1, max=2, help="Count 1 or 2 biases in each gate.")] = None,
    format: Annotated[str | None, typer.Option(help=_FORMAT)] = None,
    color: Annotated[ColourChoice, typer.Option(help="Colour: on a terminal, always or never.")] = ColourChoice.auto,
    output: Output = None,
) -> None:
    """Put networks side by side: equations, gates, states, parameters; of exercises also the states computed."""
    from rnncalc.comparison import comparison

    _spare_the_exercises(what, output)
    page = comparison(map(_subject, what), _sizes(input, hidden, size), biases)
    _write_page(page, format, color.value, output)


@app.command()
def gradients(
    what: Annotated[list[str], typer.Argument(metavar="FILE", help=_FILES)],
    factored: Annotated[
        bool | None, typer.Option("--factored/--no-factored", help="Write ∂L/∂W as a sum over the steps, by factors.")
    ] = None,
    digits: Annotated[int | None, typer.Option(min=1, max=1000, help=_DIGITS)] = None,
    float64: Annotated[bool, typer.Option("--float64", help="Quick arithmetic, last digits not certain.")] = False,
    format: Annotated[str | None, typer.Option(help=_FORMAT)] = None,
    color: Annotated[ColourChoice, typer.Option(help="Colour: on a terminal, always or never.")] = ColourChoice.auto,
    output: Output = None,
) -> None:
    """Show whether gradients vanish or explode: their size and the Jacobians at each step, side by side."""
    from rnncalc.jacobian import measure
    from rnncalc.vanishing import explain_gradients

    cell, files = _cell_and_files(what)
    _spare_the_exercises(files, output)
    precision = _precision(digits, None, as_json=False)
    found = [measure(_exercise(file, cell), precision=precision, float64=float64) for file in files]
    _write_page(explain_gradients(found, factored), format, color.value, output)


@app.command()
def new(
    cell: Annotated[str, typer.Argument(help="A cell of the library: `rnncalc cells` lists them.")],
    output: Output = None,
) -> None:
    """Write a commented exercise file to start from."""
    from rnncalc.cell import find_cell
    from rnncalc.starter import starter

    streams.write(starter(find_cell(cell), str(output or "my.yaml")), output, fresh=True)


@app.command()
def schema(output: Output = None) -> None:
    """Print the JSON Schema of exercise files, for editors."""
    import json

    from rnncalc.schema import exercise_schema

    streams.write(json.dumps(exercise_schema(), indent=2, ensure_ascii=False), output)


# ---------------------------------------------------------------- arguments


def _precision(digits: int | None, significant: int | None, as_json: bool) -> Any:
    from rnncalc.numbers import Precision
    from rnncalc.record import DIGITS

    if digits and significant:
        raise UsageError(Problem("`--digits` and `--significant` exclude each other", None, "leave one of them out"))
    if significant:
        return Precision(significant, "significant")
    return Precision(digits) if digits else DIGITS if as_json else Precision()


def _cell_and_files(what: list[str]) -> tuple[str | None, list[str]]:
    """`lstm a.yaml b.yaml`: a first word that is a cell, and no file, names the cell of the files."""
    from rnncalc import library
    from rnncalc.cell import cell_names, find_cell

    first, *rest = what
    if library.exists(Path(first)):
        return None, what
    if first not in cell_names():
        if rest and first != "-" and first.isidentifier() and library.path(first) is None:
            find_cell(first)
        return None, what
    if not rest:
        hint = f"write `rnncalc solve {first} FILE`; `rnncalc new {first} -o my.yaml` makes a file to start from"
        raise UsageError(Problem(f"`{first}` is a cell; an exercise file is missing", None, hint))
    return first, rest


def _spare_the_exercises(files: list[str], output: Path | None) -> None:
    from rnncalc.library import exists

    for file in map(Path, files):
        if output is not None and output.is_file() and exists(file) and output.samefile(file):
            hint = "give the result another name, such as `-o solution.md`"
            raise UsageError(Problem(f"`-o {output}` would overwrite the exercise", None, hint))


def _exercise(file: str, cell: str | None) -> Any:
    from rnncalc.api import load, loads

    return loads(sys.stdin.buffer.read(), "<stdin>", cell) if file == "-" else load(file, cell)


def _subject(word: str) -> Any:
    """A cell of the library by its name, or else an exercise."""
    from rnncalc import library
    from rnncalc.cell import find_cell

    is_file = word == "-" or library.exists(Path(word)) or library.path(word) is not None
    is_name = word.replace("-", "_").isidentifier()
    return find_cell(word) if is_name and not is_file else _exercise(word, None)


def _sizes(input: int | None, hidden: int | None, others: list[str] | None) -> dict[str, int]:
    from rnncalc.parameters import read_sizes

    named = {letter: number for letter, number in (("d", input), ("h", hidden)) if number is not None}
    return {**named, **read_sizes(others or ())}


def _format(flag: str | None, name: str | None, output: Path | None) -> str:
    if flag and name and name != flag:
        raise UsageError(Problem(f"`--{flag}` and `--format {name}` exclude each other", None, "leave one of them out"))
    endings = {".md": "markdown", ".json": "json"}
    return flag or name or endings.get(output.suffix if output else "", "terminal")


def _writer(name: str, detail: Any, output: Path | None, color: str) -> Callable[[list[Any]], str]:
    """How solutions become text."""
    if name == "json":
        return _json
    options = {"width": streams.width(output), "colour": streams.colour(color, output)} if name == "terminal" else {}
    return lambda solutions: "\n".join(solution.text(detail, name, **options) for solution in solutions)


def _write_page(page: Any, name: str | None, color: str, output: Path | None) -> None:
    from rnncalc import formats

    name = _format(None, name, output)
    options = {"width": streams.width(output), "colour": streams.colour(color, output)} if name == "terminal" else {}
    streams.write(str(formats.writer(name)(page, **options)), output)


def _json(solutions: list[Any]) -> str:
    import json
    import re

    records = [solution.record() for solution in solutions]
    text = json.dumps(records[0] if len(records) == 1 else records, indent=2, ensure_ascii=False)
    # JSON may hold these characters as they are, but a terminal would obey them.
    obeyed = "[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
    return re.sub(obeyed, lambda found: f"\\u{ord(found[0]):04x}", text)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error for long runs on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rnncalc.progress import Bar

    with Bar() as bar:
        yield bar.update


def main() -> None:
    """The program `rnncalc`."""
    sys.exit(run(app))
