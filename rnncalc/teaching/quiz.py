"""Solution → question of a quiz: what is given, the equations, and a field for every entry of the answers."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from msgspec import Struct

from rnncalc.document import Block, Given, Heading, Listing, Notice, Prose
from rnncalc.errors import Span
from rnncalc.exercise.given import unit
from rnncalc.formula import Row
from rnncalc.languages import language, say, sentence, speaking
from rnncalc.numbers import Precision, Rounded, plain_decimal
from rnncalc.pages.data import given, name_row
from rnncalc.pages.handbook import described, printed_equations
from rnncalc.solving import Found, Solution

KEPT = Precision(12, "significant")
"""The digits of a right answer as a machine compares it; a student gives those of `Precision()`."""
LENIENT = 10
"""Within so many tolerances a number is right but not exact enough, and earns half."""


class Wrong(Struct, frozen=True):
    """A number that a known mistake leads to, and what to say to it."""

    value: str
    feedback: str


class Field(Struct, frozen=True):
    """A number to be given: `value` is right to within `tolerance`, both as plain decimals; `place` says which entry of
    the answer it is, counted from 1, empty if the answer is one number."""

    value: str
    tolerance: str
    place: tuple[int, ...] = ()
    wrong: tuple[Wrong, ...] = ()

    @property
    def lenient(self) -> str:
        """The tolerance that earns half."""
        return plain_decimal(Fraction(self.tolerance) * LENIENT)


class Asked(Struct, frozen=True):
    """An answer asked for, a field for each entry, row by row. `key` is its name in files."""

    name: Row
    key: str
    fields: tuple[tuple[Field, ...], ...]


class Question(Struct, frozen=True):
    """A question: its name in lists, its text, what is asked for, and how it is worked out (as `feedback`). `place` is
    what to point at if something of it cannot be asked."""

    name: str
    blocks: tuple[Block, ...]
    asked: tuple[Asked, ...]
    place: Span | None = None

    @property
    def fields(self) -> list[tuple[Asked, Field]]:
        return [(one, field) for one in self.asked for line in one.fields for field in line]


class Words(Struct, frozen=True):
    """What a quiz says to answers, in the language of its page."""

    right: str
    imprecise: str
    wrong: str


class Quiz(Struct, frozen=True):
    """Questions under one title, the category of a question bank."""

    title: str
    questions: tuple[Question, ...]
    words: Words
    language: str = "en"


def quiz(title: str, questions: tuple[Question, ...], own: str = "") -> Quiz:
    """The questions as a quiz in the language spoken; `own` is that of the exercises."""
    with speaking(language(own)):
        words = Words(
            say("Right."),
            say("Nearly: keep more digits until the end, and round once."),
            say("Not this number. Work the steps out one by one."),
        )
        return Quiz(title, questions, words, language())


def question(solution: Solution, place: Span | None = None) -> Question:
    """The question that an exercise asks, its answers being those of the solution."""
    exercise = solution.exercise
    with speaking(language(exercise.lang)):
        asked = tuple(_asked(solution, found) for found in solution.answers)
        return Question(_name(solution), tuple(_text(solution, asked)), asked, place)


def _name(solution: Solution) -> str:
    number = solution.exercise.variant.get("number", "")
    return f"{solution.exercise.title} ({number})" if number else solution.exercise.title


def _text(solution: Solution, asked: tuple[Asked, ...]) -> Iterator[Block]:
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
    yield Prose(sentence("Find {quantities}. Give four decimals, or four significant digits if these are more.",
                         quantities=tuple(wanted)))  # fmt: skip


def _asked(solution: Solution, found: Found) -> Asked:
    shown, kept = solution.rounded(found.value), solution.rounded(found.value, KEPT)
    rows, columns = solution.shape(found.value)
    single = (rows, columns) == (1, 1)
    fields = tuple(
        tuple(
            _field(shown[row][column], kept[row][column], _place(row, column, columns, single))
            for column in range(columns)
        )
        for row in range(rows)
    )
    name = name_row(solution, found.name, found.position)
    return Asked(name, solution.exercise.quantities.key(found.name, found.position), fields)


def _place(row: int, column: int, columns: int, single: bool) -> tuple[int, ...]:
    return () if single else (row + 1,) if columns == 1 else (row + 1, column + 1)


def _field(shown: Rounded, kept: Rounded, place: tuple[int, ...]) -> Field:
    """An exact number must be given as it is; of another, the last digit shown may be off by one."""
    if shown.exact:
        return Field(plain_decimal(Fraction(shown.text)), "0", place)
    return Field(plain_decimal(Fraction(kept.text)), plain_decimal(unit(shown.text)), place)
