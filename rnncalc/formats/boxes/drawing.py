"""An atom of a formula as a box: matrices in tall brackets, fractions over a bar, all on one baseline."""

import re
from collections.abc import Sequence
from typing import assert_never

from rnncalc.errors import printable
from rnncalc.formats.boxes.box import Box, beside, cell_width, fenced, line, padded, stacked
from rnncalc.formats.boxes.elision import is_mark
from rnncalc.formula import (
    Atom,
    Blank,
    Digits,
    Fenced,
    Fraction,
    Grid,
    Name,
    Operator,
    Over,
    Row,
    Script,
    Symbol,
    Tuple,
    Words,
    unicode,
)
from rnncalc.languages import say

_WIDEST_INLINE_FRACTION = 16
_GAP = "  "
_RATIO = re.compile(r"−?\d+/\d+")
_NUMBER = re.compile(r"(−?\d+)((?:[.,]\d+)?(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)")


def draw(atom: Atom) -> Box:
    """The atom as a box; nothing is left out, however wide it is."""
    match atom:
        case Row(atoms):
            return beside(*map(draw, atoms))
        case Symbol() | Digits() | Operator() | Name() | Words() | Blank():
            return spelt(atom)
        case Fenced(body):
            return fenced(draw(body))
        case Grid():
            return _grid(atom)
        case Tuple():
            return fenced(beside(*(draw(piece) for piece in tuple_pieces(atom))))
        case Fraction(above, below):
            return _fraction(atom, draw(above), draw(below))
        case Script(base, upper):
            return _script(atom, draw(base), draw(upper))
        case Over(_, _, body):
            return beside(over_sign(atom), draw(body))
        case _:
            assert_never(atom)


def spelt(atom: Atom) -> Box:
    """The atom on one line."""
    return line(printable(unicode(atom)))


def over_sign(over: Over) -> Box:
    """The sign with its index and a blank, without the body: `Σⱼ `."""
    return spelt(Over(over.sign, over.index, Row(())))


def tuple_pieces(flat: Tuple) -> list[Atom]:
    """The entries with the commas between them, and the true number of entries where some are left out."""
    pieces: list[Atom] = []
    for cell in flat.cells:
        pieces += [Operator(flat.between), cell] if pieces else [cell]
    return pieces + ([Words(say("; {number} entries", number=flat.length))] if flat.length else [])


def number_parts(text: str) -> tuple[str, str] | None:
    """The text before and from the decimal point, if it is a number that can be aligned there."""
    found = _NUMBER.fullmatch(text)
    return (found[1], found[2]) if found else None


def aligned(texts: Sequence[str]) -> list[str]:
    """Texts of equal width: numbers stand under one another at the decimal point, other texts are centred.

    Where fractions stand among the numbers, all are set to the right.
    """
    parts = [number_parts(text) for text in texts]
    known = [part for part in parts if part]
    if len(known) == len(texts):
        whole = max(cell_width(before) for before, _ in known)
        rest = max(cell_width(after) for _, after in known)
        return [padded(before, whole, "right") + padded(after, rest) for before, after in known]
    width = max(map(cell_width, texts))
    numeric = all(part or _RATIO.fullmatch(text) for part, text in zip(parts, texts, strict=True))
    return [padded(text, width, "right" if numeric else "centre") for text in texts]


def _grid(grid: Grid) -> Box:
    columns = [_column(column) for column in zip(*grid.cells, strict=True)]
    rows = [_spaced(cells) for cells in zip(*columns, strict=True)]
    if not rows:
        return line("[]")
    height = sum(row.height for row in rows)
    baseline = rows[0].baseline if len(rows) == 1 else height // 2
    box = fenced(stacked(rows, baseline), "[]")
    return _noted(box, f"({grid.shape[0]}×{grid.shape[1]})") if grid.shape else box


def _spaced(cells: Sequence[Box]) -> Box:
    gap = line(_GAP)
    return beside(cells[0], *(piece for cell in cells[1:] for piece in (gap, cell)))


def _noted(box: Box, note: str) -> Box:
    """The box with a small note below it."""
    return stacked((box, line(note)), box.baseline, "centre")


def _column(cells: Sequence[Atom]) -> list[Box]:
    """The entries of a column as boxes of one width; dots for left-out ones do not disturb the alignment."""
    boxes = [draw(cell) for cell in cells]
    plain = [box.lines[0] for box, cell in zip(boxes, cells, strict=True) if box.height == 1 and not is_mark(cell)]
    set_out = iter(aligned(plain) if plain else ())
    boxes = [
        line(next(set_out)) if box.height == 1 and not is_mark(cell) else box
        for box, cell in zip(boxes, cells, strict=True)
    ]
    width = max(box.width for box in boxes)
    return [Box(tuple(padded(text, width, "centre") for text in box.lines), width, box.baseline) for box in boxes]


def _fraction(fraction: Fraction, above: Box, below: Box) -> Box:
    """On one line with a slash where both parts are short, over a bar otherwise."""
    flat = above.height == below.height == 1
    if flat and above.width + below.width <= _WIDEST_INLINE_FRACTION:
        return spelt(fraction)
    bar = line("─" * max(above.width, below.width))
    return stacked((above, bar, below), above.height, "centre")


def _script(script: Script, base: Box, upper: Box) -> Box:
    """Raised at the upper right corner: in raised letters where there are such, after `^`, or as a box."""
    if upper.height > 1:
        return beside(base, Box(upper.lines, upper.width, base.baseline + upper.height))
    mark = printable(unicode(Script(Row(()), script.upper)))
    return beside(base, Box((mark,), cell_width(mark), base.baseline))
