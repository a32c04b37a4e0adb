"""Words with formulas between them as lines of text."""

import re

from rnncalc.document import Text
from rnncalc.errors import printable
from rnncalc.formats.boxes.box import cell_width
from rnncalc.formats.boxes.elision import Limits, elided
from rnncalc.formula import Atom, unicode
from rnncalc.languages import Code

_TIED = "\N{NO-BREAK SPACE}"
_LONGEST_TIED = 24


def inline(text: Text) -> str:
    """The text on one line, code between backticks. The blanks of a short formula are no-break spaces, for `wrap`."""
    return "".join(map(_piece, text))


def _piece(piece: str | Code | Atom) -> str:
    match piece:
        case str():
            return plain(piece)
        case Code(code):
            return f"`{plain(code)}`"
        case _:
            return _formula(unicode(elided(piece, Limits())))


def plain(text: str) -> str:
    """Text from anyone, made harmless; a line break counts as a blank."""
    return printable(re.sub(r"[\t\r\n]", " ", text))


def _formula(spelling: str) -> str:
    shown = printable(spelling)
    return shown.replace(" ", _TIED) if cell_width(shown) <= _LONGEST_TIED else shown


def untied(text: str) -> str:
    """The text with plain blanks for its no-break spaces."""
    return text.replace(_TIED, " ")


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells; no-break spaces become plain. At least one line."""
    lines: list[str] = []
    current = ""
    for word in re.split(" +", text):
        longer = f"{current} {word}" if current else word
        if cell_width(longer) <= width:
            current = longer
            continue
        if current:
            lines.append(current)
        *full, current = _pieces(word, width)
        lines += full
    return [untied(line).rstrip() for line in [*lines, current]]


def _pieces(word: str, width: int) -> list[str]:
    """A word cut where it is wider than a line."""
    pieces, used = [""], 0
    for character in word:
        cells = cell_width(character)
        if used + cells > width:
            pieces.append("")
            used = 0
        pieces[-1] += character
        used += cells
    return pieces
