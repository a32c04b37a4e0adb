"""Which positions of each equation the targets need: boxes of positions, carried from the targets back to the data."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from rnncalc.counting import shown
from rnncalc.equations.boxes import Box, Interval, Position, common, hull, joined, meets, positions, without
from rnncalc.equations.graph import components
from rnncalc.equations.tree import Equation, Index, Ref
from rnncalc.equations.walks import refs
from rnncalc.equations.writing import source
from rnncalc.errors import ExerciseError, Problem

Lengths = Mapping[str, int]
Boxes = tuple[Box, ...]


class Use(Struct, frozen=True):
    """Equation `consumer` uses what equation `producer` defines. `distance[letter]` is the offset along a letter that
    both run over; a letter is missing where the use is at a fixed position or over all positions."""

    consumer: int
    producer: int
    ref: Ref
    bound: frozenset[str]
    distance: Mapping[str, int]


def domains(equations: Sequence[Equation], lengths: Lengths) -> list[Boxes]:
    """Where each equation holds. `h[1] = …` beside `h[t] = …` takes its position from the other; of two with as many
    letters, the first takes it."""
    whole = [
        tuple((1, lengths[i.base]) if i.base else (i.offset, i.offset) for i in equation.target.indices)
        for equation in equations
    ]
    found: dict[int, Boxes] = {}
    taken: dict[str, Boxes] = {}
    for number in sorted(range(len(equations)), key=lambda number: len(equations[number].indices)):
        name = equations[number].name
        found[number] = without(whole[number], taken.get(name, ()))
        taken[name] = (*taken.get(name, ()), whole[number])
    return [found[number] for number in range(len(equations))]


def uses_of(equations: Sequence[Equation], lengths: Lengths) -> list[Use]:
    """Every use of one equation by another, or by itself, at positions where both hold."""
    holds = domains(equations, lengths)
    producers = numbers_by_name(equations)
    return [
        Use(consumer, producer, ref, bound, _distance(equation, equations[producer], ref, bound))
        for consumer, equation in enumerate(equations)
        for ref, bound in refs(equation.expression)
        for producer in producers.get(ref.name, ())
        if meets((image(equation, box, ref, bound, lengths) for box in holds[consumer]), holds[producer])
    ]


def needs_of(uses: Iterable[Use]) -> dict[int, list[int]]:
    """What each equation uses."""
    needs: dict[int, list[int]] = {}
    for use in uses:
        needs.setdefault(use.consumer, []).append(use.producer)
    return needs


def among(uses: Iterable[Use], group: Collection[int]) -> list[Use]:
    """The uses of equations of a group by one another."""
    return [use for use in uses if use.consumer in group and use.producer in group]


def numbers_by_name(equations: Sequence[Equation]) -> dict[str, list[int]]:
    """The equations that define each quantity."""
    found: dict[str, list[int]] = {}
    for number, equation in enumerate(equations):
        found.setdefault(equation.name, []).append(number)
    return found


def _distance(consumer: Equation, producer: Equation, ref: Ref, bound: frozenset[str]) -> dict[str, int]:
    free = set(consumer.indices) - bound
    return {
        used.base: used.offset
        for used, defined in zip(ref.indices, producer.target.indices, strict=True)
        if used.base in free and used.base == defined.base
    }


Directions = Callable[[Sequence[int]], Mapping[str, bool]]
"""For a group of equations that need one another: letter → whether its loop runs backward."""


def demand(
    equations: Sequence[Equation],
    uses: Iterable[Use],
    targets: Iterable[Ref],
    lengths: Lengths,
    extents: Mapping[tuple[str, int], int],
    directions: Directions,
) -> tuple[dict[int, Boxes], tuple[tuple[str, Position], ...]]:
    """The boxes each equation must be computed at, and the instances outside 1…length that are used.

    Raises ExerciseError where an input is used outside its data or a target is not defined.
    """
    needs = needs_of(uses)
    state = _Demand(equations, lengths, extents)
    for target in targets:
        state.ask(target)
    for group in reversed(components(range(len(equations)), needs)):
        if any(number in state.wanted for number in group):
            if group[0] in needs.get(group[0], ()) or len(group) > 1:
                state.close(group, among(uses, group), directions(group))
            for number in group:
                state.carry(number)
    return state.wanted, tuple(state.boundary)


class _Demand:
    def __init__(self, equations: Sequence[Equation], lengths: Lengths, extents: Mapping[tuple[str, int], int]) -> None:
        self.equations, self.lengths, self.extents = equations, lengths, extents
        self.holds = domains(equations, lengths)
        self.producers = numbers_by_name(equations)
        self.wanted: dict[int, Boxes] = {}
        self.boundary: dict[tuple[str, Position], None] = {}

    def ask(self, target: Ref) -> None:
        """Want a target; one without indices stands for all its positions."""
        boxes = asked_boxes(target, self.equations, self.lengths)
        taken = [self.take(target.name, box) for box in boxes]
        if not taken or not all(taken):
            letters = dict.fromkeys(
                letter for number in self.producers.get(target.name, ()) for letter in self.equations[number].indices
            )
            ranges = " and ".join(f"`{letter}` runs from 1 to {self.lengths[letter]}" for letter in letters)
            raise ExerciseError(Problem(f"`{source(target)}` is asked for, but {ranges or 'nothing defines it'}"))

    def take(self, name: str, box: Box) -> bool:
        """Want the part of the box that equations define; False if they define none of it."""
        taken = False
        for number in self.producers.get(name, ()):
            for domain in self.holds[number]:
                if (inside := common(box, domain)) is not None:
                    self.wanted[number] = joined(self.wanted.get(number, ()), inside)
                    taken = True
        return taken

    def note_boundary(self, name: str, box: Box) -> None:
        """Remember the positions of the box that lie outside every equation of the quantity."""
        defined = [domain for number in self.producers[name] for domain in self.holds[number]]
        for outside in without(box, defined):
            self.boundary.update(dict.fromkeys((name, position) for position in positions(outside)))

    def check_input(self, equation: Equation, ref: Ref, box: Box) -> None:
        for slot, (low, high) in enumerate(box):
            last = self.extents.get((ref.name, slot))
            if last is not None and not (low >= 1 and high <= last):
                what = (
                    f"`{ref.name}[{shown(low if low < 1 else high)}]` is needed by `{source(equation)}`, "
                    f"but `{ref.name}` is given for positions {shown(1)} to {shown(last)} only"
                )
                raise ExerciseError(Problem(what, equation.place(ref), self.padding(ref)))

    def padding(self, ref: Ref) -> str:
        """How an input may be used outside its data."""
        if not all(index.base.islower() for index in ref.indices):
            return "an input has no default value: give more of it, or change the equation"
        used = {ref.name for equation in self.equations for ref, _ in refs(equation.expression)} | self.producers.keys()
        other = next(name for name in (*"qpuvz", f"{ref.name}_before") if name not in used)
        here = tuple(Index(index.base) for index in ref.indices)
        copy, use = source(Equation(Ref(other, here), Ref(ref.name, here))), source(Ref(other, ref.indices))
        return f"an input has no default value, a state begins with 0: write `{copy}` too, and `{use}` here"

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
        """The wants of a recurrence: everything from its beginning (from its end, if backward) up to the last position
        asked for."""
        before = None
        while before != (before := {number: self.wanted.get(number) for number in group}):
            for number in group:
                for domain in self.holds[number] if number in self.wanted else ():
                    inside = [both for box in self.wanted[number] if (both := common(box, domain)) is not None]
                    if inside:
                        begun = _begun(self.equations[number], hull(inside), domain, backward)
                        self.wanted[number] = joined(self.wanted[number], begun)
            for use in uses:
                for box in self.wanted.get(use.consumer, ()):
                    self.take(use.ref.name, image(self.equations[use.consumer], box, use.ref, use.bound, self.lengths))


def _begun(equation: Equation, box: Box, domain: Box, backward: Mapping[str, bool]) -> Box:
    """The box with the beginning of every loop, which is its end where the loop runs backward."""
    return tuple(
        pair if index.base not in backward else (pair[0], whole[1]) if backward[index.base] else (whole[0], pair[1])
        for index, pair, whole in zip(equation.target.indices, box, domain, strict=True)
    )


def _interval(index: Index, along: Mapping[str, Interval], lengths: Lengths) -> Interval:
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


def asked_boxes(target: Ref, equations: Sequence[Equation], lengths: Lengths) -> Boxes:
    """The positions a target stands for; without indices, all that its equations define."""
    if target.indices:
        return (tuple(_interval(index, {}, lengths) for index in target.indices),)
    boxes: Boxes = ()
    for equation, domain in zip(equations, domains(equations, lengths), strict=True):
        for box in domain if equation.name == target.name else ():
            boxes = joined(boxes, box)
    return boxes


def image(equation: Equation, box: Box, ref: Ref, bound: frozenset[str], lengths: Lengths) -> Box:
    """The positions of `ref` that the equation uses when it is wanted in the box."""
    along = {
        index.base: pair
        for index, pair in zip(equation.target.indices, box, strict=True)
        if index.base and index.base not in bound
    }
    return tuple(_interval(index, along, lengths) for index in ref.indices)
