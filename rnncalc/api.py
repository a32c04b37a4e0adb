"""The library in Python: what `from rnncalc import …` gives."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import asdict, replace

from rnncalc import formats, solving
from rnncalc.counting import counting
from rnncalc.document import Document
from rnncalc.errors import ExerciseError, Problem, RnncalcError, UsageError
from rnncalc.exercise import Exercise, loads
from rnncalc.exercise import load as load_file
from rnncalc.exercise.letters import asked_number, data_place, everything, has_letters, lettered
from rnncalc.exercise.letters import put_in as with_numbers
from rnncalc.library import find
from rnncalc.numbers import Precision
from rnncalc.pages.explain import Detail, explain
from rnncalc.pages.record import DIGITS, record

# What only some pages need is imported where it is used: a short run notices every module.
if TYPE_CHECKING:
    from rnncalc.pages.worksheet import Told
    from rnncalc.solving.differences import Differences

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


def _text(page: Document, format: str, options: Mapping[str, Any]) -> str:
    written = formats.writer(format)(page, **options)
    if isinstance(written, bytes):
        raise UsageError(Problem(f"`{format}` is not text", None, "`formats.writer` gives its bytes"))
    return written


class Solution(solving.Solution, frozen=True):
    """A worked solution. It prints itself as the command line does, and shows itself as formulas in Jupyter.

    `missing` are the numbers that the file leaves out and that were found, `differences` compares its gradients with
    difference quotients, if that was asked for.
    """

    missing: tuple[Any, ...] = ()
    differences: "Differences | None" = None

    def text(self, detail: Detail = "steps", format: str = "terminal", **options: Any) -> str:
        """The page as text: `format` is a name from `rnncalc.formats.names()`, `options` are that format's own.

        Raises UsageError for a format that is not text.
        """
        return _text(self.page(detail), format, options)

    def page(self, detail: Detail = "steps", equations: bool = False) -> Document:
        """The neutral page, for `rnncalc.formats.writer(name)`; `equations` lists those of the network, too."""
        if self.missing:
            from rnncalc.pages.wanted import explain_filled

            return explain_filled(self, self.missing, detail, equations)
        if self.exercise.training:
            from rnncalc.pages.lesson import lesson

            page = lesson(self, detail)
        else:
            page = explain(self, detail, equations)
        if self.differences:
            from rnncalc.pages.evidence import with_evidence

            page = with_evidence(page, self, self.differences)
        return page

    def record(self) -> dict[str, Any]:
        """The solution as plain dicts, lists and strings: what `--json` prints."""
        if self.missing:
            from rnncalc.pages.wanted import missing_record

            return {**record(self), "missing": missing_record(self, self.missing)}
        found = record(self)
        if self.exercise.training:
            from rnncalc.pages.lesson import training_record

            found["training"] = training_record(self)
        if self.differences:
            from rnncalc.pages.evidence import evidence_record

            found["gradient_check"] = evidence_record(self, self.differences)
        return found

    def code(self, language: Literal["python", "c"] = "python") -> str:
        """A program that computes the answers, a line for each step; letters are its arguments.

        Raises UsageError unless the solution is in closed forms.
        """
        from rnncalc.solving.code import program

        if not hasattr(self.domain, "known"):
            raise UsageError(Problem("only closed forms can become a program", None, "solve it with `exact=True`"))
        return program(self, language)

    def __str__(self) -> str:
        return self.text()

    def _repr_markdown_(self) -> str:
        return self.text(format="markdown")

    def __getitem__(self, quantity: str) -> list[list[str]]:
        """The entries of an answer, or of a step shown, with 15 digits: `solution["h_1"]` is `[["0"], ["0.000120…"]]`.

        Raises UsageError for a quantity that was not computed.
        """
        ref = self.exercise.quantities.find(quantity)
        position = tuple(index.offset for index in ref.indices) if ref else ()
        shown = [(found.name, found.position, found.value) for found in self.answers]
        shown += [(step.equation.name, step.position, step.value) for step in self.steps]
        for name, place, value in shown:
            if ref and name == ref.name and place == position:
                return [[cell.text for cell in line] for line in self.rounded(value, DIGITS)]
        raise UsageError(
            Problem(f"`{quantity}` is not among the quantities computed", None, "ask for it under `find:`")
        )


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


class Answered(Struct, frozen=True):
    """The answer to a question for an unknown: `findings` are its values, `solution` is the exercise in letters."""

    solution: solving.Solution
    findings: Any

    @property
    def remarks(self) -> tuple[solving.Remark, ...]:
        return self.solution.remarks

    def text(self, detail: Detail = "steps", format: str = "terminal", **options: Any) -> str:
        """The page as text, as `Solution.text`."""
        return _text(self.page(detail), format, options)

    def page(self, detail: Detail = "steps", equations: bool = False) -> Document:
        """The neutral page, for `rnncalc.formats.writer(name)`."""
        from rnncalc.pages.wanted import explain_findings

        return explain_findings(self.solution, self.findings, detail, equations)

    def record(self) -> dict[str, Any]:
        """The answer as plain dicts: what `--json` prints."""
        from rnncalc.pages.wanted import findings_record

        return findings_record(self.solution, self.findings)

    def __str__(self) -> str:
        return self.text()


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
