"""Where formulas and tables that are too wide are broken, for pages that are measured later than they are written."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from rnncalc.document import Table, Text
from rnncalc.formats.boxes import cell_width, inline
from rnncalc.formats.spelling.walk import BLANK_CHARACTER
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

_DIGIT = 0.5
"""How wide a digit is printed, in em; a blank has room for larger ones by hand."""
_BREAKS_BEFORE = frozenset(("plus", "minus", "equals", "approx"))


def pieces(formula: Row) -> Iterator[Row]:
    """The formula cut before each sum and relation sign that stands in no parenthesis; one piece at least."""
    piece: list[Atom] = []
    for atom in formula.atoms:
        if piece and isinstance(atom, Operator) and atom.name in _BREAKS_BEFORE:
            yield Row(tuple(piece))
            piece = []
        piece.append(atom)
    yield Row(tuple(piece))


def lines(formula: Row, width: int) -> Iterator[Row]:
    """The formula in lines of about `width` characters; a piece that is wider alone stays whole."""
    line: tuple[Atom, ...] = ()
    for piece in pieces(formula):
        if line and width_of(Row(line + piece.atoms)) > width:
            yield Row(line)
            line = ()
        line += piece.atoms
    yield Row(line)


def width_of(atom: Atom) -> int:
    """About how many characters wide the formula is."""
    match atom:
        case Symbol() | Digits() | Operator() | Name() | Words():
            return cell_width(unicode(atom))
        case Blank(width):
            return round(width * BLANK_CHARACTER / _DIGIT)
        case Row(atoms):
            return sum(map(width_of, atoms))
        case Fenced(body):
            return 2 + width_of(body)
        case Grid(cells):
            return sum(2 + max(map(width_of, column)) for column in zip(*cells, strict=True))
        case Tuple(cells):
            return sum(2 + width_of(cell) for cell in cells)
        case Fraction(above, below):
            return max(width_of(above), width_of(below))
        case Script(base, upper):
            return width_of(base) + width_of(upper)
        case Over(_, _, body):
            return 2 + width_of(body)
        case _:
            assert_never(atom)


_BETWEEN = 3


def tables(table: Table, width: int) -> Iterator[Table]:
    """The table; its alternative if only that fits; or its columns dealt out to several that repeat the first."""
    widths = [max(map(_cells, column)) for column in zip(table.header, *table.rows, strict=True)]
    if sum(widths) <= width:
        yield table
    elif table.alternative:
        yield from tables(table.alternative, width)
    else:
        yield from (_columns(table, group) for group in _dealt(widths, width))


def _cells(text: Text) -> int:
    return cell_width(inline(text)) + _BETWEEN


def _dealt(widths: Sequence[int], width: int) -> Iterator[list[int]]:
    group, used = [0], widths[0]
    for place, own in enumerate(widths[1:], 1):
        if len(group) > 1 and used + own > width:
            yield group
            group, used = [0], widths[0]
        group.append(place)
        used += own
    yield group


def _columns(table: Table, places: Sequence[int]) -> Table:
    return Table(
        tuple(table.header[place] for place in places),
        tuple(tuple(cells[place] for place in places) for cells in table.rows),
    )
