"""One turn of a loop as data: operations on named values, each at most one NumPy call."""

from collections.abc import Mapping, Sequence
from math import prod

from msgspec import Struct

from rnncalc.equations.shapes import Shape
from rnncalc.equations.tree import Expr


class Temp(Struct, frozen=True):
    """The result of an operation."""

    number: int


class Row(Struct, frozen=True):
    """This turn's row of a quantity that is computed beforehand, times a factor. Rows of one shift run side by side."""

    name: str
    factor: float
    shift: int


class Constant(Struct, frozen=True):
    """A parameter, or what was computed from parameters, times a factor."""

    name: str
    factor: float = 1.0
    transposed: bool = False


class Literal(Struct, frozen=True):
    value: float


class Past(Struct, frozen=True):
    """A member's value some turns ago."""

    name: str
    lag: int


Operand = Temp | Row | Constant | Literal | Past


class Op(Struct, frozen=True):
    """`kind` is `dot`, the name of a NumPy function, or `apply` for any other node; `node` is what a `function` (of one
    array, entry by entry) or `apply` computes. The operands of a `dot` are matrices, then as many vectors: it is the
    sum of their products."""

    kind: str
    operands: tuple[Operand, ...]
    shape: Shape
    node: Expr | None = None

    @property
    def entries(self) -> int:
        return prod(self.shape)

    @property
    def vectors(self) -> tuple[Operand, ...]:
        """The vectors of a `dot`."""
        return self.operands[len(self.operands) // 2 :]


class Turn(Struct, frozen=True):
    """One turn: the operations in order, and the results that are kept or used in later turns. `shapes` knows every
    operand."""

    ops: tuple[Op, ...]
    results: Mapping[str, Temp]
    shapes: Mapping[Operand, Shape]

    def entries(self, operand: Operand) -> int:
        return prod(self.shapes[operand])


def pruned(ops: Sequence[Op], results: Mapping[str, Temp], shapes: Mapping[Operand, Shape]) -> Turn:
    """A turn without the operations that no result needs."""
    needed: set[Operand] = set(results.values())
    for number in range(len(ops) - 1, -1, -1):
        if Temp(number) in needed:
            needed.update(ops[number].operands)
    numbers = [number for number in range(len(ops)) if Temp(number) in needed]
    renamed: dict[Operand, Temp] = {Temp(number): Temp(place) for place, number in enumerate(numbers)}
    left = tuple(
        Op(op.kind, tuple(renamed.get(operand, operand) for operand in op.operands), op.shape, op.node)
        for op in (ops[number] for number in numbers)
    )
    kept = {renamed.get(operand, operand): shape for operand, shape in shapes.items() if operand in needed}
    return Turn(left, {name: renamed[temp] for name, temp in results.items()}, kept)
