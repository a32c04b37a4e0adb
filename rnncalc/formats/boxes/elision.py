"""Large matrices and vectors cut down to their corners, with their true size noted."""

from collections.abc import Sequence
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

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
)

_SHOWN = 5
_MARKS = frozenset("…⋯⋮⋱")


class Limits(Struct, frozen=True):
    """How much is shown whole: rows of a matrix, columns of a matrix or entries of a flat vector."""

    rows: int = 12
    columns: int = 16


PAGE_LIMITS, ANSWER_LIMITS = Limits(rows=12, columns=12), Limits(rows=64, columns=64)
"""On pages that are not measured in characters: in the working, and of what is asked for."""


def elided(atom: Atom, limits: Limits) -> Atom:
    """The atom with all that passes the limits cut down."""
    match atom:
        case Symbol() | Digits() | Operator() | Name() | Words() | Blank():
            return atom
        case Row():
            return elided_row(atom, limits)
        case Fenced(body):
            return Fenced(elided_row(body, limits))
        case Grid():
            return _grid(atom, limits)
        case Tuple():
            return _tuple(atom, limits)
        case Fraction(above, below):
            return Fraction(elided_row(above, limits), elided_row(below, limits))
        case Script(base, upper):
            return Script(elided_row(base, limits), elided_row(upper, limits))
        case Over(_, _, body):
            return replace(atom, body=elided_row(body, limits))
        case _:
            assert_never(atom)


def elided_row(row: Row, limits: Limits) -> Row:
    return Row(tuple(elided(atom, limits) for atom in row.atoms))


def is_mark(atom: Atom) -> bool:
    """Whether the atom stands for entries left out."""
    return isinstance(atom, Words) and atom.text in _MARKS


def _kept(length: int, limit: int) -> list[int | None]:
    """The places that are shown, None for the gap: the first ones and the last."""
    if length <= limit:
        return list(range(length))
    return [*range(min(limit, _SHOWN) - 2), None, length - 1]


def _grid(grid: Grid, limits: Limits) -> Grid:
    height, width = len(grid.cells), len(grid.cells[0]) if grid.cells else 0
    rows, columns = _kept(height, limits.rows), _kept(width, limits.columns)
    cells = tuple(tuple(_entry(grid, row, column) for column in columns) for row in rows)
    cut = None in rows or None in columns
    return Grid(_marked(cells), grid.shape or ((height, width) if cut else None))


def _entry(grid: Grid, row: int | None, column: int | None) -> Atom:
    return Words("…") if row is None or column is None else grid.cells[row][column]


def _marked(cells: Sequence[Sequence[Atom]]) -> tuple[tuple[Atom, ...], ...]:
    """A gap between rows is dotted downwards, one between columns sideways, where both meet slantwise."""
    rows = [all(map(is_mark, line)) for line in cells]
    columns = [all(map(is_mark, column)) for column in zip(*cells, strict=True)]
    return tuple(
        tuple(Words(_DOTS[rows[r], columns[c]]) if is_mark(cell) else cell for c, cell in enumerate(line))
        for r, line in enumerate(cells)
    )


_DOTS = {(True, True): "⋱", (True, False): "⋮", (False, True): "⋯", (False, False): "…"}


def _tuple(flat: Tuple, limits: Limits) -> Tuple:
    places = _kept(len(flat.cells), limits.columns)
    if None not in places:
        return flat
    cells = tuple(Words("…") if place is None else flat.cells[place] for place in places)
    return Tuple(cells, flat.length or len(flat.cells), flat.between)
