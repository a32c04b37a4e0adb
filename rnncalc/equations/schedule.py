"""Which instances of the equations are needed, and in which order: nested loops, made from the targets asked for.

The order is found on equations, never on single instances, so that 100 000 time steps cost no more planning than two.
A set of equations can run in one loop over an index when each can be given a shift such that every use looks back (or
every use looks ahead): a system of difference constraints, solved by Bellman–Ford. What one loop does not settle is
settled inside it (Allen & Kennedy, *Optimizing Compilers for Modern Architectures*, 2002, section 2.4.4). Loops that
can run together are fused, so that an output stands beside the state it is made from.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from math import prod

from msgspec import Struct

from rnncalc.equations.demand import Box, Position, Use, asked_boxes, contains, demand, image, positions, uses_of
from rnncalc.equations.graph import components
from rnncalc.equations.lengths import last_positions
from rnncalc.equations.tree import Equation, Ref
from rnncalc.errors import ExerciseError, Problem


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


class Plan(Struct, frozen=True):
    """The order of all instances of `equations[i]`, each computed at the positions `wanted[i]`.

    `windows[i]` is the number of turns of its outermost loop after which a value is not used again; an equation that is
    used outside that loop has none. `boundary` lists the instances outside 1…length that are used: given, or zero.
    """

    equations: tuple[Equation, ...]
    order: tuple[Loop | int, ...]
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
        """How many instances are computed (boxes that overlap are counted twice)."""
        return sum(map(self.count_of, self.wanted))

    def count_of(self, equation: int) -> int:
        return sum(prod(high - low + 1 for low, high in box) for box in self.wanted[equation])

    @property
    def nests(self) -> dict[Equation, int]:
        """Which item of `order` computes each equation."""
        return {
            self.equations[member]: number for number, item in enumerate(self.order) for member in _members((item,))
        }

    def boxes(self, ref: Ref) -> tuple[Box, ...]:
        """The positions that a quantity without free letters stands for; without indices, all of them."""
        return asked_boxes(ref, self.equations, self.lengths)

    def positions(self, ref: Ref) -> Iterator[Position]:
        return (position for box in self.boxes(ref) for position in positions(box))

    def last_wanted(self, equation: Equation, count: int) -> Position:
        """The first of the last `count` positions at which the equation is wanted, for each of its indices."""
        boxes = self.wanted[self.equations.index(equation)]
        return tuple(max(high for _, high in pairs) - count + 1 for pairs in zip(*boxes, strict=True))

    def positions_used(self, equation: Equation, ref: Ref) -> Iterator[Position]:
        """The positions at which the equation uses `ref`, a part of it, wherever it is wanted."""
        for box in self.wanted.get(self.equations.index(equation), ()):
            yield from positions(image(equation, box, ref, frozenset(), self.lengths))

    def _run(self, item: Loop | int, turns: dict[str, tuple[Loop, int]]) -> Iterator[tuple[int, dict[str, int]]]:
        if isinstance(item, Loop):
            members = tuple(_members(item.body))
            first, last = self._turns(item, members)
            for turn in range(first, last + 1):
                inside = {**turns, item.letter: (item, turn)}
                for part in item.body:
                    yield from self._run(part, inside)
            return
        positions = {letter: loop.position(item, turn) for letter, (loop, turn) in turns.items()}
        equation = self.equations[item]
        place = equation.position(positions)
        if contains(self.wanted[item], place):
            yield item, positions

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
        """The instance that is not used again once `place` has been computed."""
        window = self.windows.get(equation)
        if window is None:
            return None
        loop = next(loop for loop in self.order if isinstance(loop, Loop) and equation in loop.shifts)
        slot = self._slot(equation, loop.letter)
        step = (window + 1) * (-1 if loop.backward else 1)
        return (*place[:slot], place[slot] - step, *place[slot + 1 :])


def _members(body: Iterable[Loop | int]) -> Iterator[int]:
    for item in body:
        if isinstance(item, Loop):
            yield from _members(item.body)
        else:
            yield item


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
    directions = _Order(equations, uses, backward_pass).directions
    wanted, boundary = demand(equations, uses, targets, lengths, extents, directions)
    needed = _Order(equations, [use for use in uses if use.consumer in wanted], backward_pass)
    order = needed.nests(sorted(wanted))
    return Plan(tuple(equations), order, wanted, lengths, _windows(order, uses), boundary)


class _Order:
    """Finds loops for sets of equations."""

    def __init__(self, equations: Sequence[Equation], uses: Iterable[Use], backward_pass: Container[str]) -> None:
        self.equations = equations
        self.uses = list(uses)
        self.backward_pass = backward_pass

    def directions(self, group: Sequence[int]) -> dict[str, bool]:
        """letter → backward, for each loop that carries the recurrence of a strongly connected group."""
        found: dict[str, bool] = {}
        inside = [use for use in self.uses if use.consumer in group and use.producer in group]
        self._collect(self.nest_of(tuple(group), inside, frozenset()), found)
        return found

    def _collect(self, item: Loop | int, found: dict[str, bool]) -> None:
        if isinstance(item, Loop):
            found[item.letter] = item.backward
            for part in item.body:
                self._collect(part, found)

    def nests(
        self, nodes: Iterable[int], uses: list[Use] | None = None, done: frozenset[str] = frozenset()
    ) -> tuple[Loop | int, ...]:
        """The nodes as loops and single equations, in an order that computes everything before it is used."""
        uses = self.uses if uses is None else uses
        needs: dict[int, list[int]] = {}
        for use in uses:
            needs.setdefault(use.consumer, []).append(use.producer)
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
        return tuple(self.nest_of(nest, uses, done) for nest in nests)

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
        inside = [use for use in uses if use.consumer in nodes and use.producer in nodes]
        for letter in self.letters(nodes, done):
            for backward in (False, True):
                shifts = self.shifts(nodes, inside, letter, backward)
                if shifts is not None:
                    same_turn = [use for use in inside if _lag(use, letter, backward, shifts) == 0]
                    body = self.nests(nodes, same_turn, done | {letter})
                    return Loop(letter, backward, shifts, body)
        if len(nodes) == 1 and not inside:
            return nodes[0]
        raise ExerciseError(self.problem(nodes, inside, done))

    def shifts(self, nodes: tuple[int, ...], uses: list[Use], letter: str, backward: bool) -> dict[int, int] | None:
        """A shift for each equation such that nothing is used before its turn; None if there is none (Bellman–Ford)."""
        inside = [use for use in uses if use.consumer in nodes and use.producer in nodes]
        if any(letter not in use.distance for use in inside):
            return None
        shifts = dict.fromkeys(nodes, 0)
        for _ in range(len(nodes) + 1):
            changed = False
            for use in inside:
                lag = _lag(use, letter, backward, shifts)
                if lag < 0:
                    shifts[use.consumer] -= lag
                    changed = True
            if not changed:
                return shifts
        return None

    def problem(self, nodes: tuple[int, ...], uses: list[Use], done: frozenset[str]) -> Problem:
        equation = self.equations[nodes[0]]
        names = ", ".join(f"`{self.equations[node].name}`" for node in nodes)
        distances = [
            use.distance[letter] for use in uses for letter in self.letters(nodes, done) if letter in use.distance
        ]
        if any(distance < 0 for distance in distances) and any(distance > 0 for distance in distances):
            return Problem(
                f"{names} would need the past and the future of one another at once", equation.span,
                "let one state run forward (`t-1`) and another backward (`t+1`), and join them in a third equation",
            )  # fmt: skip
        verb = "is defined by itself" if len(nodes) == 1 else "are defined by one another"
        return Problem(
            f"{names} {verb} at the same position: there is no value to begin with", equation.span,
            "a recurrence looks at another position: `h[t] = tanh(W @ x[t] + U @ h[t-1])`",
        )  # fmt: skip


def _lag(use: Use, letter: str, backward: bool, shifts: Mapping[int, int]) -> int:
    """How many turns after its computation the value is used."""
    ahead = -use.distance[letter] if backward else use.distance[letter]
    return shifts[use.consumer] - shifts[use.producer] - ahead


def _windows(order: Iterable[Loop | int], uses: Iterable[Use]) -> dict[int, int]:
    home = {member: loop for loop in order if isinstance(loop, Loop) for member in _members(loop.body)}
    windows: dict[int, int] = dict.fromkeys(home, 0)
    for use in uses:
        loop = home.get(use.producer)
        if loop is None or use.producer not in windows:
            continue
        if home.get(use.consumer) is loop and loop.letter in use.distance:
            windows[use.producer] = max(windows[use.producer], _lag(use, loop.letter, loop.backward, loop.shifts))
        else:
            del windows[use.producer]
    return windows
