"""The rows that a loop reads, for a block of turns at a time: products of one sequence with several matrices are one
matrix product, and what several rows have in common is computed once."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from msgspec import Struct

from rnncalc.equations.boxes import Interval
from rnncalc.equations.compiled.hoist import terms, total
from rnncalc.equations.compiled.series import At, Block, Ranges, Scope, Stores, axes_of, series
from rnncalc.equations.compiled.turn import Row
from rnncalc.equations.tree import Binary, Equation, Expr, Number, Ref
from rnncalc.equations.walks import refs, walk

Fill = Callable[[Stores, Ranges, Any], None]
"""(stores, ranges, block of rows to fill)"""
Prepare = Callable[[Stores], Fill]
"""Once a run, when the parameters are known."""


class _Part(Struct, frozen=True):
    """Columns low…high of the block get the factor times an expression."""

    low: int
    high: int
    factor: float
    expr: Expr


class _Product(Struct, frozen=True):
    """Columns low…high of the block get `matrix` times the sequence (or the sequence times it, if `transposed`)."""

    low: int
    high: int
    factor: float
    matrix: Block
    transposed: bool


class Columns(Struct, frozen=True):
    """The rows of members of one shift, side by side: each stands at the columns `places[row]`."""

    shift: int
    prepare: Prepare
    width: int
    places: Mapping[Row, Interval]


def columns(rows: Iterable[Row], equations: Mapping[str, Equation], letter: str, scope: Scope) -> tuple[Columns, ...]:
    """The rows of each shift, in the order in which the loop reads them."""
    shifts: dict[int, list[Row]] = {}
    for row in rows:
        shifts.setdefault(row.shift, []).append(row)
    result = []
    for shift, found in shifts.items():
        ends = list(accumulate((scope.entries(Ref(row.name)) for row in found), initial=0))
        places = dict(zip(found, pairwise(ends), strict=True))
        result.append(Columns(shift, _filler(places, equations, letter, scope), ends[-1], places))
    return tuple(result)


def _filler(places: Mapping[Row, Interval], equations: Mapping[str, Equation], letter: str, scope: Scope) -> Prepare:
    """Fills a block (turns, width) with the rows side by side."""
    products: dict[Expr, list[_Product]] = {}
    parts: list[_Part] = []
    for row, (low, high) in places.items():
        expr = equations[row.name].expression
        rest = []
        for minus, term in terms(expr):
            # A product that is one number is added to every column: no matrix of its own.
            found = _product(term, letter, scope) if scope.entries(term) == high - low else None
            if found is None:
                rest.append((minus, term))
            else:
                sequence, matrix, transposed = found
                block = series(matrix, axes_of((), matrix), scope)
                one = _Product(low, high, -row.factor if minus else row.factor, block, transposed)
                products.setdefault(sequence, []).append(one)
        parts += [_Part(low, high, row.factor, total(rest))] if rest else []
    width = max(high for _, high in places.values())
    return _prepared(products, parts, width, letter, scope)


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
    products: Mapping[Expr, Sequence[_Product]], parts: Sequence[_Part], width: int, letter: str, scope: Scope
) -> Prepare:
    uses = Counter(part for one in parts for part in walk(one.expr) if not isinstance(part, Number | Ref))
    shared = {part for part, count in uses.items() if count > 1}
    sequences = [(series(sequence, axes_of((letter,), sequence), scope), found) for sequence, found in products.items()]
    running = [part for part in parts if _runs(part.expr, letter)]
    axes = axes_of([letter, *(axis for part in running for axis in axes_of((), part.expr))], Ref(letter))
    blocks = [(part, series(part.expr, axes, scope, shared)) for part in running]
    started = {one.low for found in products.values() for one in found}
    biases = [(part, series(part.expr, axes_of((), part.expr), scope)) for part in parts if part not in running]

    def prepare(stores: Stores) -> Fill:
        bias = np.zeros(width)
        for part, block in biases:
            bias[part.low : part.high] = part.factor * block(At(stores, {})).reshape(-1)
        stacked = [(block, _stacked(found, stores)) for block, found in sequences]

        def fill(stores: Stores, ranges: Ranges, rows: Any) -> None:
            at = At(stores, ranges)
            if sequences or biases:
                _start(rows, bias, [(block(at).reshape(len(rows), -1), *found) for block, found in stacked])
            for part, block in blocks:
                columns, values = rows[:, part.low : part.high], block(at).reshape(len(rows), -1)
                if part.low in started:
                    columns += part.factor * values
                else:
                    np.multiply(values, part.factor, out=columns)

        return fill

    return prepare


def _start(rows: Any, bias: Any, products: Sequence[tuple[Any, int, int, Any]]) -> None:
    """Products and what is the same in each turn."""
    whole = next((one for one in products if one[1:3] == (0, len(bias))), None)
    if whole:
        np.matmul(whole[0], whole[3], out=rows)
        rows += bias
    else:
        rows[:] = bias
    for values, low, high, matrix in products:
        if matrix is not (whole and whole[3]):
            rows[:, low:high] += values @ matrix


def _stacked(parts: Sequence[_Product], stores: Stores) -> tuple[int, int, Any]:
    """The matrices side by side; columns that a sequence does not reach are zero."""
    low, high = min(part.low for part in parts), max(part.high for part in parts)
    values = [part.matrix(At(stores, {})) for part in parts]
    inner = values[0].size // (parts[0].high - parts[0].low)
    whole = np.zeros((inner, high - low))
    for part, value in zip(parts, values, strict=True):
        matrix = value.reshape(inner, -1) if part.transposed else value.reshape(-1, inner).T
        whole[:, part.low - low : part.high - low] += part.factor * matrix
    return low, high, whole
