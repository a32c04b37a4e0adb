"""What a quiz asks, as data: questions with a field for every number, what counts how much, what is said to answers."""

from fractions import Fraction

from msgspec import Struct

from rnncalc.document import Block
from rnncalc.errors import Span
from rnncalc.formula import Row
from rnncalc.languages import language, say, speaking
from rnncalc.teaching.pitfalls import Wrong


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
    """An answer asked for, a field for each entry, row by row. `key` is its name in files, `task` asks for it alone,
    `worked` is how it comes about from the steps before."""

    name: Row
    key: str
    fields: tuple[tuple[Field, ...], ...]
    task: tuple[Block, ...] = ()
    worked: tuple[Block, ...] = ()


class Places(Struct, frozen=True):
    """What to point at in a file if something of the question cannot be asked."""

    asked: Span | None = None
    title: Span | None = None
    policy: Span | None = None
    marks: Span | None = None


class Question(Struct, frozen=True):
    """A question: its name in lists, its text, what is asked for, the `task` that asks for all of it, and the `worked`
    solution. A number that is nearly right earns the part `nearly` of its marks, one to which a known mistake leads the
    part `mistake`."""

    name: str
    blocks: tuple[Block, ...]
    asked: tuple[Asked, ...]
    task: tuple[Block, ...] = ()
    worked: tuple[Block, ...] = ()
    places: Places = Places()
    nearly: Fraction = Fraction(1, 2)
    mistake: Fraction = Fraction(0)

    @property
    def fields(self) -> list[tuple[Asked, Field]]:
        return [(one, field) for one in self.asked for line in one.fields for field in line]

    @property
    def marks(self) -> Fraction:
        """What the whole question is worth."""
        return sum((field.marks for _, field in self.fields), Fraction(0))


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
