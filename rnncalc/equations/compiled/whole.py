"""An equation at many positions, written into the store of its quantity: by arrays, or where that is not possible by
the plain walk."""

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from typing import Any

from rnncalc.equations import evaluate
from rnncalc.equations.boxes import Box, Interval, Position
from rnncalc.equations.compiled.forms import UnsupportedError, entries, form
from rnncalc.equations.compiled.series import Ranges, Scope, Store, Stores, axes_of, series
from rnncalc.equations.domains.float64 import Float64
from rnncalc.equations.tree import Equation, walk

MOST_ENTRIES = 1 << 16
"""Intermediate results are kept to about so many numbers, 0.5 MB, by taking the first letter in pieces."""

Write = Callable[[Stores, Ranges], None]


def writer(equation: Equation, scope: Scope) -> Write:
    """Computes the equation for ranges of its letters and puts the values into their store."""
    axes = axes_of(equation.indices, equation.expression)
    try:
        block = series(equation.expression, axes, scope)
    except UnsupportedError:
        return pointwise(equation, scope)
    extra = (slice(None),) * len(equation.indices) + (0,) * (len(axes) - len(equation.indices))

    def write(stores: Stores, ranges: Ranges) -> None:
        store = stores[equation.name]
        store.array[place(equation, store, ranges)] = block(stores, ranges)[extra]

    return _in_pieces(write, equation, axes, scope)


def place(equation: Equation, store: Store, ranges: Ranges) -> tuple[Any, ...]:
    """Where the values for these ranges stand in the store."""
    pairs = [ranges[index.base] if index.base else (index.offset, index.offset) for index in equation.target.indices]
    rows = [store.rows(slot, *pair) for slot, pair in enumerate(pairs)]
    return tuple(row if index.base else row.start for row, index in zip(rows, equation.target.indices, strict=True))


def _in_pieces(write: Write, equation: Equation, axes: Sequence[str], scope: Scope) -> Write:
    if not equation.indices:
        return write
    first, *others = axes
    width = max(entries(scope.shape(part)) for part in walk(equation.expression))
    piece = max(1, MOST_ENTRIES // (width * prod(scope.lengths[letter] for letter in others)))

    def write_pieces(stores: Stores, ranges: Ranges) -> None:
        low, high = ranges[first]
        for start in range(low, high + 1, piece):
            write(stores, {**ranges, first: (start, min(start + piece - 1, high))})

    return write_pieces


def pointwise(equation: Equation, scope: Scope) -> Write:
    """The plain walk: one position after another, by `evaluate`."""

    def write(stores: Stores, ranges: Ranges) -> None:
        def lookup(name: str, position: Position) -> Any:
            store = stores[name]
            where = [store.rows(slot, p, p).start for slot, p in enumerate(position)]
            return store.array[tuple(where)].reshape(scope.known[name])

        function = evaluate.compiled(equation.expression, Float64(), lookup, scope.lengths)
        store, letters = stores[equation.name], equation.indices
        for positions in product(*(range(low, high + 1) for low, high in (ranges[letter] for letter in letters))):
            at = dict(zip(letters, positions, strict=True))
            value = function(at)
            one = {letter: (p, p) for letter, p in at.items()}
            store.array[place(equation, store, one)] = value.reshape(form(scope.known[equation.name]))

    return write


def ranges_of(equation: Equation, box: Box) -> dict[str, Interval]:
    """The ranges of the equation's letters in a box of its positions."""
    return {index.base: pair for index, pair in zip(equation.target.indices, box, strict=True) if index.base}


def narrowed(ranges: Ranges, letter: str, position: int) -> Ranges:
    """The ranges with one letter held at a position."""
    return {**ranges, letter: (position, position)}
