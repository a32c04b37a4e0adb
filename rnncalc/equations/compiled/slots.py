"""Where the values of a turn live: each in a slot of the slab or a row of its own."""

from collections.abc import Collection, Sequence

from msgspec import Struct

from rnncalc.equations.compiled.turn import Operand, Past, Temp, Turn


class Pack(Struct, frozen=True):
    """Operations of one kind that do not need one another; `shared` tells which operands are the same for all."""

    ops: tuple[int, ...]
    shared: tuple[bool, ...]


class Slots:
    """Gives every value a slot, or a row; a result takes the place of an operand that is not used again."""

    def __init__(self, turn: Turn, packs: Sequence[Pack], kept: Collection[str]) -> None:
        self.turn, self.packs = turn, packs
        self.of: dict[Operand, int] = {}
        self.sizes: list[int] = []
        self.gathers: dict[tuple[Operand, ...], int] = {}
        self.names = {temp: name for name, temp in turn.results.items()}
        self.readers: dict[Operand, list[int]] = {}
        self.last: dict[Operand, int] = {}
        for step, pack in enumerate(packs):
            for number in pack.ops:
                for operand in turn.ops[number].operands:
                    self.readers.setdefault(operand, []).append(number)
                    self.last[operand] = step
        self.pasts = {operand.name: operand for operand in self.readers if isinstance(operand, Past)}
        self.rowed = tuple(name for name in turn.results if self.has_row(name, name in kept))
        self.stay = {turn.results[name] for name in kept}
        for name, past in self.pasts.items():
            if name not in self.rowed:
                self.of[past] = self.fresh(turn.entries(past))
        for step, pack in enumerate(packs):
            self.place(step, pack)

    def has_row(self, name: str, kept: bool) -> bool:
        """What is kept gets a row, unless it goes better beside others. What is used two turns later must have one, and
        what is used when the new value is there."""
        values = [o for o in self.readers if isinstance(o, Past) and o.name == name]
        number = self.turn.results[name].number
        step = next(step for step, pack in enumerate(self.packs) if number in pack.ops)
        if any(past.lag > 1 or not self.is_done(step, number, past) for past in values):
            return True
        return kept and not any(self.is_beside([*values, self.turn.results[name]], pack) for pack in self.packs)

    def is_beside(self, values: Sequence[Operand], pack: Pack) -> bool:
        """Whether one of the values can be the neighbour of another in a pack."""
        ops = [self.turn.ops[number] for number in pack.ops]
        beside: list[Operand] = [Temp(number) for number in pack.ops] if len(ops) > 1 else []
        for op in ops:
            if len(ops) > 1:
                beside += [o for o, shared in zip(op.operands, pack.shared, strict=True) if not shared]
            if op.kind == "dot" and len(op.vectors) > 1:
                beside += op.vectors
        return any(value in beside for value in values)

    def fresh(self, size: int) -> int:
        self.sizes.append(size)
        return len(self.sizes) - 1

    def place(self, step: int, pack: Pack) -> None:
        over, first = self.overwritten(step, pack), self.turn.ops[pack.ops[0]]
        if first.kind == "dot" and len(first.vectors) > 1:
            self.gathers[first.vectors] = self.fresh(sum(map(self.turn.entries, first.vectors)))
        for number in pack.ops:
            op, temp = self.turn.ops[number], Temp(number)
            name = self.names.get(temp)
            if name in self.rowed:
                continue
            if name in self.pasts:
                self.of[temp] = self.of[self.pasts[name]]
            elif over is not None:
                self.of[temp] = self.of[op.operands[over]]
            else:
                self.of[temp] = self.fresh(self.turn.entries(temp))

    def overwritten(self, step: int, pack: Pack) -> int | None:
        """The operand whose place all results of the pack can take."""
        for slot in range(len(pack.shared)):
            operands = [self.turn.ops[number].operands[slot] for number in pack.ops]
            if all(
                isinstance(operand, Temp)
                and operand not in self.stay
                and self.names.get(operand) not in self.pasts
                and operand in self.of
                and self.is_done(step, number, operand)
                for number, operand in zip(pack.ops, operands, strict=True)
            ):
                return slot
        return None

    def is_done(self, step: int, number: int, operand: Operand) -> bool:
        """Whether the result of an operation may overwrite a value: nobody else reads it from now on."""
        op = self.turn.ops[number]
        if self.turn.entries(operand) != op.entries:
            return False
        if self.last[operand] < step:
            return True
        entrywise = op.kind not in ("dot", "apply")
        here = {other for other in self.readers[operand] if other in self.packs[step].ops}
        return self.last[operand] == step and entrywise and here == {number}
