"""Stage 6, emit: a laid-out turn as Python source, whose names are made here and whose numbers are passed in."""

from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import pairwise

import numpy as np
from msgspec import Struct

from rnncalc.equations.compiled.arithmetic import operation
from rnncalc.equations.compiled.loading import loaded
from rnncalc.equations.compiled.slots import Pack
from rnncalc.equations.compiled.stack import Layout
from rnncalc.equations.compiled.turn import Constant, Literal, Op, Operand, Past, Row, Temp, Turn
from rnncalc.equations.tree import Expr

_NUMPY = (
    "add", "subtract", "multiply", "divide", "negative", "positive", "square", "reciprocal", "maximum", "tanh", "exp",
    "log", "copyto",
)  # fmt: skip


class Stacked(Struct, frozen=True):
    """Constants as one array: a grid of matrices, or, with `lines`, vectors end to end in so many lines."""

    grid: tuple[tuple[Operand, ...], ...]
    lines: int = 0


class Source(Struct, frozen=True):
    """`loop(slab, constants, rows, series, copies, turns)`, made from `text`.

    `constants[k]` there is made of `constants[k]` here; `rows[k]` holds these rows side by side, in so many lines;
    `series[k]` the values of `series[k][0]`, from `series[k][1]` turns before the first; `copies` gets the slab from
    `copied[0]` to `copied[1]` after each turn.
    """

    text: str
    loop: Callable[..., None]
    constants: tuple[Stacked, ...]
    rows: tuple[tuple[tuple[Row, ...], int], ...]
    series: tuple[tuple[str, int], ...]
    copied: tuple[int, int]


def emit(turn: Turn, plan: Layout) -> Source:
    """The source of the loop."""
    return _Emitter(turn, plan).source()


def _loop(text: str, functions: Sequence[Expr]) -> Callable[..., None]:
    """The function, which calls NumPy's functions and the nodes f0, f1, …"""
    nodes = {f"f{number}": operation(node) for number, node in enumerate(functions)}
    return loaded(text, {name: getattr(np, name) for name in _NUMPY} | nodes, {"range": range, "zip": zip})


