"""Pieces of arrays in the backward pass: what is cut out of an array, and what is put together from pieces."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rnncalc.equations.algebra import ZERO, negated
from rnncalc.equations.functions import FUNCTIONS
from rnncalc.equations.tree import Binary, Call, Expr, Negate, Number


def cut(expr: Expr, first: int, last: int, axis: int = 0) -> Expr:
    """Some rows, or columns, of an expression."""
    if isinstance(expr, Negate):
        return negated(cut(expr.operand, first, last, axis))
    return Call("cols" if axis else "rows", (expr, Number(Fraction(first)), Number(Fraction(last))))


def within(value: Expr, argument: Expr, first: int, last: int, size: int, axis: int) -> Expr:
    """Some rows, or columns, of something as large as the argument: zeros stand where the others are."""
    before = [Binary("*", ZERO, cut(argument, 1, first - 1, axis))] if first > 1 else []
    behind = [Binary("*", ZERO, cut(argument, last + 1, size, axis))] if last < size else []
    return Call("beside" if axis else "concat", (*before, value, *behind)) if before or behind else value


def tiled(terms: Sequence[Expr]) -> Iterator[Expr]:
    """The terms, with those that are zero but for a piece of their own put together, where the pieces leave no gap."""
    pieces: dict[tuple[str, Expr], list[tuple[int, int, Expr]]] = {}
    for term in terms:
        if isinstance(term, Call) and (piece := _piece(term)):
            pieces.setdefault(piece[0], []).append(piece[1])
    whole: dict[tuple[str, Expr], Expr] = {}
    for key, found in pieces.items():
        ordered = sorted(found, key=lambda piece: piece[0])
        ends = [0, *(last for _, last, _ in ordered)]
        if ends.pop() == _END and all(piece[0] == end + 1 for piece, end in zip(ordered, ends, strict=True)):
            whole[key] = Call(key[0], tuple(value for _, _, value in ordered))
    tiles = set(whole)
    for term in terms:
        piece = _piece(term) if isinstance(term, Call) else None
        if piece is None or piece[0] not in tiles:
            yield term
        elif piece[0] in whole:
            yield whole.pop(piece[0])


_END = 10**9
"""Where a piece ends that nothing stands behind."""


def _piece(term: Call) -> tuple[tuple[str, Expr], tuple[int, int, Expr]] | None:
    """What `within` made: of which function and argument, and the first, the last and the value."""
    first, last, argument, value = 1, _END, None, None
    for part in term.arguments if FUNCTIONS[term.function].kind == "concat" else ():
        match part:
            case Binary("*", left, Call("rows" | "cols", (inside, Number(low), Number(high)))) if left == ZERO:
                argument = inside
                first, last = (int(high) + 1, last) if value is None else (first, int(low) - 1)
            case _ if value is None:
                value = part
            case _:
                return None
    return ((term.function, argument), (first, last, value)) if argument and value else None
