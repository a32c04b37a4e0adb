"""Matrices whose size does not fit, but whose product vanishes: the state that they multiply is zero. Printed exercises
have such slips, and can be solved all the same."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from rnncalc.equations import Binary, Conflict, Datum, Expr, Plan, Ref, Shape
from rnncalc.exercise.given import Values
from rnncalc.reader import Rows


class Misfit(Struct, frozen=True):
    """Matrices whose size does not fit, but whose product vanishes because the state they multiply is zero."""

    names: tuple[str, ...]
    shape: Shape
    fitting: Shape
    state: Ref
    entries: int


def misfits(harmless: Sequence[Conflict], sizes: Mapping[str, Datum]) -> tuple[Misfit, ...]:
    """The conflicts by matrices of one size that multiply one state."""
    found: dict[tuple[Shape, Shape, Ref, int], list[str]] = {}
    for conflict in harmless:
        assert conflict.product is not None
        matrix, state = _matrix_and_state(conflict.product)
        assert isinstance(matrix, Ref)
        assert isinstance(state, Ref)
        shape, is_row = sizes[matrix.name].shape, state is conflict.product.left
        entries = (conflict.left.shape[1] if is_row else conflict.right.shape[0]) or 0
        key = shape, (entries, shape[1]) if is_row else (shape[0], entries), state, entries
        found.setdefault(key, []).append(matrix.name)
    return tuple(Misfit(tuple(names), *key) for key, names in found.items())


def vanishes(conflict: Conflict, order: Plan, sizes: Mapping[str, Datum], values: Values) -> bool:
    """Whether the conflict is a given matrix times a state that is zero wherever the equation is needed."""
    if conflict.product is None:
        return False
    matrix, state = _matrix_and_state(conflict.product)
    if not (isinstance(matrix, Ref) and isinstance(state, Ref) and matrix.name in sizes and state.indices):
        return False
    for position in order.positions_used(conflict.equation, state):
        rows = values.get((state.name, position))
        if not (is_zero(rows) if rows is not None else (state.name, position) in order.boundary):
            return False
    return True


def _matrix_and_state(product: Binary) -> tuple[Expr, Expr]:
    """The factors, the state last: a row stands in front of its matrix."""
    in_front = isinstance(product.left, Ref) and product.left.indices
    return (product.right, product.left) if in_front else (product.left, product.right)


def is_zero(rows: Rows) -> bool:
    return all(entry == 0 for row in rows for entry in row)
