"""IEEE double precision on NumPy arrays of shape (…, rows, columns): leading axes are a batch of exercises."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from rnncalc.equations.boxes import Position
from rnncalc.equations.domains import Rows, known_number
from rnncalc.equations.functions import Function
from rnncalc.equations.tree import Expr
from rnncalc.numbers import Exact, Precision, Rounded, Surd, round_exact

# Overflow and undefined values are inf and nan in the result; a warning would add no place and no equation.
_quietly = np.errstate(all="ignore")


class Float64:
    """Arithmetic on float64 arrays. Overflow and undefined values become inf and nan, as everywhere in NumPy."""

    def array(self, rows: Rows) -> Any:
        return np.array([[_float(entry) for entry in row] for row in rows], dtype=np.float64)

    def number(self, value: Fraction) -> Any:
        return np.full((1, 1), _float(value))

    def zeros(self, rows: int, columns: int) -> Any:
        return np.zeros((rows, columns))

    def shape(self, value: Any) -> tuple[int, int]:
        return value.shape[-2], value.shape[-1]

    @_quietly
    def add(self, left: Any, right: Any) -> Any:
        return left + right

    @_quietly
    def subtract(self, left: Any, right: Any) -> Any:
        return left - right

    @_quietly
    def multiply(self, left: Any, right: Any) -> Any:
        return left * right

    @_quietly
    def divide(self, left: Any, right: Any) -> Any:
        return left / right

    @_quietly
    def product(self, left: Any, right: Any) -> Any:
        return left @ right

    def negate(self, operand: Any) -> Any:
        return -operand

    @_quietly
    def power(self, base: Any, exponent: int) -> Any:
        return base**exponent

    def transpose(self, operand: Any) -> Any:
        return np.swapaxes(operand, -1, -2)

    @_quietly
    def function(self, row: Function, operand: Any, constants: Sequence[Fraction]) -> Any:
        assert row.float64 is not None, f"{row.name} works on vectors"
        return row.float64(np, operand, *map(_float, constants))

    @_quietly
    def softmax(self, operands: Sequence[Any]) -> list[Any]:
        scores = np.stack(np.broadcast_arrays(*operands))
        powers = np.exp(scores - scores.max(axis=0))
        return list(powers / powers.sum(axis=0))

    @_quietly
    def choose(self, row: Function, operand: Any, *levels: Any) -> Any:
        assert row.float64 is not None, f"{row.name} chooses"
        *batch, rows, columns = operand.shape
        entries = np.moveaxis(operand.reshape(*batch, rows * columns), -1, 0)
        chosen = row.float64(np, entries, *(level[..., 0, 0] for level in levels))
        return np.moveaxis(chosen, 0, -1).reshape(*chosen.shape[1:], rows, columns)

    def leaders(self, operand: Any) -> tuple[tuple[int, ...], bool]:
        # Equal doubles are no proof of equal numbers.
        found = tuple(map(int, np.flatnonzero(operand == operand.max())))
        return found, len(found) == 1

    @_quietly
    def total(self, operands: Sequence[Any]) -> Any:
        return np.sum(np.broadcast_arrays(*operands), axis=0)

    def entries(self, operand: Any) -> list[Any]:
        rows, columns = self.shape(operand)
        return [operand[..., row : row + 1, column : column + 1] for row in range(rows) for column in range(columns)]

    def stack(self, operands: Sequence[Any], columns: int | None = None) -> Any:
        batch = np.broadcast_shapes(*(one.shape[:-2] for one in operands))
        operands = [np.broadcast_to(one, (*batch, *one.shape[-2:])) for one in operands] if batch else operands
        if columns is None:
            return np.concatenate(operands, axis=-2)
        lines = [np.concatenate(operands[i : i + columns], axis=-1) for i in range(0, len(operands), columns)]
        return np.concatenate(lines, axis=-2)

    def rounded(self, operand: Any, precision: Precision) -> list[Rounded | None]:
        return [_rounded(float(entry), precision) for entry in operand.ravel()]

    def exact(self, operand: Any) -> list[Fraction | None]:
        return [None] * operand.size

    def forms(self, operand: Any) -> list[Expr] | None:
        return None

    def repeats(self, operand: Any) -> list[int | None]:
        return [None] * operand.size

    def lettered(self, operand: Any) -> list[bool]:
        return [False] * operand.size

    def remembered(self, name: str, position: Position, value: Any) -> Any:
        return value

    def agrees(self, operand: Any, entries: Sequence[Exact], units: Sequence[Fraction]) -> bool:
        pairs = zip(operand.ravel(), map(_float, entries), map(float, units), strict=True)
        return all(abs(one - other) <= unit / 2 + 1e-9 * (1 + abs(other)) for one, other, unit in pairs)


def _rounded(value: float, precision: Precision) -> Rounded:
    """A float64 is never known to be the true value."""
    if not np.isfinite(value):
        return Rounded(str(value), exact=False, tie=False)
    return Rounded(round_exact(Fraction(value), precision).text, exact=False, tie=False)


def _float(number: Exact) -> float:
    value = known_number(number)
    if isinstance(value, Surd):
        return float(value)
    try:
        return value.numerator / value.denominator
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
