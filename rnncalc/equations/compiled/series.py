"""An expression at a whole box of positions at once: the plain walk of `evaluate`, on arrays with one leading axis for
each index letter."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from msgspec import Struct

from rnncalc.equations.boxes import Interval, Position
from rnncalc.equations.compiled.forms import UnsupportedError, shape_of
from rnncalc.equations.compiled.operations import operation, softmax
from rnncalc.equations.shapes import Shape
from rnncalc.equations.tree import Binary, Expr, Index, Number, Over, Ref, children, walk

Ranges = Mapping[str, Interval]
"""letter → its first and last position."""


def aligned(*sizes: int) -> Any:
    """An array that begins with a cache line: products and activations are a tenth faster than on NumPy's own."""
    count = prod(sizes)
    memory = np.empty(count + 8)
    start = -memory.ctypes.data // 8 % 8
    return memory[start : start + count].reshape(sizes)


class Store(Struct, frozen=True):
    """The values of a quantity: `array[p - origin]` stands at position p."""

    array: Any
    origin: tuple[int, ...]

    def rows(self, slot: int, low: int, high: int) -> slice:
        """The slice for the positions low…high; slices outside would be cut short in silence."""
        start, stop = low - self.origin[slot], high - self.origin[slot] + 1
        assert 0 <= start <= stop <= self.array.shape[slot], "positions used are wanted, given or at the boundary"
        return slice(start, stop)

    def holds(self, position: Position) -> bool:
        sizes = self.array.shape
        return all(0 <= p - low < size for p, low, size in zip(position, self.origin, sizes, strict=False))

    def place(self, position: Iterable[int]) -> tuple[int, ...]:
        """Where one position stands."""
        return tuple(self.rows(slot, p, p).start for slot, p in enumerate(position))


Stores = Mapping[str, Store]
Block = Callable[[Stores, Ranges], Any]


class Scope(Struct, frozen=True):
    """What an expression is read in: the shape of every name, the length of every letter."""

    known: Mapping[str, Shape]
    lengths: Mapping[str, int]

    def shape(self, expr: Expr) -> Shape:
        return shape_of(expr, self.known)


def axes_of(letters: Sequence[str], expr: Expr) -> tuple[str, ...]:
    """The letters of the left-hand side, then those that are summed over."""
    bound = [part.index for part in walk(expr) if isinstance(part, Over)]
    return tuple(dict.fromkeys([*letters, *bound]))


def series(expr: Expr, axes: tuple[str, ...], scope: Scope) -> Block:
    """The expression as a function of ranges for the axes; the result has size 1 along an axis it does not depend on.

    Raises UnsupportedError for a diagonal such as `A[t,t]`.
    """
    match expr:
        case Number(value):
            number = np.full((1,) * (len(axes) + 1), value.numerator / value.denominator)
            return lambda stores, ranges: number
        case Ref(name, indices):
            return _reference(name, indices, axes, scope.lengths)
        case Over():
            return _over(expr, axes, scope)
    operate = operation(expr, [scope.shape(part) for part in children(expr)])
    match [series(part, axes, scope) for part in children(expr)]:
        case [only]:
            return lambda stores, ranges: operate(only(stores, ranges))
        case [left, right]:
            return lambda stores, ranges: operate(left(stores, ranges), right(stores, ranges))
        case parts:
            return lambda stores, ranges: operate(*[part(stores, ranges) for part in parts])


def fixed(index: Index, lengths: Mapping[str, int]) -> tuple[str, int]:
    """The index as (letter, offset), with the last position put in: `T-1` is a fixed position."""
    if index.base.isupper():
        return "", lengths[index.base.lower()] + index.offset
    return index.base, index.offset


def _reference(name: str, indices: tuple[Index, ...], axes: tuple[str, ...], lengths: Mapping[str, int]) -> Block:
    places = [fixed(index, lengths) for index in indices]
    letters = [letter for letter, _ in places if letter]
    if len(set(letters)) < len(letters):
        raise UnsupportedError("a diagonal")
    turned = sorted(range(len(letters)), key=lambda slot: axes.index(letters[slot]))
    expand = tuple(slice(None) if letter in letters else None for letter in axes)

    def read(stores: Stores, ranges: Ranges) -> Any:
        store = stores[name]
        where: list[Any] = []
        for slot, (letter, offset) in enumerate(places):
            if letter:
                low, high = ranges[letter]
                where.append(store.rows(slot, low + offset, high + offset))
            else:
                where.append(store.rows(slot, offset, offset).start)
        view = store.array[tuple(where)]
        if turned != sorted(turned):
            view = view.transpose(*turned, *range(len(turned), view.ndim))
        return view[expand]

    return read


def _over(expr: Over, axes: tuple[str, ...], scope: Scope) -> Block:
    letter, at = expr.index, expr.at
    axis, last = axes.index(letter), scope.lengths[letter]
    if at is None:
        return _contraction(expr, axes, scope) or _total(series(expr.body, axes, scope), letter, axis, last)
    if at.base not in ("", letter):
        raise UnsupportedError("a softmax at another letter")
    body, offset = series(expr.body, axes, scope), at.offset

    def shares(stores: Stores, ranges: Ranges) -> Any:
        values = softmax(_spread(body(stores, {**ranges, letter: (1, last)}), axis, last), (axis,))
        low, high = (1, 1) if not at.base else ranges[letter]
        low, high = (offset, offset) if not at.base else (low + offset, high + offset)
        return values[(slice(None),) * axis + (slice(low - 1, high),)]

    return shares


def _spread(values: Any, axis: int, last: int) -> Any:
    """A body that does not depend on the letter still counts once for each of its positions."""
    if values.shape[axis] == last:
        return values
    return np.broadcast_to(values, (*values.shape[:axis], last, *values.shape[axis + 1 :]))


def _total(body: Block, letter: str, axis: int, last: int) -> Block:
    def total(stores: Stores, ranges: Ranges) -> Any:
        return _spread(body(stores, {**ranges, letter: (1, last)}), axis, last).sum(axis=axis, keepdims=True)

    return total


def _contraction(expr: Over, axes: tuple[str, ...], scope: Scope) -> Block | None:
    """A sum of outer products, or of vectors weighed by numbers, is one matrix product where only the summed letter is
    shared: `sum(d[t] @ x[t].T, t)`, `sum(alpha[t,j] * h[j], j)`."""
    if not isinstance(expr.body, Binary) or expr.body.operator not in "@*":
        return None
    left, right = expr.body.left, expr.body.right
    one, other = scope.shape(left), scope.shape(right)
    outer = expr.body.operator == "@" and one[1] == other[0] == 1
    weighed = expr.body.operator == "*" and one == (1, 1) != other
    if not outer and not (weighed and 1 in other):
        return None
    axis, last = axes.index(expr.index), scope.lengths[expr.index]
    first, second = series(left, axes, scope), series(right, axes, scope)
    plain = _total(series(expr.body, axes, scope), expr.index, axis, last)

    def contract(stores: Stores, ranges: Ranges) -> Any:
        inside = {**ranges, expr.index: (1, last)}
        a, b = first(stores, inside), second(stores, inside)
        if b.size != last * b.shape[-1] or b.shape[axis] != last or a.shape[axis] != last:
            return plain(stores, ranges)
        if weighed:
            value = np.moveaxis(a[..., 0], axis, -1) @ b.reshape(last, -1)
            return np.expand_dims(value, axis)
        value = np.moveaxis(a, axis, -1) @ b.reshape(last, -1)
        value = np.expand_dims(value, axis)
        return value if 1 not in (one[0], other[1]) else value.reshape(*value.shape[:-2], -1)

    return contract
