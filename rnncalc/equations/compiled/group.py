"""Stage 1, group: the plan's loops taken apart until only recurrences are left; all else is computed for whole
sequences at once. It knows no arrays."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from rnncalc.equations.boxes import Box, without
from rnncalc.equations.demand import Use, among, domains, image, needs_of, uses_of
from rnncalc.equations.graph import components
from rnncalc.equations.loops import Item, Listing, Loop, lag
from rnncalc.equations.schedule import Plan
from rnncalc.equations.tree import Equation
from rnncalc.equations.walks import refs


class Whole(Struct, frozen=True):
    """An equation at all its positions at once (inside a loop: at all positions of its other letters)."""

    equation: int


class Repeat(Struct, frozen=True):
    """A recurrence: `body` is computed turn by turn. `members` are the equations of a strongly connected group, and
    `uses` all their uses of one another."""

    loop: Loop
    members: tuple[int, ...]
    body: tuple["Nest", ...]
    uses: tuple[Use, ...]

    def lag(self, use: Use) -> int:
        """How many turns after its computation the value is used."""
        return lag(use, self.loop.letter, self.loop.backward, self.loop.shifts)


class Listed(Struct, frozen=True):
    """Single instances in order: (equation, position of each of its letters)."""

    members: tuple[int, ...]
    instances: tuple[tuple[int, Mapping[str, int]], ...]


Nest = Whole | Repeat | Listed


def nests(plan: Plan) -> tuple[Nest, ...]:
    """The strongly connected groups of the plan in dependency order, each with the loops that it cannot do without."""
    uses = [use for use in uses_of(plan.equations, plan.lengths) if {use.consumer, use.producer} <= set(plan.wanted)]
    return tuple(_nests(sorted(plan.wanted), uses, plan.order, plan.equations))


def _nests(
    members: Sequence[int], uses: Iterable[Use], order: Sequence[Item], equations: Sequence[Equation]
) -> Iterator[Nest]:
    for group in components(members, needs_of(uses)):
        inside = among(uses, group)
        item = _around(group[0], order)
        if not inside:
            yield Whole(group[0])
        elif isinstance(item, Listing):
            yield Listed(item.members, tuple((number, equations[number].letters(p)) for number, p in item.instances))
        elif all(use.distance.get(item.letter) == 0 for use in inside):
            yield from _nests(
                group, inside, item.body, equations
            )  # no turn needs another: all at once along this letter
        else:
            same_turn = [use for use in inside if lag(use, item.letter, item.backward, item.shifts) == 0]
            yield Repeat(item, tuple(group), tuple(_nests(group, same_turn, item.body, equations)), tuple(inside))


def _around(member: int, order: Sequence[Item]) -> Loop | Listing:
    for item in order:
        if (isinstance(item, Loop) and member in item.shifts) or (isinstance(item, Listing) and member in item.members):
            return item
    return Listing((member,))  # without a recurrence there may be no loop


def widened(plan: Plan, groups: Iterable[Nest]) -> dict[int, tuple[Box, ...]]:
    """Where the equations are wanted, with one more turn here and there: the members of a recurrence take part in all
    its turns where nothing is missing for it. What is handed on to the position before is wanted from position 2 on;
    with position 1 the loop is the same in every turn."""
    wanted = dict(plan.wanted)
    for repeat in groups:
        if isinstance(repeat, Repeat) and all(
            plan.equations[member].indices == (repeat.loop.letter,) and [len(box) for box in wanted[member]] == [1]
            for member in repeat.members
        ):
            turns = [repeat.loop.turn(member, end) for member in repeat.members for end in wanted[member][0][0]]
            wider = {member: (_at_turns(repeat.loop, member, turns),) for member in repeat.members}
            while missing := [member for member in wider if not _is_computable(plan, {**wanted, **wider}, member)]:
                wider = {member: boxes for member, boxes in wider.items() if member not in missing}
            wanted |= wider
    return wanted


def _at_turns(loop: Loop, member: int, turns: Sequence[int]) -> Box:
    first, last = sorted(loop.position(member, turn) for turn in (min(turns), max(turns)))
    return ((first, last),)


def _is_computable(plan: Plan, wanted: Mapping[int, tuple[Box, ...]], member: int) -> bool:
    """Whether an equation holds where it is wanted, and all that it uses there is computed or given."""
    equation, (box,) = plan.equations[member], wanted[member]
    if box == plan.wanted[member][0]:
        return True
    if without(box, domains(plan.equations, plan.lengths)[member]):
        return False
    for ref, bound in refs(equation.expression):
        there = [tuple((place, place) for place in position) for name, position in plan.boundary if name == ref.name]
        producers = [number for number, other in enumerate(plan.equations) if other.name == ref.name]
        there += [own for number in producers for own in wanted.get(number, ())]
        if (ref.indices or producers) and without(image(equation, box, ref, bound, plan.lengths), there):
            return False
    return True
