"""What went wrong, where, and what to do next: the one error type, and how it is drawn.

It knows nothing of YAML, equations or screens. Every module raises these; `cli` prints what `draw` returns.
"""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from msgspec import Struct

MOST_DRAWN = 20
LONGEST_QUOTED = 40
_WIDEST_LINE = 100


class Span(Struct, frozen=True):
    """A place in a text: lines and columns are counted from 1, in characters."""

    source: str
    line: int
    column: int
    length: int
    text: str
    """The whole line, without its line break."""

    def within(self, start: int, length: int) -> "Span":
        """The part of this span that begins `start` characters into it."""
        return Span(self.source, self.line, self.column + start, max(1, length), self.text)


class Problem(Struct, frozen=True):
    """One thing that is wrong: `what` says what and what was expected, `notes` how that is known, a line each, and
    `hint` what to do next."""

    what: str
    span: Span | None = None
    hint: str | None = None
    notes: tuple[str, ...] = ()


class RnncalcError(Exception):
    """An error with at least one problem. The subclass says whose turn it is to act."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.what for problem in problems))
        self.problems = problems


class ExerciseError(RnncalcError):
    """An exercise or cell file cannot be used as written: its author acts."""


class AnswerError(RnncalcError):
    """A sheet of answers cannot be read as a whole: the student acts."""


class UsageError(RnncalcError):
    """The command line or the arguments of a function ask for something impossible: the caller acts."""


class WeightsError(RnncalcError):
    """A file of weights or inputs cannot be used as it is: whoever made the file acts."""


class LimitError(RnncalcError):
    """The work asked for passes a stated limit: ask for less, or raise the limit."""


def nearest(text: str, known: Iterable[str]) -> str | None:
    """The known word that looks like the text, capitals aside."""
    names = list(known)
    near = [name for name in names if name.casefold() == text.casefold()] or get_close_matches(text, names, 1, 0.6)
    return near[0] if near else None


def short(text: str) -> str:
    """A text as messages quote it, cut if it is long."""
    return text if len(text) <= LONGEST_QUOTED else text[: LONGEST_QUOTED - 1] + "…"


def in_backticks(names: Iterable[object], sign: str = ", ") -> str:
    """Names as messages list them: `W`, `U`."""
    return sign.join(f"`{name}`" for name in names)


def unreadable(path: object, error: Exception) -> UsageError:
    """What the system says of a file that it does not hand out."""
    return UsageError(Problem(f"`{path}` cannot be read: {getattr(error, 'strerror', None) or error}"))


def grouped(number: int) -> str:
    """A large number as messages write it: `1 500 000`."""
    return f"{number:,}".replace(",", " ")


def did_you_mean(text: str, known: Iterable[str], otherwise: str | None = None) -> str | None:
    """The hint that names the nearest known word; `otherwise` if none is near."""
    near = nearest(text, known)
    return f"did you mean `{near}`?" if near else otherwise


def printable(text: str) -> str:
    """The text with control and bidirectional characters shown as `\\x1b` or `\\u202e`: a terminal obeys none."""
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    # Blanks other than the common one, such as U+00A0, and what joins letters, in Persian names, are harmless, though
    # Python does not call them printable.
    if character.isprintable() or character in "\u200c\u200d" or unicodedata.category(character) == "Zs":
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def draw(problems: Iterable[Problem]) -> str:
    """The problems as the user reads them, in the order of their lines, one blank line between two."""
    ordered = sorted(problems, key=lambda p: (p.span.source, p.span.line, p.span.column) if p.span else ("", 0, 0))
    different = list(dict.fromkeys(ordered))
    drawn = [_draw_one(problem) for problem in different[:MOST_DRAWN]]
    if len(different) > MOST_DRAWN:
        drawn.append(f"… and {len(different) - MOST_DRAWN} more")
    return "\n\n".join(drawn)


def _draw_one(problem: Problem) -> str:
    span, lines = problem.span, []
    if span is None:
        lines.append(f"error: {printable(problem.what)}")
    else:
        lines.append(f"{printable(span.source)}:{span.line}:{span.column}: error: {printable(problem.what)}")
        lines.extend(_excerpt(span))
    lines.extend(f"  {printable(note)}" for note in problem.notes)
    if problem.hint:
        lines.append(f"  help: {printable(problem.hint)}")
    return "\n".join(lines)


def _excerpt(span: Span) -> list[str]:
    """The line with a caret under the span; a long line is cut to a window round the caret."""
    start = max(0, span.column - 1 - _WIDEST_LINE // 2) if len(span.text) > _WIDEST_LINE else 0
    window = span.text[start : start + _WIDEST_LINE]
    before = ("…" if start else "") + printable(window[: span.column - 1 - start].replace("\t", " "))
    marked = printable(window[span.column - 1 - start :][: max(1, span.length)].replace("\t", " "))
    after = printable(window[span.column - 1 - start + max(1, span.length) :].replace("\t", " "))
    cut = "…" if start + _WIDEST_LINE < len(span.text) else ""
    gutter = f"{span.line:>5} │ "
    blank = " " * (len(gutter) - 2) + "│ "
    return [
        (gutter + before + marked + after + cut).rstrip(),
        blank + " " * _width(before) + "^" * max(1, _width(marked)),
    ]


def _width(text: str) -> int:
    """The columns a terminal gives to the text: accents take none, Chinese characters two."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))
