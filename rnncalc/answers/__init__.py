"""What a student hands in → answers by quantity, every number as it was written; nothing here knows what is right.

A malformed entry is not a wrong one: it is kept as Unreadable and never blocks the others.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from rnncalc.answers.lines import LARGEST_KNOWN, Line, Sheet
from rnncalc.answers.sheet import read_sheet
from rnncalc.answers.titles import Titles
from rnncalc.answers.written import Written, is_blank, read_written
from rnncalc.equations import Position, Ref, ref_at, shape_text
from rnncalc.languages import Message, Said
from rnncalc.numbers import NumberError
from rnncalc.quantity import Quantities

__all__ = [
    "Answer",
    "Answers",
    "Entry",
    "Key",
    "Reader",
    "Sheet",
    "Titles",
    "Unreadable",
    "Written",
    "read_sheet",
    "read_written",
]

LONGEST_TOLD = 10_000
"""So many characters are kept of what cannot be read."""
MOST_NUMBERS, LEAST_KNOWN = 6_000, 100
"""So many numbers are remembered, by lines, and at least so many lines."""

MOST_WORDS = 10
"""So many words of a vocabulary are listed."""
MOST_EXPLAINED = 100
"""So many names of a sheet that name nothing are compared with those that do."""

_UNKNOWN = Message("this exercise has no such quantity")
_ENTRY = re.compile(r"(.+)\[\s*(\d{1,4}(?:\s*,\s*\d{1,4})?)\s*\]")

Key = tuple[str, Position]
"""A quantity at a position."""


class Unreadable(Struct, frozen=True):
    """An entry, or a whole line, that is no answer: what was found, and what was expected."""

    text: str
    reason: Said


Entry = Written | Unreadable | None
"""None is a place left open."""


class Answer(Struct, frozen=True, eq=False):
    """The entries for one quantity, row by row. Answers are told apart by their identity."""

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


def most_remembered(shapes: Collection[tuple[int, int]]) -> int:
    """How many lines are remembered of answers to such quantities: fewer where a line has many numbers."""
    numbers = sum(rows * columns for rows, columns in shapes)
    return max(LEAST_KNOWN, MOST_NUMBERS * len(shapes) // max(1, numbers))


class Reader:
    """Reads the sheets of one exercise. `shapes` has every quantity that can be answered, with its rows and columns,
    `lengths` what letters such as T stand for, `words` what is chosen from. Lines that were met before are known: a
    class writes many of them again and again."""

    def __init__(
        self,
        quantities: Quantities,
        shapes: Mapping[Key, tuple[int, int]],
        titles: Titles,
        lengths: Mapping[str, int],
        words: Mapping[str, Sequence[str]],
    ) -> None:
        self.quantities, self.shapes, self.titles = quantities, shapes, titles
        self.lengths, self.words = lengths, words
        most = most_remembered(shapes.values())
        self.answer = lru_cache(most)(self._answer)
        self.key = lru_cache(most)(self._key)

    def read(self, text: str | bytes, name: str = "<answers>", decimal_comma: bool = False) -> Answers:
        """The answers in a sheet. Raises AnswerError only where the file as a whole cannot be read."""
        sheet = read_sheet(text, name, decimal_comma, lambda line: self.has_numbers(line, decimal_comma))
        found: dict[Key, Answer] = {}
        unreadable: dict[str, Unreadable] = {}
        understood = self.answer if len(text) <= LARGEST_KNOWN else self._answer
        for line in sheet.lines:
            answer = understood(line, decimal_comma)
            if isinstance(answer, Unreadable):
                one = self.single(line)
                if not isinstance(one, tuple):
                    # To look for what is meant takes long.
                    answer = self.explained(answer) if len(unreadable) < MOST_EXPLAINED else answer
                    unreadable[line.name] = one or answer
                elif not self.put(found, *one, decimal_comma):
                    twice = Message("this entry is answered twice; the first one counts")
                    unreadable[line.name] = Unreadable(line.name, twice)
            elif answer.key in found:
                twice = Message("this quantity is answered twice; the first one counts")
                unreadable[line.name] = Unreadable(line.name, twice)
            else:
                found[answer.key] = answer
        return Answers(sheet.student, tuple(found.values()), unreadable)

    def _answer(self, line: Line, decimal_comma: bool) -> Answer | Unreadable:
        """What a line answers, or why it answers nothing."""
        key = self.key(line.name)
        if isinstance(key, Unreadable):
            return key
        chosen = self.chosen(line, self.words.get(key[0], ()))
        return Answer(key, chosen or self.entries(line, self.shapes[key], decimal_comma), line.name)

    def chosen(self, line: Line, words: Sequence[str]) -> tuple[Entry, ...]:
        """A word in the place of its one-hot column, `w_1: the`; nothing where it is no word."""
        texts = [text.strip().strip("\"'“”") for row in line.texts for text in row]
        if len(texts) != 1 or is_blank(texts[0]) or not words:
            return ()
        if texts[0] not in words:
            known = ", ".join(f"`{word}`" for word in words[:MOST_WORDS]) + (" …" if len(words) > MOST_WORDS else "")
            reason = Message("this is no word of the vocabulary: {words}", {"words": known})
            return (Unreadable(texts[0][:LONGEST_TOLD], reason),) * len(words)
        return tuple(read_written("1" if word == texts[0] else "0") for word in words)

    def has_numbers(self, line: Line, decimal_comma: bool) -> bool:
        """Whether a line answers anything with a number."""
        answer = self._answer(line, decimal_comma)
        return isinstance(answer, Answer) and any(isinstance(entry, Written) for entry in answer.entries)

    def single(self, line: Line) -> tuple[Key, int, str] | Unreadable | None:
        """`h_1[2]: 0.5` as one entry: the quantity, which of its entries, the number."""
        match = _ENTRY.fullmatch(line.name.strip())
        key = self.key(match[1]) if match else None
        if match is None or not isinstance(key, tuple) or [len(row) for row in line.texts] != [1]:
            return None
        rows, columns = self.shapes[key]
        places = [int(place) - 1 for place in match[2].split(",")]
        row, column = places if len(places) == 2 else (0, *places) if rows == 1 else (*places, 0)
        if not (0 <= row < rows and 0 <= column < columns):
            parts = {"place": match[2], "shape": shape_text((rows, columns))}
            return Unreadable(line.name, Message("there is no entry [{place}]: the size is {shape}", parts))
        return key, row * columns + column, line.texts[0][0]

    def put(self, found: dict[Key, Answer], key: Key, number: int, text: str, decimal_comma: bool) -> bool:
        """One entry of an answer; false if it has that one already."""
        rows, columns = self.shapes[key]
        entries = found[key].entries if key in found else (None,) * (rows * columns)
        if entries[number] is not None:
            return is_blank(text)
        found[key] = Answer(key, (*entries[:number], _entry(text, decimal_comma), *entries[number + 1 :]))
        return True

    def _key(self, name: str) -> Key | Unreadable:
        """What a name names, or why it names nothing."""
        ref = self.quantities.understood(name)
        meant = (ref,) if ref else self.titles.understood(name)
        if len(meant) > 1:
            return Unreadable(name, Message("what is meant? write {names}", {"names": self.spelt(meant)}))
        if not meant:
            return Unreadable(name, _UNKNOWN)
        return self.placed(name, meant[0])

    def explained(self, one: Unreadable) -> Unreadable:
        """Why a name is none: its position is a letter, `h_t`, or it is misspelt."""
        return Unreadable(one.text, self.unknown(one.text)) if one.reason is _UNKNOWN else one

    def unknown(self, name: str) -> Message:
        stem = self.quantities.placed(name)
        if steps := [ref_at(one, at) for one, at in self.shapes if one == stem]:
            return self.which_step(steps)
        near = self.quantities.near(name) or self.titles.near(name)
        if near:
            return Message("this exercise has no such quantity; did you mean `{near}`?", {"near": near})
        return _UNKNOWN

    def which_step(self, refs: Sequence[Ref]) -> Message:
        return Message("which step is meant? write {names}", {"names": self.spelt(refs[:3])})

    def placed(self, name: str, ref: Ref) -> Key | Unreadable:
        """The quantity that is named, at its position."""
        position = tuple(index.offset + self.lengths.get(index.base, 0) for index in ref.indices)
        if (ref.name, position) in self.shapes:
            return ref.name, position
        places = [at for one, at in self.shapes if one == ref.name]
        if not ref.indices and len(places) == 1:
            return ref.name, places[0]
        if len(places) > 1:
            return Unreadable(name, self.which_step([ref_at(ref.name, at) for at in places]))
        return Unreadable(name, Message("this is given, or nothing that is asked for needs it"))

    def spelt(self, refs: Iterable[Ref]) -> str:
        keys = [(ref.name, tuple(index.offset for index in ref.indices)) for ref in refs]
        return ", ".join(f"`{self.quantities.key(*key)}`" for key in keys)

    def entries(self, line: Line, shape: tuple[int, int], decimal_comma: bool) -> tuple[Entry, ...]:
        rows, columns = shape
        texts = [text for row in line.texts for text in row]
        widths = {len(row) for row in line.texts}
        given = len(line.texts), max(widths, default=0)
        fits = len(widths) == 1 and (given == shape or (1 in shape and 1 in given and len(texts) == rows * columns))
        if line.problem or not fits:
            blank = not line.problem and all(map(is_blank, texts))
            if blank:
                return (None,) * (rows * columns)
            commas = not decimal_comma and len(texts) == 2 * rows * columns and _may_be_cut(texts)
            reason = line.problem or self.misshapen(given, shape, len(widths) == 1, commas)
            return (Unreadable(" ".join(texts)[:LONGEST_TOLD], reason),) * (rows * columns)
        return tuple([_entry(text, decimal_comma) for text in texts])

    def misshapen(self, given: tuple[int, int], shape: tuple[int, int], even: bool, commas: bool) -> Message:
        if commas:
            told = _other_numbers(given, shape)
            return Message("{told} (`--decimal-comma` reads `0,73`)", {"told": told})
        if not even:
            return Message("rows of different lengths; {shape} was expected", {"shape": shape_text(shape)})
        return _other_numbers(given, shape)


def _other_numbers(given: tuple[int, int], shape: tuple[int, int]) -> Message:
    """Columns are told by how many numbers they have, all else by its size."""
    if given[1] != 1 or shape[1] != 1:
        parts = {"given": shape_text(given), "shape": shape_text(shape)}
        if given == shape[::-1]:
            return Message("{given} numbers, but {shape} was expected (is it transposed?)", parts)
        return Message("{given} numbers, but {shape} was expected", parts)
    counts = {"given": str(given[0]), "wanted": str(shape[0])}
    if given[0] == 1:
        return Message("one number, but {wanted} were expected", counts)
    if shape[0] == 1:
        return Message("{given} numbers, but one was expected", counts)
    return Message("{given} numbers, but {wanted} were expected", counts)


def _may_be_cut(texts: Sequence[str]) -> bool:
    """Whether the texts are whole numbers, as those are that were cut at decimal commas: 0 and 168."""
    return all(text.lstrip("+-−").isdecimal() for text in texts)


def _entry(text: str, decimal_comma: bool) -> Entry:
    if is_blank(text):
        return None
    try:
        return read_written(text, decimal_comma)
    except NumberError as error:
        return Unreadable(text[:LONGEST_TOLD], error.message)
