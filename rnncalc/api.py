"""The library in Python: what `from rnncalc import …` gives."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import asdict, replace

from rnncalc import solving
from rnncalc.counting import counting
from rnncalc.document import Document
from rnncalc.errors import ExerciseError, Problem, RnncalcError, UsageError
from rnncalc.exercise import Exercise, loads
from rnncalc.exercise import load as load_file
from rnncalc.exercise.letters import asked_number, data_place, everything, has_letters, lettered
from rnncalc.exercise.letters import put_in as with_numbers
from rnncalc.library import find
from rnncalc.numbers import Precision
from rnncalc.pages.explain import Detail
from rnncalc.worked import Answered, Solution

# What only some pages need is imported where it is used: a short run notices every module.
if TYPE_CHECKING:
    from rnncalc.pages.worksheet import Told

__all__ = [
    "Exercise",
    "ExerciseError",
    "Precision",
    "RnncalcError",
    "Solution",
    "UsageError",
    "load",
    "loads",
    "solve",
    "solve_for",
]


def load(file: str | Path, cell: str | None = None, gradients: bool = False) -> Exercise:
    """An exercise from a file, or one that comes with rnncalc by its name (`vietai/exercise2`); with `gradients` the
    loss and its gradient at every parameter are asked for too.

    Raises ExerciseError with every problem of the file, UsageError if there is no such file.
    """
    return load_file(find(str(file)), cell, gradients)


def solve(
    exercise: Exercise,
    *,
    precision: Precision | None = None,
    last: int | None = None,
    float64: bool = False,
    exact: bool = False,
    symbolic: bool | Sequence[str] = False,
    put_in: Mapping[str, str] | None = None,
    unfold: bool = False,
    simplify: bool = False,
    max_seconds: float | None = None,
    check_gradients: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Solution:
    """Work an exercise out; see `rnncalc.solving.solve`.

    `symbolic` turns data into letters: those named (`["W_f", "x_1", "b[2]"]`), or with True all of them, where the file
    has none of its own. `put_in` gives numbers for letters and entries (`{"w": "1/2"}`). `unfold` writes answers
    without the names of what was computed on the way, `simplify` lets SymPy shorten them. With
    `check_gradients` each gradient asked for is compared with difference quotients of the loss; raises UsageError if
    none is asked for.
    """
    asked = exercise_asked(exercise, symbolic, put_in or {})
    if asked.letters.missing:
        from rnncalc.unknown import complete

        solution, missing = complete(asked, precision, last, max_seconds or solving.MAX_SECONDS)
        return Solution(**asdict(solution), missing=missing)
    exact = exact or unfold or simplify
    found = solving.solve(
        asked,
        precision=precision,
        last=last,
        float64=float64,
        exact=exact,
        max_seconds=max_seconds,
        progress=progress,
    )
    if unfold or simplify:
        from rnncalc.solving.reshaping import simplified, unfolded

        found = unfolded(found) if unfold else found
        found = simplified(found) if simplify else found
    if not check_gradients:
        return Solution(**asdict(found))
    from rnncalc.solving.differences import differences

    return Solution(**asdict(found), differences=differences(asked))


def answer_key(solutions: Sequence[Solution], detail: Detail = "steps", title: str = "") -> Document:
    """The answer key of a sheet of exercises, for `rnncalc.formats.writer(name)`."""
    from rnncalc.pages.booklet import Entry, booklet

    return booklet([Entry(one.page(detail), one.exercise.worth) for one in solutions], title)


def blank_sheet(
    solutions: Sequence[Solution], detail: Detail = "steps", hints: "Told" = "none", title: str = ""
) -> Document:
    """The sheet with blanks to fill in."""
    from rnncalc.pages.booklet import Entry, booklet
    from rnncalc.pages.worksheet import worksheet

    pages = [
        (worksheet(one.page(detail), one.precision, hints, between=detail == "full"), one.exercise.worth)
        for one in solutions
    ]
    return booklet([Entry(page, points) for page, points in pages], title, to_fill_in=True)


def solve_for(
    exercise: Exercise,
    unknown: str | Sequence[str],
    when: str | Sequence[str],
    *,
    last: int | None = None,
    symbolic: bool | Sequence[str] = False,
    put_in: Mapping[str, str] | None = None,
    unfold: bool = False,
    simplify: bool = False,
    within: tuple[str, str] = ("-100", "100"),
    precision: Precision | None = None,
    max_seconds: float | None = None,
) -> Answered:
    """For which values of the unknowns (`w`, `b_f[2]`, `b_f`) equations are true (`h_1 = 1/2`, `f_1 = [0.9, 0.1]`,
    `f_1[1] = i_1[1]`): all of them, exact where possible. Where only a search is possible, it is made `within` this
    range. The other options are those of `solve`; `unfold` and `simplify` change the values found."""
    from rnncalc.unknown import answer, ask, reshaped

    asked = exercise_asked(exercise, symbolic, put_in or {})
    unknowns, conditions = ([text] if isinstance(text, str) else text for text in (unknown, when))
    with counting(exercise.first):
        question = ask(asked, unknowns, conditions)
    network = lettered(asked.network, question.unknowns)
    asked = replace(asked, network=network, letters=replace(asked.letters, present=True))
    seconds = max_seconds or solving.MAX_SECONDS
    solution = solving.solve(asked, precision=precision, last=last, max_seconds=seconds)
    low, high = (asked_number("--range", end) for end in within)
    if not isinstance(low, Fraction) or not isinstance(high, Fraction) or low >= high:
        raise UsageError(Problem(f"`{within[0]},{within[1]}` is no range", None, "write `--range -10,10`"))
    findings = answer(solution, question, (low, high), seconds)
    return Answered(solution, reshaped(solution.domain, findings, unfold, simplify))


def exercise_asked(exercise: Exercise, symbolic: bool | Sequence[str], numbers: Mapping[str, str]) -> Exercise:
    """The exercise with letters for data, and numbers for letters."""
    network, quantities = exercise.network, exercise.quantities
    if symbolic and not (symbolic is True and exercise.letters.present):
        names = [] if symbolic is True else symbolic
        places = [data_place(network, quantities, name) for name in names]
        network = lettered(network, places or everything(network, exercise.letters.own_data))
    if numbers:
        known = {data_place(network, quantities, name): asked_number(name, text) for name, text in numbers.items()}
        network = with_numbers(network, known)
    letters = replace(exercise.letters, present=has_letters(network))
    # The file knows the values for its own numbers only.
    expect = () if numbers and not exercise.letters.present else exercise.expect
    return replace(exercise, network=network, letters=letters, expect=expect) if symbolic or numbers else exercise
