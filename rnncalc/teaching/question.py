"""Solution → question of a quiz: what is given, the equations, and a field for every entry of the answers."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from rnncalc.answers import Key
from rnncalc.counting import counting
from rnncalc.document import Answer, Block, Derivation, Document, Given, Heading, Listing, Notice, Prose, separated
from rnncalc.equations import Ref
from rnncalc.errors import ExerciseError, Problem
from rnncalc.exercise.expected import unit
from rnncalc.formula import Row
from rnncalc.languages import language, say, sentences, speaking
from rnncalc.numbers import Precision, Rounded, plain_decimal
from rnncalc.pages.data import given, name_row
from rnncalc.pages.derivation import derive
from rnncalc.pages.described import described, printed_equations
from rnncalc.pages.explain import explain
from rnncalc.solving import Found, Solution
from rnncalc.teaching.pitfalls import Numbers, wrong_numbers
from rnncalc.teaching.quiz import Asked, Field, Places, Question

KEPT, MORE = 12, 4
"""A right answer has so many significant digits as a machine compares it, or so many more than a student gives."""
MOST_WORKED = 200
"""A solution of more steps is not written out."""
LENIENT = 10
"""Within so many tolerances a number is right but not exact enough."""


def question(
    solution: Solution, places: Places | None = None, wrong: Mapping[Key, Numbers] = {}, page: Document | None = None
) -> Question:
    """The question that an exercise asks, its answers being those of the solution. Numbers that are `wrong`, known
    mistakes leading to them, are told what the mistake is; `page` is that of the solution, if it is there already.
    Raises ExerciseError where the answers are formulas."""
    exercise = solution.exercise
    if exercise.letters.present:
        what = f"`{exercise.name}` has letters among its numbers: a quiz asks for numbers"
        raise ExerciseError(Problem(what, places.asked if places else None, "put numbers in for the letters"))
    with speaking(language(exercise.lang)), counting(exercise.first):
        asking = _Asking(solution, wrong)
        asked = tuple(asking.asked(found) for found in solution.answers)
        return Question(
            _name(solution),
            tuple(_text(solution)),
            asked,
            asking.task([one.name for one in asked]),
            tuple(_worked(solution, page)),
            places or Places(),
            exercise.policy.worth("too few digits"),
            exercise.policy.mistake,
        )


def _name(solution: Solution) -> str:
    number = solution.exercise.variant.get("number", "")
    return f"{solution.exercise.title} ({number})" if number else solution.exercise.title


def _text(solution: Solution) -> Iterator[Block]:
    """What is given, and the equations."""
    exercise = solution.exercise
    network = described(exercise, {}, trained=True)
    if exercise.note:
        yield Prose((exercise.note,))
    yield Heading(3, say("Equations"))
    yield Listing(tuple((line,) for line in printed_equations(network.equations, network.symbols, network.sizes)))
    yield from (block for block in given(solution) if isinstance(block, Given | Notice))


def _worked(solution: Solution, page: Document | None) -> Iterator[Block]:
    """The solution without what the question says already."""
    if solution.total <= MOST_WORKED:
        for block in (page or explain(solution)).blocks:
            if isinstance(block, Heading | Derivation | Answer):
                yield block


class _Asking:
    """What is asked of one solution: the digits, where mistakes lead, the marks, and how each answer comes about."""

    def __init__(self, solution: Solution, wrong: Mapping[Key, Numbers]) -> None:
        self.solution, self.exercise = solution, solution.exercise
        digits = self.exercise.policy.digits
        self.precision = solution.precision if digits is None else Precision(digits)
        self.wrong = wrong
        self.marks = self.exercise.said_marks()
        self.steps = {(step.equation.name, step.position): step for step in solution.steps}

    def task(self, names: Sequence[Row]) -> tuple[Block, ...]:
        digits = self.precision.digits
        return (Prose(sentences(
            "Find {quantities}. Give {digits} decimal, or {digits} significant digit if that is more.",
            "Find {quantities}. Give {digits} decimals, or {digits} significant digits if these are more.",
            digits, digits=str(digits), quantities=separated((name,) for name in names),
        )),)  # fmt: skip

    def worked(self, name: str, position: tuple[int, ...]) -> tuple[Block, ...]:
        """The step that gives a quantity; where that only names another, the step that gives the other before it."""
        step = self.steps.get((name, position))
        if step is None:
            return ()
        before: tuple[Block, ...] = ()
        if isinstance(step.expression, Ref):
            before = self.worked(step.expression.name, step.expression.position)
        return (*before, derive(self.solution, step, full=False))

    def asked(self, found: Found) -> Asked:
        key = found.name, found.position
        name = name_row(self.solution, *key)
        fields = tuple(map(tuple, self.fields(found)))
        return Asked(name, self.exercise.quantities.key(*key), fields, self.task([name]), self.worked(*key))

    def fields(self, found: Found) -> list[list[Field]]:
        solution, key = self.solution, (found.name, found.position)
        shown = solution.rounded(found.value, self.precision)
        most = max(sum(map(str.isdigit, one.text)) for line in shown for one in line)
        kept = solution.rounded(found.value, Precision(max(KEPT, most + MORE), "significant"))
        rows, columns = solution.shape(found.value)
        marks = self.marks.get(key, Fraction(0)) / (rows * columns) if self.exercise.marks else Fraction(1)

        def field(row: int, column: int) -> Field:
            place = () if rows == columns == 1 else (row + 1,) if columns == 1 else (row + 1, column + 1)
            wrong = [(one, entries[row * columns + column]) for one, entries in self.wrong.get(key, ())]
            return self.field(shown[row][column], kept[row][column], place, wrong, marks)

        return [[field(row, column) for column in range(columns)] for row in range(rows)]

    def field(self, shown: Rounded, kept: Rounded, place: tuple[int, ...], wrong: Any, marks: Fraction) -> Field:
        """An exact number must be given as it is; of another, the last digit shown may be off by one; unless the
        exercise says how near is right."""
        tolerance = self.exercise.policy.tolerance
        right = Fraction(shown.text) if shown.exact else Fraction(kept.text)
        width = tolerance if tolerance is not None else Fraction(0) if shown.exact else unit(shown.text)
        lenient = LENIENT * width if tolerance is None else Fraction(0)
        told = wrong_numbers(right, width, max(width, lenient), wrong, self.precision, self.exercise.symbols)
        nearly = plain_decimal(lenient) if lenient else ""
        return Field(plain_decimal(right), plain_decimal(width), place, nearly, told, marks)
