"""The order of equations as nested loops over their indices.

It is found on equations, never on single instances, so that 100 000 time steps cost no more planning than two. A set
of equations can run in one loop over an index when each can be given a shift such that every use looks back (or every
use looks ahead): a system of difference constraints, solved by Bellman–Ford. What one loop does not settle is settled
inside it (Allen & Kennedy, *Optimizing Compilers for Modern Architectures*, 2002, section 2.4.4). Loops that can run
together are fused, so that an output stands beside the state it is made from.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from rnncalc.equations.boxes import Position
from rnncalc.equations.demand import Use, among, needs_of
from rnncalc.equations.graph import components
from rnncalc.equations.tree import Equation


class Loop(Struct, frozen=True):
    """Runs `body` turn by turn along `letter`, forward or backward. An equation stands at turn = position + shift
    (forward) or turn = shift − position (backward)."""

    letter: str
    backward: bool
    shifts: Mapping[int, int]
    body: tuple["Loop | int", ...]

    def position(self, equation: int, turn: int) -> int:
        place = turn - self.shifts[equation]
        return -place if self.backward else place

    def turn(self, equation: int, position: int) -> int:
        return (-position if self.backward else position) + self.shifts[equation]


class Listing(Struct, frozen=True):
    """Equations that need one another in a way no loop can follow, instance by instance: (equation, position)."""

    members: tuple[int, ...]
    instances: tuple[tuple[int, Position], ...] = ()


Item = Loop | Listing | int


def members(items: Iterable[Item]) -> Iterator[int]:
    """The equations in an order, from the first to the last."""
    for item in items:
        match item:
            case Loop(_, _, _, body):
                yield from members(body)
            case Listing(inside):
                yield from inside
            case _:
                yield item


class NoLoopError(Exception):
    """No loop over any of their letters orders some equations."""


class Order:
    """Finds loops for sets of equations."""

    def __init__(self, equations: Sequence[Equation], uses: Iterable[Use], backward_pass: Container[str]) -> None:
        self.equations = equations
        self.uses = list(uses)
        self.backward_pass = backward_pass

    def directions(self, group: Sequence[int]) -> dict[str, bool]:
        """letter → backward, for each loop that carries the recurrence of a strongly connected group, one turn needing
        another; nothing if no loop orders the group."""
        inside = among(self.uses, group)
        try:
            return dict(_directions(self.nest_of(tuple(group), inside, frozenset()), inside))
        except NoLoopError:
            return {}

    def order(self, nodes: Iterable[int]) -> tuple[Item, ...]:
        """The nodes in an order that computes everything before it is used, as far as loops can say it."""
        return tuple(map(self.item, self.grouped(nodes, self.uses, frozenset())))

    def item(self, nest: tuple[int, ...]) -> Item:
        try:
            return self.nest_of(nest, self.uses, frozenset())
        except NoLoopError:
            return Listing(nest)

    def grouped(self, nodes: Iterable[int], uses: list[Use], done: frozenset[str]) -> list[tuple[int, ...]]:
        """The nodes in sets that run in one loop, in the order of their needs."""
        needs = needs_of(uses)
        nests: list[tuple[int, ...]] = []
        for group in components(nodes, needs):
            before = {producer for node in group for producer in needs.get(node, ())} - set(group)
            earliest = max((number for number, nest in enumerate(nests) if before & set(nest)), default=0)
            for number in range(earliest, len(nests)):
                if self.fits((*nests[number], *group), uses, done):
                    nests[number] = (*nests[number], *group)
                    break
            else:
                nests.append(tuple(group))
        return nests

    def fits(self, together: tuple[int, ...], uses: list[Use], done: frozenset[str]) -> bool:
        """Whether all can run in one loop. In the forward pass of a network what runs backward stays alone, because
        outputs are read forward; its backward pass is told backward."""
        in_pass = {self.equations[node].name in self.backward_pass for node in together}
        return len(in_pass) == 1 and any(
            self.shifts(together, uses, letter, backward) is not None
            for letter in self.letters(together, done)
            for backward in ((False, True) if True in in_pass else (False,))
        )

    def letters(self, nodes: Iterable[int], done: frozenset[str]) -> list[str]:
        """The letters that all the equations run over and that have no loop yet."""
        common = [[index for index in self.equations[node].indices if index not in done] for node in nodes]
        return [letter for letter in common[0] if all(letter in letters for letters in common)]

    def nest_of(self, nodes: tuple[int, ...], uses: list[Use], done: frozenset[str]) -> Loop | int:
        inside = among(uses, nodes)
        for letter in self.letters(nodes, done):
            for backward in (False, True):
                shifts = self.shifts(nodes, inside, letter, backward)
                if shifts is not None:
                    same_turn = [use for use in inside if lag(use, letter, backward, shifts) == 0]
                    inner = done | {letter}
                    body = [self.nest_of(nest, same_turn, inner) for nest in self.grouped(nodes, same_turn, inner)]
                    return Loop(letter, backward, shifts, tuple(body))
        if len(nodes) == 1 and not inside:
            return nodes[0]
        raise NoLoopError

    def shifts(self, nodes: tuple[int, ...], uses: list[Use], letter: str, backward: bool) -> dict[int, int] | None:
        """A shift for each equation such that nothing is used before its turn; None if there is none (Bellman–Ford)."""
        inside = among(uses, nodes)
        if any(letter not in use.distance for use in inside):
            return None
        shifts = dict.fromkeys(nodes, 0)
        for _ in range(len(nodes) + 1):
            changed = False
            for use in inside:
                late = lag(use, letter, backward, shifts)
                if late < 0:
                    shifts[use.consumer] -= late
                    changed = True
            if not changed:
                return shifts
        return None


def _directions(item: Loop | int, uses: Iterable[Use]) -> Iterator[tuple[str, bool]]:
    if isinstance(item, Loop):
        inside = among(uses, item.shifts)
        same_turn = [use for use in inside if lag(use, item.letter, item.backward, item.shifts) == 0]
        if len(same_turn) < len(inside):
            yield item.letter, item.backward
        for part in item.body:
            yield from _directions(part, same_turn)


def lag(use: Use, letter: str, backward: bool, shifts: Mapping[int, int]) -> int:
    """How many turns after its computation the value is used."""
    ahead = -use.distance[letter] if backward else use.distance[letter]
    return shifts[use.consumer] - shifts[use.producer] - ahead
