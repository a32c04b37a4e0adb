"""The rows that a loop reads, for a block of turns at a time: products of one sequence with several matrices are one
matrix product."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from rnncalc.equations.compiled.forms import entries
from rnncalc.equations.compiled.hoist import terms, total
from rnncalc.equations.compiled.series import Block, Ranges, Scope, Stores, axes_of, series
from rnncalc.equations.compiled.turn import Row
from rnncalc.equations.tree import Binary, Equation, Expr, refs

Fill = Callable[[Stores, Ranges, Any], None]
"""(stores, ranges, block of rows to fill)"""
Prepare = Callable[[Stores], Fill]
"""Once a run, when the parameters are known."""


class _Product(Struct, frozen=True):
    """Columns low…high of the block get `matrix` times the sequence (or the sequence times it, if `transposed`)."""

    low: int
    high: int
    matrix: Block
    transposed: bool
    factor: float


def filler(rows: Sequence[Row], equations: Mapping[str, Equation], letter: str, scope: Scope) -> Prepare:
    """Fills a block (turns, width) with the rows side by side."""
    products: dict[Expr, list[_Product]] = {}
    others: list[tuple[int, int, Expr, float]] = []
    low = 0
    for row in rows:
        equation = equations[row.name]
        high = low + entries(scope.shape(equation.expression))
        rest = []
        for minus, term in terms(equation.expression):
            # A product that is one number is added to every column: no matrix of its own.
            found = _product(term, letter, scope) if entries(scope.shape(term)) == high - low else None
            if found is None:
                rest.append((minus, term))
            else:
                sequence, matrix, transposed = found
                factor = -row.factor if minus else row.factor
                one = _Product(low, high, series(matrix, axes_of((), matrix), scope), transposed, factor)
                products.setdefault(sequence, []).append(one)
        if rest:
            others.append((low, high, total(rest), row.factor))
        low = high
    return _prepared(products, others, low, letter, scope)


def _product(term: Expr, letter: str, scope: Scope) -> tuple[Expr, Expr, bool] | None:
    """(sequence of vectors, constant matrix, whether the matrix stands on the right)"""
    if not isinstance(term, Binary) or term.operator != "@":
        return None
    left, right = term.left, term.right
    if scope.shape(right)[1] == 1 and not _runs(left, letter) and _runs(right, letter):
        return right, left, False
    if scope.shape(left)[0] == 1 and not _runs(right, letter) and _runs(left, letter):
        return left, right, True
    return None


def _runs(expr: Expr, letter: str) -> bool:
    return any(index.base == letter and letter not in bound for ref, bound in refs(expr) for index in ref.indices)


def _prepared(
    products: Mapping[Expr, Sequence[_Product]],
    others: Sequence[tuple[int, int, Expr, float]],
    width: int,
    letter: str,
    scope: Scope,
) -> Prepare:
    sequences = [(series(sequence, axes_of((letter,), sequence), scope), parts) for sequence, parts in products.items()]
    plain = [
        (low, high, series(expr, axes_of((), expr), scope), factor)
        for low, high, expr, factor in others
        if not _runs(expr, letter)
    ]
    running = [
        (low, high, series(expr, axes_of((letter,), expr), scope), factor)
        for low, high, expr, factor in others
        if _runs(expr, letter)
    ]

    def prepare(stores: Stores) -> Fill:
        bias = np.zeros(width)
        for low, high, block, factor in plain:
            bias[low:high] = factor * block(stores, {}).reshape(-1)
        stacked = [(block, _stacked(parts, stores, width)) for block, parts in sequences]

        def fill(stores: Stores, ranges: Ranges, rows: Any) -> None:
            first = True
            for block, (low, high, matrix) in stacked:
                values = block(stores, ranges).reshape(len(rows), -1)
                if first and (low, high) == (0, width):
                    np.matmul(values, matrix, out=rows)
                    rows += bias
                else:
                    if first:
                        rows[:] = bias
                    rows[:, low:high] += values @ matrix
                first = False
            if first:
                rows[:] = bias
            for low, high, block, factor in running:
                rows[:, low:high] += factor * block(stores, ranges).reshape(len(rows), -1)

        return fill

    return prepare


def _stacked(parts: Sequence[_Product], stores: Stores, width: int) -> tuple[int, int, Any]:
    """The matrices side by side; columns that a sequence does not reach are zero."""
    low, high = min(part.low for part in parts), max(part.high for part in parts)
    values = [part.matrix(stores, {}) for part in parts]
    inner = values[0].size // (parts[0].high - parts[0].low)
    whole = np.zeros((inner, high - low))
    for part, value in zip(parts, values, strict=True):
        matrix = value.reshape(inner, -1) if part.transposed else value.reshape(-1, inner).T
        whole[:, part.low - low : part.high - low] += part.factor * matrix
    return low, high, whole
