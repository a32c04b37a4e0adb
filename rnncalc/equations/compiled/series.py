"""An expression at a whole box of positions at once: the plain walk of `evaluate`, on arrays with one leading axis for
each index letter."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from msgspec import Struct

from rnncalc.equations.algebra import Sizes
from rnncalc.equations.boxes import Interval, Position
from rnncalc.equations.compiled.arithmetic import UnsupportedError, operation, softmax
from rnncalc.equations.evaluate import composed
from rnncalc.equations.shapes import Shape
from rnncalc.equations.tree import Binary, Expr, Index, Number, Over, Ref
from rnncalc.equations.walks import children, place_of, walk

Ranges = Mapping[str, Interval]
"""letter → its first and last position."""


def aligned(*sizes: int) -> Any:
    """An array that begins with a cache line: products and activations are a tenth faster than on NumPy's own."""
    count = prod(sizes)
    memory = np.empty(count + 8)
    start = -memory.ctypes.data // 8 % 8
    return memory[start : start + count].reshape(sizes)


class Store(Struct, frozen=True):
    """The values of a quantity, (positions …, rows, columns): `array[p - origin]` stands at position p."""

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


class At(Struct, frozen=True):
    """Where an expression is computed. `memo` keeps what is computed only once there."""

    stores: Stores
    ranges: Ranges
    memo: dict[Expr, Any] = {}

    def along(self, letter: str, low: int, high: int) -> "At":
        """The same with another range for one letter."""
        return At(self.stores, {**self.ranges, letter: (low, high)})


Block = Callable[[At], Any]


class Scope(Struct, frozen=True):
    """What an expression is read in: the shape of every name, the length of every letter."""

    sizes: Sizes
    lengths: Mapping[str, int]

    def shape(self, expr: Expr) -> Shape:
        return self.sizes.of(expr)

    def entries(self, expr: Expr) -> int:
        return prod(self.sizes.of(expr))

    def copy(self) -> "Scope":
        """A scope that new names can be entered in."""
        return Scope(Sizes(self.sizes.names), self.lengths)


def axes_of(letters: Sequence[str], expr: Expr) -> tuple[str, ...]:
    """The letters of the left-hand side, then those that are summed over."""
    bound = [part.index for part in walk(expr) if isinstance(part, Over)]
    return tuple(dict.fromkeys([*letters, *bound]))


def series(expr: Expr, axes: tuple[str, ...], scope: Scope, shared: Container[Expr] = ()) -> Block:
    """The expression as a function of ranges for the axes; the result has size 1 along an axis it does not depend on.
    What is `shared` with other expressions is computed once.

    Raises UnsupportedError for a diagonal such as `A[t,t]`.
    """
    block = _series(expr, axes, scope, shared)
    if expr not in shared:
        return block

    def once(at: At) -> Any:
        if expr not in at.memo:
            at.memo[expr] = block(at)
        return at.memo[expr]

    return once


def _series(expr: Expr, axes: tuple[str, ...], scope: Scope, shared: Container[Expr]) -> Block:
    match expr:
        case Number(value):
            number = np.full((1,) * (len(axes) + 2), value.numerator / value.denominator)
            return lambda at: number
        case Ref(name, indices):
            return _reference(name, indices, axes, scope.lengths)
        case Over():
            return _over(expr, axes, scope)
    return composed(operation(expr), [series(part, axes, scope, shared) for part in children(expr)])


def _reference(name: str, indices: tuple[Index, ...], axes: tuple[str, ...], lengths: Mapping[str, int]) -> Block:
    places = [place_of(index, lengths) for index in indices]
    letters = [letter for letter, _ in places if letter]
    if len(set(letters)) < len(letters):
        raise UnsupportedError("a diagonal")
    turned = sorted(range(len(letters)), key=lambda slot: axes.index(letters[slot]))
    expand = tuple(slice(None) if letter in letters else None for letter in axes)

    def read(at: At) -> Any:
        store = at.stores[name]
        where: list[Any] = []
        for slot, (letter, offset) in enumerate(places):
            if letter:
                low, high = at.ranges[letter]
                where.append(store.rows(slot, low + offset, high + offset))
            else:
                where.append(store.rows(slot, offset, offset).start)
        view = store.array[tuple(where)]
        if turned != sorted(turned):
            view = view.transpose(*turned, *range(len(turned), view.ndim))
        return view[expand]

    return read


def _over(expr: Over, axes: tuple[str, ...], scope: Scope) -> Block:
    letter, place = expr.index, expr.at
    axis, last = axes.index(letter), scope.lengths[letter]
    body = series(expr.body, axes, scope)
    if place is None:
        return _contraction(expr, axes, scope) or _total(body, letter, axis, last)
    if place.base not in ("", letter):
        raise UnsupportedError("a softmax at another letter")

    def shares(at: At) -> Any:
        values = softmax(_spread(body(at.along(letter, 1, last)), axis, last), (axis,))
        low, high = at.ranges[letter] if place.base else (0, 0)
        return values[(slice(None),) * axis + (slice(low + place.offset - 1, high + place.offset),)]

    return shares


def _spread(values: Any, axis: int, last: int) -> Any:
    """A body that does not depend on the letter still counts once for each of its positions."""
    if values.shape[axis] == last:
        return values
    return np.broadcast_to(values, (*values.shape[:axis], last, *values.shape[axis + 1 :]))


def _total(body: Block, letter: str, axis: int, last: int) -> Block:
    return lambda at: _spread(body(at.along(letter, 1, last)), axis, last).sum(axis=axis, keepdims=True)


def _contraction(expr: Over, axes: tuple[str, ...], scope: Scope) -> Block | None:
    """A sum of outer products, or of vectors weighed by numbers, is one matrix product where only the summed letter is
    shared: `sum(d[t] @ x[t].T, t)`, `sum(alpha[t,j] * h[j], j)`."""
    match expr.body:
        case Binary("@", left, right) if scope.shape(left)[1] == 1:
            pass
        case Binary("*", left, right) if scope.shape(left) == (1, 1) and scope.shape(right)[0] == 1:
            pass
        case Binary("*", left, right) if scope.shape(left) == (1, 1) and scope.shape(right)[1] == 1:
            pass
        case _:
            return None
    axis, last = axes.index(expr.index), scope.lengths[expr.index]
    first, second = series(left, axes, scope), series(right, axes, scope)
    plain = _total(series(expr.body, axes, scope), expr.index, axis, last)
    rows, columns = scope.shape(expr.body)

    def contract(at: At) -> Any:
        inside = at.along(expr.index, 1, last)
        one, other = first(inside), second(inside)
        if other.shape[axis] != last or one.shape[axis] != last or other.size != last * prod(other.shape[-2:]):
            return plain(at)
        value = np.moveaxis(one[..., 0], axis, -1) @ other.reshape(last, -1)
        return np.expand_dims(value.reshape(*value.shape[:-2], rows, columns), axis)

    return contract
