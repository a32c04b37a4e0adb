"""Nests by arrays: an equation at many positions in one call, a recurrence turn by turn."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, assert_never

from rnncalc.equations import evaluate
from rnncalc.equations.boxes import Interval, Position
from rnncalc.equations.compiled.arithmetic import UnsupportedError
from rnncalc.equations.compiled.group import Listed, Nest, Repeat, Whole
from rnncalc.equations.compiled.series import At, Ranges, Scope, Store, Stores, axes_of, series
from rnncalc.equations.domains.float64 import Float64
from rnncalc.equations.loops import Loop
from rnncalc.equations.tree import Equation
from rnncalc.equations.walks import walk

MOST_ENTRIES = 1 << 16
"""Intermediate results are kept to about so many numbers, 0.5 MB, by taking the first letter in pieces."""

Write = Callable[[Stores, Ranges], None]
"""Computes an equation for ranges of its letters and puts the values into their store."""
Wanted = Mapping[int, Sequence[Ranges]]
"""Where each equation is wanted: boxes that do not overlap."""


def writer(equation: Equation, scope: Scope) -> Write:
    """The equation by arrays, or where that is not possible by the plain walk."""
    axes = axes_of(equation.indices, equation.expression)
    try:
        block = series(equation.expression, axes, scope)
    except UnsupportedError:
        return pointwise(equation, scope)
    extra = (slice(None),) * len(equation.indices) + (0,) * (len(axes) - len(equation.indices))

    def write(stores: Stores, ranges: Ranges) -> None:
        store = stores[equation.name]
        store.array[_place(equation, store, ranges)] = block(At(stores, ranges))[extra]

    return _in_pieces(write, equation, axes, scope)


def _place(equation: Equation, store: Store, ranges: Ranges) -> tuple[Any, ...]:
    """Where the values for these ranges stand in the store."""
    pairs = [ranges[index.base] if index.base else (index.offset, index.offset) for index in equation.target.indices]
    rows = [store.rows(slot, *pair) for slot, pair in enumerate(pairs)]
    return tuple(row if index.base else row.start for row, index in zip(rows, equation.target.indices, strict=True))


def _in_pieces(write: Write, equation: Equation, axes: Sequence[str], scope: Scope) -> Write:
    if not equation.indices:
        return write
    first, *others = axes
    width = max(scope.entries(part) for part in walk(equation.expression))
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
            return stores[name].array[stores[name].place(position)]

        function = evaluate.compiled(equation.expression, Float64(), lookup, scope.lengths)
        store, letters = stores[equation.name], equation.indices
        for positions in product(*(range(low, high + 1) for low, high in (ranges[letter] for letter in letters))):
            at = dict(zip(letters, positions, strict=True))
            store.array[store.place(equation.position(at))] = function(at)

    return write


def run(nest: Nest, writers: Mapping[int, Write], wanted: Wanted, stores: Stores) -> None:
    """Compute all instances of a nest."""
    match nest:
        case Whole(equation):
            for ranges in wanted[equation]:
                writers[equation](stores, ranges)
        case Repeat(loop, members):
            ends = [loop.turn(m, end) for m in members for ranges in wanted[m] for end in ranges[loop.letter]]
            if ends:
                run_turns(nest, (min(ends), max(ends)), writers, wanted, stores)
        case Listed(_, instances):
            for equation, letters in instances:
                writers[equation](stores, {letter: (place, place) for letter, place in letters.items()})
        case _:
            assert_never(nest)


def run_turns(repeat: Repeat, turns: Interval, writers: Mapping[int, Write], wanted: Wanted, stores: Stores) -> None:
    """Compute some turns of a recurrence."""
    for turn in range(turns[0], turns[1] + 1):
        now = {member: list(_at_turn(repeat.loop, turn, member, wanted[member])) for member in repeat.members}
        for part in repeat.body:
            run(part, writers, now, stores)


def _at_turn(loop: Loop, turn: int, member: int, wanted: Sequence[Ranges]) -> list[Ranges]:
    """What is wanted of a member at one turn."""
    place = loop.position(member, turn)
    held = (loop.letter, (place, place))
    return [{**ranges, held[0]: held[1]} for ranges in wanted if ranges[held[0]][0] <= place <= ranges[held[0]][1]]
