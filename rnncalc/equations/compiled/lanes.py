"""Many exercises at once: a number domain whose scalars are arrays, one entry for each exercise, or a float where all
have the same number. The plain walk does the rest."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from rnncalc.equations.compiled.arithmetic import sigmoid, softmax
from rnncalc.equations.domains import known_number
from rnncalc.equations.domains.scalars import Array, ScalarDomain
from rnncalc.equations.functions import Function
from rnncalc.numbers import Exact, Precision, Rounded, Surd


class Lanes(ScalarDomain):
    """Arithmetic side by side. A float 0.0 is a known zero: it takes no work, whatever it is multiplied with."""

    def __init__(self) -> None:
        self._scratch: Any = None

    def scalar(self, value: Exact) -> float:
        number = known_number(value)
        if isinstance(number, Surd):
            return float(number)
        return number.numerator / number.denominator

    def plus(self, left: Any, right: Any) -> Any:
        return right if _is_zero(left) else left if _is_zero(right) else left + right

    def minus(self, left: Any, right: Any) -> Any:
        return -right if _is_zero(left) else left if _is_zero(right) else left - right

    def times(self, left: Any, right: Any) -> Any:
        return 0.0 if _is_zero(left) or _is_zero(right) else left * right

    def over(self, left: Any, right: Any) -> Any:
        return np.divide(left, right)

    def dot(self, row: Sequence[Any], column: Sequence[Any]) -> Any:
        """The sum of products, gathered in place: new memory costs more than the work."""
        result: Any = 0.0
        for one, other in zip(row, column, strict=True):
            if _is_zero(one) or _is_zero(other):
                continue
            if isinstance(result, np.ndarray):
                result += np.multiply(one, other, out=self.scratch(result))
            else:
                result = self.plus(one * other, result)
        return result

    def scratch(self, like: Any) -> Any:
        """Memory for one product, used again and again."""
        if self._scratch is None or self._scratch.shape != like.shape:
            self._scratch = np.empty_like(like)
        return self._scratch

    def apply(self, row: Function, operand: Any, constants: Sequence[Fraction]) -> Any:
        if row.name == "sigmoid":
            return sigmoid(np.asarray(operand))
        assert row.float64 is not None, f"{row.name} works on vectors"
        return row.float64(np, operand, *map(float, constants))

    def exponential(self, operand: Any) -> Any:
        return np.exp(operand)

    def softmax(self, operands: Sequence[Array]) -> list[Array]:
        columns = [list(entries) for entries in zip(*(operand.entries for operand in operands), strict=True)]
        shares = [softmax(np.stack(np.broadcast_arrays(*scores)), (0,)) for scores in columns]
        rows, width = operands[0].rows, operands[0].columns
        return [Array(rows, width, tuple(share[number] for share in shares)) for number in range(len(operands))]

    def choose(self, row: Function, operand: Array, *levels: Array) -> Array:
        assert row.float64 is not None, f"{row.name} chooses"
        *entries, level = np.broadcast_arrays(*operand.entries, *(levels[0].entries if levels else [0.0]))
        chosen = row.float64(np, np.stack(entries), *([level] if levels else []))
        return Array(operand.rows, operand.columns, tuple(chosen))

    def leaders(self, operand: Array) -> tuple[tuple[int, ...], bool]:
        raise AssertionError("what is said of the greatest entry is said of one exercise")

    def round(self, value: Any, precision: Precision) -> Rounded | None:
        return None

    def exact(self, operand: Array) -> list[Fraction | None]:
        return [None] * len(operand.entries)

    def agrees(self, operand: Array, entries: Sequence[Exact], units: Sequence[Fraction]) -> bool:
        raise AssertionError("a batch is not compared with one answer")


def _is_zero(value: Any) -> bool:
    return isinstance(value, float) and value == 0.0
