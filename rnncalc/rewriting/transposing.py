"""Row vectors: the source multiplies x W where the cell multiplies W x, so every equation is transposed.

Each quantity then stands for the transpose of what it was: vectors are rows, and weights are as high as their input is
wide. A weight that the cell writes transposed everywhere, as K in `K.T @ x[t]`, is already of that kind: `x[t] @ K`.
"""

from collections.abc import Collection, Iterator
from typing import assert_never

from msgspec.structs import replace

from rnncalc.cell import Cell
from rnncalc.equations import (
    Binary,
    Call,
    Equation,
    Expr,
    Negate,
    Number,
    Over,
    Power,
    Ref,
    Transpose,
    children,
    rebuild,
    walk,
)

_TURNED = {"concat": "beside", "rows": "cols", "row_block": "col_block"}
_TURNED |= {columns: rows for rows, columns in _TURNED.items()}


def in_rows(cell: Cell) -> Cell:
    """The cell with rows for vectors: what `h[t] = tanh(W @ x[t] + b)` says is said by `h[t] = tanh(x[t] @ W + b)`."""
    kept = _always_transposed(cell)
    return replace(
        cell,
        equations=tuple(Equation(one.target, _transposed(one.expression, kept), one.span) for one in cell.equations),
    )


def _transposed(expr: Expr, kept: Collection[str]) -> Expr:
    """The transpose of an expression, in quantities that are transposed themselves."""
    match expr:
        case Transpose(Ref(name) as weight) if name in kept:
            return weight
        case Binary("@"):
            factors = [_transposed(factor, kept) for factor in _factors(expr)]
            product = factors.pop()
            while factors:
                product = Binary("@", product, factors.pop())
            return product
        case Call(function, arguments):
            return Call(_TURNED.get(function, function), tuple(_transposed(part, kept) for part in arguments))
        case Number() | Ref() | Negate() | Binary() | Power() | Transpose() | Over():
            return rebuild(expr, tuple(_transposed(part, kept) for part in children(expr)))
        case _:
            assert_never(expr)


def _factors(expr: Expr) -> Iterator[Expr]:
    """The factors of a matrix product, without the brackets that only say in which order to multiply."""
    if isinstance(expr, Binary) and expr.operator == "@":
        yield from _factors(expr.left)
        yield expr.right
    else:
        yield expr


def _always_transposed(cell: Cell) -> set[str]:
    """Matrices, written in capital letters, that stand transposed wherever they are used."""
    parts = [part for equation in cell.equations for part in walk(equation.expression)]
    turned = [part.operand for part in parts if isinstance(part, Transpose) and isinstance(part.operand, Ref)]
    used = [part for part in parts if isinstance(part, Ref) and not part.indices and part.name[0].isupper()]
    return {ref.name for ref in used if turned.count(ref) == used.count(ref)}
