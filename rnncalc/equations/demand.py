"""Which positions of each equation the targets need: boxes of positions, carried from the targets back to the data."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product

from msgspec import Struct

from rnncalc.equations.graph import components
from rnncalc.equations.notation import source
from rnncalc.equations.tree import Equation, Index, Ref, refs
from rnncalc.errors import ExerciseError, Problem

Position = tuple[int, ...]
Box = tuple[tuple[int, int], ...]
"""The positions between two corners, both included: one pair for each index."""


class Use(Struct, frozen=True):
    """Equation `consumer` uses what equation `producer` defines. `distance[letter]` is the offset along a letter that
    both run over; a letter is missing where the use is at a fixed position or over all positions."""

    consumer: int
    producer: int
    ref: Ref
    bound: frozenset[str]
    distance: Mapping[str, int]


def uses_of(equations: Sequence[Equation], lengths: Mapping[str, int]) -> list[Use]:
    """Every use of one equation by another, or by itself, at positions that both have."""
    producers: dict[str, list[int]] = {}
    for number, equation in enumerate(equations):
        producers.setdefault(equation.name, []).append(number)
    return [
        Use(consumer, producer, ref, bound, _distance(equation, equations[producer], ref, bound))
        for consumer, equation in enumerate(equations)
        for ref, bound in refs(equation.expression)
        for producer in producers.get(ref.name, ())
        if _may_meet(image(equation, _range(equation, lengths), ref, bound, lengths), equations[producer], lengths)
    ]


def _distance(consumer: Equation, producer: Equation, ref: Ref, bound: frozenset[str]) -> dict[str, int]:
    free = set(consumer.indices) - bound
    return {
        used.base: used.offset
        for used, defined in zip(ref.indices, producer.target.indices, strict=True)
        if used.base in free and used.base == defined.base
    }


def _may_meet(used: Box, producer: Equation, lengths: Mapping[str, int]) -> bool:
    """Whether any of the positions used is one that the producer defines: `d_h[0]` is not needed by `d_h[t]`."""
    return all(low <= high for low, high in map(_meet, used, _range(producer, lengths)))


def contains(boxes: Iterable[Box], position: Position) -> bool:
    return any(all(low <= p <= high for p, (low, high) in zip(position, box, strict=True)) for box in boxes)


def joined(boxes: tuple[Box, ...], new: Box) -> tuple[Box, ...]:
    """The boxes and one more; a box inside another is dropped, two that touch along one index become one."""
    for box in boxes:
        pairs = list(zip(new, box, strict=True))
        if all(low <= a and b <= high for (a, b), (low, high) in pairs):
            return boxes
        differing = [slot for slot, (one, other) in enumerate(pairs) if one != other]
        (a, b), (low, high) = pairs[differing[0]]
        if len(differing) == 1 and a <= high + 1 and low <= b + 1:
            both = (*new[: differing[0]], (min(a, low), max(b, high)), *new[differing[0] + 1 :])
            return joined(tuple(other for other in boxes if other is not box), both)
    return (*boxes, new)


Directions = Callable[[Sequence[int]], Mapping[str, bool]]
"""For a group of equations that need one another: letter → whether its loop runs backward."""


def demand(
    equations: Sequence[Equation],
    uses: Iterable[Use],
    targets: Iterable[Ref],
    lengths: Mapping[str, int],
    extents: Mapping[tuple[str, int], int],
    directions: Directions,
) -> tuple[dict[int, tuple[Box, ...]], tuple[tuple[str, Position], ...]]:
    """The boxes each equation must be computed at, and the instances outside 1…length that are used.

    Raises ExerciseError where an input is used outside its data or a target is not defined.
    """
    needs: dict[int, list[int]] = {}
    for use in uses:
        needs.setdefault(use.consumer, []).append(use.producer)
    state = _Demand(equations, lengths, extents)
    for target in targets:
        state.ask(target)
    for group in reversed(components(range(len(equations)), needs)):
        if any(number in state.wanted for number in group):
            if group[0] in needs.get(group[0], ()) or len(group) > 1:
                state.close(
                    group,
                    [use for use in uses if use.consumer in group and use.producer in group],
                    directions(group),
                )
            for number in group:
                state.carry(number)
    return {number: boxes for number, boxes in state.wanted.items() if boxes}, tuple(state.boundary)


class _Demand:
    def __init__(
        self,
        equations: Sequence[Equation],
        lengths: Mapping[str, int],
        extents: Mapping[tuple[str, int], int],
    ) -> None:
        self.equations, self.lengths, self.extents = equations, lengths, extents
        self.wanted: dict[int, tuple[Box, ...]] = {}
        self.boundary: dict[tuple[str, Position], None] = {}
        self.producers: dict[str, list[int]] = {}
        for number, equation in enumerate(equations):
            self.producers.setdefault(equation.name, []).append(number)

    def ask(self, target: Ref) -> None:
        """Want a target; one without indices stands for all its positions."""
        taken = [self.take(target.name, box) for box in asked_boxes(target, self.equations, self.lengths)]
        if not all(taken):
            slots = self.equations[self.producers[target.name][0]].target.indices
            ranges = " and ".join(f"`{i.base}` runs from 1 to {self.lengths[i.base]}" for i in slots if i.base)
            raise ExerciseError(Problem(f"`{source(target)}` is asked for, but {ranges or 'nothing defines it'}"))

    def take(self, name: str, box: Box) -> bool:
        """Want the part of the box that equations define; False if they define none of it."""
        taken = False
        for number in self.producers[name]:
            inside = tuple(map(_meet, box, _range(self.equations[number], self.lengths)))
            if all(low <= high for low, high in inside):
                self.wanted[number] = joined(self.wanted.get(number, ()), inside)
                taken = True
        return taken

    def note_boundary(self, name: str, box: Box) -> None:
        """Remember the positions of the box that lie outside every equation of the quantity."""
        ranges = [_range(self.equations[number], self.lengths) for number in self.producers[name]]
        if any(_inside(box, one) for one in ranges):
            return
        for position in positions(box):
            if not contains(ranges, position):
                self.boundary[name, position] = None

    def check_input(self, equation: Equation, ref: Ref, box: Box) -> None:
        for slot, (low, high) in enumerate(box):
            last = self.extents.get((ref.name, slot))
            if last is not None and not (low >= 1 and high <= last):
                raise ExerciseError(
                    Problem(
                        f"`{ref.name}[{low if low < 1 else high}]` is needed by `{source(equation)}`, "
                        f"but `{ref.name}` is given for positions 1 to {last} only",
                        equation.place(ref),
                        "an input has no default value: give more of it, or change the equation",
                    )
                )

    def carry(self, number: int) -> None:
        """Hand the wants of an equation on to what it uses: other equations, inputs, values at the boundary."""
        equation = self.equations[number]
        for wanted in self.wanted.get(number, ()):
            for ref, bound in refs(equation.expression):
                box = image(equation, wanted, ref, bound, self.lengths)
                if ref.name in self.producers:
                    self.take(ref.name, box)
                    self.note_boundary(ref.name, box)
                else:
                    self.check_input(equation, ref, box)

    def close(self, group: Sequence[int], uses: list[Use], backward: Mapping[str, bool]) -> None:
        """The wants of a recurrence: everything from its beginning up to the last position asked for.

        A loop wants one box an equation: the hull of what is asked, begun at the first position (at the last, if
        backward).
        """
        for number in group:
            if number in self.wanted:
                self.wanted[number] = (self.begun(number, _hull(self.wanted[number]), backward),)
        before = None
        while before != (before := {number: self.wanted.get(number) for number in group}):
            for use in uses:
                for box in self.wanted.get(use.consumer, ()):
                    self.take(use.ref.name, image(self.equations[use.consumer], box, use.ref, use.bound, self.lengths))
                if use.producer in self.wanted:
                    hull = _hull(self.wanted[use.producer])
                    self.wanted[use.producer] = (self.begun(use.producer, hull, backward),)

    def begun(self, number: int, box: Box, backward: Mapping[str, bool]) -> Box:
        result = []
        for index, (low, high) in zip(self.equations[number].target.indices, box, strict=True):
            if index.base in backward:
                low, high = (low, self.lengths[index.base]) if backward[index.base] else (1, high)
            result.append((low, high))
        return tuple(result)


def _interval(index: Index, along: Mapping[str, tuple[int, int]], lengths: Mapping[str, int]) -> tuple[int, int]:
    """The positions an index stands for, when the letters of the consumer run over the intervals given."""
    if not index.base:
        return index.offset, index.offset
    if index.base in along:
        low, high = along[index.base]
    elif index.base.isupper():
        low = high = lengths[index.base.lower()]
    else:
        low, high = 1, lengths[index.base]
    return low + index.offset, high + index.offset


def _range(equation: Equation, lengths: Mapping[str, int]) -> Box:
    """All positions that an equation defines."""
    return tuple(
        (1, lengths[index.base]) if index.base else (index.offset, index.offset) for index in equation.target.indices
    )


def asked_boxes(target: Ref, equations: Iterable[Equation], lengths: Mapping[str, int]) -> tuple[Box, ...]:
    """The positions a target stands for; without indices, all that its equations define."""
    if target.indices:
        return (tuple(_interval(index, {}, lengths) for index in target.indices),)
    return tuple(_range(equation, lengths) for equation in equations if equation.name == target.name)


def image(equation: Equation, box: Box, ref: Ref, bound: frozenset[str], lengths: Mapping[str, int]) -> Box:
    """The positions of `ref` that the equation uses when it is wanted in the box."""
    along = {
        index.base: pair
        for index, pair in zip(equation.target.indices, box, strict=True)
        if index.base and index.base not in bound
    }
    return tuple(_interval(index, along, lengths) for index in ref.indices)


def positions(box: Box) -> Iterator[Position]:
    """All positions of a box."""
    return product(*(range(low, high + 1) for low, high in box))


def _meet(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return max(one[0], other[0]), min(one[1], other[1])


def _inside(box: Box, other: Box) -> bool:
    return all(low <= a and b <= high for (a, b), (low, high) in zip(box, other, strict=True))


def _hull(boxes: tuple[Box, ...]) -> Box:
    return tuple((min(low for low, _ in pairs), max(high for _, high in pairs)) for pairs in zip(*boxes, strict=True))
