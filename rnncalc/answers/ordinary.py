"""A sheet as most are, read at one go: lines `name: number` or `name: [numbers]`, or the same as a JSON object.

What YAML makes of such a text is so plain that it needs no parser of YAML: each line is matched as a whole. Whatever
does not match, or names a thing twice, gives None and is left to the careful reader, which knows all of YAML and tells
what is wrong and where. What is read here, the careful reader reads in the same way, or, where JSON breaks lines as
YAML must not, refuses.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from rnncalc.answers.lines import KEYS, LARGEST_KNOWN, Line, Sheet, Texts
from rnncalc.answers.pasted import looks_pasted, read_pasted
from rnncalc.numbers import NumberError

MOST_LINES = 1_000
MOST_KNOWN = 3_000
"""So many lines are remembered."""

_LETTER = r"(?:\w|[\u0300-\u036f])"
_NAME = rf"[^\W\d](?:{_LETTER}|/){{0,60}}(?:\[[0-9,]{{1,20}}\])?"
_NUMBER = r"(?:[-+]?[0-9.]+(?:[eE][-+]?[0-9]+|/[0-9]+)?|_)"
_ROW = rf"\[ *{_NUMBER}(?: *, *{_NUMBER})* *\]"
_COMMENT = rf"#(?:[ -~]|{_LETTER})*"
_LINE = re.compile(
    rf"( *)({_NAME}):(?: +(?:({_NUMBER})|({_ROW})|\[ *({_ROW}(?: *, *{_ROW})*) *\]))?(?: +{_COMMENT}| *)"
)
_ABOUT = re.compile(rf'(student|name|exercise):(?: +(?:"([^"\\]*)"|([^\W_][\w./-]*)))?(?: +{_COMMENT}| *)')
_ANSWERS = re.compile(rf"answers:(?: +{_COMMENT}| *)")
_NOTHING = re.compile(rf" *(?:{_COMMENT})?")
_STRANGE = re.compile(r"[^ -~\n\w\u0300-\u036f]|[\\?]")


def read_ordinary(text: str) -> Sheet | None:
    """The sheet in a text, None if it is not an ordinary one."""
    return _from_json(text) if text.startswith("{") else _from_lines(text)


def _sheet(about: dict[str, str], inner: Iterable[Line], outer: Iterable[Line]) -> Sheet:
    """What is said about the sheet, the lines below `answers:`, and those beside it."""
    return Sheet(about.get("student", about.get("name", "")).strip(), (*inner, *outer))


# ---------------------------------------------------------------- lines


def _from_lines(text: str) -> Sheet | None:
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MOST_LINES:
        return None
    about: dict[str, str] = {}
    inner: dict[str, Line] = {}
    outer: dict[str, Line] = {}
    # How far lines may be indented: below `answers:` as far as the first one is.
    depth: int | None = 0
    matched = _matched if len(text) <= LARGEST_KNOWN else _match
    for one in lines:
        indent, line, other = matched(one)
        if line:
            if indent and depth is not None and indent != depth:
                return None
            depth, named = indent, inner if indent else outer
            if line.name in named:
                return None
            named[line.name] = line
        elif other is None or other[0] in about:
            return None
        elif other[0]:
            about[other[0]] = other[1]
            depth = None if other[0] == "answers" else 0
    return _sheet(about, inner.values(), outer.values()) if inner or outer else None


def _match(text: str) -> tuple[int, Line | None, tuple[str, str] | None]:
    """How far a line is indented, and what it answers; or what it says about the sheet, `("answers", "")` where the
    answers begin, two empty texts where it says nothing. None of that is a line that is not ordinary."""
    match = _LINE.fullmatch(text)
    if match and (match[1] or match[2].lower() not in KEYS):
        return len(match[1]), Line(match[2], _texts(match)), None
    if _NOTHING.fullmatch(text):
        return 0, None, ("", "")
    if _ANSWERS.fullmatch(text):
        return 0, None, ("answers", "")
    about = _ABOUT.fullmatch(text)
    return 0, None, (about[1], about[2] or about[3] or "") if about else None


def _texts(match: re.Match[str]) -> Texts:
    _, _, number, row, rows = match.groups()
    if row:
        return tuple([(text.strip(),) for text in row[1:-1].split(",")])
    if rows:
        parts = [one.strip(" ,[").split(",") for one in rows.split("]")[:-1]]
        return tuple([tuple(map(str.strip, part)) for part in parts])
    return ((number or "",),)


_matched = lru_cache(MOST_KNOWN)(_match)
"""A class writes many lines again and again."""


# ---------------------------------------------------------------- JSON


class _Object(list[tuple[str, Any]]):
    """The entries of a JSON object."""


class _StrangeError(ValueError):
    """Not an ordinary sheet."""


def _refuse(_: str) -> None:
    raise _StrangeError


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    if len(dict(pairs)) < len(pairs):
        raise _StrangeError
    return _Object(pairs)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=_refuse)


def _from_json(text: str) -> Sheet | None:
    # Most are of the characters on every keyboard, which is seen at once.
    plain = text.isascii() and text.replace("\n", " ").isprintable() and "\\" not in text and "?" not in text
    if not plain and _STRANGE.search(text):
        return None
    try:
        found, end = _DECODER.raw_decode(text)
        line = _known_line if len(text) <= LARGEST_KNOWN else _line
        return None if text[end:].strip(" \n") else _from_object(found, line)
    except (ValueError, RecursionError):
        return None


def _from_object(found: _Object, line: Callable[[str, Any], Line]) -> Sheet:
    about = {name: value for name, value in found if name in KEYS}
    others = _Object([pair for pair in found if pair[0] not in KEYS]) if about else found
    inner = about.pop("answers", _Object())
    texts = all(isinstance(value, str) for value in about.values()) and isinstance(inner, _Object)
    if not texts or not (inner or others) or not KEYS.isdisjoint([name.lower() for name, _ in others]):
        raise _StrangeError
    return _sheet(about, [line(*one) for one in inner], [line(*one) for one in others])


def _known_line(name: str, value: Any) -> Line:
    """The same line for the same text or list of texts: a class writes many lines again and again."""
    try:
        return _remembered(name, tuple(value) if isinstance(value, list) else value)
    except TypeError:
        # Lists in a list are not looked up.
        return _line(name, value)


def _line(name: str, value: Any) -> Line:
    if isinstance(value, str):
        return Line(name, _several(value) if looks_pasted(value) else ((value,),))
    if not isinstance(value, list | tuple):
        raise _StrangeError
    if set(map(type, value)) == {list}:
        return Line(name, tuple(map(_row, value)))
    return Line(name, tuple([(text,) for text in _row(value)]))


_remembered = lru_cache(MOST_KNOWN)(_line)


def _several(text: str) -> Texts:
    """Numbers in one text, as a cell of a table has them."""
    try:
        return read_pasted(text)
    except NumberError:
        raise _StrangeError from None


def _row(entries: Sequence[Any]) -> tuple[str, ...]:
    if set(map(type, entries)) != {str} or (len(entries) == 1 and looks_pasted(entries[0])):
        raise _StrangeError
    return tuple(entries)
