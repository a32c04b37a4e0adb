"""A recurrence turn by turn, each turn by the arrays of `series`: any nest of loops, and lists of single instances."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from rnncalc.equations.boxes import Interval
from rnncalc.equations.compiled.nests import Listed, Nest, Repeat, Whole
from rnncalc.equations.compiled.series import Ranges, Stores
from rnncalc.equations.compiled.whole import Write, narrowed
from rnncalc.equations.loops import Loop

Wanted = Mapping[int, Sequence[Ranges]]
"""Where each equation is wanted: boxes that do not overlap."""


def run(nest: Nest, writers: Mapping[int, Write], wanted: Wanted, stores: Stores) -> None:
    """Compute all instances of a nest."""
    match nest:
        case Whole(equation):
            for ranges in wanted[equation]:
                writers[equation](stores, ranges)
        case Repeat(loop, members):
            run_turns(nest, span(loop, wanted, members), writers, wanted, stores)
        case Listed(_, instances):
            for equation, letters in instances:
                writers[equation](stores, {letter: (place, place) for letter, place in letters.items()})
        case _:
            assert_never(nest)


def run_turns(repeat: Repeat, turns: Interval, writers: Mapping[int, Write], wanted: Wanted, stores: Stores) -> None:
    """Compute some turns of a recurrence."""
    for turn in range(turns[0], turns[1] + 1):
        now = at_turn(repeat.loop, turn, wanted, repeat.members)
        for part in repeat.body:
            run(part, writers, now, stores)


def span(loop: Loop, wanted: Wanted, members: Sequence[int]) -> Interval:
    """The first and last turn of the loop at which a member is wanted; an empty range if none is."""
    ends = [loop.turn(m, end) for m in members for ranges in wanted[m] for end in ranges[loop.letter]]
    return (min(ends), max(ends)) if ends else (0, -1)


def at_turn(loop: Loop, turn: int, wanted: Wanted, members: Sequence[int]) -> dict[int, list[Ranges]]:
    """What is wanted of each member at one turn."""
    places = {member: loop.position(member, turn) for member in members}
    return {
        member: [
            narrowed(ranges, loop.letter, place) for ranges in wanted[member] if _holds(ranges[loop.letter], place)
        ]
        for member, place in places.items()
    }


def _holds(pair: Interval, place: int) -> bool:
    return pair[0] <= place <= pair[1]
