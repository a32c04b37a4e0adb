"""What each node does to NumPy arrays whose leading axes are positions. Both operands of a node have the same number
of leading axes; an axis of size 1 goes with any other."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnncalc.equations.compiled.forms import UnsupportedError, form, is_flat
from rnncalc.equations.functions import FUNCTIONS, Function
from rnncalc.equations.shapes import Shape
from rnncalc.equations.tree import Binary, Call, Expr, Negate, Power, Transpose, constant

UFUNCS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}

Operation = Callable[..., Any]


def operation(expr: Expr, parts: Sequence[Shape]) -> Operation:
    """The node as a function of the values of its parts, whose shapes are given."""
    match expr:
        case Negate():
            return np.negative
        case Transpose():
            return _same if is_flat(parts[0]) else lambda value: np.swapaxes(value, -1, -2)
        case Power(_, exponent):
            return lambda base: base**exponent
        case Binary("@"):
            return _product(parts[0], parts[1])
        case Binary(operator):
            return _aligned(UFUNCS[operator], parts[0], parts[1])
        case Call():
            return _call(expr, FUNCTIONS[expr.function], parts)
        case _:
            raise AssertionError(f"{type(expr).__name__} is not an operation on the values of its parts")


def _same(value: Any) -> Any:
    return value


def _aligned(ufunc: Operation, left: Shape, right: Shape) -> Operation:
    """A plain number beside a matrix needs one more axis."""
    if len(form(left)) == len(form(right)):
        return ufunc
    if is_flat(left):
        return lambda one, other: ufunc(one[..., None], other)
    return lambda one, other: ufunc(one, other[..., None])


def _product(left: Shape, right: Shape) -> Operation:
    """A matrix that is the same at all positions is multiplied with all of them in one call."""
    (rows, inner), (_, columns) = left, right

    def product(one: Any, other: Any) -> Any:
        if columns == 1 and one.size == rows * inner:
            return (other.reshape(-1, inner) @ one.reshape(rows, inner).T).reshape(*other.shape[:-1], rows)
        if rows == 1 and other.size == inner * columns:
            return (one.reshape(-1, inner) @ other.reshape(inner, columns)).reshape(*one.shape[:-1], columns)
        value = np.matmul(as_matrix(one, left), as_matrix(other, right))
        return value.reshape(*value.shape[:-2], *form((rows, columns)))

    return product


def as_matrix(value: Any, shape: Shape) -> Any:
    """The value with both axes, rows and columns."""
    return value.reshape(*value.shape[: value.ndim - len(form(shape))], *shape)


def elementwise(expr: Call) -> Operation:
    """The function of one array that a row of the table stands for, with its constants put in."""
    row = FUNCTIONS[expr.function]
    given = tuple(value for part in expr.arguments[1:] if (value := constant(part)) is not None)
    constants = tuple(map(float, given or row.constants))
    function = row.float64
    assert function is not None, f"{row.name} works on vectors"
    if row.name == "sigmoid":
        return sigmoid
    return lambda operand, *_: function(np, operand, *constants)


def sigmoid(operand: Any, *_: Any) -> Any:
    """1 / (1 + exp(−x)): as exact as the table's form, and four times as fast."""
    value = np.negative(operand, out=np.empty(np.shape(operand)))
    np.exp(value, out=value)
    value += 1.0
    return np.divide(1.0, value, out=value)


def _call(expr: Call, row: Function, parts: Sequence[Shape]) -> Operation:
    axes = tuple(range(-len(form(parts[0])), 0))
    match row.kind:
        case "elementwise":
            return elementwise(expr)
        case "softmax":
            return lambda scores: softmax(scores, axes)
        case "sum":
            return lambda operand: operand.sum(axis=axes)[..., None]
        case "concat":
            return _concat(parts)
        case "choice":
            return _choice(row)
        case kind:
            raise UnsupportedError(kind)


def softmax(scores: Any, axes: tuple[int, ...]) -> Any:
    powers = np.exp(scores - scores.max(axis=axes, keepdims=True))
    powers /= powers.sum(axis=axes, keepdims=True)
    return powers


def _choice(row: Function) -> Operation:
    function = row.float64
    assert function is not None, f"{row.name} chooses"

    def choice(operand: Any, *levels: Any) -> Any:
        """Positions come first; the entries, and the one entry of a level, are the last axis."""
        broadcast = np.broadcast_shapes(operand.shape[:-1], *(level.shape[:-1] for level in levels))
        entries = np.moveaxis(np.broadcast_to(operand, (*broadcast, operand.shape[-1])), -1, 0)
        return np.moveaxis(function(np, entries, *(level[..., 0] for level in levels)), 0, -1)

    return choice


def _concat(parts: Sequence[Shape]) -> Operation:
    whole = form((sum(rows for rows, _ in parts), parts[0][1]))

    def concat(*operands: Any) -> Any:
        leading = np.broadcast_shapes(
            *(value.shape[: value.ndim - len(form(p))] for value, p in zip(operands, parts, strict=True))
        )
        pieces = [np.broadcast_to(as_matrix(v, p), (*leading, *p)) for v, p in zip(operands, parts, strict=True)]
        return np.concatenate(pieces, axis=-2).reshape(*leading, *whole)

    return concat
