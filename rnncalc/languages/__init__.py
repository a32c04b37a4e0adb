"""Words in the reader's language: English is the source text, each `.po` file of this folder a translation of it.

    say("Time step {t}", t=2)               what is said now
    sentence("of {h} at most", h=row)     the same as a run of words and of whatever stands between them
    coded("write `h_1`")                  a text that is made already as such a run
    Message("Gradient at {name}", …)      what will be said later, when the language of the page is known
    with speaking("vi"): …                the language of all that is said inside
    with decimal_commas(): …              pages made inside have `0,5` for `0.5`

It knows nothing of networks and pages. What a sentence has between backticks is code: in a run it is a `Code`. A
language that is asked for by `speaking` is spoken; else that of the exercise; else that of the environment; else
English.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Union

from msgspec import Struct

from rnncalc.languages.catalogue import Catalogue, read_catalogue

SOURCE = "en"
_asked: ContextVar[str] = ContextVar("asked", default="")
_commas: ContextVar[bool] = ContextVar("commas", default=False)
_FOLDER = Path(__file__).parent


class Code(Struct, frozen=True):
    """What is typed as it stands, or was: a command, a name in a file."""

    text: str


class Several(Struct, frozen=True):
    """A list to be said as `a, b and c`."""

    parts: tuple["Said", ...]


class Message(Struct, frozen=True):
    """A sentence whose holes are filled: `Gradient at {name}` with `{"name": "h"}`. Text that fills a hole stays as
    it is; a message or a list in a hole is said in the same language."""

    template: str
    parts: Mapping[str, "Said"] = {}


Said = Union[str, Message, Several]  # noqa: UP007 (a recursive type, written before its parts exist)


def names() -> list[str]:
    """The languages that can be spoken: `en`, `vi`."""
    return sorted([SOURCE, *(path.stem for path in _FOLDER.glob("*.po"))])


def asked() -> str:
    """The language that `speaking` asks for, empty if none: what another process must be told to speak it too."""
    return _asked.get()


def language(own: str = "") -> str:
    """The language to speak; `own` is that of the exercise."""
    return _asked.get() or own or _of_environment()


def _of_environment() -> str:
    """The first language of the environment that can be spoken, in gettext's order of variables."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        for wish in os.environ.get(variable, "").split(":"):
            code = wish.partition(".")[0].partition("_")[0].lower()
            if code in ("c", "posix", SOURCE):
                return SOURCE
            if code and (_FOLDER / f"{code}.po").is_file():
                return code
    return SOURCE


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Say everything inside in this language; an empty code changes nothing."""
    token = _asked.set(code or _asked.get())
    try:
        yield
    finally:
        _asked.reset(token)


def has_decimal_commas() -> bool:
    return _commas.get()


@contextmanager
def decimal_commas(asked: bool = True) -> Iterator[None]:
    """Pages made inside have decimal commas, if they are asked for; what is written for programs never has."""
    token = _commas.set(asked or _commas.get())
    try:
        yield
    finally:
        _commas.reset(token)


def among_words(text: str) -> str:
    """A decimal number as it stands among words of the page."""
    return text.replace(".", ",") if _commas.get() else text


@cache
def _catalogue(code: str) -> Catalogue:
    return read_catalogue(_FOLDER / f"{code}.po")


def translated(text: str) -> str:
    """A text without holes in the language spoken, if it has a translation there: the title of a step."""
    code = language()
    return text if code == SOURCE else _catalogue(code).one(text)


def say(template: str, /, **parts: object) -> str:
    """A sentence of ours in the language spoken."""
    return translated(template).format_map(parts) if parts else translated(template)


def counted(one: str, several: str, number: int, /, **parts: object) -> str:
    """A sentence in the form that a number asks for; `{number}` is the number itself."""
    return _form(one, several, number).format_map({"number": number, **parts})


def _form(one: str, several: str, number: int) -> str:
    code = language()
    return (one if number == 1 else several) if code == SOURCE else _catalogue(code).form(one, several, number)


def sentence(template: str, /, **parts: Any) -> tuple[Any, ...]:
    """A sentence in the language spoken as a run of words, of code and of the parts in its holes; a part that is a run
    itself is spliced in."""
    return spliced(translated(template), parts)


def sentences(one: str, several: str, number: int, /, **parts: Any) -> tuple[Any, ...]:
    """A sentence as a run, in the form that a number asks for."""
    return spliced(_form(one, several, number), parts)


def spliced(template: str, parts: Mapping[str, Any]) -> tuple[Any, ...]:
    """The words of a template, with its parts between them; words that follow one another are one. Only backticks of
    the template begin and end code: those of a part are its own."""
    run: list[Any] = []
    in_code = False
    for words, hole, _format, _conversion in Formatter().parse(template):
        for number, piece in enumerate(words.split("`")):
            in_code = in_code != bool(number)
            _append(run, piece, in_code)
        part = parts[hole] if hole is not None else ()
        for piece in part if isinstance(part, tuple) else (part,):
            _append(run, piece, in_code)
    return tuple(run)


def _append(run: list[Any], piece: Any, in_code: bool) -> None:
    """One more piece of a run; text joins text of its kind before it."""
    if piece == "":
        return
    before = run[-1] if run else None
    if isinstance(piece, str) and in_code:
        run.append(Code(run.pop().text + piece if isinstance(before, Code) else piece))
    elif isinstance(piece, str) and isinstance(before, str):
        run[-1] = before + piece
    else:
        run.append(piece)


def coded(text: str) -> tuple[str | Code, ...]:
    """A text that is made already as a run: what stands between two backticks is code, a single one is itself."""
    pieces = re.split("`([^`]+)`", text)
    return tuple(Code(piece) if place % 2 else piece for place, piece in enumerate(pieces) if piece)


def listed(parts: Sequence[Any]) -> tuple[Any, ...]:
    """`a, b and c`, as a run."""
    run: tuple[Any, ...] = ()
    for number, part in enumerate(parts):
        whole = part if isinstance(part, tuple) else (part,)
        last = number == len(parts) - 1
        run = (
            whole
            if not number
            else sentence("{some} and {last}", some=run, last=whole)
            if last
            else (*run, ", ", *whole)
        )
    return run


def said(message: Said) -> str:
    """What a message says in the language spoken."""
    match message:
        case str():
            return translated(message)
        case Several(parts):
            return "".join(listed([_filling(part) for part in parts]))
        case Message(template, parts):
            return translated(template).format_map({hole: _filling(part) for hole, part in parts.items()})


def _filling(part: Said) -> str:
    if not isinstance(part, str):
        return said(part)
    return among_words(part) if part.replace(".", "", 1).isdecimal() else part
