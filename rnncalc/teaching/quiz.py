"""Solution → question of a quiz: what is given, the equations, and a field for every entry of the answers."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from msgspec import Struct

from rnncalc.counting import counting
from rnncalc.document import Answer, Block, Derivation, Given, Heading, Listing, Notice, Prose
from rnncalc.errors import ExerciseError, Problem, Span
from rnncalc.exercise.given import unit
from rnncalc.formula import Row
from rnncalc.languages import language, say, sentences, speaking
from rnncalc.numbers import Precision, Rounded, plain_decimal
from rnncalc.pages.data import given, name_row
from rnncalc.pages.derivation import derive
from rnncalc.pages.explain import explain
from rnncalc.pages.handbook import described, printed_equations
from rnncalc.solving import Found, Solution
from rnncalc.teaching.pitfalls import Numbers, Pitfalls, Wrong, wrong_numbers

KEPT, MORE = 12, 4
"""A right answer has so many significant digits as a machine compares it, or so many more than a student gives."""
MOST_WORKED = 200
"""A solution of more steps is not written out."""
LENIENT = 10
"""Within so many tolerances a number is right but not exact enough."""


class Field(Struct, frozen=True):
    """A number to be given: `value` is right to within `tolerance`, and nearly right to within `lenient`, if that is
    not empty, all as plain decimals; `place` says which entry of the answer it is, counted from 1, empty if the answer
    is one number; `marks` is what it is worth."""

    value: str
    tolerance: str
    place: tuple[int, ...] = ()
    lenient: str = ""
    wrong: tuple[Wrong, ...] = ()
    marks: Fraction = Fraction(1)


class Asked(Struct, frozen=True):
    """An answer asked for, a field for each entry, row by row. `key` is its name in files, `worked` how it comes about
    from the step before."""

    name: Row
    key: str
    fields: tuple[tuple[Field, ...], ...]
    worked: tuple[Block, ...] = ()


class Places(Struct, frozen=True):
    """What to point at in a file if something of the question cannot be asked."""

    asked: Span | None = None
    title: Span | None = None
    policy: Span | None = None
    marks: Span | None = None


class Question(Struct, frozen=True):
    """A question: its name in lists, its text, what is asked for, and the `worked` solution. A number that is nearly
    right earns the part `nearly` of its marks, one to which a known mistake leads the part `mistake`."""

    name: str
    blocks: tuple[Block, ...]
    asked: tuple[Asked, ...]
    worked: tuple[Block, ...] = ()
    places: Places = Places()
    nearly: Fraction = Fraction(1, 2)
    mistake: Fraction = Fraction(0)

    @property
    def fields(self) -> list[tuple[Asked, Field]]:
        return [(one, field) for one in self.asked for line in one.fields for field in line]


class Words(Struct, frozen=True):
    """What a quiz says to answers, in the language of its page."""

    right: str
    imprecise: str
    wrong: str


class Quiz(Struct, frozen=True):
    """Questions under one title, the category of a question bank. Where a system has several, `kind` is the kind of its
    questions; `notes` are for who makes the quiz."""

    title: str
    questions: tuple[Question, ...]
    words: Words
    language: str = "en"
    kind: str = ""
    notes: tuple[str, ...] = ()


def quiz(title: str, questions: tuple[Question, ...], own: str = "") -> Quiz:
    """The questions as a quiz in the language spoken; `own` is that of the exercises."""
    with speaking(language(own)):
        words = Words(
            say("Right."),
            say("Nearly: keep more digits until the end, and round once."),
            say("Not this number. Work the steps out one by one."),
        )
        return Quiz(title, questions, words, language())


def question(solution: Solution, places: Places | None = None, pitfalls: Pitfalls | None = None) -> Question:
    """The question that an exercise asks, its answers being those of the solution. With `pitfalls`, numbers to which
    known mistakes lead are told what the mistake is. Raises ExerciseError where the answers are formulas."""
    exercise = solution.exercise
    if exercise.letters.present:
        what = f"`{exercise.name}` has letters among its numbers: a quiz asks for numbers"
        raise ExerciseError(Problem(what, places.asked if places else None, "put numbers in for the letters"))
    wrong = pitfalls.numbers(exercise.network) if pitfalls else {}
    marks = exercise.said_marks()
    steps = {(step.equation.name, step.position): step for step in solution.steps}
    with speaking(language(exercise.lang)), counting(exercise.first):
        asked = []
        for found in solution.answers:
            key = found.name, found.position
            worked = (derive(solution, steps[key], full=False),) if key in steps else ()
            share = marks.get(key, Fraction(0)) if exercise.marks else None
            asked.append(_asked(solution, found, _Known(wrong.get(key, ()), share, worked)))
        return Question(
            _name(solution),
            tuple(_text(solution, asked)),
            tuple(asked),
            tuple(_worked(solution)),
            places or Places(),
            exercise.policy.worth("too few digits"),
            exercise.policy.mistake,
        )


def _worked(solution: Solution) -> Iterator[Block]:
    """The solution without what the question says already."""
    if solution.total > MOST_WORKED:
        return
    for block in explain(solution).blocks:
        if isinstance(block, Heading | Derivation | Answer):
            yield block


def _name(solution: Solution) -> str:
    number = solution.exercise.variant.get("number", "")
    return f"{solution.exercise.title} ({number})" if number else solution.exercise.title


def _text(solution: Solution, asked: Sequence[Asked]) -> Iterator[Block]:
    exercise = solution.exercise
    data = list(given(solution))
    network = described(exercise, {})
    if exercise.note:
        yield Prose((exercise.note,))
    yield Heading(3, say("Equations"))
    yield Listing(tuple((line,) for line in printed_equations(network.equations, network.symbols, network.sizes)))
    yield from (block for block in data if isinstance(block, Given | Notice))
    wanted: list[Any] = []
    for one in asked:
        wanted += [", "] if wanted else []
        wanted.append(one.name)
    digits = _precision(solution).digits
    yield Prose(sentences(
        "Find {quantities}. Give {digits} decimal, or {digits} significant digit if that is more.",
        "Find {quantities}. Give {digits} decimals, or {digits} significant digits if these are more.",
        digits, digits=str(digits), quantities=tuple(wanted),
    ))  # fmt: skip


class _Known(Struct, frozen=True):
    """What is known of an answer: where mistakes lead, its marks if the exercise says them, how it is worked out."""

    wrong: Numbers
    marks: Fraction | None
    worked: tuple[Block, ...]


def _asked(solution: Solution, found: Found, known: _Known) -> Asked:
    exercise, precision = solution.exercise, _precision(solution)
    shown = solution.rounded(found.value, precision)
    most = max(sum(map(str.isdigit, one.text)) for line in shown for one in line)
    kept = solution.rounded(found.value, Precision(max(KEPT, most + MORE), "significant"))
    rows, columns = solution.shape(found.value)
    marks = Fraction(1) if known.marks is None else known.marks / (rows * columns)

    def field(row: int, column: int) -> Field:
        right, width = _right(shown[row][column], kept[row][column], exercise.policy.tolerance)
        lenient = Fraction(0) if exercise.policy.tolerance is not None else LENIENT * width
        place = () if rows == columns == 1 else (row + 1,) if columns == 1 else (row + 1, column + 1)
        wrong = ((one, entries[row * columns + column]) for one, entries in known.wrong)
        told = wrong_numbers(right, width, max(width, lenient), wrong, precision, exercise.symbols)
        nearly = plain_decimal(lenient) if lenient else ""
        return Field(plain_decimal(right), plain_decimal(width), place, nearly, told, marks)

    fields = tuple(tuple(field(row, column) for column in range(columns)) for row in range(rows))
    name = name_row(solution, found.name, found.position)
    return Asked(name, exercise.quantities.key(found.name, found.position), fields, known.worked)


def _precision(solution: Solution) -> Precision:
    """The digits asked for: those of the exercise, if it says so."""
    digits = solution.exercise.policy.digits
    return solution.precision if digits is None else Precision(digits)


def _right(shown: Rounded, kept: Rounded, tolerance: Fraction | None) -> tuple[Fraction, Fraction]:
    """The number and by how much another may differ. An exact number must be given as it is; of another, the last digit
    shown may be off by one; unless the exercise says how near is right."""
    if shown.exact:
        return Fraction(shown.text), tolerance or Fraction(0)
    return Fraction(kept.text), unit(shown.text) if tolerance is None else tolerance
