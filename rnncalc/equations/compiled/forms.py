"""Shapes of the parts of an expression. In a compiled program a vector or plain number is flat, `(n,)`; a matrix is
`(rows, columns)`; any axes before these are positions."""

from collections.abc import Mapping
from typing import assert_never

from rnncalc.equations.functions import FUNCTIONS
from rnncalc.equations.shapes import Shape
from rnncalc.equations.tree import Binary, Call, Expr, Negate, Number, Over, Power, Ref, Transpose


class UnsupportedError(Exception):
    """A construction that this pass does not compile: a more general pass takes over."""


def is_flat(shape: Shape) -> bool:
    return 1 in shape


def form(shape: Shape) -> tuple[int, ...]:
    """The trailing axes of a value."""
    return (shape[0] * shape[1],) if is_flat(shape) else shape


def entries(shape: Shape) -> int:
    return shape[0] * shape[1]


def shape_of(expr: Expr, known: Mapping[str, Shape]) -> Shape:
    """Rows and columns of an expression whose shapes have been checked."""
    match expr:
        case Number():
            return 1, 1
        case Ref(name):
            return known[name]
        case Negate(part) | Power(part, _) | Over(_, part, _, _):
            return shape_of(part, known)
        case Transpose(part):
            rows, columns = shape_of(part, known)
            return columns, rows
        case Binary("@", left, right):
            return shape_of(left, known)[0], shape_of(right, known)[1]
        case Binary(_, left, right):
            one = shape_of(left, known)
            return shape_of(right, known) if one == (1, 1) else one
        case Call(function, arguments):
            return _call_shape(function, [shape_of(argument, known) for argument in arguments])
        case _:
            assert_never(expr)


def _call_shape(function: str, parts: list[Shape]) -> Shape:
    match FUNCTIONS[function].kind:
        case "sum":
            return 1, 1
        case "concat":
            return sum(rows for rows, _ in parts), parts[0][1]
        case _:
            return parts[0]
