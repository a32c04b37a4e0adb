"""Which instances an expression uses at given positions of its letters."""

from collections.abc import Iterator, Mapping

from rnncalc.equations.boxes import Position
from rnncalc.equations.tree import Expr, Index, Over, Ref
from rnncalc.equations.walks import children, place_of


def needs(expr: Expr, letters: Mapping[str, int], lengths: Mapping[str, int]) -> Iterator[tuple[str, Position]]:
    """(name, position) of every quantity used, in the order of writing."""
    match expr:
        case Ref(name, indices):
            yield name, tuple(_place(index, letters, lengths) for index in indices)
        case Over(_, body, letter, _):
            for position in range(1, lengths[letter] + 1):
                yield from needs(body, {**letters, letter: position}, lengths)
        case _:
            for part in children(expr):
                yield from needs(part, letters, lengths)


def _place(index: Index, letters: Mapping[str, int], lengths: Mapping[str, int]) -> int:
    letter, offset = place_of(index, lengths)
    return letters[letter] + offset if letter else offset
