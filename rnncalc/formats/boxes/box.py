"""A rectangle of text with a baseline, and the ways to put rectangles together.

Width is counted in cells of a terminal: a combining mark takes none, a wide East Asian character two.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import repeat
from typing import Literal

from msgspec import Struct

Side = Literal["left", "right", "centre"]


class Box(Struct, frozen=True):
    """Lines of equal width. `baseline` is the index of the line on the writing line; it may lie outside."""

    lines: tuple[str, ...]
    width: int
    baseline: int = 0

    @property
    def height(self) -> int:
        return len(self.lines)


def cell_width(text: str) -> int:
    """How many cells a terminal gives the text."""
    return len(text) if text.isascii() else sum(map(_cells, text))


@cache
def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def line(text: str) -> Box:
    return Box((text,), cell_width(text))


def blank(width: int) -> Box:
    return Box((" " * width,), width)


def padded(text: str, width: int, side: Side = "left") -> str:
    """The text with blanks up to `width` cells; `side` is where the text stands."""
    missing = max(0, width - cell_width(text))
    before = {"left": 0, "right": missing, "centre": missing // 2}[side]
    return " " * before + text + " " * (missing - before)


def beside(*boxes: Box) -> Box:
    """The boxes from left to right, on one baseline."""
    if not boxes:
        return Box(("",), 0)
    top = max(box.baseline for box in boxes)
    bottom = max(box.height - box.baseline for box in boxes)
    rows = ("".join(_row(box, index) for box in boxes) for index in range(-top, bottom))
    return Box(tuple(rows), sum(box.width for box in boxes), top)


def _row(box: Box, index: int) -> str:
    """The line of the box that is `index` lines below its baseline."""
    place = index + box.baseline
    return box.lines[place] if 0 <= place < box.height else " " * box.width


def stacked(boxes: Iterable[Box], baseline: int = 0, side: Side = "left") -> Box:
    """The boxes one under the other; `baseline` is the index of the new baseline."""
    every = tuple(boxes)
    width = max(box.width for box in every)
    return Box(tuple(padded(text, width, side) for box in every for text in box.lines), width, baseline)


# Opening and closing signs: alone, then top, middle and bottom of a stretched one.
_FENCES = {"(": tuple("(⎛⎜⎝"), ")": tuple(")⎞⎟⎠"), "[": tuple("[⎡⎢⎣"), "]": tuple("]⎤⎥⎦")}


def fence(sign: Literal["(", ")", "[", "]"], body: Box) -> Box:
    """A parenthesis or bracket as tall as the body."""
    alone, top, middle, bottom = _FENCES[sign]
    if body.height == 1:
        return Box((alone,), 1, body.baseline)
    return Box((top, *repeat(middle, body.height - 2), bottom), 1, body.baseline)


def fenced(body: Box, signs: Literal["()", "[]"] = "()") -> Box:
    if signs == "()":
        return beside(fence("(", body), body, fence(")", body))
    return beside(fence("[", body), body, fence("]", body))
