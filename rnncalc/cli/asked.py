"""What a command line asks for, as the library takes it: files, precision, letters, formats; and options that exclude
each other."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rnncalc import formats
from rnncalc.errors import Problem, RnncalcError, UsageError


def exclusive(one: str, other: str) -> UsageError:
    """Two options were given of which only one can be meant."""
    return UsageError(Problem(f"`{one}` and `{other}` exclude each other", None, "leave one of them out"))


def asked_precision(digits: int | None, significant: int | None, as_json: bool) -> Any:
    """The digits asked for; JSON has more of them, if nobody says how many."""
    from rnncalc.numbers import Precision
    from rnncalc.pages.record import DIGITS

    if digits and significant:
        raise exclusive("--digits", "--significant")
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
    """Refuse to write the result over a file that it is made from, and to read standard input twice."""
    from rnncalc.library import exists

    if files.count("-") > 1:
        raise UsageError(Problem("`-`, the standard input, can be read once only", None, "name a file"))
    for file in map(Path, files):
        if output is not None and output.is_file() and exists(file) and output.samefile(file):
            hint = "give the result another name, such as `-o solution.md`"
            raise UsageError(Problem(f"`-o {output}` would overwrite what it is made from", None, hint))


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
        raise exclusive("--float64" if float64 else "--check-gradients", "--for")
    if code and page:
        raise UsageError(Problem("`--code` prints a program, not a page", None, "leave `--json` and `--format` out"))
    if float64 and closed:
        raise UsageError(Problem("`--float64` and closed forms exclude each other", None, "leave `--float64` out"))
    if code and question:
        raise exclusive("--code", "--for")


def asked_letters(symbolic: bool, symbols: str | None) -> bool | list[str]:
    """The data named, at commas outside brackets; else all or none of them."""
    import re

    named = [name.strip() for name in re.split(r",(?![^\[]*\])", symbols or "")]
    return [name for name in named if name] or symbolic


def read_exercise(file: str, cell: str | None, gradients: bool = False) -> Any:
    """The exercise of a file, of a name that comes with rnncalc, or of standard input, `-`."""
    from rnncalc.api import load, loads

    if file == "-":
        from rnncalc.source import read_stdin

        return loads(read_stdin(), "<stdin>", cell, gradients)
    return load(file, cell, gradients)


def written(words: list[str]) -> list[tuple[Any, Any]]:
    """The nodes of each file and the exercise they say: `lstm a.yaml`, a shipped exercise by name, `-`."""
    from rnncalc.exercise import read_exercise

    cell, files = cell_and_files(words)
    found = []
    for file in files:
        node, path = opened(file)
        found.append((node, read_exercise(node, path.stem, path.parent, cell)))
    return found


def opened(file: str) -> tuple[Any, Path]:
    """The nodes of a file, and its path."""
    from rnncalc.library import find
    from rnncalc.source import read_file, read_stdin, read_text

    if file == "-":
        return read_text(read_stdin(), "<stdin>"), Path("<stdin>")
    path = find(file)
    return read_file(path), path


def subject(word: str) -> Any:
    """A cell of the library by its name, or else the network of a file, with its data if it has any."""
    from rnncalc.cell import find_cell
    from rnncalc.exercise import read_network

    if names_a_cell(word):
        return find_cell(word)
    node, path = opened(word)
    return read_network(node, path.stem, path.parent)


def names_a_cell(word: str) -> bool:
    """Whether it is meant as the name of a cell: there is no such exercise, and it looks like a name."""
    from rnncalc import library

    is_file = word == "-" or library.exists(Path(word)) or library.path(word) is not None
    return word.replace("-", "_").isidentifier() and not is_file


def asked_sizes(input: int | None, hidden: int | None, others: list[str] | None) -> dict[str, int]:
    """The sizes by their letters, from `--input`, `--hidden` and `--size`."""
    from rnncalc.parameters import read_sizes

    named = {letter: number for letter, number in (("d", input), ("h", hidden)) if number is not None}
    sizes = read_sizes(others or ())
    for letter in sorted(named.keys() & sizes.keys()):
        raise exclusive("--input" if letter == "d" else "--hidden", f"--size {letter}=…")
    return {**named, **sizes}


def format_name(as_json: bool, name: str | None, output: Path | None) -> str:
    """The format that is asked for by `--json`, by its name, or by the ending of the file."""
    if as_json and name not in (None, "json"):
        raise exclusive("--json", f"--format {name}")
    if as_json or name or output is None or not output.suffix:
        return "json" if as_json else name or "terminal"
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


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error for long runs on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rnncalc.cli.progress import Bar

    with Bar() as bar:
        yield bar.update
