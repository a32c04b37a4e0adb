"""Pass 5, emit: a laid-out turn as Python source. Every name in it is made here, every number is passed in: nothing
that a user wrote is pasted."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from rnncalc.equations.compiled.forms import entries, form, is_flat
from rnncalc.equations.compiled.slots import Pack, is_wide
from rnncalc.equations.compiled.stack import Layout
from rnncalc.equations.compiled.turn import Constant, Literal, Op, Operand, Past, Row, Temp, Turn

LARGE = 1 << 17
"""A matrix of so many numbers, 1 MB, may not fit into the second-level cache beside the rest. It is read in two halves,
first one first, then the other: the half that was read last is still there. That saves a sixth of the time."""


class Source(Struct, frozen=True):
    """`text` defines `loop(slab, constants, rows, series, copies, turns)`.

    `constants[k]` there is made of `constants[k]` here, one below another (of matrices where k is in `matrices`);
    `rows[k]` holds these rows side by side; `series[k]` the values of `series[k][0]`, from `series[k][1]` turns before
    the first; `copies` gets the slab from `copied[0]` to `copied[1]` after each turn. `functions` are f0, f1, …
    """

    text: str
    constants: tuple[tuple[Operand, ...], ...]
    matrices: frozenset[int]
    rows: tuple[tuple[Row, ...], ...]
    series: tuple[tuple[str, int], ...]
    copied: tuple[int, int]
    functions: tuple[Op, ...]


def emit(turn: Turn, plan: Layout, lags: Mapping[str, int]) -> Source:
    """The source of the loop. `lags[name]` is how many turns back a quantity with rows is used."""
    return _Emitter(turn, plan, lags).source()


class _Emitter:
    def __init__(self, turn: Turn, plan: Layout, lags: Mapping[str, int]) -> None:
        self.turn, self.plan, self.lags = turn, plan, lags
        self.names = {temp: name for name, temp in turn.results.items()}
        self.constants: dict[tuple[bool, tuple[Operand, ...]], str] = {}
        self.products: dict[str, str] = {}
        self.halves: list[str] = []
        self.rows: dict[tuple[Row, ...], str] = {}
        self.slices: dict[tuple[int, int], str] = {}
        self.functions: list[Op] = []
        self.places = {name: f"q{number}" for number, name in enumerate(plan.rowed)}

    def source(self) -> Source:
        calls = [self.call(pack) for pack in self.plan.calls]
        after = [f"copyto({self.slab(b, 1)}, {self.slab(a, 1)})" for a, b in self.plan.moves]
        copied = self.copied()
        if copied[1] > copied[0]:
            after.append(f"copyto(kept, {self.slice(*copied)})")
        body = [*calls, *after, *self.halves, *self.rotation()]
        header, targets = self.header(copied)
        lines = [
            "def loop(slab, constants, rows, series, copies, turns):",
            *[f"    {line}" for line in header],
            f"    for {', '.join(targets)}, in zip({', '.join(self.iterables(copied))}, strict=True):",
            *[f"        {line}" for line in body],
        ]
        series = tuple((name, self.lags.get(name, 0)) for name in self.plan.rowed)
        constants = tuple(operands for _, operands in self.constants)
        matrices = frozenset(number for number, (is_matrix, _) in enumerate(self.constants) if is_matrix)
        return Source(
            "\n".join(lines) + "\n", constants, matrices, tuple(self.rows), series, copied,
            tuple(self.functions),
        )  # fmt: skip

    # -- around the loop

    def header(self, copied: tuple[int, int]) -> tuple[list[str], list[str]]:
        lines = [f"{name} = slab[{low}:{high}]" for (low, high), name in self.slices.items()]
        for number, name in enumerate(self.constants.values()):
            lines += [f"{name} = constants[{number}]", *([self.products[name]] if name in self.products else [])]
        for number, (name, place) in enumerate(self.places.items()):
            deepest = self.lags.get(name, 0)
            lines += [f"{place}_{back} = series[{number}][{deepest - back}]" for back in range(1, deepest + 1)]
        targets = [*self.rows.values(), *self.places.values(), *(["kept"] if copied[1] > copied[0] else [])]
        return lines, targets or ["turn"]

    def iterables(self, copied: tuple[int, int]) -> Iterator[str]:
        if not self.rows and not self.places and copied[1] == copied[0]:
            yield "range(turns)"
        yield from (f"rows[{number}]" for number in range(len(self.rows)))
        for number, name in enumerate(self.places):
            yield f"series[{number}][{self.lags.get(name, 0)}:]"
        if copied[1] > copied[0]:
            yield "copies"

    def rotation(self) -> Iterator[str]:
        """At the end of a turn what is new becomes what was before."""
        for name, place in self.places.items():
            for back in range(self.lags.get(name, 0), 0, -1):
                yield f"{place}_{back} = {place}" + (f"_{back - 1}" if back > 1 else "")

    def copied(self) -> tuple[int, int]:
        slots = [self.plan.slots[self.turn.results[name]] for name in self.plan.copied]
        ends = [(self.plan.offsets[slot], self.plan.offsets[slot] + self.plan.sizes[slot]) for slot in slots]
        return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else (0, 0)

    # -- one call

    def call(self, pack: Pack) -> str:
        ops = [self.turn.ops[number] for number in pack]
        first = ops[0]
        out = self.values([Temp(number) for number in pack])
        if first.kind == "dot":
            matrix = self.constant([op.operands[0] for op in ops], is_matrix=True)
            return self.product(matrix, self.value(first.operands[1]), out, ops)
        if first.kind == "apply":
            shaped = [self.shaped(operand) for operand in first.operands]
            return f"copyto({self.reshaped(out, first)}, {self.function(first)}({', '.join(shaped)}))"
        operands = [
            self.values([op.operands[slot] for op in ops]) if is_wide(first, slot, self.turn) else self.value(operand)
            for slot, operand in enumerate(first.operands)
        ]
        if first.kind == "function":
            return f"copyto({out}, {self.function(first)}({operands[0]}))"
        return f"{first.kind}({', '.join(operands)}, {'out=' if first.kind == 'maximum' else ''}{out})"

    def product(self, matrix: str, vector: str, out: str, ops: Sequence[Op]) -> str:
        rows, inner = sum(entries(op.shape) for op in ops), entries(self.turn.shapes[ops[0].operands[1]])
        if rows * inner < LARGE or not out.startswith("s"):
            self.products[matrix] = f"{matrix} = {matrix}.dot"
            return f"{matrix}({vector}, {out})"
        half = rows // 16 * 8
        low, high = f"{matrix}a, {matrix}b", f"{matrix}c, {matrix}d"
        self.products[matrix] = (
            f"{low}, {high} = {matrix}[:{half}].dot, {out}[:{half}], {matrix}[{half}:].dot, {out}[{half}:]"
        )
        self.halves.append(f"{low}, {high} = {high}, {low}")
        return f"{matrix}a({vector}, {matrix}b); {matrix}c({vector}, {matrix}d)"

    def function(self, op: Op) -> str:
        self.functions.append(op)
        return f"f{len(self.functions) - 1}"

    def shaped(self, operand: Operand) -> str:
        shape = self.turn.shapes[operand]
        return self.value(operand) if is_flat(shape) else f"{self.value(operand)}.reshape{form(shape)}"

    def reshaped(self, out: str, op: Op) -> str:
        return out if is_flat(op.shape) else f"{out}.reshape{form(op.shape)}"

    def value(self, operand: Operand) -> str:
        return self.values([operand])

    def values(self, operands: Sequence[Operand]) -> str:
        """The name of neighbouring values."""
        first = operands[0]
        match first:
            case Constant() | Literal():
                return self.constant(operands)
            case Row():
                return self.rows.setdefault(tuple(operands), f"r{len(self.rows)}")  # type: ignore[arg-type]
            case Past(name, back) if name in self.places:
                return f"{self.places[name]}_{back}"
            case Temp() if self.names.get(first) in self.places:
                return self.places[self.names[first]]
            case _:
                return self.slab(self.plan.slots[first], len(operands), operands)

    def constant(self, operands: Sequence[Operand], is_matrix: bool = False) -> str:
        return self.constants.setdefault((is_matrix, tuple(operands)), f"c{len(self.constants)}")

    def slab(self, slot: int, count: int, operands: Sequence[Operand] = ()) -> str:
        low = self.plan.offsets[slot]
        sizes = [self.plan.sizes[self.plan.slots[o]] for o in operands] or [self.plan.sizes[slot]]
        return self.slice(low, low + sum(sizes))

    def slice(self, low: int, high: int) -> str:
        return self.slices.setdefault((low, high), f"s{low}_{high}")