class _Emitter:
    def __init__(self, turn: Turn, plan: Layout) -> None:
        self.turn, self.plan = turn, plan
        self.lags = dict.fromkeys(plan.rowed, 0)
        for operand in turn.shapes:
            if isinstance(operand, Past) and operand.name in self.lags:
                self.lags[operand.name] = max(operand.lag, self.lags[operand.name])
        self.names = {temp: name for name, temp in turn.results.items()}
        self.places = {name: f"q{number}" for number, name in enumerate(plan.rowed)}
        self.constants: dict[Stacked, str] = {}
        self.rows: dict[tuple[tuple[Row, ...], int], str] = {}
        self.slices: dict[str, str] = {}
        self.products: set[str] = set()
        self.functions: list[Expr] = []
        ends = [plan.place(turn.results[name]) for name in plan.copied]
        self.copied = (min(low for low, _ in ends), max(high for _, high in ends)) if ends else (0, 0)

    def source(self) -> Source:
        body = [line for pack in self.plan.calls for line in self.call(pack)]
        if self.plan.copied:
            body.append(f"copyto(kept, {self.slice(*self.copied)})")
        body += self.rotation()
        loops = dict(self.iterables()) or {"turn": "range(turns)"}
        lines = [
            "def loop(slab, constants, rows, series, copies, turns):",
            *[f"    {line}" for line in self.header()],
            f"    for {', '.join(loops)}, in zip({', '.join(loops.values())}, strict=True):",
            *[f"        {line}" for line in body],
        ]
        text = "\n".join(lines) + "\n"
        series = tuple(self.lags.items())
        return Source(text, _loop(text, self.functions), tuple(self.constants), tuple(self.rows), series, self.copied)

    # -- around the loop

    def header(self) -> Iterator[str]:
        yield from (f"{name} = {text}" for name, text in self.slices.items())
        for number, name in enumerate(self.constants.values()):
            yield f"{name} = constants[{number}]" + (".dot" if name in self.products else "")
        for number, (name, deepest) in enumerate(self.lags.items()):
            for back in range(1, deepest + 1):
                yield f"{self.places[name]}_{back} = series[{number}][{deepest - back}]"

    def iterables(self) -> Iterator[tuple[str, str]]:
        yield from ((row, f"rows[{number}]") for number, row in enumerate(self.rows.values()))
        for number, (name, deepest) in enumerate(self.lags.items()):
            yield self.places[name], f"series[{number}][{deepest}:]"
        if self.plan.copied:
            yield "kept", "copies"

    def rotation(self) -> Iterator[str]:
        """At the end of a turn what is new becomes what was before."""
        for name, deepest in self.lags.items():
            place = self.places[name]
            for back in range(deepest, 0, -1):
                yield f"{place}_{back} = {place}" + (f"_{back - 1}" if back > 1 else "")

    # -- one call

    def call(self, pack: Pack) -> Iterator[str]:
        ops = [self.turn.ops[number] for number in pack.ops]
        first, results = ops[0], [Temp(number) for number in pack.ops]
        if first.kind == "dot":
            yield from self.product(ops, self.values(results))
        elif first.kind == "apply":
            shaped = [f"{self.values([operand])}.reshape{self.turn.shapes[operand]}" for operand in first.operands]
            out = f"{self.values(results)}.reshape{first.shape}"
            yield f"copyto({out}, {self.function(first)}({', '.join(shaped)}))"
        else:
            yield self.entrywise(pack, ops, results)

    def entrywise(self, pack: Pack, ops: Sequence[Op], results: Sequence[Temp]) -> str:
        """Arrays with one line for each operation, where all share an array of one line."""
        first = ops[0]
        common = [one and self.turn.entries(o) > 1 for o, one in zip(first.operands, pack.shared, strict=True)]
        lines = len(ops) if any(common) else 1
        out = self.values(results, lines)
        operands = [
            self.values([operand] if shared else [op.operands[slot] for op in ops], 1 if shared else lines)
            for slot, (operand, shared) in enumerate(zip(first.operands, pack.shared, strict=True))
        ]
        if first.kind == "function":
            return f"copyto({out}, {self.function(first)}({operands[0]}))"
        return f"{first.kind}({', '.join(operands)}, {'out=' if first.kind == 'maximum' else ''}{out})"

    def product(self, ops: Sequence[Op], out: str) -> Iterator[str]:
        vectors, vector = list(ops[0].vectors), ""
        if len(vectors) == 1:
            vector = self.values(vectors)
        else:
            vectors.sort(key=lambda one: self.plan.place(one) if one in self.plan.slots else (-1, -1))
            vector = yield from self.gathered(vectors, self.plan.gathers[ops[0].vectors])
        columns = [ops[0].vectors.index(one) for one in vectors]
        grid = tuple(tuple(op.operands[column] for column in columns) for op in ops)
        matrix = self.constant(Stacked(grid))
        self.products.add(matrix)
        yield f"{matrix}({vector}, {out})"

    def gathered(self, vectors: Sequence[Operand], slot: int) -> Generator[str, None, str]:
        """Vectors end to end: neighbours as they stand, others by a copy of each."""
        places = [self.plan.place(one) for one in vectors if one in self.plan.slots]
        if len(places) == len(vectors) and all(a[1] == b[0] for a, b in pairwise(places)):
            return self.slice(places[0][0], places[-1][1])
        low = start = self.plan.offsets[slot]
        for one in vectors:
            yield f"copyto({self.slice(low, low := low + self.turn.entries(one))}, {self.values([one])})"
        return self.slice(start, low)

    def function(self, op: Op) -> str:
        assert op.node is not None, "what is no NumPy function computes a node"
        self.functions.append(op.node)
        return f"f{len(self.functions) - 1}"

    # -- values

    def values(self, operands: Sequence[Operand], lines: int = 1) -> str:
        """The name of neighbouring values, in so many lines."""
        first = operands[0]
        match first:
            case Constant() | Literal():
                return self.constant(Stacked((tuple(operands),), lines))
            case Row():
                rows = tuple(one for one in operands if isinstance(one, Row))
                return self.rows.setdefault((rows, lines), f"r{len(self.rows)}")
            case Past(name, back) if name in self.places:
                return f"{self.places[name]}_{back}"
            case Temp() if self.names.get(first) in self.places:
                return self.places[self.names[first]]
            case _:
                low, _ = self.plan.place(first)
                return self.slice(low, low + sum(map(self.turn.entries, operands)), lines)

    def constant(self, stacked: Stacked) -> str:
        return self.constants.setdefault(stacked, f"c{len(self.constants)}")

    def slice(self, low: int, high: int, lines: int = 1) -> str:
        name, text = f"s{low}_{high}", f"slab[{low}:{high}]"
        if lines > 1:
            name, text = f"{name}_{lines}", f"{text}.reshape({lines}, -1)"
        self.slices[name] = text
        return name
