"""The library in Python: what `from rnncalc import …` gives."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from rnncalc import formats, solving
from rnncalc.booklet import Entry, booklet
from rnncalc.document import Document
from rnncalc.errors import ExerciseError, Problem, RnncalcError, UsageError
from rnncalc.exercise import Exercise, loads
from rnncalc.exercise import load as load_file
from rnncalc.explain import Detail, explain
from rnncalc.lesson import lesson, training_record
from rnncalc.library import find
from rnncalc.numbers import Precision
from rnncalc.record import DIGITS, record
from rnncalc.worksheet import Hints, worksheet

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
]


class Solution(solving.Solution, frozen=True):
    """A worked solution. It prints itself as the command line does, and shows itself as formulas in Jupyter."""

    def text(self, detail: Detail = "steps", format: str = "terminal", **options: Any) -> str:
        """The page as text: `format` is a name from `rnncalc.formats.names()`, `options` are that format's own.

        Raises UsageError for a format that is not text.
        """
        written = formats.writer(format)(self.page(detail), **options)
        if isinstance(written, bytes):
            raise UsageError(Problem(f"`{format}` is not text", None, "`formats.writer` gives its bytes"))
        return written

    def page(self, detail: Detail = "steps", equations: bool = False) -> Document:
        """The neutral page, for `rnncalc.formats.writer(name)`; `equations` lists those of the network, too."""
        return lesson(self, detail) if self.exercise.training else explain(self, detail, equations)

    def record(self) -> dict[str, Any]:
        """The solution as plain dicts, lists and strings: what `--json` prints."""
        return {**record(self), **({"training": training_record(self)} if self.exercise.training else {})}

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


def load(file: str | Path, cell: str | None = None) -> Exercise:
    """An exercise from a file, or one that comes with rnncalc by its name (`vietai/exercise2`).

    Raises ExerciseError with every problem of the file, UsageError if there is no such file.
    """
    return load_file(find(str(file)), cell)


def solve(
    exercise: Exercise,
    *,
    precision: Precision | None = None,
    last: int | None = None,
    float64: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Solution:
    """Work an exercise out; see `rnncalc.solving.solve`."""
    found = solving.solve(exercise, precision=precision, last=last, float64=float64, progress=progress)
    return Solution(**asdict(found))


def answer_key(solutions: Sequence[Solution], detail: Detail = "steps", title: str = "") -> Document:
    """The answer key of a sheet of exercises, for `rnncalc.formats.writer(name)`."""
    return booklet([Entry(one.page(detail), one.exercise.points) for one in solutions], title)


def blank_sheet(
    solutions: Sequence[Solution], detail: Detail = "steps", hints: Hints = "none", title: str = ""
) -> Document:
    """The sheet with blanks to fill in."""
    pages = [(worksheet(one.page(detail), one.precision, hints), one.exercise.points) for one in solutions]
    return booklet([Entry(page, points) for page, points in pages], title, to_fill_in=True)
