"""What the commands share: options and arguments with their help, and how they become what the library takes."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from rnncalc import formats
from rnncalc import output as streams
from rnncalc.errors import Problem, RnncalcError, UsageError


class DetailLevel(StrEnum):
    answers = "answers"
    steps = "steps"
    full = "full"


class CodeLanguage(StrEnum):
    python = "python"
    c = "c"


class ColourChoice(StrEnum):
    auto = "auto"
    always = "always"
    never = "never"


# The groups in which `--help` shows the options of a command that has many.
_closed = partial(typer.Option, rich_help_panel="Closed forms and letters")
_unknown = partial(typer.Option, rich_help_panel="For which numbers")
_gradients = partial(typer.Option, rich_help_panel="Gradients")
_output = partial(typer.Option, rich_help_panel="Output")

_FILES = "Exercise files, shipped exercises by name, or `-`; a cell may stand first: `lstm a.yaml`."
_SUBJECT = "A cell of the library, an exercise file, a shipped exercise by name, or `-`."
_DIGITS = "Decimals or significant digits, whichever shows more [default: 4]."
_ENDING = "; without it, as the ending of FILE says."
_OUTPUT = "Write to FILE, whole or not at all."
_FORMAT = f"{', '.join(formats.names())} or json{_ENDING}"
_PAGE_FORMAT = f"{', '.join(formats.names()[:-1])} or {formats.names()[-1]}{_ENDING}"

_RANGE = "Where to search, if that is the only way [default: -100,100]."
_SECONDS = "End closed forms after S seconds, with the steps so far [default: 60]."

Files = Annotated[list[str], typer.Argument(metavar="[CELL] FILE...", help=_FILES)]
File = Annotated[str, typer.Argument(metavar="FILE", help="An exercise file, a shipped exercise by name, or `-`.")]
Subject = Annotated[str, typer.Argument(metavar="NETWORK", help=_SUBJECT)]
Subjects = Annotated[list[str], typer.Argument(metavar="NETWORK", help=_SUBJECT)]
Detail = Annotated[DetailLevel, typer.Option(metavar="answers|steps|full", help="How much working out to show.")]
Digits = Annotated[int | None, typer.Option(min=1, max=1000, metavar="N", help=_DIGITS)]
Significant = Annotated[int | None, typer.Option(min=1, max=1000, metavar="N", help="So many significant digits.")]
Last = Annotated[int | None, typer.Option(min=1, help="Show only the last N time steps.", metavar="N")]
Float64 = Annotated[bool, typer.Option("--float64", help="Quick arithmetic, last digits not certain.")]
Exact = Annotated[bool, _closed("--exact", help="Closed forms: fractions, σ(−4), √2, with their decimals.")]
Symbolic = Annotated[bool, _closed("--symbolic", help="Letters for the data: general formulas.")]
Symbols = Annotated[str | None, _closed(metavar="NAMES", help="Letters for these data only: `W_f,x_1,b[2]`.")]
Put = Annotated[list[str] | None, _closed("--set", metavar="W=1/2", help="A number for a letter or an entry.")]
Unfold = Annotated[bool, _closed("--unfold", help="Answers in the data alone, without names of steps.")]
Simplify = Annotated[bool, _closed("--simplify", help="Answers as short as SymPy makes them.")]
Code = Annotated[CodeLanguage | None, _closed(metavar="python|c", help="Print a program of the steps, no page.")]
For = Annotated[list[str] | None, _unknown("--for", metavar="W", help="Find these numbers: `w`, `b_f`, `W_f[1,2]`, …")]
When = Annotated[
    list[str] | None, _unknown("--when", metavar="EQUATION", help="… for which `h_1 = [1/2, 0]`, `f_1[2] = w/2`, …")
]
Range = Annotated[str | None, _unknown("--range", metavar="A,B", help=_RANGE)]
Seconds = Annotated[float | None, _closed("--max-seconds", min=0.001, metavar="S", help=_SECONDS)]
Format = Annotated[str | None, _output(metavar="FORMAT", help=_FORMAT)]
PageFormat = Annotated[str | None, _output("--format", metavar="FORMAT", help=_PAGE_FORMAT)]
Colour = Annotated[ColourChoice, _output(metavar="auto|always|never", help="When to use colour.")]
Input = Annotated[int | None, typer.Option("--input", min=1, metavar="D", help="Entries of an input, d.")]
Hidden = Annotated[int | None, typer.Option("--hidden", min=1, metavar="H", help="Entries of a state, h.")]
Size = Annotated[list[str] | None, typer.Option("--size", metavar="K=N", help="Another size by its letter: `k=5`.")]
Json = Annotated[bool, _output("--json", help="Print one JSON object.")]
JsonOfAll = Annotated[bool, _output("--json", help="Print one JSON object, a list for several files.")]
Gradients = Annotated[bool, _gradients("--gradients", help="Ask for the loss and its gradient at every parameter too.")]
CheckGradients = Annotated[
    bool, _gradients("--check-gradients", help="Compare all gradients with difference quotients of the loss.")
]
Output = Annotated[Path | None, _output("-o", "--output", metavar="FILE", help=_OUTPUT)]


def asked_precision(digits: int | None, significant: int | None, as_json: bool) -> Any:
    from rnncalc.numbers import Precision
    from rnncalc.pages.record import DIGITS

    if digits and significant:
        raise UsageError(Problem("`--digits` and `--significant` exclude each other", None, "leave one of them out"))
    if significant:
        return Precision(significant, "significant")
    return Precision(digits) if digits else DIGITS if as_json else Precision()


def cell_and_files(what: list[str]) -> tuple[str | None, list[str]]:
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
        hint = f"name a file behind it: `{first} FILE`; `rnncalc new {first} -o my.yaml` makes one to start from"
        raise UsageError(Problem(f"`{first}` is a cell; an exercise file is missing", None, hint))
    return first, rest


def spare_the_exercises(files: list[str], output: Path | None) -> None:
    from rnncalc.library import exists

    for file in map(Path, files):
        if output is not None and output.is_file() and exists(file) and output.samefile(file):
            hint = "give the result another name, such as `-o solution.md`"
            raise UsageError(Problem(f"`-o {output}` would overwrite the exercise", None, hint))


def asked_numbers(given: list[str] | None) -> dict[str, str]:
    """`--set w=1/2` as a name and a number."""
    found = {}
    for text in given or ():
        name, sign, number = text.partition("=")
        if not sign:
            raise UsageError(Problem(f"`--set {text}` does not say what is put in", None, "write `--set w=1/2`"))
        found[name.strip()] = number.strip()
    return found


def asked_question(unknown: list[str] | None, when: list[str] | None, within: str | None) -> dict[str, Any] | None:
    """`--for w --when "h_1 = 1/2"`, if it is asked."""
    if bool(unknown) != bool(when):
        hint = 'write `--for w --when "h_1 = 1/2"`'
        raise UsageError(Problem("`--for` and `--when` belong together", None, hint))
    if not unknown and within is not None:
        raise UsageError(Problem("`--range` is where `--for` searches", None, "add `--for` and `--when`"))
    if not unknown:
        return None
    low, comma, high = (within or "-100,100").partition(",")
    if not comma:
        raise UsageError(Problem(f"`--range {within}` is no range", None, "write `--range -10,10`"))
    return {"unknown": unknown, "when": when, "within": (low, high)}


def check_kinds(float64: bool, closed: bool, code: bool, question: bool, check: bool, page: bool) -> None:
    """Refuse options of `solve` that exclude each other; `page` is whether a form of the page is asked for."""
    if question and (float64 or check):
        option = "--float64" if float64 else "--check-gradients"
        raise UsageError(Problem(f"`{option}` and `--for` exclude each other", None, "leave one of them out"))
    if code and page:
        raise UsageError(Problem("`--code` prints a program, not a page", None, "leave `--json` and `--format` out"))
    if float64 and closed:
        raise UsageError(Problem("`--float64` and closed forms exclude each other", None, "leave `--float64` out"))
    if code and question:
        raise UsageError(Problem("`--code` and `--for` exclude each other", None, "leave one of them out"))


def asked_letters(symbolic: bool, symbols: str | None) -> bool | list[str]:
    """The data named, at commas outside brackets; else all or none of them."""
    import re

    named = [name.strip() for name in re.split(r",(?![^\[]*\])", symbols or "")]
    return [name for name in named if name] or symbolic


def read_exercise(file: str, cell: str | None, gradients: bool = False) -> Any:
    from rnncalc.api import load, loads

    if file == "-":
        from rnncalc.source import read_stdin

        return loads(read_stdin(), "<stdin>", cell, gradients)
    return load(file, cell, gradients)


def written(words: list[str]) -> list[tuple[Any, Any]]:
    """The nodes of each file and the exercise they say: `lstm a.yaml`, a shipped exercise by name, `-`."""
    from rnncalc.exercise import read_exercise
    from rnncalc.library import find
    from rnncalc.source import read_file, read_stdin, read_text

    cell, files = cell_and_files(words)
    found = []
    for file in files:
        path = Path("<stdin>") if file == "-" else find(file)
        node: Any = read_text(read_stdin(), "<stdin>") if file == "-" else read_file(path)
        found.append((node, read_exercise(node, path.stem, path.parent, cell)))
    return found


def subject(word: str) -> Any:
    """A cell of the library by its name, or else an exercise."""
    from rnncalc.cell import find_cell

    return find_cell(word) if names_a_cell(word) else read_exercise(word, None)


def names_a_cell(word: str) -> bool:
    """Whether it is meant as the name of a cell: there is no such exercise, and it looks like a name."""
    from rnncalc import library

    is_file = word == "-" or library.exists(Path(word)) or library.path(word) is not None
    return word.replace("-", "_").isidentifier() and not is_file


def asked_sizes(input: int | None, hidden: int | None, others: list[str] | None) -> dict[str, int]:
    from rnncalc.parameters import read_sizes

    named = {letter: number for letter, number in (("d", input), ("h", hidden)) if number is not None}
    sizes = read_sizes(others or ())
    for letter in sorted(named.keys() & sizes.keys()):
        option = "--input" if letter == "d" else "--hidden"
        raise UsageError(
            Problem(f"`{option}` and `--size {letter}=…` exclude each other", None, "leave one of them out")
        )
    return {**named, **sizes}


def format_name(flag: str | None, name: str | None, output: Path | None) -> str:
    if flag and name and name != flag:
        raise UsageError(Problem(f"`--{flag}` and `--format {name}` exclude each other", None, "leave one of them out"))
    if flag or name or output is None or not output.suffix:
        return flag or name or "terminal"
    found = "json" if output.suffix == ".json" else formats.of_ending(output.suffix)
    if found is None:
        known = ", ".join(sorted([".json", *(formats.ending(one) for one in formats.names())]))
        hint = f"the endings are {known}; `--format` chooses whatever the file is called"
        raise UsageError(Problem(f"no format has files that end in `{output.suffix}`", None, hint))
    return found


def solved(
    files: list[str],
    cell: str | None,
    question: dict[str, Any] | None = None,
    gradients: bool = False,
    **options: Any,
) -> tuple[list[Any], list[Problem]]:
    """The solutions of all files that can be solved, or the answers to a question, and the problems of the others."""
    from rnncalc.api import solve, solve_for

    solutions: list[Any] = []
    problems: list[Problem] = []
    for file in files:
        try:
            exercise = read_exercise(file, cell, gradients)
            if question is not None:
                # Its values are closed forms in any case, with `exact` or without.
                taken = ("precision", "last", "symbolic", "put_in", "unfold", "simplify", "max_seconds")
                solutions.append(solve_for(exercise, **question, **{name: options[name] for name in taken}))
                continue
            with progress_bar() as progress:
                solutions.append(solve(exercise, progress=progress, **options))
        except RnncalcError as error:
            problems.extend(error.problems)
    return solutions, problems


def write_text(text: str, output: Path | None) -> None:
    streams.write(text, output)


def write_solutions(
    solutions: list[Any], name: str, detail: Any, output: Path | None, color: str, equations: bool = False
) -> None:
    """Pages one below the other in a format that is a stream of text, as one sheet in the others; with the equations of
    their networks, if these are wanted."""
    from rnncalc.api import answer_key

    if name == "json":
        records = [solution.record() for solution in solutions]
        write_json(records[0] if len(records) == 1 else records, output)
    elif name in ("terminal", "markdown") and len(solutions) > 1:
        write = formats.writer(name)
        options = _terminal(output, color) if name == "terminal" else {}
        streams.write("\n".join(str(write(one.page(detail, equations), **options)) for one in solutions), output)
    else:
        alone = len(solutions) == 1
        page = solutions[0].page(detail, equations) if alone else answer_key(solutions, detail)
        write_page(page, name, color, output)


def _terminal(output: Path | None, color: str) -> dict[str, Any]:
    return {"width": streams.width(output), "colour": streams.colour(color, output)}


def write_page(page: Any, name: str | None, color: str, output: Path | None) -> None:
    name = format_name(None, name, output)
    options = _terminal(output, color) if name == "terminal" else {}
    streams.write(formats.writer(name)(page, **options), output)


def write_json(record: Any, output: Path | None) -> None:
    """A record as JSON that is safe to print."""
    import json
    import re

    text = json.dumps(record, indent=2, ensure_ascii=False)
    # JSON may hold these characters as they are, but a terminal would obey them.
    obeyed = "[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
    streams.write(re.sub(obeyed, lambda found: f"\\u{ord(found[0]):04x}", text), output)


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error for long runs on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rnncalc.cli.progress import Bar

    with Bar() as bar:
        yield bar.update
