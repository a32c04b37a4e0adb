"""What each node does to NumPy arrays of shape (…, rows, columns). Leading axes are positions, or exercises; an axis of
size 1 goes with any other."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from rnncalc.equations import evaluate
from rnncalc.equations.algebra import bounds
from rnncalc.equations.domains.float64 import Float64
from rnncalc.equations.functions import FUNCTIONS, Function
from rnncalc.equations.tree import Call, Expr


class UnsupportedError(Exception):
    """A construction that this stage does not compile: a more general one takes over."""


class Arrays(Float64):
    """Float64 for long leading axes."""

    def product(self, left: Any, right: Any) -> Any:
        """A matrix that is the same at all positions is multiplied with all of them in one call."""
        (rows, inner), columns = left.shape[-2:], right.shape[-1]
        if columns == 1 and left.size == rows * inner:
            return (right.reshape(-1, inner) @ left.reshape(rows, inner).T).reshape(*right.shape[:-2], rows, 1)
        if rows == 1 and right.size == inner * columns:
            return (left.reshape(-1, inner) @ right.reshape(inner, columns)).reshape(*left.shape[:-2], 1, columns)
        return np.matmul(left, right)

    def function(self, row: Function, operand: Any, constants: Sequence[Fraction]) -> Any:
        return sigmoid(operand) if row.name == "sigmoid" else super().function(row, operand, constants)


def operation(expr: Expr) -> Callable[..., Any]:
    """The node as a function of the values of its parts."""
    match expr:
        case Call(function) if FUNCTIONS[function].kind == "softmax":
            return lambda scores: softmax(scores, (-2, -1))
        case Call(function) if FUNCTIONS[function].kind == "sum":
            return lambda operand: operand.sum(axis=(-2, -1), keepdims=True)
        case Call(function) if FUNCTIONS[function].kind in ("rows", "block"):
            return _cut(expr, FUNCTIONS[function].axis)
        case _:
            return evaluate.operation(expr, Arrays())


def _cut(expr: Call, axis: int) -> Callable[..., Any]:
    def cut(operand: Any, *_: Any) -> Any:
        first, last = bounds(expr, operand.shape[axis - 2])
        return operand[..., first - 1 : last] if axis else operand[..., first - 1 : last, :]

    return cut


def sigmoid(operand: Any) -> Any:
    """1 / (1 + exp(−x)): as exact as the table's form, and four times as fast."""
    value = np.negative(operand, out=np.empty(np.shape(operand)))
    np.exp(value, out=value)
    value += 1.0
    return np.divide(1.0, value, out=value)


def softmax(scores: Any, axes: tuple[int, ...]) -> Any:
    """Normalised exponentials, shifted by the largest score."""
    powers = scores - scores.max(axis=axes, keepdims=True)
    np.exp(powers, out=powers)
    powers /= powers.sum(axis=axes, keepdims=True)
    return powers
