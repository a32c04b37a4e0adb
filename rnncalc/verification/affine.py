"""An expression as a sum: a matrix for each vector that enters it, and a constant, in whatever notation it is written.

`W @ x[t] + U @ h[t-1] + b`, the same in rows or with one matrix for `concat(h[t-1], x[t])`, with `W.T`, with blocks of
a larger array, with its argument in an equation of its own: all are a matrix at x[t], one at h[t-1], and a vector.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from rnncalc.equations import Binary, Call, Equation, Expr, Negate, Ref, operation, refs
from rnncalc.equations.domains.float64 import Float64

Array = Any
"""A NumPy array of float64."""
Factor = tuple[Ref, ...]
"""What a matrix multiplies: a vector, or two of them entry by entry."""


class Affine(Struct, frozen=True):
    """The sum of `products[factor]` times factor and `constant`. `gated` is a gate that multiplies a sum of its own:
    `r[t] * (U @ h[t-1] + d)`."""

    products: Mapping[Factor, Array]
    constant: Array
    gated: "tuple[Ref, Affine] | None" = None

    @property
    def rows(self) -> int:
        return max((len(matrix) for matrix in self.products.values()), default=len(self.constant))

    @property
    def vector(self) -> Ref | None:
        """The vector that it is, if it is one and nothing else."""
        import numpy as np

        if self.gated or len(self.products) != 1 or self.constant.any():
            return None
        ((factor, matrix),) = self.products.items()
        return factor[0] if len(factor) == 1 and np.array_equal(matrix, np.eye(len(matrix))) else None


class AffineReader:
    """`value` computes an expression without positions, `entries` is the size of a vector; `definitions` are the
    equations that may be put in for a quantity at the same position."""

    def __init__(
        self, value: Callable[[Expr], Array], entries: Callable[[str], int], definitions: Mapping[str, Equation]
    ) -> None:
        self.value, self.entries, self.definitions = value, entries, definitions

    def read(self, expr: Expr) -> Affine | None:
        """The expression as a sum; None if it is none."""
        import numpy as np

        if not any(ref.indices for ref, _ in refs(expr)):
            return Affine({}, self.value(expr).ravel())
        match expr:
            case Ref(name, indices):
                put_in = self.definitions.get(name)
                if put_in and put_in.target.indices == indices and (found := self.read(put_in.expression)):
                    return found
                return Affine({(expr,): np.eye(self.entries(name))}, np.zeros(1))
            case Negate(operand):
                return self.times(self.read(operand), -1)
            case Binary("+" | "-" as operator, left, right):
                other = self.read(right)
                return _sum(self.read(left), self.times(other, -1) if operator == "-" else other)
            case Binary("@", left, right):
                return self.product(left, right)
            case Binary("*" | "/", left, right):
                return self.entrywise(expr.operator, left, right)
            case Call("concat" | "beside", arguments):
                return _stacked([self.read(part) for part in arguments])
            case Call("rows" | "cols" | "row_block" | "col_block", (operand, *_)):
                return _cut(self.read(operand), expr)
            case _:
                return None

    def product(self, left: Expr, right: Expr) -> Affine | None:
        """A matrix times a vector, or a row times a matrix."""
        first, second = self.read(left), self.read(right)
        for matrix, vector, turned in ((left, second, False), (right, first, True)):
            if vector and vector.products and not vector.gated and not any(ref.indices for ref, _ in refs(matrix)):
                array = self.value(matrix).T if turned else self.value(matrix)
                products = {factor: array @ one for factor, one in vector.products.items()}
                return Affine(products, array @ _broadcast(vector.constant, vector.rows))
        return None

    def entrywise(self, operator: str, left: Expr, right: Expr) -> Affine | None:
        import numpy as np

        one, other = self.read(left), self.read(right)
        if one is None or other is None:
            return None
        if not other.products and not other.gated:
            return self.times(one, 1 / other.constant if operator == "/" else other.constant)
        if operator == "/":
            return None
        if not one.products and not one.gated:
            return self.times(other, one.constant)
        if one.vector and other.vector:
            return Affine({(one.vector, other.vector): np.eye(max(one.rows, other.rows))}, np.zeros(1))
        for gate, whole in ((one.vector, other), (other.vector, one)):
            if gate and not whole.gated:
                return Affine({}, np.zeros(1), (gate, whole))
        return None

    def times(self, whole: Affine | None, numbers: Any) -> Affine | None:
        """The sum times a number, or entry by entry times a vector."""
        import numpy as np

        if whole is None or whole.gated:
            return None
        factors = np.atleast_1d(np.asarray(numbers, dtype=float))
        products = {factor: factors[:, np.newaxis] * matrix for factor, matrix in whole.products.items()}
        return Affine(products, factors * whole.constant)


def _sum(one: Affine | None, other: Affine | None) -> Affine | None:
    if one is None or other is None or (one.gated and other.gated):
        return None
    products = dict(one.products)
    for factor, matrix in other.products.items():
        products[factor] = products[factor] + matrix if factor in products else matrix
    return Affine(products, one.constant + other.constant, one.gated or other.gated)


def _stacked(parts: list[Affine | None]) -> Affine | None:
    """The sums one above the other."""
    import numpy as np

    whole = [part for part in parts if part and not part.gated]
    if len(whole) < len(parts):
        return None
    rows, first = sum(part.rows for part in whole), 0
    products: dict[Factor, Array] = {}
    for part in whole:
        for factor, matrix in part.products.items():
            found = products.setdefault(factor, np.zeros((rows, matrix.shape[1])))
            found[first : first + part.rows] += matrix
        first += part.rows
    return Affine(products, np.concatenate([_broadcast(part.constant, part.rows) for part in whole]))


def _cut(whole: Affine | None, part: Call) -> Affine | None:
    """Some entries of a sum: those that the function takes of a vector."""
    import numpy as np

    if whole is None or whole.gated:
        return None
    column = np.arange(whole.rows).reshape(-1, 1)
    entries = column if part.function.startswith("row") else column.T
    rows = operation(part, Float64())(entries).ravel()
    return Affine(
        {factor: matrix[rows] for factor, matrix in whole.products.items()},
        _broadcast(whole.constant, whole.rows)[rows],
    )


def _broadcast(constant: Array, rows: int) -> Array:
    import numpy as np

    return np.broadcast_to(constant, (rows,))
