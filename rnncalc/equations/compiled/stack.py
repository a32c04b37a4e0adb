"""Stage 5, stack: operations of one kind that do not need one another form a pack; values get slots in one slab of
memory, in an order that lets as many packs as possible be a single call on neighbouring slots."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, permutations

from msgspec import Struct

from rnncalc.equations.compiled.neighbours import Link, improved
from rnncalc.equations.compiled.slots import Pack, Slots
from rnncalc.equations.compiled.turn import Constant, Literal, Op, Operand, Row, Temp, Turn
from rnncalc.equations.tree import Call

Chain = tuple[int, ...]
"""The slots of the result and of the operands of an operation."""


class Layout(Struct, frozen=True):
    """Where values live during a turn.

    `calls` are the operations in order, those of a pack done in one call. `slots[operand]` begins at `offsets[slot]`
    in the slab of `size` numbers; `gathers[vectors]` is where vectors of a product come together that are
    not neighbours. `rowed` quantities are written to a row of their own each turn; `copied` are kept too, by a copy
    of their slots after the turn.
    """

    calls: tuple[Pack, ...]
    slots: Mapping[Operand, int]
    gathers: Mapping[tuple[Operand, ...], int]
    offsets: tuple[int, ...]
    sizes: tuple[int, ...]
    rowed: tuple[str, ...]
    copied: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(self.sizes)

    def place(self, operand: Operand) -> tuple[int, int]:
        """Where a value begins and ends in the slab."""
        slot = self.slots[operand]
        return self.offsets[slot], self.offsets[slot] + self.sizes[slot]


def layout(turn: Turn, kept: Collection[str]) -> Layout:
    """Packs, slots and their order for one turn. `kept` are the members whose values are needed after the loop."""
    slots = Slots(turn, packs(turn), kept)
    copied = tuple(name for name in turn.results if name in kept and name not in slots.rowed)
    chains = [[_chain(number, pack, turn, slots) for number in pack.ops] for pack in slots.packs]
    joined = [[(slots.of[one],) for one in vectors if one in slots.of] for vectors in slots.gathers]
    together = [[(slots.of[turn.results[name]],) for name in copied]]
    # Calls first: of two orders with as few, the one that copies less after the turn.
    order = improved(range(len(slots.sizes)), calls := _links([*chains, *joined]))
    order = improved(order, Counter({link: 100 * calls[link] for link in calls}) + _links(together))
    offsets, place = [0] * len(order), 0
    for slot in order:
        offsets[slot], place = place, place + slots.sizes[slot]
    divided = [
        Pack(tuple(pack.ops[number] for number in run), pack.shared)
        for pack, found in zip(slots.packs, chains, strict=True)
        for run in _divided(found, order)
    ]
    return Layout(tuple(divided), slots.of, slots.gathers, tuple(offsets), tuple(slots.sizes), slots.rowed, copied)


def packs(turn: Turn) -> list[Pack]:
    """Operations of one kind on one level (as many steps from the start), with the same shared operands."""
    levels: list[int] = []
    for op in turn.ops:
        levels.append(1 + max((levels[o.number] for o in op.operands if isinstance(o, Temp)), default=0))
    leveled = list(zip(levels, turn.ops, strict=True))
    uses = Counter((level, op.kind, slot, operand) for level, op in leveled for slot, operand in enumerate(op.operands))
    found: dict[tuple[object, ...], list[int]] = {}
    shared: dict[tuple[object, ...], tuple[bool, ...]] = {}
    for number, (level, op) in enumerate(leveled):
        counts = [uses[level, op.kind, slot, operand] for slot, operand in enumerate(op.operands)]
        same = _shared(op, turn, counts)
        alone = number if op.kind in ("apply", "positive") else None
        operands = tuple(o if one else _where(o) for o, one in zip(op.operands, same, strict=True))
        key = level, op.kind, operands, _function(op), alone
        found.setdefault(key, []).append(number)
        shared[key] = same
    order = sorted(found, key=lambda key: (levels[found[key][0]], found[key][0]))
    return [Pack(tuple(found[key]), shared[key]) for key in order]


def _shared(op: Op, turn: Turn, counts: Sequence[int]) -> tuple[bool, ...]:
    """Which operands must be the same throughout a pack: the vectors of a product, numbers beside arrays, and of two
    arrays the one that others of this kind take, too."""
    if op.kind == "dot":
        return (False,) * len(op.vectors) + (True,) * len(op.vectors)
    wide = [slot for slot, operand in enumerate(op.operands) if is_wide(operand, op, turn)]
    common = max(wide, key=lambda slot: counts[slot]) if len(wide) == 2 else None
    return tuple(slot not in wide or (slot == common and count > 1) for slot, count in enumerate(counts))


def is_wide(operand: Operand, op: Op, turn: Turn) -> bool:
    """Whether an operand goes entry by entry with the result."""
    return not isinstance(operand, Literal) and turn.entries(operand) == op.entries


def _where(operand: Operand) -> object:
    """Only values of one place can be neighbours."""
    match operand:
        case Row(_, _, shift):
            return shift
        case Constant():
            return "constants"
        case _:
            return "slab"


def _function(op: Op) -> object:
    """What a function is, whatever its argument."""
    return (op.node.function, op.node.arguments[1:]) if op.kind == "function" and isinstance(op.node, Call) else None


def _chain(number: int, pack: Pack, turn: Turn, slots: Slots) -> Chain | None:
    """The slots of an operation that must be followed by those of the next in its call; None where there is no slot to
    follow: it needs a call of its own."""
    op, values = turn.ops[number], list[Operand]([Temp(number)])
    for operand, shared in zip(op.operands, pack.shared, strict=True):
        if not shared and isinstance(operand, Row) and len(slots.readers[operand]) > 1:
            return None
        if not shared and not isinstance(operand, Constant | Row):
            values.append(operand)
    found = [slots.of[value] for value in values if value in slots.of]
    return tuple(found) if len(found) == len(values) else None


def _links(groups: Iterable[Sequence[Chain | None]]) -> Counter[Link]:
    """What neighbours save: one call for each two operations of a pack that follow one another in all their slots."""
    return Counter(
        frozenset(zip(one, other, strict=True))
        for chains in groups
        for one, other in permutations(filter(None, chains), 2)
    )


def _divided(chains: Sequence[Chain | None], order: Sequence[int]) -> Iterator[list[int]]:
    """The numbers of the chains in runs in which each is the neighbour of the one before."""
    after, place = dict(pairwise(order)), {slot: number for number, slot in enumerate(order)}
    run: list[int] = []
    last: Chain | None = None
    for number in sorted(range(len(chains)), key=lambda number: place[chain[0]] if (chain := chains[number]) else -1):
        here = chains[number]
        if run and not (here and last and all(after.get(one) == other for one, other in zip(last, here, strict=True))):
            yield run
            run = []
        run, last = [*run, number], here
    yield run
