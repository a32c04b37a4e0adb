"""What a student hands in → answers by quantity, every number as it was written; nothing here knows what is right.

A malformed entry is not a wrong one: it is kept as Unreadable and never blocks the others.
"""

from collections.abc import Mapping

from msgspec import Struct

from rnncalc.answers.sheet import Line, Sheet, read_sheet
from rnncalc.answers.written import Written, is_blank, read_written
from rnncalc.equations import Position, shape_text
from rnncalc.languages import Message, Said
from rnncalc.numbers import NumberError
from rnncalc.quantity import Quantities

__all__ = [
    "Answer",
    "Answers",
    "Entry",
    "Key",
    "Sheet",
    "Unreadable",
    "Written",
    "read_answers",
    "read_sheet",
    "read_written",
]

Key = tuple[str, Position]
"""A quantity at a position."""


class Unreadable(Struct, frozen=True):
    """An entry, or a whole line, that is no answer: what was found, and what was expected."""

    text: str
    reason: Said


Entry = Written | Unreadable | None
"""None is a place left open."""


class Answer(Struct, frozen=True):
    """The entries for one quantity, row by row."""

    key: Key
    entries: tuple[Entry, ...]
    name: str = ""
    """As the student spelt it."""


class Answers(Struct, frozen=True):
    """A student's answers; `unreadable` are the lines that belong to no quantity, by the name written."""

    student: str
    answers: tuple[Answer, ...]
    unreadable: Mapping[str, Unreadable] = {}

    @property
    def numbers(self) -> int:
        return sum(isinstance(entry, Written) for answer in self.answers for entry in answer.entries)


def read_answers(
    text: str | bytes,
    quantities: Quantities,
    shapes: Mapping[Key, tuple[int, int]],
    name: str = "<answers>",
    decimal_comma: bool = False,
) -> Answers:
    """The answers in a sheet. `shapes` has every quantity that can be answered, with its rows and columns.

    Raises AnswerError only where the file as a whole cannot be read.
    """
    return interpret(read_sheet(text, name, decimal_comma), quantities, shapes, decimal_comma)


def interpret(
    sheet: Sheet, quantities: Quantities, shapes: Mapping[Key, tuple[int, int]], decimal_comma: bool = False
) -> Answers:
    """Each line as the quantity it names."""
    reading = _Interpretation(quantities, shapes, decimal_comma)
    for line in sheet.lines:
        reading.line(line)
    return Answers(sheet.student, tuple(reading.found.values()), reading.unreadable)


class _Interpretation:
    def __init__(self, quantities: Quantities, shapes: Mapping[Key, tuple[int, int]], decimal_comma: bool) -> None:
        self.quantities, self.shapes, self.decimal_comma = quantities, shapes, decimal_comma
        self.found: dict[Key, Answer] = {}
        self.unreadable: dict[str, Unreadable] = {}

    def line(self, line: Line) -> None:
        key = self.key(line.name)
        if isinstance(key, Unreadable):
            self.unreadable[line.name] = key
        elif key in self.found:
            self.unreadable[line.name] = Unreadable(
                line.name, Message("this quantity is answered twice; the first one counts")
            )
        else:
            self.found[key] = Answer(key, self.entries(line, self.shapes[key]), line.name)

    def key(self, name: str) -> Key | Unreadable:
        ref = self.quantities.find(name)
        if ref is None:
            near = self.quantities.near(name)
            if near:
                return Unreadable(
                    name, Message("this exercise has no such quantity; did you mean `{near}`?", {"near": near})
                )
            return Unreadable(name, Message("this exercise has no such quantity"))
        position = tuple(index.offset for index in ref.indices if not index.base)
        if (ref.name, position) in self.shapes and len(position) == len(ref.indices):
            return ref.name, position
        places = [at for one, at in self.shapes if one == ref.name]
        if not ref.indices and len(places) == 1:
            return ref.name, places[0]
        if len(places) > 1:
            spelt = ", ".join(f"`{self.quantities.key(ref.name, at)}`" for at in places[:3])
            return Unreadable(name, Message("which step is meant? write {names}", {"names": spelt}))
        return Unreadable(name, Message("this is given, or nothing that is asked for needs it"))

    def entries(self, line: Line, shape: tuple[int, int]) -> tuple[Entry, ...]:
        rows, columns = shape
        texts = [text for row in line.texts for text in row]
        widths = {len(row) for row in line.texts}
        given = len(line.texts), max(widths, default=0)
        fits = len(widths) == 1 and (given == shape or (1 in shape and 1 in given and len(texts) == rows * columns))
        if line.problem or not fits:
            blank = not line.problem and all(map(is_blank, texts))
            if blank:
                return (None,) * (rows * columns)
            reason = line.problem or self.misshapen(given, shape, len(widths) == 1)
            return (Unreadable(" ".join(texts), reason),) * (rows * columns)
        return tuple(map(self.entry, texts))

    def misshapen(self, given: tuple[int, int], shape: tuple[int, int], even: bool) -> Message:
        parts = {"given": shape_text(given), "shape": shape_text(shape)}
        if not even:
            return Message("rows of different lengths; {shape} was expected", parts)
        if given == shape[::-1]:
            return Message("{given} numbers, but {shape} was expected (is it transposed?)", parts)
        return Message("{given} numbers, but {shape} was expected", parts)

    def entry(self, text: str) -> Entry:
        if is_blank(text):
            return None
        try:
            return read_written(text, self.decimal_comma)
        except NumberError as error:
            return Unreadable(text, error.message)
