"""A sheet as most are, read at one go: lines `name: number` or `name: [numbers]`, or the same as a JSON object.

What YAML makes of such a text is so plain that it needs no parser of YAML: each line is matched as a whole. Whatever
does not match, or names a thing twice, gives None and is left to the careful reader, which knows all of YAML and tells
what is wrong and where. What is read here, the careful reader reads in the same way, or, where JSON breaks lines as
YAML must not, refuses.
"""

import json
import re
from functools import lru_cache
from typing import Any

from msgspec import Struct

from rnncalc.answers.pasted import Texts, looks_pasted

KEYS = ("student", "name", "answers", "exercise")
"""What stands beside the quantities of a sheet."""
MOST_LINES = 1_000
MOST_KNOWN = 4_000
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


class Ordinary(Struct):
    """What is said `about` the sheet, and rows of texts by name: a list of numbers is a column. Those of `inner` stand
    below `answers:`."""

    about: dict[str, str]
    inner: dict[str, Texts]
    outer: dict[str, Texts]


def read_ordinary(text: str) -> Ordinary | None:
    """The sheet in a text, None if it is not an ordinary one."""
    return _from_json(text) if text.startswith("{") else _from_lines(text)


# ---------------------------------------------------------------- lines


def _from_lines(text: str) -> Ordinary | None:
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MOST_LINES:
        return None
    found, opened = Ordinary({}, {}, {}), False
    # How far lines may be indented: below `answers:` as far as the first one is.
    depth: int | None = 0
    for line in lines:
        indent, name, rows = _matched(line)
        if name and not indent and name.lower() not in KEYS:
            depth, named = 0, found.outer
        elif name and indent and (depth is None or indent == depth):
            depth, named = indent, found.inner
        elif _NOTHING.fullmatch(line):
            continue
        elif _ANSWERS.fullmatch(line) and not opened:
            depth, opened = None, True
            continue
        elif (about := _ABOUT.fullmatch(line)) and about[1] not in found.about:
            depth, found.about[about[1]] = 0, about[2] or about[3] or ""
            continue
        else:
            return None
        if name in named:
            return None
        named[name] = rows
    return found if found.inner or found.outer else None


@lru_cache(maxsize=MOST_KNOWN)
def _matched(line: str) -> tuple[int, str, Texts]:
    """How far a line is indented, its name and its rows; no name where it is another line. A class writes many lines
    again and again."""
    match = _LINE.fullmatch(line)
    if match is None:
        return 0, "", ()
    indent, name, number, row, rows = match.groups()
    if row:
        return len(indent), name, tuple([(text.strip(),) for text in row[1:-1].split(",")])
    if rows:
        parts = [one.strip(" ,[").split(",") for one in rows.split("]")[:-1]]
        return len(indent), name, tuple(tuple(map(str.strip, part)) for part in parts)
    return len(indent), name, ((number or "",),)


# ---------------------------------------------------------------- JSON


class _Object(list[tuple[str, Any]]):
    """The entries of a JSON object, names that stand there twice among them."""


class _StrangeError(ValueError):
    """Not an ordinary sheet."""


def _refuse(_: str) -> None:
    raise _StrangeError


_DECODER = json.JSONDecoder(object_pairs_hook=_Object, parse_float=str, parse_int=str, parse_constant=_refuse)


def _from_json(text: str) -> Ordinary | None:
    if _STRANGE.search(text):
        return None
    try:
        found, end = _DECODER.raw_decode(text)
        return None if text[end:].strip(" \n") else _sheet(found)
    except (ValueError, RecursionError):
        return None


def _sheet(found: _Object) -> Ordinary:
    about = {name: value for name, value in found if name in KEYS}
    others = _Object(pair for pair in found if pair[0] not in KEYS)
    inner = about.pop("answers", _Object())
    once = len({name for name, _ in found}) == len(found)
    texts = all(isinstance(value, str) for value in about.values()) and isinstance(inner, _Object)
    if not once or not texts or not (inner or others) or any(name.lower() in KEYS for name, _ in others):
        raise _StrangeError
    return Ordinary(about, _all_rows(inner), _all_rows(others))


def _all_rows(lines: _Object) -> dict[str, Texts]:
    found = {name: _value(value) for name, value in lines}
    if len(found) < len(lines):
        raise _StrangeError
    return found


def _value(value: Any) -> Texts:
    if isinstance(value, list) and value and all(isinstance(row, list) for row in value):
        return tuple(_row(row) for row in value)
    if isinstance(value, list):
        return tuple([(text,) for text in _row(value)])
    return (_row([value]),)


def _row(entries: Any) -> tuple[str, ...]:
    if not entries or not all(isinstance(entry, str) for entry in entries):
        raise _StrangeError
    if len(entries) == 1 and looks_pasted(entries[0]):
        raise _StrangeError
    return tuple(entries)
