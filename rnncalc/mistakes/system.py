"""What a mistake may know of a network: which quantity is a weight, an input, a state, and the shape of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from rnncalc.equations import (
    Binary,
    Call,
    Equation,
    Expr,
    Index,
    Negate,
    Ref,
    Shape,
    children,
    fitted_shape,
    rebuild,
    refs,
)

Put = Callable[[Expr], Expr]
"""Puts another part in the place of one, and gives the whole expression."""

DIAGONAL = "diag "
"""`diag W` is the diagonal of W: what is left of a matrix in a product taken entry by entry."""
EARLIER = "_end′"
"""`h_end′` is what an earlier run of the sequence left in h: its value at the step that is computed last."""


class System:
    """The equations that are computed, with the shapes of all quantities. `lengths` is how far each letter runs,
    `adjoints` are the quantities of the backward pass, `before` gives what is trained as it was an update earlier."""

    def __init__(
        self,
        equations: Sequence[Equation],
        shapes: Mapping[str, Shape],
        lengths: Mapping[str, int],
        adjoints: frozenset[str] = frozenset(),
        before: Mapping[str, str] = {},
    ) -> None:
        self.equations, self.lengths, self.adjoints, self.before = tuple(equations), lengths, adjoints, before
        diagonals = {DIAGONAL + name: shape for name, shape in shapes.items() if shape[0] == shape[1] > 1}
        self.computed = {equation.name for equation in equations}
        earlier = {name + EARLIER: shapes[name] for name in self.computed if name in shapes}
        self.shapes = {**shapes, **diagonals, **earlier}

    def shape(self, expr: Expr) -> Shape | None:
        return fitted_shape(expr, self.shapes)

    def fits(self, equation: Equation, expr: Expr) -> bool:
        return self.shape(expr) == self.shapes.get(equation.name)

    def is_parameter(self, expr: Expr) -> bool:
        return isinstance(expr, Ref) and not expr.indices and expr.name not in self.computed

    def is_matrix(self, expr: Expr) -> bool:
        """A matrix of weights, which has one row or one column where a vector of one entry goes in or comes out."""
        return self.is_parameter(expr)

    def is_input(self, expr: Expr) -> bool:
        return isinstance(expr, Ref) and bool(expr.indices) and expr.name not in self.computed

    def is_computed(self, expr: Expr) -> bool:
        return isinstance(expr, Ref) and expr.name in self.computed

    def is_past(self, equation: Equation, expr: Expr) -> bool:
        """A computed quantity of another step: h[t-1], or h[t+1] of a network that runs backward."""
        return self.is_computed(expr) and isinstance(expr, Ref) and self.offset(expr) != 0

    def offset(self, ref: Ref) -> int:
        return sum(index.offset for index in ref.indices if index.base)

    def role(self, equation: Equation, term: Expr) -> str:
        """What an addend stands for: `bias`, `recurrent`, `input`, or `other`."""
        if self.is_parameter(term):
            return "bias"
        used = [ref for ref, _ in refs(term)]
        if any(self.is_past(equation, ref) for ref in used):
            return "recurrent"
        return "input" if any(self.is_input(ref) for ref in used) else "other"

    @cached_property
    def gates(self) -> tuple[tuple[Equation, ...], ...]:
        """Equations that differ in their parameters only: the gates of an LSTM."""
        families: dict[Expr, list[Equation]] = {}
        for equation in self.equations:
            if equation.name not in self.adjoints:
                families.setdefault(_skeleton(equation.expression, self), []).append(equation)
        return tuple(tuple(family) for family in families.values() if len(family) > 1)


def _skeleton(expr: Expr, system: System) -> Expr:
    if system.is_parameter(expr):
        rows, columns = system.shape(expr) or (0, 0)
        return Ref(f"{rows}x{columns}")
    parts = tuple(_skeleton(part, system) for part in children(expr))
    if isinstance(expr, Call) and expr.function in ("sigmoid", "tanh", "hard_sigmoid"):
        return Call("activation", parts)
    return rebuild(expr, parts)


def addends(expr: Expr) -> list[tuple[int, Expr]]:
    """The terms of a sum with their signs; one term for anything else."""
    match expr:
        case Binary("+", left, right):
            return addends(left) + addends(right)
        case Binary("-", left, right):
            return addends(left) + [(-sign, term) for sign, term in addends(right)]
        case Negate(operand):
            return [(-sign, term) for sign, term in addends(operand)]
        case _:
            return [(1, expr)]


def summed(terms: Sequence[tuple[int, Expr]]) -> Expr:
    """The sum of terms with signs."""
    (sign, total), *rest = terms
    total = total if sign > 0 else Negate(total)
    for sign, term in rest:
        total = Binary("+" if sign > 0 else "-", total, term)
    return total


def factors(expr: Expr) -> list[Expr]:
    """The factors of an element-wise product."""
    if isinstance(expr, Binary) and expr.operator == "*":
        return factors(expr.left) + factors(expr.right)
    return [expr]


def multiplied(parts: Sequence[Expr]) -> Expr:
    total = parts[0]
    for part in parts[1:]:
        total = Binary("*", total, part)
    return total


def sums(equation: Equation) -> Iterator[tuple[list[tuple[int, Expr]], Put]]:
    """Every sum of two or more terms in the equation, with what puts another in its place. A sum inside a sum is not
    one by itself."""
    yield from _whole(equation.expression, lambda other: other, addends)


def products(equation: Equation) -> Iterator[tuple[list[Expr], Put]]:
    """Every element-wise product of two or more factors."""
    yield from _whole(equation.expression, lambda other: other, factors)


def _whole(expr: Expr, put: Put, parts_of: Callable[[Expr], list[Any]]) -> Iterator[tuple[list[Any], Put]]:
    parts = parts_of(expr)
    if len(parts) > 1:
        yield parts, put
        for number, part in enumerate(parts):
            inner = part[1] if isinstance(part, tuple) else part
            yield from _whole(inner, _inside(parts, number, put), parts_of)
        return
    below = children(expr)
    for number, one in enumerate(below):
        yield from _whole(one, _among(expr, below, number, put), parts_of)


def _among(expr: Expr, parts: tuple[Expr, ...], number: int, put: Put) -> Put:
    return lambda other: put(rebuild(expr, (*parts[:number], other, *parts[number + 1 :])))


def _inside(parts: list[Any], number: int, put: Put) -> Put:
    def putting(other: Expr) -> Expr:
        old = parts[number]
        new = (old[0], other) if isinstance(old, tuple) else other
        whole = [*parts[:number], new, *parts[number + 1 :]]
        return put(summed(whole) if isinstance(old, tuple) else multiplied(whole))

    return putting


def at(ref: Ref, offset: int) -> Ref:
    """The quantity at another offset of its first letter: h[t-1] for h[t]."""
    first = ref.indices[0]
    return Ref(ref.name, (Index(first.base, offset), *ref.indices[1:]))
