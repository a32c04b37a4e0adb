"""Text → tokens of an equation: names, numbers and signs, each with its place. It knows no grammar."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Literal

from msgspec import Struct

from rnncalc.errors import ExerciseError, Problem, Span

Locate = Callable[[int, int, int], Span]
"""(line from 1, column from 1, length) in the text handed in → the place in the file."""


class Token(Struct, frozen=True):
    """`text` is that of a name, a number or a sign; the last token of an equation is an empty `end`."""

    kind: Literal["name", "number", "sign", "end"]
    text: str
    start: int
    end: int


class Source(Struct, frozen=True):
    """The whole text; places in it are counted in characters from 0."""

    text: str
    locate: Locate

    def span(self, start: int, end: int) -> Span:
        """The place of a part; of one that runs over several lines, the first line of it."""
        line_start = self.text.rfind("\n", 0, start) + 1
        line = self.text.count("\n", 0, start) + 1
        length = len(self.text[start:end].split("\n")[0].rstrip())
        return self.locate(line, start - line_start + 1, max(1, length))

    def error(self, what: str, start: int, end: int, hint: str | None = None) -> ExerciseError:
        return ExerciseError(Problem(what, self.span(start, end), hint))


def passages(text: str) -> Iterator[tuple[int, int]]:
    """Where each equation begins and ends: one a line; an open bracket continues it on the next line, unless that has
    an equals sign of its own: then the bracket was forgotten."""
    begun, end, still_open, offset = 0, 0, 0, 0
    for line in text.split("\n"):
        code = line.split("#", 1)[0].rstrip()
        if still_open > 0 and "=" in code:
            yield begun, end
            still_open = 0
        if code.strip():
            if still_open <= 0:
                begun, still_open = offset + len(code) - len(code.lstrip()), 0
            end = offset + len(code)
            still_open += sum(map(code.count, "([")) - sum(map(code.count, ")]"))
            if still_open <= 0:
                yield begun, end
        offset += len(line) + 1
    if still_open > 0:
        yield begun, end


# A number takes all dots and underscores, so that `1.2.3` and `1_000` are refused as the numbers they were meant to be.
_TOKEN = re.compile(
    r"""(?P<blank> [ \t\r\n]+ | \#[^\n]* )
      | (?P<number> \.?[0-9] (?: [eE][+-]?(?=[0-9]) | [0-9_.] )* )
      | (?P<sign> \*\* | [-+*/@()\[\],=.] )""",
    re.VERBOSE,
)


def tokens(source: Source, start: int, end: int) -> Iterator[Token]:
    """The tokens of one equation. Raises ExerciseError for a character that cannot stand in one."""
    here = last = start
    while here < end:
        if match := _TOKEN.match(source.text, here, end):
            begun, here = here, match.end()
            if match["blank"]:
                continue
            yield Token("number" if match["number"] else "sign", match[0], begun, here)
        else:
            begun, here = here, _end_of_name(source, here, end)
            yield Token("name", unicodedata.normalize("NFC", source.text[begun:here]), begun, here)
        last = here
    yield Token("end", "", last, last)


def _end_of_name(source: Source, start: int, end: int) -> int:
    """A name is a letter or `_`, then letters, digits, accents and `_`; letters of special shape are refused, since
    `ₜ` and `t` would look like two names and `ﬁ` like two letters."""
    text, here = source.text, start
    while here < end and (text[here] if here == start else "a" + text[here]).isidentifier():
        character = text[here]
        if character in _INSTEAD or unicodedata.normalize("NFKC", character) != unicodedata.normalize("NFC", character):
            raise _unusable(source, here)
        here += 1
    if here == start or (here < end and text[here] in _INSTEAD):
        raise _unusable(source, here)
    return here


def _unusable(source: Source, place: int) -> ExerciseError:
    character = source.text[place]
    plain = "use plain letters and digits; write positions in brackets: `h[t-1]`"
    signs = "an equation is made of names, numbers, brackets and the signs + - * / @ ** .T"
    advice = _INSTEAD.get(character, plain if character.isalnum() else signs)
    return source.error(f"`{character}` cannot stand in an equation", place, place + 1, advice)


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
