"""Where the values of a turn live: a slot in the slab or a row of their own; which of them are neighbours."""

from collections.abc import Collection, Iterator, Sequence

from rnncalc.equations.compiled.forms import entries
from rnncalc.equations.compiled.turn import Constant, Literal, Op, Operand, Past, Row, Temp, Turn

Pack = tuple[int, ...]
"""Operations of one kind that do not need one another."""


def is_wide(op: Op, slot: int, turn: Turn) -> bool:
    """Whether an operand goes entry by entry with the result. The vector of a product and a number do not."""
    if op.kind == "dot":
        return slot == 0
    operand = op.operands[slot]
    return not isinstance(operand, Literal) and turn.shapes[operand] == op.shape


class Slots:
    """Gives every value a slot, or a row; a result takes the place of an operand that is not used again."""

    def __init__(self, turn: Turn, grouped: list[Pack], kept: Collection[str]) -> None:
        self.turn, self.packs = turn, grouped
        self.of: dict[Operand, int] = {}
        self.sizes: list[int] = []
        self.moves: list[tuple[int, int]] = []
        self.names = {temp: name for name, temp in turn.results.items()}
        self.readers: dict[Operand, list[int]] = {}
        self.last: dict[Operand, int] = {}
        for step, pack in enumerate(grouped):
            for number in pack:
                for operand in turn.ops[number].operands:
                    self.readers.setdefault(operand, []).append(number)
                    self.last[operand] = step
        self.pasts = {operand.name: operand for operand in self.readers if isinstance(operand, Past)}
        self.rowed = tuple(name for name in turn.results if self.has_row(name, name in kept))
        self.stay = {turn.results[name] for name in kept}
        for name, past in self.pasts.items():
            if name not in self.rowed:
                self.of[past] = self.fresh(entries(turn.shapes[past]))
        for step, pack in enumerate(grouped):
            self.place(step, pack)

    def has_row(self, name: str, kept: bool) -> bool:
        """What is kept gets a row, unless it goes better beside others; what is used two turns later must have one."""
        pasts = [o for o in self.readers if isinstance(o, Past) and o.name == name]
        if any(past.lag > 1 for past in pasts):
            return True
        values: list[Operand] = [*pasts, self.turn.results[name]]
        return kept and not any(len(pack) > 1 and self.touches(pack, values) for pack in self.packs)

    def touches(self, pack: Pack, values: Sequence[Operand]) -> bool:
        ops = [(number, self.turn.ops[number]) for number in pack]
        return any(Temp(number) in values for number, _ in ops) or any(
            operand in values and is_wide(op, slot, self.turn)
            for _, op in ops
            for slot, operand in enumerate(op.operands)
        )

    def fresh(self, size: int) -> int:
        self.sizes.append(size)
        return len(self.sizes) - 1

    def place(self, step: int, pack: Pack) -> None:
        over = self.overwritten(step, pack)
        for number in pack:
            op, temp = self.turn.ops[number], Temp(number)
            name = self.names.get(temp)
            if name in self.rowed:
                continue
            past = self.pasts.get(name) if name else None
            if past is not None and self.is_free(step, number, past):
                self.of[temp] = self.of[past]
            elif past is None and over is not None:
                self.of[temp] = self.of[op.operands[over]]
            else:
                self.of[temp] = self.fresh(entries(op.shape))
            if past is not None and self.of[temp] != self.of[past]:
                self.moves.append((self.of[temp], self.of[past]))
                self.stay.add(temp)

    def overwritten(self, step: int, pack: Pack) -> int | None:
        """The operand whose place all results of the pack can take."""
        arity = len(self.turn.ops[pack[0]].operands)
        for slot in range(arity):
            operands = [self.turn.ops[number].operands[slot] for number in pack]
            if all(
                isinstance(operand, Temp)
                and operand not in self.stay
                and self.names.get(operand) not in self.pasts
                and self.is_free(step, number, operand)
                for number, operand in zip(pack, operands, strict=True)
            ):
                return slot
        return None

    def is_free(self, step: int, number: int, operand: Operand) -> bool:
        """Whether the result of an operation may overwrite a value: nobody else reads it from now on."""
        op = self.turn.ops[number]
        if operand not in self.of or entries(self.turn.shapes[operand]) != entries(op.shape):
            return False
        if self.last[operand] < step:
            return True
        entrywise = op.kind not in ("dot", "apply")
        here = [other for other in self.readers[operand] if other in self.packs[step]]
        return self.last[operand] == step and entrywise and set(here) == {number}

    # -- calls

    def calls(self, offsets: Sequence[int]) -> Iterator[Pack]:
        """The packs, each divided where its values are not neighbours."""
        for pack in self.packs:
            run: list[int] = []
            for number in sorted(pack, key=lambda number: self.address(Temp(number), offsets)):
                if run and not self.follows(run[-1], number, offsets):
                    yield tuple(run)
                    run = []
                run.append(number)
            yield tuple(run)

    def address(self, operand: Operand, offsets: Sequence[int]) -> int:
        return offsets[self.of[operand]] if operand in self.of else -1

    def follows(self, number: int, other: int, offsets: Sequence[int]) -> bool:
        op, following = self.turn.ops[number], self.turn.ops[other]
        if not self.adjoin(Temp(number), Temp(other), offsets):
            return False
        return all(
            not is_wide(op, slot, self.turn) or self.adjoin(one, two, offsets)
            for slot, (one, two) in enumerate(zip(op.operands, following.operands, strict=True))
        )

    def adjoin(self, one: Operand, other: Operand, offsets: Sequence[int]) -> bool:
        """Whether the second value stands, or can be made to stand, right after the first."""
        if isinstance(one, Constant) and isinstance(other, Constant):
            return True
        if isinstance(one, Row) and isinstance(other, Row):
            return one.shift == other.shift and len(self.readers[one]) == len(self.readers[other]) == 1
        if one not in self.of or other not in self.of:
            return False
        return offsets[self.of[one]] + self.sizes[self.of[one]] == offsets[self.of[other]]
