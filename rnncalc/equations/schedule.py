"""Which instances of the equations are needed, and in which order: made from the targets asked for."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from math import prod

from msgspec import Struct

from rnncalc.equations.boxes import Box, Position, common, contains, hull, positions
from rnncalc.equations.demand import Use, asked_boxes, demand, image, uses_of
from rnncalc.equations.lengths import last_positions
from rnncalc.equations.listing import listed
from rnncalc.equations.loops import Item, Listing, Loop, Order, lag, members
from rnncalc.equations.tree import Equation, Ref
from rnncalc.equations.walks import refs


class Plan(Struct, frozen=True):
    """The order of all instances of `equations[i]`, each computed at the positions `wanted[i]`.

    `windows[i]` is the number of turns of its outermost loop after which a value is not used again; an equation that is
    used outside that loop has none. `boundary` lists the instances outside 1…length that are used: given, or zero.
    """

    equations: tuple[Equation, ...]
    order: tuple[Item, ...]
    wanted: Mapping[int, tuple[Box, ...]]
    lengths: Mapping[str, int]
    windows: Mapping[int, int]
    boundary: tuple[tuple[str, Position], ...]

    def instances(self) -> Iterator[tuple[int, dict[str, int]]]:
        """Every equation to compute, with the positions of its letters, in order."""
        for item in self.order:
            yield from self._run(item, {})

    @property
    def count(self) -> int:
        """How many instances are computed."""
        return sum(map(self.count_of, self.wanted))

    def count_of(self, equation: int) -> int:
        return sum(prod(high - low + 1 for low, high in box) for box in self.wanted[equation])

    @property
    def lasts(self) -> dict[str, int]:
        """The last position of each index, by its capital letter: `T` is that of t."""
        return {letter.upper(): length for letter, length in self.lengths.items()}

    @property
    def nests(self) -> dict[Equation, int]:
        """Which item of `order` computes each equation."""
        return {self.equations[member]: number for number, item in enumerate(self.order) for member in members((item,))}

    def boxes(self, ref: Ref) -> tuple[Box, ...]:
        """The positions that a quantity without free letters stands for; without indices, all of them."""
        return asked_boxes(ref, self.equations, self.lengths)

    def positions(self, ref: Ref) -> Iterator[Position]:
        return (position for box in self.boxes(ref) for position in positions(box))

    def last_wanted(self, equation: Equation, count: int) -> Position:
        """The first of the last `count` positions at which the equation is wanted, for each of its indices."""
        boxes = self.wanted[self.equations.index(equation)]
        return tuple(max(high for _, high in pairs) - count + 1 for pairs in zip(*boxes, strict=True))

    def ending(self, count: int) -> "Plan":
        """The last `count` positions of each index only; nothing is forgotten."""
        shown = {}
        for number, boxes in self.wanted.items():
            ends = tuple((high - count + 1, high) for _, high in hull(boxes))
            shown[number] = tuple(part for box in boxes if (part := common(box, ends)) is not None)
        return Plan(self.equations, self.order, shown, self.lengths, {}, self.boundary)

    def used(self) -> Iterator[tuple[str, Position]]:
        """All that the equations use, wherever they are wanted: parameters, inputs, values at the boundary, too."""
        for number, boxes in self.wanted.items():
            for ref, bound in refs(self.equations[number].expression):
                for box in boxes:
                    places = positions(image(self.equations[number], box, ref, bound, self.lengths))
                    yield from ((ref.name, place) for place in places)

    def computes(self, name: str, position: Position) -> bool:
        return any(
            equation.name == name and contains(self.wanted.get(number, ()), position)
            for number, equation in enumerate(self.equations)
        )

    def positions_used(self, equation: Equation, ref: Ref) -> Iterator[Position]:
        """The positions at which the equation uses `ref`, a part of it, wherever it is wanted."""
        for box in self.wanted.get(self.equations.index(equation), ()):
            yield from positions(image(equation, box, ref, frozenset(), self.lengths))

    def _run(self, item: Item, turns: dict[str, tuple[Loop, int]]) -> Iterator[tuple[int, dict[str, int]]]:
        match item:
            case Loop(letter, _, _, body):
                first, last = self._turns(item, members(body))
                for turn in range(first, last + 1):
                    inside = {**turns, letter: (item, turn)}
                    for part in body:
                        yield from self._run(part, inside)
            case Listing(_, instances):
                for number, position in instances:
                    if not contains(self.wanted[number], position):
                        continue
                    yield number, self.equations[number].letters(position)
            case _:
                places = {letter: loop.position(item, turn) for letter, (loop, turn) in turns.items()}
                if contains(self.wanted[item], self.equations[item].position(places)):
                    yield item, places

    def _turns(self, loop: Loop, members: Iterable[int]) -> tuple[int, int]:
        turns = [
            loop.turn(member, end)
            for member in members
            for box in self.wanted[member]
            for end in box[self._slot(member, loop.letter)]
        ]
        return min(turns), max(turns)

    def _slot(self, equation: int, letter: str) -> int:
        return [index.base for index in self.equations[equation].target.indices].index(letter)

    def expired(self, equation: int, place: Position) -> Position | None:
        """The instance of the equation that is not used again once `place` has been computed; where another equation
        takes a position of the same quantity, there is none."""
        window = self.windows.get(equation)
        if window is None:
            return None
        loop = next(loop for loop in self.order if isinstance(loop, Loop) and equation in loop.shifts)
        slot = self._slot(equation, loop.letter)
        step = (window + 1) * (-1 if loop.backward else 1)
        old = (*place[:slot], place[slot] - step, *place[slot + 1 :])
        return old if contains(self.wanted[equation], old) else None


def plan(
    equations: Sequence[Equation],
    targets: Iterable[Ref],
    *,
    extents: Mapping[tuple[str, int], int],
    stated: Mapping[str, int] | None = None,
    backward_pass: Container[str] = (),
) -> Plan:
    """Plan the computation of the targets.

    `extents[name, slot]` is how many positions of an input are given, `stated[letter]` fixes the length of an index
    that no input does. The quantities of a `backward_pass` get loops of their own. A target without indices stands for
    all its positions; `T` is the last.

    Raises ExerciseError for a length that is unknown or contradictory, a use of an input outside its data, a cycle, a
    mix of past and future.
    """
    lengths = last_positions(equations, extents, stated or {})
    uses = uses_of(equations, lengths)
    directions = Order(equations, uses, backward_pass).directions
    wanted, boundary = demand(equations, uses, targets, lengths, extents, directions)
    needed = [use for use in uses if use.consumer in wanted]
    order = tuple(
        Listing(item.members, listed(item.members, equations, needed, wanted, lengths))
        if isinstance(item, Listing)
        else item
        for item in Order(equations, needed, backward_pass).order(sorted(wanted))
    )
    return Plan(tuple(equations), order, wanted, lengths, _windows(order, needed), boundary)


def _windows(order: Iterable[Item], uses: Iterable[Use]) -> dict[int, int]:
    home = {member: loop for loop in order if isinstance(loop, Loop) for member in members(loop.body)}
    windows: dict[int, int] = dict.fromkeys(home, 0)
    for use in uses:
        loop = home.get(use.producer)
        if loop is None or use.producer not in windows:
            continue
        if home.get(use.consumer) is loop and loop.letter in use.distance:
            windows[use.producer] = max(windows[use.producer], lag(use, loop.letter, loop.backward, loop.shifts))
        else:
            del windows[use.producer]
    return windows
