"""Pass 4, stack: operations of one kind that do not need one another form a pack; values get slots in one slab of
memory, in an order that lets as many packs as possible be a single call on neighbouring slots."""

from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec import Struct

from rnncalc.equations.compiled.slots import Pack, Slots, is_wide
from rnncalc.equations.compiled.turn import Operand, Temp, Turn

MOST_SLOTS_SEARCHED = 10
"""With more slots than this, only single slots are moved when their order is sought."""


class Layout(Struct, frozen=True):
    """Where values live during a turn.

    `calls` are the operations in order, those of a pack done in one call. `slots[operand]` begins at `offsets[slot]`
    in the slab of `size` numbers. `rowed` quantities are written to a row of their own each turn; `copied` are kept
    too, by a copy of their slots after the turn. `moves` are copies between slots after the turn (from, to).
    """

    calls: tuple[Pack, ...]
    slots: Mapping[Operand, int]
    offsets: tuple[int, ...]
    sizes: tuple[int, ...]
    rowed: tuple[str, ...]
    copied: tuple[str, ...]
    moves: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        return sum(self.sizes)


def layout(turn: Turn, kept: Collection[str]) -> Layout:
    """Packs, slots and their order for one turn. `kept` are the members whose values are needed after the loop."""
    slots = Slots(turn, packs(turn), kept)
    order = _best_order(len(slots.sizes), lambda order: sum(1 for _ in slots.calls(offsets_of(order, slots.sizes))))
    offsets = offsets_of(order, slots.sizes)
    copied = tuple(name for name in turn.results if name in kept and name not in slots.rowed)
    return Layout(
        tuple(slots.calls(offsets)), slots.of, offsets, tuple(slots.sizes), slots.rowed, copied, tuple(slots.moves)
    )


def packs(turn: Turn) -> list[Pack]:
    """Operations of one kind on one level (as many steps from the start), with the same shared operand."""
    levels: list[int] = []
    found: dict[tuple[object, ...], list[int]] = {}
    for number, op in enumerate(turn.ops):
        levels.append(1 + max((levels[o.number] for o in op.operands if isinstance(o, Temp)), default=0))
        alone = number if op.kind in ("apply", "positive") else None
        shared = tuple(None if is_wide(op, slot, turn) else o for slot, o in enumerate(op.operands))
        node = op.node if op.kind == "function" else None
        found.setdefault((levels[-1], op.kind, shared, _function(node), alone), []).append(number)
    return [tuple(pack) for _, pack in sorted(found.items(), key=lambda item: (item[0][0], item[1][0]))]


def _function(node: object) -> object:
    """What a function is, whatever its argument."""
    return (node.function, node.arguments[1:]) if node is not None else None  # type: ignore[attr-defined]


def offsets_of(order: Sequence[int], sizes: Sequence[int]) -> tuple[int, ...]:
    offsets, place = [0] * len(sizes), 0
    for slot in order:
        offsets[slot] = place
        place += sizes[slot]
    return tuple(offsets)


def _best_order(count: int, cost: Callable[[Sequence[int]], int]) -> list[int]:
    """An order of the slots with few calls: neighbours are moved elsewhere as long as that saves one."""
    order = list(range(count))
    best = cost(order)
    while (found := _better(order, best, cost)) is not None:
        order, best = found
    return order


def _better(order: list[int], best: int, cost: Callable[[Sequence[int]], int]) -> tuple[list[int], int] | None:
    longest = len(order) if len(order) <= MOST_SLOTS_SEARCHED else 1
    for width in range(1, longest):
        for start in range(len(order) - width + 1):
            piece, rest = order[start : start + width], order[:start] + order[start + width :]
            for place in range(len(rest) + 1):
                trial = rest[:place] + piece + rest[place:]
                if (calls := cost(trial)) < best:
                    return trial, calls
    return None
