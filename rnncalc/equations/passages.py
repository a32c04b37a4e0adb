"""A text of equations in passages, one an equation, with the places of their parts; and what Python's parser may be
given: known characters, brackets in pairs, no more nesting than it bears. It knows no grammar.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from keyword import iskeyword

from msgspec import Struct

from rnncalc.errors import ExerciseError, Problem, Span

# Comments, and the carriage return, which Python would take for the end of a line.
_BLANK = re.compile(r"#[^\n]*|\r")
_WORD = re.compile(r"[^\W\d]\w*")
MAX_CHARACTERS = 4_000
MAX_NESTING = 50

Locate = Callable[[int, int, int], Span]
"""(line from 1, column from 1, length) in the text handed in → the place in the file."""


class Passage(Struct, frozen=True):
    """One equation: `text` from `start` to `end` of the whole, counted in characters from 0."""

    whole: str
    start: int
    end: int
    locate: Locate

    @property
    def text(self) -> str:
        """The equation, with blanks for its comments: places stay as they are."""
        return _BLANK.sub(lambda blank: " " * len(blank[0]), self.whole[self.start : self.end])

    def span(self, start: int, end: int) -> Span:
        """The place of a part, given from the beginning of the passage; of several lines, the first."""
        begin = self.start + start
        column = begin - self.whole.rfind("\n", 0, begin)
        length = len(self.text[start:end].split("\n")[0].rstrip())
        return self.locate(self.whole.count("\n", 0, begin) + 1, column, max(1, length))

    def error(self, what: str, start: int, end: int, hint: str | None = None) -> ExerciseError:
        return ExerciseError(Problem(what, self.span(start, end), hint))


def passages(text: str, locate: Locate) -> Iterator[Passage]:
    """Each equation: one a line; an open bracket continues it on the next line, unless that has an equals sign of its
    own: then the bracket was forgotten."""
    begun, end, still_open, offset = 0, 0, 0, 0
    for line in text.split("\n"):
        code = line.split("#", 1)[0].rstrip()
        if still_open > 0 and "=" in code:
            yield Passage(text, begun, end, locate)
            still_open = 0
        if code.strip():
            if still_open <= 0:
                begun, still_open = offset + len(code) - len(code.lstrip()), 0
            end = offset + len(code)
            still_open += sum(map(code.count, "([")) - sum(map(code.count, ")]"))
            if still_open <= 0:
                yield Passage(text, begun, end, locate)
        offset += len(line) + 1
    if still_open > 0:
        yield Passage(text, begun, end, locate)


def check(passage: Passage) -> None:
    """Raise ExerciseError for what must not reach Python's parser."""
    if len(passage.text) > MAX_CHARACTERS:
        what = f"an equation of more than {MAX_CHARACTERS} characters"
        raise passage.error(what, 0, len(passage.text), "split it: name a part")
    _check_characters(passage)
    _check_brackets(passage)


def _check_characters(passage: Passage) -> None:
    # Python reads ₜ and t, ﬁ and fi as one name (NFKC); here what looks like another letter is refused.
    for place, character in enumerate(passage.text):
        special = unicodedata.normalize("NFKC", character) != unicodedata.normalize("NFC", character)
        strange = not (character.isalnum() or character in _SIGNS or unicodedata.combining(character))
        if character in _INSTEAD or special or strange:
            plain = "use plain letters and digits; write positions in brackets: `h[t-1]`"
            signs = "an equation is made of names, numbers, brackets and the signs + - * / @ ** .T"
            advice = _INSTEAD.get(character, plain if character.isalnum() else signs)
            raise passage.error(f"`{character}` cannot stand in an equation", place, place + 1, advice)


def python_word(passage: Passage) -> re.Match[str] | None:
    """The first name that Python keeps for itself: `lambda` cannot be one here."""
    return next((word for word in _WORD.finditer(passage.text) if iskeyword(word[0])), None)


def _check_brackets(passage: Passage) -> None:
    opened: list[tuple[str, int]] = []
    for place, character in enumerate(passage.text):
        if character in _CLOSING:
            opened.append((character, place))
            if len(opened) > MAX_NESTING:
                what = "this equation is too long or too deep"
                raise passage.error(what, 0, len(passage.text), "split it: name a part")
        elif character in _CLOSING.values():
            if not opened or _CLOSING[opened[-1][0]] != character:
                what = f"does not close `{opened[-1][0]}`" if opened else "closes no bracket"
                raise passage.error(f"`{character}` {what}", place, place + 1, "count the brackets")
            opened.pop()
    if opened:
        opening, place = opened[-1]
        hint = f"write the `{_CLOSING[opening]}` that belongs to it"
        raise passage.error(f"`{opening}` is never closed", place, place + 1, hint)


_SIGNS = " \t\n+-*/@()[],=._"
_CLOSING = {"(": ")", "[": "]"}
_INSTEAD = {
    "⊙": "write `*` for the element-wise product",
    "∘": "write `*` for the element-wise product",
    "·": "write `*` for an element-wise product, `@` for a matrix product",
    "×": "write `*` for an element-wise product, `@` for a matrix product",
    "−": "write `-` (hyphen) for minus",
    "–": "write `-` (hyphen) for minus",
    "′": "write another letter and print it with `symbols: {B: A′}`",
    "'": "no quotes are needed; a letter is printed with a prime by `symbols: {B: A′}`",
    "ᵀ": "write `.T` for the transpose: `W.T @ x`",
    "²": "write `** 2` for a square",
    "∑": "write `sum(a[t,j], j)` for a sum over j",
    "^": "write `**` for a power",
    ";": "write one equation a line",
    ":": "write one position for each index: `h[t-1]`",
    "{": "write round brackets",
    "}": "write round brackets",
    "\\": "write plain text, not LaTeX: `W_f @ x[t]`",
    "\u00a0": "write an ordinary space",
    "\ufeff": "leave it out: it is an invisible mark that some editors write",
}
