"""Stage 6 for few units: a turn as straight-line code on single numbers. Below about four units Python's floats are
faster than arrays."""

from collections.abc import Callable, Collection, Iterator, Sequence
from math import exp, isfinite, log, prod, tanh

from msgspec import Struct

from rnncalc.equations.compiled.arithmetic import UnsupportedError
from rnncalc.equations.compiled.loading import loaded
from rnncalc.equations.compiled.stack import Layout
from rnncalc.equations.compiled.turn import Constant, Literal, Op, Operand, Past, Row, Temp, Turn

CALL, STEP = 240, 16
"""Nanoseconds that a NumPy call and an operation on Python floats take, about: they decide which code is used."""
DEEPEST = 20
"""Expressions are nested no deeper, for Python's parser."""

_INFIX = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
_CALLS = {"tanh": tanh, "exp": exp, "log": log}


class Scalars(Struct, frozen=True):
    """`loop(rows, constants, state, keep)`, made from `text`, gives the new state: `rows` are lists of numbers, `state`
    the entries of `pasts`, `keep` receives those of `kept` after each turn."""

    text: str
    loop: Callable[..., list[float]]
    constants: tuple[Constant, ...]
    rows: tuple[Row, ...]
    pasts: tuple[Past, ...]
    kept: tuple[str, ...]


def emit_scalars(turn: Turn, plan: Layout, kept: Collection[str]) -> Scalars | None:
    """The source of the loop; None where arrays are faster, or needed."""
    steps = sum(map(_steps, turn.ops, [turn] * len(turn.ops)))
    if steps * STEP > len(plan.calls) * CALL:
        return None
    try:
        return _Emitter(turn, kept).source()
    except UnsupportedError:
        return None


def _steps(op: Op, turn: Turn) -> int:
    if op.kind == "dot":
        return op.entries * 2 * sum(map(turn.entries, op.vectors))
    return op.entries * (3 if op.kind in _CALLS else 1)


class _Emitter:
    def __init__(self, turn: Turn, kept: Collection[str]) -> None:
        self.turn = turn
        self.kept = tuple(name for name in turn.results if name in kept)
        self.texts: dict[Operand, list[str]] = {}
        self.depths: dict[Operand, int] = {}
        self.lines: list[str] = []
        self.readers: dict[Operand, int] = {}
        for op in turn.ops:
            for operand in op.operands:
                again = op.kind in ("dot", "square", "maximum") or turn.shapes[operand] != op.shape
                self.readers[operand] = self.readers.get(operand, 0) + (2 if again else 1)
        found = [operand for operand in self.readers if not isinstance(operand, Temp | Literal)]
        self.constants = tuple(operand for operand in found if isinstance(operand, Constant))
        self.rows = tuple(operand for operand in found if isinstance(operand, Row))
        self.pasts = tuple(_all_pasts(operand for operand in found if isinstance(operand, Past)))

    def source(self) -> Scalars:
        named: list[tuple[str, Sequence[Operand]]] = [("c", self.constants), ("r", self.rows), ("p", self.pasts)]
        for letter, operands in named:
            for number, operand in enumerate(operands):
                size = prod(self.shape(operand))
                self.texts[operand] = [f"{letter}{number}_{entry}" for entry in range(size)]
        for number, op in enumerate(self.turn.ops):
            self.op(Temp(number), op)
        lines = ["def loop(rows, constants, state, keep):"]
        lines += [f"    {self.names(self.constants)} = constants"] if self.constants else []
        lines += [f"    {self.names(self.pasts)} = state"] if self.pasts else []
        lines.append(f"    for {self.names(self.rows) or '_'} in rows:")
        lines += [f"        {line}" for line in self.lines]
        lines += [f"        keep += {self.names([self.turn.results[name] for name in self.kept])}"] if self.kept else []
        lines += [f"        {line}" for line in self.rotation()]
        lines.append(f"    return [{self.names(self.pasts)}]")
        text = "\n".join(lines) + "\n"
        return Scalars(text, loaded(text, _CALLS, {}), self.constants, self.rows, self.pasts, self.kept)

    def shape(self, operand: Operand) -> tuple[int, int]:
        if isinstance(operand, Past):
            return self.turn.shapes[self.turn.results[operand.name]]
        return self.turn.shapes[operand]

    def names(self, operands: Sequence[Operand]) -> str:
        return "".join(f"{text}, " for operand in operands for text in self.texts[operand])

    def rotation(self) -> Iterator[str]:
        """At the end of a turn what is new becomes what was before, the oldest first."""
        for past in sorted(self.pasts, key=lambda past: -past.lag):
            newer = Past(past.name, past.lag - 1) if past.lag > 1 else self.turn.results[past.name]
            for old, new in zip(self.texts[past], self.texts[newer], strict=True):
                yield f"{old} = {new}"

    # -- operations

    def op(self, temp: Temp, op: Op) -> None:
        texts = self.dot(op) if op.kind == "dot" else self.entrywise(op)
        depth = 1 + max((self.depths.get(operand, 0) for operand in op.operands), default=0)
        if self.readers.get(temp, 0) == 1 and temp not in self.turn.results.values() and depth < DEEPEST:
            self.texts[temp], self.depths[temp] = [f"({text})" for text in texts], depth
            return
        self.texts[temp] = [f"t{temp.number}_{entry}" for entry in range(len(texts))]
        self.lines += [f"{name} = {text}" for name, text in zip(self.texts[temp], texts, strict=True)]

    def dot(self, op: Op) -> list[str]:
        """Constants are laid out row by row, as the product needs them."""
        lines: list[list[str]] = [[] for _ in range(op.entries)]
        for matrix, vector in zip(op.operands, op.vectors, strict=False):
            entries, others = self.entries_of(matrix), self.entries_of(vector)
            for number, line in enumerate(lines):
                row = entries[number * len(others) : (number + 1) * len(others)]
                line += [f"{one} * {other}" for one, other in zip(row, others, strict=True)]
        return [" + ".join(line) for line in lines]

    def entrywise(self, op: Op) -> list[str]:
        count = op.entries
        operands = [self.entries_of(operand) for operand in op.operands]
        spread = [texts * count if len(texts) == 1 else texts for texts in operands]
        return [_text(op.kind, parts) for parts in zip(*spread, strict=True)]

    def entries_of(self, operand: Operand) -> list[str]:
        if isinstance(operand, Literal):
            if not isfinite(operand.value):
                raise UnsupportedError("a number out of range")
            return [f"({operand.value!r})"]
        return self.texts[operand]


def _all_pasts(used: Iterator[Past]) -> Iterator[Past]:
    """With a value of three turns ago, those of two and of one."""
    deepest: dict[str, int] = {}
    for past in used:
        deepest[past.name] = max(past.lag, deepest.get(past.name, 0))
    for name, lag in deepest.items():
        yield from (Past(name, back) for back in range(1, lag + 1))


def _text(kind: str, parts: Sequence[str]) -> str:
    match kind:
        case _ if kind in _INFIX:
            return f"{parts[0]} {_INFIX[kind]} {parts[1]}"
        case _ if kind in _CALLS:
            return f"{kind}({parts[0]})"
        case "negative":
            return f"-{parts[0]}"
        case "positive":
            return parts[0]
        case "square":
            return f"{parts[0]} * {parts[0]}"
        case "reciprocal":
            return f"1.0 / {parts[0]}"
        case "maximum":
            return f"{parts[0]} if not {parts[0]} < {parts[1]} else {parts[1]}"  # not a number stays so, as in NumPy
        case _:
            raise UnsupportedError(kind)
