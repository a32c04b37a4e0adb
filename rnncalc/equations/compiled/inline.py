"""Stage 2, inline: a member of a recurrence that only one other uses, once and in the same turn, is put in there. The
factors of a gradient meet in this way: `d_o = d_h * tanh(c)` and `d_z = d_o * o * (1 - o)` are d_h times one factor."""

from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from rnncalc.equations.boxes import Box
from rnncalc.equations.compiled.group import Nest, Repeat, Whole
from rnncalc.equations.tree import Equation
from rnncalc.equations.walks import refs, walk, with_part

MOST_PARTS = 300
"""An expression of more parts is long enough, also for Python's stack."""


def inlined(
    repeat: Repeat, equations: Mapping[int, Equation], wanted: Mapping[int, tuple[Box, ...]], kept: Collection[str]
) -> tuple[Repeat, dict[int, Equation]]:
    """The recurrence without the members that are used once, unless they are `kept`: and what its members are then."""
    left = dict(equations)
    for member in repeat.members:
        user = _user(member, repeat, left, wanted) if left[member].name not in kept else None
        if user is not None:
            ref = left[member].target
            left[user] = replace(left[user], expression=with_part(left[user].expression, ref, left[member].expression))
            del left[member]
            repeat = _without(member, user, repeat)
    return repeat, left


def _user(
    member: int, repeat: Repeat, equations: Mapping[int, Equation], wanted: Mapping[int, tuple[Box, ...]]
) -> int | None:
    """The member that an equation can be put into."""
    uses = [use for use in repeat.uses if use.producer == member]
    user = uses[0].consumer if uses else member
    if user == member or len(uses) > 1 or uses[0].bound or wanted[user] != wanted[member]:
        return None
    target, consumer = equations[member].target, equations[user]
    same = uses[0].ref == target and target.indices == consumer.target.indices and repeat.lag(uses[0]) == 0
    once = sum(ref == target for ref, _ in refs(consumer.expression)) == 1
    parts = sum(1 for number in (member, user) for _ in walk(equations[number].expression))
    return user if same and once and parts < MOST_PARTS else None


def _without(member: int, user: int, repeat: Repeat) -> Repeat:
    """The recurrence without a member, whose own uses are now those of its user."""
    moved = [replace(use, consumer=user) if use.consumer == member else use for use in repeat.uses]
    uses = tuple(use for use in moved if use.producer != member)
    members = tuple(other for other in repeat.members if other != member)
    return replace(repeat, members=members, body=tuple(_bodies(repeat.body, member)), uses=uses)


def _bodies(body: tuple[Nest, ...], member: int) -> Iterator[Nest]:
    yield from (part for part in body if part != Whole(member))
