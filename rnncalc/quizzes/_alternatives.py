"""What is said to the numbers that may be written into a field: alternatives, of which the first that fits counts."""

from collections.abc import Iterator
from fractions import Fraction

from msgspec import Struct

from rnncalc.document import plain
from rnncalc.teaching.quiz import Asked, Field, Question, Words


class Alternative(Struct, frozen=True):
    """A number that is `value` to within `tolerance`, any number if `value` is empty, earns the part `share` of the
    marks and is told `feedback`."""

    value: str
    tolerance: str
    share: Fraction
    feedback: str


def alternatives(question: Question, field: Field, said: Words) -> Iterator[Alternative]:
    """The right number first: nothing that follows can take anything from it."""
    yield Alternative(field.value, field.tolerance, Fraction(1), said.right)
    for one in field.wrong:
        yield Alternative(one.value, one.tolerance, question.mistake, one.feedback)
    if field.lenient:
        yield Alternative(field.value, field.lenient, question.nearly, said.imprecise)
    yield Alternative("", "", Fraction(0), said.wrong)


def entry(asked: Asked, field: Field) -> str:
    """Which entry of the answer: ` [2]`, ` [1, 2]`."""
    return f" [{', '.join(map(str, field.place))}]" if field.place else ""


def name_of(question: Question, asked: Asked, field: Field) -> str:
    """What a question for one number is called: `GRU: find y₁: h₁ [2]`."""
    return f"{question.name}: {plain((asked.name,))}{entry(asked, field)}"
